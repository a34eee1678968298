"""DCAT-US `data.json` (1.1), read as plain JSON, and the words that it shares with DCAT of every other form."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

from harvesters.errors import HarvestError
from harvesters.national import lines, listed, object_of
from harvesters.sources.records import fields_of_record, plain_format, storable

TEMPLATE_URI = re.compile(r"^(?:mailto:|tel:)")
FREQUENCIES = {  # EU vocabulary of frequencies and ISO 8601 intervals -> the national words (design page on Thai data 2)
    "DAILY": "วัน", "R/P1D": "วัน", "WEEKLY": "สัปดาห์", "R/P1W": "สัปดาห์", "MONTHLY": "เดือน", "R/P1M": "เดือน", "QUARTERLY": "ไตรมาส",
    "R/P3M": "ไตรมาส", "ANNUAL": "ปี", "R/P1Y": "ปี", "ANNUAL_2": "ครึ่งปี", "R/P6M": "ครึ่งปี", "UPDATE_CONT": "ตามเวลาจริง", "IRREG": "ไม่ทราบ",
}  # fmt: skip


def data_json(body: bytes, url: str) -> dict[str, Any] | None:
    """The catalogue of a `data.json` (DCAT-US 1.1), whose words are of a context that stands elsewhere; None for JSON-LD."""
    try:
        document = storable(json.loads(body.decode("utf-8-sig"), parse_constant=lambda _: None))
    except (ValueError, RecursionError) as error:
        raise HarvestError("answer-broken", url=url, why=type(error).__name__) from error
    if not isinstance(document, dict) or isinstance(document.get("@context"), dict):
        return None
    return document if isinstance(document.get("dataset"), list) and "@graph" not in document else None


def record_of_json(given: Any, url: str) -> dict[str, Any]:
    """One dataset of a `data.json` as a record."""
    if not isinstance(given, dict):
        return fields_of_record("?", url, error={"code": "record-strange"})
    identity, title = lines(given.get("identifier")), lines(given.get("title"))
    address = lines(given.get("landingPage")) or url
    access = lines(given.get("accessLevel") or "public")
    closed = {"code": "record-not-public", "name": title or identity, "state": access} if access != "public" else None
    person = object_of(given.get("contactPoint"))
    owner = object_of(given.get("publisher"))
    words = given.get("keyword")
    often, changed = lines(given.get("accrualPeriodicity")), lines(given.get("modified"))
    if changed.startswith("R/P"):  # how often it changes may stand where the date does
        often, changed = often or changed, ""
    metadata = {
        "title": title,
        "notes": lines(given.get("description")),
        "tags": [str(word) for word in words] if isinstance(words, list) else lines(words),
        "license_id": lines(given.get("license")),
        "data_source": lines(owner.get("name")),
        "maintainer": lines(person.get("fn")),
        "maintainer_email": TEMPLATE_URI.sub("", lines(person.get("hasEmail"))).strip(),
        "update_frequency_unit": FREQUENCIES.get(often.upper(), often),
        "modified": changed,
        **{name: filled_in(given.get(name)) for name in ("spatial", "temporal", "issued", "theme", "language", "describedBy")},
    }  # fmt: skip
    parts = listed(given.get("distribution"))
    return fields_of_record(
        identity,
        address,
        title,
        metadata=metadata,
        files=[
            json_file(one, url)
            for one in parts
            if isinstance(one, dict) and (one.get("downloadURL") or one.get("accessURL"))
        ],
        record=json.dumps(given, ensure_ascii=False, sort_keys=True),
        modified=lines(given.get("modified")),
        error=closed,
    )


def filled_in(value: Any) -> Any:
    """A value as it is; nothing for a blank of a template that its portal forgot to fill in ("{{extent}}")."""
    return None if isinstance(value, str) and value.startswith("{{") else value


def json_file(given: Mapping[str, Any], url: str) -> dict[str, Any]:
    """One distribution of a `data.json`."""
    named = plain_format(lines(given.get("format")) or lines(given.get("mediaType")))
    download = lines(given.get("downloadURL"))
    return {
        "url": urljoin(url, download or lines(given["accessURL"])),
        "title": lines(given.get("title")),
        "description": lines(given.get("description")),
        "format": named if download else named or "html",
        "modified": "",
        "details": {},
    }
