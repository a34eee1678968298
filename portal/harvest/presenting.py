"""Turns rows of harvesting into what everybody may see of them: named values for templates, and JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _  # type: ignore[import-untyped]

from harvesters import bundled
from harvesters.checks.personal import mask_text
from harvesters.checks.problems import BY_CODE, field_names, general
from harvesters.packages.findings import by_kind
from harvesters.sources import kinds
from portal.catalogue.models import Dataset
from portal.catalogue.presenting import address_of, province_name, publisher_title, title_of
from portal.catalogue.queries import PUBLIC_STATES
from portal.choices import language
from portal.harvest.braking import BRAKE
from portal.harvest.models import Held, Run, RunItem, Source
from portal.harvest.queries import run_summary
from portal.harvest.registry import details_json
from portal.writing import localised

EXAMPLES = 20  # of one kind of problem on a page; the JSON has all that were kept


def source_title(source: Source) -> str:
    """What a source is called in the reader's language."""
    return (source.title_en if language() == "en" else "") or source.title_th or source.slug


def source_line(source: Source, run: Run | None, held: int) -> dict[str, Any]:
    """A source in the list."""
    return {
        "href": f"/source/{source.slug}",
        "title": source_title(source),
        "publisher": publisher_title(source.publisher),
        "state": state_of(source, run, held),
        "date": run and (run.finished_at or run.started_at),
        "waiting": held,
    }


def state_of(source: Source, run: Run | None, waiting: int, *, published: bool = True) -> dict[str, str]:
    """The state of a source: a sign (`status_word`), a word, and a sentence that says what it means for the reader.

    `waiting`: how many deliveries wait for a person; when all that a run held back is decided, nothing is wrong any more.
    `published`: whether anything of the source is published; only then is there an earlier version to speak of.
    """
    if source.removed_at is not None:
        return _state("none", _("เลิกดึงแล้ว"), _("ไม่รับข้อมูลจากแหล่งนี้อีก ชุดข้อมูลที่เผยแพร่แล้วยังอยู่"))
    if run is None:
        return _state("none", _("ยังไม่เคยดึง"), _("ลงทะเบียนแล้ว รอการดึงครั้งแรก"))
    if run.held and not waiting and not run.failed:
        return _state("ok", _("เรียบร้อย"), _("มีคนตรวจสิ่งที่พักไว้แล้ว"))
    return _state(*run_state(run.status, published=published))


def run_state(status: str, *, published: bool = True) -> tuple[str, str, str]:
    """The sign, word and sentence of a run's status; `published`: whether there is an earlier version."""
    rest = _("รุ่นเดิมยังใช้ได้") if published else _("ยังไม่มีข้อมูลเผยแพร่จากแหล่งนี้")
    states = {
        "done": ("ok", _("เรียบร้อย"), _("รับข้อมูลครั้งล่าสุดได้ครบ")),
        "partial": ("warning", _("ได้บางส่วน"), _("บางรายการเผยแพร่แล้ว บางรายการต้องแก้หรือรอคนตรวจ")),
        "held": ("held", _("พักไว้ให้คนตรวจ"), _("ของใหม่ยังไม่เผยแพร่จนกว่าจะมีคนตรวจ") + " " + rest),
        "failed": ("error", _("ไม่สำเร็จ"), _("รับข้อมูลครั้งล่าสุดไม่ได้") + " " + rest),
        "running": ("running", _("กำลังดึงข้อมูล"), _("กำลังรับข้อมูลอยู่ในขณะนี้")),
        "cancelled": ("none", _("หยุดก่อนเสร็จ"), _("การดึงครั้งล่าสุดถูกหยุดก่อนเสร็จ") + " " + rest),
    }
    return states.get(status, ("none", status, ""))


def _state(sign: str, word: str, sentence: str) -> dict[str, str]:
    return {"sign": sign, "word": word, "sentence": sentence}


