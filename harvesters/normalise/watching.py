"""Watches one column's cells stream by and says how they are to be read: its kind, the era of its years, its codes' decimals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from harvesters.infer import Evidence, Kind, decide, nearly, plain_kinds
from harvesters.normalise.cells import CellRules, Era, clean_text
from harvesters.normalise.chunks import Chunk
from harvesters.normalise.findings import Findings
from harvesters.normalise.missing import TYPED, missing_words
from harvesters.normalise.plan import Column
from harvesters.thai.dates import OneEra, parse_date, parse_year
from harvesters.thai.text import fold_digits, needs_cleaning
from harvesters.values import MASK

_OTHER_DECIMAL = re.compile(r"[0-9]\.(?!0+(?:\x1f|$))[0-9]+(?:\x1f|$)")
_REMEMBERED = 50_000  # different cells of one column
_ERAS = ("date", "year")  # kinds whose cells are of an era
_TWO_DIGITS = re.compile(r"[0-9]{2}")


class Watcher:
    """What one column has shown so far. Columns whose kind the profile tells need little watching."""

    def __init__(self, column: Column, rules: frozenset[str]) -> None:
        self.column = column
        self.rules = rules
        self._evidence = Evidence(rules)
        self._told = column.kind
        self._eras: dict[OneEra, str] = {}  # with an example
        self._short_years = False
        self._says_plus = False
        self._seen: set[str] = set()  # cells that were judged
        self._mute: set[str] = set()  # of them those that say nothing: missing words, masked ones
        self._dated: set[str] = set()  # cells whose era was looked at
        self._other_decimals = False

    def observe(self, chunk: Chunk, index: int) -> None:
        """Take in one chunk of the column, which stands at `index` in the table."""
        if not self._says_plus and self._told in (None, "text"):
            self._says_plus = "+" in chunk.different(index)
        if not self._other_decimals and self._may_be_code():
            joined = chunk.joined(index)
            self._other_decimals = "." in joined and _OTHER_DECIMAL.search(joined) is not None
        if self._told is None and self.column.hint not in ("phone", "code") and not self._evidence.settled:
            self._observe_untold(chunk, index)
        elif self._told in _ERAS:
            self._observe_eras((self._told,), chunk, index)

    def cell_rules(self) -> CellRules:
        """Return how the column's cells are to be read, by what has been seen."""
        kind, percent = (self._told, False) if self._told is not None else decide(self._evidence, self.column.hint)
        return CellRules(
            kind=kind,
            rules=self.rules,
            missing=missing_words(kind, dash_is_answer=self._says_plus) | self.column.missing
            if "missing-word" in self.rules
            else self.column.missing,
            era=self._era() if self._short_years and kind in _ERAS else "be",
            percent=percent,
            told=self._told is not None,
            decimal_ids=not self._other_decimals,
        )

    def report(self, kind: Kind, findings: Findings) -> None:
        """Tell what concerns the column as a whole."""
        if kind in _ERAS and self._era() == "mixed":
            findings.add("era-mixed", column=self.column.heading, value=self._eras["be"], other=self._eras["ce"])
        near = nearly(self._evidence) if kind == "text" and self._told is None else None
        if near is not None:
            almost, cells = near
            code = "column-nearly-number" if almost == "number" else "column-nearly-date"
            example = min(cells, key=lambda cell: (-cells[cell], cell))
            findings.add(code, column=self.column.heading, value=example, count=sum(cells.values()))

    def _may_be_code(self) -> bool:
        return self._told in ("code", "phone") or (self._told is None and self.column.hint in ("code", "phone"))

    def _observe_untold(self, chunk: Chunk, index: int) -> None:
        cells, joined = chunk.cells[index], chunk.joined(index)
        filled = len(cells) - cells.count("")
        kinds = plain_kinds(joined, self.rules) if self.column.hint != "year" else None
        if kinds is not None:
            left_out = {"", "-"} if "missing-word" in self.rules else {""}
            self._evidence.observe_plain(filled - (cells.count("-") if "-" in left_out else 0), kinds, cells, left_out)
        else:
            new = chunk.different(index) - self._seen
            judged = list(self._judged(new, joined))
            self._mute |= new.difference(found for _, found in judged) - {""}
            silent = sum(cells.count(found) for found in self._mute & chunk.different(index))
            self._evidence.observe(judged, cells, filled - silent)
            self._seen = self._seen | new if len(self._seen) < _REMEMBERED else set()
        alive = tuple(kind for kind in _ERAS if kind in self._evidence.offenders)
        if alive:
            self._observe_eras(alive, chunk, index)

    def _judged(self, different: set[str], joined: str) -> Iterator[tuple[str, str]]:
        """The filled cells as they are judged, cleaned and without missing words and masked cells, with how they were found."""
        left_out = {"", MASK} | self.column.missing | (TYPED if "missing-word" in self.rules else frozenset())
        dirty = needs_cleaning(joined)
        for found in different:
            cell = clean_text(found, self.rules).value if dirty else found
            if cell not in left_out:
                yield cell, found

    def _observe_eras(self, kinds: Sequence[str], chunk: Chunk, index: int) -> None:
        joined = chunk.joined(index)
        plain = plain_kinds(joined, self.rules)
        if plain is not None and "date" in plain:
            days = [cell for cell in chunk.different(index) if cell not in ("", "-")]
            if days:
                self._note("ce", min(days))
            return
        different = chunk.different(index)
        for cell in different - self._dated:
            if "date" in kinds:
                self._observe_date(cell)
            if "year" in kinds:
                self._observe_year(cell)
        self._dated = self._dated | different if len(self._dated) < _REMEMBERED else set()

    def _observe_date(self, cell: str) -> None:
        parsed = parse_date(cell)
        if parsed is None or parsed.era == "doubtful":
            return
        if parsed.two_digit:
            self._short_years = True
        if parsed.era in ("be", "ce"):
            self._note(parsed.era, cell)

    def _observe_year(self, cell: str) -> None:
        parsed = parse_year(cell)
        if parsed is not None and parsed[1] in ("be", "ce"):
            self._note(parsed[1], cell)
        elif parsed is None and _TWO_DIGITS.fullmatch(fold_digits(cell)):
            self._short_years = True

    def _note(self, era: OneEra, example: str) -> None:
        """Keep the smallest example, so that the same file is always told of in the same words."""
        self._eras[era] = min(self._eras.get(era, example), example)

    def _era(self) -> Era:
        if "be" in self._eras and "ce" in self._eras:
            return "mixed"
        return "ce" if "ce" in self._eras else "be"
