"""The catalogue of problems as a whole: what holds for every code."""

from __future__ import annotations

import re

import pytest

from harvesters.checks.problems import BY_CODE, KINDS, PLACE_FIELDS, Kind, catalogue, field_names, general, problem
from harvesters.values import Text

THAI = re.compile("[\u0e01-\u0e3a\u0e40-\u0e4e]")
SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
JARGON = re.compile(
    r"schema|regex|parse|exception|traceback|boolean|integer|string\b|constraint", re.IGNORECASE | re.ASCII
)
# Words of asking or advising, of which a sentence that wants something done has one.
ASKS_TH = re.compile("โปรด|ควร|ให้|รอ")

every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)


def filled(kind: Kind) -> Text:
    """Both sentences of a kind, each of its fields filled with its own name."""
    names = field_names(kind) - PLACE_FIELDS
    told = problem(kind.code, row=7, column="ชื่อกลุ่ม", value="กล้วยตาก", **{name: f"<{name}>" for name in names})
    return told.message


def test_codes_are_unique_slugs() -> None:
    codes = [kind.code for kind in KINDS]
    assert len(codes) == len(set(codes)) == len(BY_CODE)
    assert [code for code in codes if SLUG.fullmatch(code) is None] == []


@every_kind
def test_every_kind_speaks_both_languages(kind: Kind) -> None:
    told = filled(kind)
    assert THAI.search(kind.th)
    assert not THAI.search(re.sub("‘[^’]*’|\\{[^}]*\\}|กล้วยตาก|ชื่อกลุ่ม|เชียงใหม่", "", kind.en))
    assert "{" not in re.sub(r"\[\{.*\}\]", "", told.th + told.en)
    assert told.th.startswith("แถว 7 คอลัมน์ ‘ชื่อกลุ่ม’: ")
    assert told.en.startswith("Row 7, column ‘ชื่อกลุ่ม’: ")


@every_kind
def test_sentences_are_plain(kind: Kind) -> None:
    assert JARGON.search(kind.en) is None
    assert JARGON.search(kind.th) is None
    assert "  " not in kind.th + kind.en
    assert kind.en[0] in "‘{" or kind.en[0].isupper()


@every_kind
def test_both_languages_name_the_same_things(kind: Kind) -> None:
    def names(language: str, template: str) -> set[str]:
        alone = Kind(kind.code, kind.severity, template, template)
        return {name.removesuffix(f"_{language}") for name in field_names(alone)}

    assert names("th", kind.th) == names("en", kind.en)


@every_kind
def test_what_must_be_mended_says_how(kind: Kind) -> None:
    if kind.severity != "info" or kind.blocking:
        assert ASKS_TH.search(kind.th)
        assert kind.en.count(".") + kind.en.count(";") + kind.en.count(",") + kind.en.count(":") >= 1


@every_kind
def test_only_errors_block(kind: Kind) -> None:
    assert kind.severity in ("error", "warning", "info")
    assert kind.severity == "error" or not kind.blocking


def test_unknown_codes_and_fields_are_bugs() -> None:
    with pytest.raises(KeyError):
        problem("no-such-code")
    with pytest.raises(KeyError):
        problem("file-too-large", size=3)


def test_catalogue_has_all_kinds_worst_first() -> None:
    listed = catalogue()
    assert sorted(kind.code for kind in listed) == sorted(BY_CODE)
    assert [kind.blocking for kind in listed] == sorted((kind.blocking for kind in listed), reverse=True)


@every_kind
def test_general_sentence_needs_no_case(kind: Kind) -> None:
    told = general(kind)
    assert THAI.search(told.th)
    assert "‘…’" not in told.th + told.en
    for name in field_names(kind):
        assert f"{{{name}}}" not in told.th + told.en


def test_value_is_cut_before_a_letter() -> None:
    told = problem("not-in-list", value="ผู้" * 200, allowed="x", outcome_th="", outcome_en="")
    assert told.value is not None
    assert len(told.value) <= 200
    assert told.value.endswith("ผู้…")
    assert told.value in told.message.th


def test_place_is_named_only_where_known() -> None:
    assert problem("file-empty").message.th.startswith("ไฟล์ว่างเปล่า")
    told = problem("no-rows", sheet="แผ่น 1")
    assert told.message == Text("แผ่นงาน ‘แผ่น 1’: " + BY_CODE["no-rows"].th, "Sheet ‘แผ่น 1’: " + BY_CODE["no-rows"].en)


def test_braces_in_what_was_found_are_only_text() -> None:
    told = problem("not-in-list", value="{row}{0}", allowed="{x}", outcome_th="", outcome_en="")
    assert "‘{row}{0}’" in told.message.th
