"""All tables in one import, so that metadata is whole for migrations and for creating a database."""

from __future__ import annotations

from portal.accounts.models import AuditEntry
from portal.catalogue.models import (
    ColumnEntry,
    Dataset,
    DatasetProvince,
    DownloadCount,
    DownloadLog,
    KeyColumn,
    Publisher,
    Resource,
    Version,
    VersionFile,
)
from portal.db import Base
from portal.feedback.models import Feedback
from portal.harvest.models import Held, Run, RunItem, Source, SourceItem
from portal.introductions.models import Introduction, IntroductionLink
from portal.registry.models import (
    ClusterDue,
    ClusterHelp,
    ClusterMatch,
    ClusterTerms,
    Doubt,
    Entity,
    Integrated,
    MatchFrame,
    Mention,
    TypedGap,
    UnitWords,
)
from portal.search.models import OutboxEntry, Suggestion

__all__ = [
    "AuditEntry",
    "Base",
    "ClusterDue",
    "ClusterHelp",
    "ClusterMatch",
    "ClusterTerms",
    "ColumnEntry",
    "Dataset",
    "DatasetProvince",
    "Doubt",
    "DownloadCount",
    "DownloadLog",
    "Entity",
    "Feedback",
    "Held",
    "Integrated",
    "Introduction",
    "IntroductionLink",
    "KeyColumn",
    "MatchFrame",
    "Mention",
    "OutboxEntry",
    "Publisher",
    "Resource",
    "Run",
    "RunItem",
    "Source",
    "SourceItem",
    "Suggestion",
    "TypedGap",
    "UnitWords",
    "Version",
    "VersionFile",
]
