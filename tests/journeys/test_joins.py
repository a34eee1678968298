"""Datasets that share codes are found beside each other, with what they share as measured, and joined at an address."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harvesters.packages.joins import MOST_VALUES
from portal.app import create_app
from portal.catalogue.keys import measure_keys
from portal.harvest.rules import store_of

pytestmark = pytest.mark.journey

CLUSTERS = "เลขทะเบียน,ชื่อกลุ่ม,จังหวัด,รหัสจังหวัด,จำนวนสมาชิก\n1,กลุ่มหนึ่ง,แพร่,54,10\n2,กลุ่มสอง,แพร่,54,20\n3,กลุ่มสาม,น่าน,55,30\n4,กลุ่มสี่,ตราด,23,40\n"
UNITS = "รหัสหน่วย,ชื่อหน่วยวิจัย,มหาวิทยาลัย,จังหวัด,รหัสจังหวัด\nu1,ศูนย์หนึ่ง,มหาวิทยาลัยทดสอบ,แพร่,54\nu2,ศูนย์สอง,มหาวิทยาลัยทดสอบ,น่าน,55\nu3,ศูนย์สาม,มหาวิทยาลัยทดสอบ,ภูเก็ต,83\n"


@pytest.fixture
def publish(khlang, tmp_path: Path):
    """Publishes a CSV under a name."""

    def put(name: str, text: str) -> None:
        path = tmp_path / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        khlang("publish", path, "--publisher", "office", "--publisher-title", "สำนักงานทดสอบ", "--name", name, code=None)

    return put


@pytest.fixture
def both(publish) -> None:
    publish("clusters", CLUSTERS)
    publish("units", UNITS)


def join_of(client, name: str, other: str) -> dict:
    found = client.get(f"/dataset/{name}/joins.json").json["joins"]
    return next(one for one in found if one["with"]["dataset"] == other and one["kind"] == "province")


def test_the_overlap_is_that_of_different_values(client, both):
    join = join_of(client, "clusters", "units")
    assert (join["values"], join["with"]["values"], join["shared"], join["approximate"]) == (3, 3, 2, False)
    assert join["share"] == pytest.approx(2 / 3, abs=1e-4)
    page = client.get("/dataset/clusters/joins").text
    assert "2 จาก 3 ค่า" in page
    assert "67 %" in page
    assert "2 of 3 values" in client.get("/dataset/clusters/joins?lang=en").text
    assert 'href="/dataset/clusters/joins"' in client.get("/dataset/clusters").text


def test_the_page_names_only_codes_of_which_another_dataset_has_some(client, both, publish):
    def named(name: str) -> str:
        found = re.search(r'href="/dataset/[^"]+/joins">[^<]*</a>: ([^<]*)</p>', client.get(f"/dataset/{name}").text)
        return found[1] if found else ""

    assert named("clusters") == "จังหวัด"  # nobody else has registration numbers
    publish(
        "others",
        CLUSTERS.replace("\n1,", "\n91,").replace("\n2,", "\n92,").replace("\n3,", "\n93,").replace("\n4,", "\n94,"),
    )
    assert named("clusters") == "จังหวัด"  # another has, but none of these
    publish("others", CLUSTERS)
    assert named("clusters") == "เลขทะเบียน · จังหวัด"


def test_the_joined_rows_are_those_with_the_same_code(client, both, read_csv):
    answer = client.get(join_of(client, "clusters", "units")["csv"])
    rows = read_csv(answer.data)
    assert answer.headers["X-Total-Count"] == "3"
    assert "immutable" in answer.headers["Cache-Control"]
    assert [(row["name_th"], row["units.name_th"]) for row in rows] == [
        ("กลุ่มหนึ่ง", "ศูนย์หนึ่ง"), ("กลุ่มสอง", "ศูนย์หนึ่ง"), ("กลุ่มสาม", "ศูนย์สอง"),
    ]  # fmt: skip
    assert all(row["province_code"] == row["units.province_code"] for row in rows)


def test_filters_and_parts_of_a_join(client, both, read_csv):
    address = join_of(client, "clusters", "units")["csv"]
    assert [row["members"] for row in read_csv(client.get(f"{address}&f.members.gte=20").data)] == ["20", "30"]
    assert [row["members"] for row in read_csv(client.get(f"{address}&limit=1&offset=1").data)] == ["20"]


def test_a_join_beyond_the_most_rows_is_refused_with_its_size_and_given_in_parts(client, publish, read_csv):
    head = "ชื่อ,รหัสจังหวัด\n"
    for name in ("many", "more"):
        publish(name, head + "".join(f"{name}{n},54\n" for n in range(400)))
    address = join_of(client, "many", "more")["csv"]
    refused = client.get(address)
    assert refused.status_code == 400
    assert "160,000" in refused.text
    part = client.get(f"{address}&limit=10&offset=395")
    assert part.headers["X-Total-Count"] == "160000"
    assert len(read_csv(part.data)) == 10


def test_a_join_that_nobody_can_wait_for_is_refused_in_parts_too(client, publish):
    head = "ชื่อ,รหัสจังหวัด\n"
    for name in ("many", "more"):
        publish(name, head + "".join(f"{name}{n},54\n" for n in range(1_500)))
    refused = client.get(join_of(client, "many", "more")["csv"] + "&limit=10")
    assert refused.status_code == 400
    assert "2,250,000" in refused.text
    assert client.get(join_of(client, "many", "more")["csv"] + "&f.ชื่อ=many7").status_code == 200


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ("on=ไม่มี", 400),
        ("with_on=ไม่มี", 400),
        ("with=nobody", 404),
        ("with=", 404),
        ("resource=x", 404),
        ("with_resource=x", 404),
    ],
)
def test_what_is_not_there_is_told(client, both, change, status):
    name = change.partition("=")[0]
    address = re.sub(rf"([?&]){name}=[^&]*", rf"\g<1>{change}", join_of(client, "clusters", "units")["csv"])
    assert client.get(address).status_code == status


def test_columns_are_measured_once_for_each_version_and_gone_with_a_withdrawal(settings, client, both, publish, khlang):
    app = create_app(settings)
    with app.app_context():
        assert measure_keys(store_of(settings)) == 0  # publishing measured them
    publish("units", UNITS + "u4,ศูนย์สี่,มหาวิทยาลัยทดสอบ,ตราด,23\n")
    assert join_of(client, "clusters", "units")["shared"] == 3
    assert client.get("/dataset/units@v1/joins").headers["Location"].endswith("/dataset/units/joins")
    khlang("dataset", "withdraw", "units", "--reason", "ทดสอบ")
    assert client.get("/dataset/clusters/joins.json").json["joins"] == []
    khlang("dataset", "restore", "units")
    with app.app_context():
        assert measure_keys(store_of(settings)) > 0
    assert join_of(client, "clusters", "units")["shared"] == 3


def test_many_values_are_compared_by_a_sample(client, publish):
    count = 6 * MOST_VALUES
    head = "เลขทะเบียน,ชื่อกลุ่ม\n"
    publish("all", head + "".join(f"{n:08},กลุ่ม {n}\n" for n in range(count)))
    publish("half", head + "".join(f"{n:08},กลุ่ม {n}\n" for n in range(0, count, 2)))
    (join,) = [one for one in client.get("/dataset/all/joins.json").json["joins"] if one["kind"] == "registration"]
    assert join["approximate"]
    assert join["values"] == count
    assert join["share"] == pytest.approx(0.5, abs=0.1)
    assert "(โดยประมาณ)" in client.get("/dataset/all/joins").text
