"""Introductions in words. Nothing here tells who asked, but for `answer_view`, which only the unit's own link shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _  # type: ignore[import-untyped]

from portal.catalogue.presenting import province_name
from portal.introductions.models import Introduction
from portal.introductions.queries import Tally, delivery
from portal.registry.presenting import called, contact
from portal.registry.queries import joined_to


def answer_words() -> dict[str, str]:
    """What a unit may answer."""
    return {
        "accepted": _("ช่วยได้ จะติดต่อกลับ"),
        "referred": _("ไม่ตรงกับงานของเรา แต่แนะนำที่อื่นได้"),
        "declined": _("ช่วยไม่ได้ในตอนนี้"),
    }


def outcome_words() -> dict[str, str]:
    """What may come of it."""
    return {
        "solved": _("ได้ช่วยแล้ว แก้ปัญหาได้"),
        "partly": _("ได้ช่วยแล้ว แก้ได้บางส่วน"),
        "unsolved": _("ได้ช่วยแล้ว ยังแก้ไม่ได้"),
        "no-contact": _("ติดต่อกันไม่ได้ หรือไม่ได้ทำต่อ"),
    }


def choices_of(step: str) -> list[tuple[str, str]]:
    """The choices of a step, for its form."""
    return list((answer_words() if step == "answer" else outcome_words()).items())


def asked_view(one: Introduction) -> dict[str, Any]:
    """The page of whoever asked: how far it came, and how to reach the unit without waiting."""
    unit = joined_to(one.unit)
    states = {
        "asked": ("running", _("รอหน่วยวิจัยตอบ")),
        "answered": ("ok" if one.answer == "accepted" else "none", _("หน่วยวิจัยตอบแล้ว")),
        "outcome": ("ok", _("มีผลแล้ว")),
    }
    letter = delivery(one)
    return {
        "number": one.id,
        "unit": called(unit),
        "href": f"/unit/{unit.slug}",
        "contact": contact(unit),
        "state": states[one.state],
        "asked_at": one.sent_at,
        "answered_at": one.answered_at,
        "answer": answer_words()[one.answer] if one.answer else "",
        "answer_words": one.answer_words,
        "outcome_at": one.outcome_at,
        "outcome": outcome_words()[one.outcome] if one.outcome else "",
        "outcome_words": one.outcome_words,
        "mailed": letter["state"] == "sent",
        "mailed_at": letter["sent_at"],
        "why": why_undelivered(letter),
    }


def why_undelivered(letter: Mapping[str, Any]) -> str:
    """Why a letter has not gone out, and whether it is tried again."""
    why = {
        "no-server": _("พอร์ทัลนี้ยังไม่ได้ตั้งค่าการส่งอีเมล"),
        "no-address": _("หน่วยวิจัยนี้ไม่มีอีเมลกลางในข้อมูลที่เผยแพร่"),
        "refused": _("เครื่องรับอีเมลของหน่วยวิจัยไม่รับจดหมาย"),
        "unreachable": _("ติดต่อเครื่องส่งอีเมลไม่ได้"),
    }.get(letter["reason"] or "", "")
    further = _("ระบบจะลองส่งให้อีก") if letter["next_try_at"] else _("ระบบเลิกส่งแล้ว")
    return f"{why} {further}" if why else ""


def answer_view(one: Introduction, step: str) -> dict[str, Any]:
    """What a unit reads on the page of its link."""
    cluster = joined_to(one.cluster) if one.cluster else None
    return {
        "number": one.id,
        "step": step,
        "unit": called(joined_to(one.unit)),
        "group": one.group_name,
        "contact": one.contact,
        "message": one.message,
        "cluster": called(cluster) if cluster else "",
        "cluster_href": f"/cluster/{cluster.slug}" if cluster else None,
        "province": province_name(one.province_code),
        "asked_at": one.sent_at,
        "choices": choices_of(step),
    }


def tally_view(name: str, tally: Tally, href: str | None = None) -> dict[str, Any]:
    """A line of the public table."""
    return {"name": name, "href": href, **tally.line()}
