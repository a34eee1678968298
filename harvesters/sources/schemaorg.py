"""Pages that describe their datasets by schema.org: found by a sitemap, read one by one, as a search engine does.

Rules: design page on harvesting 6.7. robots.txt is obeyed; sitemaps and pages are read in the limited child process.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urljoin, urlsplit

from harvesters.errors import HarvestError
from harvesters.fetch import Fetch
from harvesters.limited import run_limited
from harvesters.robots import Robots
from harvesters.sources import Option
from harvesters.sources.records import FILES, collect_record, record_item
from harvesters.values import Collected, Cursor, Item, Source, Text

MOST_SITEMAPS, MOST_PAGES = 200, 20_000
PAGES_AT_ONCE = 50  # that one child reads


class SchemaOrg:
    """Harvester of the pages of one site."""

    name: ClassVar[str] = "schemaorg"
    web_only: ClassVar[bool] = True
    title: ClassVar[Text] = Text("หน้าเว็บที่บอกข้อมูลแบบ schema.org", "Web pages with schema.org data")
    options: ClassVar[tuple[Option, ...]] = (
        FILES,
        Option(
            "match",
            Text("เฉพาะหน้าที่อยู่มีคำนี้", "Only addresses with"),
            Text(
                "เช่น /dataset/ เว้นว่างคือทุกหน้าในแผนผังเว็บไซต์",
                "Such as /dataset/; empty: every page of the sitemap.",
            ),
        ),
    )

    def items(self, source: Source, fetch: Fetch, cursor: Cursor | None) -> Iterator[Item | Cursor]:
        """List the datasets that the pages describe. A page that can't be read is one failed item."""
        robots = Robots(fetch)
        pages = [page for page in listed_pages(source, fetch, robots) if source.options.get("match", "") in page]
        seen: set[str] = set()
        for start in range(int(cursor.value) if cursor is not None else 0, len(pages), PAGES_AT_ONCE):
            for record in read_pages(pages[start : start + PAGES_AT_ONCE], fetch, robots):
                if isinstance(record, Item):
                    yield record
                elif record["id"] not in seen:  # the same dataset often stands on several pages, its list among them
                    seen.add(record["id"])
                    yield record_item(record, source)
            yield Cursor(str(start + PAGES_AT_ONCE))

    def collect(self, item: Item, source: Source, fetch: Fetch) -> Collected:
        """Fetch the files of one dataset."""
        return collect_record(item, fetch)


def listed_pages(source: Source, fetch: Fetch, robots: Robots) -> list[str]:
    """The pages of a site, in the order of its sitemaps. An address that is no sitemap is a page by itself.

    Raises HarvestError: what the door raises, robots-forbid, listing-endless.
    """
    site = urlsplit(source.url.strip())
    root = site.path in ("", "/")
    told = list(robots.of(source.url.strip()).sitemaps) if root else []
    waiting = told or [urljoin(source.url.strip(), "/sitemap.xml") if root else source.url.strip()]
    pages: dict[str, None] = {}
    visited: set[str] = set()
    while waiting:
        url = waiting.pop(0)
        if url in visited:
            continue
        visited.add(url)
        if len(visited) > MOST_SITEMAPS or len(pages) > MOST_PAGES:
            raise HarvestError("listing-endless", most=MOST_PAGES)
        robots.check(url)
        fetched = fetch.get(url, fresh=True)
        argument = {"path": str(fetched.path), "url": url}
        found = run_limited("harvesters.sources.schemaorgrecords:read_sitemap", argument)
        fetched.path.unlink(missing_ok=True)
        if found["page"]:
            pages[url] = None
        waiting += [urljoin(url, other) for other in found["sitemaps"]]
        pages.update(dict.fromkeys(page for page in found["pages"] if urlsplit(page).netloc == site.netloc))
    return list(pages)


def read_pages(urls: Sequence[str], fetch: Fetch, robots: Robots) -> Iterator[Item | dict[str, Any]]:
    """The records of some pages, and a failed item for each page that can't be had or read."""
    fetched: list[tuple[str, str]] = []
    for url in urls:
        try:
            robots.check(url)
            came = fetch.get(url, {"Accept": "text/html"}, fresh=True)
            fetched.append((str(came.path), came.url))
        except HarvestError as error:
            yield Item(url, url, error=error)
    if not fetched:
        return
    answer = run_limited("harvesters.sources.schemaorgrecords:read_html", {"pages": fetched})
    for path, _ in fetched:
        Path(path).unlink(missing_ok=True)
    for told in answer["unread"]:
        url = told["url"]
        yield Item(url, url, error=HarvestError(told.pop("code"), **told))
    yield from answer["records"]
