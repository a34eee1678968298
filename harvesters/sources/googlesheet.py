"""A shared Google Sheet, by any address that people paste. The whole workbook is taken as XLSX, so that types and zeros stay.

Rules: design page on harvesting 6.6. Google gives no ETag, so what came is compared by its bytes.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit

from harvesters.errors import HarvestError
from harvesters.fetch import Fetch, Fetched
from harvesters.sources import Option
from harvesters.sources.spreadsheet import of_fetched
from harvesters.values import Collected, Cursor, Item, Source, Text

PATH = re.compile(r"^/(?:a/[^/]+/)?spreadsheets/(?:u/\d+/)?d/(?P<published>e/)?(?P<key>[A-Za-z0-9_-]{10,})(?:/|$)")
SIGN_IN = ("accounts.google.com", "/ServiceLogin", "/signin")
SHEETS = Option(
    "sheets",
    Text("แผ่นงาน", "Sheets"),
    Text(
        "all ทั้งสมุดงาน, one เฉพาะแผ่นที่ลิงก์ชี้ (gid)",
        "all: the whole workbook; one: only the sheet that the link points at (gid).",
    ),
    default="all",
    choices=("all", "one"),
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a pasted address names. `host` with its scheme, so that a sheet is fetched from where it was pasted."""

    host: str
    key: str
    published: bool
    gid: str

    def address(self, *, one: bool) -> str:
        """Where the workbook, or its one sheet, is exported as XLSX. A mark against copies kept on the way is added."""
        told = {"output" if self.published else "format": "xlsx"}
        if one and self.gid:
            told |= {"gid": self.gid, **({"single": "true"} if self.published else {})}
        told["t"] = str(time.time_ns() // 1_000_000)
        path = f"d/e/{self.key}/pub" if self.published else f"d/{self.key}/export"
        return f"{self.host}/spreadsheets/{path}?{urlencode(told)}"


class GoogleSheet:
    """Harvester of one Google Sheet that is shared with everybody who has its link."""

    name: ClassVar[str] = "googlesheet"
    web_only: ClassVar[bool] = True
    title: ClassVar[Text] = Text("กูเกิลชีต", "Google Sheet")
    options: ClassVar[tuple[Option, ...]] = (SHEETS,)

    def items(self, source: Source, fetch: Fetch, cursor: Cursor | None) -> Iterator[Item | Cursor]:
        """The workbook is the one item."""
        sheet = read_address(source.url)
        yield Item(sheet.key, source.url.split("#")[0], collected=take(sheet, source, fetch))

    def collect(self, item: Item, source: Source, fetch: Fetch) -> Collected:
        """Return the bytes that `items` already has."""
        if item.collected is None:
            raise HarvestError("source-item-gone", item=item.remote_id)
        return item.collected


def read_address(url: str) -> Sheet:
    """Read any form of a sheet's address: edit, view, share, htmlview, pub, export, gviz; gid in query or fragment.

    Raises HarvestError("sheet-address").
    """
    parts = urlsplit(url.strip())
    found = PATH.match(parts.path)
    if found is None or parts.scheme not in ("http", "https"):
        raise HarvestError("sheet-address", url=url)
    told = {**parse_qs(parts.query), **parse_qs(parts.fragment)}
    gid = told.get("gid", [""])[0]
    return Sheet(
        f"{parts.scheme}://{parts.netloc}", found["key"], bool(found["published"]), gid if gid.isdigit() else ""
    )


def take(sheet: Sheet, source: Source, fetch: Fetch) -> Collected:
    """Fetch the workbook. Raises HarvestError: "sheet-not-shared", "sheet-gone", "sheet-gid-gone", or the door's own."""
    one = source.options.get("sheets") == "one"
    address = sheet.address(one=one)
    try:
        fetched = fetch.get(address, {"Cache-Control": "no-cache"}, fresh=True)
    except HarvestError as error:
        raise understood(error, sheet, source.url, one=one) from error
    if asks_to_sign_in(fetched):
        raise HarvestError("sheet-not-shared", url=source.url)
    name = fetched.filename if fetched.filename not in ("export", "pub") else f"{sheet.key}.xlsx"
    return replace(of_fetched(fetched), filename=name, url=address.partition("&t=")[0])


def understood(error: HarvestError, sheet: Sheet, url: str, *, one: bool) -> HarvestError:
    """What a status of Google means for the owner of the sheet."""
    status = error.fields.get("status") if error.code == "fetch-status" else None
    if status in (401, 403):
        return HarvestError("sheet-not-shared", url=url)
    if status == 400 and one and sheet.gid:
        return HarvestError("sheet-gid-gone", url=url, gid=sheet.gid)
    if status in (404, 410):
        return HarvestError("sheet-gone", url=url)
    return error


def asks_to_sign_in(fetched: Fetched) -> bool:
    """Whether what came with status 200 is a page to sign in at, not a workbook."""
    if any(mark in fetched.url for mark in SIGN_IN):
        return True
    return looks_like_page(fetched.path)


def looks_like_page(path: Path) -> bool:
    """Whether a file begins as HTML does. A workbook begins with PK."""
    with path.open("rb") as file:
        head = file.read(512).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith((b"<!doctype html", b"<html", b"<head"))
