"""Walks through a report: every finding with the table that it stands in, and the findings by kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

RANK = {"error": 0, "warning": 1, "info": 2}


def findings_of(report: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every finding with the title of its table (the sheet's name, or "", for the file as a whole)."""
    for finding in report.get("problems", ()):
        yield finding.get("sheet") or "", finding
    for table in report.get("resources", ()):
        for finding in table.get("problems", ()):
            yield str(table.get("title") or table.get("name") or ""), finding


def by_kind(report: Mapping[str, Any], most: int) -> list[dict[str, Any]]:
    """The findings by code: what needs mending first, then by number.

    Gives {"code", "severity", "count", "findings"} each; `count` is exact, `findings` are the first `most` of it, each
    with its `table`.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    totals: dict[str, int] = {}
    for table, finding in findings_of(report):
        found.setdefault(finding["code"], []).append({**finding, "table": table})
    for table_report in report.get("resources", ()):
        for code, count in table_report.get("problem_counts", {}).items():
            totals[code] = totals.get(code, 0) + count
    groups = [
        {
            "code": code,
            "severity": findings[0]["severity"],
            "count": max(totals.get(code, 0), len(findings)),
            "findings": findings[:most],
        }
        for code, findings in found.items()
    ]
    return sorted(groups, key=lambda group: (RANK.get(group["severity"], 3), -group["count"], group["code"]))
