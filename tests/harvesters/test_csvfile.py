"""CSV of our own making can be read again, whatever stands in the cells."""

import csv

from hypothesis import given
from hypothesis import strategies as st

from harvesters.csvfile import CsvFile
from harvesters.tables.working import WorkingFile, read_working

CELLS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=6) | st.sampled_from(
    ["\r", "ก\rข", "\n", "\r\n", '"', ",", "", " "]
)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=8))
def test_what_was_written_is_read(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    with CsvFile(path) as file:
        file.rows(rows)
    with path.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [list(row) for row in rows]


@given(st.lists(st.tuples(CELLS, CELLS), max_size=8))
def test_a_working_file_is_read_as_it_was_written(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("working") / "a.csv"
    with WorkingFile(path) as file:
        file.rows(2, rows)
    assert list(read_working(path)) == [(number, list(row)) for number, row in enumerate(rows, 2)]
