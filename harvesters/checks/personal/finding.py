"""All detectors over one text under the rules of its column, and the mask over what they find."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from harvesters.checks.personal import addresses, contacts, names, numbers, words
from harvesters.checks.personal.fold import fold, is_masked, unhide
from harvesters.checks.personal.looks import ALL, Detector
from harvesters.checks.personal.spans import Kind, Span, cover, overlaps
from harvesters.values import MASK

THAI_BARCODE = "885"  # GS1 prefix of Thailand; one such number in ten passes the check of citizen ids
_LETTER = re.compile("[A-Za-z\u0e01-\u0e4e]")
PASSES_AT_MOST = 6  # covering one number can only uncover another a few times


@dataclass(frozen=True, slots=True)
class Rules:
    """What counts in one column. The plain `Rules()` takes only what is personal data whatever stands around it."""

    whole: Kind | None = None  # the heading names this kind: each cell that fits is personal as a whole
    officers: bool = False  # the heading names an office-holder: each cell that is no institution's name
    bare_phones: bool = False  # nine bare digits are a mobile number
    titled: bool = False  # cells that begin with a title are names even when one word long
    ids: bool = False  # 13 digits that pass the check are citizen ids
    failing_ids: bool = False  # … and those that fail it are mistyped ones
    code_prefixes: frozenset[str] = frozenset(
        {THAI_BARCODE}
    )  # first three digits of 13-digit codes that are no citizen ids
    text_ids: bool = False  # 13 digits among words that pass the check are citizen ids
    houses: bool = False  # the column holds house numbers
    contact: bool = False  # the profile says: contact of an institution


LOOSE = Rules(ids=True, text_ids=True)  # for a text without a column: a heading, a sheet name, a comment


def spans_of(text: str, rules: Rules, detectors: AbstractSet[Detector] = ALL) -> list[Span]:
    """Return all personal data in an unhidden, folded text, addresses apart (they depend on the row)."""
    found = certain(text, rules, detectors)
    if len(found) == 1 and found[0].end - found[0].start == len(text):
        return found
    return [*found, *weighed(text, rules, found, detectors)]


def certain(text: str, rules: Rules, detectors: AbstractSet[Detector] = ALL) -> list[Span]:
    """Return what needs no look at the rest of the column."""
    if rules.whole is not None and fits(text, rules.whole):
        return [Span(0, len(text), rules.whole)]
    if rules.officers and is_officer(text):
        return [Span(0, len(text), "name")]
    if "ids" in detectors:
        found = [Span(number.start, number.end, "citizen-id") for number in numbers.ids(text) if number.sure]
    else:
        found = []
    for detector, search in _SEARCHES.items():
        if detector in detectors:
            found.extend(search(text, rules))
    return found


_SEARCHES: Mapping[Detector, Callable[[str, Rules], Iterator[Span]]] = {
    "accounts": lambda text, rules: numbers.accounts(text, anywhere=rules.whole == "bank-account"),
    "mobiles": lambda text, rules: numbers.mobiles(text),
    "bare": lambda text, rules: numbers.bare_mobiles(text, anywhere=False),
    "passports": lambda text, rules: numbers.passports(text, anywhere=rules.whole == "passport"),
    "emails": lambda text, rules: contacts.emails(text),
    "lines": lambda text, rules: contacts.lines(text),
    "names": lambda text, rules: names.names(text),
}


def weighed(text: str, rules: Rules, known: list[Span], detectors: AbstractSet[Detector] = ALL) -> Iterator[Span]:
    """Give what is personal only because the whole column says so."""
    if "ids" in detectors and (rules.ids or rules.text_ids):
        in_text = has_letters(text)
        for number in numbers.ids(text):
            counted = not number.sure and not overlaps(known, number.start, number.end)
            if counted and _is_id(number, rules, in_text=in_text):
                yield Span(number.start, number.end, "citizen-id")
    if rules.bare_phones and "bare" in detectors:
        for span in numbers.bare_mobiles(text, anywhere=True):
            if not overlaps(known, span.start, span.end):
                yield span
    if rules.titled and "names" in detectors and (titled := names.titled_start(text)) is not None:
        yield titled


def _is_id(number: numbers.IdFound, rules: Rules, *, in_text: bool) -> bool:
    prefix = number.digits[:3]
    if in_text:  # the column's codes are those of its bare numbers; a barcode is one everywhere
        return number.passes and rules.text_ids and not (prefix == THAI_BARCODE and prefix in rules.code_prefixes)
    return rules.ids and prefix not in rules.code_prefixes and (number.passes or rules.failing_ids)


def has_letters(text: str) -> bool:
    """Whether words stand in a cell, those of the mask apart."""
    return _LETTER.search(text.replace(MASK, "")) is not None


def fits(text: str, kind: Kind) -> bool:
    """Whether a cell may be what its heading names: a count under "bank accounts" is none."""
    if is_masked(text):
        return False
    digits = sum(character.isdigit() for character in text)
    if kind == "citizen-id":
        plain = "".join(character for character in text if character.isdigit())
        return digits >= 9 and not (len(plain) == 13 and plain[0] == "0")
    if kind == "mobile":
        return digits >= 8 and not is_fixed_line(text)
    if kind in ("bank-account", "passport"):
        return False  # decided by the shape of the number
    if kind in ("name", "line-id"):
        return any(character.isalpha() for character in text) or digits >= 9
    if kind == "birth-date":
        return digits >= 5 or any(character.isalpha() for character in text)
    return True


def is_fixed_line(text: str) -> bool:
    """Whether a telephone number is a fixed line: 02, 03, 04, 05, 07, with or without its 0."""
    plain = "".join(character for character in text if character.isdigit())
    return (plain[:1] == "0" and plain[1:2] in "23457") or (len(plain) == 8 and plain[0] in "23457")


def is_officer(text: str) -> bool:
    """Whether a cell under "chairman" or "contact" names somebody, not an institution or an office's telephone."""
    if is_masked(text) or len(text) > 80 or any(word in text for word in words.INSTITUTIONS):
        return False
    return (
        sum(character.isalpha() for character in text) >= 3
        and "www." not in text
        and "http" not in text
        and "@" not in text
    )


