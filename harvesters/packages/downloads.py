"""What a downloaded file is called: an ASCII name on the wire for every client, and beside it the Thai one (RFC 6266, 5987)."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import quote

from harvesters.thai.slugs import file_name

NOT_ASCII_NAME = re.compile(r"[^A-Za-z0-9_-]+")
ATTRIBUTE_SIGNS = "!#$&+-.^_`|~"  # attr-char of RFC 5987 beside letters and digits


def download_name(dataset: str, title: str, day: date, version: int, ending: str) -> tuple[str, str]:
    """Return the ASCII and the Thai name of a download.

    The date is ISO in both, so that the two names sort alike and are seen to be the same file:
    `phrae-silk-clusters_2026-11-24_v3.csv`, `กลุ่มทอผ้าไหมแพร่_2026-11-24_v3.csv`.
    """
    tail = f"_{day.isoformat()}_v{version}.{NOT_ASCII_NAME.sub('', ending)}"
    return (NOT_ASCII_NAME.sub("-", dataset).strip("-") or "data") + tail, file_name(title) + tail


def content_disposition(ascii_name: str, thai_name: str, *, inline: bool = False) -> str:
    """Return the value of a Content-Disposition header for the two names of `download_name`."""
    plain = re.sub(r'[^ -~]|["\\%]', "-", ascii_name)  # % too: some clients decode it in the plain form
    way = "inline" if inline else "attachment"
    return f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(thai_name, safe=ATTRIBUTE_SIGNS)}"
