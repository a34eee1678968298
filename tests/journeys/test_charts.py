"""A chart on the page of a table: the rows that the filters leave, grouped, as a picture with its numbers and as data."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.journey

BASE = "/dataset/charted/resource"


@pytest.fixture
def table(khlang, tmp_path: Path) -> str:
    """A published table of 30 products, the nth of n rows; and one row without."""
    path = tmp_path / "กลุ่ม.csv"
    lines = [f"กลุ่ม{n}-{k},สินค้า{n:02},{n}" for n in range(1, 31) for k in range(n)]
    path.write_text("\n".join(["ชื่อกลุ่ม,ผลิตภัณฑ์,จำนวน", *lines, "กลุ่มว่าง,,5"]), encoding="utf-8")
    run = khlang(
        "publish", path, "--publisher", "office", "--publisher-title", "สำนักงานทดสอบ", "--name", "charted", "--json"
    )["runs"][0]
    return f"{BASE}/{run['datasets'][0]['resources'][0]['name']}"


def test_picture_table_and_data_say_the_same(client, table):
    page = client.get(f"{table}?chart=products").text
    data = client.get(f"{table}.json?chart=products").json
    assert (data["groups"], data["rows"]) == (30, 466)
    assert sum(one["rows"] for one in (*data["largest"], data["other"], data["empty"])) == data["rows"]
    svg = re.search(r'<svg class="chart".*?</svg>', page, re.DOTALL)[0]
    assert 'role="img" aria-labelledby="chart-title" aria-describedby="chart-desc"' in svg
    assert svg.count("<rect") == 22  # twenty products, the others, those without
    for one in data["largest"]:
        assert f">{one['value']}</text>" in svg
        assert f'>{one["value"]}</a></th><td class="num">{one["figure"]}</td>' in page
    assert "อื่น ๆ (10 ค่า)" in svg
    assert 'width="400"' not in re.search(r'<rect class="rest"[^>]*>', svg)[0]


def test_filters_decide_what_is_drawn_and_stay_with_the_chart(client, table):
    asked = "f.จำนวน.gte=29&chart=products&how=sum&measure=จำนวน"
    data = client.get(f"{table}.json?{asked}").json
    assert [(one["value"], one["figure"]) for one in data["largest"]] == [("สินค้า30", 900), ("สินค้า29", 841)]
    assert data["other"] is None
    page = client.get(f"{table}?{asked}").text
    assert "ผลรวมของ" in page
    assert re.search(r'href="[^"]*sort=[^"]*"', page)
    for link in re.findall(r'href="([^"]*(?:sort|page)=[^"]*)"', page):
        if link.startswith(table):
            assert "chart=products" in link


def test_a_group_leads_to_its_rows(client, table):
    page = client.get(f"{table}?chart=products&f.จำนวน.gte=29").text
    link = re.search(r'<th scope="row"><a href="([^"]*)">สินค้า29</a>', page)[1].replace("&amp;", "&")
    assert client.get(link.replace("?", ".json?")).json["total"] == 29


def test_what_can_not_be_drawn_is_told(client, table):
    for asked in ("chart=ไม่มี", "chart=products&how=sum&measure=products"):
        page = client.get(f"{table}?{asked}")
        assert page.status_code == 200
        assert 'class="notice notice-error"' in page.text
        refused = client.get(f"{table}.json?{asked}")
        assert (refused.status_code, refused.json["error"]["code"]) == (400, "filter-wrong")
    assert "<svg" in client.get(f"{table}?chart=products&lang=en").text


def test_downloads_of_a_charted_page_are_of_rows(client, table):
    page = client.get(f"{table}?chart=products&f.จำนวน.gte=29").text
    for link in re.findall(r'href="([^"]*)" download', page):
        assert "chart=" not in link
