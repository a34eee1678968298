"""The files of the engines that have some: closed to others, hashed before they are opened, switched whole, and never left open."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from portal.errors import PortalError
from portal.search import chosen_engine
from portal.search.analysis import stamp
from portal.search.engines import Entry
from portal.search.engines.generations import LOCK_FILES
from portal.search.engines.postgres import PostgresEngine
from portal.search.engines.tantivy import TantivyEngine
from portal.search.engines.whoosh import WhooshEngine
from portal.search.plan import make_plan
from portal.search.turns import turn

ROOT = Path(__file__).resolve().parents[3]
EntryMaker = Callable[..., Entry]
FileEngine = WhooshEngine | TantivyEngine


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "index"
    made.mkdir(mode=0o700)
    return made


def filled(kind: type[FileEngine], folder: Path, entry: EntryMaker) -> FileEngine:
    made = kind(folder)
    made.rebuild([entry(f"n{number}", f"ผ้าไหม ชุดที่ {number}", province=["54"]) for number in range(20)])
    return made


@pytest.fixture(params=[TantivyEngine, WhooshEngine])
def engine(request: pytest.FixtureRequest, folder: Path, entry: EntryMaker) -> FileEngine:
    return filled(request.param, folder, entry)


@pytest.fixture
def whoosh(folder: Path, entry: EntryMaker) -> WhooshEngine:
    made = filled(WhooshEngine, folder, entry)
    assert isinstance(made, WhooshEngine)
    return made


def files_of(engine: FileEngine) -> list[Path]:
    return [path for path in engine.generations.current().folder.iterdir() if not path.name.endswith(LOCK_FILES)]


def is_broken(engine: FileEngine) -> bool:
    """Whether a process that opens the index now says that it must be rebuilt, and does not crash or answer."""
    try:
        type(engine)(engine.generations.folder).search(make_plan("ผ้าไหม"))
    except PortalError as error:
        return error.code == "search-rebuilding"
    return False


# ── damage ───────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("way", ["overwritten", "truncated", "missing", "added", "emptied"])
def test_files_that_anything_else_touched_are_not_opened_and_rebuilt(
    engine: FileEngine, folder: Path, way: str, entry: EntryMaker
) -> None:
    for suffix in sorted(path.suffix for path in files_of(engine)):
        engine.rebuild([entry("one", "ผ้าไหม")])
        victim = next(path for path in files_of(engine) if path.suffix == suffix)
        content = victim.read_bytes()
        if way == "overwritten":
            at = random.Random(suffix).randrange(len(content))
            victim.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        elif way == "truncated":
            victim.write_bytes(content[:-1])
        elif way == "missing":
            victim.unlink()
        elif way == "added":
            (victim.parent / "_MAIN_99.toc").write_bytes(content)
        else:
            victim.write_bytes(b"")
        assert is_broken(engine), victim.name
        fresh = type(engine)(folder)
        with pytest.raises(PortalError):
            fresh.update([entry("two", "ผ้า")], [])
        assert fresh.rebuild([entry("one", "ผ้าไหม")]) == 1
        assert not is_broken(engine)


def test_a_file_that_runs_code_when_opened_is_never_opened(whoosh: WhooshEngine, folder: Path, tmp_path: Path) -> None:
    toc = next(path for path in files_of(whoosh) if path.suffix == ".toc")
    ran = tmp_path / "ran"
    evil = b"cos\nsystem\n(S'touch " + str(ran).encode() + b"'\ntR."
    toc.write_bytes(toc.read_bytes() + evil)
    for path in files_of(whoosh):
        path.write_bytes(evil)
    assert is_broken(whoosh)
    assert not ran.exists()


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"folder": "../x", "stamp": "", "files": {}}', "\x00" * 50, '{"folder": 1}']
)
def test_a_damaged_pointer_means_that_the_index_is_rebuilt(
    engine: FileEngine, folder: Path, text: str, entry: EntryMaker
) -> None:
    engine.generations.pointer.write_text(text, encoding="utf-8")
    assert is_broken(engine)
    assert not engine.usable()
    engine.rebuild([entry("one", "ผ้าไหม")])
    assert engine.search(make_plan("ผ้าไหม")).total == 1


def test_bytes_overwritten_anywhere_in_the_folder_never_crash_a_search(
    engine: FileEngine, folder: Path, entry: EntryMaker
) -> None:
    """Safety promise P10, at the size of a test."""
    chance = random.Random(2569)
    for _ in range(25):
        files = [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size]
        victim = chance.choice(files)
        content = bytearray(victim.read_bytes())
        at = chance.randrange(len(content))
        content[at : at + 1024] = chance.randbytes(min(1024, len(content) - at))
        victim.write_bytes(content)
        fresh = type(engine)(folder)
        if fresh.usable():
            assert fresh.search(make_plan("ผ้าไหม")).total == 20
        else:
            fresh.rebuild([entry(f"n{number}", "ผ้าไหม") for number in range(20)])


def test_an_index_of_another_analysis_is_rebuilt(engine: FileEngine, folder: Path) -> None:
    text = engine.generations.pointer.read_text(encoding="utf-8")
    engine.generations.pointer.write_text(text.replace(stamp(), "0-old"), encoding="utf-8")
    assert is_broken(engine)


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o722])
def test_a_folder_that_others_may_write_is_refused(folder: Path, engine: FileEngine, mode: int) -> None:
    folder.chmod(mode)
    fresh = type(engine)(folder)
    for ask in (fresh.usable, fresh.marks, lambda: fresh.rebuild([])):
        with pytest.raises(PortalError) as told:
            ask()
        assert told.value.code == "settings-wrong"


def test_folders_are_closed_to_others(engine: FileEngine, folder: Path) -> None:
    assert [oct(path.stat().st_mode & 0o077) for path in folder.iterdir() if path.is_dir()] == ["0o0"]


# ── writers that die ─────────────────────────────────────────────────────────────────────────────────────────────────
UPDATE = 'update(entries(), ["dataset:n0"])'
KILLED = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from portal.search.engines import Entry
from portal.search.engines.tantivy import TantivyEngine
from {module} import {kind}
def entry(name):
    return Entry(key=f"dataset:{{name}}", mark="2", title="ผ้าไหม", text="", parts="", runs="", places="", facets={{}}, moment=0, order="")
def entries():
    for number in range(50):
        yield entry(f"new{{number}}")
    {dying}
engine = {kind}(Path({folder!r}))
engine.{method}
"""


