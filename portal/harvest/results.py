"""What became of items and runs, as values, rows and JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from harvesters.checks.personal import mask_text
from harvesters.checks.problems import BY_CODE, problem
from harvesters.metadata import Metadata
from harvesters.run import Outcome
from harvesters.sources import value_of
from harvesters.values import ItemStatus, Problem, Source, Text
from portal.harvest.models import RunItem

Progress = Callable[[str, int], None]  # what is being done now, items seen so far
PASSING = frozenset({"html-not-data", "file-empty"})  # troubles of a file that a bad day of its server gives too
COUNTS = ("seen", "new", "changed", "same", "failed", "held", "skipped", "archived")


@dataclass
class RunState:
    """What a run has counted so far."""

    counts: Counter[str] = field(default_factory=Counter)
    seen_ids: set[str] = field(default_factory=set)
    rows: list[dict[str, Any]] = field(default_factory=list)  # JSON of the datasets
    reasons: list[Problem] = field(default_factory=list)
    unwritten: list[RunItem] = field(default_factory=list)  # lines of unchanged items that wait to be written together

    def count(self, status: ItemStatus) -> None:
        """Add one item: seen = new + changed + same + failed + held + skipped."""
        self.counts["seen"] += 1
        self.counts[status] += 1

    def add(self, result: Result) -> None:
        """Count what became of an item, and keep why it did not go through."""
        self.count(result.status)
        if result.problem is not None and result.status in ("failed", "held"):
            self.reasons.append(result.problem)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one item in the end."""

    status: ItemStatus
    stage: str
    problem: Problem | None = None
    dataset: str | None = None
    dataset_id: int | None = None
    version: int | None = None
    version_id: int | None = None
    report: Mapping[str, Any] | None = None
    tables: tuple[Mapping[str, Any], ...] = ()

    def as_row(self, run_id: int, outcome: Outcome) -> RunItem:
        """The item's line in the run's record."""
        return RunItem(
            run_id=run_id,
            remote_id=shown_id(outcome),
            url=outcome.item.url,
            stage=self.stage,
            status=self.status,
            code=self.problem.code if self.problem else None,
            message=asdict(self.problem.message) if self.problem else None,
            dataset_id=self.dataset_id,
            version_id=self.version_id,
            report=dict(self.report) if self.report else None,
            seconds=round(outcome.seconds, 3),
        )

    def to_json(self, outcome: Outcome) -> dict[str, Any]:
        """The item in the JSON of `khlang harvest`."""
        built = outcome.built
        return {
            "name": self.dataset,
            "item": shown_id(outcome),
            "url": f"/dataset/{self.dataset}" if self.dataset else None,
            "version": self.version,
            "status": self.status,
            "reason": asdict(self.problem.message) | {"code": self.problem.code} if self.problem else None,
            "problems": built.get("problems", []),
            "personal": built["personal"]["done"] if built else [],
            "resources": [
                {
                    "name": table["name"],
                    "rows": table["rows"],
                    "encoding": built.get("encoding"),
                    "sha256": table.get("sha256"),
                    "profile": table["profile"],
                    "profile_reason": table["reason"],
                    "repairs": sum(table["repair_counts"].values()),
                    "problem_count": sum(table["problem_counts"].values()),
                    "problems": table["problems"],
                }
                for table in (self.tables or built.get("resources", ()))
            ],
        }


def shown_id(outcome: Outcome) -> str:
    """What people see of an item's id, masked: the file's own name where the item is all that its source holds."""
    if outcome.collected is not None and not outcome.item.title:
        return mask_text(outcome.collected.filename)
    return mask_text(outcome.item.remote_id)


def failed(outcome: Outcome, found: Problem, stage: str, report: Mapping[str, Any] | None = None) -> Result:
    """An item that could not be published; what was published before stays."""
    return Result("failed", stage, found, report=report)


def left_out(outcome: Outcome) -> Result:
    """An item that never came so far as to be read: it failed, or its owner does not want it harvested."""
    found = outcome.problem or problem("run-crashed")
    return (
        Result("skipped", outcome.stage, found)
        if outcome.status == "skipped"
        else failed(outcome, found, outcome.stage)
    )


def broken_file(built: Mapping[str, Any]) -> Problem | None:
    """What kept a file of a catalogue's dataset out this time and may be over next time; None when nothing did."""
    for link in built.get("links", ()):
        told = link["problem"]
        if told is not None and (told["code"].startswith("fetch-") or told["code"] in PASSING):
            return Problem(told["code"], BY_CODE[told["code"]].severity, Text(told["th"], told["en"]), blocking=True)
    return None


def slim(built: Mapping[str, Any]) -> dict[str, Any]:
    """The report of something that was not published, without the names of its work files."""
    files = {"csv", "parquet", "repairs", "rejected", "schema"}
    return {
        "format": built["format"],
        "encoding": built["encoding"],
        "problems": built["problems"],
        "personal": built["personal"],
        "resources": [{key: value for key, value in table.items() if key not in files} for table in built["resources"]],
    }


def as_found(given: Mapping[str, Any]) -> Problem:
    """A problem that crossed from the child process."""
    return Problem(**{**given, "message": Text(**given["message"])})


def message_of(found: Problem | None) -> dict[str, Any] | None:
    """A reason as JSON."""
    return None if found is None else {"code": found.code, **asdict(found.message)}


def doubtful(built: Mapping[str, Any], metadata: Metadata) -> Problem | None:
    """What makes a person decide before this may be published."""
    if built["held"]:
        words = built["personal"]["words"]
        return problem("personal-held", found_th=words["th"], found_en=words["en"])
    if not metadata.may_be_published:
        return problem("category-held", category=metadata.data_category)
    return None


def unreviewed(source: Source) -> Problem | None:
    """Whether everything new of the source waits for a person, by the kind's own default or the source's setting."""
    return problem("review-held") if value_of(source, "review") == "hold" else None
