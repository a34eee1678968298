"""Tells by e-mail how a run ended, to the address that the source names and as often as it wants: always, on trouble, on change."""

from __future__ import annotations

import logging

from flask import current_app

from harvesters.checks.personal import mask_text
from harvesters.sources import value_of
from portal.harvest.models import Run
from portal.harvest.rules import as_source, reading
from portal.mail import Undelivered, send

log = logging.getLogger("khlang.harvest")

TROUBLE = frozenset({"failed", "partial", "held"})
WORDS = {
    "done": ("เรียบร้อย", "done"),
    "partial": ("ได้บางส่วน", "done in part"),
    "held": ("พักไว้ให้คนตรวจ", "waits for a person"),
    "failed": ("ไม่สำเร็จ", "failed"),
    "cancelled": ("หยุดก่อนเสร็จ", "stopped"),
}
NUMBERS = (
    ("new", "ใหม่", "new"),
    ("changed", "เปลี่ยน", "changed"),
    ("same", "เหมือนเดิม", "same"),
    ("failed", "ไม่สำเร็จ", "failed"),
    ("held", "รอคนตรวจ", "held"),
    ("skipped", "ข้าม", "skipped"),
    ("archived", "ต้นทางเลิกแสดง", "archived"),
)


def wants(when: str, run: Run) -> bool:
    """Whether somebody who asked for word `when` (never, always, error, change) wants it of this run."""
    trouble = run.status in TROUBLE
    changed = bool(run.new or run.changed or run.archived)
    return when == "always" or (when == "error" and trouble) or (when == "change" and (trouble or changed))


def notify(run_id: int) -> None:
    """Send the word of a finished run, if its source asks for it. A letter that is not taken never fails a run."""
    with reading() as session:
        run = session.get_one(Run, run_id)
        source = as_source(run.source)
        to, when = source.options.get("notify_to", ""), value_of(source, "notify")
        if not to or not wants(when, run):
            return
        subject, text = letter(source.title or source.slug, run)
    answer = send(to, subject, text)
    if isinstance(answer, Undelivered):
        log.warning("word of a run not delivered", extra={"source": source.slug, "reason": answer.reason})


def letter(title: str, run: Run) -> tuple[str, str]:
    """Subject and text in both languages; what a source calls itself goes through the masker, as letters travel openly."""
    name = mask_text(title)
    thai, english = WORDS.get(run.status, (run.status, run.status))
    base = (current_app.config["KHLANG"].base_url or "").rstrip("/")
    page = f"{base}/source/{run.source.slug}/run/{run.number}"
    reason = run.reason or {}
    lines = [
        f"การดึงข้อมูล ‘{name}’ ครั้งที่ {run.number}: {thai}",
        " · ".join(f"{word} {getattr(run, key)}" for key, word, _ in NUMBERS if getattr(run, key)),
        str(reason.get("th", "")),
        f"รายละเอียด: {page}",
        "",
        f"Run {run.number} of ‘{name}’: {english}",
        " · ".join(f"{word} {getattr(run, key)}" for key, _, word in NUMBERS if getattr(run, key)),
        str(reason.get("en", "")),
        f"Details: {page}",
    ]
    return f"คลัง: {name}: {thai}", "\n".join(line for number, line in enumerate(lines) if line or number == 4) + "\n"
