"""Rows of a large table: first page, deep page, filters, groups, sorting, one row; each beside bare DuckDB in the same run.

The table is that of `bench.data`, finished as the product finishes it. The product answers a reader's question: its address is
read, a page of rows is returned and, where there are more, counted. The yardstick is the same SQL written by hand on an open
connection without a box, one thread, and does not count; counts are remembered by the product, so they are measured by themselves too. Both run in turns in one process, pinned to one core.

Run as `python -m bench.rows [--rows N] [--repeats N]`. The budget is a p95 of 50 ms for pages, filters and groups over 1,000,000
rows; what has none is told for information: rare texts are the search index's work, and sorting reads a whole column.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from bench import data
from bench.yardstick import Figure, one_core, percentile, report
from harvesters.packages import charts
from harvesters.packages import rows as product
from harvesters.packages.finalise import write_parquet

BUDGET_MS = 50.0
CHART_MS = 150.0
UNUSUAL = "กลุ่มกล้วยตากบ้านหนองแสง 1"


@dataclass(frozen=True, slots=True)
class Case:
    """One question: as an address asks it, and as SQL by hand over `{t}`. `group` names the column of a grouped one."""

    name: str
    args: tuple[tuple[str, str], ...]
    sql: str
    budget: float | None = BUDGET_MS
    group: str = ""
    chart: str = ""  # the measure of a chart's sums; with `group`
    counted: bool = False  # the count alone, never from memory: what the first reader of a filter waits for besides
    slow: bool = False


CASES = (
    Case("first page", (), "SELECT * FROM {t} LIMIT 50"),
    Case("page 1,000", (("page", "1000"),), "SELECT * FROM {t} LIMIT 50 OFFSET 49950"),
    Case("one row", (("row", "7777"),), "SELECT * FROM {t} WHERE _row = 7777"),
    Case("filter by province", (("f.จังหวัด", "น่าน"),), """SELECT * FROM {t} WHERE "จังหวัด" = 'น่าน' LIMIT 50"""),
    Case(
        "filter by number and date",
        (("f.จำนวนสมาชิก.gte", "390"), ("f.วันที่จดทะเบียน.gte", "2020-01-01")),
        """SELECT * FROM {t} WHERE "จำนวนสมาชิก" >= 390 AND "วันที่จดทะเบียน" >= DATE '2020-01-01' LIMIT 50""",
    ),
    Case(
        "filter by a piece of a name",
        (("f.ชื่อวิสาหกิจชุมชน.contains", "กล้วยตาก"),),
        """SELECT * FROM {t} WHERE contains("ชื่อวิสาหกิจชุมชน", 'กล้วยตาก') LIMIT 50""",
    ),
    Case(
        "group by province",
        (),
        """SELECT "จังหวัด", count(*) FROM {t} GROUP BY 1 ORDER BY 2 DESC LIMIT 20""",
        group="จังหวัด",
    ),
    Case(
        "group under a filter",
        (("f.ผลิตภัณฑ์", "กล้วยตาก"),),
        """SELECT "จังหวัด", count(*) FROM {t} WHERE "ผลิตภัณฑ์" = 'กล้วยตาก' GROUP BY 1 ORDER BY 2 DESC LIMIT 20""",
        group="จังหวัด",
    ),
    Case(
        "chart of sums by province",
        (),
        """SELECT "จังหวัด", sum("รายได้ต่อปี") FROM {t} GROUP BY 1 ORDER BY 2 DESC LIMIT 20""",
        CHART_MS,
        group="จังหวัด",
        chart="รายได้ต่อปี",
    ),
    Case(
        "chart of sums by day under a filter",
        (("f.ผลิตภัณฑ์", "กล้วยตาก"),),
        """SELECT "วันที่จดทะเบียน", sum("รายได้ต่อปี") FROM {t} WHERE "ผลิตภัณฑ์" = 'กล้วยตาก' GROUP BY 1 ORDER BY 2 DESC LIMIT 20""",
        CHART_MS,
        group="วันที่จดทะเบียน",
        chart="รายได้ต่อปี",
    ),
    Case(
        "count of a province",
        (("f.จังหวัด", "น่าน"),),
        """SELECT count(*) FROM {t} WHERE "จังหวัด" = 'น่าน'""",
        counted=True,
    ),
    Case(
        "count of a piece of a name",
        (("f.ชื่อวิสาหกิจชุมชน.contains", "กล้วยตาก"),),
        """SELECT count(*) FROM {t} WHERE contains("ชื่อวิสาหกิจชุมชน", 'กล้วยตาก')""",
        None,
        counted=True,
        slow=True,
    ),
    Case(
        "rare name, whole cell",
        (("f.ชื่อวิสาหกิจชุมชน", UNUSUAL),),
        f"""SELECT * FROM {{t}} WHERE "ชื่อวิสาหกิจชุมชน" = '{UNUSUAL}' LIMIT 50""",
        None,
        slow=True,
    ),
    Case(
        "rare piece of a name",
        (("f.ชื่อวิสาหกิจชุมชน.contains", "หนองแสง 99999"),),
        """SELECT * FROM {t} WHERE contains("ชื่อวิสาหกิจชุมชน", 'หนองแสง 99999') LIMIT 50""",
        None,
        slow=True,
    ),
    Case(
        "sort by number",
        (("sort", "-รายได้ต่อปี"),),
        """SELECT * FROM {t} ORDER BY "รายได้ต่อปี" DESC NULLS LAST, _row LIMIT 50""",
        None,
        slow=True,
    ),
    Case(
        "sort by Thai text",
        (("sort", "ชื่อวิสาหกิจชุมชน"),),
        """SELECT * FROM {t} ORDER BY "ชื่อวิสาหกิจชุมชน" NULLS LAST, _row LIMIT 50""",
        None,
        slow=True,
    ),
)


def make(folder: Path, count: int) -> Path:
    """The table as the product finishes it: CSV with row numbers, then Parquet."""
    finished, parquet = folder / "table.csv", folder / "table.parquet"
    with finished.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["_row", *data.HEADINGS])
        writer.writerows([number, *row] for number, row in enumerate(data.rows(count), 2))
    with duckdb.connect(config={"threads": 1}) as connection:
        write_parquet(connection, finished, parquet, data.SCHEMA["fields"], count)
    finished.unlink()
    return parquet


def asked(parquet: Path, case: Case) -> Callable[[], object]:
    """The product's answer to a case. A group is asked for as the page asks for one."""
    schema = data.SCHEMA

    def answer() -> object:
        query, wrong = product.parse_filters(case.args, schema)
        if wrong:
            raise RuntimeError(wrong[0].message.en)
        if case.counted:
            product.forget_counts()
            return [(product.count_rows(parquet, schema, query),)]
        if case.chart:
            charts.forget_charts()
            return charts.draw_chart(parquet, schema, charts.ChartQuery(case.group, "sum", case.chart), query)
        if case.group:
            return product.group_rows(parquet, schema, case.group, query)
        return product.select_rows(parquet, schema, query).rows

    return answer


