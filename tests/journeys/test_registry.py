"""Tables of offices and universities become clusters and units that know where each word comes from, and find each other."""

from __future__ import annotations

import json
import re

import pytest

from harvesters.thai.text import fold

pytestmark = pytest.mark.journey

CLUSTERS = """รหัสทะเบียน,ชื่อวิสาหกิจชุมชน,จังหวัด,อำเภอ,สินค้า/บริการ,ความต้องการ/ปัญหา
6-54-01-01/1-0001,วิสาหกิจชุมชนผ้าหม้อห้อมบ้านสมมติ,แพร่,เมืองแพร่,ผ้าหม้อห้อมย้อมคราม,ซักแล้วสีตก
6-54-01-01/1-0002,วิสาหกิจชุมชนน้ำพริกบ้านสมมติ,แพร่,ลอง,น้ำพริกลาบ,เก็บไม่นานก็ขึ้นรา
"""
OTHER = """รหัสทะเบียน,ชื่อกลุ่ม,จังหวัด,อำเภอ,สินค้า/บริการ
6-54-01-01/1-0001,กลุ่มผ้าหม้อห้อมบ้านสมมติ,แพร่,เมืองแพร่,เสื้อหม้อห้อม
,กลุ่มน้ำพริกบ้านสมมติ,แพร่,ลอง,น้ำพริกตาแดง
,กลุ่มน้ำพริกบ้านสมมติ,น่าน,ปัว,น้ำพริกหนุ่ม
,กลุ่มน้ำพริกบ้านสมมุติ,แพร่,ลอง,น้ำพริกแมงดา
"""
UNITS = """รหัสหน่วยวิจัย,ชื่อหน่วยวิจัย,มหาวิทยาลัย,จังหวัด,ความเชี่ยวชาญ,บริการ,เครื่องมือ
U-0001,ศูนย์วิจัยสิ่งทอสมมติ,มหาวิทยาลัยแม่โจ้,แพร่,สีย้อมธรรมชาติ,ทดสอบความคงทนของสี; อบรมการย้อม,เครื่องวัดสี
U-0002,หน่วยวิจัยอาหารสมมติ,มหาวิทยาลัยแม่โจ้,แพร่,ถนอมอาหาร,ทดสอบอายุการเก็บ,ตู้อบลมร้อน
U-0003,ศูนย์วิจัยปะการังสมมติ,มหาวิทยาลัยวลัยลักษณ์,นครศรีธรรมราช,นิเวศทางทะเล,ปลูกปะการัง,เรือสำรวจ
"""


@pytest.fixture
def publish(khlang, tmp_path):
    """Publishes a text as a CSV of a dataset."""

    def run(name: str, text: str, profile: str = "entrepreneur-cluster"):
        path = tmp_path / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        return khlang(
            "publish", path, "--publisher", "office", "--publisher-title", "สำนักงานทดสอบ", "--name", name, "--title", name,
            "--profile", profile, "--json",
        )  # fmt: skip

    return run


@pytest.fixture
def both(publish):
    publish("clusters", CLUSTERS)
    publish("units", UNITS, "research-unit")


def listed(client, kind: str, **query: str):
    return client.get(f"/{kind}.json", query_string=query).get_json()[f"{kind}s"]


def named(client, kind: str, name: str):
    return next(one for one in listed(client, kind) if name in one["name"]["th"])


def test_a_cluster_finds_units_with_reasons_that_rest_on_rows(khlang, client, both):
    cluster = named(client, "cluster", "หม้อห้อม")
    told = client.get(f"/cluster/{cluster['slug']}.json").get_json()
    assert [one["source"]["row"] for one in told["mentions"]] == [2]
    hit = told["match"]["hits"][0]
    assert hit["title"] == "ศูนย์วิจัยสิ่งทอสมมติ"
    assert hit["within_reach"]
    assert told["match"]["gap"] is None
    assert {"service", "same-province"} <= {one["code"] for one in hit["reasons"]}
    page = client.get(f"/cluster/{cluster['slug']}").get_data(as_text=True)
    assert "ทดสอบความคงทนของสี" in page
    assert "ศูนย์วิจัยปะการังสมมติ" not in page


def test_no_reason_of_words_stands_without_a_row_that_holds_them(client, both):
    document = client.get(
        "/match.json", query_string={"need": "น้ำพริกขึ้นราเร็ว ผ้าสีตก ปลูกปะการัง", "province": "แพร่"}
    ).get_json()
    assert len(document["hits"]) == 3
    followed = 0
    for hit in document["hits"]:
        for reason in hit["reasons"]:
            if reason["code"] in ("same-province", "same-group", "same-region", "distance"):
                continue
            assert reason["evidence"], reason
            for one in reason["evidence"]:
                row = client.get(one["url"])
                assert row.status_code == 200
                assert fold(one["text"]) in fold(row.get_data(as_text=True)), one
                assert one["text"] in reason["text"]["th"] or reason["code"] in ("tsic", "otop-type", "same-subject")
                followed += 1
    assert followed >= 6


