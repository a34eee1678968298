"""The judge of drafts: every code from a cell that produces it, and a mend that passes; what is emptied, set aside, blocked."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from frictionless import Resource, Schema, system
from hypothesis import given, settings
from hypothesis import strategies as st

from harvesters import bundled
from harvesters.checks import validate
from harvesters.checks.examples import example_of, example_of_pattern
from harvesters.checks.judging import findings, standard_schema
from harvesters.checks.problems import BY_CODE
from harvesters.checks.validate import Reason, judge
from harvesters.values import Draft, Mapped, Problem, Table, Text

MakeDraft = Callable[..., Draft]
Field = Mapping[str, Any]


@pytest.fixture(scope="session")
def make_draft(tmp_path_factory: pytest.TempPathFactory) -> MakeDraft:
    """Makes a draft of these fields and rows; its first row is row 4 of the office's file."""
    folder, numbers = tmp_path_factory.mktemp("drafts"), count()

    def make(fields: Sequence[Field], rows: Sequence[Sequence[str]], **schema: Any) -> Draft:
        path = folder / f"{next(numbers)}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["_row", *(field["name"] for field in fields)])
            writer.writerows([number, *row] for number, row in enumerate(rows, 4))
        table = Table("clusters", "กลุ่ม", (), path, len(rows), sheet="กลุ่ม")
        reason = Mapped(None, (), Text("", ""))
        return Draft(table, reason, {"fields": list(fields), **schema}, path, path, {}, len(rows))

    return make


def one_cell(make_draft: MakeDraft, field: Field, cell: str) -> tuple[Problem, ...]:
    """The problems of a table of thirty good rows, one of which has this cell."""
    fields = [{"name": "id", "type": "string"}, {"source": "หัวคอลัมน์", **field}]
    rows = [[str(number), example_of(field)] for number in range(30)]
    rows[11][1] = cell
    return judge(make_draft(fields, rows)).problems


INTEGER: Field = {"name": "members", "type": "integer", "constraints": {"minimum": 0, "maximum": 5000}}
NUMBER: Field = {"name": "income", "type": "number"}
OPEN: Field = {"name": "share", "type": "number", "constraints": {"exclusiveMinimum": 0, "exclusiveMaximum": 100}}
DATE: Field = {"name": "day", "type": "date"}
LATE: Field = {"name": "day", "type": "date", "constraints": {"minimum": "2027-01-01"}}
YEAR: Field = {"name": "year", "type": "year"}
BOOLEAN: Field = {"name": "open", "type": "boolean"}
YES_NO: Field = {"name": "open", "type": "boolean", "trueValues": ["มี"], "falseValues": ["ไม่มี"]}
EMAIL: Field = {"name": "mail", "type": "string", "format": "email"}
WEB: Field = {"name": "web", "type": "string", "format": "uri"}
CODE: Field = {"name": "code", "type": "string", "constraints": {"pattern": "[A-Z]{2}-[0-9]{3,}"}}
ODD: Field = {"name": "code", "type": "string", "example": "ab", "constraints": {"pattern": "(ab|cd)"}}
KIND: Field = {"name": "kind", "type": "string", "constraints": {"enum": ["อาหาร", "เครื่องดื่ม", "สมุนไพร"]}}
NAME: Field = {"name": "name", "type": "string", "example": "กลุ่มทอผ้า", "constraints": {"required": True}}
LENGTH: Field = {"name": "text", "type": "string", "example": "ยาว", "constraints": {"minLength": 3, "maxLength": 8}}

