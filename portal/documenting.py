"""Writes the pages of `docs/` that repeat what the code says: commands, settings, kinds of source, problems.

Run as `python -m portal.documenting` (or `make docs`); with `--check` nothing is written and a page out of date is an error.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin

import click
from pydantic.fields import FieldInfo

from harvesters.checks.problems import KINDS, Kind
from harvesters.normalise.rules import RULES
from harvesters.sources import COMMON, Option, kinds
from harvesters.values import Text
from portal.cli import main as khlang
from portal.settings import Settings

DOCS = Path(__file__).resolve().parent.parent / "docs"
MADE_BY = "<!-- หน้านี้สร้างจากโค้ดด้วย make docs โปรดอย่าแก้ที่นี่ / Made from the code by make docs; don't edit it here. -->"
OF_CLICK = {"--help", "--version"}  # every command has them
SEVERITIES: Mapping[str, Text] = {
    "blocking": Text("หยุดการเผยแพร่ สิ่งที่เผยแพร่อยู่แล้วไม่เปลี่ยน", "Stops publishing; what is public stays as it is"),
    "error": Text("ต้องแก้", "Must be mended"),
    "warning": Text("ควรตรวจ", "Should be looked at"),
    "info": Text("แจ้งให้ทราบ", "Told for information"),
}
DEFAULTS_TOLD: Mapping[str, str] = {
    "home": "`./instance` ในโฟลเดอร์โค้ด หรือโฟลเดอร์ข้อมูลของผู้ใช้ / in a checkout, else the user's data folder"
}


def pages() -> dict[str, str]:
    """Return the text of every generated page by its file name."""
    makers: Mapping[str, Callable[[], Iterator[str]]] = {
        "commands.md": commands_page,
        "settings.md": settings_page,
        "sources.md": sources_page,
        "problems.md": problems_page,
    }
    return {name: "\n".join(make()).rstrip("\n") + "\n" for name, make in makers.items()}


def head(title: Text, opening: Text) -> Iterator[str]:
    """The first lines of a page."""
    yield from (MADE_BY, "", f"# {title.th} / {title.en}", "", opening.th, "", opening.en, "")


def table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """A Markdown table. What would end a cell is written so that it doesn't."""
    titles = list(headings)
    yield "| " + " | ".join(titles) + " |"
    yield "|" + "---|" * len(titles)
    for row in rows:
        yield "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in row) + " |"
    yield ""


def both(text: str) -> Text:
    """The two languages of a help text, which are written `Thai / English` or as two paragraphs."""
    for separator in (" / ", "\n\n"):
        thai, found, english = text.partition(separator)
        if found:
            return Text(thai.strip(), english.strip())
    return Text(text.strip(), text.strip())


