"""The command `khlang feedback`: reading and answering what readers told. Registered by `portal/cli.py`, import it from there."""

from __future__ import annotations

import click

from harvesters.values import Text
from portal.cli import opened, print_json, say


@click.group()
def feedback() -> None:
    """สิ่งที่ผู้ใช้แจ้งและขอ / what readers reported and asked for."""


@feedback.command("list")
@click.option("--open", "open_only", is_flag=True, help="เฉพาะที่ยังไม่จบ / only what is not settled")
@click.option("--json", "as_json", is_flag=True, help="พิมพ์ผลเป็น JSON / print JSON")
def feedback_list(open_only: bool, as_json: bool) -> None:
    """แสดงสิ่งที่ผู้ใช้แจ้ง รวมข้อความ ซึ่งไม่แสดงต่อสาธารณะ / list them with their messages, which the public never sees."""
    from portal.feedback.queries import private_json

    with opened():
        rows = private_json(open_only=open_only)
    if as_json:
        print_json({"feedback": rows})
        return
    for row in rows:
        about = [str(part) for part in (row["dataset"], row["resource"], row["row"], row["province"]) if part]
        click.echo(f"{row['number']}\t{row['kind']}\t{row['state']}\t{' '.join(about) or '-'}")
        click.echo("    " + row["message"].replace("\n", "\n    "))


@feedback.command("answer")
@click.argument("number", type=int)
@click.option(
    "--state",
    required=True,
    type=click.Choice(["accepted", "done", "declined"]),
    help="accepted รับเรื่อง done แก้แล้ว declined ไม่เปลี่ยน / what became of it",
)
@click.option("--answer", "words", required=True, help="คำตอบที่ทุกคนอ่านได้ / the answer, which everybody reads")
@click.option("--by", "actor", required=True, help="ชื่อผู้ตอบ / who answers")
def feedback_answer(number: int, state: str, words: str, actor: str) -> None:
    """ตอบเรื่องหนึ่ง / answer one of them."""
    from portal.feedback.actions import answer

    with opened():
        answer(number, state=state, words=words, actor=actor)
    say(Text(f"ตอบเรื่องที่ {number} แล้ว ดูได้ที่ /feedback/{number}", f"Answered; see /feedback/{number}"))