def measure(parquet: Path, case: Case, bare: duckdb.DuckDBPyConnection, repeats: int) -> dict[str, list[float]]:
    """Milliseconds of the clock and of CPU for both, in turns. The first answer pays for the count, as a first reader does."""
    statement = case.sql.format(t=f"read_parquet('{parquet}')")
    answer = asked(parquet, case)
    spent: dict[str, list[float]] = {"ours": [], "ours cpu": [], "bare": [], "bare cpu": []}
    for _ in range(repeats):
        for who, work in (("bare", lambda: bare.execute(statement).fetchall()), ("ours", answer)):
            clock, cpu = time.perf_counter(), time.process_time()
            work()
            spent[who].append((time.perf_counter() - clock) * 1000)
            spent[f"{who} cpu"].append((time.process_time() - cpu) * 1000)
    check(answer(), bare.execute(statement).fetchall(), case)
    return spent


def check(ours: Any, theirs: list[Any], case: Case) -> None:
    """Both must say the same, or the comparison is worth nothing. Groups of equal counts may stand in another order."""
    if case.name == "sort by Thai text":  # the product sorts as a Thai dictionary does, the yardstick by code points
        return
    if case.chart:
        ours = [group.figure for group in ours.largest]
        if [round(figure) for figure in ours] != [round(row[1]) for row in theirs]:
            raise RuntimeError(f"{case.name}: product and yardstick disagree")
        return
    if sorted(map(repr, ours)) != sorted(map(repr, theirs)):
        raise RuntimeError(f"{case.name}: product and yardstick disagree")


def figure_of(case: Case, size: str, spent: dict[str, list[float]]) -> Figure:
    """p95 of the CPU against the budget (one thread, nothing to wait for: on a quiet machine the clock says the same)."""
    p95, bare = percentile(spent["ours cpu"], 0.95), percentile(spent["bare cpu"], 0.95)
    shares = {"p50": 0.5, "p95": 0.95}
    more = {
        f"{who} {name}": round(percentile(times, at), 2) for who, times in spent.items() for name, at in shares.items()
    }
    clock = f"by the clock p50 {more['ours p50']:g}, p95 {more['ours p95']:g}; bare p50 {more['bare p50']:g}, p95 {more['bare p95']:g}"
    return Figure(
        f"rows: {case.name}, p95",
        size,
        "ms",
        round(p95, 2),
        case.budget,
        round(bare, 2),
        "bare DuckDB",
        note=clock,
        more=more,
    )


def main() -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=60)
    options = parser.parse_args()
    one_core()
    size = f"{options.rows:,} rows"
    with tempfile.TemporaryDirectory() as folder:
        parquet = make(Path(folder).resolve(), options.rows)
        told = {"parquet_mb": round(parquet.stat().st_size / 1e6, 1)}
        with duckdb.connect(config={"threads": 1}) as bare:
            asked(parquet, CASES[0])()  # the box is open in a worker that has served one page
            figures = [
                figure_of(case, size, measure(parquet, case, bare, max(5, options.repeats // (6 if case.slow else 1))))
                for case in CASES
            ]
    return report("rows", figures, **told)


if __name__ == "__main__":
    raise SystemExit(main())
