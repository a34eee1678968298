"""The personal-data gate: looks through everything of a file, and takes personal data out of its tables.

`scan` finds, `apply` drops or masks, `mask_text` is the one masker for everything that people are shown. Rules: contracts.md 1,
design page on Thai data 5, design page on safety 4.
"""

from harvesters.checks.personal.applying import apply
from harvesters.checks.personal.finding import mask_text
from harvesters.checks.personal.findings import (
    LABELS,
    AppliedReport,
    ColumnDone,
    ColumnScan,
    Example,
    Scan,
    TableScan,
    TextFound,
    class_words,
)
from harvesters.checks.personal.names import same_person
from harvesters.checks.personal.scanning import scan
from harvesters.checks.personal.spans import KINDS, Kind

__all__ = [
    "KINDS",
    "LABELS",
    "AppliedReport",
    "ColumnDone",
    "ColumnScan",
    "Example",
    "Kind",
    "Scan",
    "TableScan",
    "TextFound",
    "apply",
    "class_words",
    "mask_text",
    "same_person",
    "scan",
]
