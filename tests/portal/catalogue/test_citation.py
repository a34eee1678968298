"""A citation names the version, in the forms that reference managers read."""

from __future__ import annotations

import re
from datetime import date

from portal.catalogue.citation import Citation

CITED = Citation(
    title_th="กลุ่มทอผ้า {แพร่}\nและน่าน",
    title_en="",
    publisher_th="สำนักงานทดสอบ",
    publisher_en="Test office",
    version=3,
    published=date(2026, 9, 24),
    identifier="khlang:th-54-silk@3",
    url="https://khlang.example/dataset/th-54-silk@v3",
)


def test_words_name_the_year_of_the_reader_and_the_version() -> None:
    assert CITED.thai.startswith("สำนักงานทดสอบ. (2569). ")
    assert "รุ่นที่ 3." in CITED.thai
    assert CITED.english.startswith("Test office. (2026). ")
    assert "(Version 3) [Data set]" in CITED.english
    assert all(text.endswith(f"{CITED.identifier}. {CITED.url}") for text in (CITED.thai, CITED.english))


def test_bibtex_is_one_entry_with_balanced_braces() -> None:
    text = CITED.bibtex
    depth = [text[: at + 1].count("{") - text[: at + 1].count("}") for at in range(len(text))]
    assert (min(depth), depth[-1], re.findall(r"(?m)^@(\w+)\{([^,]+),$", text)) == (
        0,
        0,
        [("misc", "khlang-th-54-silk-3")],
    )
    assert "  month = sep,\n" in text  # a macro of BibTeX, so without braces
    assert "  title = {{กลุ่มทอผ้า (แพร่) และน่าน}},\n" in text
    assert f"  url = {{{CITED.url}}}\n" in text


def test_ris_is_a_record_of_tagged_lines() -> None:
    lines = CITED.ris.split("\r\n")
    assert lines.pop() == ""
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*", line) for line in lines)
    told = dict(line.split("  - ", 1) for line in lines)
    assert (lines[0], lines[-1]) == ("TY  - DATA", "ER  - ")
    assert (told["TI"], told["PY"], told["DA"], told["ET"]) == ("กลุ่มทอผ้า {แพร่} และน่าน", "2026", "2026/09/24", "3")
    assert told["UR"] == CITED.url


def test_csl_has_the_day_in_parts() -> None:
    (item,) = CITED.csl
    assert (item["type"], item["version"], item["URL"]) == ("dataset", "3", CITED.url)
    assert item["issued"] == {"date-parts": [[2026, 9, 24]]}
    assert item["author"] == [{"literal": "สำนักงานทดสอบ"}]
