"""Articles show live figures of datasets: charts and first rows, with their source, through the same cleaning as all else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.journey

FRONT = "---\ntitle: บทความทดสอบ\nsummary: สั้น\nauthor: ใคร\npublished: 2026-11-25\nlicence: CC-BY-4.0\n---\n"
EVIL = '<script>alert(1)</script><svg onload=alert(2)>"&'


@pytest.fixture
def write(khlang, tmp_path: Path, monkeypatch):
    """Publishes a dataset, and lets an article be written: `write(body)`."""
    path = tmp_path / "กลุ่ม.csv"
    lines = [f"กลุ่ม{n},ผ้า,{n}" for n in range(5)] + [f'กลุ่มแปลก,"{EVIL.replace(chr(34), chr(34) * 2)}",1']
    path.write_text("\n".join(["ชื่อกลุ่ม,ผลิตภัณฑ์,จำนวนสมาชิก", *lines]), encoding="utf-8")
    khlang("publish", path, "--publisher", "office", "--publisher-title", "สำนักงานทดสอบ", "--name", "drawn")

    def put(slug: str, body: str) -> str:
        folder = tmp_path / slug  # articles of a folder are read once
        folder.mkdir()
        monkeypatch.setattr("portal.articles.queries.articles_folder", lambda: folder)
        (folder / f"{slug}.md").write_text(FRONT + body, encoding="utf-8")
        return f"/article/{slug}"

    return put


def figures(client, address: str) -> list[str]:
    return re.findall(r'<figure class="figure">.*?</figure>', client.get(address).text, re.DOTALL)


def test_a_chart_is_drawn_with_its_numbers_and_source(client, write):
    address = write("chart", "ก่อน\n\n{{figure dataset=drawn chart=products how=sum measure=members}}\n\nหลัง")
    (figure,) = figures(client, address)
    assert 'viewBox="0 0 400 84"' in figure
    assert 'role="img" aria-labelledby="figure-1-title" aria-describedby="figure-1-desc"' in figure
    assert '<text y="17">ผ้า</text>' in figure
    assert '<td class="num">10</td>' in figure
    assert 'href="/dataset/drawn@v1"' in figure
    assert "สำนักงานทดสอบ" in figure
    page = client.get(address).text
    assert page.index("ก่อน") < page.index("<figure") < page.index("หลัง")
    assert client.get(f"{address}.json").json["html"] in page


def test_what_a_publisher_typed_stays_text(client, write):
    """The SVG, the table and the article around them pass the sanitiser together."""
    for slug, settings in (("one", "chart=products"), ("two", "columns=products rows=20")):
        page = client.get(write(slug, f"{{{{figure dataset=drawn {settings}}}}}")).text
        body = re.search(r'<article class="prose">.*?</article>', page, re.DOTALL)[0]
        assert "<script" not in body
        assert "onload=alert" not in re.sub(r"&lt;.*?&gt;", "", body)
        assert "&lt;script" in body


def test_first_rows_filtered_and_chosen(client, write):
    address = write("rows", '{{figure dataset=drawn columns=name_th,members rows=2 f.members.gte="2"}}')
    (figure,) = figures(client, address)
    assert figure.count("<tr>") == 3
    assert '<td>กลุ่ม2</td><td class="num">2</td>' in figure
    assert "ผ้า" not in figure


def test_several_figures_have_ids_of_their_own(client, write):
    tag = "{{figure dataset=drawn chart=products}}"
    page = client.get(write("two", f"{tag}\n\n{tag}\n\n## หัวข้อ")).text
    assert page.count("figure-1-title") == page.count("figure-2-title") == 2


@pytest.mark.parametrize(
    "asked",
    [
        "dataset=nobody chart=x",
        "chart=x",
        "dataset=drawn chart=ไม่มี",
        "dataset=drawn resource=x chart=products",
        "dataset=../x",
    ],
)
def test_what_can_not_be_drawn_is_said_in_its_place(client, write, asked):
    (figure,) = figures(client, write("not", f"{{{{figure {asked}}}}}"))
    assert "<svg" not in figure
    assert "ยังแสดงไม่ได้ที่นี่" in figure


def test_a_figure_follows_the_newest_version_and_goes_with_a_withdrawal(client, write, khlang, tmp_path):
    address = write("live", "{{figure dataset=drawn chart=products}}")
    (tmp_path / "กลุ่ม.csv").write_text("ชื่อกลุ่ม,ผลิตภัณฑ์,จำนวนสมาชิก\nก,เห็ด,1\nข,เห็ด,2\nค,เห็ด,2\nง,เห็ด,2\n", encoding="utf-8")
    khlang("publish", tmp_path / "กลุ่ม.csv", "--publisher", "office", "--name", "drawn", code=None)
    (figure,) = figures(client, address)
    assert "เห็ด" in figure
    assert "รุ่นที่ 2" in figure
    khlang("dataset", "withdraw", "drawn", "--reason", "ทดสอบ")
    assert "เห็ด" not in figures(client, address)[0]


def test_nobody_else_can_write_a_figure(client, write):
    """SVG typed into an article goes, and a publisher's own description knows no figures."""
    body = '<svg class="chart" viewBox="0 0 1 1"><rect width="9"/></svg>\n\nข้อความ {{figure dataset=drawn chart=products}} ในบรรทัด\n\n\ue0000\ue001'
    page = client.get(write("typed", body)).text
    prose = re.search(r'<article class="prose">.*?</article>', page, re.DOTALL)[0]
    assert "<svg" not in prose
    assert "<figure" not in prose
