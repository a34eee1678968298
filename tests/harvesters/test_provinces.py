"""Which province a dataset is of where the standard has no field for it, and what decided."""

import pytest

from harvesters.provinces import Clues, province_of_host, work_out

EVERY = Clues(
    source="50",
    titles=("กลุ่มอาชีพจังหวัดแพร่", "Groups of Nan Province"),
    addresses=("https://surin.gdcatalog.go.th/dataset/x",),
    organisation="สำนักงานจังหวัดลำปาง",
    publisher="10",
)


def without(*names: str) -> Clues:
    empty = Clues()
    return Clues(**{name: getattr(empty if name in names else EVERY, name) for name in Clues.__dataclass_fields__})


@pytest.mark.parametrize(
    ("rows", "clues", "found"),
    [
        ({"54": 3, "55": 1}, EVERY, [("54", 3, "rows"), ("55", 1, "rows")]),
        ({}, EVERY, [("50", 0, "source")]),
        ({}, without("source"), [("54", 0, "title")]),
        ({}, without("source", "titles"), [("32", 0, "host")]),
        ({}, without("source", "titles", "addresses"), [("52", 0, "organisation")]),
        ({}, without("source", "titles", "addresses", "organisation"), [("10", 0, "publisher")]),
        ({}, Clues(), []),
        ({}, Clues(titles=("รายชื่อกลุ่ม", "Groups of Nan Province")), [("55", 0, "title")]),
    ],
)
def test_the_surest_clue_decides(rows, clues, found):
    assert work_out(rows, clues) == found


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://phrae.gdcatalog.go.th/dataset/a", "54"), ("http://WWW.phrae.gdcatalog.go.th:8080/", "54"), ("", None),
        ("https://phrae.gdcatalog.go.th.evil.example/", None), ("https://data.go.th/", None), ("http://[", None),
    ],
)  # fmt: skip
def test_a_host_is_a_province_only_where_the_list_of_sites_says_so(url, code):
    assert province_of_host(url) == code
