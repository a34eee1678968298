"""A repository of research outputs by OAI-PMH 2.0: its records become the rows of one dataset.

Rules: design page on harvesting 6.3. Tokens are followed to the end, and begun anew from the last date when they expire; a list
that ends before it says is no list, so nothing is published of it. Answers are parsed in the limited child process.
"""

from __future__ import annotations

import csv
import hashlib
import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlencode

from harvesters.checks.personal import mask_text
from harvesters.errors import HarvestError
from harvesters.fetch import Fetch, Fetched
from harvesters.limited import run_limited
from harvesters.sources import Option
from harvesters.sources.oairecords import COLUMNS
from harvesters.values import Collected, Cursor, Item, Source, Text

GOOD = frozenset(
    {200, 400, 403, 404, 422, 500}
)  # the body is read before the status is trusted: errors come with any of these
PAGES_AT_ONCE = 20  # that one child parses
MOST_RECORDS = 500_000
MOST_RESTARTS = 20  # from the last date, when tokens expire
ERROR = re.compile(rb'<(?:[a-z]+:)?error[^>]*\scode="([A-Za-z]{1,40})"[^>]*>([^<]{0,500})')
TOKEN = re.compile(rb"<(?:[a-z]+:)?resumptionToken(\s[^>]{0,400})?(?:/>|>([^<]{0,4000})</)")
SIZE = re.compile(rb'completeListSize="([0-9]{1,9})"')
DATE = re.compile(rb"<(?:[a-z]+:)?datestamp>\s*([0-9TZ:\-]{10,30})\s*</")
GRANULARITY = re.compile(rb"<(?:[a-z]+:)?granularity>\s*(YYYY-MM-DD(?:Thh:mm:ssZ)?)\s*</")
OAI = b"openarchives.org/OAI/2.0"
OK = 200
DAY = 10  # characters of a date without a time
DAYS = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class OaiPmh:
    """Harvester of one repository, or of one set of it."""

    name: ClassVar[str] = "oaipmh"
    title: ClassVar[Text] = Text("คลังงานวิจัย (OAI-PMH)", "Research repository (OAI-PMH)")
    options: ClassVar[tuple[Option, ...]] = (
        Option(
            "set",
            Text("ชุดย่อย", "Set"),
            Text("รหัส setSpec ของชุดที่ต้องการ เว้นว่างคือทั้งคลัง", "The setSpec to take; empty: the whole repository."),
        ),
        Option(
            "prefix",
            Text("รูปแบบระเบียน", "Record format"),
            Text(
                "oai_dc มีทุกคลัง; oai_datacite และ datacite มีรายละเอียดมากกว่า; qdc คือ Dublin Core ขยาย",
                "oai_dc: every repository has it; oai_datacite, datacite: more detail; qdc: qualified Dublin Core.",
            ),
            default="oai_dc",
            choices=("oai_dc", "oai_datacite", "datacite", "qdc"),
        ),
        Option(
            "from",
            Text("ตั้งแต่วันที่", "From"),
            Text("เฉพาะระเบียนที่เปลี่ยนตั้งแต่วันนี้ เช่น 2024-01-01", "Only records that changed since, such as 2024-01-01."),
        ),
    )

    def items(self, source: Source, fetch: Fetch, cursor: Cursor | None) -> Iterator[Item | Cursor]:
        """The repository's records as one table."""
        listing = Listing(source, fetch, source.url.split("?")[0])
        listing.identify()
        rows = listing.rows()
        if not rows:
            return
        yield Item(
            "records", source.url, metadata={"data_source": listing.base}, collected=table_of(rows, fetch, listing.base)
        )

    def collect(self, item: Item, source: Source, fetch: Fetch) -> Collected:
        """Return the table that `items` already has."""
        if item.collected is None:
            raise HarvestError("source-item-gone", item=item.remote_id)
        return item.collected


