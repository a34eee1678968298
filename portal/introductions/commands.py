"""The command `khlang introduction`: reading who asked, bringing links to units by hand, forgetting. Registered by `portal/cli.py`."""

from __future__ import annotations

import click

from harvesters.values import Text
from portal.cli import opened, print_json, say


@click.group()
def introduction() -> None:
    """คำขอให้แนะนำกับหน่วยวิจัย / introductions to research units."""


@introduction.command("list")
@click.option("--open", "open_only", is_flag=True, help="เฉพาะที่รอหน่วยวิจัย / only those that wait for their unit")
@click.option("--json", "as_json", is_flag=True, help="พิมพ์ผลเป็น JSON / print JSON")
def introduction_list(open_only: bool, as_json: bool) -> None:
    """แสดงคำขอ สถานะ และการส่งอีเมล / list them, how far they came, and how their mail fares."""
    from portal.introductions.queries import list_introductions, plain_json

    with opened():
        rows = [plain_json(one) for one in list_introductions(open_only=open_only)]
    if as_json:
        print_json({"introductions": rows})
        return
    for row in rows:
        letters = " ".join(
            f"{step}:{letter['state']}" + (f"({letter['reason']})" if letter["reason"] else "")
            for step, letter in row["delivery"].items()
        )
        click.echo(f"{row['number']}\t{row['state']}\t{row['province']}\t{row['unit']}\t{letters}")


@introduction.command("show")
@click.argument("number", type=int, metavar="NUMBER")
@click.option("--json", "as_json", is_flag=True, help="พิมพ์ผลเป็น JSON / print JSON")
def introduction_show(number: int, as_json: bool) -> None:
    """แสดงคำขอหนึ่งเรื่อง รวมชื่อกลุ่มและที่ติดต่อ ซึ่งไม่แสดงต่อสาธารณะ / show one with name and contact, which the public never sees."""
    from portal.introductions.queries import find_introduction, private_json

    with opened():
        told = private_json(find_introduction(number))
    if as_json:
        print_json(told)
        return
    for name, value in told.items():
        if value not in (None, "", {}):
            click.echo(f"{name}: {value}")


@introduction.command("link")
@click.argument("number", type=int, metavar="NUMBER")
@click.option("--by", "actor", required=True, help="ชื่อผู้ขอลิงก์ / who takes the link")
def introduction_link(number: int, actor: str) -> None:
    """พิมพ์ลิงก์ให้หน่วยวิจัยตอบ เมื่อส่งอีเมลไม่ได้ / print the link for the unit's answer, where mail can't bring it."""
    from portal.introductions.actions import hand_out

    with opened():
        address = hand_out(number, actor=actor)
    click.echo(address)


@introduction.command("forget")
@click.argument("number", type=int, metavar="NUMBER")
@click.option("--reason", required=True, help="เหตุผล / reason")
@click.option("--by", "actor", required=True, help="ชื่อผู้สั่ง / who")
def introduction_forget(number: int, reason: str, actor: str) -> None:
    """ลบชื่อ ที่ติดต่อ และข้อความ คงไว้แต่วันและจำนวน / delete name, contact and words; dates and numbers stay."""
    from portal.introductions.actions import forget

    with opened():
        forget(number, actor=actor, reason=reason)
    say(
        Text(
            f"ลบสิ่งที่บอกว่าใครเป็นผู้ขอเรื่องที่ {number} แล้ว",
            f"What told who asked introduction {number} is deleted.",
        )
    )
