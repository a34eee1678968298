"""How dates, numbers, sizes and sentences are written for people, in the reader's language. Machines get ISO 8601."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from html import unescape

from babel.dates import format_date
from flask_babel import gettext  # type: ignore[import-untyped]

from harvesters.values import Text
from portal.choices import LANGUAGES, language

THAI_TIME = timezone(timedelta(hours=7))  # Thailand has had no other offset since 1920 and no summer time
BUDDHIST_ERA = 543
_THAI = re.compile("[ก-๛]")
_JOINT = re.compile(r"(?<=[_/.,:)\]–])(?=[^\s\d.,])")
_MARK = re.compile(r"(</?mark>)")


def localised(text: Text | Mapping[str, str] | str | None) -> str:
    """The sentence in the reader's language; the other language when that one is missing; "" for None."""
    if text is None or isinstance(text, str):
        return text or ""
    both = {"th": text.th, "en": text.en} if isinstance(text, Text) else text
    chosen = language()
    return both.get(chosen) or next((both[other] for other in LANGUAGES if both.get(other)), "")


def text_language(text: str) -> str:
    """ "th" when there is any Thai letter in it, else "en": for `lang` on titles that come from files."""
    return "th" if _THAI.search(text) else "en"


def as_day(value: date | datetime | str) -> date:
    """The day in Thailand. Takes a date, a datetime (without a zone: UTC) or ISO text; raises ValueError on other text."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if len(value) > 10 else date.fromisoformat(value)
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(THAI_TIME).date()
    return value


def thai_date(value: date | datetime | str | None) -> str:
    """A day as people read it: "24 พ.ย. 2569" in Thai, "24 Nov 2026" in English; "" for None."""
    if value is None or value == "":
        return ""
    day = as_day(value)
    if language() == "en":
        return format_date(day, "d MMM y", locale="en")
    return f"{format_date(day, 'd MMM', locale='th')} {day.year + BUDDHIST_ERA}"


def iso(value: date | datetime | str) -> str:
    """The same for machines: ISO 8601, a moment in Thailand's own offset."""
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(THAI_TIME).isoformat(timespec="minutes")
    return value if isinstance(value, str) else value.isoformat()


def clock_time(value: datetime | str) -> str:
    """The time of day in Thailand: "14.05 น." in Thai, "14:05" in English."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    local = aware.astimezone(THAI_TIME)
    return local.strftime("%H:%M") if language() == "en" else local.strftime("%H.%M น.")


def number(value: float | int | None, exact: bool = False) -> str:
    """A number for people: 1,234 · 1.25 ล้าน (English: 1.25 million). `exact` writes every digit; "–" for None."""
    if value is None:
        return "–"
    if abs(value) >= 1_000_000 and not exact:
        words = f"{value / 1_000_000:.2f}".rstrip("0").rstrip(".")
        return str(gettext("%(amount)s ล้าน", amount=words))
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def percent(share: float | None) -> str:
    """A share of 0…1 as "97 %"; never rounded up to 100 nor down to 0, because those two are statements."""
    if share is None:
        return "–"
    if 0 < share < 0.01:
        return "< 1 %"
    if 0.99 < share < 1:
        return "> 99 %"
    return f"{share * 100:.0f} %"


def file_size(count: int | None) -> str:
    """A file's size in decimal units, as download pages show it: "512 ไบต์", "48 KB", "1.2 MB"."""
    if count is None:
        return "–"
    if count < 1000:
        return str(gettext("%(amount)s ไบต์", amount=count))
    power, unit = next(((p, u) for p, u in ((1, "KB"), (2, "MB")) if count < 999.5 * 1000**p), (3, "GB"))
    size = count / 1000**power
    return f"{size:.0f} {unit}" if size >= 10 or unit == "KB" else f"{size:.1f} {unit}"


def hit_parts(snippet: str) -> Iterator[tuple[str, bool]]:
    """Cuts a snippet with `<mark>…</mark>` into (text, is it the hit), so that no template ever trusts HTML."""
    inside = False
    for part in _MARK.split(snippet):
        if part in ("<mark>", "</mark>"):
            inside = part == "<mark>"
        elif part:
            yield unescape(part), inside


def soft_breaks(text: str) -> list[str]:
    """A name in pieces between which a line may break: after signs that join words without a blank (`clusters_2569/แพร่`).

    Browsers break Thai at words of their dictionary by themselves, but never after these signs.
    """
    return [piece for piece in _JOINT.split(text) if piece]
