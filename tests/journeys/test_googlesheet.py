"""A Google Sheet harvested over HTTP from a stand-in that redirects, asks to sign in, moves sheets and fails."""

import io
from collections.abc import Iterable

import openpyxl
import pytest

from harvesters.errors import HarvestError
from harvesters.sources.googlesheet import read_address
from tests.loopback import Loopback, respond

pytestmark = pytest.mark.journey

KEY = "1aBcDeFgHiJkLmNoPqRsTuVwXyZ_0123456789-abcd"
ROWS = [("รหัส", "ชื่อกลุ่ม", "จังหวัด"), ("0012", "กลุ่มทอผ้าทดสอบ", "แพร่"), ("0345", "กลุ่มจักสานทดสอบ", "น่าน")]
SIGN_IN = b"<!doctype html><html><title>Sign in - Google Accounts</title></html>"


def workbook(**sheets: Iterable[tuple[str, ...]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


class Google:
    """Answers the export of one workbook by way of a redirect, as Google does."""

    def __init__(self, loopback: Loopback, content: bytes) -> None:
        self.content = content
        loopback.routes[f"/spreadsheets/d/{KEY}/export"] = lambda handler: respond(
            handler, 307, b"", {"Location": loopback.url("/host/xlsx")}
        )
        loopback.routes["/host/xlsx"] = lambda handler: respond(
            handler,
            200,
            self.content,
            {"Content-Disposition": 'attachment; filename="groups.xlsx"', "Cache-Control": "private"},
        )


@pytest.fixture
def add(khlang, loopback, monkeypatch):
    monkeypatch.setenv("KHLANG_FETCH_ALLOW", loopback.host)

    def add_source(path: str = f"/spreadsheets/d/{KEY}/edit?usp=sharing#gid=7", *more: str) -> None:
        khlang(
            "source", "add", "sheet", "--kind", "googlesheet", "--url", loopback.url(path), "--publisher-title", "ทดสอบ", "--title",
            "กลุ่มในชีต", *more,
        )  # fmt: skip

    return add_source


def harvest(khlang, code=0):
    return khlang("harvest", "sheet", "--json", code=code)["runs"][0]


def test_a_whole_workbook_a_second_run_a_change_and_a_lost_sheet(khlang, loopback, add, client, read_csv):
    more = [("หน่วยวิจัย", "จังหวัด"), ("หน่วยวิจัยทดสอบ", "เชียงใหม่")]
    google = Google(loopback, workbook(กลุ่ม=ROWS, หน่วยวิจัย=more))
    add()
    run = harvest(khlang)
    assert (run["status"], run["new"]) == ("done", 1)
    dataset = run["datasets"][0]
    tables = dataset["resources"]
    assert len(tables) == 2
    first = client.get(f"{dataset['url']}/resource/{tables[0]['name']}.csv").data
    assert [next(iter(row.values())) for row in read_csv(first)] == ["2", "3"]
    assert b"0012" in first  # zeros stay
    described = client.get(f"{dataset['url']}.json").json
    assert described["source_url"] == loopback.url(f"/spreadsheets/d/{KEY}/export?format=xlsx")
    run = harvest(khlang)
    assert (run["status"], run["same"]) == ("done", 1)
    assert loopback.paths[0].startswith(f"/spreadsheets/d/{KEY}/export?format=xlsx&t=")
    google.content = workbook(กลุ่ม=[*ROWS, ("0999", "กลุ่มใหม่ทดสอบ", "แพร่")], หน่วยวิจัย=more)
    assert harvest(khlang)["changed"] == 1
    google.content = workbook(กลุ่ม=[*ROWS, ("0999", "กลุ่มใหม่ทดสอบ", "แพร่")])
    run = harvest(khlang)
    assert (run["status"], len(run["datasets"][0]["resources"])) == ("done", 1)
    assert client.get(f"{dataset['url']}@v1/resource/{tables[1]['name']}.csv").status_code == 200


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((200, SIGN_IN), "sheet-not-shared"),
        ((403, b""), "sheet-not-shared"),
        ((401, SIGN_IN), "sheet-not-shared"),
        ((404, SIGN_IN), "sheet-gone"),
        ((500, b""), "fetch-status"),
        ((200, b""), "file-empty"),
        ((200, b"PK\x03\x04 cut"), None),
    ],
)
def test_what_is_no_workbook_is_named_and_the_last_good_copy_stays(khlang, loopback, add, client, answer, code):
    Google(loopback, workbook(กลุ่ม=ROWS))
    add()
    url = harvest(khlang)["datasets"][0]["url"]
    loopback.routes["/host/xlsx"] = lambda handler: respond(handler, *answer, {"Content-Type": "text/html"})
    run = harvest(khlang, code=1)
    reason = run["reason"]
    assert run["status"] == "failed"
    assert code in (None, reason["code"])
    assert reason["th"]
    assert client.get(url).status_code == 200
    Google(loopback, workbook(กลุ่ม=ROWS))
    assert harvest(khlang)["same"] == 1


