"""A CKAN portal by its action API, 2.2 to 2.12, DKAN too. An item is a dataset; its files that are tables are taken in.

Rules: design page on harvesting 6.1. Answers are parsed in the limited child process, a page at a time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlencode, urljoin, urlsplit

from harvesters.checks.personal import mask_text
from harvesters.errors import HarvestError
from harvesters.fetch import Fetch
from harvesters.limited import run_limited
from harvesters.national import file_details, from_package, lines, listed
from harvesters.sources import Option
from harvesters.sources.records import CAPS, FILES, collect_record, storable, too_large, wanted_files
from harvesters.values import Collected, Cursor, Item, RemoteFile, Source, Text

ACTIONS = ("api/3/action", "api/action")
SIZES = (1000, 100, 10)  # of a page; stepped down when the server can't give that many
SMALLER = frozenset(
    {
        "fetch-status",
        "fetch-too-large",
        "fetch-cut",
        "fetch-slow",
        "answer-broken",
        "answer-said-no",
        "child-memory",
        "child-output",
    }
)
SHOWN_AT_ONCE = 50  # records of the fallback that one child parses
MOST_RECORDS = 500_000
NO_RECORD = (ValueError, TypeError, AttributeError, KeyError, RecursionError, OverflowError)
GOOD = frozenset({200, 400, 403, 404, 409})  # CKAN says why in the body of these


class Ckan:
    """Harvester of a CKAN portal, the GD Catalog sites of the provinces among them."""

    name: ClassVar[str] = "ckan"
    web_only: ClassVar[bool] = True
    title: ClassVar[Text] = Text("พอร์ทัล CKAN", "CKAN portal")
    options: ClassVar[tuple[Option, ...]] = (
        FILES,
        Option(
            "filter",
            Text("ตัวกรอง", "Filter"),
            Text("เงื่อนไข fq ของ CKAN เช่น organization:phrae", "CKAN's own fq, such as organization:phrae."),
        ),
        Option(
            "unstated",
            Text("ชุดข้อมูลที่ไม่ระบุ allow_harvest", "Datasets that do not state allow_harvest"),
            Text(
                "take ดึงตามปกติ, link ลงรายการเป็นลิงก์เท่านั้น, skip ข้าม (ชุดที่ระบุ False ข้ามเสมอ)",
                "take: as usual; link: catalogue their addresses only; skip. One that states False is always skipped.",
            ),
            default="take",
            choices=("take", "link", "skip"),
        ),
    )

    def items(self, source: Source, fetch: Fetch, cursor: Cursor | None) -> Iterator[Item | Cursor]:
        """List the datasets, page by page, by `package_search`; by list and show where there is no search."""
        begun = json.loads(cursor.value) if cursor is not None else {"start": 0, "size": SIZES[0]}
        listing = Listing(source, fetch, likely_portal(source.url), int(begun["start"]), int(begun["size"]))
        try:
            first = listing.ask_page(listing.size)
        except HarvestError:  # not there, or not so many at once: now it is looked for
            listing.portal, first = find_portal(source.url, fetch), None
        yield from listing.pages(first) if listing.portal.search else listing.shows(str(begun.get("shown", "")))

    def collect(self, item: Item, source: Source, fetch: Fetch) -> Collected:
        """Fetch the files of one dataset."""
        return collect_record(item, fetch)


@dataclass(frozen=True, slots=True)
class Portal:
    """Where a CKAN is: its actions and its pages, both ending in "/". `search`: it can list by pages."""

    actions: str
    home: str
    search: bool


def likely_portal(url: str) -> Portal:
    """Where a CKAN is nearly always: at the root of its host, or at the address as given."""
    home = urljoin(url, urlsplit(url).path.rstrip("/") + "/")
    return Portal(f"{home}{ACTIONS[0]}/", home, search=True)


def find_portal(url: str, fetch: Fetch) -> Portal:
    """Find the API at the address, or at any of the folders above it. Raises HarvestError("api-missing")."""
    parts = urlsplit(url)
    folders = [part for part in parts.path.split("/") if part]
    failures: list[HarvestError] = []
    for depth in range(len(folders), -1, -1):
        home = f"{parts.scheme}://{parts.netloc}/" + "".join(f"{part}/" for part in folders[:depth])
        for actions in ACTIONS:
            for call, search in (("package_search?rows=0", True), ("package_list?limit=1", False)):
                try:
                    ask(fetch, f"{home}{actions}/{call}", kind="probe")
                except HarvestError as error:
                    if error.code in ("fetch-refused", "fetch-address", "fetch-failed", "fetch-busy"):
                        raise
                    failures.append(error)
                    continue
                return Portal(f"{home}{actions}/", home, search)
    serious = next((error for error in failures if error.fields.get("status") not in (None, 404)), None)
    raise serious or HarvestError("api-missing", url=url)


def ask(fetch: Fetch, url: str, *, kind: str, **told: Any) -> dict[str, Any]:
    """Fetch an answer of the API and have it read in a child. Raises HarvestError."""
    fetched = fetch.get(url, {"Accept": "application/json"}, good=GOOD, fresh=True)
    argument = {"path": str(fetched.path), "url": url, "kind": kind, "status": fetched.status, **told}
    try:
        return run_limited("harvesters.sources.ckan:read_answer", argument)
    finally:
        fetched.path.unlink(missing_ok=True)


@dataclass
class Listing:
    """The listing of one portal, as it goes on."""

    source: Source
    fetch: Fetch
    portal: Portal
    start: int
    size: int
    seen: dict[str, str] = field(default_factory=dict)  # id -> name
    twice: int = 0  # records under the id of another

    def pages(self, first: dict[str, Any] | None) -> Iterator[Item | Cursor]:
        """Page through `package_search` in the order of ids; `count` moves, so it is compared at the end.

        `first` is the first page, where it is there already.
        """
        before = self.start
        while True:
            page, first = first or self.page(), None
            fresh = yield from self.fresh(page["records"])
            self.start += page["length"]
            if self.start >= page["count"]:
                break
            if page["length"] == 0:
                raise HarvestError("listing-short", seen=self.start, count=page["count"])
            if fresh == 0:
                raise HarvestError("listing-repeats", seen=before + len(self.seen), count=page["count"])
            if len(self.seen) > MOST_RECORDS:
                raise HarvestError("listing-endless", most=MOST_RECORDS)
            yield Cursor(json.dumps({"start": self.start, "size": self.size}))
        if (came := before + len(self.seen) + self.twice) < page["count"]:
            raise HarvestError("listing-short", seen=came, count=page["count"])

    def page(self) -> dict[str, Any]:
        """The next page, smaller where the server can't give as many."""
        for size in [each for each in SIZES if each <= self.size]:
            try:
                page = self.ask_page(size)
            except HarvestError as error:
                if error.code not in SMALLER or size == SIZES[-1]:
                    raise
            else:
                self.size = size
                return page
        raise AssertionError("unreachable")

    def ask_page(self, size: int) -> dict[str, Any]:
        """A page of so many records. Raises HarvestError."""
        query = {"rows": size, "start": self.start, "sort": "id asc"}
        if self.source.options.get("filter"):
            query["fq"] = self.source.options["filter"]
        address = f"{self.portal.actions}package_search?{urlencode(query)}"
        return ask(self.fetch, address, kind="search", home=self.portal.home)

    def shows(self, after: str) -> Iterator[Item | Cursor]:
        """Ask for the names, then for each record: what a portal without search allows. `after`: the last one of a lost run."""
        names = ask(self.fetch, f"{self.portal.actions}package_list", kind="list")["names"]
        for first in range(names.index(after) + 1 if after in names else 0, len(names), SHOWN_AT_ONCE):
            paths: dict[str, str] = {}
            gone = []
            for name in names[first : first + SHOWN_AT_ONCE]:
                url = f"{self.portal.actions}package_show?{urlencode({'id': name})}"
                try:
                    paths[name] = str(self.fetch.get(url, fresh=True).path)
                except HarvestError as error:
                    vanished = error.code == "fetch-status" and error.fields["status"] in (403, 404, 410)
                    gone.append(Item(name, url, error=HarvestError("record-gone", name=name) if vanished else error))
            yield from gone
            if paths:
                argument = {"paths": paths, "url": self.portal.actions, "home": self.portal.home}
                answer = run_limited("harvesters.sources.ckan:read_shown", argument)
                yield from self.fresh(answer["records"])
                for path in paths.values():
                    Path(path).unlink(missing_ok=True)
            yield Cursor(json.dumps({"start": 0, "size": self.size, "shown": names[first : first + SHOWN_AT_ONCE][-1]}))

    def fresh(self, records: list[dict[str, Any]]) -> Generator[Item | Cursor, None, int]:
        """The items of records not seen before. A record may move to the next page while we read; two records of one id differ."""
        count = 0
        for record in records:
            known = self.seen.get(record["id"])
            if known is not None and known == record["name"]:
                continue
            count += 1
            if known is not None:
                self.twice += 1
                yield Item(
                    f"{record['id']}#{record['name']}",
                    record["url"],
                    error=HarvestError("record-id-twice", id=record["id"]),
                    alone=True,
                )
                continue
            self.seen[record["id"]] = record["name"]
            yield self.item(record)
        return count

    def item(self, record: dict[str, Any]) -> Item:
        """One record as an item, or as what keeps it out."""
        plain = Item(record["id"], record["url"], mask_text(record["title"]))
        if record["error"] is not None:
            error = HarvestError(**record["error"])
            return replace(plain, error=error, alone=record["own_id"])
        allowed = record["allow_harvest"] or self.source.options.get("unstated", "take")
        if allowed == "skip":
            return replace(plain, error=HarvestError("harvest-not-allowed", name=record["name"]))
        files = tuple(RemoteFile(**file) for file in record["files"])
        return Item(
            plain.remote_id,
            plain.url,
            plain.title,
            record["metadata"],
            files=files if allowed == "link" else wanted_files(files, self.source),
            record=record["record"],
            modified=record["modified"],
        )


