"""A run in words for the command line: Thai first, English under it, nothing that a person must guess."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harvesters.values import Text

PROBLEMS_TOLD = 10
ITEMS_TOLD = 5  # a run of more items tells of those that need somebody

STATUS: Mapping[str, str] = {
    "done": "เรียบร้อย",
    "partial": "ได้บางส่วน",
    "held": "รอคนตัดสินใจ",
    "failed": "ไม่สำเร็จ",
    "cancelled": "ถูกหยุด",
}
SEVERITY: Mapping[str, Text] = {
    "error": Text("ต้องแก้", "to mend"),
    "warning": Text("ควรตรวจ", "to check"),
    "info": Text("แจ้งให้ทราบ", "note"),
}
HELD = ("personal-held", "category-held", "table-brake", "review-held")


def head_line(run: Mapping[str, Any]) -> str:
    """How a run, or a look at what it would do, ended, in numbers."""
    trial = " (ลองดู ไม่ได้บันทึก / dry run)" if run.get("dry_run") else ""
    return (
        f"  → {run['source']}: {STATUS.get(run['status'], run['status'])} ({run['status']}){trial} · "
        f"พบ {run['seen']} ใหม่ {run['new']} เปลี่ยน {run['changed']} เหมือนเดิม {run['same']} "
        f"รอตัดสิน {run['held']} ไม่สำเร็จ {run['failed']} ข้าม {run['skipped']}"
    )


def run_lines(run: Mapping[str, Any], *, base: str = "", whole: bool = False) -> Iterator[str]:
    """Lines about a run. `base`: the portal's own address, if known; `whole`: with the problems found, for one file handed in."""
    yield head_line(run)
    items: Sequence[Mapping[str, Any]] = run["datasets"]
    for item in items:
        if whole or len(items) <= ITEMS_TOLD or item["reason"]:
            yield from item_lines(item, base, whole=whole)
    if run["reason"] and not any(item["reason"] for item in items):
        yield f"    {run['reason']['th']}"
        yield f"    {run['reason']['en']}"
    if run["status"] != "done" and run.get("run"):
        yield f"    ผลการตรวจทั้งหมดและไฟล์ Excel / the whole report: {base}/source/{run['source']}/run/{run['run']}"
    if any((item["reason"] or {}).get("code") in HELD for item in items):
        yield from decision_lines(run["source"])


def item_lines(item: Mapping[str, Any], base: str, *, whole: bool) -> Iterator[str]:
    """Lines about one file or record: where it is to be seen, what was taken out of it, why it did not go through."""
    if item["url"] and item["status"] in ("new", "changed", "same") and item["version"]:
        rows = sum(table["rows"] for table in item["resources"])
        repairs = sum(table["repairs"] for table in item["resources"])
        said = f" · {rows:,} แถว / rows · ซ่อม {repairs:,} จุด / repairs" if item["resources"] else ""
        yield f"    {item['item']}: รุ่นที่ {item['version']} / version {item['version']}{said} · {base}{item['url']}"
    for done in item.get("personal", ()):
        yield f"      {done['th']}"
        yield f"      {done['en']}"
    if item["reason"]:
        yield f"    {item['item']}: {item['reason']['th']}"
        yield f"    {item['item']}: {item['reason']['en']}"
    if whole:
        found = [*item["problems"], *(one for table in item["resources"] for one in table["problems"])]
        reason = (item["reason"] or {}).get("th")
        yield from problem_lines([one for one in found if one["message"]["th"] != reason], item, base)


def problem_lines(found: Sequence[Mapping[str, Any]], item: Mapping[str, Any], base: str) -> Iterator[str]:
    """The first problems with their places, and where the others can be read."""
    for one in found[:PROBLEMS_TOLD]:
        word = SEVERITY[one["severity"]]
        yield f"      - {word.th}: {one['message']['th']}"
        yield f"        {word.en}: {one['message']['en']}"
    count = sum(table["problem_count"] for table in item["resources"] if "problem_count" in table) or len(found)
    if count > PROBLEMS_TOLD:
        where = f"{base}{item['url']}/report" if item["url"] and item["version"] else "khlang validate --json"
        yield f"      … ทั้งหมด {count:,} จุด อ่านต่อที่ {where} / {count:,} in all, see there"


def decision_lines(source: str) -> Iterator[str]:
    """How to decide about what waits."""
    yield "    ตัดสินได้ด้วยคำสั่ง / decide with:"
    yield f'      khlang source release {source} --decision drop --by "ชื่อผู้ตัดสิน" --reason "เหตุผล"'
    yield "      drop ตัดคอลัมน์ออก · mask ปิดค่าที่พบ · keep ไม่เอาของใหม่ · retry ดูใหม่ · publish เผยแพร่ตามเดิม (ต้องสองคน)"
    yield "      drop the columns · mask the values · keep what there is · retry · publish as it is (two people)"


def release_lines(result: Mapping[str, Any], base: str) -> Iterator[str]:
    """Lines about what became of a decision."""
    words = {
        "keep": Text(
            "คงของเดิมไว้ ของใหม่ชุดนี้จะไม่ถูกถามอีก", "kept what there is; this delivery will not be asked about again"
        ),
        "retry": Text("จะดูใหม่ในการดึงครั้งหน้า", "will be looked at again in the next run"),
        "noted": Text("บันทึกแล้ว ยังรออยู่", "noted; it waits on"),
        "failed": Text("ทำไม่สำเร็จ ยังรออยู่", "not done; it waits on"),
        "same": Text("ข้อมูลเหมือนที่เผยแพร่อยู่แล้ว", "the same as what is published"),
    }
    for item in result["items"]:
        said = words.get(item["status"], Text("เผยแพร่แล้ว", "published"))
        where = f" · รุ่นที่ {item['version']} · {base}/dataset/{item['dataset']}" if item.get("dataset") else ""
        yield f"{item['item']}: {said.th} / {said.en}{where}"
        for line in (*item.get("personal", ()), *([item["reason"]] if item.get("reason") else ())):
            yield f"  {line['th']}"
            yield f"  {line['en']}"
