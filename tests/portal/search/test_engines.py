"""The contract that every engine fulfils: the same totals, facets, orders and deletions, for all processes, whatever dies when."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from harvesters.thai.slugs import sort_key
from portal.errors import PortalError
from portal.search.engines import FACETS, Engine, Entry
from portal.search.otherwise import another_reading
from portal.search.plan import MAX_DEPTH, make_plan

EngineMaker = Callable[[], Engine]
EntryMaker = Callable[..., Entry]
COMMON = [(0.97, "ผ้าไหม"), (0.8, "กล้วย"), (0.4, "กาแฟ"), (0.1, "น้ำผึ้ง")]  # words by the share of entries that hold them
BOTH = {"publisher": ["office"], "licence": ["CC-BY-4.0"]}


@pytest.fixture
def filled(engine: Engine, entry: EntryMaker) -> Engine:
    """An engine with a handful of datasets of five provinces."""
    engine.update(
        [
            entry("silk", "ผ้าไหมแพรวากาฬสินธุ์", "รายชื่อกลุ่มทอผ้า", moment=3, province=["46"], format=["csv", "xlsx"], **BOTH),
            entry("dyed", "ผ้าหม้อห้อม", "ย้อมคราม ผ้าฝ้าย จังหวัดแพร่", moment=2, province=["54"], format=["csv"], **BOTH),
            entry("units", "หน่วยวิจัย", "การทอผ้าไหมและผ้าฝ้าย สำหรับชุมชน", moment=5, province=["30", "54"], format=["json"], publisher=["korat"]),
            entry("banana", "กล้วยตาก", "น้ำผึ้ง ของฝาก Thai dried banana", moment=4, province=["65"], format=["csv"], publisher=["office"]),
            entry("all", "ทะเบียนวิสาหกิจ", "ทุกจังหวัด เผยแพร่ทุกปี", moment=1, province=["10", "30", "46", "65"], format=["csv"]),
        ],
        [],
    )  # fmt: skip
    return engine


def keys(engine: Engine, text: str, **options: object) -> list[str]:
    return [key.removeprefix("dataset:") for key in engine.search(make_plan(text, **options)).keys]  # type: ignore[arg-type]


# ── what is found ────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ผ้าไหม", {"silk", "units"}),
        ("ไหม", {"silk", "units"}),  # in the middle of a run
        ("แพรวา", {"silk"}),
        ("banana", {"banana"}),
        ("BANANA กล้วย", {"banana"}),
        ("ผ้า -ไหม", {"dyed"}),
        ("แพร่", {"dyed", "units"}),  # by word and by facet, and not by เผยแพร่
        ("Phrae", {"dyed", "units"}),
        ("โคราช", {"units", "all"}),
        ("ผ้าฝ้าย จ.แพร่", {"dyed", "units"}),
        ("ผ้าฝ้าย โคราช", {"units"}),
        ("-แพร่", {"silk", "banana", "all"}),
        ('"ผ้าไหมและผ้าฝ้าย"', {"units"}),
        ('"ผ้าฝ้าย จังหวัดแพร่"', {"dyed"}),
        ("จังหวัด:แพร่", {"dyed", "units"}),
        ("ผ้า จังหวัด:แพร่ จังหวัด:กาฬสินธุ์", {"silk", "dyed", "units"}),
        ("", {"silk", "dyed", "units", "banana", "all"}),
        ("licence:cc-by-4.0 format:XLSX", {"silk"}),
        ("ไม่มีคำนี้เลย", set()),
        ("kind:row", set()),
    ],
)
def test_what_is_found(filled: Engine, text: str, found: set[str]) -> None:
    assert set(keys(filled, text)) == found
    result = filled.search(make_plan(text))
    assert result.total == len(found)
    assert not result.loose


def test_a_phrase_does_not_reach_from_one_text_into_the_next(engine: Engine, entry: EntryMaker) -> None:
    engine.update([entry("one", "ผ้าไหม", "สีแดง", "ราคาถูก")], [])
    assert keys(engine, '"สีแดงราคา"') == []
    assert keys(engine, "สีแดง ราคา") == ["one"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("หมแพรว", ["silk"]),  # no word of any list: by its trigrams
        ("ม้อห้อ", ["dyed"]),
        ("กล้วยตาก เครื่องบิน", ["banana"]),  # half of it
        ("ผ้าไหม น้ำผึ้ง", ["silk", "banana", "units"]),
        ("เครื่องบิน ไดโนเสาร์", []),
    ],
)
def test_what_comes_near_is_told_as_such(filled: Engine, text: str, found: list[str]) -> None:
    result = filled.search(make_plan(text))
    assert {key.removeprefix("dataset:") for key in result.keys} == set(found)
    assert result.loose == bool(found)
    assert result.total == len(found)


def test_what_only_comes_near_is_no_hit(filled: Engine) -> None:
    found = filled.search(make_plan("หมแพรวท"))  # most of its trigrams stand in one entry
    assert (found.keys, found.total, found.loose, found.near) == ((), 0, False, ("dataset:silk",))
    assert not any(found.facets.values())


def test_what_comes_near_obeys_filters_and_exclusions(filled: Engine) -> None:
    assert set(keys(filled, "ผ้าไหม น้ำผึ้ง จังหวัด:แพร่")) == {"units"}
    assert set(keys(filled, "ผ้าไหม น้ำผึ้ง -ชุมชน")) == {"silk", "banana"}


def test_a_compound_is_found_where_its_parts_stand_apart(engine: Engine, entry: EntryMaker) -> None:
    engine.update([entry("apart", "ผ้าไหม ลาย แพรวา"), entry("other", "ผ้าไหม")], [])
    assert keys(engine, "ผ้าไหมแพรวา") == ["apart"]


def test_words_that_the_index_holds_are_told_apart(filled: Engine, make_engine: EngineMaker, entry: EntryMaker) -> None:
    reader = make_engine()
    asked = ["ไหม", "แพรวา", "ชุมชน", "banana", "banan", "ไดโนเสาร์", "แพร่", "'", "\\", "publisher=office"]
    assert reader.known(asked) == {"ไหม", "แพรวา", "ชุมชน", "banana", "แพร่"}
    assert reader.known([]) == frozenset()
    filled.update([entry("new", "ไดโนเสาร์")], [])
    assert reader.known(["ไดโนเสาร์"]) == {"ไดโนเสาร์"}


@pytest.mark.parametrize(
    ("typed", "other"), [("banaan", "banana"), ("แพรวส", "แพรวา"), ("[yoyo", None), ("zhkws,", "ผ้าไหม")]
)
def test_another_reading_is_one_that_finds(filled: Engine, typed: str, other: str | None) -> None:
    found = another_reading(filled, typed, make_plan(typed))
    assert (found[0] if found else None) == other
    if found:
        assert filled.search(found[1]).total


def test_clues_rank_what_has_only_some(engine: Engine, entry: EntryMaker) -> None:
    """A plain complaint: who speaks of what it means stands before who has as many of its words by chance."""
    engine.rebuild(
        [
            entry("chance", "ผ้าพันคอสีสวย", "ขายดีทุกปี", moment=9),
            entry("meant", "สีย้อมผ้าจากเปลือกไม้", "ความคงทนของสีต่อการซัก", moment=1),
            *[entry(f"other{number}", "กลุ่มเลี้ยงกุ้ง") for number in range(5)],
        ]
    )
    found = engine.search(make_plan("ผ้าซักแล้วสีตก อายลูกค้า"))
    assert [*found.keys, *found.near][0] == "dataset:meant"


# ── in which order ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_title_before_text_and_rare_before_common(engine: Engine, entry: EntryMaker) -> None:
    others = [entry(f"other{number}", "ทะเบียน", "กลุ่ม ผ้าฝ้าย", moment=100 + number) for number in range(8)]
    engine.update([*others, entry("text", "ทะเบียน", "ผ้าไหม"), entry("title", "ผ้าไหม", "ทะเบียน")], [])
    assert keys(engine, "ผ้าไหม") == ["title", "text"]
    assert keys(engine, "ผ้าฝ้าย ผ้าไหม")[:2] == ["title", "text"]  # no entry has both: the rarer word tells more


def test_a_short_title_before_a_long_one(engine: Engine, entry: EntryMaker) -> None:
    engine.update([entry("long", "ทะเบียน กลุ่ม ผู้ผลิต ข้าว ผ้าไหม น้ำผึ้ง ปลา ทุก อำเภอ", moment=9), entry("short", "ผ้าไหม")], [])
    assert keys(engine, "ผ้าไหม") == ["short", "long"]


def test_newest_first_and_titles_in_thai_order(filled: Engine) -> None:
    assert keys(filled, "", sort="newest") == ["units", "banana", "silk", "dyed", "all"]
    assert keys(filled, "") == keys(filled, "", sort="newest")
    titles = {
        "silk": "ผ้าไหมแพรวากาฬสินธุ์",
        "dyed": "ผ้าหม้อห้อม",
        "units": "หน่วยวิจัย",
        "banana": "กล้วยตาก",
        "all": "ทะเบียนวิสาหกิจ",
    }
    assert keys(filled, "", sort="title") == sorted(titles, key=lambda name: sort_key(titles[name]))
    assert keys(filled, "ผ้า", sort="newest") == ["units", "silk", "dyed"]
    assert keys(filled, "ผ้า", sort="title") == ["dyed", "silk", "units"]  # not by code point: ไ stands behind ห


def test_leading_vowels_sort_behind_their_letter(engine: Engine, entry: EntryMaker) -> None:
    titles = ["ไก่", "กา", "เกาะ", "ขวด", "แก้ว", "โก้"]
    engine.update([entry(f"n{number}", title) for number, title in enumerate(titles)], [])
    assert [titles[int(name[1:])] for name in keys(engine, "", sort="title")] == [
        "กา",
        "เกาะ",
        "แก้ว",
        "โก้",
        "ไก่",
        "ขวด",
    ]


@pytest.mark.parametrize("sort", ["relevance", "newest", "title"])
@pytest.mark.parametrize("text", ["ผ้าไหม", "", "จังหวัด:แพร่", "ผ้าไหม เครื่องบิน"])
def test_pages_neither_repeat_nor_skip(engine: Engine, entry: EntryMaker, text: str, sort: str) -> None:
    engine.update([entry(f"n{number:02}", "ผ้าไหม", province=["54"], moment=number // 5) for number in range(23)], [])
    plan = make_plan(text, sort=sort)
    whole = engine.search(plan).keys
    paged = [
        key for at in range(0, 30, 5) for key in engine.search(make_plan(text, sort=sort, limit=5, offset=at)).keys
    ]
    assert len(set(paged)) == 23
    assert paged[:20] == list(whole)
    assert engine.search(make_plan(text, sort=sort, limit=5, offset=MAX_DEPTH)).keys == ()
    assert engine.search(make_plan(text, sort=sort, limit=0)).total == 23


# ── facets ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_facets_count_all_that_was_found_exactly(filled: Engine) -> None:
    found = filled.search(make_plan("ผ้า", limit=1))
    assert found.total == 3
    assert set(found.facets) == set(FACETS)
    assert found.facets["province"] == {"46": 1, "54": 2, "30": 1}
    assert found.facets["format"] == {"csv": 2, "xlsx": 1, "json": 1}
    assert found.facets["publisher"] == {"office": 2, "korat": 1}
    assert found.facets["licence"] == {"CC-BY-4.0": 2}
    assert found.facets["profile"] == {}
    assert found.facets["kind"] == {"dataset": 3}
    assert filled.search(make_plan("ผ้า จังหวัด:แพร่")).facets["province"] == {"54": 2, "30": 1}


def test_totals_and_facets_are_exact_however_common_the_words_are(engine: Engine, entry: EntryMaker) -> None:
    dice = random.Random(4)
    told = []
    for number in range(160):
        words = [word for share, word in COMMON if dice.random() < share]
        dice.shuffle(words)
        codes = dice.sample(["10", "30", "46", "54", "65", "50", "57"], dice.choice([0, 1, 1, 2, 7]))
        told.append((f"e{number}", words, codes, f"office-{number % 9}"))
    engine.update(
        [entry(name, words[0] if words else "ว่าง", " ".join(words), province=codes, publisher=[office]) for name, words, codes, office in told], []
    )  # fmt: skip
    for asked in (["ผ้าไหม"], ["กาแฟ"], ["ผ้าไหม", "กล้วย"], ["ผ้าไหม", "กล้วย", "กาแฟ"], ["น้ำผึ้ง"], ["ผ้าไหม", "น้ำผึ้ง"]):
        fitting = [one for one in told if set(asked) <= set(one[1])]
        found = engine.search(make_plan(" ".join(asked)))
        assert found.total == len(fitting) > 0
        assert found.facets["province"] == Counter(code for _, _, codes, _ in fitting for code in codes)
        assert found.facets["publisher"] == Counter(office for _, _, _, office in fitting)
        assert found.facets["kind"] == {"dataset": len(fitting)}
    beside = [one for one in told if "ผ้าไหม กล้วย" in " ".join(one[1])]
    found = engine.search(make_plan('"ผ้าไหม กล้วย"'))
    assert found.total == len(beside) > 0
    assert found.facets["province"] == Counter(code for _, _, codes, _ in beside for code in codes)
    assert found.facets["publisher"] == Counter(office for _, _, _, office in beside)


def test_each_facet_value_finds_as_many_as_it_says(filled: Engine) -> None:
    for name, counts in filled.search(make_plan("")).facets.items():
        for value, count in counts.items():
            assert filled.search(make_plan("", {name: [value]})).total == count, (name, value)


# ── changes ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_an_update_replaces_and_never_doubles(filled: Engine, entry: EntryMaker) -> None:
    for number in range(4):
        filled.update([entry("silk", f"ผ้าไหม รุ่น {number}", mark=str(number), province=["54"])], [])
    assert keys(filled, "ผ้าไหม").count("silk") == 1
    assert keys(filled, "แพรวา") == []
    assert filled.search(make_plan("")).total == 5
    assert filled.search(make_plan("")).facets["province"]["54"] == 3
    assert filled.marks()["dataset:silk"] == "3"


def test_entries_given_twice_in_one_commit_are_one(engine: Engine, entry: EntryMaker) -> None:
    engine.update([entry("one", "เก่า"), entry("one", "ใหม่")], [])
    assert engine.search(make_plan("")).total == 1
    assert keys(engine, "ใหม่") == ["one"]


def test_what_is_gone_is_found_by_nothing(filled: Engine) -> None:
    filled.update([], ["dataset:silk", "dataset:never-there"])
    for text in ("ผ้าไหม", "แพรวา", "", "จังหวัด:กาฬสินธุ์", "ไหมแพร", '"ผ้าไหม แพรวา"'):
        assert "silk" not in keys(filled, text)
    found = filled.search(make_plan(""))
    assert found.total == 4
    assert found.facets["province"]["46"] == 1
    assert "dataset:silk" not in filled.marks()


def test_a_withdrawn_entry_is_not_found_by_a_long_lived_reader_in_another_process(
    filled: Engine, make_engine: EngineMaker, entry: EntryMaker
) -> None:
    reader = make_engine()
    assert set(keys(reader, "ผ้าไหม")) == {"silk", "units"}
    filled.update([], ["dataset:silk"])
    assert keys(reader, "ผ้าไหม") == ["units"]
    filled.update([entry("units", "หน่วยวิจัยใหม่")], [])
    assert not {"silk", "units"} & set(keys(reader, "ผ้าไหม"))
    assert not {"silk", "units"} & {key.partition(":")[2] for key in reader.search(make_plan("ผ้าไหม")).near}
    assert reader.search(make_plan("")).total == 4


def test_a_rebuilt_index_holds_exactly_what_was_given(
    filled: Engine, make_engine: EngineMaker, entry: EntryMaker
) -> None:
    reader = make_engine()
    assert reader.search(make_plan("")).total == 5
    assert filled.rebuild([entry("new", "ของใหม่")]) == 1
    assert keys(reader, "") == keys(filled, "") == ["new"]
    assert filled.rebuild(iter([])) == 0
    assert keys(reader, "") == []


def test_searches_go_on_while_the_index_is_rebuilt(filled: Engine, make_engine: EngineMaker, entry: EntryMaker) -> None:
    reader = make_engine()
    totals: list[int] = []

    def entries() -> Iterator[Entry]:
        for number in range(6):
            totals.append(reader.search(make_plan("ผ้า")).total)
            totals.append(filled.search(make_plan("ผ้า")).total)
            yield entry(f"new{number}", "ผ้าไหม")

    filled.rebuild(entries())
    assert set(totals) == {3}
    assert reader.search(make_plan("ผ้า")).total == 6


def test_a_failed_rebuild_or_update_leaves_the_index_as_it_was(filled: Engine, entry: EntryMaker) -> None:
    def entries() -> Iterator[Entry]:
        yield entry("half", "ผ้าไหม")
        raise ValueError("no more")

    for write in (filled.rebuild, lambda given: filled.update(given, ["dataset:banana"])):
        with pytest.raises(ValueError, match="no more"):
            write(entries())
        assert set(keys(filled, "")) == {"silk", "dyed", "units", "banana", "all"}


def test_writers_take_turns_and_readers_of_all_threads_see_whole_commits(
    engine: Engine, make_engine: EngineMaker, entry: EntryMaker
) -> None:
    odd: list[object] = []
    done = threading.Event()

    def read() -> None:
        try:
            reader = make_engine()
            while not done.is_set():
                total = reader.search(make_plan("ผ้าไหม", limit=3)).total
                if total % 2:  # every commit adds two
                    odd.append(total)
        except BaseException as error:
            odd.append(error)

    def write(name: str) -> None:
        writer = make_engine()
        for number in range(4):
            writer.update([entry(f"{name}-{number}-a", "ผ้าไหม"), entry(f"{name}-{number}-b", "ผ้าไหม")], [])

    readers = [threading.Thread(target=read) for _ in range(2)]
    writers = [threading.Thread(target=write, args=(name,)) for name in ("x", "y")]
    for thread in (*readers, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in readers:
        thread.join()
    assert odd == []
    assert engine.search(make_plan("ผ้าไหม")).total == 16


def test_without_an_index_search_says_that_it_is_being_made(make_engine: EngineMaker, entry: EntryMaker) -> None:
    engine = make_engine()
    assert not engine.usable()
    for ask in (lambda: engine.search(make_plan("")), engine.marks, lambda: engine.update([entry("a", "b")], [])):
        with pytest.raises(PortalError, match="rebuilt") as told:
            ask()
        assert told.value.code == "search-rebuilding"
    engine.rebuild([entry("one", "ผ้า")])
    assert engine.usable()


@pytest.mark.parametrize(
    "text",
    ["*", "?*", "term~9", "a AND (b OR", "[" * 500, " ".join(f"w{number}" for number in range(10_000)), "\x00", '"', "ๆ", "กขค" * 9_000, "title:x^9", "ที่ และ"],
)  # fmt: skip
def test_anything_typed_is_answered(filled: Engine, text: str) -> None:
    found = filled.search(make_plan(text))
    assert found.total >= len(found.keys)


def test_where_the_hits_end_what_comes_near_is_shown_and_not_counted(filled: Engine) -> None:
    found = filled.search(make_plan("ผ้าไหม แพรวา"))
    assert (found.keys, found.total, found.loose) == (("dataset:silk",), 1, False)
    assert "dataset:units" in found.near
    assert not set(found.keys) & set(found.near)
    assert filled.search(make_plan("ผ้าไหม แพรวา", limit=1)).near == ()
    assert filled.search(make_plan("ผ้าไหม แพรวา", limit=2)).near == found.near[:1]
    assert filled.search(make_plan('"ผ้าไหม แพรวา"')).near == ()
    assert filled.search(make_plan("ผ้าไหม แพรวา", limit=0)).near == ()


def test_what_comes_near_obeys_filters_and_exclusions_beside_hits(filled: Engine) -> None:
    everywhere = set(filled.search(make_plan("ผ้าไหม แพรวา")).near)
    excluding = set(filled.search(make_plan("ผ้าไหม แพรวา -หน่วยวิจัย")).near)
    assert "dataset:units" in everywhere - excluding


def test_a_word_for_the_same_thing_finds_too_but_behind_what_was_typed(engine: Engine, entry: EntryMaker) -> None:
    engine.rebuild([entry("english", "Silk weavers"), entry("thai", "ผ้าไหมลายใหม่"), entry("other", "กลุ่มเลี้ยงกุ้ง")])
    assert engine.search(make_plan("ผ้าไหม")).keys == ("dataset:thai", "dataset:english")
    assert engine.search(make_plan("silk")).keys == ("dataset:english", "dataset:thai")