# ── commands ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def commands_page() -> Iterator[str]:
    """Every command with its arguments and options."""
    yield from head(
        Text("คำสั่ง", "Commands"),
        Text(
            "ทุกงานทำด้วยคำสั่ง `khlang` ใส่ `--json` เพื่อรับผลเป็นเอกสาร JSON หนึ่งฉบับทางช่องผลลัพธ์ปกติ "
            "ข้อความถึงคนอยู่อีกช่องหนึ่ง ใส่ `--help` ที่คำสั่งใดก็ได้เพื่ออ่านวิธีใช้",
            "Everything is done with `khlang`. `--json` prints one JSON document on standard output; what is said to people goes "
            "to standard error. `--help` works on every command.",
        ),
    )
    yield from table(
        ["รหัสจบ / exit code", "ความหมาย / meaning"],
        [
            ["0", "สำเร็จ / done"],
            ["1", "ไม่สำเร็จ ถูกพักไว้ หรือได้บางส่วน / failed, held or partial"],
            ["2", "ใช้คำสั่งผิด / wrong usage"],
            ["3", "แหล่งนั้นกำลังถูกดึงอยู่ / another run of that source is live"],
        ],
    )
    for name, command in commands():
        yield from command_part(name, command)


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with its whole name, in the order in which it is declared."""
    yield from _commands("khlang", khlang)


def _commands(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        for child, inner in command.commands.items():
            yield from _commands(f"{name} {child}", inner)
    elif not command.hidden:
        yield name, command


def command_part(name: str, command: click.Command) -> Iterator[str]:
    """One command: what it does, how it is called, its options."""
    context = click.Context(command, info_name=name)
    told = both(command.help or "")
    usage = " ".join([name, *command.collect_usage_pieces(context)])
    yield from (f"## `{name}`", "", told.th, "", told.en[:1].upper() + told.en[1:], "", "```sh", usage, "```", "")
    options = [line for line in command.to_info_dict(context)["params"] if line["param_type_name"] == "option"]
    rows = [option_row(option) for option in options if not OF_CLICK & set(option["opts"]) and not option["hidden"]]
    if rows:
        yield from table(["ตัวเลือก / option", "ความหมาย / meaning", "ค่า / value"], rows)


def option_row(option: Mapping[str, Any]) -> list[str]:
    """One option of a command: its names, what it is for, what it takes."""
    return [
        ", ".join(f"`{name}`" for name in option["opts"]),
        option["help"] or "–",
        "; ".join(values_of(option)) or "–",
    ]


def values_of(option: Mapping[str, Any]) -> Iterator[str]:
    """What an option takes: its choices or bounds, whether it must be given, may be repeated, and its default."""
    kind = option["type"]
    if "choices" in kind:
        yield " · ".join(f"`{choice}`" for choice in kind["choices"])
    elif kind.get("min") is not None:
        yield f"{kind['min']}–{kind['max']}"
    if option["required"]:
        yield "ต้องระบุ / required"
    if option["multiple"]:
        yield "ใส่ซ้ำได้ / may be repeated"
    if option["default"] not in (None, False, ()):
        yield f"ปกติ / default `{option['default']}`"


# ── settings ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def settings_page() -> Iterator[str]:
    """Every setting with its default."""
    yield from head(
        Text("การตั้งค่า", "Settings"),
        Text(
            "ตั้งด้วยตัวแปรสภาพแวดล้อม หรือไฟล์ `.env` ในโฟลเดอร์ที่เรียกคำสั่ง ดูค่าที่ใช้อยู่ด้วย `khlang settings` ค่าที่ผิดจะแจ้งครบทุกตัวตั้งแต่เริ่ม",
            "Set them in the environment or in a file `.env` where the command is called. `khlang settings` shows those in force. "
            "All wrong values are named at once at the start.",
        ),
    )
    yield from table(
        ["ตัวแปร / variable", "ความหมาย / meaning", "ค่าที่รับ / values", "ปกติ / default"],
        (
            [f"`{variable(name)}`", field.description or "–", allowed(field), default_of(name, field)]
            for name, field in Settings.model_fields.items()
        ),
    )


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"{Settings.model_config.get('env_prefix', '')}{name.upper()}"


def allowed(field: FieldInfo) -> str:
    """What a setting takes, in a few words."""
    kind = field.annotation
    kinds_of = [part for part in get_args(kind) if part is not NoneType] or [kind]
    if get_origin(kind) is Literal:
        return " · ".join(f"`{choice}`" for choice in get_args(kind))
    if kind is bool:
        return "`true` · `false`"
    if kind is int:
        least, most = bound(field, "ge"), bound(field, "le")
        return f"{least}–{most}" if most is not None else f"≥ {least}"
    if kinds_of == [Path]:
        return "โฟลเดอร์ / folder"
    return "ข้อความ / text"


def bound(field: FieldInfo, name: str) -> int | None:
    """The least ("ge") or the most ("le") that a setting takes."""
    return next((int(getattr(mark, name)) for mark in field.metadata if hasattr(mark, name)), None)


def default_of(name: str, field: FieldInfo) -> str:
    """The default of a setting as the environment would say it."""
    if name in DEFAULTS_TOLD:
        return DEFAULTS_TOLD[name]
    if field.default is None or field.default == "":
        return "–"
    if isinstance(field.default, bool):
        return f"`{str(field.default).lower()}`"
    return f"`{','.join(field.default)}`" if isinstance(field.default, tuple) else f"`{field.default}`"


# ── kinds of source ──────────────────────────────────────────────────────────────────────────────────────────────────
def sources_page() -> Iterator[str]:
    """Every kind of source with its options, and the rules of repair that an option may name."""
    yield from head(
        Text("ชนิดแหล่งข้อมูล", "Kinds of source"),
        Text(
            "เพิ่มแหล่งด้วย `khlang source add ชื่อ --kind ชนิด --url ที่อยู่ --option ตัวเลือก=ค่า` "
            "ที่อยู่เป็นเว็บ (หลายที่อยู่คั่นด้วยช่องว่าง) หรือไฟล์หรือโฟลเดอร์ในเครื่อง",
            "Add one with `khlang source add SLUG --kind KIND --url URL --option NAME=VALUE`. The URL is a web address (several are "
            "separated by blanks) or a file or folder of this machine.",
        ),
    )
    headings = ["ตัวเลือก / option", "ความหมาย / meaning", "ค่า / values", "ปกติ / default"]
    yield from ("## ตัวเลือกที่ทุกชนิดมี / Options of every kind", "")
    yield from table(headings, map(source_option_row, COMMON))
    for name, harvester in sorted(kinds().items()):
        yield from (f"## `{name}`: {harvester.title.th} / {harvester.title.en}", "")
        if harvester.options:
            yield from table(headings, map(source_option_row, harvester.options))
        else:
            yield from ("มีเฉพาะตัวเลือกที่ทุกชนิดมี / It has the options of every kind and no other.", "")
    yield from ("## กฎการซ่อมข้อมูล / Rules of repair", "")
    yield from ("`--option repairs=ชื่อกฎ,ชื่อกฎ` ใช้เฉพาะกฎที่ระบุ / uses only the rules named.", "")
    yield from table(["กฎ / rule", "ไทย", "English"], ([f"`{name}`", told.th, told.en] for name, told in RULES.items()))


def source_option_row(option: Option) -> list[str]:
    """One option of a source."""
    meaning = f"{option.title.th}: {option.description.th} / {option.title.en}: {option.description.en}"
    choices = " · ".join(f"`{choice}`" for choice in option.choices) or "ข้อความ / text"
    return [f"`{option.name}`", meaning, choices, f"`{option.default}`" if option.default else "–"]


# ── problems ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def problems_page() -> Iterator[str]:
    """Every code that a report may name."""
    yield from head(
        Text("ปัญหาที่พบในไฟล์", "Problems in files"),
        Text(
            f"รายงานใช้รหัสต่อไปนี้ {len(KINDS)} รหัส รหัสไม่เปลี่ยนชื่อ ในวงเล็บปีกกาคือค่าที่พบจริง "
            "หน้าประโยคในรายงานมีแผ่นงาน แถว และคอลัมน์ที่พบ",
            f"A report uses these {len(KINDS)} codes, which never change. What stands in braces is filled in; sheet, row and column are "
            "put in front of the sentence.",
        ),
    )
    for group, told in SEVERITIES.items():
        found = sorted((kind for kind in KINDS if group_of(kind) == group), key=lambda kind: kind.code)
        yield from (f"## {told.th} / {told.en} (`{group}`)", "")
        for kind in found:
            yield from (f"### `{kind.code}`", "", plain(kind.th), "", plain(kind.en), "")


def group_of(kind: Kind) -> str:
    """Blocking stands apart from severity: such a problem is always an error."""
    return "blocking" if kind.blocking else kind.severity


def plain(template: str) -> str:
    """A sentence as it is printed, its fields still in single braces; nothing in it is Markdown."""
    single = template.replace("{{", "{").replace("}}", "}")
    return "".join(f"\\{sign}" if sign in "*_<>[]`#" else sign for sign in single)


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def stale(folder: Path = DOCS) -> list[str]:
    """The names of the pages of `folder` that do not say what the code says."""
    made = pages()
    return [
        name
        for name, text in made.items()
        if not (folder / name).is_file() or (folder / name).read_text("utf-8") != text
    ]


def main(arguments: list[str]) -> int:
    """Write the pages that are out of date and name them; with `--check` only name them and return 1 if there are any."""
    old = stale()
    if "--check" not in arguments:
        made = pages()
        for name in old:
            (DOCS / name).write_text(made[name], encoding="utf-8")
    sys.stdout.writelines(f"docs/{name}\n" for name in old)
    return 1 if old and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
