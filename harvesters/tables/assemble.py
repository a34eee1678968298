"""Makes tables out of a stream of records: heading rows, set-aside rows, totals and notes, a second table after a gap.

Everything streams: one chunk and the last forty records are held, so that totals and notes at the end are seen.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from harvesters.tables.desk import Desk, Place, joined_texts
from harvesters.tables.footers import TAIL, find_footers, is_total_row
from harvesters.tables.layout import WINDOW, Layout, Row, Span, find_layout, looks_like_heading
from harvesters.tables.rows import BLANKS, Chunk, Stream, blank_rows, is_blank
from harvesters.tables.working import WorkingFile, drop_columns
from harvesters.tables.writing import TableWriter
from harvesters.values import Table

BLANK_ROWS_TOLD = 10  # fewer blank rows are not worth a line of the report
MISFIT_SHARE = 0.5  # of so many rows too wide for the headings, the headings are wrong rather than the rows


def assemble(chunks: Iterable[Chunk], place: Place, desk: Desk) -> list[Table]:
    """Return the tables of one sheet or file. Without a heading row the records become a hidden table.

    A hidden table is never published; it is there for the personal-data gate. Problems go to `desk.findings`.
    """
    stream = Stream(chunks)
    tables: list[Table] = []
    while not desk.findings.blocking:
        head = stream.head(WINDOW)
        if not len(head):
            break
        title = place.title if not tables else f"{place.title} ({len(tables) + 1})"
        name = desk.name_for(title)
        layout = None if place.hidden else find_layout(head.rows, _spans_from(place.spans, head.first))
        if layout is not None:
            tables.append(_Builder(name, title, layout, head, place, desk).read(stream))
            continue
        stream.give_back([head])
        tables.append(_bare_table(stream, name, title, place, desk))
        if not place.hidden:
            desk.bare.add(name)
    return tables


def _spans_from(spans: Sequence[Span] | None, first: int) -> list[Span] | None:
    """Return the merged ranges of the window, with rows counted from its first record."""
    if spans is None:
        return None
    within = [span for span in spans if span[2] >= first and span[0] < first + WINDOW]
    return [(top - first, left, bottom - first, right) for top, left, bottom, right in within]


def _bare_table(stream: Stream, name: str, title: str, place: Place, desk: Desk) -> Table:
    """Write everything as it is under headings made up from the columns' positions."""
    width = 0
    with WorkingFile(desk.new_path()) as file:
        while (chunk := stream.take()) is not None:
            numbered = [
                (number, row) for number, row in enumerate(chunk.cells(), start=chunk.first) if not is_blank(row)
            ]
            for number, row in numbered:
                desk.check_cells(number, row)
                width = max(width, len(row))
            file.numbered(numbered)
    headings = tuple(_unnamed(column) for column in range(width))
    return Table(name, title, headings, file.path, file.count, sheet=place.sheet, hidden=True)


def _unnamed(column: int) -> str:
    return f"คอลัมน์ {column + 1}"


