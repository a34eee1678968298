"""What a licence label means, from the one explicit table `datasets/reference/licences` (thai.md §4). Never guesses a version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from harvesters import bundled
from harvesters.values import Text

UNSTATED = "unstated"  # code of every label that names no licence
OTHER = "other"  # code of a label that the table does not know


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence as we understand it. `open` is "yes", "no" or "unknown"; `id` is empty where no standard id is certain."""

    code: str  # stable, for facets
    id: str
    open: str
    title: Text
    sentence: Text
    url: str

    @property
    def certain(self) -> bool:
        """Whether the label names a licence that the table knows."""
        return self.code not in (UNSTATED, OTHER)


@cache
def table() -> Mapping[str, Licence]:
    """Licences by their label in lower case."""
    return {row["label"].casefold(): _licence(row) for row in bundled.read_table("licences")}


def _licence(row: Mapping[str, str]) -> Licence:
    stated = row["id"] or ("ogl" if row["open"] == "yes" else UNSTATED)
    return Licence(
        code=stated.casefold(),
        id=row["id"],
        open=row["open"],
        title=Text(row["title_th"], row["title_en"]),
        sentence=Text(row["sentence_th"], row["sentence_en"]),
        url=row["url"],
    )


def licence_of(label: str) -> Licence:
    """The licence of a literal label; for an unknown one the label itself is all that is claimed."""
    known = table().get(label.strip().casefold())
    if known is not None:
        return known
    sentence = Text(
        f"เจ้าของข้อมูลระบุสัญญาอนุญาตว่า ‘{label}’ โปรดอ่านเงื่อนไขก่อนใช้",
        f"The publisher names the licence ‘{label}’. Read its terms before using the data.",
    )
    return Licence(OTHER, "", "unknown", Text(label, label), sentence, "")


def licence_code(label: str) -> str:
    """The facet value of a label."""
    return licence_of(label).code


@cache
def _titles() -> Mapping[str, Text]:
    known = {licence.code: licence.title for licence in reversed(list(table().values()))}
    return {**known, OTHER: Text("สัญญาอนุญาตอื่น", "Another licence")}


def licence_title(code: str, lang: str) -> str:
    """The name of a facet value."""
    title = _titles().get(code)
    return code if title is None else title.en if lang == "en" else title.th
