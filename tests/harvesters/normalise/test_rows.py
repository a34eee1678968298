"""What needs more than one cell: coordinates, places, duplicates; names and order of the draft's columns."""

import pytest

from harvesters.normalise import RULES

PROFILE = "entrepreneur-cluster"


def test_swapped_coordinates_are_put_right_and_told_with_both_values(normalised):
    result = normalised(["LAT", "LONG"], [("7.2048", "100.6011"), ("100.6131", "7.1988"), ("", "")])
    assert result.rows[1] == {"_row": "3", "LAT": "7.1988", "LONG": "100.6131"}
    assert result.codes == {"coordinates-swapped": 1}
    told = result.problem("coordinates-swapped")
    assert told.row == 3
    assert "100.6131" in told.message.th
    assert "7.1988" in told.message.th
    assert [line["rule"] for line in result.repairs] == ["coordinates-swapped"] * 2


def test_swapping_can_be_switched_off(normalised):
    off = frozenset(RULES) - {"coordinates-swapped"}
    result = normalised(["LAT", "LONG"], [("100.6131", "7.1988")], repairs=off)
    assert result.rows[0]["LAT"] == "100.6131"
    assert result.codes == {"coordinates-swapped": 1}


def test_points_outside_the_country_are_told(normalised):
    result = normalised(["ละติจูด", "ลองจิจูด"], [("0", "0"), ("13.75", "100.5"), ("13.75", "10.05")])
    assert result.codes == {"coordinates-outside": 2}
    assert result.types == {"ละติจูด": "number", "ลองจิจูด": "number"}


def test_what_is_no_number_makes_no_point(normalised):
    rows = [("ก", "สิบสาม", "100.5"), ("ข", "100.5", "13.75"), ("ค", "", "100.5")]
    result = normalised(["ชื่อกลุ่ม", "LAT", "LONG"], rows, profile=PROFILE)
    assert result.column("latitude") == ["สิบสาม", "13.75", ""]
    assert result.codes == {"coordinates-swapped": 1}


@pytest.mark.parametrize(
    "spelling", ["เชียงใหม่", "จ.เชียงใหม่", "จังหวัดเชียงใหม่", "Chiang Mai", "เชียงไหม่", " เชียงใหม่ ", "50"]
)
def test_a_province_of_any_usual_spelling_gets_its_code(normalised, spelling):
    result = normalised(["ชื่อกลุ่ม", "จังหวัด"], [("ก", spelling)], profile=PROFILE)
    assert result.column("province_code") == ["50"]
    assert result.field("province_code")["derived"] is True
    assert "province_code" not in {line["column"] for line in result.repairs}


def test_an_unknown_province_is_told_with_the_nearest(normalised):
    rows = [("ก", "เชีงใหม่"), ("ข", "แดนสนธยา"), ("ค", ""), ("ง", "[ปกปิด]")]
    result = normalised(["ชื่อกลุ่ม", "จังหวัด"], rows, profile=PROFILE)
    assert result.column("province_code") == ["", "", "", ""]
    assert result.codes == {"province-misspelt": 1, "province-unknown": 1}
    assert "เชียงใหม่" in result.problem("province-misspelt").message.th


def test_a_code_column_of_the_file_is_kept_and_compared(normalised):
    headings = ["ชื่อกลุ่ม", "จังหวัด", "รหัสจังหวัด"]
    result = normalised(headings, [("ก", "น่าน", "55"), ("ข", "น่าน", "50"), ("ค", "น่าน", "")], profile=PROFILE)
    assert result.column("province_code") == ["55", "50", ""]
    assert result.codes == {"province-code-differs": 1}
    assert "derived" not in result.field("province_code")


def test_a_district_of_another_province_is_told(normalised):
    headings = ["ชื่อกลุ่ม", "จังหวัด", "อำเภอ"]
    rows = [("ก", "ขอนแก่น", "อ.ชนบท"), ("ข", "น่าน", "ชนบท"), ("ค", "น่าน", "เมือง")]
    result = normalised(headings, rows, profile=PROFILE)
    assert result.codes == {"district-unknown": 1}
    assert result.problem("district-unknown").row == 3


@pytest.mark.parametrize("district", ["บางกะปิ", "เขตบางกะปิ", "[ปกปิด]", ""])
def test_a_khet_of_bangkok_is_known_with_and_without_its_kind(normalised, district):
    result = normalised(["ชื่อกลุ่ม", "จังหวัด", "เขต"], [("ก", "กทม.", district)], profile=PROFILE)
    assert result.codes == {}
    assert result.column("province_code") == ["10"]