def source_facts(source: Source) -> list[dict[str, Any]]:
    """What is known of a source, for `fact_list`. A path of the server is nobody's business: `details_json` hides it."""
    told = details_json(source)
    profile = bundled.all_profiles().get(source.profile or "")
    kind = kinds().get(source.kind)
    address = mask_text(told["url"])
    return [
        {"term": _("เผยแพร่โดย"), "text": publisher_title(source.publisher), "href": f"/publisher/{source.publisher.slug}"},
        {"term": _("ชื่อจังหวัด"), "text": province_name(source.province_code) if source.province_code else "",
         "href": f"/province/{source.province_code}"},
        {"term": _("ดึงจาก"), "text": address, "href": address if address.startswith(("http://", "https://")) and " " not in address else None},
        {"term": _("ชนิดของแหล่ง"), "text": localised(kind.title) if kind else source.kind},
        {"term": _("แบบตาราง"), "text": localised(profile.title) if profile else ""},
        {"term": _("เมื่อพบข้อมูลส่วนบุคคล"), "text": personal_words(str(source.options.get("personal", "hold")))},
        {"term": _("รอบการดึงข้อมูล"), "text": schedule_words(source.schedule)},
        {"term": _("ดึงครั้งถัดไป"), "date": source.next_due_at},
        {"term": _("ลงทะเบียนเมื่อ"), "date": source.created_at},
    ]  # fmt: skip


def personal_words(setting: str) -> str:
    """What a source does with personal data, in words."""
    words = {
        "hold": _("พักทั้งรายการไว้ให้คนตรวจก่อน"),
        "drop": _("ตัดคอลัมน์นั้นออกก่อนเผยแพร่"),
        "mask": _("ปิดเฉพาะค่าที่พบก่อนเผยแพร่"),
    }
    return str(words.get(setting, setting))


def schedule_words(schedule: str) -> str:
    """How often a source is harvested, in words."""
    words = {
        "manual": _("เมื่อมีผู้สั่ง"),
        "hourly": _("ทุกชั่วโมง"),
        "daily": _("ทุกวัน"),
        "weekly": _("ทุกสัปดาห์"),
        "monthly": _("ทุกเดือน"),
    }
    return str(words.get(schedule, schedule))


def waiting_view(held: Held, slug: str) -> dict[str, Any]:
    """Something that waits, as everybody may see it: what and since when, not what was found."""
    return {
        "what": _("ชุดข้อมูลที่หายไป %(count)s ชุด", count=held.original_name)
        if held.code == BRAKE
        else mask_text(held.original_name),
        "lost": [mask_text(title) for title in held.details.get("titles", ())] if held.code == BRAKE else [],
        "rows": [
            " · ".join(f"{name}: {cell}" for name, cell in row.items() if cell)
            for row in held.details.get("lost_rows", ())
        ],
        "since": held.created_at,
        "message": localised(held.details.get("message")),
        "run": held.run_id,
        "published": held.code == BRAKE or held.dataset_id is not None,
        "command": release_command(slug, held.code),
    }


def release_command(slug: str, code: str) -> str:
    """The command that decides, with the decisions that there are to choose from."""
    choices = "publish|keep|retry" if code == BRAKE else "drop|mask|keep|retry|publish"
    by, reason = _("ชื่อผู้ตัดสิน"), _("เหตุผล")
    return f'khlang source release {slug} --decision {choices} --by "{by}" --reason "{reason}"'


def public_details(source: Source) -> dict[str, Any]:
    """A source as JSON for everybody. Options are left out but for the one about personal data: they may hold what is private."""
    told = details_json(source)
    told["options"] = {"personal": source.options.get("personal", "hold")}
    told["url"] = mask_text(told["url"])
    told["next_due_at"] = _iso(source.next_due_at)
    return told


