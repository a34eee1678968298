"""What every kind of page weighs: bytes and requests of a first and of a second visit, from a real `khlang serve` on the demonstration.

Run as `python -m bench.weights [--write docs/pages-weights.md]`. Bytes are those on the wire, headers and compression included; the
first visit counts every file that a page or its stylesheet names, the second what a browser asks for again: the page alone. Goals
(contracts.md §5): 45 KB and 6 requests cold, 60 KB where a long table or list stands, 75 KB with the map, 15 KB warm.
"""

from __future__ import annotations

import argparse
import os
import re
import tempfile
from pathlib import Path
from urllib.parse import quote

from bench.pages import KILOBYTE, MOST_REQUESTS, Get, loads, run_demo, served, text_of
from bench.yardstick import Figure, compile_all, report, write_section

COLD, LONG, MAP, WARM = 45, 60, 75, 15  # kilobytes
FIXED = {
    "home": "/",
    "search": f"/search?q={quote('ผ้าไหม')}",
    "search, rows": f"/search?kind=row&q={quote('ผ้า')}",
    "datasets": "/search?kind=dataset",
    "provinces": "/province",
    "publishers": "/publisher",
    "sources": "/source",
    "articles": "/article",
    "clusters": "/cluster",
    "units": "/unit",
    "match": f"/match?need={quote('ผ้าย้อมคราม ซักแล้วสีตก')}&province=54",
    "gaps": "/gaps",
    "columns": "/columns?q=province",
    "problems": "/problems",
    "report a mistake": "/report",
    "ask for data": "/request",
    "feedback": "/feedback",
    "about": "/about",
    "accessibility": "/accessibility",
}
BY_LINK = {  # kind → (the page that leads to all of its kind, how their addresses look)
    "dataset": ("/search?kind=dataset&limit=100", r"/dataset/[a-z0-9_-]+"),
    "cluster": ("/cluster", r"/cluster/[^\"?#/.]+"),
    "unit": ("/unit", r"/unit/[^\"?#/.]+"),
    "province": ("/province", r"/province/\d\d"),
    "publisher": ("/publisher", r"/publisher/[^\"?#/.]+"),
    "source": ("/source", r"/source/[^\"?#/.]+"),
    "article": ("/article", r"/article/[^\"?#/.]+"),
}
BELOW = {  # kind → (kind of page that leads to it, how its addresses look)
    "resource": ("dataset", r"/dataset/[^\"?#]+/resource/[^\"?#.]+"),
    "report": ("dataset", r"/dataset/[^\"?#]+/report"),
    "row": ("resource", r"/dataset/[^\"?#]+/resource/[^\"?#.]+\?row=\d+"),
    "run": ("source", r"/source/[^\"?#]+/run/\d+"),
}
ROOMY = {
    "resource": LONG,
    "clusters": LONG,
    "units": LONG,
    "match": LONG,
    "problems": LONG,
    "ask for data": LONG,
    "gaps": MAP,
}
SECTION = "Bytes and requests"
EACH = 8  # pages of a kind that are weighed


def main() -> int:
    """Weigh, print a table and one line of JSON, write the page where asked; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--write", type=Path, metavar="PATH", help=f"also write the section “{SECTION}” of a Markdown page"
    )
    options = parser.parse_args()
    compile_all()
    with tempfile.TemporaryDirectory() as folder:
        environment = {"KHLANG_HOME": str(Path(folder) / "home"), "KHLANG_TRUSTED_HOSTS": "localhost,127.0.0.1"}
        os.environ.update(environment)
        run_demo(environment)
        with served(environment) as get:
            weighed = {kind: heaviest(get, links) for kind, links in addresses(get).items()}
    if options.write:
        write_section(options.write, SECTION, section(weighed))
    return report("weights", [figure for kind, one in weighed.items() for figure in figures(kind, *one)])


def addresses(get: Get) -> dict[str, list[str]]:
    """The pages of each kind, found by following links; of kinds with many, some over the whole list."""
    found = {kind: [address] for kind, address in FIXED.items()}
    for kind, (begin, pattern) in BY_LINK.items():
        found[kind] = spread(linked(get, [begin], pattern))
    for kind, (above, pattern) in BELOW.items():
        found[kind] = spread(linked(get, found[above], pattern))
    return found


def linked(get: Get, pages: list[str], pattern: str) -> list[str]:
    """The addresses of a form that some pages lead to. Raises AssertionError when there are none."""
    found = sorted({link for one in pages for link in re.findall(rf'href="({pattern})(?=["?#])', text_of(get, one))})
    assert found, f"no link like {pattern} on {pages}"
    return found


def spread(links: list[str]) -> list[str]:
    """At most EACH of them, evenly over the list."""
    return links[:: max(1, -(-len(links) // EACH))]


def heaviest(get: Get, links: list[str]) -> tuple[str, dict[str, int]]:
    """The page of a kind that weighs most in either language, with the bytes of each of its parts."""
    both = [one for link in links for one in (link, f"{link}{'&' if '?' in link else '?'}lang=en")]
    weighed = {link: loads(get, link) for link in both}
    return max(weighed.items(), key=lambda found: sum(found[1].values()))


def figures(kind: str, link: str, parts: dict[str, int]) -> list[Figure]:
    """The figures of one kind of page beside their goals."""
    cold, warm = sum(parts.values()) / KILOBYTE, parts[link] / KILOBYTE
    return [
        Figure(f"{kind}, cold", link, "KB", round(cold, 1), ROOMY.get(kind, COLD)),
        Figure(f"{kind}, warm", link, "KB", round(warm, 1), WARM),
        Figure(f"{kind}, requests", link, "requests", len(parts), MOST_REQUESTS),
    ]


def section(weighed: dict[str, tuple[str, dict[str, int]]]) -> str:
    """The table as Markdown."""
    lines = [
        "Written by `python -m bench.weights --write docs/pages-weights.md`: bytes on the wire (headers included, compressed) from a real",
        "`khlang serve` on the demonstration, the heaviest page of each kind in Thai or English. Cold is a first visit with every file that",
        "the page or its stylesheet names, warm a second one: the page alone, the rest is kept for a year.",
        "",
        "| page | cold, KB | limit | requests | warm, KB | weighed |",
        "|---|---|---|---|---|---|",
    ]
    for kind, (link, parts) in sorted(weighed.items()):
        cold, warm = sum(parts.values()) / KILOBYTE, parts[link] / KILOBYTE
        shown = link.partition("?")[0] + ("?…" if "?" in link else "")
        lines.append(f"| {kind} | {cold:.1f} | {ROOMY.get(kind, COLD)} | {len(parts)} | {warm:.1f} | `{shown}` |")
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
