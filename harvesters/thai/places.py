"""Places of Thailand from any usual spelling: provinces, districts, sub-districts, and provinces that a text mentions."""

from __future__ import annotations

from harvesters.thai.districts import District, NamedDistricts, find_district, find_districts, find_subdistrict
from harvesters.thai.mentions import provinces_in
from harvesters.thai.province_names import Province, find_province, province, provinces

__all__ = [
    "District",
    "NamedDistricts",
    "Province",
    "find_district",
    "find_districts",
    "find_province",
    "find_subdistrict",
    "province",
    "provinces",
    "provinces_in",
]
