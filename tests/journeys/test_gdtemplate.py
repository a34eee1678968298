"""The national metadata workbook: read by heading text, every unread row told, nothing published without a person."""

import pytest

from tests.gdc_workbook import columns, dataset, file, workbook

pytestmark = pytest.mark.journey

TABLE = "รหัส,ชื่อกลุ่ม,จังหวัด\n01,กลุ่มทอผ้าทดสอบ,แพร่\n02,กลุ่มจักสานทดสอบ,น่าน\n".encode()
META, FILES = "Temp2_Meta_Record", "Temp3_Resource_Record"


@pytest.fixture
def add(khlang, loopback, monkeypatch, tmp_path):
    monkeypatch.setenv("KHLANG_FETCH_ALLOW", loopback.host)
    loopback.tagged("/groups.csv", TABLE)

    def add_source(content: bytes, *options: str, local: bool = False) -> None:
        loopback.body("/template.xlsx", content)
        path = tmp_path / "แบบกรอก.xlsx"
        path.write_bytes(content)
        given = [part for option in options for part in ("--option", option)]
        url = path if local else loopback.url("/template.xlsx")
        khlang("source", "add", "office", "--kind", "gdtemplate", "--url", url, "--publisher-title", "ทดสอบ", *given)

    return add_source


def harvest(khlang, code=0):
    return khlang("harvest", "office", "--json", code=code)["runs"][0]


def reasons(run):
    return {row["item"]: row["reason"] and row["reason"]["code"] for row in run["datasets"]}


def good(loopback):
    return workbook(
        {
            META: [dataset("Phrae Groups", "กลุ่มอาชีพจังหวัดแพร่"), dataset("phrae-two", "ชุดที่สองของแพร่")],
            "Temp2_Meta_Other": [dataset("phrae-other", "ชุดอื่นของแพร่")],
            FILES: [file("phrae groups", loopback.url("/groups.csv"), resource_created_date="2566-01-02")],
        }
    )


def test_datasets_wait_for_a_person_are_published_and_a_second_run_writes_nothing(
    khlang, loopback, add, client, read_csv
):
    add(good(loopback))
    run = harvest(khlang, code=1)
    assert (run["status"], run["seen"], run["held"], run["skipped"]) == ("held", 4, 3, 1)
    assert set(reasons(run).values()) == {"review-held", "template-sheet-unknown"}
    assert client.get("/source/office.json").json["datasets"] == []
    khlang("source", "release", "office", "--decision", "publish", "--by", "ผู้ตรวจ", "--reason", "ครบถ้วน")
    names = client.get("/source/office.json").json["datasets"]
    assert len(names) == 3
    described = [client.get(f"/dataset/{name}.json").json for name in names]
    record = next(one for one in described if one["title"]["th"] == "กลุ่มอาชีพจังหวัดแพร่")
    extras = record["extras"]
    assert record["objective"] == ["พันธกิจหน่วยงาน", "อื่นๆ"]
    assert extras["objective_other"] == "งานวิจัยท้องถิ่น"
    assert (extras["created_date"], extras["last_updated_date"]) == ("2023-05-01", "2024-01-31")
    assert (extras["high_value_dataset"], extras["reference_data"]) == ("False", "True")
    assert (extras["data_support"], extras["data_support_other"]) == ("อื่นๆ", "ชมรมนักทอผ้า")
    assert (record["tags"], record["data_type"], record["license_id"]) == (
        ["ผ้าทอ", "แพร่"],
        "ข้อมูลระเบียน",
        "Open Data Common",
    )
    rows = read_csv(client.get(f"{record['resources'][0]['url']}.csv").data)
    assert len(rows) == 2
    other = next(one for one in described if one["title"]["th"] == "ชุดอื่นของแพร่")
    assert (other["data_type"], other["extras"]["data_type_other"]) == ("ข้อมูลประเภทอื่นๆ", "แผนที่เดินดิน")
    run = harvest(khlang)
    assert (run["status"], run["same"]) == ("done", 3)