@dataclass
class Listing:
    """The listing of one repository, as it goes on."""

    source: Source
    fetch: Fetch
    base: str
    day_only: bool = True  # whether its dates have no time
    found: dict[str, dict[str, str]] = field(default_factory=dict)  # identifier -> row
    deleted: set[str] = field(default_factory=set)
    waiting: list[str] = field(default_factory=list)  # files of pages not parsed yet
    last: str = ""  # the newest date seen

    def identify(self) -> None:
        """See that an OAI repository answers, and how it writes dates. Raises HarvestError: answer-html, answer-strange …"""
        fetched = self.get({"verb": "Identify"})
        body = fetched.path.read_bytes()
        fetched.path.unlink(missing_ok=True)
        if b"<Identify" not in body and b":Identify" not in body:
            raise HarvestError("answer-strange", url=self.base, wanted="Identify")
        told = GRANULARITY.search(body)
        self.day_only = told is None or len(told[1]) == DAY

    def rows(self) -> list[dict[str, str]]:
        """Every record that stands, by its identifier. Raises HarvestError when the list can't be had whole."""
        asked = self.first(self.source.options.get("from", ""))
        tokens: set[bytes] = set()
        came, size, restarts = 0, 0, 0
        while True:
            fetched = self.get(asked, may_fail=("badResumptionToken", "noRecordsMatch"))
            body = fetched.path.read_bytes()
            refused = ERROR.search(body)
            if refused is not None:
                fetched.path.unlink(missing_ok=True)
                if refused[1] == b"noRecordsMatch":
                    break
                restarts, came, size = restarts + 1, 0, 0
                if restarts > MOST_RESTARTS:
                    raise HarvestError("listing-repeats", seen=len(self.found), count=size)
                self.parse()
                asked = self.first(self.last)  # doubles are dropped by their identifiers
                continue
            self.waiting.append(str(fetched.path))
            dates = DATE.findall(body)
            came += len(dates)
            self.last = max(self.last, *(date.decode() for date in dates), "")
            size = max(size, *(int(told) for told in SIZE.findall(body)), 0)
            if len(self.waiting) >= PAGES_AT_ONCE:
                self.parse()
            token = token_of(body)
            if not token:
                break
            if token in tokens:
                raise HarvestError("listing-repeats", seen=came, count=size)
            if came > MOST_RECORDS:
                raise HarvestError("listing-endless", most=MOST_RECORDS)
            tokens.add(token)
            asked = {"verb": "ListRecords", "resumptionToken": token.decode("utf-8", "replace")}
        self.parse()
        if came < size and not restarts:
            raise HarvestError("listing-short", seen=came, count=size)
        return [self.found[identifier] for identifier in sorted(self.found)]

    def first(self, since: str) -> dict[str, str]:
        """What is asked first: all records, or those since a date."""
        asked = {"verb": "ListRecords", "metadataPrefix": self.source.options.get("prefix") or "oai_dc"}
        if self.source.options.get("set"):
            asked["set"] = self.source.options["set"]
        if DAYS.match(since):
            asked["from"] = since[:DAY] if self.day_only or len(since) == DAY else since
        return asked

    def get(self, asked: Mapping[str, str], may_fail: tuple[str, ...] = ()) -> Fetched:
        """Fetch an answer and see that it is one. Raises HarvestError for errors of the protocol that are not in `may_fail`."""
        url = f"{self.base}?{urlencode(asked)}"
        fetched = self.fetch.get(url, {"Accept": "text/xml, application/xml"}, good=GOOD, fresh=True)
        body = fetched.path.read_bytes()
        refused = ERROR.search(body)
        if refused is not None and OAI in body:
            code = refused[1].decode()
            if code in may_fail:
                return fetched
            said = mask_text(html.unescape(refused[2].decode("utf-8", "replace")).strip())[:200]
            fetched.path.unlink(missing_ok=True)
            raise HarvestError("answer-said-no", url=url, said=f"{code}: {said}")
        if OAI in body and fetched.status == OK:
            return fetched
        fetched.path.unlink(missing_ok=True)
        if fetched.status != OK:
            raise HarvestError("fetch-status", url=url, status=fetched.status)
        if b"<html" in body[:2000].lower() or b"<!doctype html" in body[:2000].lower():
            raise HarvestError("answer-html", url=url)
        raise HarvestError("answer-broken", url=url, why="OAI-PMH")

    def parse(self) -> None:
        """Have the waiting pages read in a child, and keep what they say."""
        if not self.waiting:
            return
        argument = {"paths": self.waiting, "url": self.base}
        try:
            answer = run_limited("harvesters.sources.oairecords:read_pages", argument)
        finally:
            for path in self.waiting:
                Path(path).unlink(missing_ok=True)
        self.waiting = []
        for record in answer["records"]:
            if record["deleted"]:
                self.found.pop(record["output_id"], None)
            else:
                self.found[record["output_id"]] = record["row"]


def token_of(body: bytes) -> bytes:
    """The token of the next page; b"" on the last one."""
    found = TOKEN.search(body)
    return html.unescape((found[2] or b"").decode("utf-8", "replace")).strip().encode() if found else b""


def table_of(rows: list[dict[str, str]], fetch: Fetch, base: str) -> Collected:
    """The records as a CSV file with the columns of the profile research-output: the same records give the same bytes."""
    path = fetch.workdir / f"records-{hashlib.sha256(base.encode()).hexdigest()[:12]}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, fieldnames=list(COLUMNS), restval="")
        table.writeheader()
        table.writerows(rows)
    content = path.read_bytes()
    return Collected(
        path=path,
        filename="research-outputs.csv",
        url=base,
        fetched_at=datetime.now(UTC),
        sha256=hashlib.sha256(content).hexdigest(),
        bytes=len(content),
        media_type="text/csv",
    )
