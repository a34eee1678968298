"""Lists as CSV say what their `.json` says."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

Add = Callable[..., int]


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_publishers_and_their_datasets_as_tables(client: FlaskClient, add_publisher: Add, add_dataset: Add) -> None:
    office = add_publisher(title_th='สำนักงาน "แพร่", กลาง')
    add_dataset("phrae-silk", office, {"54": 12})
    add_dataset("gone", office, {"54": 5}, state="withdrawn")
    answer = client.get("/publisher.csv?bom=1")
    assert answer.headers["Content-Disposition"] == "attachment; filename=khlang-publishers.csv"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    (row,) = rows_of(answer.data.decode())
    (line,) = client.get("/publisher.json").json["publishers"]
    assert row == {
        "slug": "phrae-office",
        "url": line["url"],
        "title_th": line["title"]["th"],
        "title_en": line["title"]["en"],
        "kind": line["kind"],
        "province": "54",
        "datasets": "1",
    }
    plain = client.get("/publisher/phrae-office.csv")
    assert not plain.data.startswith(b"\xef\xbb\xbf")
    assert [(one["name"], one["rows"]) for one in rows_of(plain.text)] == [("phrae-silk", "12")]
    assert client.get("/publisher/nobody.csv").status_code == 404


@pytest.mark.parametrize(
    "address", ["/cluster.csv", "/unit.csv?province=54", "/publisher.csv", "/match.csv", "/search.csv?q=zzxqv"]
)
def test_a_list_of_nothing_keeps_its_headings(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert len(answer.text.strip().splitlines()) == 1
    assert "url" in answer.text.strip().split(",")
