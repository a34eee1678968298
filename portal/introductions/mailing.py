"""The letters to a unit, in both languages. What a reader wrote stands behind "> ", so that it can't pass for our own words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import current_app

from harvesters.checks.personal.contacts import is_institutional
from portal.introductions.models import Introduction, IntroductionLink
from portal.introductions.tokens import GOOD_FOR, Token, address_of
from portal.mail import is_address
from portal.registry.models import Entity
from portal.registry.queries import joined_to

_APART = re.compile(r"[,;\s<>()]+")


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that is ready. `to` is empty where the unit has no address that we may write to."""

    to: str
    subject: str
    text: str


def address_of_unit(unit: Entity) -> str:
    """The first mail address of an institution in what was published about a unit, "" where there is none.

    A person's own address never gets a letter, even if it slipped into a table (contracts.md §1).
    """
    unit = joined_to(unit)
    for mention in unit.mentions:
        for piece in _APART.split(str(mention.facts.get("contact_email") or "")):
            local, _, domain = piece.lower().rpartition("@")
            if is_address(piece) and is_institutional(local, domain):
                return piece
    return ""


def link_address(link: IntroductionLink) -> str:
    """The whole address of a link, dated now; a path where the portal has not been told its own address."""
    base = str(current_app.config["KHLANG"].address)
    return base + address_of(Token(link.introduction_id, link.step, link.nonce))


def letter_of(link: IntroductionLink) -> Letter:
    """The letter that brings a link to its unit."""
    introduction = link.introduction
    write = answer_letter if link.step == "answer" else outcome_letter
    subject, text = write(introduction, link_address(link), GOOD_FOR[link.step].days)
    return Letter(address_of_unit(introduction.unit), subject, text)


def quoted(text: str) -> str:
    """A reader's words, each line marked."""
    return "\n".join(f"> {line}" for line in text.splitlines())


def answer_letter(introduction: Introduction, address: str, days: int) -> tuple[str, str]:
    """Subject and text of the letter that tells a unit who asks."""
    unit = introduction.unit
    return (
        f"มีกลุ่มผู้ประกอบการขอคำแนะนำจาก {unit.name_th}",
        f"""ถึง {unit.name_th}

มีกลุ่มผู้ประกอบการพบหน่วยของคุณในคลัง และอยากคุยด้วย ข้อความที่ขึ้นต้นด้วย > เป็นของผู้ขอ คลังไม่ได้ตรวจ

ชื่อกลุ่ม
{quoted(introduction.group_name)}
ติดต่อกลับที่
{quoted(introduction.contact)}
เรื่องที่อยากให้ช่วย
{quoted(introduction.message)}

โปรดตอบว่าช่วยได้หรือไม่ที่ลิงก์นี้ ใช้ได้ครั้งเดียวภายใน {days} วัน ไม่ต้องสมัครสมาชิก
{address}

ข้อมูลนี้ส่งถึงหน่วยของคุณเพื่อเรื่องนี้เท่านั้น โปรดอย่าเผยแพร่ต่อ
อีเมลนี้ส่งจากระบบ ตอบกลับทางอีเมลไม่ได้

--
To {unit.name_en or unit.name_th}: a group of entrepreneurs found your unit in Khlang and would like to talk to you. Their name, how to
reach them and what they ask stand above, behind ">"; nobody has checked them. Please say at the link whether you can help: it works
once, within {days} days, without an account. Please use what you were told for this alone.
""",
    )


def outcome_letter(introduction: Introduction, address: str, days: int) -> tuple[str, str]:
    """Subject and text of the letter by which a unit tells what came of it. It names nobody."""
    unit = introduction.unit
    return (
        f"ผลของคำขอคำแนะนำที่ {introduction.id} เป็นอย่างไร",
        f"""ถึง {unit.name_th}

ขอบคุณที่รับเรื่องที่ {introduction.id} เมื่อคุยกับกลุ่มผู้ประกอบการแล้ว โปรดบอกผลที่ลิงก์นี้ ใช้ได้ครั้งเดียวภายใน {days} วัน
{address}

คลังนับเฉพาะจำนวนและวัน ไม่เผยแพร่ชื่อของใคร
อีเมลนี้ส่งจากระบบ ตอบกลับทางอีเมลไม่ได้

--
To {unit.name_en or unit.name_th}: thank you for taking on introduction {introduction.id}. Once you have talked, please tell at the link
what came of it: it works once, within {days} days. Only numbers and days are published, never a name.
""",
    )
