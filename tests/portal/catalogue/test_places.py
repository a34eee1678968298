"""Pages of provinces and publishers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

Add = Callable[..., int]


@pytest.fixture
def phrae(add_publisher: Add, add_dataset: Add) -> None:
    """Phrae (54) with two datasets, one of them about two provinces and without rows told; and one withdrawn."""
    office = add_publisher(phone="054 000 000", email="data@office.example.go.th", url="https://office.example.go.th")
    add_dataset("phrae-silk", office, {"54": 12})
    add_dataset("upper-north", office, {"54": 0, "55": 0})
    add_dataset("gone", office, {"54": 5}, state="withdrawn")


def test_all_77_provinces_are_listed_those_without_data_too(client: FlaskClient, phrae: None) -> None:
    page = client.get("/province").text
    assert len(re.findall(r'<a href="/province/\d\d">', page)) == 77
    assert "มีข้อมูลแล้ว 2 จาก 77 จังหวัด" in page
    assert page.count("ยังไม่มี</span>") == 75
    assert [
        row["datasets"] for row in client.get("/province.json").json["provinces"] if row["code"] in ("54", "55")
    ] == [2, 1]


def test_provinces_stand_in_dictionary_order(client: FlaskClient) -> None:
    north = re.search(r"ภาคเหนือ</h2>(.*?)</ul>", client.get("/province").text, re.DOTALL)
    assert north is not None
    names = re.findall(r"<span>(.*?)</span>", north[1])
    assert names.index("เชียงราย") < names.index("น่าน") < names.index("แพร่") < names.index("แม่ฮ่องสอน")
    english = client.get("/province?lang=en").text
    assert english.index("Amnat Charoen") < english.index("Buri Ram")


def test_the_select_of_the_home_page_leads_to_the_province(client: FlaskClient) -> None:
    assert client.get("/province?code=54").location == "/province/54"
    assert client.get("/province?code=54&lang=en").location == "/province/54?lang=en"
    assert client.get("/province?code=").status_code == 200
    for wrong in ("99", "//evil.example", "54/", "๕๔"):
        assert client.get("/province", query_string={"code": wrong}).status_code == 404


def test_a_province_with_data(client: FlaskClient, phrae: None) -> None:
    page = client.get("/province/54").text
    assert "<h1>จังหวัดแพร่</h1>" in page
    assert "มี 2 ชุดข้อมูล รวม 12 แถวของจังหวัดนี้" in page
    assert 'href="/dataset/phrae-silk"' in page
    assert 'href="/dataset/phrae-silk/resource/clusters?f.province_code=54"' in page
    assert 'href="/dataset/upper-north/resource' not in page  # no row of it is known to be of Phrae
    assert "gone" not in page
    assert 'href="/publisher/phrae-office"' in page
    assert "กลุ่มจังหวัดภาคเหนือตอนบน 2" in page
    neighbours = set(re.findall(r'href="/province/(\d\d)"', page))
    assert neighbours == {"55", "56", "57"}  # Nan, Phayao, Chiang Rai


def test_a_province_without_data_is_told_kindly_what_to_do(client: FlaskClient, phrae: None) -> None:
    page = client.get("/province/57").text
    assert "ยังไม่มีใครเผยแพร่ข้อมูลของจังหวัดนี้" in page
    assert 'href="/article/publish-your-province"' in page
    assert '<a class="chip" href="/province/54">แพร่</a>' in page
    assert client.get("/article/publish-your-province").status_code == 200


def test_universities_of_the_reference_table(client: FlaskClient) -> None:
    assert "มหาวิทยาลัยเชียงใหม่" in client.get("/province/50").text
    assert "มหาวิทยาลัยเชียงใหม่" not in client.get("/province/54").text
    english = client.get("/province/50?lang=en").text
    assert english.index("Chiang Mai University") < english.index("มหาวิทยาลัยเชียงใหม่")


def test_bangkok_is_no_changwat_and_in_no_group(client: FlaskClient) -> None:
    page = client.get("/province/10").text
    assert "<h1>กรุงเทพมหานคร</h1>" in page
    assert "กลุ่มจังหวัด</dt>" not in page
    assert client.get("/province/10.json").json["group"] is None


@pytest.mark.parametrize("code", ["00", "99", "540", "x", "TH-54"])
def test_no_such_province(client: FlaskClient, code: str) -> None:
    assert client.get(f"/province/{code}").status_code == 404
    assert client.get(f"/province/{code}.json").json["error"]["code"] == "not-found"


def test_a_province_as_data(client: FlaskClient, phrae: None) -> None:
    told = client.get("/province/54.json").json
    assert told["name"] == {"th": "แพร่", "en": "Phrae"}
    assert told["group"]["provinces"] == ["54", "55", "56", "57"]
    assert {entry["name"]: entry["rows_of_province"] for entry in told["datasets"]} == {
        "phrae-silk": 12,
        "upper-north": 0,
    }
    assert {entry["name"]: entry["decided_by"] for entry in told["datasets"]} == {
        "phrae-silk": "rows",
        "upper-north": "source",
    }
    assert [entry["slug"] for entry in told["publishers"]] == ["phrae-office"]


def test_publishers(client: FlaskClient, phrae: None, add_publisher: Add) -> None:
    add_publisher("silent", title_th="ยังไม่เผยแพร่", title_en="")
    page = client.get("/publisher").text
    assert 'href="/publisher/phrae-office"' in page
    assert "2 ชุดข้อมูล" in page
    assert "silent" not in page
    assert client.get("/publisher.json").json["publishers"][0]["datasets"] == 2


def test_one_publisher(client: FlaskClient, phrae: None, add_source: Add, add_run: Add, add_publisher: Add) -> None:
    silent = add_publisher("silent", title_th="ยังไม่เผยแพร่", title_en="", province_code=None, url="javascript:alert(1)")
    add_run(add_source("silent-list", silent), status="failed")
    page = client.get("/publisher/phrae-office").text
    assert '<a href="tel:054000000">054 000 000</a>' in page
    assert '<a href="mailto:data@office.example.go.th">' in page
    assert '<a href="https://office.example.go.th">' in page
    assert "Sample office, Phrae" in page
    assert "gone" not in page
    other = client.get("/publisher/silent").text
    assert "ยังไม่มีชุดข้อมูลที่เผยแพร่แล้ว" in other
    assert 'href="/source/silent-list/run/1"' in other
    assert "ไม่สำเร็จ" in other
    assert 'href="javascript' not in other
    assert client.get("/publisher/nobody").status_code == 404


def test_a_publisher_as_data(client: FlaskClient, phrae: None) -> None:
    told: dict[str, Any] = client.get("/publisher/phrae-office.json").json
    assert told["title"] == {"th": "สำนักงานตัวอย่างแพร่", "en": "Sample office, Phrae"}
    assert sorted(entry["name"] for entry in told["datasets"]) == ["phrae-silk", "upper-north"]
    assert client.get("/publisher/nobody.json").status_code == 404
