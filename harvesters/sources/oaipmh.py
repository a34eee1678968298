"""A repository of research outputs by OAI-PMH 2.0: its records become the rows of one dataset.

Rules: design page on harvesting 6.3. Tokens are followed to the end, kept after each page, and begun anew from the last
date when they expire; a list that ends before it says is no list, so nothing is published of it. Once whole, the next run asks
only for what changed since. Answers are parsed in the limited child process.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import html
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from urllib.parse import urlencode

from harvesters.checks.personal import mask_text
from harvesters.errors import HarvestError
from harvesters.fetch import Fetch, Fetched
from harvesters.limited import run_limited
from harvesters.sources import Option
from harvesters.sources.oaikeeping import Kept, Place
from harvesters.sources.oairecords import COLUMNS
from harvesters.values import Collected, Cursor, Item, Source, Text

GOOD = frozenset(
    {200, 400, 403, 404, 422, 500}
)  # the body is read before the status is trusted: errors come with any of these
ACCEPT = {"Accept": "text/xml, application/xml"}
PAGES_AT_ONCE = 20  # that one child parses
MOST_RECORDS = 500_000
MOST_RESTARTS = 20  # from the last date, when tokens expire
ERROR = re.compile(rb'<(?:[a-z]+:)?error[^>]*\scode="([A-Za-z]{1,40})"[^>]*>([^<]{0,500})')
TOKEN = re.compile(rb"<(?:[a-z]+:)?resumptionToken(\s[^>]{0,400})?(?:/>|>([^<]{0,4000})</)")
SIZE = re.compile(rb'completeListSize="([0-9]{1,9})"')
HEADS = re.compile(rb"<(?:[a-z]+:)?(?:header[\s>]|datestamp>\s*([0-9TZ:\-]{10,30})\s*</)")
GRANULARITY = re.compile(rb"<(?:[a-z]+:)?granularity>\s*(YYYY-MM-DD(?:Thh:mm:ssZ)?)\s*</")
OAI = b"openarchives.org/OAI/2.0"
OK, TROUBLE = 200, 500
DELETED = re.compile(rb"<(?:[a-z]+:)?deletedRecord>\s*(no|persistent|transient)\s*</")
CLOCK = re.compile(rb"<(?:[a-z]+:)?responseDate>\s*([0-9TZ:.+\-]{10,40})\s*</")
FULL_TOLD, FULL_UNTOLD = timedelta(days=30), timedelta(days=7)  # all records are asked for at least as often
OLDEST = timedelta(days=1)  # of a listing that is taken up again
DAY = 10  # characters of a date without a time
DAYS = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class OaiPmh:
    """Harvester of one repository, or of one set of it."""

    name: ClassVar[str] = "oaipmh"
    web_only: ClassVar[bool] = True
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
        yield from listing.follow()
        rows = [listing.kept.rows[identifier] for identifier in sorted(listing.kept.rows)]
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


class Listing:
    """The listing of one repository, as it goes on. Once followed to its end, `kept.rows` are the records that stand."""

    def __init__(self, source: Source, fetch: Fetch, base: str) -> None:
        self.source, self.fetch, self.base = source, fetch, base
        self.day_only = True  # whether its dates have no time
        self.tells_deletions = False  # whether records that went stay listed as deleted, for ever
        folder = fetch.keep or fetch.workdir / "listing"
        folder.mkdir(parents=True, exist_ok=True)
        asked = [base, *(source.options.get(name, "") for name in ("set", "prefix", "from"))]
        self.kept = Kept(folder, json.dumps(asked))

    def identify(self) -> None:
        """See that an OAI repository answers, and how it writes dates. Raises HarvestError: answer-html, answer-strange …"""
        fetched = self.get({"verb": "Identify"})
        body = fetched.path.read_bytes()
        fetched.path.unlink(missing_ok=True)
        if b"<Identify" not in body and b":Identify" not in body:
            raise HarvestError("answer-strange", url=self.base, wanted="Identify")
        told = GRANULARITY.search(body)
        self.day_only = told is None or len(told[1]) == DAY
        deleted = DELETED.search(body)
        self.tells_deletions = deleted is not None and deleted[1] == b"persistent"

    def begin(self) -> dict[str, str]:
        """What is asked first: the next page of a listing that was cut off, else what changed since the last whole one, else all.

        All is asked for at intervals too, as deletions may go untold.
        """
        place, moment = self.kept.place, datetime.now(UTC)
        if place.began and moment - datetime.fromisoformat(place.began) < OLDEST:
            if place.token:
                return {"verb": "ListRecords", "resumptionToken": place.token}
            return self.anew(place)
        interval = FULL_TOLD if self.tells_deletions else FULL_UNTOLD
        full = bool(place.began) or not place.window or moment - datetime.fromisoformat(place.full_at) > interval
        if full:  # what an unfinished listing has changed is not to be told from what stood before
            self.kept.clear()
        place = self.kept.place
        place.began, place.full = moment.isoformat(), full
        place.token, place.last, place.clock, place.came, place.size, place.ordered = "", "", "", 0, 0, True
        return self.first(self.beginning(place))

    def anew(self, place: Place) -> dict[str, str]:
        """What is asked where a listing can't go on by its token: what changed since the last date, where dates came in order.

        Where they did not, older records may be still to come, so the listing begins at its own beginning. Doubles are dropped
        by their identifiers either way, and what comes is counted from here.
        """
        since = place.last if place.ordered else ""
        place.came, place.size, place.token, place.last = 0, 0, "", since
        return self.first(since or self.beginning(place))

    def beginning(self, place: Place) -> str:
        """The date that a listing begins at; "" for the first record of all."""
        return self.source.options.get("from", "") if place.full else self.since(place.window)

    def since(self, window: str) -> str:
        """One granule before the last whole listing began, so that nothing falls between two windows."""
        step = timedelta(days=1) if self.day_only else timedelta(seconds=1)
        return (datetime.fromisoformat(window) - step).strftime("%Y-%m-%dT%H:%M:%SZ")

    def follow(self) -> Iterator[Cursor]:
        """Follow the list to its end, a cursor after each page. Raises HarvestError when it can't be had whole.

        Where the network failed or the run was stopped, the next one goes on from there; a list that makes no sense is forgotten.
        """
        try:
            yield from self.pages()
        except HarvestError as error:
            if not error.code.startswith("fetch-") and error.code != "run-stopped":
                self.kept.clear()
            self.kept.save()
            raise

    def pages(self) -> Iterator[Cursor]:
        """What `follow` does while nothing goes wrong."""
        asked = self.begin()
        place = self.kept.place
        restarts = 0
        tokens: set[bytes] = set()
        while True:
            fetched = self.get(asked, may_fail=("badResumptionToken", "noRecordsMatch"))
            body = fetched.path.read_bytes()
            place.clock = place.clock or self.clock(body)
            refused = ERROR.search(body)
            if refused is not None:
                fetched.path.unlink(missing_ok=True)
                if refused[1] == b"noRecordsMatch":
                    break
                restarts += 1
                if restarts > MOST_RESTARTS:
                    raise HarvestError("listing-repeats", seen=len(self.kept.rows), count=place.size)
                self.parse()
                asked = self.anew(place)
                tokens.clear()  # a repository may count its pages in them
                continue
            self.take(fetched, body)
            if not place.token:
                break
            if place.token.encode() in tokens:
                raise HarvestError("listing-repeats", seen=place.came, count=place.size)
            if place.came > MOST_RECORDS:
                raise HarvestError("listing-endless", most=MOST_RECORDS)
            tokens.add(place.token.encode())
            self.kept.save()
            yield Cursor(place.token)
            asked = {"verb": "ListRecords", "resumptionToken": place.token}
        self.parse()
        if place.came < place.size:
            raise HarvestError("listing-short", seen=place.came, count=place.size)
        self.kept.finish(place.clock, place.began if place.full else place.full_at)

    def take(self, fetched: Fetched, body: bytes) -> None:
        """Count a page, and keep it to be parsed with others."""
        place = self.kept.place
        dates = dates_of(body)
        place.came += len(dates)
        place.ordered = place.ordered and dates == sorted(dates) and not (dates and dates[0] < place.last)
        place.last = max(place.last, *dates, "")
        place.size = max(place.size, *(int(told) for told in SIZE.findall(body)), 0)
        place.token = token_of(body).decode("utf-8", "replace")
        self.kept.add_page(fetched.path)
        if len(place.pages) >= PAGES_AT_ONCE:
            self.parse()

    def clock(self, body: bytes) -> str:
        """When the repository answered, by its own clock; by ours where it does not say. ISO 8601 with its zone."""
        told = CLOCK.search(body)
        with contextlib.suppress(ValueError):
            if told is not None:
                return datetime.fromisoformat(told[1].decode().replace("Z", "+00:00")).astimezone(UTC).isoformat()
        return datetime.now(UTC).isoformat()

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
        fetched = self.fetch.get(url, ACCEPT, good=GOOD, fresh=True)
        body = fetched.path.read_bytes()
        if fetched.status == TROUBLE and OAI not in body:  # a hiccup, no answer of the protocol
            fetched.path.unlink(missing_ok=True)
            fetched = self.fetch.get(url, ACCEPT, good=GOOD - {TROUBLE}, fresh=True)
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
        if not self.kept.place.pages:
            return
        argument = {"paths": self.kept.pages(), "url": self.base}
        answer = run_limited("harvesters.sources.oairecords:read_pages", argument)
        self.kept.add_records(answer["records"])


def dates_of(body: bytes) -> list[str]:
    """The date of each record's header. A record may hold dates of other repositories that it came through; they don't count."""
    dates, waiting = [], False
    for found in HEADS.finditer(body):
        if found[1] is None:
            waiting = True
        elif waiting:
            dates.append(found[1].decode())
            waiting = False
    return dates


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