class _Builder:
    """Builds one table from its layout and the stream of its records."""

    def __init__(self, name: str, title: str, layout: Layout, head: Chunk, place: Place, desk: Desk) -> None:
        self.title, self.layout, self.head, self.desk = title, layout, head, desk
        self.heading_number = head.first + layout.heading_rows[-1]
        names = _unique(layout.headings)
        self.writer = TableWriter(name, names, head.rows[layout.heading_rows[-1]], place, desk)
        self.writer.blank_columns = {column for column, heading in enumerate(layout.headings) if not heading}
        self.after_gap = False

    def read(self, stream: Stream) -> Table:
        """Read until the stream ends or another table begins, and return the table."""
        self._set_head_aside()
        stream.give_back([self._first_data()])
        with WorkingFile(self.desk.new_path()) as self.writer.file:
            self._stream(stream)
        return self._close()

    # --- before the data ---

    def _set_head_aside(self) -> None:
        layout, first, writer = self.layout, self.head.first, self.writer
        for position in layout.title_rows:
            writer.set_aside(first + position, "title", self.head.rows[position])
        for position in layout.hint_rows:
            writer.set_aside(first + position, "hint", self.head.rows[position])
        for position in layout.heading_rows:
            self.desk.keep_loose(writer.place.of(first + position), joined_texts(self.head.rows[position]))
        if len(layout.heading_rows) > 1:
            rows = [first + position for position in layout.heading_rows]
            writer.find("headings-joined", row=rows[0], first=rows[0], last=rows[-1])

    def _first_data(self) -> Chunk:
        """Return the records of the head that are data; a total that stands before them is set aside."""
        data = self.head.split(self.layout.first_data)[1]
        at = next((at for at, row in enumerate(data.rows) if not is_blank(row)), None)
        if at is None:
            return data
        filled = [cell.strip() for cell in data.rows[at] if cell.strip(BLANKS)]
        others = {next((cell.strip() for cell in row if cell.strip(BLANKS)), "") for row in data.rows[at + 1 :]}
        if len(filled) > 1 and is_total_row(filled) and filled[0] not in others:
            self.writer.set_aside(data.first + at, "total", data.rows[at])
            return data.split(at + 1)[1]
        return data

    # --- the data ---

    def _stream(self, stream: Stream) -> None:
        pending: deque[Chunk] = deque()
        held = 0  # records in `pending` after its first chunk
        while (chunk := stream.take()) is not None:
            held += len(chunk) if pending else 0
            pending.append(chunk)
            while held >= TAIL:
                rest = self._flush(pending.popleft())
                if rest is not None:
                    stream.give_back([rest, *pending])
                    return
                held -= len(pending[0])
            if self.writer.file.count > self.desk.limits.rows:
                break
        self._finish(pending, stream)
        if self.writer.file.count > self.desk.limits.rows:
            self.writer.find("too-many-rows", most=f"{self.desk.limits.rows:,}")

    def _finish(self, pending: deque[Chunk], stream: Stream) -> None:
        """Write the last chunks; the very last records are looked at for totals and notes first."""
        total = sum(map(len, pending))
        if total > TAIL:
            front, back = pending.popleft().split(total - TAIL)
            pending.appendleft(back)
            rest = self._flush(front)
            if rest is not None:
                stream.give_back([rest, *pending])
                return
        if not pending:
            return
        tail = Chunk(pending[0].first, [row for chunk in pending for row in chunk.cells()])
        rest = self._next_table(tail)
        if rest is not None:
            tail = tail.split(rest.first - tail.first)[0]
            stream.give_back([rest])
        self._write_tail(tail)

    def _flush(self, chunk: Chunk) -> Chunk | None:
        """Write a chunk; return what belongs to the next table, or None when all of it was this table's."""
        if chunk.lines is not None and self.writer.lines(chunk.first, chunk.lines):
            self.after_gap = False
            return None
        whole = Chunk(chunk.first, chunk.cells())
        rest = self._next_table(whole)
        if rest is None:
            self.writer.rows(whole.first, whole.rows)
            return None
        before = whole.split(rest.first - whole.first)[0]
        front, tail = before.split(max(len(before) - TAIL, 0))
        self.writer.rows(front.first, front.rows)
        self._write_tail(tail)
        return rest

    def _write_tail(self, tail: Chunk) -> None:
        footers = find_footers(tail.rows, self.writer.width)
        for position in sorted(footers):
            self.writer.set_aside(tail.first + position, footers[position], tail.rows[position])
        self.writer.checked((tail.first + at, row) for at, row in enumerate(tail.rows) if at not in footers)

    def _next_table(self, chunk: Chunk) -> Chunk | None:
        """Return the records from the heading row of another table on, if one begins after a gap in this chunk."""
        gap, self.after_gap = self.after_gap, False
        blanks = blank_rows(chunk.rows)
        for position in sorted({0, *(each + 1 for each in blanks)} - set(blanks) - {len(chunk)}):
            if (position > 0 or gap) and self._other_heading(chunk.rows, position):
                self.writer.find("several-tables", row=chunk.first + position)
                return chunk.split(position)[1]
        self.after_gap = bool(blanks) and blanks[-1] == len(chunk) - 1
        return None

    def _other_heading(self, rows: Sequence[Row], position: int) -> bool:
        row = rows[position]
        same = [cell.strip() for cell in row][: self.writer.width] == self.writer.heading_row
        return not same and looks_like_heading(row, rows[position + 1 : position + 2])

    # --- after the data ---

    def _close(self) -> Table:
        writer = self.writer
        headings = self._name_columns()
        if writer.overfull > MISFIT_SHARE * max(writer.file.count, 1):
            writer.find("rows-misfit", count=writer.overfull, rows=writer.file.count, width=writer.width)
        if writer.blank_rows >= BLANK_ROWS_TOLD:
            writer.find("blank-rows", count=writer.blank_rows)
        if writer.merged:
            writer.find("merged-filled", count=writer.merged)
        return Table(
            name=writer.name,
            title=self.title,
            headings=headings,
            path=writer.file.path,
            row_count=writer.file.count,
            heading_rows=tuple(self.head.first + position for position in self.layout.heading_rows),
            set_aside=tuple(sorted(writer.aside, key=lambda each: each.row)),
            sheet=writer.place.sheet,
            merged_filled=writer.merged,
        )

    def _name_columns(self) -> tuple[str, ...]:
        """Return the headings. Columns without a heading and a value are dropped, those with a value are named."""
        writer, found = self.writer, self.layout.headings
        writer.place.columns[writer.name] = tuple(writer.headings)
        if writer.blank_columns:
            drop_columns(writer.file.path, writer.blank_columns)
        if any(set(found[:gap]) & set(found[gap + 1 :]) - {""} for gap in writer.blank_columns):
            writer.find("tables-side-by-side", row=self.heading_number)
        kept = [column for column in range(writer.width) if column not in writer.blank_columns]
        for column in kept:
            name = writer.headings[column]
            if not found[column]:
                writer.find("heading-empty", row=self.heading_number, column=name, position=column + 1)
            elif name != found[column]:
                writer.find("heading-duplicate", row=self.heading_number, column=found[column], given=name)
        return tuple(writer.headings[column] for column in kept)


def _unique(headings: Sequence[str]) -> list[str]:
    """Return headings of which no two are equal, capitals aside (DuckDB knows none); blank ones are named by position."""
    taken: set[str] = set()
    unique = []
    for column, heading in enumerate(headings):
        base = heading or _unnamed(column)
        name, number = base, 2
        while name.casefold() in taken:
            name, number = f"{base}_{number}", number + 1
        taken.add(name.casefold())
        unique.append(name)
    return unique
