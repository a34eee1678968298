"""What each item of a source is now, read once when a run begins, so that an unchanged one costs no query of its own."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from harvesters.checks.problems import problem
from harvesters.run import Outcome
from portal.catalogue.models import Dataset, Version
from portal.harvest.models import SourceItem
from portal.harvest.publishing import KEPT
from portal.harvest.results import Result


@dataclass(frozen=True, slots=True)
class Standing:
    """One item as the last run left it: its dataset, by id and name, the current version's number, and what was decided."""

    dataset_id: int | None
    dataset: str | None
    version: int | None
    outcome: str
    missing: bool


def standings(session: Session, source_id: int) -> dict[str, Standing]:
    """What every known item of a source is now, by remote id."""
    its_dataset = and_(Dataset.source_id == SourceItem.source_id, Dataset.remote_id == SourceItem.remote_id)
    query = (
        select(
            SourceItem.remote_id, SourceItem.outcome, SourceItem.missing_runs, Dataset.id, Dataset.name, Version.number
        )
        .outerjoin(Dataset, its_dataset)
        .outerjoin(Version, Version.id == Dataset.current_version_id)
        .where(SourceItem.source_id == source_id)
    )
    return {
        remote_id: Standing(dataset_id, name, number, outcome, missing > 0)
        for remote_id, outcome, missing, dataset_id, name, number in session.execute(query)
    }


def unchanged(outcome: Outcome, now: Standing | None) -> Result | None:
    """The result of an item that is what it was and of which nothing is to be noted; None for any other."""
    looked_into = outcome.collected is not None and outcome.collected.parts is not None  # its stamp has moved
    if outcome.status != "same" or now is None or now.missing or looked_into:
        return None
    kept = now.outcome == KEPT
    return Result(
        "skipped" if kept else "same",
        "compare",
        problem("kept-by-decision") if kept else None,
        now.dataset,
        now.dataset_id,
        now.version,
    )
