"""What a person decides about a delivery holds until the source brings another."""

import json

import pytest

pytestmark = pytest.mark.journey

PEOPLE = "ชื่อกลุ่ม,ผลิตภัณฑ์,มือถือประธาน\nกลุ่มทดสอบเหนือ,{product},081-000-0001\nกลุ่มทดสอบใต้,เห็ด,081-000-0002\n"
CLEAN = "ชื่อกลุ่ม,ผลิตภัณฑ์\nกลุ่มทดสอบเหนือ,กล้วย\nกลุ่มทดสอบใต้,เห็ด\n"


@pytest.fixture
def office(khlang, tmp_path):
    """A folder as a source; writes its one file and harvests it."""
    folder = tmp_path / "office"
    folder.mkdir()

    def deliver(text: str | None = None, code: int = 0):
        if text is not None:
            (folder / "กลุ่ม.csv").write_text(text, encoding="utf-8")
        return khlang("harvest", "office", "--json", code=code)["runs"][0]

    khlang("source", "add", "office", "--kind", "spreadsheet", "--url", folder, "--publisher-title", "สำนักงานทดสอบ")
    return deliver


def decide(khlang, decision: str, by: str = "สมมติ หนึ่ง", code: int = 0):
    return khlang(
        "source", "release", "office", "--decision", decision, "--by", by, "--reason", "ทดสอบ", "--json", code=code
    )


@pytest.mark.parametrize("decision", ["drop", "mask"])
def test_the_same_file_is_not_held_again_after_a_decision(khlang, client, office, decision):
    assert office(PEOPLE.format(product="กล้วย"), code=1)["status"] == "held"
    told = decide(khlang, decision)["items"][0]
    assert "มือถือประธาน" in json.dumps(told["personal"], ensure_ascii=False)
    again = office()
    assert (again["status"], again["same"], again["held"]) == ("done", 1, 0)
    assert khlang("dataset", "show", told["dataset"])["version"] == 1
    assert "081-000" not in client.get(f"/dataset/{told['dataset']}").text


def test_another_delivery_is_held_again(khlang, office):
    office(PEOPLE.format(product="กล้วย"), code=1)
    decide(khlang, "drop")
    assert office(PEOPLE.format(product="อ้อย"), code=1)["status"] == "held"


def test_what_was_decided_against_is_passed_over_until_it_changes(khlang, client, office):
    first = office(CLEAN)["datasets"][0]
    assert office(PEOPLE.format(product="กล้วย"), code=1)["held"] == 1
    decide(khlang, "keep")
    again = office()
    assert (again["status"], again["skipped"], again["held"]) == ("done", 1, 0)
    assert again["datasets"][0]["reason"]["code"] == "kept-by-decision"
    assert khlang("dataset", "show", first["name"])["version"] == 1
    assert client.get("/source/office.json").json["waiting"] == []
    changed = office(CLEAN.replace("เห็ด", "อ้อย"))
    assert (changed["changed"], khlang("dataset", "show", first["name"])["version"]) == (1, 2)


def test_retry_looks_again(khlang, office):
    office(PEOPLE.format(product="กล้วย"), code=1)
    decide(khlang, "retry")
    assert office(code=1)["held"] == 1


def test_a_first_word_is_not_lost_when_the_same_file_comes_again(khlang, client, office):
    office(PEOPLE.format(product="กล้วย"), code=1)
    decide(khlang, "publish", by="นางสาวสมหญิง ตัวอย่าง", code=1)
    office(code=1)  # as a schedule would
    for same_person in ("สมหญิง", "น.ส. สมหญิง ตัวอย่าง", "สมหญิง  ตัวอย่าง"):
        told = decide(khlang, "publish", by=same_person, code=1)["items"][0]
        assert (told["status"], told["reason"]["code"]) == ("noted", "second-name")
    told = decide(khlang, "publish", by="สมมติ อีกคน")["items"][0]
    assert "081-000-0001" in client.get(f"/dataset/{told['dataset']}").text
    assert office()["same"] == 1


def test_the_page_of_a_source_says_when_nothing_waits_any_more(khlang, client, office):
    office(PEOPLE.format(product="กล้วย"), code=1)
    assert "พักไว้ให้คนตรวจ" in client.get("/source/office").text
    decide(khlang, "mask")
    page = client.get("/source/office").text
    assert "มีคนตรวจสิ่งที่พักไว้แล้ว" in page
    assert "ของใหม่ยังไม่เผยแพร่" not in page


def test_a_withdrawn_dataset_does_not_come_back_by_a_new_delivery(khlang, tmp_path, client):
    path = tmp_path / "กลุ่ม.csv"
    path.write_text("รหัส,ชื่อ\n01,ก\n02,ข\n", encoding="utf-8")
    khlang("source", "add", "office", "--kind", "spreadsheet", "--url", path, "--publisher-title", "สำนักงานทดสอบ")
    khlang("harvest", "office")
    khlang("dataset", "withdraw", "office", "--reason", "ขอถอน")
    path.write_text("รหัส,ชื่อ\n01,ก\n02,ข\n03,ค\n", encoding="utf-8")
    row = khlang("harvest", "office", "--json", code=None)["runs"][0]["datasets"][0]
    assert (row["status"], row["reason"]["code"]) == ("skipped", "dataset-withdrawn")
    assert client.get("/dataset/office").status_code == 410
    khlang("dataset", "restore", "office")
    assert khlang("harvest", "office", "--json")["runs"][0]["changed"] == 1
    assert client.get("/dataset/office.json").get_json()["rows"] == 3
