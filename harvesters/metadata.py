"""The description of a dataset: the national minimum metadata (thai.md §2) as fields, all else kept untouched.

What a source says of itself, what its registration says and what the file tells are laid over each other here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from harvesters.describing import FREQUENCY, described, frequency
from harvesters.thai.text import fold
from harvesters.values import Item, Source

PUBLIC_CATEGORY = "ข้อมูลสาธารณะ"
PUBLIC_CLASSES = frozenset({"", "เปิดเผย", "public"})  # values of data_classification that may be published
LISTS = frozenset({"tags", "objective", "data_format"})
RECORD = "ข้อมูลระเบียน"


@dataclass(frozen=True, slots=True)
class Metadata:
    """One dataset's description. Names are those of the national standard; values its literal Thai strings."""

    title_th: str
    title_en: str = ""
    notes_th: str = ""
    notes_en: str = ""
    maintainer: str = ""
    maintainer_email: str = ""
    tags: tuple[str, ...] = ()
    data_type: str = RECORD
    objective: tuple[str, ...] = ()
    update_frequency_unit: str = ""
    update_frequency_interval: str = ""
    geo_coverage: str = ""
    data_source: str = ""
    data_format: tuple[str, ...] = ()
    data_category: str = PUBLIC_CATEGORY
    license_id: str = ""
    extras: Mapping[str, Any] = field(default_factory=dict)

    @property
    def may_be_published(self) -> bool:
        """Whether its governance category and class allow publishing (thai.md §4)."""
        return (
            self.data_category == PUBLIC_CATEGORY and str(self.extras.get("data_classification", "")) in PUBLIC_CLASSES
        )


KNOWN = frozenset(entry.name for entry in fields(Metadata)) - {"extras"}
ALIASES = {"title": "title_th", "notes": "notes_th", "tag_string": "tags"}


def describe_item(source: Source, details: Mapping[str, Any], item: Item, *, single: bool) -> Metadata:
    """Return the description of one item of a source.

    `details` is what the source's registration says, and the options that describe a dataset; the item's own metadata wins over
    them. Title, licence and frequency among the options win over all, but a record of a catalogue keeps its own title, whatever
    its source is called. `single`: the item is all that the source holds, so it carries the source's title alone.
    """
    options = source.options
    own = {ALIASES.get(name, name): value for name, value in item.metadata.items()}
    told = {**{ALIASES.get(name, name): value for name, value in details.items()}, **described(options), **own}
    called = options.get("title") if single or not item.metadata.get("title") else None
    title = called or told.get("title_th") or source.title or item.title or source.slug
    if not single and item.title and not item.metadata.get("title") and fold(str(title)) != fold(item.title):
        title = f"{title}: {item.title}"
        told["title_en"] = f"{told['title_en']}: {item.title}" if told.get("title_en") else ""
    told["title_th"] = title
    if options.get("licence"):
        told["license_id"] = options["licence"]
    if options.get(FREQUENCY):
        unit, interval = frequency(options[FREQUENCY]) or (options[FREQUENCY], "")
        told |= {"update_frequency_unit": unit, "update_frequency_interval": interval}
    values = {
        name: _value(name, value) for name, value in told.items() if name in KNOWN and value not in (None, "", [])
    }
    extras = {name: value for name, value in told.items() if name not in KNOWN}
    return Metadata(**values, extras=extras)


MEANINGLESS = re.compile(
    r"(?:untitled.*|sheet\d*|book\d*|data\d*|export.*|download.*|new.*|temp.*|แผ่น\d*|สมุดงาน\d*|เอกสาร\d*)", re.I
)


def says_nothing(name: str) -> bool:
    """Whether a file or sheet name is no name: no letter in it, or what a program gave it."""
    return not any(letter.isalpha() for letter in name) or MEANINGLESS.fullmatch(name) is not None


def item_title(title: str, tables: Sequence[Mapping[str, Any]]) -> str:
    """What a file among others is called: its name, unless that says nothing ("62", "untitled"; thai.md §7).

    Then the title row above its first table, else the first sheet name that says something, else its name after all.
    `tables` are the resources of a built file.
    """
    if not says_nothing(title):
        return title
    told = [row["text"] for table in tables for row in table["set_aside"] if row["reason"] == "title"]
    sheets = [table["sheet"] for table in tables if table["sheet"] and not says_nothing(table["sheet"])]
    return next(iter([*told, *sheets]), title)


def _value(name: str, value: Any) -> Any:
    if name not in LISTS:
        return str(value)
    if isinstance(value, str):
        value = value.split(",")
    return tuple(text for text in (str(part).strip() for part in value) if text)
