"""Numbers that point at a person: citizen ids, mobile phones, bank accounts, passports. All functions take folded text.

Rules: design page on Thai data, 5.1 and 5.2. A citizen id and a company number have the same 13 digits and the same
check digit; the first digit tells them apart (0 = juristic person). One random number in ten passes the check.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from harvesters.checks.personal.spans import Span
from harvesters.values import MASK

# The first character stands before the look-behinds on purpose: it lets the engine skip to digits.
_ID = re.compile(
    r"([1-8](?<![0-9].)(?<![0-9]\..)"
    r"(?:[0-9]{12}"
    r"|(?:[ \-._/]{1,3}[0-9]{4})(?:[ \-._/]{1,3}[0-9]{5})(?:[ \-._/]{1,3}[0-9]{2})[ \-._/]{1,3}[0-9]"
    r"|(?:[ \-]{0,2}[0-9]){12}))"
    r"(?:\.0+)?(?![0-9])(?!\.[0-9])"
)
_ID_GROUPS = re.compile(r"[0-9][^0-9]{1,3}[0-9]{4}[^0-9]{1,3}[0-9]{5}[^0-9]{1,3}[0-9]{2}[^0-9]{1,3}[0-9]$")
_FDA_GROUPS = re.compile(r"[0-9]{2}-[0-9]-[0-9]{5}-[0-9]-[0-9]{4}$")  # food and drug serial number, public
_CITIZEN_WORD = re.compile(r"(?i)(?:ประชาชน|ปชช|citizen|national ?id|id ?card|thai ?id|13 ?หลัก)[^0-9]{0,25}$")
_NUMBER_WORD = re.compile(r"(?i)(?:เลขประจำตัว|ผู้เสียภาษี|(?<![a-z])id)[^0-9]{0,25}$")

_PHONE_GAP = r"[ \-.()]{0,3}"
_COUNTRY = r"\)?[ \-.]{0,2}(?:\(0\)|0)?"
_MOBILE = re.compile(
    r"[0+(6](?<![0-9].)(?<![0-9][\-.].)"
    r"(?:(?<=0)(?!\.[0-9])(?![ \-._/]{1,3}[0-9]{4}[ \-._/]{1,3}[0-9]{5}[ \-._/])\)?"
    rf"|(?<=0)066(?=[ \-.(]){_COUNTRY}"
    rf"|(?<=\()(?:0\)?|\+?66{_COUNTRY})"
    rf"|(?<=\+) ?66{_COUNTRY}"
    rf"|(?<=6)6{_COUNTRY})"
    rf"[ \-.]{{0,3}}[689](?:{_PHONE_GAP}[0-9]){{8}}(?:\.0+)?(?![0-9])(?!:[0-9])"
    rf"(?: ?[\-,/;] ?0[ \-.]?[689](?:{_PHONE_GAP}[0-9]){{8}}(?![0-9]))*"
    r"(?:-[0-9](?![0-9]))*(?: ?(?:ต่อ|ext\.?) ?[0-9]{1,6})?"
)
_BARE = re.compile(
    r"[689](?<![0-9].)(?<![0-9][\-.].)(?:(?:[ \-]?[0-9]){8}|[0-9]\.[0-9]{3}\.[0-9]{4})(?:\.0+)?(?![0-9])(?!\.[0-9])(?! ?-[0-9]{2})"
)
_LOST = re.compile(r"0(?<![0-9].)(?<![0-9][\-.].)[ \-]?[689](?:[ \-]?[0-9]){7}(?![0-9])(?! ?[\-,] ?[0-9])")
_GOES_ON = re.compile("-[0-9A-Za-z]{2}")
_PHONE_WORD = re.compile(r"(?i)(?:โทร[ก-๙.]{0,12}|มือถือ|เบอร์[ก-๙]{0,12}|ติดต่อ|tel|phone|mobile|call)[ .:()]{0,6}$")

_BANK = re.compile(r"[0-9](?<![0-9\-].)[0-9]{2} ?- ?[0-9] ?- ?[0-9]{5} ?- ?[0-9](?![0-9])(?!-[0-9])")
_BANK_MIDDLE = re.compile(r"- ?[0-9] ?- ?[0-9]{5} ?- ?[0-9]")
_BANK_STEMS = ("บัญชี", "พร้อมเพย์", "rompt", "ROMPT", "cc", "CC", "a/c", "A/C")
_BANK_WORDS = (
    "เลขที่บัญชี|เลขบัญชี|หมายเลขบัญชี|บัญชี ?ธ|บัญชีเลขที่|บัญชีออมทรัพย์|บัญชีกระแสรายวัน|พร้อมเพย์"
    "|prompt ?pay|account ?(?:no|number)|acc\\.? ?no|a/c|bank ?acc"
)
_BANK_NEAR = re.compile(rf"(?i)(?:{_BANK_WORDS})[^0-9]{{0,40}}?([0-9](?:[ \-]?[0-9]){{9,11}})(?![0-9])")
_BANK_CELL = re.compile(r"[0-9](?<![0-9].)(?:[ \-]{0,3}[0-9]){8,14}(?:\.0+)?(?![0-9])")

_PASSPORT_STEMS = ("พาสปอร์", "เดินทาง", "assport", "ASSPORT")
_PASSPORT_NEAR = re.compile(
    r"(?i:พาสปอร์ต|พาสปอร์ท|หนังสือเดินทาง|passport)[^0-9A-Za-z]{0,20}(?i:(?:no|number|เลขที่)[ .:]{0,3})?([A-Za-z]{1,2} ?[0-9]{6,7})(?![0-9A-Za-z])"
)
_PASSPORT_CELL = re.compile(r"[A-Za-z](?<![A-Za-z0-9].)[A-Za-z]? ?[0-9]{6,7}(?![0-9A-Za-z])")
_WEIGHTS = range(13, 1, -1)


class IdFound(NamedTuple):
    """Thirteen digits that may be a citizen id. `sure` means that no look at the column is needed."""

    start: int
    end: int
    digits: str
    passes: bool
    sure: bool


def passes_check(digits: str) -> bool:
    """Whether 13 digits carry the check digit of citizen ids and company numbers (mod 11)."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=False))
    return (11 - total % 11) % 10 == int(digits[12])


