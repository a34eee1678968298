"""The tools of measuring measure what they say; no time is asserted here."""

from __future__ import annotations

import csv
import hashlib
import json
import sys
from collections import Counter
from pathlib import Path

import pytest
from frictionless import Resource, Schema

from bench import __main__ as everything
from bench import data, pages
from bench.lighthouse import Seen, faults, figures, middle
from bench.line import rows_by_column
from bench.yardstick import Figure, last_json, percentile, run_process, run_python, table, write_section


def judged(folder: Path, name: str) -> Counter[str]:
    schema = Schema.from_descriptor(data.SCHEMA)
    report = Resource(path=name, basepath=str(folder), schema=schema).validate(limit_errors=10**6)
    return Counter(error.type for task in report.tasks for error in task.errors)


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    marks = [
        hashlib.sha256(data.write_csv(tmp_path / "a.csv", 500, seed=seed).read_bytes()).hexdigest()
        for seed in (1, 1, 2)
    ]
    assert marks[0] == marks[1] != marks[2]
    size = (tmp_path / "a.csv").stat().st_size
    assert 250 < size / 500 < 300  # bytes a row, as the design page took its figures


def test_clean_rows_are_clean_and_unlike_each_other(tmp_path: Path) -> None:
    data.write_csv(tmp_path / "clean.csv", 400)
    assert judged(tmp_path, "clean.csv") == Counter()
    assert len({tuple(row) for row in data.rows(400)}) == 400


def test_dirty_rows_are_wrong_in_about_one_cell_of_a_hundred(tmp_path: Path) -> None:
    clean, dirty = list(data.rows(2000)), list(data.dirty_rows(2000))
    changed = sum(
        a != b for before, after in zip(clean, dirty, strict=True) for a, b in zip(before, after, strict=True)
    )
    assert 0.007 < changed / (2000 * len(data.BAD)) < 0.013
    data.write_csv(tmp_path / "dirty.csv", 2000, dirty=True)
    assert sum(judged(tmp_path, "dirty.csv").values()) > 100


def test_a_process_is_measured_with_its_children() -> None:
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'x = bytearray(64 << 20); sum(range(3_000_000))']); print('x'); print('{\"a\": 1}')"
    spent = run_python(code)
    assert spent.answer == {"a": 1}
    assert spent.peak_mib > 64
    assert spent.cpu > 0.02


def test_a_process_that_fails_says_why() -> None:
    with pytest.raises(RuntimeError, match=r"ended with 3(?s:.)*no such figure"):
        run_process([sys.executable, "-c", "import sys; print('no such figure', file=sys.stderr); sys.exit(3)"])


@pytest.mark.parametrize(
    ("figure", "ratio", "passed"),
    [
        (Figure("a", "", "s", 5.0, 2.5, 2.0, measure="ratio"), 2.5, True),
        (Figure("a", "", "s", 5.1, 2.5, 2.0, measure="ratio"), 2.55, False),
        (Figure("a", "", "s", 5.0, 4.0, 2.0), 2.5, False),
        (Figure("a", "", "rows/s", 50.0, 40.0, at_least=True), None, True),
        (Figure("a", "", "s", 9.0, None, 2.0), 4.5, True),
        (Figure("a", "", "s", 9.0, 1.0, None, measure="ratio"), None, False),
    ],
)
def test_a_figure_is_held_against_its_budget(figure: Figure, ratio: float | None, passed: bool) -> None:
    assert (figure.ratio, figure.passed) == (ratio, passed)
    assert json.loads(json.dumps(figure.to_json()))["pass"] is passed
    assert "MISSED" in table([figure]) or passed


def test_percentiles_and_last_lines() -> None:
    assert percentile([float(number) for number in range(1, 101)], 0.95) == 96.0
    assert percentile([3.0], 0.95) == 3.0
    assert last_json('words\n{"a": 1}\n') == {"a": 1}
    assert last_json("words") is None


