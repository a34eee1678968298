"""The store: equal bytes once, two sides, damage found, nothing followed that is not a plain file."""

from __future__ import annotations

import hashlib
import os
import stat
import threading
from pathlib import Path

import pytest

from harvesters.errors import HarvestError
from harvesters.packages.store import Store, locked_file, sweep_one

BYTES = "ชื่อกลุ่ม,จังหวัด\nทอผ้า,แพร่\n".encode()
NAME = hashlib.sha256(BYTES).hexdigest()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "home")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "clusters.csv"
    path.write_bytes(BYTES)
    return path


def test_an_object_stands_under_its_hash_and_can_not_be_written(store: Store, file: Path) -> None:
    stored = store.add(file)
    place = store.home / "store" / "objects" / NAME[:2] / NAME
    assert (stored.sha256, stored.bytes) == (NAME, len(BYTES))
    assert store.path(NAME) == place
    assert place.read_bytes() == BYTES
    assert stat.S_IMODE(place.stat().st_mode) == 0o444
    assert store.verify(NAME)
    with store.open(NAME) as opened:
        assert opened.read() == BYTES
    assert list(store.objects()) == [NAME]
    assert not list((store.home / "store" / "incoming").iterdir())


def test_equal_bytes_are_stored_once(store: Store, file: Path, tmp_path: Path) -> None:
    store.add(file)
    before = store.path(NAME).stat()
    other = tmp_path / "again.csv"
    other.write_bytes(BYTES)
    assert store.add(other).sha256 == NAME
    after = store.path(NAME).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_the_private_side_is_closed_to_others_and_apart(store: Store, file: Path) -> None:
    store.add(file, private=True)
    place = store.path(NAME, private=True)
    for folder in (store.home / "private", place.parent.parent, place.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(place.stat().st_mode) == 0o400
    with pytest.raises(HarvestError, match="object-missing"):
        store.path(NAME)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "a" * 63, f"{'a' * 64}\n", "a" * 65, "ก" * 64])
def test_what_is_no_hash_is_no_object(store: Store, name: str) -> None:
    with pytest.raises(HarvestError, match="object-missing"):
        store.path(name)


def test_links_folders_and_pipes_are_not_taken(store: Store, file: Path, tmp_path: Path) -> None:
    link, pipe = tmp_path / "link", tmp_path / "pipe"
    link.symlink_to(file)
    os.mkfifo(pipe)
    for path in (link, pipe, tmp_path):
        with pytest.raises(HarvestError, match="store-not-a-file"):
            store.add(path)
    with pytest.raises(HarvestError, match="store-io"):
        store.add(tmp_path / "nowhere")


def test_a_link_in_place_of_an_object_is_not_followed(store: Store, file: Path) -> None:
    store.add(file)
    place = store.path(NAME)
    place.unlink()
    place.symlink_to(file)
    with pytest.raises(HarvestError, match="object-missing"):
        store.open(NAME)


@pytest.mark.parametrize("damage", ["flip", "cut", "grow", "empty"])
def test_damage_is_found_and_mended_by_adding_again(store: Store, file: Path, damage: str) -> None:
    store.add(file)
    place = store.path(NAME)
    place.chmod(0o644)
    wrong = {"flip": bytes([BYTES[0] ^ 1]) + BYTES[1:], "cut": BYTES[:-1], "grow": BYTES + b"x", "empty": b""}[damage]
    place.write_bytes(wrong)
    assert not store.verify(NAME)
    store.add(file)
    assert store.verify(NAME)


def test_a_lost_object_is_named(store: Store, file: Path) -> None:
    store.add(file)
    store.path(NAME).unlink()
    for ask in (store.verify, store.open, store.path):
        with pytest.raises(HarvestError, match="object-missing"):
            ask(NAME)


def test_what_does_not_read_back_is_refused(store: Store, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harvesters.packages.store.hash_of", lambda path: "0" * 64)
    with pytest.raises(HarvestError, match="store-read-back"):
        store.add(file)


def test_hidden_and_brought_back(store: Store, file: Path) -> None:
    store.add(file)
    assert store.hide(NAME)
    with pytest.raises(HarvestError, match="object-missing"):
        store.path(NAME)
    assert store.verify(NAME, private=True)
    assert not store.hide(NAME), "a second time there is nothing to do"
    assert store.unhide(NAME)
    assert store.verify(NAME)
    assert not store.unhide(NAME)


def test_a_damaged_hidden_object_is_not_published(store: Store, file: Path) -> None:
    store.add(file)
    store.hide(NAME)
    place = store.path(NAME, private=True)
    place.chmod(0o600)
    place.write_bytes(b"something else")
    with pytest.raises(HarvestError, match="object-damaged"):
        store.unhide(NAME)


def test_remove_says_whether_it_was_there(store: Store, file: Path) -> None:
    store.add(file)
    assert store.remove(NAME)
    assert not store.remove(NAME)


def test_a_work_folder_is_gone_at_the_end_whatever_happens(store: Store) -> None:
    def fail() -> None:
        with store.staging() as workdir:
            (workdir / "half").write_text("x")
            assert stat.S_IMODE(workdir.stat().st_mode) == 0o700
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert list((store.home / "staging").iterdir()) == []


def test_two_work_folders_at_once_and_a_sweep_between(store: Store) -> None:
    with store.staging() as one, store.staging() as two:
        assert one != two
        assert store.sweep() == 0
        assert one.is_dir()
        assert two.is_dir()


def test_a_folder_without_a_lock_is_swept(store: Store) -> None:
    (store.home / "staging" / "old").mkdir(parents=True)
    assert store.sweep() == 1
    assert store.sweep() == 0


def test_a_lock_swept_before_it_was_taken_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = tmp_path / "x.lock"
    real, swept = os.open, []

    def open_then_swept(path: Path, flags: int, mode: int = 0o777) -> int:
        handle = real(path, flags, mode)
        if flags & os.O_CREAT and not swept:
            swept.append(sweep_one(lock))
        return handle

    monkeypatch.setattr(os, "open", open_then_swept)
    handle = locked_file(lock)
    assert swept == [True]
    assert lock.exists()
    assert not sweep_one(lock)
    os.close(handle)


def test_many_at_once_store_the_same_bytes(store: Store, file: Path) -> None:
    failures: list[Exception] = []

    def add() -> None:
        try:
            for _ in range(10):
                store.add(file)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=add) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert store.verify(NAME)
    assert not list((store.home / "store" / "incoming").iterdir())
