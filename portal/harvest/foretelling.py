"""The preview of a run in words for the command line: Thai first, English beside or under it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from portal.harvest.telling import SEVERITY, head_line

ROWS_TOLD = 3  # example rows, repairs and findings of one kind
KINDS_TOLD = 10
CELLS_TOLD = 6
ITEM_STATUS: Mapping[str, str] = {
    "new": "ใหม่ / new",
    "changed": "จะเป็นรุ่นใหม่ / would be a new version",
    "same": "เหมือนเดิม / the same",
    "held": "จะรอคนตัดสินใจ / would wait for a person",
    "failed": "เผยแพร่ไม่ได้ / can't be published",
    "skipped": "ข้าม / left out",
}


def preview_lines(run: Mapping[str, Any]) -> Iterator[str]:
    """Lines about what a run would do."""
    yield head_line(run)
    if run["first"] is not None:
        yield f"    ลองดูเพียง {run['first']} รายการแรก ดูทั้งหมดด้วย --first 0"
        yield f"    Only the first {run['first']} items were looked at; --first 0 looks at all"
    for item in run["datasets"]:
        yield from item_lines(item)
    for one in run["missing"]:
        what = (
            "จะเปลี่ยนเป็นชุดที่ต้นทางเลิกแสดง / would be archived"
            if one["archived"]
            else "ต้นทางไม่แสดงแล้ว ยังเผยแพร่อยู่ / missing, still published"
        )
        yield f"    {one['title']} ({one['name']}): {what}"
    if run["reason"] and not any(item["reason"] for item in run["datasets"]):
        yield f"    {run['reason']['th']}"
        yield f"    {run['reason']['en']}"


def item_lines(item: Mapping[str, Any]) -> Iterator[str]:
    """Lines about one file or record."""
    yield f"    {item['item']}: {ITEM_STATUS[item['status']]}" + (f" → {item['name']}" if item["name"] else "")
    if item["reason"]:
        yield f"      {item['reason']['th']}"
        yield f"      {item['reason']['en']}"
    preview = item["preview"]
    if preview is None:
        return
    yield from row_lines(preview["rows"])
    for table in preview["mapping"]:
        yield from mapping_lines(table)
    yield from repair_lines(preview["repairs"])
    yield from found_lines(preview["problems"])
    yield from personal_lines(preview["personal"])


def row_lines(rows: Mapping[str, Any] | None) -> Iterator[str]:
    """How the rows would change, with the first of each kind."""
    if rows is None:
        return
    yield (
        f"      แถว / rows: ก่อน {rows['before']:,} → หลัง {rows['after']:,} · ใหม่ / new {rows['added']:,} · "
        f"เปลี่ยน / changed {rows['changed']:,} · หายไป / gone {rows['removed']:,}"
    )
    for table in rows["tables"]:
        for key, sign in (("added_rows", "+"), ("removed_rows", "-")):
            for cells in table.get(key, ())[:ROWS_TOLD]:
                yield f"        {sign} {cells_line(cells)}"
        for change in table.get("changed_rows", ())[:ROWS_TOLD]:
            changed = " · ".join(
                f"{one['column']}: ‘{one['old'] or ''}’ → ‘{one['new'] or ''}’" for one in change["cells"]
            )
            yield f"        ~ แถว {change['row']}: {changed}"


def cells_line(cells: Mapping[str, str | None]) -> str:
    """The first filled cells of a row."""
    filled = [(name, cell) for name, cell in cells.items() if cell]
    more = " …" if len(filled) > CELLS_TOLD else ""
    return " · ".join(f"{name}: {cell}" for name, cell in filled[:CELLS_TOLD]) + more


def mapping_lines(table: Mapping[str, Any]) -> Iterator[str]:
    """Which heading became which column."""
    yield f"      แบบตาราง / profile: {table['profile'] or 'ไม่มี / none'} · {table['reason']['th']}"
    yield f"        {table['reason']['en']}"
    for column in table["columns"]:
        became = column["column"] or column["heading"]
        yield f"        ‘{column['heading']}’ → {became} ({column['why']['th']} / {column['why']['en']})"


def repair_lines(repairs: Mapping[str, Any]) -> Iterator[str]:
    """How many cells would be put right, with examples."""
    if not repairs["count"]:
        return
    yield f"      จะซ่อม {repairs['count']:,} ช่อง / {repairs['count']:,} repairs"
    for group in repairs["groups"]:
        yield f"        {group['title']['th']} / {group['title']['en']}: {group['count']:,}"
        for one in group["examples"][:ROWS_TOLD]:
            yield f"          แถว {one['row']} คอลัมน์ ‘{one['column']}’: ‘{one['before']}’ → {one['after'] or '(ว่าง)'}"


def found_lines(problems: Any) -> Iterator[str]:
    """What was found, by kind."""
    for group in problems[:KINDS_TOLD]:
        word = SEVERITY[group["severity"]]
        yield f"      - {word.th} ({group['count']:,}): {group['title']['th']}"
        yield f"        {word.en} ({group['count']:,}): {group['title']['en']}"
        if group["findings"][0]["message"] != group["title"]:
            for one in group["findings"][:ROWS_TOLD]:
                yield f"          {one['message']['th']}"
    if len(problems) > KINDS_TOLD:
        yield f"      … อีก {len(problems) - KINDS_TOLD} ชนิด ดูด้วย --json / more kinds with --json"


def personal_lines(personal: Mapping[str, Any]) -> Iterator[str]:
    """What personal data was found and where; never a value."""
    if not personal["found"]:
        return
    yield f"      ข้อมูลส่วนบุคคล / personal data: {personal['words']['th']} / {personal['words']['en']}"
    for column in personal["columns"]:
        yield f"        คอลัมน์ ‘{column['heading']}’: {column['cells']:,} ช่อง / cells"
    for done in personal["done"]:
        yield f"        {done['th']}"
        yield f"        {done['en']}"
