"""A contact that can lead to nobody is refused; one that may is not."""

import pytest

from portal.introductions.forms import reachable


@pytest.mark.parametrize(
    "contact",
    [
        "081-555-0199 ป้าสมมติ", "๐๘๑ ๕๕๕ ๐๑๙๙", "054 000 001 ต่อ 12", "+66 81 555 0199", "contact@group.example", "@phraeweaving",
        "ไลน์ somjai", "LINE ID: pa_daeng", "Line: ป้าแดง", "phrae.weaving", "somjai99", "เพจ ผ้าทอบ้านสมมติ", "FB ผ้าทอ แพร่",
        "www.example.com", "12/3 หมู่ 4 ต.ในเวียง อ.เมือง จ.แพร่", "ฝากไว้ที่ร้านป้าแดง", "ที่ทำการกลุ่มทอผ้า",
        "ไม่มีโทรศัพท์ ส่งจดหมายที่วัดสมมติ", "ไม่มีไลน์ โทร0815550199", "ผ่าน อบต.ห้วยสมมติ", "ติดต่อผู้ใหญ่บ้าน",
    ],
)  # fmt: skip
def test_a_way_to_reach_somebody_is_taken(contact: str) -> None:
    assert reachable(contact)


@pytest.mark.parametrize(
    "contact",
    [
        "ไม่บอก",
        "ไม่บอกค่ะ",
        "ไม่มีไลน์",
        "ไม่มีเบอร์",
        "-----",
        ".....",
        "ไม่สะดวกให้",
        "ติดต่อมาเอง",
        "none.",
        "ยังไม่มี",
        "12345",
        "สวัสดีค่ะ",
    ],
)
def test_what_leads_to_nobody_is_not(contact: str) -> None:
    assert not reachable(contact)