def places_of_ids(text: str) -> Iterator[int]:
    """Give where a (joined) text may hold a citizen id."""
    return (match.start() for match in _ID.finditer(text))


def ids(text: str) -> Iterator[IdFound]:
    """Give every 13-digit number of a natural person's shape (first digit 1–8)."""
    for match in _ID.finditer(text):
        found = match.group(1)
        digits = found if len(found) == 13 else re.sub("[^0-9]", "", found)
        if len(digits) != 13 or _FDA_GROUPS.match(found):
            continue
        passes = passes_check(digits)
        sure = passes and _ID_GROUPS.match(found) is not None
        before = text[max(0, match.start() - 40) : match.start()]
        if before:
            named = _CITIZEN_WORD.search(before) is not None
            sure = sure or named or (passes and _NUMBER_WORD.search(before) is not None)
            if not sure and ((before[-1].isascii() and before[-1].isalpha()) or before.endswith(MASK)):
                continue  # part of a longer code such as SKU1234567890123, or of one whose letters are masked by now
        yield IdFound(match.start(), match.end(), digits, passes, sure)


def _inside_code(text: str, start: int, end: int) -> bool:
    """Whether a number is part of a longer code, such as the identifiers in URLs: Latin letters touch it, or it goes on."""
    if text[end : end + 1].isascii() and text[end : end + 1].isalpha():
        return True
    before = text[start - 1 : start]
    if before == "/" and _GOES_ON.match(text, end):
        return True
    touched = before.isascii() and (before.isalpha() or before == "_")
    return touched and not _PHONE_WORD.search(text, max(0, start - 24), start)


def places_of_mobiles(text: str) -> Iterator[int]:
    """Give where a (joined) text may hold a whole mobile number."""
    return (match.start() for match in _MOBILE.finditer(text))


def mobiles(text: str) -> Iterator[Span]:
    """Give every mobile number written whole: 06, 08, 09 and eight more digits in any spelling, or with +66."""
    for match in _MOBILE.finditer(text):
        if not _inside_code(text, match.start(), match.end()):
            yield Span(match.start(), match.end(), "mobile")


def places_of_bare_mobiles(text: str) -> Iterator[int]:
    """Give where a (joined) text may hold nine digits of a mobile number whose 0 is gone."""
    for pattern in (_BARE, _LOST):
        for match in pattern.finditer(text):
            yield match.start()


def bare_mobiles(text: str, *, anywhere: bool) -> Iterator[Span]:
    """Give nine-digit numbers that begin 6, 8, 9 (Excel cut the 0) or 06, 08, 09 (a digit is missing).

    Such numbers may be anything; `anywhere` takes all of them (a phone column), else only those behind a word for telephone.
    """
    for pattern in (_BARE, _LOST):
        for match in pattern.finditer(text):
            if anywhere or _PHONE_WORD.search(text, max(0, match.start() - 24), match.start()):
                yield Span(match.start(), match.end(), "mobile")


def places_of_accounts(text: str) -> Iterator[int]:
    """Give where a (joined) text may hold a bank account in its usual grouping or behind a word for it."""
    for match in _BANK_MIDDLE.finditer(text):
        yield match.start()
    if any(stem in text for stem in _BANK_STEMS):
        for match in _BANK_NEAR.finditer(text):
            yield match.start(1)


def accounts(text: str, *, anywhere: bool) -> Iterator[Span]:
    """Give bank accounts: xxx-x-xxxxx-x, or 10–12 digits behind a word for it; `anywhere` for a column of accounts."""
    for match in _BANK.finditer(text):
        yield Span(match.start(), match.end(), "bank-account")
    for match in _BANK_NEAR.finditer(text):
        yield Span(match.start(1), match.end(1), "bank-account")
    if anywhere:
        for match in _BANK_CELL.finditer(text):
            yield Span(match.start(), match.end(), "bank-account")


def places_of_passports(text: str) -> Iterator[int]:
    """Give where a (joined) text may name a passport's number."""
    if any(stem in text for stem in _PASSPORT_STEMS):
        for match in _PASSPORT_NEAR.finditer(text):
            yield match.start(1)


def passports(text: str, *, anywhere: bool) -> Iterator[Span]:
    """Give passport numbers behind a word for passport; `anywhere` for a column of passports."""
    for match in _PASSPORT_NEAR.finditer(text):
        yield Span(match.start(1), match.end(1), "passport")
    if anywhere:
        for match in _PASSPORT_CELL.finditer(text):
            yield Span(match.start(), match.end(), "passport")