def test_every_command_has_a_short_run_and_its_line_is_read() -> None:
    names = everything.commands()
    assert {"line", "pages", "start"} <= set(names)
    assert set(everything.SMALL) <= set(names)
    told = Figure("whole line", "10", "s", 1.0, 2.5, 1.0, measure="ratio")
    assert everything.figures_of("line", 0, {"figures": [told.to_json()]}) == [told]
    (own,) = everything.figures_of("other", 1, {"clean": {"rows_per_s": 5}, "ok": False})
    assert not own.passed
    assert own.note == "clean.rows_per_s 5, ok 0"
    (broken,) = everything.figures_of("other", 1, {"error": "Traceback\nValueError: no"})
    assert broken.note == "ValueError: no"


def test_a_page_is_weighed_with_all_that_it_loads() -> None:
    site = {
        "/": ("text/html", '<link rel="stylesheet" href="/s.css"><link rel="alternate" href="/n.json"><img src="a.svg"><link rel="preload" href="/f.woff2">'),
        "/s.css": ("text/css", "@font-face{src:url(f.woff2)} b{background:url('data:image/png;base64,xx')}"),
        "/a.svg": ("image/svg+xml", "<svg/>"),
        "/f.woff2": ("font/woff2", "0123456789"),
    }  # fmt: skip
    weighed = pages.loads(lambda link: (200, {"content-type": site[link][0]}, site[link][1].encode()), "/")
    assert sorted(weighed) == ["/", "/a.svg", "/f.woff2", "/s.css"]
    assert weighed["/f.woff2"] == 10 + len("content-type: font/woff2\r\n") + 17
    with pytest.raises(AssertionError, match="from elsewhere"):
        pages.loads(lambda link: (200, {"content-type": "text/html"}, b'<img src="//example.org/x">'), "/")


def test_columns_of_our_own_are_left_out_of_the_comparison() -> None:
    kept = csv.reader(["2,a,54,b"])
    assert list(rows_by_column(kept, ["_row", "name", "province_code", "x"])) == [["a", "b"]]


def test_a_section_of_a_page_is_written_in_its_place(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Page\n\nHead.\n\n## One\n\nold\n\n## Two\n\nkept\n", encoding="utf-8")
    write_section(page, "One", "new\n")
    assert page.read_text(encoding="utf-8") == "# Page\n\nHead.\n\n## One\n\nnew\n\n## Two\n\nkept\n"
    write_section(page, "Three", "last")
    assert page.read_text(encoding="utf-8").endswith("## Two\n\nkept\n\n## Three\n\nlast\n")


def test_lighthouse_runs_are_told_by_their_median_with_every_fault() -> None:
    def run(score: float, paint: float, *told: str) -> Seen:
        return Seen(dict.fromkeys(("performance", "accessibility", "best-practices", "seo"), score), paint, 0.0, told)

    one = middle([run(100, 1.5), run(90, 2.5, "seen-once 0"), run(99, 1.9)])
    assert (one.scores["seo"], one.paint, one.faults) == (99, 1.9, ("seen-once 0",))
    found = figures({"home": "/"}, {"home": one})
    assert all(figure.passed for figure in found)
    assert [figure.passed for figure in figures({"home": "/"}, {"home": run(98, 2.1)})] == [False] * 5 + [True]


def test_audits_that_cost_points_are_named() -> None:
    audits = {
        "fast": {"score": 0.95},
        "slow": {"score": 0.4},
        "title": {"score": 0},
        "idea": {"score": 0},
        "manual": {"score": None},
    }
    told = {
        "performance": {"auditRefs": [{"id": "fast", "weight": 1}, {"id": "slow", "weight": 1}]},
        "seo": {
            "auditRefs": [{"id": "title", "weight": 1}, {"id": "idea", "weight": 0}, {"id": "manual", "weight": 1}]
        },
    }
    assert faults({"categories": told, "audits": audits}) == ["slow 0.4", "title 0"]
