"""The command `khlang source-kind`: kinds of source, and the skeleton of a new one. Registered by `portal/cli.py`."""

from __future__ import annotations

from pathlib import Path

import click

from portal.cli import print_json, unwritable
from portal.usage import WrongUse


@click.group("source-kind")
def source_kind() -> None:
    """ชนิดของแหล่งข้อมูล / kinds of source."""


@source_kind.command("list")
@click.option("--json", "as_json", is_flag=True, help="พิมพ์ผลเป็น JSON / print JSON")
def kind_list(as_json: bool) -> None:
    """แสดงชนิดที่ใช้ได้ / list the kinds that can be used."""
    from harvesters.sources import kinds

    found = sorted(kinds().items())
    if as_json:
        print_json(
            {"kinds": [{"name": name, "title": {"th": kind.title.th, "en": kind.title.en}} for name, kind in found]}
        )
        return
    for name, kind in found:
        click.echo(f"{name}\t{kind.title.th} / {kind.title.en}")


@source_kind.command("new")
@click.argument("name")
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="โฟลเดอร์ที่จะเขียน / folder to write into (default: here)",
)
def kind_new(name: str, into: Path) -> None:
    """เขียนโครงของชนิดใหม่พร้อมชุดทดสอบ / write the skeleton of a new kind with its test."""
    from portal.harvest.kindmaking import write_skeleton

    try:
        written = write_skeleton(name, into)
    except OSError as error:
        raise WrongUse(unwritable(into.resolve(), error)) from error
    for path in written:
        click.echo(str(path))
    click.echo(f"pytest {written[0].parent} · pip install -e {written[0].parent}")
