"""The metadata workbook that offices fill in for GD Catalog: ten sheets, read by heading text (design page on Thai data 3).

An item is a dataset of a `Temp2_Meta_…` sheet with the files of its `Temp3_Resource_…` sheet. Every row that is not read is
reported with its sheet, number and reason. The workbook is read in the limited child process.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from harvesters import bundled
from harvesters.checks.personal import mask_text
from harvesters.errors import HarvestError
from harvesters.fetch import Fetch
from harvesters.limited import run_limited
from harvesters.national import MULTIPLE, masked
from harvesters.sources import Option
from harvesters.sources.records import FILES, collect_record, wanted_files
from harvesters.sources.spreadsheet import is_address, of_fetched, of_local, path_of
from harvesters.tables.limits import Limits
from harvesters.tables.sheets import read_grids
from harvesters.thai.text import fold
from harvesters.values import Collected, Cursor, Item, RemoteFile, Source, Text

SHEET = re.compile(r"(meta|resource)[\s_-]*(record|stat|gis|multi|other)", re.IGNORECASE)
DATA_TYPES = {
    "record": "ข้อมูลระเบียน",
    "stat": "ข้อมูลสถิติ",
    "gis": "ข้อมูลภูมิสารสนเทศเชิงพื้นที่",
    "multi": "ข้อมูลหลากหลายประเภท",
    "other": "ข้อมูลประเภทอื่นๆ",
}
LABELS: Mapping[str, tuple[str, ...]] = {  # headings that the reference table lacks
    "name": ("ชื่อชุดข้อมูลภาษาอังกฤษ", "ชื่อชุดข้อมูลอังกฤษ", "ชื่อย่อชุดข้อมูล", "package name"),
    "d_type": ("ประเภทชุดข้อมูล", "data type"),
    "data_type_other": ("ประเภทชุดข้อมูลอื่นๆ", "ประเภทชุดข้อมูล", "data type"),
    "owner_org": ("องค์กร", "หน่วยงาน", "ชื่อหน่วยงาน"),
    "notes": ("รายละเอียด", "คำอธิบาย"),
    "license_id": ("สัญญาอนุญาต", "สัญญาอนุญาตให้ใช้ข้อมูล"),
    "tag_string": ("keywords",),
    "dataset_name": ("ชื่อชุดข้อมูลภาษาอังกฤษ", "ชื่อชุดข้อมูล", "dataset name", "name"),
    "resource_name": ("ชื่อทรัพยากร", "ชื่อไฟล์", "ชื่อข้อมูล", "resource name"),
    "resource_url": ("ที่อยู่ไฟล์", "ลิงก์", "url"),
    "description": ("รายละเอียด", "คำอธิบาย"),
    "format": ("รูปแบบไฟล์", "รูปแบบ", "รูปแบบข้อมูล"),
}
DATES = re.compile(r"_date$")
YES_NO = frozenset({"high_value_dataset", "reference_data", "official_statistics", "resource_official_statistics"})
OTHER = "อื่นๆ"
HEADING_ROWS = 15  # the headings stand on row 4; they are looked for this far
LEAST = {"meta": 6, "resource": 3}  # headings that must be known before a row is taken for the heading row
REVIEW = Option(
    "review",
    Text("ตรวจก่อนเผยแพร่", "Review before publishing"),
    Text(
        "hold พักทุกชุดไว้ให้คนตรวจก่อน (khlang source release), none เผยแพร่เลย",
        "hold: every dataset waits for a person (khlang source release); none: publish at once.",
    ),
    default="hold",
    choices=("hold", "none"),
)


class GdTemplate:
    """Harvester of the national GD Catalog workbook."""

    name: ClassVar[str] = "gdtemplate"
    title: ClassVar[Text] = Text("แบบกรอกคำอธิบายชุดข้อมูล GD Catalog", "GD Catalog metadata workbook")
    options: ClassVar[tuple[Option, ...]] = (FILES, REVIEW)

    def items(self, source: Source, fetch: Fetch, cursor: Cursor | None) -> Iterator[Item | Cursor]:
        """List the datasets of the workbook, and what of it could not be read."""
        if is_address(source.url):
            workbook = of_fetched(fetch.get(source.url.strip()))
        else:
            workbook = of_local(path_of(source), fetch)
        argument = {"path": str(workbook.path), "workdir": str(fetch.workdir)}
        answer = run_limited("harvesters.sources.gdtemplate:read_template", argument)
        for record in answer["datasets"]:
            yield Item(
                record["name"],
                record["url"] or workbook.url,
                record["title"],
                record["metadata"],
                files=wanted_files([RemoteFile(**file) for file in record["files"]], source),
                record=record["record"],
            )
        for unread in answer["unread"]:
            error = HarvestError(unread.pop("code"), **unread)
            yield Item(f"{unread['sheet']}!{unread.get('row', '')}", workbook.url, error=error)

    def collect(self, item: Item, source: Source, fetch: Fetch) -> Collected:
        """Fetch the files of one dataset."""
        return collect_record(item, fetch)


# ── in the child process ─────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Form:
    """One sheet as it was understood: what its columns are, and the rows under its headings with their numbers."""

    sheet: str
    part: str  # meta or resource
    kind: str  # record, stat, gis, multi, other
    fields: tuple[str | None, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read_template(argument: dict[str, Any]) -> dict[str, Any]:
    """Read the workbook. Gives {"datasets": [{name, title, url, metadata, files, record}], "unread": [{code, sheet, row, …}]}.

    Raises HarvestError when it is no workbook, or has no sheet of the template.
    """
    grids = read_grids(Path(argument["path"]), Path(argument["workdir"]), Limits())
    forms: list[Form] = []
    unread: list[dict[str, Any]] = []
    for sheet, rows in grids:
        named = SHEET.search(sheet)
        if named is None:
            unread += [{"code": "template-sheet-unknown", "sheet": sheet, "rows": len(rows)}] if rows else []
            continue
        form = understand(sheet, named[1].lower(), named[2].lower(), rows)
        if form is not None:
            forms.append(form)
        elif rows:
            unread.append({"code": "template-headings-unknown", "sheet": sheet, "row": rows[0][0], "rows": len(rows)})
    if not forms and not any(found["code"] == "template-headings-unknown" for found in unread):
        raise HarvestError("template-none", sheets=", ".join(f"‘{sheet}’" for sheet, _ in grids)[:200] or "–")
    datasets, more = join(forms)
    return {"datasets": datasets, "unread": [*unread, *more]}


def understand(sheet: str, part: str, kind: str, rows: Sequence[tuple[int, tuple[str, ...]]]) -> Form | None:
    """Find the headings of a sheet and what stands under them; None when there are none.

    By their texts; by position only where those say nothing and the sheet has exactly the template's columns.
    """
    columns = template_columns(part, kind)
    best: tuple[int, int, tuple[str | None, ...]] = (0, -1, ())
    for at, (_, cells) in enumerate(rows[:HEADING_ROWS]):
        fields = match(cells, columns)
        count = sum(field is not None for field in fields)
        if count > best[0]:
            best = (count, at, fields)
    count, at, fields = best
    if count < LEAST[part]:
        exact = next(
            (place for place, (number, cells) in enumerate(rows) if number == 4 and filled(cells) == len(columns)), None
        )
        if exact is None:
            return None
        at, fields = exact, tuple(columns)
    under = list(rows[at + 1 :])
    if under and is_hint(under[0][1], fields, part):
        under = under[1:]
    return Form(sheet, part, kind, fields, tuple(under))


def filled(cells: Sequence[str]) -> int:
    """How many cells say something."""
    return sum(bool(cell) for cell in cells)


@cache
def template_columns(part: str, kind: str) -> tuple[str, ...]:
    """The fields of a sheet of the template, in the order of its columns."""
    wanted = f"{'temp2' if part == 'meta' else 'temp3'}_{part}_{kind}"
    rows = [row for row in bundled.read_table("gdc_excel_template_columns") if row["sheet"].lower() == wanted]
    return tuple(row["field_name"] for row in sorted(rows, key=lambda row: int(row["column"])))


@cache
def labels_of(part: str) -> Mapping[str, tuple[str, ...]]:
    """Every text that may stand above a field, made plain."""
    level = "dataset" if part == "meta" else "resource"
    told = {
        row["field_name"]: (row["label_th"], row["label_en"])
        for row in bundled.read_table("thai_gdc_fields")
        if row["level"] == level and row["field_name"] != "name"  # there the name is called by its address, "URL"
    }
    names = {*told, *LABELS}
    found = {name: (name, *told.get(name, ()), *LABELS.get(name, ())) for name in names}
    return {
        name: tuple(made for text in texts if text for made in (plain(text), shorter(text)))
        for name, texts in found.items()
    }


def plain(text: str) -> str:
    """A heading without what offices add to it: numbers before it, brackets, stars, blanks, line ends."""
    return re.sub(r"^[\d.\s]+|[\s*_:/.()（）\[\]-]+", "", fold(text))


def shorter(text: str) -> str:
    """The same without what stands in brackets."""
    return plain(re.sub(r"[(（\[].*?[)）\]]", "", text))


def match(cells: Sequence[str], columns: Sequence[str]) -> tuple[str | None, ...]:
    """Which field each heading names, by its whole text before its text without brackets; a field is given once."""
    labels = labels_of("meta" if "name" in columns else "resource")
    left = list(columns)
    fields: list[str | None] = [None] * len(cells)
    for made in (plain, shorter):
        for at, cell in enumerate(cells):
            heading = made(cell)
            found = next((name for name in left if heading and heading in labels.get(name, (plain(name),))), None)
            if fields[at] is None and found is not None:
                fields[at] = found
                left.remove(found)
    return tuple(fields)


def is_hint(cells: Sequence[str], fields: Sequence[str | None], part: str) -> bool:
    """Whether the row under the headings explains them: it holds no value of a list, no address and no e-mail."""
    told = dict(zip(fields, cells, strict=False))
    if part == "resource":
        return not told.get("resource_url", "").lower().startswith(("http://", "https://", "ftp://"))
    chosen = any(
        told.get(name) in vocabulary(name)
        for name in ("data_category", "license_id", "geo_coverage", "update_frequency_unit")
        if told.get(name)
    )
    return not chosen and "@" not in (told.get("maintainer_email") or "")


@cache
def vocabulary(field: str) -> frozenset[str]:
    """The values that the standard lists for a field; empty where it lists none."""
    rows = bundled.read_table("thai_gdc_vocabularies")
    return frozenset(row["value"] for row in rows if row["field_name"] == field)


def join(forms: Sequence[Form]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Datasets with their files, and the rows that are neither."""
    datasets: dict[str, dict[str, Any]] = {}
    unread: list[dict[str, Any]] = []
    for form in forms:
        if form.part == "meta":
            for row, cells in form.rows:
                take_dataset(form, row, told_of(form, cells), datasets, unread)
    for form in forms:
        if form.part == "resource":
            for row, cells in form.rows:
                take_file(form, row, told_of(form, cells), datasets, unread)
    for found in datasets.values():
        found["record"] = json.dumps(found.pop("rows"), ensure_ascii=False, sort_keys=True)
    return list(datasets.values()), unread