def cover_cell(cell: str, rules: Rules, *, beside_name: bool = False) -> tuple[str, list[Span]]:
    """Return the cell masked until nothing is left to find, and what was found at first."""
    text = unhide(cell)
    first: list[Span] | None = None
    for _ in range(PASSES_AT_MOST):
        folded = fold(text)
        found = spans_of(folded, rules)
        if beside_name or any(span.kind == "name" for span in found):
            found.extend(address_spans(folded, rules, own_name=any(span.kind == "name" for span in found)))
        if first is None:
            first = found
        if not found:
            break
        text = cover(text, found)
        beside_name = beside_name or any(span.kind == "name" for span in found)
    return (text if first else cell), first or []


def address_spans(text: str, rules: Rules, *, own_name: bool = False) -> list[Span]:
    """Return the house addresses of a cell that stands beside a name.

    In a contact column an address is the institution's, unless a name stands in the same cell or it says "house number".
    """
    if rules.houses:
        return list(addresses.house_numbers(text)) if MASK not in text else []
    if rules.contact and not own_name and "บ้านเลขที่" not in text:
        return []
    return list(addresses.addresses(text))


def mask_text(text: str) -> str:
    """Return `text` with all personal data masked: the one masker for logs, found values, samples and names.

    Stricter than the gate: any 13 digits that pass the check, and a text that is nothing but nine digits of a mobile
    number, are masked; to mask too much harms nobody here.
    """
    rules = Rules(ids=True, text_ids=True, code_prefixes=frozenset(), bare_phones=len(text) <= 14)
    return cover_cell(text, rules)[0]
