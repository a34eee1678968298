"""House addresses in folded text. Beside a personal name they are personal data; alone they give a warning."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harvesters.checks.personal import words
from harvesters.checks.personal.spans import Span

_NUMBER = r"[0-9]{1,5}(?:/[0-9]{1,4})?(?: ?- ?[0-9]{1,4})?"
_MOO = r"(?:หมู่(?:ที่|บ้าน(?:ที่)?)?|ม\.?|(?i:moo|m\.)) ?\.? ?[0-9]{1,2}"
_ROAD = r"(?:ถนน|ถ\.|ซอย|ซ\.|ตรอก|(?i:soi|road|rd\.))"
_PLACE = r"(?:ตำบล|ต\.|แขวง)"
_THAI = "\u0e01-\u0e3a\u0e40-\u0e4e"
_TAIL = rf"(?:[ ,]{{0,3}}(?:{_MOO}|{_ROAD} ?[{_THAI}A-Za-z0-9/]+))*"
_HOUSE = re.compile(
    rf"บ้านเลขที่ ?:? ?{_NUMBER}{_TAIL}"
    rf"|[0-9](?<![0-9/.,\-].)(?:(?<=[0-9])[0-9/\-]{{0,11}})[ ,]{{0,3}}{_MOO}(?![0-9]){_TAIL}"
    rf"|[0-9](?<![0-9/.,\-].)[0-9]{{0,4}}/[0-9]{{1,4}}[ ,]{{0,3}}{_ROAD}{_TAIL}"
    rf"|[0-9](?<![0-9/.,\-].)[0-9]{{0,4}}/[0-9]{{1,4}}(?=[ ,]{{0,3}}{_PLACE})"
    rf"|(?:(?:(?<=^)|(?<= )|(?<=เลขที่)|(?<=เลขที่ )|(?<=ที่อยู่)|(?<=ที่อยู่ )){_NUMBER}[ ,]{{0,3}}{_ROAD}{_TAIL})"
)
_QUICK = re.compile(r"/[0-9]{1,4}[ ,]{1,3}(?:หมู่|ม\.|ถนน|ถ\.|ซอย|ซ\.|ตำบล|ต\.)|บ้านเลขที่ ?[0-9]")
_OFFICE = re.compile("|".join(map(re.escape, words.INSTITUTIONS)))
_STEMS = ("หมู่", "ม.", "ถนน", "ถ.", "ซอย", "ซ.", "บ้านเลขที่", "ต.", "ตำบล", "แขวง", "oo", "OO", "oi", "oad", "Rd")


def may_have_addresses(text: str) -> bool:
    """Whether a (joined) text holds any word of an address."""
    return any(stem in text for stem in _STEMS)


def count(text: str) -> int:
    """Return about how many addresses with a house number a (joined) text holds; quick, for the warning."""
    if "/" not in text and "บ้านเลขที่" not in text:
        return 0
    return sum(1 for _ in _QUICK.finditer(text))


def addresses(text: str) -> Iterator[Span]:
    """Give house numbers with their village and road; the place (sub-district and above) is left."""
    if _OFFICE.search(text):
        return
    for match in _HOUSE.finditer(text):
        yield Span(match.start(), match.end(), "address")


def house_numbers(text: str) -> Iterator[Span]:
    """Give the whole cell when it holds a number: the cells of a column of house numbers."""
    if re.search("[0-9]", text):
        yield Span(0, len(text), "address")