CASES: list[tuple[str, Field, str, str]] = [  # code, field, what was found, the mend that the sentence names
    ("wrong-type", INTEGER, "สิบสองคน", "12"),
    ("wrong-type", INTEGER, "12.5", "12"),
    ("wrong-type", INTEGER, "1,200", "12"),
    ("wrong-type", NUMBER, "ประมาณ 5", "12.5"),
    ("wrong-type", NUMBER, "NaN", "12.5"),
    ("wrong-type", NUMBER, "-Infinity", "12.5"),
    ("wrong-type", DATE, "24 พ.ย. 2569", "2026-11-24"),
    ("wrong-type", DATE, "2026-02-30", "2026-11-24"),
    ("wrong-type", LATE, "ไม่ทราบวัน", "2027-01-01"),
    ("wrong-type", YEAR, "69", "2026"),
    ("wrong-type", BOOLEAN, "ใช่", "true"),
    ("wrong-type", YES_NO, "true", "มี"),
    ("wrong-type", EMAIL, "ไม่มีอีเมล", "info@example.go.th"),
    ("wrong-type", WEB, "เว็บของเรา", "https://www.example.go.th/"),
    ("not-plain", INTEGER, "๑๒", "12"),
    ("not-plain", INTEGER, "1_000", "1000"),
    ("not-plain", INTEGER, " 7", "7"),
    ("not-plain", INTEGER, "+5", "5"),
    ("not-plain", NUMBER, "1.5e3", "1500"),
    ("not-plain", NUMBER, "๑.๕", "1.5"),
    ("not-plain", DATE, "2017-1-2", "2017-01-02"),
    ("not-plain", YEAR, "๒๐๒๔", "2024"),
    ("number-too-long", NUMBER, "1234567890123456789", "12.5"),
    ("number-too-long", NUMBER, "1e300", "12.5"),
    ("date-buddhist", DATE, "2569-01-01", "2026-01-01"),
    ("date-buddhist", YEAR, "2569", "2026"),
    ("date-doubtful", DATE, "2250-01-01", "2026-11-24"),
    ("date-doubtful", DATE, "0069-01-01", "2026-11-24"),
    ("date-doubtful", DATE, "2568-02-29", "2026-11-24"),
    ("date-doubtful", YEAR, "2399", "2026"),
    ("required-empty", NAME, "", "กลุ่มทอผ้า"),
    ("not-in-list", KIND, "อาหาน", "อาหาร"),
    ("not-in-list", KIND, "?", "เครื่องดื่ม"),
    ("too-small", INTEGER, "-3", "12"),
    ("too-small", INTEGER, "-3", "0"),
    ("too-small", OPEN, "0", "12.5"),
    ("too-small", LATE, "2026-12-31", "2027-01-01"),
    ("too-large", INTEGER, "9999", "5000"),
    ("too-large", OPEN, "100", "12.5"),
    ("too-short", LENGTH, "กข", "กขค"),
    ("too-long", LENGTH, "กขคงจฉชซฌ", "กขคงจฉชซ"),
    ("wrong-pattern", CODE, "ab-1", "AA-111"),
    ("wrong-pattern", ODD, "xy", "ab"),
]


@pytest.mark.parametrize(("code", "field", "cell", "mend"), CASES)
def test_each_code_and_its_mend(make_draft: MakeDraft, code: str, field: Field, cell: str, mend: str) -> None:
    (found,) = one_cell(make_draft, field, cell)
    assert found.code == code
    assert (found.resource, found.row, found.column, found.value) == ("clusters", 15, "หัวคอลัมน์", cell)
    assert found.message.th.startswith("แผ่นงาน ‘กลุ่ม’ แถว 15 คอลัมน์ ‘หัวคอลัมน์’: ")
    assert cell in found.message.th
    assert cell in found.message.en
    if code not in ("required-empty", "too-short", "too-long"):  # there the mend is the office's to know
        assert mend in found.message.th
        assert mend in found.message.en
    assert one_cell(make_draft, field, mend) == ()


def test_every_code_of_the_judge_has_a_case() -> None:
    other = {"not-unique", "key-duplicate", "key-empty", "too-many-bad-rows", "no-rows-left", "table-broken"}
    judged = {code for code, kind in BY_CODE.items() if "outcome_th" in kind.th}
    assert judged <= {code for code, *_ in CASES} | other


@pytest.mark.parametrize("cell", ["", "0", "-7", "007", "123456789012345678", "5000"], ids=lambda cell: cell or "empty")
def test_plain_integers_pass(make_draft: MakeDraft, cell: str) -> None:
    assert one_cell(make_draft, {"name": "n", "type": "integer"}, cell) == ()


@pytest.mark.parametrize("cell", ["", "0", "-7.50", ".5", "5.", "123456789012345678.123456789", "13.7563"])
def test_plain_numbers_pass(make_draft: MakeDraft, cell: str) -> None:
    assert one_cell(make_draft, NUMBER, cell) == ()


def test_any_text_is_a_text(make_draft: MakeDraft) -> None:
    for cell in ("๑๒", " 7", "NaN", "1_000", "2569-01-01", "-", "ไม่มี", 'a,"b"\nค', "\u200b"):
        assert one_cell(make_draft, {"name": "text", "type": "string"}, cell) == ()


def test_wrong_cell_is_emptied_and_row_without_a_required_cell_set_aside(make_draft: MakeDraft) -> None:
    needed: Field = {"name": "code", "type": "integer", "constraints": {"required": True}}
    rows = [["กลุ่ม", "3", "1"]] * 40
    rows[0], rows[1], rows[2] = ["", "3", "1"], ["กลุ่ม", "สาม", "1"], ["กลุ่ม", "3", "สอง"]
    found = judge(make_draft([NAME, INTEGER, needed], rows), max_bad_rows=0.2)
    assert found.blocking == ()
    assert found.wrong_cells == {5: ("members",), 6: ("code",)}
    assert found.rejected == {4: (Reason("required-empty", "name"),), 6: (Reason("wrong-type", "code"),)}
    assert found.affected_rows == 3
    by_row = {problem.row: problem.message for problem in found.problems}
    assert "เว้นว่าง" in by_row[5].th
    assert "แยกไว้ ไม่เผยแพร่" in by_row[6].th
    assert "set aside" in by_row[4].en