def told_of(form: Form, cells: Sequence[str]) -> dict[str, str]:
    """A row as field → text, without empty cells."""
    return {name: cell for name, cell in zip(form.fields, cells, strict=False) if name and cell}


def take_dataset(
    form: Form, row: int, told: Mapping[str, str], datasets: dict[str, dict[str, Any]], unread: list[dict[str, Any]]
) -> None:
    """Read one row of a meta sheet as a dataset, or say why not."""
    name = slug_of(told.get("name", ""))
    missing = "name" if not name else "title" if not told.get("title") else ""
    if missing:
        unread.append({"code": "template-row-without", "sheet": form.sheet, "row": row, "field": field_title(missing)})
        return
    if name in datasets:
        unread.append({"code": "template-name-twice", "sheet": form.sheet, "row": row, "name": mask_text(name)})
        return
    metadata = masked("", describe(form.kind, told))
    datasets[name] = {
        "name": name,
        "title": metadata["title"],
        "url": told.get("url", "") if told.get("url", "").startswith(("http://", "https://")) else "",
        "metadata": metadata,
        "files": [],
        "rows": [dict(told)],
    }


def take_file(
    form: Form, row: int, told: Mapping[str, str], datasets: dict[str, dict[str, Any]], unread: list[dict[str, Any]]
) -> None:
    """Read one row of a resource sheet as a file of its dataset, or say why not."""
    name, url = slug_of(told.get("dataset_name", "")), told.get("resource_url", "")
    if name not in datasets:
        unread.append(
            {"code": "template-file-without-dataset", "sheet": form.sheet, "row": row, "name": mask_text(name) or "–"}
        )
        return
    if not url.lower().startswith(("http://", "https://")):
        unread.append(
            {"code": "template-row-without", "sheet": form.sheet, "row": row, "field": field_title("resource_url")}
        )
        return
    kept = ("dataset_name", "resource_name", "resource_url", "description", "format")
    file = RemoteFile(
        url,
        told.get("resource_name", ""),
        told.get("description", ""),
        told.get("format", ""),
        details=masked("", {field: value_of(field, text) for field, text in told.items() if field not in kept}),
    )
    datasets[name]["files"].append(
        {
            "url": file.url,
            "title": file.title,
            "description": file.description,
            "format": file.format,
            "details": dict(file.details),
        }
    )
    datasets[name]["rows"].append(dict(told))


