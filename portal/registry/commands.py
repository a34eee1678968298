"""`khlang match` and `khlang registry`: who can help, which entities may be one, joining and parting them.

Registered by `portal/cli.py`, import it from there.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from harvesters.values import Text
from portal.cli import base_of, exit_code, opened, print_json, say
from portal.errors import PortalError
from portal.usage import WrongUse


@click.command()
@click.option("--cluster", "slug", help="ที่อยู่ของกลุ่ม / slug of a cluster")
@click.option("--need", default="", help="ความต้องการเป็นคำธรรมดา / a need in plain words")
@click.option("--province", help="จังหวัดของผู้ถาม / where the asker is")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 100), help="จำนวน / how many")
@click.option("--all", "every", is_flag=True, help="ทุกกลุ่ม เป็น JSON Lines / every cluster, as JSON lines")
@click.option("--json", "as_json", is_flag=True, help="พิมพ์ผลเป็น JSON / print JSON")
def match(slug: str | None, need: str, province: str | None, limit: int, every: bool, as_json: bool) -> None:
    """หาหน่วยวิจัยที่ช่วยได้ / find research units that can help."""
    from harvesters.thai.places import find_province
    from portal.registry.documents import match_document
    from portal.registry.queries import all_entities, find_entity

    place = find_province(province) if province else None
    if province and place is None:
        raise PortalError("unknown-province", province=province)
    code = place.code if place else None
    if not every and not slug and not need.strip():
        raise WrongUse(
            Text(
                'ยังไม่ได้บอกว่าจะหาให้ใคร ใส่ --need "ความต้องการ" หรือ --cluster ที่อยู่ของกลุ่ม หรือ --all',
                'For whom? Give --need "what is needed", or --cluster SLUG, or --all.',
            )
        )
    with opened():
        if every:
            for cluster in all_entities("cluster"):
                click.echo(json.dumps(match_document(cluster, limit=limit), ensure_ascii=False))
            return
        document = match_document(find_entity("cluster", slug) if slug else None, need, code, limit=limit)
    if as_json:
        print_json(document)
        return
    for hit in document["hits"]:
        far = "" if hit["distance_km"] is None else f" · {round(hit['distance_km'])} กม."
        click.echo(f"{hit['score']:.2f}\t{hit['title']} · {hit['university'] or ''}{far}\t{hit['url']}")
        for reason in hit["reasons"]:
            click.echo(f"    - {reason['text']['th']}")
    if document["gap"] is not None:
        say(Text("ยังไม่มีหน่วยวิจัยในระยะที่ช่วยเรื่องนี้ได้", "No research unit within reach can help with this."))


@click.group()
def registry() -> None:
    """ทะเบียนกลุ่มและหน่วยวิจัย / the registry of clusters and units."""


@registry.command("doubts")
@click.option("--json", "as_json", is_flag=True, help="พิมพ์ผลเป็น JSON / print JSON")
def doubts(as_json: bool) -> None:
    """คู่ที่อาจเป็นรายเดียวกัน รอคนตัดสิน / pairs that may be one, for a person to decide."""
    from portal.db import db
    from portal.registry.queries import open_doubts

    with opened():
        found: list[dict[str, Any]] = [
            {
                "kind": one.kind,
                "one": one.slug,
                "other": other.slug,
                "names": [one.name_th, other.name_th],
                "score": doubt.score,
            }
            for doubt, one, other in open_doubts(db.session)
        ]
    if as_json:
        print_json(found)
        return
    for pair in found:
        click.echo(
            f"{pair['score']:.0f}\t{pair['kind']}\t{pair['one']}\t{pair['other']}\t{pair['names'][0]} / {pair['names'][1]}"
        )
    if not found:
        say(Text("ไม่มีคู่ที่รอตัดสิน", "No pair waits for a decision."))


@registry.command("publish")
@click.option("--json", "as_json", is_flag=True, help="พิมพ์ผลเป็น JSON / print JSON")
def publish_registry(as_json: bool) -> None:
    """เผยแพร่ทะเบียนเป็นชุดข้อมูลเปิด รุ่นใหม่เฉพาะที่เปลี่ยน / publish the registry as open datasets, a version where content changed."""
    from portal.harvest.rules import store_of
    from portal.harvest.telling import run_lines
    from portal.registry.keeping_up import keep_up
    from portal.registry.republishing import publish_tables

    with opened() as app:
        keep_up(store_of(app.config["KHLANG"]), most=None)
        runs = publish_tables()
        base = base_of(app)
    if as_json:
        print_json({"runs": runs})
    else:
        for run in runs:
            for line in run_lines(run, base=base):
                say(line)
        if not runs:
            say(Text("ทะเบียนยังว่าง จึงยังไม่มีอะไรให้เผยแพร่", "The registry is empty: there is nothing to publish yet."))
    sys.exit(exit_code(runs))


@registry.command("rebuild")
@click.option("--json", "as_json", is_flag=True, help="พิมพ์ผลเป็น JSON / print JSON")
def rebuild(as_json: bool) -> None:
    """คำนวณการจับคู่ใหม่ทั้งหมด / reckon all matches anew, by how rare words are now."""
    from portal.registry.keeping_up import rebuild_matches

    with opened():
        done = rebuild_matches()
    if as_json:
        print_json({"clusters": done})
    else:
        say(Text(f"จับคู่ใหม่แล้ว {done} กลุ่ม", f"Matched {done} clusters anew."))


@registry.command("join")
@click.argument("kind", metavar="KIND", type=click.Choice(["cluster", "unit", "output"]))
@click.argument("kept")
@click.argument("other")
@click.option("--by", "actor", required=True, help="ชื่อผู้ตัดสิน / who decides")
def join_pair(kind: str, kept: str, other: str, actor: str) -> None:
    """รวมสองรายเป็นรายเดียว / say that two are one; the other's address leads to the first."""
    from portal.db import transaction
    from portal.registry.joining import join
    from portal.registry.queries import find_entity
    from portal.search.outbox import drain

    with opened():
        with transaction() as session:
            join(session, find_entity(kind, kept, session), find_entity(kind, other, session), by=actor)
        drain()
    say(
        Text(
            f"รวม {other} เข้ากับ {kept} แล้ว ยกเลิกด้วย khlang registry part {kind} {other}",
            f"{other} is part of {kept} now. Undo it with: khlang registry part {kind} {other}",
        )
    )