def run_data(run: Run) -> dict[str, Any]:
    """A run's numbers as JSON."""
    told = run_summary(run)
    return told | {name: _iso(told[name]) for name in ("started_at", "finished_at")}


def run_numbers(run: Run) -> str:
    """What a run did in numbers, those that are nought left out."""
    names = {
        "new": _("ใหม่"),
        "changed": _("เปลี่ยน"),
        "same": _("เหมือนเดิม"),
        "failed": _("ไม่สำเร็จ"),
        "held": _("รอคนตรวจ"),
        "skipped": _("ข้าม"),
        "archived": _("ต้นทางเลิกแสดง"),
    }
    return " · ".join(f"{word} {getattr(run, name)}" for name, word in names.items() if getattr(run, name))


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def public_dataset(item: RunItem) -> Dataset | None:
    """The dataset that an item became, if everybody may see it."""
    dataset = item.dataset
    public = dataset is not None and dataset.state in PUBLIC_STATES and dataset.current_version_id is not None
    return dataset if public else None


def item_view(item: RunItem) -> dict[str, Any]:
    """One item of a run, for people."""
    dataset = public_dataset(item)
    groups = report_groups(item.report) if item.report else []
    return {
        "id": item.id,
        "title": title_of(dataset) if dataset else mask_text(item.remote_id),
        "href": address_of(dataset) if dataset else None,
        "workbook": bool(item.report) or (dataset is not None and item.version_id is not None),
        "file": mask_text(item.remote_id),
        "status": item.status,
        "stage": stage_word(item.stage),
        "sentence": localised(item.message) or unchanged_words(item.status),
        "code": item.code,
        "seconds": item.seconds,
        "groups": groups,
        "personal": any(group["code"].startswith("personal-") for group in groups),
    }


def unchanged_words(status: str) -> str:
    """What became of an item that there is nothing to complain of."""
    words = {
        "new": _("เผยแพร่เป็นชุดข้อมูลใหม่"),
        "changed": _("เผยแพร่เป็นรุ่นใหม่"),
        "same": _("ไม่มีอะไรเปลี่ยนจากรุ่นที่มีอยู่ จึงไม่สร้างรุ่นใหม่"),
        "skipped": _("ข้ามไป"),
    }
    return str(words.get(status, ""))


def stage_word(stage: str) -> str:
    """How far an item came, in words."""
    words = {
        "gather": _("หารายการ"),
        "fetch": _("รับไฟล์"),
        "check": _("ตรวจ"),
        "compare": _("เทียบกับรุ่นเดิม"),
        "publish": _("เผยแพร่"),
    }
    return str(words.get(stage, stage))


def item_data(item: RunItem) -> dict[str, Any]:
    """One item of a run, as JSON. The report in it was masked when it was written."""
    dataset = public_dataset(item)
    return {
        "item": mask_text(item.remote_id),
        "stage": item.stage,
        "status": item.status,
        "code": item.code,
        "message": item.message,
        "dataset": dataset.name if dataset else None,
        "seconds": item.seconds,
        "report": item.report,
    }


def report_groups(report: Mapping[str, Any], most: int = EXAMPLES) -> list[dict[str, Any]]:
    """What was found in something that was not published, by kind: what needs mending first, then by number.

    Each group has at most `most` findings with table, row, column and (masked) value.
    """
    return [
        {
            **group,
            "title": (heading := heading_of(group["code"], group["findings"])),
            "alike": all(localised(one["message"]) == heading for one in group["findings"]),
            "placed": any(one.get("row") is not None or one.get("column") for one in group["findings"]),
        }
        for group in by_kind(report, most)
    ]


def heading_of(code: str, findings: Sequence[Mapping[str, Any]]) -> str:
    """What a group of findings is about: the first of them as an example, as a sentence full of gaps says nothing."""
    if code not in BY_CODE:
        return code
    told = localised(findings[0]["message"])
    return told if field_names(BY_CODE[code]) else localised(general(BY_CODE[code]))
