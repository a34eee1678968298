"""Keeps the English catalogue: `python -m portal.messages` collects the Thai messages, keeps what is translated, compiles.

Only developers run it; the portal itself reads the compiled file. Message ids are the Thai sentences. English is written into
`messages.po` by hand, or by `python -m portal.messages FILE` with lines "Thai<tab>English" ("Thai<tab>one<tab>many").
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
ENGLISH = ROOT / "portal" / "translations" / "en" / "LC_MESSAGES"
PO = ENGLISH / "messages.po"
MO = ENGLISH / "messages.mo"
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None}
HEADER_NOISE = (
    '"POT-Creation',
    '"PO-Revision',
    '"Report-Msgid',
    '"Last-Translator',
    '"Language-Team',
    '"Generated-By',
    '"Project-Id',
)
HEADER = "# English of the pages. The msgid is the Thai sentence; keep this file with: python -m portal.messages"
# Not silent: a template that does not parse must not lose its messages.
OPTIONS = {"**.html": {"encoding": "utf-8", "silent": "false"}, "**.xml": {"encoding": "utf-8", "silent": "false"}}


def collected() -> Catalog:
    """Every message of `templates/` and `portal/` with the file it stands in. Raises on a template that does not parse."""
    catalog = Catalog(
        locale="en", project="khlang", charset="utf-8", fuzzy=False, header_comment=HEADER, last_translator="khlang"
    )
    for folder, methods in (
        ("templates", [("**.html", "jinja2"), ("**.xml", "jinja2")]),
        ("portal", [("**.py", "python")]),
    ):
        found = extract_from_dir(
            str(ROOT / folder), methods, OPTIONS, keywords=KEYWORDS, comment_tags=("Translators:",)
        )
        for name, _line, message, comments, context in found:
            catalog.add(message, None, [(f"{folder}/{name}", 0)], auto_comments=comments, context=context)
    return catalog


def translated(path: Path = PO) -> Catalog:
    """The catalogue as translated so far; an empty one when there is no file yet."""
    if not path.exists():
        return Catalog(locale="en")
    with path.open("rb") as file:
        return read_po(file, locale="en")


def merged() -> Catalog:
    """All messages of today with the translations that are already there; messages no longer used are gone."""
    catalog, old = collected(), translated()
    for message in _messages(catalog):
        known = old.get(message.id, message.context)
        if known is not None and not known.fuzzy:
            message.string = known.string
    return catalog


def _messages(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def missing(catalog: Catalog) -> list[str]:
    """The Thai messages without a whole English one, in order."""
    gaps = []
    for message in _messages(catalog):
        strings = message.string if isinstance(message.string, tuple | list) else [message.string]
        if message.fuzzy or not strings or not all(strings):
            gaps.append(message.id if isinstance(message.id, str) else message.id[0])
    return sorted(gaps)


def compiled(catalog: Catalog) -> bytes:
    """The bytes of the `.mo` file."""
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def written(catalog: Catalog) -> bytes:
    """The bytes of the `.po` file: sorted, without dates and line numbers, so that a change shows only what changed."""
    file = io.BytesIO()
    write_po(file, catalog, width=0, omit_header=False, sort_output=True, include_lineno=False)
    lines = file.getvalue().decode().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(HEADER_NOISE)).encode()


def is_stale() -> bool:
    """True when the compiled file does not say what the catalogue says."""
    with MO.open("rb") as file:
        built = read_mo(file)
    return _said(built) != _said(translated())


def _said(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    """First message id → its English, as read_po and read_mo both can tell it (one gives lists, the other tuples)."""
    said = {}
    for message in _messages(catalog):
        strings = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        if strings and all(strings):
            said[message.id if isinstance(message.id, str) else message.id[0]] = strings
    return said


def fill_in(catalog: Catalog, lines: list[str]) -> None:
    """Puts the English of "Thai<tab>English" lines into the catalogue; a line that fits no message is left out."""
    for line in lines:
        thai, *english = line.rstrip("\n").split("\t")
        message = catalog.get(thai)
        if message is not None and english:
            message.string = tuple((english * 2)[:2]) if message.pluralizable else english[0]


def main(arguments: list[str]) -> int:
    """Writes both files and says what still needs English; 1 when something does."""
    catalog = merged()
    for name in arguments:
        fill_in(catalog, Path(name).read_text(encoding="utf-8").splitlines())
    ENGLISH.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(written(catalog))
    MO.write_bytes(compiled(catalog))
    gaps = missing(catalog)
    sys.stdout.write(f"{len(catalog)} messages, {len(gaps)} without English\n")
    sys.stdout.writelines(f"  {gap}\n" for gap in gaps)
    return 1 if gaps else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