def test_duplicate_rows_are_told_and_kept(normalised):
    rows = [("ก", "1"), ("ข", "2"), ("ก ", "1"), ("ก", "1")]
    result = normalised(["ชื่อ", "จำนวน"], rows)
    assert result.draft.row_count == 4
    assert result.codes == {"duplicate-row": 2}
    told = [found for found in result.draft.problems if found.code == "duplicate-row"]
    assert [found.row for found in told] == [4, 5]
    assert "แถว 2 ทุกช่อง" in told[0].message.th


def test_a_running_number_does_not_hide_a_duplicate(normalised):
    result = normalised(["ลำดับ", "ชื่อ"], [("1", "ก"), ("2", "ก"), ("3", "ข")])
    assert result.codes == {"duplicate-row": 1}


def test_an_id_that_comes_twice_is_told_once(normalised):
    rows = [("D-1", "ก"), ("D-1", "ข"), ("D-1", "ก"), ("", "ค"), ("", "ง")]
    result = normalised(["รหัสกลุ่ม", "ชื่อกลุ่ม"], rows, profile=PROFILE)
    assert result.codes == {"duplicate-id": 1, "duplicate-row": 1}
    assert result.problem("duplicate-id").row == 3
    assert result.problem("duplicate-id").value == "D-1"


def test_duplicates_are_found_across_chunks(normalised, monkeypatch):
    monkeypatch.setattr("harvesters.normalise.chunks.CHUNK", 32)
    rows = [(f"ชื่อ {number}",) for number in range(100)] + [("ชื่อ 7",)]
    result = normalised(["ชื่อ"], rows)
    assert result.problem("duplicate-row").row == 102
    assert "row 9" in result.problem("duplicate-row").message.en


def test_a_profile_comes_first_in_its_order_and_own_headings_follow(normalised):
    headings = ["ยอดกู้", "จังหวัด", "สีประจำกลุ่ม", "ชื่อกลุ่ม"]
    result = normalised(headings, [("1", "น่าน", "เขียว", "ก")], profile=PROFILE)
    assert list(result.rows[0]) == ["_row", "name_th", "province", "province_code", "ยอดกู้", "สีประจำกลุ่ม"]
    assert result.rows[0] == {
        "_row": "2", "name_th": "ก", "province": "น่าน", "province_code": "55", "ยอดกู้": "1", "สีประจำกลุ่ม": "เขียว",
    }  # fmt: skip
    assert result.types["ยอดกู้"] == "integer"
    assert result.field("name_th")["constraints"] == {"required": True}
    assert result.field("name_th")["source"] == "ชื่อกลุ่ม"


def test_names_never_clash_not_even_in_case(normalised):
    headings = ["_row", "ID", "id", " ชื่อ ", "province", "จังหวัด", "ชื่อกลุ่ม"]
    result = normalised(headings, [("ก", "1", "2", "ข", "ค", "น่าน", "ง")], profile=PROFILE)
    names = [field["name"] for field in result.draft.schema["fields"]]
    assert len({name.casefold() for name in (*names, "_row")}) == len(names) + 1
    assert {"_row (2)", "ชื่อ"} <= set(names)
    assert result.draft.schema["missingValues"] == [""]


def test_an_empty_table_has_its_headings(normalised):
    result = normalised(["ชื่อ", "จำนวน"], [])
    assert result.rows == []
    assert result.draft.row_count == 0
    assert result.draft.path.read_text(encoding="utf-8") == "_row,ชื่อ,จำนวน\n"
    assert result.types == {"ชื่อ": "string", "จำนวน": "string"}


def test_problems_are_counted_exactly_and_a_hundred_kept(normalised):
    rows = [("ก", str(number), f"8123456{number:02d}") for number in range(10, 99)] * 3
    result = normalised(["ชื่อ", "แถวที่", "เบอร์โทร"], rows)
    assert result.codes["leading-zero-lost"] == 267
    assert sum(found.code == "leading-zero-lost" for found in result.draft.problems) == 100
    assert len(result.repairs) == 267


def test_the_same_table_gives_the_same_bytes(normalised):
    rows = [(f" เเม่{number % 7}", f"{number:,}.0", f"{number % 28 + 1}/1/2567") for number in range(1000, 1100)]
    first = normalised(["ชื่อ", "จำนวน", "วันที่"], rows).draft
    before = first.path.read_bytes(), first.repairs.read_bytes(), first.problems
    again = normalised(["ชื่อ", "จำนวน", "วันที่"], rows).draft
    assert (again.path.read_bytes(), again.repairs.read_bytes(), again.problems) == before


def test_masked_ids_are_not_called_the_same(normalised):
    headings = ["ชื่อกลุ่ม", "รหัสกลุ่ม"]
    rows = [("ก", "[ปกปิด]"), ("ข", "[ปกปิด]"), ("ค", "D-1"), ("ง", "D-1")]
    assert normalised(headings, rows, profile=PROFILE).codes == {"duplicate-id": 1}