@registry.command("part")
@click.argument("kind", metavar="KIND", type=click.Choice(["cluster", "unit", "output"]))
@click.argument("slug")
@click.option("--dataset", help="ชุดข้อมูลของแถวที่ไม่ใช่ของรายนี้ / dataset of a row that is another thing's")
@click.option("--row", type=int, help="แถว / row")
@click.option("--by", "actor", required=True, help="ชื่อผู้ตัดสิน / who decides")
def part_pair(kind: str, slug: str, dataset: str | None, row: int | None, actor: str) -> None:
    """แยกรายที่รวมผิด / undo a join, or take a row out that is another thing's."""
    from portal.db import transaction
    from portal.registry.joining import part, take_out
    from portal.registry.queries import find_entity
    from portal.search.outbox import drain

    with opened():
        with transaction() as session:
            entity = find_entity(kind, slug, session)
            if dataset is None:
                left = part(session, entity, by=actor).slug
            else:
                rows = [one for one in entity.mentions if one.dataset.name == dataset and row in (None, one.row)]
                if not rows:
                    raise PortalError("not-found", what=f"{dataset}:{row or ''}")
                left = take_out(session, rows[0], by=actor).slug
        drain()
    say(Text(f"แยก {slug} ออกจาก {left} แล้ว", f"{slug} and {left} are two again."))
