"""The cheap look at a whole column never lets anything pass that the close look at each cell would find."""

from __future__ import annotations

from types import ModuleType

from hypothesis import given, settings
from hypothesis import strategies as st

from harvesters.checks.personal.finding import Rules, spans_of
from harvesters.checks.personal.fold import SEPARATOR, fold, join, unhide
from harvesters.checks.personal.looks import searches, suspects

STRICT = Rules(ids=True, text_ids=True, bare_phones=True, titled=True, failing_ids=True, code_prefixes=frozenset())
PIECES = st.sampled_from(
    ["นาย", "นาง", "น. ส.", "ดร.", "คุณ", "ตัวอย่าง", "สมมติ", " ", " ", "08", "1234", "567", "8", "9", "66", "+", "(0)", "-", ".", "/", "1-1037-00000-01-1",
     "1103700000011", "a", "at", "(at)", "@", "gmail", ".com", "firm.co.th", "x.ac.th", "LINE", "line id ", "ไลน์", ":", "lin.ee/", "เลขที่บัญชี", "123-4-56789-0",
     "passport ", "AB123456", "Mr. ", "Somebody ", "Person", "โทร ", "\u200b", "๐๘๑", "\x1e", "\n", ",", "1,2", "100.5018", "ธ.", "อำเภอ", "(", ")"]
)  # fmt: skip
CELLS = st.lists(st.one_of(PIECES, PIECES, st.text(max_size=3)), max_size=9).map("".join)


@settings(max_examples=150, deadline=None)
@given(cells=st.lists(CELLS, min_size=1, max_size=5))
def test_the_cheap_look_is_never_wrong(cells: list[str]) -> None:
    joined, folded = join(cells)
    assert len(folded) == len(cells)
    chosen = suspects(folded, joined)
    for place, text in enumerate(folded):
        assert spans_of(text, STRICT, chosen.get(place, frozenset())) == spans_of(text, STRICT)


def test_every_generated_form_is_chosen(generate: ModuleType) -> None:
    draw = generate.random.Random(8)
    for _ in range(20):
        for kind, form, make in generate.CELL_FORMS:
            joined, folded = join(["กล้วยตาก", make(draw), "12"])
            assert set(suspects(folded, joined)) == {1}, (kind, form)


def test_coordinates_and_money_need_no_look_at_their_numbers() -> None:
    wanted = [
        (["8.0646817808108", "98.9152691513299", "", "-7.5", "1234567.89"], set()),
        (["053-123456"], {"bare"}),
        (["081.234.5678", "1"], {"bare", "mobiles", "accounts"}),
        (["1103700000011"], {"bare", "mobiles", "accounts", "ids"}),
    ]
    for cells, detectors in wanted:
        found = {detector for detector, _ in searches(SEPARATOR.join(cells))}
        assert found & {"bare", "mobiles", "accounts", "ids"} == detectors


def test_folding_keeps_every_place() -> None:
    text = unhide("๐๘๑\u200b\u00a0–\t๒")
    assert fold(text) == "081 - 2"
    assert len(fold(text)) == len(text)
