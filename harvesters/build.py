"""Steps 3 to 6 for one file: read, look for personal data, map, normalise, judge, finish. Runs in the limited child process.

Takes and gives JSON-able dicts; tables lie in files of the work folder. What personal data there is is taken out of the
working tables *before* anything else looks at them, so neither repairs, problems, samples nor exports can carry it.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from harvesters import bundled
from harvesters.checks.personal import Scan, apply, class_words, scan
from harvesters.checks.problems import problem
from harvesters.checks.validate import judge
from harvesters.mapping import map_declared, map_headings
from harvesters.nearheadings import heading_problems
from harvesters.normalise import normalise
from harvesters.options import BuildOptions
from harvesters.packages.finalise import Final, finalise
from harvesters.packages.rows import pick_key
from harvesters.provinces import count_provinces
from harvesters.tables import read_file
from harvesters.values import Draft, Mapped, Personal, Problem, Reading, Table

KEPT_PROBLEMS = 100


def build(argument: dict[str, Any]) -> dict[str, Any]:
    """Build what one file can be published as.

    Takes {"path", "filename", "workdir", "options"}. Gives {"format", "encoding", "problems", "blocking", "held",
    "personal", "original_public", "resources"}; each resource names its files in the work folder.
    Raises HarvestError when the file can't be read at all.
    """
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)  # a quarter of the time went into looking for garbage among millions of cells
    options = BuildOptions.from_json(argument["options"])
    workdir = Path(argument["workdir"])
    reading = read_file(
        Path(argument["path"]),
        filename=argument["filename"],
        workdir=workdir,
        limits=options.limits,
        encoding=options.encoding,
    )
    found = gate(reading, argument["filename"], options)
    tables, done = treated(reading.tables, found, options.personal, workdir)
    shown = [table for table in tables if not table.hidden]
    mapped = map_tables(shown, options)
    problems = [
        *reading.problems,
        *personal_problems(found, done, options.personal),
        *missing_columns(shown, mapped, options),
        *(found for table, match in zip(shown, mapped, strict=True) for found in heading_problems(table, match)),
    ]
    if not shown and not any(finding.blocking for finding in problems):
        problems.append(problem("no-table"))
    resources = []
    if not any(finding.blocking for finding in problems):
        resources = [build_table(table, match, options, workdir) for table, match in zip(shown, mapped, strict=True)]
    held = found.found and options.personal == "hold"
    blocking = [finding for finding in problems if finding.blocking] + [
        finding for resource in resources for finding in resource.blocking
    ]
    return {
        "format": reading.format,
        "encoding": reading.encoding,
        "delimiter": reading.delimiter,
        "problems": [asdict(finding) for finding in problems],
        "blocking": [asdict(finding) for finding in blocking],
        "held": held,
        "personal": found.summary()
        | {
            "mode": options.personal,
            "words": asdict(class_words(found.classes)),
            "done": [asdict(note.message) for note in done] if options.personal in ("drop", "mask") else [],
        },
        "original_public": not found.found,
        "resources": [resource.to_json() for resource in resources],
    }


def gate(reading: Reading, filename: str, options: BuildOptions) -> Scan:
    """Look through every cell of every table, hidden ones too, and every text beside them."""
    tables = [(table, contact_columns(table, options)) for table in reading.tables]
    return scan(tables, reading.loose, filename)


def contact_columns(table: Table, options: BuildOptions) -> frozenset[int]:
    """Positions of the columns that the profile names as an institution's contact (contracts.md §1)."""
    mapped = understood(table, options)
    if mapped.profile is None:
        return frozenset()
    contact = {field.name for field in bundled.profile(mapped.profile).fields if field.contact}
    return frozenset(column.index for column in mapped.columns if column.field in contact)


def treated(
    tables: Sequence[Table], found: Scan, personal: Personal, workdir: Path
) -> tuple[list[Table], list[Problem]]:
    """The tables as everything after this may see them, and what was done. A held file is masked too: people read its report."""
    if not found.found or personal == "publish":
        return list(tables), []
    mode: Literal["drop", "mask"] = "drop" if personal == "drop" else "mask"
    done = [apply(table, found, mode, workdir) for table in tables]
    return [table for table, _ in done], [note for _, report in done for note in report.problems()]