def test_one_sheet_by_its_gid_and_a_gid_that_is_gone(khlang, loopback, add):
    asked = []

    def export(query):
        asked.append(query.get("gid"))
        return (200, workbook(กลุ่ม=ROWS), "application/zip") if query.get("gid") == "7" else (400, SIGN_IN, "text/html")

    loopback.dynamic(f"/spreadsheets/d/{KEY}/export", export)
    add(f"/spreadsheets/d/{KEY}/edit#gid=7", "--option", "sheets=one")
    assert harvest(khlang)["new"] == 1
    loopback.dynamic(f"/spreadsheets/d/{KEY}/export", lambda query: (400, SIGN_IN, "text/html"))
    run = harvest(khlang, code=1)
    assert (run["status"], run["reason"]["code"], asked) == ("failed", "sheet-gid-gone", ["7"])


def test_a_sheet_that_sends_us_inside_is_refused(khlang, loopback, add):
    loopback.redirect(f"/spreadsheets/d/{KEY}/export", "http://169.254.169.254/latest/meta-data/")
    add()
    assert harvest(khlang, code=1)["reason"]["code"] == "fetch-refused"


@pytest.mark.parametrize(
    ("url", "published", "gid"),
    [
        (f"https://docs.google.com/spreadsheets/d/{KEY}/edit", False, ""),
        (f"https://docs.google.com/spreadsheets/d/{KEY}/edit?usp=sharing", False, ""),
        (f"https://docs.google.com/spreadsheets/d/{KEY}/edit?gid=12#gid=12", False, "12"),
        (f"https://docs.google.com/spreadsheets/u/0/d/{KEY}/htmlview#gid=3", False, "3"),
        (f"https://docs.google.com/a/phrae.go.th/spreadsheets/d/{KEY}/view", False, ""),
        (f"https://docs.google.com/spreadsheets/d/{KEY}/export?format=csv&gid=5", False, "5"),
        (f"https://docs.google.com/spreadsheets/d/{KEY}/gviz/tq?tqx=out:csv&gid=9", False, "9"),
        (f" https://docs.google.com/spreadsheets/d/{KEY} ", False, ""),
        (f"https://docs.google.com/spreadsheets/d/e/2PACX-{KEY}/pub?gid=4&single=true&output=csv", True, "4"),
        (f"https://docs.google.com/spreadsheets/d/e/2PACX-{KEY}/pubhtml", True, ""),
    ],
)
def test_every_pasted_form_is_read(url, published, gid):
    sheet = read_address(url)
    assert (sheet.key.endswith(KEY), sheet.published, sheet.gid) == (True, published, gid)
    whole = sheet.address(one=False)
    assert ("output=xlsx" if published else "format=xlsx") in whole
    assert "gid" not in whole
    assert (f"gid={gid}" in sheet.address(one=True)) is bool(gid)


@pytest.mark.parametrize(
    "url", ["https://docs.google.com/document/d/abcdefghijk/edit", "https://drive.google.com/file/d/abcdefghijk", "x", "ftp://a/spreadsheets/d/abcdefghijkl"]
)  # fmt: skip
def test_an_address_of_something_else_is_told(url):
    with pytest.raises(HarvestError) as wrong:
        read_address(url)
    assert wrong.value.code == "sheet-address"