def test_a_need_that_nobody_near_can_meet_is_told_with_the_nearest(khlang, client, both):
    told = khlang("match", "--need", "ปะการังหน้าหาดตาย", "--province", "ตราด", "--json")
    assert told["gap"]["province"] == "23"
    assert told["gap"]["nearest"]["title"] == "ศูนย์วิจัยปะการังสมมติ"
    assert not told["hits"][0]["within_reach"]
    assert re.search(r" · \d+ กม\.\t", khlang("match", "--need", "ปะการังหน้าหาดตาย", "--province", "ตราด").output)
    page = client.get("/match", query_string={"need": "ปะการังหน้าหาดตาย", "province": "23"}).get_data(as_text=True)
    assert "ยังไม่พบหน่วยวิจัยในระยะ" in page


def test_one_thing_of_two_tables_is_one_entry_and_a_doubtful_one_waits(khlang, client, publish, both):
    publish("others", OTHER)
    clusters = listed(client, "cluster")
    assert len(clusters) == 4  # two of two tables each, one of another province, one in doubt
    weavers = client.get(f"/cluster/{named(client, 'cluster', 'หม้อห้อม')['slug']}.json").get_json()
    assert [one["joined_by"] for one in weavers["mentions"]] == ["own", "registration"]
    doubt = khlang("registry", "doubts", "--json")[0]
    assert {"น้ำพริก" in name for name in doubt["names"]} == {True}
    khlang("registry", "join", "cluster", doubt["one"], doubt["other"], "--by", "สมมติ")
    assert len(listed(client, "cluster")) == 3
    moved = client.get(f"/cluster/{doubt['other']}")
    assert (moved.status_code, moved.location.endswith(doubt["one"])) == (301, True)
    publish("others", OTHER.replace("น้ำพริกแมงดา", "น้ำพริกปลาร้า"))  # a new delivery keeps what a person said
    assert len(listed(client, "cluster")) == 3
    khlang("registry", "part", "cluster", doubt["other"], "--by", "สมมติ")
    assert len(listed(client, "cluster")) == 4
    assert client.get(f"/cluster/{doubt['other']}").status_code == 200
    assert khlang("registry", "doubts", "--json") == []


def test_a_row_taken_for_another_thing_is_taken_out_for_good(khlang, client, publish, both):
    publish("others", OTHER)
    slug = named(client, "cluster", "วิสาหกิจชุมชนน้ำพริก")["slug"]
    khlang("registry", "part", "cluster", slug, "--dataset", "others", "--by", "สมมติ")
    assert len(listed(client, "cluster")) == 5
    publish("others", OTHER + ",กลุ่มใหม่ทดสอบ,แพร่,ลอง,ขนม\n")
    assert len(listed(client, "cluster")) == 6


def test_what_is_withdrawn_leaves_the_registry_and_comes_back_at_the_same_address(khlang, client, both):
    slug = named(client, "cluster", "หม้อห้อม")["slug"]
    khlang("dataset", "withdraw", "clusters", "--reason", "ทดสอบ")
    assert listed(client, "cluster") == []
    page = client.get(f"/cluster/{slug}")
    assert page.status_code == 200
    assert "ไม่มีข้อมูลของกลุ่มนี้" in page.get_data(as_text=True)
    assert khlang("search", "หม้อห้อม", "--json")["hits"] == []
    khlang("dataset", "restore", "clusters")
    assert named(client, "cluster", "หม้อห้อม")["slug"] == slug
    kinds = [hit["kind"] for hit in khlang("search", "หม้อห้อม", "--json")["hits"]]
    assert "cluster" in kinds


def test_a_row_that_is_gone_from_a_new_version_leaves_and_its_page_says_so(khlang, client, publish, both):
    slug = named(client, "cluster", "น้ำพริก")["slug"]
    publish("clusters", "".join(CLUSTERS.splitlines(keepends=True)[:2]))
    assert [one["name"]["th"] for one in listed(client, "cluster")] == ["วิสาหกิจชุมชนผ้าหม้อห้อมบ้านสมมติ"]
    assert client.get(f"/cluster/{slug}.json").get_json()["state"] == "left"


