"""A catalogue that describes itself in DCAT: RDF/XML, Turtle, N-Triples, TriG, JSON-LD, or DCAT-US `data.json`.

Rules: design page on harvesting 6.2. Pages follow each other by the Hydra vocabulary, in its present and its older form. Each
page is read in the limited child process, which has no network: no context is ever fetched.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, ClassVar
from urllib.parse import urlsplit, urlunsplit

from harvesters.errors import HarvestError
from harvesters.fetch import Fetch, Fetched
from harvesters.limited import run_limited
from harvesters.sources import Option
from harvesters.sources.records import FILES, collect_record, record_item
from harvesters.sources.spreadsheet import is_address, of_local, path_of
from harvesters.values import Collected, Cursor, Item, Source, Text

FORMS = ("xml", "turtle", "nt", "trig", "json-ld")
ACCEPT = "text/turtle, application/rdf+xml;q=0.9, application/ld+json;q=0.8, application/n-triples;q=0.7, */*;q=0.1"
MOST_PAGES = 2_000
MOST_BYTES = 50_000_000  # of one page, as ckanext-dcat has it
MOST_RECORDS = 200_000


class Dcat:
    """Harvester of a DCAT catalogue."""

    name: ClassVar[str] = "dcat"
    title: ClassVar[Text] = Text("แคตตาล็อก DCAT", "DCAT catalogue")
    options: ClassVar[tuple[Option, ...]] = (
        FILES,
        Option(
            "form",
            Text("รูปแบบ RDF", "RDF form"),
            Text(
                "เว้นว่างให้ระบบดูเองจากคำตอบ หรือบังคับเป็น xml, turtle, nt, trig, json-ld",
                "Empty lets Khlang see by the answer; or force xml, turtle, nt, trig or json-ld.",
            ),
            choices=("", *FORMS),
        ),
    )

    def items(self, source: Source, fetch: Fetch, cursor: Cursor | None) -> Iterator[Item | Cursor]:
        """List the datasets, page by page."""
        begun: dict[str, Any] = (
            json.loads(cursor.value) if cursor is not None else {"next": source.url.strip(), "before": 0}
        )
        url, before = str(begun["next"]), int(begun["before"])  # `before`: records that a lost run had seen
        visited: set[str] = set()
        seen: set[str] = set()
        told = twice = 0
        while True:
            page = self.page(url, source, fetch)
            visited.add(url)
            told = max(told, page["total"])
            here: set[str] = set()
            for record in page["records"]:
                if record["id"] not in seen:
                    seen.add(record["id"])
                    yield record_item(record, source)
                elif record["id"] in here:  # a record may move to the next page while we read; two of one page are two
                    twice += 1
                    error = HarvestError("record-id-twice", id=record["id"])
                    yield Item(f"{record['id']}#{twice}", record["url"], error=error, alone=True)
                here.add(record["id"])
            came = before + len(seen) + twice
            following = same_host(page["next"], url)
            if not following:
                break
            if following in visited:
                raise HarvestError("listing-repeats", seen=came, count=told or came)
            if len(visited) >= MOST_PAGES or len(seen) > MOST_RECORDS:
                raise HarvestError("listing-endless", most=MOST_RECORDS)
            yield Cursor(json.dumps({"next": following, "before": came}))
            url = following
        if came < told:
            raise HarvestError("listing-short", seen=came, count=told)

    def collect(self, item: Item, source: Source, fetch: Fetch) -> Collected:
        """Fetch the files of one dataset."""
        return collect_record(item, fetch)

    def page(self, url: str, source: Source, fetch: Fetch) -> dict[str, Any]:
        """One page, read in a child: its records, the address of the next, how many there are in all."""
        if is_address(url):
            fetched = fetch.get(url, {"Accept": ACCEPT}, fresh=True)
            check_page(fetched)
            path, media_type = fetched.path, fetched.media_type
        else:
            path, media_type = of_local(path_of(source), fetch).path, ""
        argument = {
            "path": str(path),
            "url": url,
            "media_type": media_type,
            "form": source.options.get("form", ""),
        }
        try:
            return run_limited("harvesters.sources.dcatrecords:read_page", argument)
        finally:
            path.unlink(missing_ok=True)


def check_page(fetched: Fetched) -> None:
    """Refuse a page that is larger than any real one. Raises HarvestError("fetch-too-large")."""
    if fetched.bytes > MOST_BYTES:
        raise HarvestError("fetch-too-large", url=fetched.url, most_mb=MOST_BYTES // 1_000_000)


def same_host(following: str, url: str) -> str:
    """The next page at the host of this one: a portal behind a proxy names itself by a host that nobody can reach."""
    if not following or not is_address(url):
        return ""
    here, there = urlsplit(url), urlsplit(following)
    return urlunsplit(there._replace(scheme=here.scheme, netloc=here.netloc))