@pytest.mark.parametrize(
    ("method", "fault", "done"),
    [
        (UPDATE, "index-written", False),
        (UPDATE, "index-switched", True),
        ("rebuild(entries())", "", False),  # in the middle of its entries
        ("rebuild(entries())", "index-switched", True),
    ],
)
def test_a_writer_killed_at_any_point_leaves_the_old_index_or_the_new_one(
    engine: FileEngine, folder: Path, entry: EntryMaker, method: str, fault: str, done: bool
) -> None:
    dying = "" if fault else "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    code = KILLED.format(
        tests=str(ROOT),
        folder=str(folder),
        method=method,
        dying=dying,
        module=type(engine).__module__,
        kind=type(engine).__name__,
    )
    killed = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "KHLANG_FAULT": fault}, cwd=ROOT, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    fresh = type(engine)(folder)
    after = {"update": 69, "rebuild": 50}[method.partition("(")[0]]
    assert fresh.search(make_plan("ผ้าไหม")).total == engine.search(make_plan("")).total == (after if done else 20)
    fresh.update([entry("last", "ผ้าไหม")], [])
    assert engine.search(make_plan("")).total == (after if done else 20) + 1
    assert len(list(folder.glob(f"{engine.generations.kind}-*"))) == 1  # what the dead writer left is gone


def test_two_writers_take_turns(folder: Path) -> None:
    with turn(folder / "x.lock") as got, turn(folder / "x.lock", wait=False) as other:
        assert (got, other) == (True, False)
    with turn(folder / "x.lock", wait=False) as got:
        assert got


# ── what stays open ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_no_file_stays_open_over_many_commits(engine: FileEngine, folder: Path, entry: EntryMaker) -> None:
    reader = type(engine)(folder)

    def held() -> tuple[int, int]:
        maps = Path("/proc/self/maps")
        mapped = maps.read_text().count(str(folder)) if maps.exists() else 0
        return sum(1 for _ in Path("/dev/fd").iterdir()), mapped

    first = None
    for number in range(60):
        engine.update([entry(f"n{number % 7}", f"ผ้าไหม {number}", province=["54"])], [])
        assert reader.search(make_plan("ผ้าไหม")).total == 20
        assert engine.search(make_plan("ผ้าไหม")).total == 20
        first = first or (held() if number == 20 else None)
    files, mapped = held()
    assert first is not None
    assert files <= first[0] + 2
    assert mapped <= max(
        first[1] + 8, 120
    )  # segments come and go with merging: of 60 commits would be many hundred files
    assert len(list(folder.glob(f"{engine.generations.kind}-*"))) == 1


def test_columns_are_read_once_per_segment(whoosh: WhooshEngine, entry: EntryMaker) -> None:
    whoosh.search(make_plan(""))
    before = dict(whoosh._snapshot.segments)  # type: ignore[union-attr]
    whoosh.update([entry("new", "ใหม่")], ["dataset:n3"])
    whoosh.search(make_plan(""))
    after = whoosh._snapshot.segments  # type: ignore[union-attr]
    kept = before.keys() & after.keys()
    assert kept or len(after) == 1  # merged into one
    assert all(after[name] is before[name] for name in kept)


def test_a_forked_child_opens_files_of_its_own(engine: FileEngine) -> None:
    engine.search(make_plan(""))
    child = os.fork()
    if not child:
        os._exit(0 if engine._snapshot is None and engine.search(make_plan("ผ้าไหม")).total == 20 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert engine.search(make_plan("ผ้าไหม")).total == 20


# ── which engine ─────────────────────────────────────────────────────────────────────────────────────────────────────
SQLITE = create_engine("sqlite://")


@pytest.mark.parametrize(("name", "kind"), [("whoosh", WhooshEngine), ("tantivy", TantivyEngine)])
def test_the_settings_name_the_engine(tmp_path: Path, name: str, kind: type[FileEngine]) -> None:
    assert isinstance(chosen_engine(name, tmp_path, SQLITE), kind)


def test_the_engine_in_the_database_needs_postgresql(tmp_path: Path) -> None:
    there = create_engine("postgresql://nobody@/none")  # connects at the first question only
    assert isinstance(chosen_engine("postgres", tmp_path, there), PostgresEngine)
    with pytest.raises(PortalError, match="KHLANG_DATABASE_URL"):
        chosen_engine("postgres", tmp_path, SQLITE)


@pytest.mark.parametrize(("name", "extra"), [("tantivy", "fast"), ("postgres", "postgres")])
def test_without_its_library_an_engine_is_refused_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, f"portal.search.engines.{name}", None)
    with pytest.raises(PortalError, match=rf"khlang\[{extra}\]"):
        chosen_engine(name, tmp_path, create_engine("postgresql://nobody@/none"))