def test_units_show_whom_they_can_help_and_search_finds_them(khlang, client, both):
    unit = named(client, "unit", "สิ่งทอ")
    told = client.get(f"/unit/{unit['slug']}.json").get_json()
    assert [one["name"]["th"] for one in told["clusters"]] == ["วิสาหกิจชุมชนผ้าหม้อห้อมบ้านสมมติ"]
    hits = khlang("search", "ความคงทนของสี", "--kind", "unit", "--json")["hits"]
    assert [hit["url"] for hit in hits] == [f"/unit/{unit['slug']}"]
    page = client.get(f"/unit/{unit['slug']}").get_data(as_text=True)
    assert "กลุ่มที่หน่วยนี้ช่วยได้" in page


def test_hostile_and_odd_rows_never_break_the_line(khlang, client, publish):
    rows = [
        "ชื่อวิสาหกิจชุมชน,จังหวัด,อำเภอ,สินค้า/บริการ,ละติจูด,ลองจิจูด",
        '<script>alert(1)</script>ทดสอบ,แพร่,ลอง,"\'; DROP TABLE entity; --",18.1,99.9',
        "กลุ่มสองจังหวัด,แพร่,ลอง,ผ้า,99.9,18.1",
        "กลุ่มสองจังหวัด,น่าน,ปัว,ผ้า,1.0,2.0",
        "กลุ่มสองจังหวัด,แพร่,ลอง,ผ้า,18.1,99.9",
        "12345,แพร่,ลอง,ผ้า,,",
        *(f"กลุ่มปกติ{letter},แพร่,ลอง,ผ้า,18.1,99.9" for letter in "กขคงจฉชซญดตถทธนบปผฝพ"),
    ]
    publish("odd", "\n".join(rows) + "\n")
    names = sorted(one["name"]["th"] for one in listed(client, "cluster"))
    assert names.count("กลุ่มสองจังหวัด") == 2  # one a province; the same one twice in a file is one
    hostile = named(client, "cluster", "script")
    page = client.get(f"/cluster/{hostile['slug']}").get_data(as_text=True)
    assert "<script>alert" not in page
    assert khlang("check", "--json")["registry"]["clusters"] == len(names)


def test_every_cluster_matched_as_lines(khlang, client, both):
    from click.testing import CliRunner

    from portal.cli import main

    done = CliRunner().invoke(main, ["match", "--all"], catch_exceptions=False)
    lines = [json.loads(line) for line in done.output.splitlines()]
    assert {line["query"]["cluster"] for line in lines} == {one["slug"] for one in listed(client, "cluster")}


def test_gaps_count_what_nobody_near_can_do_and_never_name_anybody(khlang, client, publish, both):
    told = {one["province_code"]: one for one in client.get("/gaps.json").get_json()["provinces"]}
    assert len(told) == 77
    assert (told["54"]["state"], told["54"]["clusters"], told["54"]["clusters_with_help_in_reach"]) == (
        "in-province",
        2,
        2,
    )
    assert told["23"]["state"] == "no-data"
    publish("trat", CLUSTERS.replace("แพร่", "ตราด").replace("ลอง", "เขาสมิง").replace("6-54", "6-23"))
    document = client.get("/gaps.json").get_json()
    trat = next(one for one in document["provinces"] if one["province_code"] == "23")
    assert (trat["state"], trat["clusters"], trat["clusters_with_help_in_reach"]) == ("none-in-reach", 2, 0)
    assert document["provinces"][0] == trat  # what needs help first
    assert {code for one in document["subjects"] for code in one["provinces"]} == {"23"}
    table = client.get("/gaps.csv").get_data(as_text=True)
    page = client.get("/gaps").get_data(as_text=True)
    assert "สมมติ" not in table + page
    far = {one["province_code"]: one for one in client.get("/gaps.json?km=300").get_json()["provinces"]}
    assert far["23"]["units_in_reach"] == 0
    assert "มีหน่วยวิจัยในระยะที่ช่วยได้" in client.get("/province/54").get_data(as_text=True)


def test_without_a_province_nobody_is_called_out_of_reach(client, both):
    need = {"need": "น้ำพริกขึ้นราเร็ว อยากให้เก็บได้นาน"}
    document = client.get("/match.json", query_string=need).get_json()
    assert document["hits"]
    assert document["gap"] is None
    page = client.get("/match", query_string=need).text
    assert "ยังไม่พบหน่วยวิจัยในระยะ" not in page
    assert "เลือกจังหวัดของคุณ" in page
    assert client.get("/match.json", query_string=need | {"province": "23"}).get_json()["gap"] is not None