def test_one_cell_is_told_once(make_draft: MakeDraft) -> None:
    both: Field = {"name": "code", "type": "string", "constraints": {"pattern": "[0-9]{5}", "minLength": 5}}
    found = judge(make_draft([both], [["50200"]] * 30 + [["ก"]]))
    assert sum(found.counts.values()) == len(found.problems) == 1


@pytest.mark.parametrize(("wrong", "blocks"), [(0, False), (10, False), (11, True)])
def test_more_than_a_tenth_of_the_rows_blocks(make_draft: MakeDraft, wrong: int, blocks: bool) -> None:
    found = judge(make_draft([INTEGER], [["x"]] * wrong + [["1"]] * (100 - wrong)))
    assert found.affected_rows == wrong
    assert [problem.code for problem in found.blocking] == ["too-many-bad-rows"] * blocks
    if blocks:
        assert found.problems[0].code == "too-many-bad-rows"
        assert "มีปัญหา 11 จาก 100 แถว" in found.problems[0].message.th
        assert "11 of 100 rows" in found.problems[0].message.en


def test_rows_without_any_left(make_draft: MakeDraft) -> None:
    found = judge(make_draft([NAME], [[""]] * 3), max_bad_rows=1.0)
    assert [problem.code for problem in found.blocking] == ["no-rows-left"]


def test_no_rows(make_draft: MakeDraft) -> None:
    found = judge(make_draft([NAME], []))
    assert [problem.code for problem in found.blocking] == ["no-rows"]


def test_hopeless_table_is_not_read_to_its_end(make_draft: MakeDraft, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validate, "MOST_FINDINGS", 50)
    found = judge(make_draft([INTEGER], [["x"]] * 400))
    assert not found.complete
    assert found.judged_rows < 200
    assert "อย่างน้อย" in found.blocking[0].message.th
    assert "At least" in found.blocking[0].message.en