# ── in the child process ─────────────────────────────────────────────────────────────────────────────────────────────
def read_answer(argument: dict[str, Any]) -> dict[str, Any]:
    """Read an answer of the API. Gives what its kind has: probe {}, list {names}, search {count, length, records}.

    Raises HarvestError: answer-html, answer-broken, answer-said-no, answer-strange.
    """
    first, kind = result_of(Path(argument["path"]), argument["url"], argument["status"]), argument["kind"]
    if kind == "probe":
        return {}
    if kind == "list":
        if not isinstance(first, list):
            raise HarvestError("answer-strange", url=argument["url"], wanted="result[]")
        return {"names": [str(name) for name in first]}
    if (
        not isinstance(first, dict)
        or not isinstance(first.get("results"), list)
        or not isinstance(first.get("count"), int)
    ):
        raise HarvestError("answer-strange", url=argument["url"], wanted="result.count, result.results[]")
    records = [record_of(package, argument["home"]) for package in first["results"]]
    return {"count": first["count"], "length": len(records), "records": records}


def read_shown(argument: dict[str, Any]) -> dict[str, Any]:
    """Read answers of `package_show`: {"paths": {name: file}, …} gives {"records": […]}. One that is none is one record that fails."""
    records = []
    for name, path in argument["paths"].items():
        try:
            result = result_of(Path(path), argument["url"], 200)
        except HarvestError as error:
            records.append(shell(name, name, argument["home"], error={"code": error.code, **error.fields}))
            continue
        dkan = isinstance(result, list)
        records.append(record_of(result[0] if dkan and result else result, argument["home"], dkan=dkan))
    return {"records": records}