def test_a_need_is_counted_only_by_the_button_and_once_a_day(client, both):
    client.get("/match", query_string={"need": "ปะการังหน้าหาดตาย", "province": "23"})
    for _ in range(2):
        assert client.post("/gaps", data={"province": "23", "subject": "tourism"}).status_code == 303
    told = {one["province_code"]: one for one in client.get("/gaps.json").get_json()["provinces"]}
    assert told["23"]["needs_told_without_help"] == 1
    assert sum(one["needs_told_without_help"] for one in told.values()) == 1
    assert client.post("/gaps", data={"province": "23", "subject": "x"}).status_code == 400
    assert (
        client.post(
            "/gaps", data={"province": "23", "subject": "food"}, headers={"Sec-Fetch-Site": "cross-site"}
        ).status_code
        == 400
    )


def test_a_row_leads_to_what_it_speaks_of_and_to_its_neighbours(client, both):
    slug = named(client, "cluster", "หม้อห้อม")["slug"]
    address = client.get(f"/cluster/{slug}.json").get_json()["mentions"][0]["source"]["url"]
    first = client.get(address).get_data(as_text=True)
    assert f"/cluster/{slug}" in first
    assert 'rel="next"' in first
    assert 'rel="prev"' not in first
    last = client.get(address.replace("row=2", "row=3")).get_data(as_text=True)
    assert 'rel="prev"' in last
    assert 'rel="next"' not in last


@pytest.fixture
def by_meaning(monkeypatch):
    """Matching by meaning is on; asked for before the portal is made."""
    monkeypatch.setenv("KHLANG_SEMANTIC", "1")


def test_by_meaning_a_unit_without_a_word_in_common_is_found_and_the_row_is_shown(by_meaning, khlang, client, both):
    need = {"need": "coral reef bleaching", "province": "80"}
    hit = client.get("/match.json", query_string=need).get_json()["hits"][0]
    assert hit["title"] == "ศูนย์วิจัยปะการังสมมติ"
    reason = next(one for one in hit["reasons"] if one["evidence"])
    row = client.get(reason["evidence"][0]["url"]).get_data(as_text=True)
    assert fold(reason["evidence"][0]["text"]) in fold(row)
    if reason["code"] == "similar-meaning":
        assert reason["evidence"][0]["text"] in reason["text"]["th"]
    assert client.get("/match", query_string=need).status_code == 200


def test_by_meaning_alone_is_no_help_when_it_is_said_whether_there_is_any(by_meaning, khlang, client, both):
    document = client.get("/match.json", query_string={"need": "zzzz qqqq", "province": "54"}).get_json()
    assert document["gap"] is not None
    for hit in document["hits"]:
        assert any(reason["code"] == "similar-meaning" and reason["evidence"] for reason in hit["reasons"])


IN_THAI = """รหัสหน่วยวิจัย,ชื่อหน่วยวิจัย,มหาวิทยาลัย,จังหวัด,บริการ
,ศูนย์วิจัยพลังงานทดแทน,มหาวิทยาลัยแม่โจ้,แพร่,ทดสอบเตาชีวมวล
"""
IN_ENGLISH = """รหัสหน่วยวิจัย,ชื่อหน่วยวิจัย,มหาวิทยาลัย,จังหวัด,บริการ
,Renewable Energy Research Centre,Maejo University,แพร่,stove testing
"""
GROUPS = """ชื่อกลุ่ม,จังหวัด,อำเภอ,สินค้า/บริการ
กลุ่มทอผ้าฝ้ายบ้านหนองแวง,แพร่,ลอง,ผ้าฝ้าย
Ban Nong Waeng Cotton Weaving Group,แพร่,ลอง,cotton
"""


def test_a_unit_told_in_two_scripts_is_one_and_a_cluster_is_asked_about(khlang, client, publish):
    publish("english", IN_ENGLISH, "research-unit")
    publish("thai", IN_THAI, "research-unit")
    (unit,) = listed(client, "unit")
    told = client.get(f"/unit/{unit['slug']}.json").get_json()
    assert [one["joined_by"] for one in told["mentions"]] == ["own", "name"]
    assert told["name"] == {"th": "ศูนย์วิจัยพลังงานทดแทน", "en": "Renewable Energy Research Centre"}
    khlang("registry", "part", "unit", unit["slug"], "--dataset", "english", "--by", "สมมติ")
    assert len(listed(client, "unit")) == 2
    publish("english", f"{IN_ENGLISH},Rice Mill Laboratory,Maejo University,แพร่,milling\n", "research-unit")
    assert len(listed(client, "unit")) == 3  # a new delivery keeps what a person said

    publish("groups", GROUPS)
    assert len(listed(client, "cluster")) == 2
    (doubt,) = khlang("registry", "doubts", "--json")
    assert set(doubt["names"]) == {"กลุ่มทอผ้าฝ้ายบ้านหนองแวง", "Ban Nong Waeng Cotton Weaving Group"}
