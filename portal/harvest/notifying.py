"""Tells by e-mail how a run ended, to the address that the source names and as often as it wants: always, on trouble, on change."""

from __future__ import annotations

import logging

from flask import current_app
from flask_babel import force_locale  # type: ignore[import-untyped]
from flask_babel import gettext as _

from harvesters.checks.personal import mask_text
from harvesters.sources import value_of
from portal.harvest.models import Run
from portal.harvest.presenting import run_numbers, run_state
from portal.harvest.rules import as_source, reading
from portal.mail import Undelivered, send

log = logging.getLogger("khlang.harvest")

TROUBLE = frozenset({"failed", "partial", "held"})


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
    """Subject and text, Thai above English; what a source calls itself goes through the masker, as letters travel openly."""
    name = mask_text(title)
    page = f"{current_app.config['KHLANG'].address}/source/{run.source.slug}/run/{run.number}"
    parts = []
    for language in ("th", "en"):
        with force_locale(language):
            which = _("การดึงครั้งที่ %(number)s", number=run.number)
            head = f"{name}: {which}: {run_state(run.status)[1]}"
            parts.append("\n".join(filter(None, (head, run_numbers(run), (run.reason or {}).get(language), page))))
    with force_locale("th"):
        subject = _("คลัง") + f": {name}: {run_state(run.status)[1]}"
    return subject, "\n\n".join(parts) + "\n"