def result_of(path: Path, url: str, status: int) -> Any:
    """The `result` of one answer. The body counts more than the status: CKAN may say 200 on errors, and 404 with words."""
    body = path.read_bytes()
    try:
        answer = json.loads(body, parse_constant=lambda _: None)  # NaN is no JSON, and no reason to lose a page
    except (ValueError, RecursionError) as error:
        if body.lstrip()[:1] == b"<":
            raise HarvestError(
                "fetch-status" if status != 200 else "answer-html",
                url=url,
                **({"status": status} if status != 200 else {}),
            ) from error
        raise HarvestError("answer-broken", url=url, why=type(error).__name__) from error
    if not isinstance(answer, dict) or "success" not in answer:
        raise HarvestError("answer-strange", url=url, wanted="success, result")
    if answer["success"] is not True or "result" not in answer:
        said = answer.get("error")
        words = said.get("message") or said.get("__type") if isinstance(said, dict) else said
        raise HarvestError("answer-said-no", url=url, said=mask_text(str(words or status))[:200])
    return answer["result"]


def record_of(package: Any, home: str, *, dkan: bool = False) -> dict[str, Any]:
    """One package as the parent takes it: id, name, title, address, metadata, files, its own text, date, and what is wrong."""
    try:
        return mapped(storable(package), home, dkan=dkan)
    except NO_RECORD:  # whatever its writer did, it is one record that fails, not the page
        mark = hashlib.sha256(repr(package)[: CAPS["bytes"]].encode("utf-8", "replace")).hexdigest()[:8]
        return shell(f"?{mark}", mark, home, error={"code": "record-strange"})


