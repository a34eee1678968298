"""Dates and years (thai.md §9): day first, era by column, doubtful years told and never guessed."""

import pytest

from harvesters.normalise import RULES

PROFILE = "entrepreneur-cluster"


def test_dates_of_many_forms_in_one_column_become_iso(column):
    cells = ["17 กันยายน 2561", "08/05/2555", "24 พ.ย. 59", "2562-01-31", "12 มี.ค. 2551", "๑๕ พ.ค. ๒๕๕๑", "2020-02-29"]
    result = column("วันที่จดทะเบียน", cells)
    assert result.types["วันที่จดทะเบียน"] == "date"
    assert result.column("วันที่จดทะเบียน") == [
        "2018-09-17", "2012-05-08", "2016-11-24", "2019-01-31", "2008-03-12", "2008-05-15", "2020-02-29",
    ]  # fmt: skip
    assert result.codes == {"era-mixed": 1}
    assert result.draft.repair_counts == {"buddhist-date": 6}


def test_common_era_dates_of_another_form_are_their_own_rule(column):
    result = column("วันที่", ["12/09/2024", "2024-09-13"])
    assert result.column("วันที่") == ["2024-09-12", "2024-09-13"]
    assert result.draft.repair_counts == {"date-form": 1}


def test_excel_dates_typed_with_a_buddhist_year_are_converted(column):
    result = column("วันที่", ["2567-09-12", "2567-01-31"])
    assert result.column("วันที่") == ["2024-09-12", "2024-01-31"]


@pytest.mark.parametrize(
    ("serial", "day"), [("45547", "2024-09-12"), ("243873", "2024-09-12"), ("45547.0", "2024-09-12")]
)
def test_excel_day_numbers_in_a_date_column_of_the_profile(normalised, serial, day):
    result = normalised(["ชื่อกลุ่ม", "วันที่จดทะเบียน"], [("ก", serial)], profile=PROFILE)
    assert result.column("registered_on") == [day]
    assert result.draft.repair_counts == {"excel-serial": 1}


def test_a_doubtful_year_is_told_and_stays(normalised):
    result = normalised(["ชื่อกลุ่ม", "วันที่จดทะเบียน"], [("ก", "๑๒ ส.ค. ๒๓๕๓"), ("ข", "1/2/2560")], profile=PROFILE)
    assert result.column("registered_on") == ["๑๒ ส.ค. ๒๓๕๓", "2017-02-01"]
    assert result.codes == {"date-year-doubtful": 1}
    assert "2353" in result.problem("date-year-doubtful").message.th


def test_dates_of_2484_and_before_are_converted_with_a_warning(column):
    result = column("วันที่ก่อตั้ง", ["1 เมษายน 2480", "1 เมษายน 2490"])
    assert result.column("วันที่ก่อตั้ง") == ["1937-04-01", "1947-04-01"]
    assert result.codes == {"date-before-1941": 1}
    assert "1937-04-01" in result.problem("date-before-1941").message.en


def test_two_digit_years_follow_the_column(column):
    assert column("วันที่", ["12/01/66", "13/01/2566"]).column("วันที่") == ["2023-01-12", "2023-01-13"]
    assert column("วันที่", ["12/01/22", "13/01/2023"]).column("วันที่") == ["2022-01-12", "2023-01-13"]
    mixed = column("วันที่", ["12/01/22", "13/01/2023", "14/01/2566"])
    assert mixed.column("วันที่") == ["12/01/22", "2023-01-13", "2023-01-14"]
    assert mixed.codes == {"date-short-year": 1, "era-mixed": 1}


def test_a_two_digit_year_of_the_common_era_that_would_lie_far_ahead_is_told(column):
    result = column("วันที่", ["12/01/85", "13/01/2023"])
    assert result.column("วันที่") == ["12/01/85", "2023-01-13"]
    assert result.codes == {"date-short-year": 1}


@pytest.mark.parametrize("cells", [["31/02/2567"], ["2567-13-01"], ["12/09/2567", "เร็ว ๆ นี้"]])
def test_an_impossible_day_is_no_date(column, cells):
    result = column("วันที่", cells)
    assert result.types["วันที่"] == "string"
    assert result.column("วันที่") == cells


@pytest.mark.parametrize("cells", [["2022.3.9", "2022.4.1"], ["1.2.10", "1.2.11"]])
def test_numbers_with_two_dots_are_dates_only_under_a_heading_that_says_so(column, cells):
    assert column("REF_DOC", cells).types["REF_DOC"] == "string"
    assert column("วันที่", cells).types["วันที่"] == "date"


def test_a_time_is_not_thrown_away_where_no_profile_asks_for_the_day(column):
    cells = ["2567-01-31 08:30:00", "2567-02-01 09:00:00"]
    result = column("เวลาบันทึก", cells)
    assert result.types["เวลาบันทึก"] == "string"
    assert result.column("เวลาบันทึก") == cells


@pytest.mark.parametrize("heading", ["ปี", "ปีที่ก่อตั้ง", "ปีงบประมาณ", "พ.ศ.", "year", "FISCAL_YEAR"])
def test_a_column_that_is_clearly_a_year_is_converted(column, heading):
    result = column(heading, ["2566", "๒๕๖๗", "พ.ศ. 2568", ""])
    assert result.column(heading) == ["2023", "2024", "2025", ""]
    assert result.types[heading] == "integer"
    assert result.field(heading)["role"] == "year"
    assert result.draft.repair_counts["buddhist-year"] == 3


@pytest.mark.parametrize("heading", ["จำนวนปี", "ราคา", "รายได้ต่อปี", "ปีละ"])
def test_other_numbers_between_2400_and_2700_stay(column, heading):
    assert column(heading, ["2566", "2567"]).column(heading) == ["2566", "2567"]


def test_a_year_column_of_the_profile(normalised):
    rows = [("ก", "2550"), ("ข", "2007"), ("ค", "50"), ("ง", "2200"), ("จ", "นานแล้ว")]
    result = normalised(["ชื่อกลุ่ม", "ปีที่ก่อตั้ง"], rows, profile=PROFILE)
    assert result.column("year_founded") == ["2007", "2007", "50", "2200", "นานแล้ว"]
    assert result.codes == {"era-mixed": 1, "date-short-year": 1, "date-year-doubtful": 1}
    alone = normalised(["ชื่อกลุ่ม", "ปีที่ก่อตั้ง"], [("ก", "2550"), ("ข", "61")], profile=PROFILE)
    assert alone.column("year_founded") == ["2007", "2018"]


def test_years_as_headings_are_told_with_a_mend_and_keep_their_names(normalised):
    result = normalised(["จังหวัด", "2556", "2555", "2554"], [("น่าน", "1,000", "2", "3")])
    assert list(result.rows[0]) == ["_row", "จังหวัด", "2556", "2555", "2554"]
    assert result.rows[0]["2556"] == "1000"
    assert result.field("2556")["year"] == 2013
    assert result.codes == {"years-as-headings": 1}


def test_nearly_dates_are_told(column):
    cells = [f"{day}/1/2567" for day in range(1, 29)]
    result = column("วันนัด", [*cells, "ทราบภายหลัง"])
    assert result.types["วันนัด"] == "string"
    assert result.codes == {"column-nearly-date": 1}


def test_switched_off_dates_stay_as_they_were_found(column):
    result = column("วันที่", ["12/09/2567"], repairs=frozenset(RULES) - {"buddhist-date"})
    assert result.column("วันที่") == ["12/09/2567"]
    assert result.types["วันที่"] == "string"