def test_a_table_that_may_pass_is_always_counted_to_its_end(
    make_draft: MakeDraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(validate, "MOST_FINDINGS", 5)
    found = judge(make_draft([INTEGER], [["x"]] * 30 + [["1"]] * 370))
    assert found.complete
    assert found.counts == {"wrong-type": 30}


def test_kept_problems_are_few_and_of_every_column(make_draft: MakeDraft) -> None:
    rows = [["x", "2024-01-01", ""] for _ in range(3000)]
    rows[2900][1] = "2567-01-01"
    found = judge(make_draft([INTEGER, DATE, NUMBER], rows), max_bad_rows=1.0)
    assert found.counts == {"wrong-type": 3000, "date-buddhist": 1}
    assert found.columns == {"members": {"wrong-type": 3000}, "day": {"date-buddhist": 1}}
    assert len(found.problems) == 100
    assert [problem.row for problem in found.problems][-1] == 2904
    assert [problem.row for problem in found.problems] == sorted(problem.row or 0 for problem in found.problems)


def test_personal_data_in_a_wrong_cell_is_masked(make_draft: MakeDraft) -> None:
    (found,) = one_cell(make_draft, INTEGER, "1999900012348 ครับ")
    assert found.value is not None
    assert "1999900012348" not in found.value + found.message.th + found.message.en


def test_unique_column(make_draft: MakeDraft) -> None:
    unique: Field = {"name": "code", "type": "string", "source": "รหัส", "constraints": {"unique": True}}
    rows = [[str(number)] for number in range(40)]
    rows[30] = ["7"]
    found = judge(make_draft([unique], rows))
    assert found.counts == {"not-unique": 1}
    assert found.wrong_cells == {34: ("code",)}
    assert "แถว 11" in found.problems[0].message.th
    assert "row 11" in found.problems[0].message.en


def test_primary_key(make_draft: MakeDraft) -> None:
    a: Field = {"name": "a", "type": "string", "source": "ก"}
    b: Field = {"name": "b", "type": "string", "source": "ข"}
    rows = [[str(number), "x"] for number in range(40)]
    rows[30], rows[31] = ["7", "x"], ["", ""]
    found = judge(make_draft([a, b], rows, primaryKey=["a", "b"]))
    assert found.counts == {"key-duplicate": 1, "key-empty": 1}
    assert found.wrong_cells == {}
    assert found.rejected == {34: (Reason("key-duplicate", None),), 35: (Reason("key-empty", None),)}
    assert "‘ก’, ‘ข’" in found.problems[0].message.th
    assert "แถว 11" in found.problems[0].message.th


def test_what_the_line_must_not_make_blocks(make_draft: MakeDraft) -> None:
    good = make_draft([NAME, INTEGER], [["กลุ่ม", "1"]] * 30)
    text = good.path.read_text(encoding="utf-8")
    broken = {
        "ragged": text.replace("\n9,กลุ่ม,1\n", "\n9,กลุ่ม,1,2\n"),
        "short": text.replace("\n9,กลุ่ม,1\n", "\n9,กลุ่ม\n"),
        "other heading": text.replace("_row,name,members", "_row,name,member"),
        "no heading": text.partition("\n")[2],
        "empty": "",
    }
    for why, content in broken.items():
        good.path.write_text(content, encoding="utf-8")
        assert "table-broken" in {problem.code for problem in judge(good).blocking}, why
    good.path.write_bytes(text.encode("cp874"))
    assert [problem.code for problem in judge(good).blocking] == ["table-broken"]


def test_frictionless_reaches_no_address(make_draft: MakeDraft) -> None:
    draft = make_draft([INTEGER], [["x"]] * 3)
    with draft.path.open(encoding="utf-8", newline="") as file:
        running = findings(csv.reader(file), draft.schema)
        next(running)
        with pytest.raises(PermissionError):
            system.http_session.get("http://127.0.0.1:1/")
        assert list(running)


def test_the_judge_sees_our_own_properties_only() -> None:
    told = standard_schema(
        {
            "$schema": "http://example.test/x.json",
            "fields": [{"name": "a", "type": "string", "source": "ก", "rdfType": "x"}],
        }
    )
    assert told["fields"] == [{"name": "_row", "type": "integer"}, {"name": "a", "type": "string"}]
    assert "example.test" not in str(told)


@pytest.mark.parametrize("name", sorted(bundled.profiles()))
def test_examples_of_bundled_profiles_pass(make_draft: MakeDraft, name: str) -> None:
    fields = bundled.profile(name).schema["fields"]
    row = [example_of(field) or "ก" for field in fields]
    assert judge(make_draft(fields, [row] * 3)).problems == ()


@pytest.mark.parametrize(
    "pattern", ["[0-9]{2}", r"\d{5}", "[A-Z]{3}-?[0-9]+", "TH-[0-9]{2}", "[ก-ฮ]{2,4}", r"[0-9]{4}\.[0-9]", "a*b"]
)
def test_examples_of_patterns_match(make_draft: MakeDraft, pattern: str) -> None:
    field: Field = {"name": "code", "type": "string", "constraints": {"pattern": pattern}}
    assert one_cell(make_draft, field, example_of_pattern(pattern)) == ()


@pytest.mark.parametrize("pattern", ["(a|b)", "(?=x)x", "[^a]", "a|b", "["])
def test_patterns_too_rich_for_an_example_are_shown_as_they_are(pattern: str) -> None:
    assert example_of_pattern(pattern) == ""


ODD_CELLS = [
    "", "0", "1", "12", "-3", "๑๒", "1_0", " 7", "7 ", "+5", "1e3", "NaN", "inf", "1.5", "1,5", "2024-01-02", "2024-1-2",
    "2567-01-02", "true", "True", "1.0", "x", "กลุ่ม", 'a"b', "a,b", "a\nb", "\u200b", "อาหาร", "5001", "99999999999999999999",
]  # fmt: skip
FUZZED = [
    NAME,
    INTEGER,
    NUMBER,
    LATE,
    DATE,
    YEAR,
    BOOLEAN,
    KIND,
    LENGTH,
    {**CODE, "constraints": {"pattern": "[0-9]+"}},
]


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.lists(st.sampled_from(ODD_CELLS), min_size=10, max_size=10), min_size=1, max_size=12))
def test_findings_are_those_of_frictionless_itself(make_draft: MakeDraft, rows: list[list[str]]) -> None:
    """Beside its own `validate` on the same file: the same errors in the same order, ours added to them."""
    fields = [{**field, "name": f"c{number}"} for number, field in enumerate(FUZZED)]
    draft = make_draft(fields, rows)
    with draft.path.open(encoding="utf-8", newline="") as file:
        ours = [(found.rule, found.row, found.field) for found in findings(csv.reader(file), draft.schema)]
    assert [found for found in ours if found[0] != "form-error"] == validated(draft.path, draft.schema)


def validated(path: Path, schema: Mapping[str, Any]) -> list[tuple[str, int, str]]:
    """What frictionless reports when it reads the file by itself. It numbers the heading 1, the draft's first row is 4."""
    resource = Resource(
        path=path.name,
        basepath=str(path.parent),
        encoding="utf-8",
        schema=Schema.from_descriptor(standard_schema(schema)),
    )
    return [
        (
            error.note.split('"')[1] if error.type == "constraint-error" else error.type,
            error.row_number + 2,
            error.field_name,
        )
        for error in resource.validate(limit_errors=0).tasks[0].errors
    ]