def describe(kind: str, told: Mapping[str, str]) -> dict[str, Any]:
    """The metadata of a row. Choices outside the standard's list become อื่นๆ with the text beside it."""
    found: dict[str, Any] = {"data_type": DATA_TYPES[kind]}
    for field, text in told.items():
        if field in ("name", "d_type"):
            continue
        if field == "owner_org":
            found["organization"] = {"title": text}
        elif field == "tag_string":
            found["tags"] = parts_of(text)
        else:
            listed = vocabulary(field) and field not in YES_NO
            found |= chosen(field, text) if listed else {field: value_of(field, text)}
    return found


def chosen(field: str, text: str) -> dict[str, Any]:
    """The values of a field that has a list, and in `<field>_other` what the list has not."""
    given = parts_of(text) if field in MULTIPLE else [text]
    known = [value for value in given if value in vocabulary(field)]
    strange = [value for value in given if value not in vocabulary(field)]
    if strange and OTHER in vocabulary(field) and OTHER not in known:
        known.append(OTHER)
    if not known:
        known = strange  # the standard has no "other" for it: the literal text stays
        strange = []
    found: dict[str, Any] = {field: known if field in MULTIPLE else known[0]}
    return found | ({f"{field}_other": ", ".join(strange)} if strange else {})


def value_of(field: str, text: str) -> str:
    """A cell's value: yes and no by the word for no, dates of the Buddhist era as ISO, all else as it is."""
    if field in YES_NO:
        return "False" if "ไม่" in text or text.strip().lower() in ("false", "no", "0") else "True"
    if DATES.search(field):
        dated = re.fullmatch(r"(\d{4})-(\d{2}-\d{2})(?:[T ].*)?", text)
        if dated is not None:
            year = int(dated[1])
            return f"{year - 543 if year > 2400 else year}-{dated[2]}"
    return text


def parts_of(text: str) -> list[str]:
    """The parts of a list in a cell."""
    return list(dict.fromkeys(part.strip() for part in re.split(r"[,;\n|]", text) if part.strip()))


def slug_of(text: str) -> str:
    """A dataset's name as the national importer makes it: lower case, blanks to hyphens."""
    return re.sub(r"\s+", "-", text.strip().lower())[:100]


def field_title(field: str) -> str:
    """What people call a field."""
    titles = {"name": "ชื่อชุดข้อมูล (name)", "title": "ชื่อชุดข้อมูล (title)", "resource_url": "ที่อยู่ไฟล์ (resource_url)"}
    return titles[field]
