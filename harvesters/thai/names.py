"""Names of firms, groups and universities without the words that only say what kind of thing they are."""

from __future__ import annotations

import re

from harvesters.thai.text import fold

_KINDS = re.compile(
    "บริษัท(?:หลักทรัพย์)?|บมจ\\s*\\.?|บจก\\s*\\.?|บจ\\s*\\.|หจก\\s*\\.?|หสน\\s*\\.?|ห้างหุ้นส่วน(?:จำกัด|สามัญ)?|จำกัด|\\(?มหาชน\\)?|\\(สำนักงานใหญ่\\)"
    "|เครือข่ายวิสาหกิจชุมชน|วิสาหกิจชุมชน|กลุ่มวิสาหกิจ|วสช\\s*\\.?|ชุมชน(?=กลุ่ม)|กลุ่มแม่บ้านเกษตรกร|กลุ่มแม่บ้าน|กลุ่มอาชีพ|กลุ่ม|ร้าน|สหกรณ์|โรงงาน|โอทอป|otop"
    "|company|co\\s*\\.?,?\\s*ltd\\.?|limited partnership|limited|ltd\\.?|partnership|public"
)
_SIGNS = re.compile(r"[\s\-_.,'’\"“”()/&]+")


def normalise_company(text: str) -> str:
    """Return a firm's or group's name for comparing: folded, without kind words, blanks and signs.

    A name that consists of kind words alone keeps them, since nothing else tells it apart.
    """
    folded = fold(text)
    return _SIGNS.sub("", _KINDS.sub(" ", folded)) or _SIGNS.sub("", folded)
