"""A source on the web: files, archives and lists of addresses, and what a broken one does to what is published."""

import io
import zipfile
from http.server import BaseHTTPRequestHandler

import pytest

pytestmark = pytest.mark.journey

GOOD = "รหัส,ชื่อกลุ่ม,จังหวัด\n01,กลุ่มทอผ้าทดสอบ,แพร่\n02,กลุ่มจักสานทดสอบ,น่าน\n".encode()


@pytest.fixture
def add(khlang, loopback, monkeypatch):
    monkeypatch.setenv("KHLANG_FETCH_ALLOW", loopback.host)

    def add_source(url: str) -> None:
        khlang("source", "add", "web", "--kind", "spreadsheet", "--url", url, "--publisher-title", "สำนักงานทดสอบ")

    return add_source


def harvest(khlang, code=0):
    return khlang("harvest", "web", "--json", code=code)["runs"][0]


def test_a_file_with_an_etag_is_asked_for_once(khlang, loopback, add):
    def answer(handler: BaseHTTPRequestHandler) -> None:
        same = handler.headers["If-None-Match"] == '"v1"'
        handler.send_response(304 if same else 200)
        handler.send_header("ETag", '"v1"')
        handler.send_header("Content-Length", "0" if same else str(len(GOOD)))
        handler.end_headers()
        handler.wfile.write(b"" if same else GOOD)

    loopback.routes["/groups.csv"] = answer
    add(loopback.url("/groups.csv"))
    assert harvest(khlang)["new"] == 1
    run = harvest(khlang)
    assert (run["status"], run["seen"], run["same"]) == ("done", 1, 1)
    assert len(loopback.seen) == 2


def test_an_archive_gives_a_dataset_for_each_file(khlang, loopback, add, client):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("กลุ่ม.csv", GOOD)
        archive.writestr("ชุดสอง/กลุ่มสอง.csv", GOOD.replace("แพร่".encode(), "ลำปาง".encode()))
        archive.writestr("อ่านก่อน.pdf", b"%PDF-1.4")
    loopback.body("/all.zip", packed.getvalue())
    add(loopback.url("/all.zip"))
    run = harvest(khlang)
    assert (run["status"], run["new"]) == ("done", 2)
    for row in run["datasets"]:
        assert client.get(row["url"]).status_code == 200


def packed(names):
    """A ZIP of a table under each name; the first of them says how many there are."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name in names:
            table = GOOD + f"0{len(names) % 10},ทั้งหมด {len(names)},แพร่\n".encode() if name == names[0] else GOOD
            archive.writestr(f"{name}.csv", table)
    return body.getvalue()


def test_what_is_missing_stays_missing_while_the_source_says_not_modified(khlang, loopback, add, client):
    loopback.tagged("/all.zip", packed(["ก", "ข", "ค"]))
    add(loopback.url("/all.zip"))
    assert harvest(khlang)["new"] == 3
    loopback.tagged("/all.zip", packed(["ก", "ข"]))
    run = harvest(khlang)
    assert (run["changed"], run["same"], run["archived"]) == (1, 1, 0)
    run = harvest(khlang)
    assert (run["seen"], run["same"], run["archived"]) == (2, 2, 0)  # by 304
    assert harvest(khlang)["archived"] == 1


def test_not_modified_does_not_answer_what_waits_for_a_person(khlang, loopback, add, client):
    names = [f"กลุ่ม{number}" for number in range(14)]
    loopback.tagged("/all.zip", packed(names))
    add(loopback.url("/all.zip"))
    assert harvest(khlang)["new"] == 14
    loopback.tagged("/all.zip", packed(names[:3]))
    for _ in range(2):
        run = harvest(khlang, code=1)
        assert (run["status"], run["reason"]["code"]) == ("held", "run-brake")
    assert len(client.get("/source/web.json").json["waiting"]) == 1


def test_several_addresses_and_one_of_them_broken(khlang, loopback, add):
    loopback.body("/a.csv", GOOD)
    add(f"{loopback.url('/a.csv')} {loopback.url('/missing.csv')}")
    run = harvest(khlang, code=1)
    assert run["status"] == "partial"
    assert run["new"] == 1
    assert run["reason"]["code"] == "fetch-status"


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("page", "<!doctype html><html><body>ขออภัย</body></html>".encode(), "html-not-data"),
        ("empty", b"", "file-empty"),
        ("cut-zip", b"PK\x03\x04not a zip", None),
        ("noise", bytes(range(256)) * 40, None),
        ("headings-only", "รหัส,ชื่อกลุ่ม,จังหวัด\n".encode(), None),
        ("nul", GOOD + b"\x00\x00", None),
        ("open-quote", 'รหัส,ชื่อกลุ่ม\n1,"ไม่ปิด\n'.encode() + b"2,x\n" * 50, None),
    ],
)
def test_a_source_that_breaks_leaves_what_is_published(khlang, loopback, add, client, home, path, body, code):
    loopback.body("/f.csv", GOOD)
    add(loopback.url("/f.csv"))
    before = harvest(khlang)["datasets"][0]
    name = before["resources"][0]["name"]
    address = f"/dataset/{before['name']}/resource/{name}.csv"
    served = client.get(address).data
    loopback.body("/f.csv", body)
    run = harvest(khlang, code=1)
    assert run["status"] == "failed"
    reason = run["datasets"][0]["reason"] if run["datasets"] else run["reason"]
    assert code in (None, reason["code"])
    assert reason["th"]
    assert reason["en"]
    assert client.get(address).data == served
    assert not list((home / "staging").iterdir())
    loopback.body("/f.csv", GOOD)
    assert harvest(khlang)["same"] == 1


def test_the_page_of_a_failed_source_says_its_reason_and_its_finding_once_each(khlang, loopback, add, client):
    loopback.body("/closed.csv", b"<!doctype html><html><body>closed</body></html>")
    add(loopback.url("/closed.csv"))
    reason = harvest(khlang, code=1)["reason"]["th"]
    assert client.get("/source/web").text.count(reason[:25]) == 2


def test_nothing_gathered_is_never_success(khlang, tmp_path):
    (tmp_path / "empty").mkdir()
    khlang(
        "source",
        "add",
        "web",
        "--kind",
        "spreadsheet",
        "--url",
        tmp_path / "empty",
        "--publisher-title",
        "สำนักงานทดสอบ",
    )
    run = harvest(khlang, code=1)
    assert (run["status"], run["reason"]["code"]) == ("failed", "nothing-gathered")


def test_an_inner_address_is_refused(khlang, loopback):
    khlang(
        "source", "add", "web", "--kind", "spreadsheet", "--url", loopback.url("/x.csv"), "--publisher-title", "ทดสอบ"
    )
    run = harvest(khlang, code=1)
    assert run["reason"]["code"] == "fetch-refused"
    assert loopback.seen == []