def mapped(package: Mapping[str, Any], home: str, *, dkan: bool) -> dict[str, Any]:
    """One package, as `record_of` gives it. Raises one of NO_RECORD for what is none."""
    identity, name = lines(package.get("id")), lines(package.get("name"))
    title = package.get("title")
    found = shell(identity or name or "?", name or identity, home, title=lines(title) if isinstance(title, str) else "")
    found |= {"error": trouble(package, identity, name, dkan=dkan), "own_id": bool(identity)}
    if found["error"] is not None:
        return found
    record = json.dumps(package, ensure_ascii=False, sort_keys=True)
    large = too_large(bytes=len(record))
    if large is not None:
        return found | {"error": large}
    metadata = from_package(package)
    return found | {
        "title": str(metadata.get("title") or found["title"] or name),
        "metadata": metadata,
        "files": [file_of(resource, home) for resource in listed(package.get("resources")) if is_file(resource)],
        "record": record,
        "modified": lines(package.get("metadata_modified")),
        "allow_harvest": stated(package.get("allow_harvest")),
    }


def shell(
    identity: str, name: str, home: str, *, title: str = "", error: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """A record of which no more is known than what it is called."""
    url = urljoin(home, f"dataset/{name}")
    return {
        **{"id": identity, "name": name, "title": title, "url": url, "metadata": {}, "files": []},
        **{"record": "", "modified": "", "allow_harvest": "", "error": error, "own_id": False},
    }


def trouble(package: Mapping[str, Any], identity: str, name: str, *, dkan: bool) -> dict[str, Any] | None:
    """What keeps a record out: a missing id, a size that no real record has, or that it is not public or not to be harvested."""
    if not identity:
        return {"code": "record-id-missing", "name": name or "?"}
    sizes = {what: len(listed(package.get(what))) for what in ("tags", "resources")}
    large = too_large(id=len(identity), **sizes)
    if large is not None:
        return large
    state = str(package.get("state") or "active").lower()
    hidden = package.get("private") in (True, "True", "true") and not dkan  # DKAN says so of public ones too
    if hidden or state != "active" or str(package.get("type")).lower() == "harvest":
        return {"code": "record-not-public", "name": name or identity, "state": "private" if hidden else state}
    if stated(package.get("allow_harvest")) == "skip":
        return {"code": "harvest-not-allowed", "name": name or identity}
    return None


def stated(value: Any) -> str:
    """The consent to be harvested: "take", "skip", or "" where nothing is said. Portals write True, "True" and "1"."""
    said = str(value).strip().lower()
    return "take" if said in ("true", "1", "yes") else "skip" if said in ("false", "0", "no") else ""


def is_file(resource: Any) -> bool:
    """Whether a resource is one to be shown: active, with an address, and not the ZIP that CKAN packs of all the others."""
    if not isinstance(resource, dict) or not lines(resource.get("url")):
        return False
    packed = resource.get("downloadall_metadata_modified") or resource.get("name") == "All resource data"
    return not packed and str(resource.get("state") or "active").lower() == "active"


def file_of(resource: Mapping[str, Any], home: str) -> dict[str, Any]:
    """One resource. CKAN's own date speaks for the bytes of an uploaded file, for nobody else's."""
    moved = [lines(resource.get(key)) for key in ("last_modified", "hash", "size")]
    return {
        "url": urljoin(home, lines(resource["url"])),
        "title": lines(resource.get("name")),
        "description": lines(resource.get("description")),
        "format": lines(resource.get("format")),
        "modified": " ".join(filter(None, moved)),
        "settled": resource.get("url_type") == "upload" and bool(moved[0]),
        "details": file_details(resource),
    }