def test_a_change_waits_again_and_a_dataset_that_is_gone_is_archived_in_time(khlang, loopback, add, client):
    add(good(loopback), "review=none")
    run = harvest(khlang)
    assert (run["status"], run["new"]) == ("done", 3)
    urls = {row["item"]: row["url"] for row in run["datasets"]}
    less = workbook({META: [dataset("Phrae Groups", "ชื่อใหม่ของแพร่"), dataset("phrae-two", "ชุดที่สองของแพร่")], FILES: []})
    loopback.body("/template.xlsx", less)
    run = harvest(khlang)
    assert (run["status"], run["changed"], run["same"]) == ("done", 1, 1)
    harvest(khlang)
    assert harvest(khlang)["archived"] == 1
    assert client.get(urls["phrae-other"]).status_code == 200


def test_every_row_that_is_not_read_is_told_with_its_place(khlang, loopback, add):
    add(
        workbook(
            {
                META: [
                    dataset("one", "ชุดที่หนึ่ง"),
                    dataset("", "ไม่มีชื่อ"),
                    dataset("two", ""),
                    dataset("One", "ซ้ำกับชุดที่หนึ่ง"),
                ],
                FILES: [
                    file("one", ""),
                    file("nowhere", loopback.url("/groups.csv")),
                    file("one", loopback.url("/groups.csv")),
                ],
            }
        ),
        "review=none",
        local=True,
    )
    run = harvest(khlang, code=1)
    assert (run["status"], run["new"], run["failed"]) == ("partial", 1, 5)
    found = reasons(run)
    assert found[f"{META}!7"] == "template-row-without"
    assert found[f"{META}!8"] == "template-row-without"
    assert found[f"{META}!9"] == "template-name-twice"
    assert found[f"{FILES}!6"] == "template-row-without"
    assert found[f"{FILES}!7"] == "template-file-without-dataset"
    assert all("แถว" in row["reason"]["th"] for row in run["datasets"] if row["status"] == "failed")


def test_headings_are_read_by_their_text_in_any_order_and_by_position_only_for_the_template_itself(
    khlang, loopback, add
):
    turned = workbook({META: [dataset("one", "ชุดที่หนึ่ง")]}, order={META: columns(META)[::-1]}, hint=False)
    add(turned, "review=none")
    run = harvest(khlang)
    assert next(row for row in run["datasets"] if row["status"] == "new")["item"] == "one"
    strange = [f"ช่อง {number}" for number in range(len(columns(META)))]
    loopback.body("/template.xlsx", workbook({META: [dataset("one", "ชุดที่หนึ่ง")]}, heading={META: strange}, hint=False))
    assert harvest(khlang)["same"] == 1
    loopback.body("/template.xlsx", workbook({META: [dataset("one", "ชุดที่หนึ่ง")]}, heading={META: strange[:9]}))
    run = harvest(khlang, code=1)
    assert (run["status"], "template-headings-unknown" in reasons(run).values()) == ("failed", True)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<!doctype html><html></html>", "workbook-broken"),
        (b"PK\x03\x04 cut", None),
        (b"", None),
        (b"a,b\n1,2\n", "workbook-broken"),
    ],
)
def test_what_is_no_template_fails_and_leaves_what_is_published(khlang, loopback, add, client, content, code):
    add(good(loopback), "review=none")
    urls = [row["url"] for row in harvest(khlang)["datasets"] if row["url"]]
    loopback.body("/template.xlsx", content)
    run = harvest(khlang, code=1)
    assert run["status"] == "failed"
    assert code in (None, run["reason"]["code"])
    assert [client.get(url).status_code for url in urls] == [200] * 3


def test_another_workbook_is_told_from_the_template(khlang, loopback, add):
    add(workbook({}))
    run = harvest(khlang, code=1)
    assert (run["status"], run["reason"]["code"]) == ("failed", "template-none")
    assert "คำอธิบาย" in run["reason"]["th"]