def personal_problems(found: Scan, done: Sequence[Problem], personal: Personal) -> list[Problem]:
    """What the gate found; where it was taken out, what was done stands in place of the finding."""
    if personal in ("drop", "mask"):
        return [*(finding for finding in found.problems() if finding.severity != "error"), *done]
    return list(found.problems())


def map_tables(tables: Sequence[Table], options: BuildOptions) -> list[Mapped]:
    """Map each table. A given profile is for the tables that have its required columns; the others go without one."""
    mapped = [understood(table, options) for table in tables]
    if options.profile is None or all(match.missing for match in mapped):
        return mapped
    return [
        understood(table, replace(options, profile=None)) if match.missing else match
        for table, match in zip(tables, mapped, strict=True)
    ]


def understood(table: Table, options: BuildOptions) -> Mapped:
    """The headings of a table: by the profile that the source names, else by the publisher's schema, else as recognised."""
    profile = options.profile or options.declared.get("profile")
    if profile is None and options.declared.get("fields"):
        return map_declared(table.headings, options.declared)
    mapped = map_headings(table.headings, profile=profile, extra=options.headings)
    return replace(mapped, declared=options.declared) if options.declared else mapped


def missing_columns(tables: Sequence[Table], mapped: Sequence[Mapped], options: BuildOptions) -> list[Problem]:
    """One blocking problem for each required column of the given profile that no table has."""
    if options.profile is None:
        return []
    return [
        problem(
            "required-column-missing",
            resource=table.name,
            sheet=table.sheet,
            wanted=bundled.profile(options.profile).titles[name],
            headings=", ".join(f"‘{heading}’" for heading in table.headings[:12]),
        )
        for table, match in zip(tables, mapped, strict=True)
        for name in match.missing
    ]


@dataclass(frozen=True, slots=True)
class BuiltTable:
    """One table, finished."""

    draft: Draft
    final: Final | None  # None where something blocks
    problems: tuple[Problem, ...]
    counts: Mapping[str, int]
    blocking: tuple[Problem, ...]
    key: tuple[str, ...] = ()
    provinces: Mapping[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The resource as it crosses to the parent process."""
        table, mapped = self.draft.table, self.draft.mapped
        return {
            "name": table.name,
            "title": table.title,
            "sheet": table.sheet,
            "profile": mapped.profile,
            "reason": asdict(mapped.reason),
            "mapping": [asdict(column) for column in mapped.columns],
            "heading_rows": list(table.heading_rows),
            "set_aside": [asdict(row) for row in table.set_aside],
            "merged_filled": table.merged_filled,
            "schema": dict(self.draft.schema),
            "problems": [asdict(finding) for finding in self.problems],
            "problem_counts": dict(self.counts),
            "repairs": str(self.draft.repairs),
            "repair_counts": dict(self.draft.repair_counts),
            "rows_read": table.row_count,
            "rows": self.final.row_count if self.final else 0,
            "csv": str(self.final.csv) if self.final else None,
            "parquet": str(self.final.parquet) if self.final else None,
            "rejected": str(self.final.rejected) if self.final and self.final.rejected else None,
            "rejected_rows": table.row_count - self.final.row_count if self.final else 0,
            "columns": list(self.final.columns) if self.final else [],
            "key": list(self.key),
            "provinces": dict(self.provinces),
        }


def build_table(table: Table, mapped: Mapped, options: BuildOptions, workdir: Path) -> BuiltTable:
    """Normalise, judge and finish one table."""
    draft = normalise(table, mapped, workdir=workdir, repairs=options.repairs)
    judgement = judge(draft, max_bad_rows=options.max_bad_rows)
    problems = worst_first([*draft.problems, *judgement.problems])
    counts = Counter(draft.problem_counts) + Counter(judgement.counts)
    blocking = tuple(finding for finding in (*draft.problems, *judgement.problems) if finding.blocking)
    if blocking:
        return BuiltTable(draft, None, problems, counts, blocking)
    final = finalise(draft, judgement, workdir=workdir)
    return BuiltTable(
        draft,
        final,
        problems,
        counts,
        blocking,
        key=pick_key(draft.schema, final.parquet) or (),
        provinces=count_provinces(draft, final.parquet),
    )


def worst_first(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """At most KEPT_PROBLEMS, errors before warnings before notes, then in the order of the rows."""
    rank = {"error": 0, "warning": 1, "info": 2}
    return tuple(sorted(problems, key=lambda found: (rank[found.severity], found.row or 0))[:KEPT_PROBLEMS])
