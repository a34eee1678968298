"""What headings say by themselves."""

import pytest

from harvesters.hints import heading_hint


@pytest.mark.parametrize(
    ("heading", "hint"),
    [
        ("ลำดับที่", "sequence"),
        ("#", "sequence"),
        ("เบอร์โทรศัพท์", "phone"),
        ("โทร.", "phone"),
        ("Fax No.", "phone"),
        ("โทรทัศน์", "none"),
        ("รหัสไปรษณีย์", "code"),
        ("เลขทะเบียนนิติบุคคล", "code"),
        ("บ้านเลขที่", "code"),
        ("TA_ID", "code"),
        ("productId", "code"),
        ("id", "code"),
        ("Covid", "none"),
        ("idea", "none"),
        ("ปีงบประมาณ", "year"),
        ("พ.ศ.", "year"),
        ("FISCAL_YEAR", "year"),
        ("รายได้ต่อปี", "none"),
        ("จำนวนปี", "none"),
        ("ปีละ", "none"),
        ("วันที่จดทะเบียน", "date"),
        ("วันหยุด", "none"),
        ("updated_date", "date"),
        ("LAT", "latitude"),
        ("พิกัดละติจูด", "latitude"),
        ("เส้นแวง", "longitude"),
        ("LONG", "longitude"),
        ("จังหวัด", "province"),
        ("จำนวนจังหวัด", "none"),
        ("จำนวนเบอร์โทร", "none"),
        ("ชื่อกลุ่ม", "none"),
        ("", "none"),
    ],
)
def test_a_heading_says_what_its_column_is(heading, hint):
    assert heading_hint(heading) == hint
