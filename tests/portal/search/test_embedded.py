"""The contract of a search engine, on the embedded one."""

import json
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.errors import PortalError
from portal.search.analysis import grams, index_parts, index_words
from portal.search.engines import Entry
from portal.search.engines.whoosh import WhooshEngine
from portal.search.plan import make_plan
from portal.search.snippets import mark, snippet

TITLES = {
    "silk": ("ผ้าไหมแพรวาของกลุ่มทดสอบ", "54", 3),
    "banana": ("กล้วยตากอบน้ำผึ้ง", "65", 2),
    "coffee": ("กาแฟอาราบิกา Arabica coffee", "50", 1),
    "fruit": ("ผลไม้แปรรูปและกล้วยฉาบ", "54", 4),
}


def entry(name: str, title: str, province: str, moment: int) -> Entry:
    return Entry(
        key=f"dataset:{name}",
        mark=f"{name}-{moment}",
        title=" ".join(index_words(title)),
        text=" ".join(index_words(title)),
        parts=" ".join(index_parts(title)),
        grams=" ".join(grams(title)),
        places="",
        facets={"province": (province,), "kind": ("dataset",)},
        moment=moment,
        order=title,
    )


def names(found) -> list[str]:
    return [key.partition(":")[2] for key in found.keys]


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "index"
    path.mkdir(mode=0o700)
    return path


@pytest.fixture
def engine(folder):
    engine = WhooshEngine(folder)
    engine.rebuild(entry(name, *told) for name, told in TITLES.items())
    return engine


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("ผ้าไหม", ["silk"]),
        ("ไหม", ["silk"]),
        ("แพรวา", ["silk"]),
        ("กล้วย", ["banana", "fruit"]),
        ("กล้วยตาก", ["banana"]),
        ("coffee", ["coffee"]),
        ("COFFEE", ["coffee"]),
        ("กล้วย -กล้วยตาก", ["fruit"]),
        ("จังหวัด:แพร่", ["fruit", "silk"]),
        ("ไม่มีคำนี้เลยนะ zzzz", []),
    ],
)
def test_what_is_found(engine, query, expected):
    assert sorted(names(engine.search(make_plan(query)))) == expected


def test_totals_facets_and_filters_are_exact(engine):
    found = engine.search(make_plan(""))
    assert found.total == 4
    assert dict(found.facets["province"]) == {"54": 2, "65": 1, "50": 1}
    narrowed = engine.search(make_plan("", {"province": ("54",)}))
    assert (narrowed.total, sorted(names(narrowed))) == (2, ["fruit", "silk"])


def test_newest_first_and_pages(engine):
    newest = engine.search(make_plan("", sort="newest", limit=2))
    rest = engine.search(make_plan("", sort="newest", limit=2, offset=2))
    assert names(newest) + names(rest) == ["fruit", "silk", "banana", "coffee"]


def test_an_update_is_never_double_and_what_is_gone_is_not_found_by_a_long_lived_reader(engine, folder):
    reader = WhooshEngine(folder)
    assert names(reader.search(make_plan("กาแฟ"))) == ["coffee"]
    engine.update([entry("coffee", "โกโก้และกาแฟ", "50", 9)], ["dataset:silk"])
    assert names(reader.search(make_plan("กาแฟ"))) == ["coffee"]
    assert names(reader.search(make_plan("ผ้าไหม"))) == []
    assert reader.search(make_plan("")).total == 3
    assert set(reader.marks()) == {"dataset:coffee", "dataset:banana", "dataset:fruit"}


def test_a_rebuild_is_seen_by_a_reader_at_once(engine, folder):
    reader = WhooshEngine(folder)
    reader.search(make_plan("กล้วย"))
    engine.rebuild([entry("tea", "ชาใบหม่อน", "50", 1)])
    assert names(reader.search(make_plan(""))) == ["tea"]


def test_a_broken_index_is_not_opened_and_can_be_rebuilt(engine, folder):
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix not in (".json", ""):
            path.write_bytes(b"\x80\x04broken")
    fresh = WhooshEngine(folder)
    assert not fresh.usable()
    with pytest.raises(PortalError) as refused:
        fresh.search(make_plan("กล้วย"))
    assert refused.value.code == "search-rebuilding"
    fresh.rebuild([entry("tea", "ชาใบหม่อน", "50", 1)])
    assert names(fresh.search(make_plan("ชา"))) == ["tea"]


def test_no_index_says_that_it_is_being_rebuilt(folder):
    shutil.rmtree(folder)
    with pytest.raises(PortalError) as refused:
        WhooshEngine(folder).search(make_plan("x"))
    assert refused.value.code == "search-rebuilding"


def test_an_index_that_others_may_write_is_refused(engine, folder):
    folder.chmod(0o777)
    fresh = WhooshEngine(folder)
    with pytest.raises(PortalError):
        fresh.search(make_plan("กล้วย"))


@pytest.mark.parametrize(
    "text",
    [
        "?*",
        "term~9",
        "(" * 2000,
        '"' * 999,
        "a " * 10_000,
        "x" * 40_000,
        "ที่ และ ของ",
        "\x00\x07",
        "f:",
        "-",
        ":::",
        "NEAR AND OR",
    ],
)
def test_any_text_is_answered(engine, text):
    """None of these is an error, and none reaches an engine's own grammar; what they cost is measured in bench/."""
    assert engine.search(make_plan(text)).total <= len(TITLES)


@given(st.text(max_size=80))
def test_a_plan_never_fails_and_keeps_its_caps(text):
    plan = make_plan(text)
    assert len(plan.grams) <= 32
    json.dumps([group.typed for group in plan.groups])


@given(st.text(max_size=60), st.text(min_size=1, max_size=6))
def test_marking_loses_nothing(text, wanted):
    marked = mark(text, [wanted])
    plain = marked.replace("<mark>", "").replace("</mark>", "")
    assert (
        plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        == text.replace("<mark>", "").replace("</mark>", "")
        or "<" in text
    )
    assert "<script" not in mark("<script>x</script>", ["x"])


def test_a_snippet_shows_what_was_asked_for():
    plain, marked = snippet(["ข้อมูลทั่วไปของกลุ่ม " * 20 + "กล้วยตากอบน้ำผึ้ง " + "ต่อท้าย " * 20], ["กล้วยตาก"])
    assert "กล้วยตาก" in plain
    assert "<mark>กล้วยตาก</mark>" in marked
    assert len(plain) < 260
