"""Writes the skeleton of a new kind of source: a package of one module, its test, and the entry point that registers it.

What it writes works as it stands (a list of addresses in a text file, one file an item), so that its test is green before the
first line is changed.
"""

from __future__ import annotations

import re
from pathlib import Path

from harvesters.sources import GROUP, kinds
from portal.errors import PortalError

NAME = re.compile(r"[a-z][a-z0-9]{1,30}")

MODULE = '''"""The kind of source `{name}`: a text file with one address a line. Change `listed` and `item_of` to what your source does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar
from urllib.parse import urljoin

from harvesters.errors import HarvestError
from harvesters.fetch import Fetch
from harvesters.sources import Option
from harvesters.sources.spreadsheet import of_fetched
from harvesters.values import Collected, Cursor, Item, Source, Text

MOST = 10_000  # of items; a source without end is a fault, not a feast


class {class_name}:
    """Harvester of `{name}`. `items` lists, `collect` fetches; all requests go through `fetch`, the only door to the network."""

    name: ClassVar[str] = "{name}"
    title: ClassVar[Text] = Text("แหล่งข้อมูลชนิด {name}", "Source of the kind {name}")
    options: ClassVar[tuple[Option, ...]] = (
        Option(
            "ending",
            Text("นามสกุลไฟล์", "Ending"),
            Text("นำเข้าเฉพาะไฟล์ที่ลงท้ายแบบนี้", "Take only files with this ending."),
            default=".csv",
        ),
    )

    def items(self, source: Source, fetch: Fetch, cursor: Cursor | None) -> Iterator[Item | Cursor]:
        """List what the source holds. Raise HarvestError when the list can't be finished; what was yielded before stands."""
        for url in listed(fetch, source):
            yield item_of(url)

    def collect(self, item: Item, source: Source, fetch: Fetch) -> Collected:
        """Return the bytes of one item. A HarvestError fails this item alone."""
        return of_fetched(fetch.get(item.url))


def listed(fetch: Fetch, source: Source) -> list[str]:
    """The addresses of the list, in its order."""
    lines = fetch.get(source.url).path.read_text(encoding="utf-8", errors="replace").splitlines()
    ending = source.options.get("ending", ".csv")
    found = [urljoin(source.url, line.strip()) for line in lines if line.strip().endswith(ending)]
    if len(found) > MOST:
        raise HarvestError("listing-endless", most=MOST)
    return found


def item_of(url: str) -> Item:
    """One item. Its id must be the same in every run, or its dataset is made anew each time."""
    name = url.rsplit("/", 1)[-1]
    return Item(remote_id=name, url=url, title=name.rpartition(".")[0])
'''

TEST = '''"""The kind `{name}` against a server on this machine: a list, its files, and one that is missing."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from harvesters.errors import HarvestError
from harvesters.fetch import Fetch, Rules
from harvesters.values import Source
from {module} import {class_name}

FILES = {{"/list.txt": b"a.csv\\nnotes.pdf\\ngone.csv\\n", "/a.csv": b"code,name\\n01,x\\n"}}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = FILES.get(self.path)
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def host():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{{server.server_port}}"
    server.shutdown()
    server.server_close()


def test_lists_and_fetches(tmp_path, host):
    fetch = Fetch(tmp_path, Rules(allow=frozenset({{host}})))
    source = Source("s", "{name}", f"http://{{host}}/list.txt")
    kind = {class_name}()
    found, gone = kind.items(source, fetch, None)
    assert (found.remote_id, found.title) == ("a.csv", "a")
    assert kind.collect(found, source, fetch).path.read_bytes() == FILES["/a.csv"]
    with pytest.raises(HarvestError) as missing:
        kind.collect(gone, source, fetch)
    assert missing.value.code == "fetch-status"
'''

PROJECT = """[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "khlang-source-{name}"
version = "0.1.0"
description = "The kind of source {name} for Khlang"
requires-python = ">=3.11"
dependencies = ["khlang"]

[project.entry-points."{group}"]
{name} = "{module}:{class_name}"

[tool.hatch.build.targets.wheel]
only-include = ["{module}.py"]
"""


def write_skeleton(name: str, into: Path) -> list[Path]:
    """Write `khlang-source-NAME` below the folder `into`; returns its files.

    Raises PortalError: "kind-name-wrong", "kind-taken" where there is a kind or a folder of that name.
    """
    if not NAME.fullmatch(name):
        raise PortalError("kind-name-wrong", name=name)
    folder = into / f"khlang-source-{name}"
    if name in kinds() or folder.exists():
        raise PortalError("kind-taken", name=name)
    told = {"name": name, "class_name": name.capitalize(), "module": f"khlang_source_{name}", "group": GROUP}
    files = {
        f"{told['module']}.py": MODULE,
        f"test_{told['module']}.py": TEST,
        "pyproject.toml": PROJECT,
    }
    folder.mkdir(parents=True)
    written = []
    for file, template in files.items():
        path = folder / file
        path.write_text(template.format(**told), encoding="utf-8")
        written.append(path)
    return written
