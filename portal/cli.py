"""The command `khlang`. Each subcommand calls one action; `--json` prints one document on standard output, messages go to standard error."""

from __future__ import annotations

import json
import signal
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harvesters.values import Text
from portal.errors import PortalError
from portal.terminal import telling
from portal.usage import NEXT, WrongUse, usage_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

DONE, FAILED, USAGE, LIVE_RUN = 0, 1, 2, 3


JSON = click.option("--json", "as_json", is_flag=True, help="พิมพ์ผลเป็น JSON / print JSON")
PAGE = click.option(
    "--page",
    "page",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="เขียนผลที่ลองดูเป็นหน้า HTML (กับ --dry-run) / write the preview as a page (with --dry-run)",
)
FIRST = click.option(
    "--first",
    type=click.IntRange(0),
    default=20,
    show_default=True,
    help="จำนวนรายการที่ลองดู 0 คือทั้งหมด / items that a dry run looks at, 0: all",
)


def say(sentence: Text | str) -> None:
    """Print for people, on standard error: Thai first, English under it."""
    if isinstance(sentence, Text):
        click.echo(sentence.th, err=True)
        click.echo(sentence.en, err=True)
    else:
        click.echo(sentence, err=True)


def print_json(document: Any) -> None:
    """Print the one JSON document of a `--json` command."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))


class Khlang(click.Group):
    """The command group: expected failures become a sentence and an exit code, never a traceback."""

    def main(self, *args: Any, standalone_mode: bool = True, **extra: Any) -> Any:
        """Run, and say what is wrong with the words of the command in both languages."""
        if not standalone_mode:
            return super().main(*args, standalone_mode=False, **extra)  # type: ignore[call-overload]
        try:
            code = super().main(*args, standalone_mode=False, **extra)  # type: ignore[call-overload]
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.format_message(), err=True)
            sys.exit(USAGE)
        except click.UsageError as error:
            say(usage_words(error))
            path = error.ctx.command_path if error.ctx else "khlang"
            say(Text(f"ดูวิธีใช้: {path} --help", f"How to use it: {path} --help"))
            sys.exit(USAGE)
        except click.Abort:
            sys.exit(FAILED)
        sys.exit(code if isinstance(code, int) else DONE)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a subcommand."""
        from harvesters.checks.problems import as_problem
        from harvesters.errors import HarvestError

        try:
            return super().invoke(ctx)
        except PortalError as error:
            say(error.sentence)
            if error.code in NEXT:
                say(NEXT[error.code])
            ctx.exit(LIVE_RUN if error.code == "live-run" else USAGE)
        except HarvestError as error:
            say(as_problem(error).message)
            ctx.exit(FAILED)


@click.group(cls=Khlang, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="khlang")
def main() -> None:
    """คลัง (Khlang): เก็บ ตรวจ ค้น และให้บริการข้อมูลเปิดของกลุ่มผู้ประกอบการและหน่วยวิจัย

    Harvest, check, search and serve open data of entrepreneur clusters and research units.
    """


@contextmanager
def opened() -> Iterator[Flask]:
    """The portal on a prepared data folder, inside an application context."""
    from portal.app import create_app
    from portal.db import db
    from portal.home import require
    from portal.settings import load_settings

    settings = load_settings()
    require(settings)
    app = create_app(settings)
    with app.app_context():
        try:
            yield app
        finally:
            db.session.close()
            db.engine.dispose()  # connections are closed here, not when Python ends


@main.command()
def init() -> None:
    """เตรียมโฟลเดอร์ข้อมูลและฐานข้อมูล / prepare the data folder and the database."""
    from portal.home import prepare
    from portal.settings import load_settings

    settings = load_settings()
    prepare(settings)
    say(Text(f"พร้อมใช้งานที่ {settings.home}", f"Ready at {settings.home}"))


@main.command()
@click.option("--host", help="ที่อยู่ที่รับการเชื่อมต่อ / address to listen on")
@click.option("--port", type=int, help="พอร์ต / port")
@click.option("--workers", type=int, help="จำนวนโปรเซส / worker processes")
def serve(host: str | None, port: int | None, workers: int | None) -> None:
    """เปิดพอร์ทัล / serve the portal."""
    from portal.home import require
    from portal.serving import run_server
    from portal.settings import load_settings

    given = {"host": host, "port": port, "workers": workers}
    settings = load_settings(**{name: value for name, value in given.items() if value is not None})
    require(settings)
    run_server(settings)


@main.command()
@click.option("--no-serve", is_flag=True, help="เตรียมข้อมูลอย่างเดียว ไม่เปิดพอร์ทัล / only prepare, don't serve")
@click.option("--json", "as_json", is_flag=True, help="พิมพ์ผลเป็น JSON (ใช้กับ --no-serve) / print JSON (with --no-serve)")
@click.option("--host", help="ที่อยู่ที่รับการเชื่อมต่อ / address to listen on")
@click.option("--port", type=int, help="พอร์ต / port")
def demo(no_serve: bool, as_json: bool, host: str | None, port: int | None) -> None:
    """สร้างข้อมูลสาธิตแล้วเปิดพอร์ทัล / harvest the bundled demonstration sources and serve them."""
    from portal.app import create_app
    from portal.demo import add_demo_sources
    from portal.harvest.telling import run_lines
    from portal.home import prepare
    from portal.registry.republishing import publish_tables
    from portal.serving import run_server
    from portal.settings import load_settings

    given = {"host": host, "port": port}
    settings = load_settings(**{name: value for name, value in given.items() if value is not None})
    prepare(settings)
    app = create_app(settings)
    with app.app_context():
        runs = harvest_all(add_demo_sources(), quiet=as_json)
        own = publish_tables()
    if not as_json:
        for line in (line for run in own for line in run_lines(run, base=base_of(app))):
            say(line)
    if as_json:
        print_json({"runs": [*runs, *own]})
    if no_serve:
        sys.exit(DONE)
    run_server(settings)


@main.group()
def source() -> None:
    """แหล่งข้อมูล / sources."""


@source.command("add")
@click.argument("slug")
@click.option("--kind", required=True, help="ชนิดแหล่งข้อมูล / kind of source")
@click.option("--url", required=True, help="ที่อยู่หรือไฟล์ / address or file")
@click.option("--publisher", help="ผู้เผยแพร่ / publisher's slug (default: the source's own)")
@click.option("--publisher-title", help="ชื่อผู้เผยแพร่ ถ้ายังไม่มี / publisher's name, if it is new")
@click.option("--province", help="รหัสจังหวัดสองหลัก / two-digit province code")
@click.option("--profile", help="แบบตาราง / profile")
@click.option("--title", help="ชื่อชุดข้อมูล / title")
@click.option("--option", "options", multiple=True, metavar="K=V", help="ตัวเลือกของแหล่ง / option of the source")
def source_add(slug: str, options: tuple[str, ...], **given: Any) -> None:
    """เพิ่มแหล่งข้อมูล / add a source."""
    from portal.harvest.registry import add_source

    with opened():
        add_source(slug, options=pairs(options), local=True, **given)
    say(
        Text(
            f"เพิ่มแหล่งข้อมูล {slug} แล้ว ดึงด้วย khlang harvest {slug}",
            f"Added {slug}. Harvest it with: khlang harvest {slug}",
        )
    )
    warn_licence(pairs(options).get("licence"))
    if not given["url"].startswith(("http://", "https://")) and not Path(given["url"]).exists():
        say(
            Text(
                f"ตอนนี้ยังไม่มี {given['url']} โปรดตรวจชื่อและตำแหน่งก่อนดึง",
                f"There is no {given['url']} yet. Check its name and place before harvesting.",
            )
        )


@source.command("set")
@click.argument("slug")
@click.option("--url", help="ที่อยู่หรือไฟล์ใหม่ / new address or file")
@click.option("--province", help="รหัสจังหวัดสองหลัก / two-digit province code")
@click.option("--profile", help="แบบตาราง / profile")
@click.option("--title", help="ชื่อชุดข้อมูล / title")
@click.option(
    "--option",
    "options",
    multiple=True,
    metavar="K=V",
    help="ตัวเลือกของแหล่ง K= คือเอาออก / option of the source; K= takes it back",
)
def source_set(slug: str, options: tuple[str, ...], **given: Any) -> None:
    """เปลี่ยนการตั้งค่าของแหล่งข้อมูล / change the settings of a source."""
    from portal.harvest.registry import change_source

    if not (options or any(given.values())):
        raise WrongUse(
            Text(
                "ยังไม่ได้บอกว่าจะเปลี่ยนอะไร ใส่ --option --title --province --profile หรือ --url อย่างน้อยหนึ่งอย่าง",
                "Nothing to change was given. Give at least one of --option --title --province --profile --url.",
            )
        )
    with opened():
        change_source(slug, options=pairs(options), **given)
    say(
        Text(
            f"เปลี่ยนการตั้งค่าของ {slug} แล้ว มีผลเมื่อดึงครั้งต่อไป: khlang harvest {slug}",
            f"{slug} is changed; it counts from the next harvest: khlang harvest {slug}",
        )
    )
    warn_licence(pairs(options).get("licence"))


def warn_licence(label: str | None) -> None:
    """Say that a licence is none that we can explain."""
    from harvesters.licences import OTHER, licence_code, table

    if label and licence_code(label) == OTHER:
        known = ", ".join(sorted({licence.id for licence in table().values() if licence.id}))
        say(
            Text(
                f"ไม่รู้จักสัญญาอนุญาต ‘{label}’ จะแสดงตามที่เขียนโดยไม่อธิบาย ที่รู้จักคือ {known}",
                f"The licence ‘{label}’ is not known and is shown as it is written, without explanation; known: {known}",
            )
        )


def pairs(options: tuple[str, ...]) -> dict[str, str]:
    """Read repeated K=V; a hyphen in a name is as good as an underscore."""
    wrong = [option for option in options if "=" not in option]
    if wrong:
        raise WrongUse(
            Text(
                f"--option ‘{wrong[0]}’ ไม่มีเครื่องหมาย = โปรดเขียนเป็น --option ชื่อ=ค่า เช่น --option personal=drop",
                f"--option ‘{wrong[0]}’ has no =. Write --option NAME=VALUE, such as --option personal=drop.",
            )
        )
    split = (option.partition("=") for option in options)
    return {name.strip().replace("-", "_"): value.strip() for name, _, value in split}


@source.command("list")
@JSON
def source_list(as_json: bool) -> None:
    """แสดงแหล่งข้อมูล / list sources."""
    from portal.harvest.queries import source_summaries

    with opened():
        rows = source_summaries()
    if as_json:
        print_json({"sources": rows})
        return
    for row in rows:
        click.echo(f"{row['slug']}\t{row['kind']}\t{row['status'] or '-'}\t{row['title']}")


@source.command("show")
@click.argument("slug")
def source_show(slug: str) -> None:
    """แสดงแหล่งข้อมูลหนึ่งแหล่งเป็น JSON / show one source as JSON."""
    from portal.harvest.queries import source_json

    with opened():
        print_json(source_json(slug))


@source.command("remove")
@click.argument("slug")
@click.option("--reason", required=True, help="เหตุผล / reason")
@click.option("--by", "actor", required=True, help="ชื่อผู้สั่ง / who removes it")
def source_remove(slug: str, reason: str, actor: str) -> None:
    """เลิกดึงแหล่งข้อมูล สิ่งที่เผยแพร่แล้วยังอยู่ / stop harvesting a source; what it published stays."""
    from portal.harvest.registry import remove_source

    with opened():
        remove_source(slug, reason=reason, actor=actor)
    say(
        Text(
            f"เลิกดึง {slug} แล้ว ชุดข้อมูลที่เผยแพร่ไว้ยังอยู่ ถ้าจะถอนให้ใช้ khlang dataset withdraw",
            f"{slug} is no longer harvested. What it published stays; khlang dataset withdraw takes a dataset away.",
        )
    )


@source.command("stop")
@click.argument("slug")
@click.option("--by", "actor", default="command line", help="ชื่อผู้สั่ง / who asks")
@JSON
def source_stop(slug: str, actor: str, as_json: bool) -> None:
    """หยุดการดึงที่กำลังทำอยู่ / stop the live run of a source."""
    from portal.harvest.actions import stop_run

    with opened():
        result = stop_run(slug, actor=actor)
    if as_json:
        print_json(result)
        return
    say(
        Text(
            f"สั่งหยุดการดึง {slug} ครั้งที่ {result['run']} แล้ว จะหยุดก่อนรายการถัดไป สิ่งที่เผยแพร่แล้วยังอยู่ครบ",
            f"Run {result['run']} of {slug} was told to stop; it does so before its next item. What is published stays.",
        )
    )


@source.command("release")
@click.argument("slug")
@click.option(
    "--decision",
    required=True,
    type=click.Choice(["publish", "drop", "mask", "keep", "retry"]),
    help="publish เผยแพร่ตามเดิม drop ตัดคอลัมน์ mask ปกปิด keep คงรุ่นเดิม retry ดูใหม่ / what to do",
)
@click.option("--by", "actor", required=True, help="ชื่อผู้ตัดสิน / who decides")
@click.option("--reason", required=True, help="เหตุผล / reason")
@click.option("--item", help="เฉพาะรายการนี้ / only this item")
@JSON
def source_release(slug: str, decision: str, actor: str, reason: str, item: str | None, as_json: bool) -> None:
    """ตัดสินสิ่งที่รออยู่ / decide about what a source holds back."""
    from portal.harvest.release import release
    from portal.harvest.telling import release_lines

    with opened() as app:
        base = base_of(app)
        result = release(slug, decision=decision, actor=actor, reason=reason, item=item)
    if as_json:
        print_json(result)
    else:
        for line in release_lines(result, base):
            say(line)
    sys.exit(FAILED if any(line["status"] in ("noted", "failed") for line in result["items"]) else DONE)


@main.command()
@click.argument("slugs", nargs=-1)
@click.option("--all", "every", is_flag=True, help="ทุกแหล่ง / every source")
@click.option("--due", is_flag=True, help="เฉพาะที่ถึงกำหนด / those that are due")
@click.option("--dry-run", is_flag=True, help="ลองดู ไม่บันทึก / show what would happen, keep nothing")
@FIRST
@PAGE
@JSON
def harvest(
    slugs: tuple[str, ...], every: bool, due: bool, dry_run: bool, first: int, page: Path | None, as_json: bool
) -> None:
    """ดึงข้อมูล / harvest sources."""
    from portal.harvest.queries import chosen_slugs

    end_in_order(FAILED)
    if not (slugs or every or due):
        raise WrongUse(
            Text(
                "ยังบอกไม่ครบว่าจะดึงแหล่งใด ใส่ชื่อแหล่ง หรือ --all (ทุกแหล่ง) หรือ --due (ที่ถึงกำหนด)",
                "Which sources? Give their names, or --all, or --due.",
            )
        )
    only_with_dry_run(page, dry_run)
    with opened() as app:
        chosen = chosen_slugs(slugs, every=every, due=due)
        runs = try_all(chosen, first, quiet=as_json) if dry_run else harvest_all(chosen, quiet=as_json)
        write_page(app, page, runs)
    if as_json:
        print_json({"runs": runs})
    sys.exit(exit_code(runs))


def base_of(app: Flask) -> str:
    """The portal's own address for links, if the settings name it."""
    return str(app.config["KHLANG"].address)


def end_in_order(code: int) -> None:
    """Let SIGTERM end this command with `code` by way of its `finally` blocks, so that a run that is told to end says so."""
    click.get_current_context().with_resource(sigterm_exits(code))


@contextmanager
def sigterm_exits(code: int) -> Iterator[None]:
    """SIGTERM raises SystemExit(code) inside; afterwards it does what it did before: commands are called by programs too."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(code))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL if before is None else before)


def only_with_dry_run(page: Path | None, dry_run: bool) -> None:
    """A page is of a preview; a real run has its own page on the portal. Its folder must be there before anything is read."""
    if page is not None and not dry_run:
        raise WrongUse(
            Text(
                "--page ใช้กับ --dry-run เท่านั้น การเผยแพร่จริงมีหน้าผลการตรวจในพอร์ทัลอยู่แล้ว",
                "--page goes with --dry-run only; what is really published has its report on the portal.",
            )
        )
    if page is not None and not page.resolve().parent.is_dir():
        raise WrongUse(no_folder("--page", page.resolve().parent))


def no_folder(option: str, folder: Path) -> Text:
    """That a folder to write into is not there."""
    return Text(
        f"{option}: ไม่มีโฟลเดอร์ {folder} โปรดสร้างก่อน หรือเลือกที่อื่น",
        f"{option}: there is no folder {folder}. Make it first, or choose another place.",
    )


def unwritable(path: Path, error: OSError) -> Text:
    """That a file or folder could not be written."""
    return Text(
        f"เขียน {path} ไม่ได้ ({error.strerror}) โปรดตรวจสิทธิ์และที่ว่าง หรือเลือกที่อื่น",
        f"{path} can't be written ({error.strerror}). Check permissions and free space, or choose another place.",
    )


def write_page(app: Flask, page: Path | None, runs: list[dict[str, Any]]) -> None:
    """Write the previews as one page, where one is asked for."""
    from portal.harvest.previewpage import preview_page

    if page is not None:
        try:
            page.write_text(preview_page(app, runs), encoding="utf-8")
        except OSError as error:
            raise WrongUse(unwritable(page, error)) from error
        say(Text(f"เขียนหน้าผลที่ลองดูไว้ที่ {page}", f"The preview is written to {page}"))


def try_all(slugs: list[str], first: int, *, quiet: bool) -> list[dict[str, Any]]:
    """Look at each source without keeping anything, and tell what would come of it."""
    from portal.harvest.foretelling import preview_lines
    from portal.harvest.trying import try_source

    runs = []
    with telling(len(slugs), quiet=quiet) as told:
        for slug in slugs:
            told.step(slug)
            runs.append(try_source(slug, progress=told.item, first=first))
            for line in preview_lines(runs[-1]):
                told.line(line)
    return runs


def harvest_all(slugs: list[str], *, quiet: bool, whole: bool = False) -> list[dict[str, Any]]:
    """Harvest each source and tell how it ended; `whole`: with the problems found."""
    from flask import current_app

    from portal.harvest.actions import run_source
    from portal.harvest.rules import store_of
    from portal.harvest.telling import run_lines
    from portal.registry.keeping_up import keep_up

    runs = []
    with telling(len(slugs), quiet=quiet) as told:
        for slug in slugs:
            told.step(slug)
            run = run_source(slug, progress=told.item)
            runs.append(run)
            for line in run_lines(run, base=base_of(current_app), whole=whole):
                told.line(line)
        keep_up(store_of(current_app.config["KHLANG"]))
    return runs


def exit_code(runs: list[dict[str, Any]]) -> int:
    """0 when all is done, 1 when something failed, was held or came through in part."""
    return DONE if all(run["status"] == "done" for run in runs) else FAILED


@main.command()
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--profile", help="แบบตาราง / profile")
@click.option("--lang", type=click.Choice(["th", "en"]), default="th", help="ภาษา / language")
@JSON
def validate(path: Path, profile: str | None, lang: str, as_json: bool) -> None:
    """ตรวจไฟล์โดยไม่บันทึกอะไร / check a file; nothing is stored."""
    from portal.harvest.trying import validate_file
    from portal.settings import load_settings

    document = validate_file(path, profile, load_settings())
    if as_json:
        print_json(document)
    else:
        tell_report(document, lang)
    sys.exit(FAILED if document["blocking"] else DONE)


def tell_report(document: dict[str, Any], lang: str) -> None:
    """Print a report for people: whether it may be published, then what was found."""
    from portal.harvest.telling import SEVERITY

    thai = lang == "th"
    rows, repairs, problems = document["rows"], document["repairs"], document["problem_count"]
    verdict = {
        (True, False): "ผ่าน เผยแพร่ได้",
        (True, True): "ยังเผยแพร่ไม่ได้",
        (False, False): "Passed: it can be published",
        (False, True): "Not yet: it can't be published",
    }[thai, bool(document["blocking"])]
    click.echo(f"{document['file']}: {verdict}")
    told = (
        f"{rows:,} แถว · ซ่อม {repairs:,} จุด · พบ {problems:,} จุดที่ควรดู · แบบตาราง {document['profile'] or 'ไม่มี'}"
        if thai
        else f"{rows:,} rows · {repairs:,} repairs · {problems:,} points to look at · profile {document['profile'] or 'none'}"
    )
    click.echo(f"{told} · {document['encoding'] or document['format']}")
    blocking = {found["message"][lang] for found in document["blocking"]}
    found = [*document["blocking"], *(one for one in document["problems"] if one["message"][lang] not in blocking)]
    for one in found:
        word = getattr(SEVERITY[one["severity"]], lang)
        click.echo(f"- {word}: {one['message'][lang]}")


@main.command()
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--publisher", required=True, help="ผู้เผยแพร่ / publisher's slug")
@click.option("--publisher-title", help="ชื่อผู้เผยแพร่ ถ้ายังไม่มี / publisher's name, if it is new")
@click.option("--name", help="ชื่อที่อยู่ของชุดข้อมูล / the dataset's address")
@click.option("--title", help="ชื่อชุดข้อมูล / title")
@click.option("--profile", help="แบบตาราง / profile")
@click.option("--province", help="รหัสจังหวัดสองหลัก / two-digit province code")
@click.option("--licence", help="สัญญาอนุญาต / licence")
@click.option("--option", "options", multiple=True, metavar="K=V", help="ตัวเลือก / option")
@click.option("--dry-run", is_flag=True, help="ลองดู ไม่บันทึก / show what would happen, keep nothing")
@FIRST
@PAGE
@JSON
def publish(
    path: Path, options: tuple[str, ...], dry_run: bool, first: int, page: Path | None, as_json: bool, **given: Any
) -> None:
    """เผยแพร่ไฟล์หนึ่งไฟล์ / publish one file."""
    from portal.harvest.foretelling import preview_lines
    from portal.harvest.registry import hand_in
    from portal.harvest.trying import try_file

    only_with_dry_run(page, dry_run)
    with opened() as app:
        warn_licence(given["licence"])
        if dry_run:
            runs = [try_file(path, app.config["KHLANG"], options=pairs(options), first=first, **given)]
            write_page(app, page, runs)
        else:
            slug = hand_in(path, options=pairs(options), **given)
            runs = harvest_all([slug], quiet=as_json, whole=True)
    if as_json:
        print_json({"runs": runs})
    elif dry_run:
        for line in preview_lines(runs[0]):
            say(line)
    sys.exit(exit_code(runs))


@main.command()
@click.argument("query")
@click.option(
    "--kind", type=click.Choice(["dataset", "cluster", "unit", "output", "row"]), help="เฉพาะชนิดนี้ / only this kind"
)
@click.option("--province", help="รหัสจังหวัดสองหลัก / two-digit province code")
@click.option("--limit", type=click.IntRange(1, 100), default=20, help="จำนวนผลที่มากที่สุด / most results")
@JSON
def search(query: str, kind: str | None, province: str | None, limit: int, as_json: bool) -> None:
    """ค้นหา / search as the search page does."""
    from portal.harvest.registry import checked_place
    from portal.search.outbox import engine, heal, row_index
    from portal.search.queries import search_document

    with opened():
        filters = {"kind": kind, "province": checked_place(province, None)}
        if not (engine().usable() and row_index().usable()):
            heal()  # no index yet, or a damaged one: mended here, as a thread beside would be cut off with this process
        document = search_document(query, filters, limit=limit, page=1, lang="th")
    if as_json:
        print_json(document)
        return
    if document["suggestion"]:
        say(Text(f"หมายถึง {document['suggestion']}", f"Taken to mean {document['suggestion']}"))
    if not document["total"] and not document["total_rows"]:
        say(Text("ไม่พบ ลองใช้คำที่สั้นลงหรือคำอื่น", "Nothing found. Try a shorter or another word."))
    near = False
    for hit in document["hits"]:
        if hit.get("near") and not near:
            near = True
            say(Text("ใกล้เคียงกับที่ค้น:", "What comes near:"))
        click.echo(f"{hit['kind']}\t{hit['title']}\t{hit['url']}\n    {hit['snippet']}")


@main.group()
def dataset() -> None:
    """ชุดข้อมูล / datasets."""


@dataset.command("show")
@click.argument("name")
def dataset_show(name: str) -> None:
    """แสดงชุดข้อมูลเป็น JSON / show a dataset as JSON."""
    from portal.catalogue.queries import dataset_json

    with opened():
        print_json(dataset_json(name))


@dataset.command("withdraw")
@click.argument("name")
@click.option("--reason", required=True, help="เหตุผล / reason")
@click.option("--by", "actor", default="command line", help="ชื่อผู้สั่ง / who")
def dataset_withdraw(name: str, reason: str, actor: str) -> None:
    """ถอนชุดข้อมูลออกจากสาธารณะ / withdraw a dataset."""
    from portal.catalogue.actions import withdraw
    from portal.harvest.rules import store_of
    from portal.search.outbox import drain

    with opened() as app:
        withdraw(store_of(app.config["KHLANG"]), name, reason=reason, actor=actor)
        drain()
    say(
        Text(
            f"ถอน {name} แล้ว หน้าของชุดข้อมูลบอกเหตุผลแทน นำกลับมาด้วย khlang dataset restore {name}",
            f"{name} is withdrawn; its page gives the reason. Bring it back with: khlang dataset restore {name}",
        )
    )


@dataset.command("restore")
@click.argument("name")
@click.option("--by", "actor", default="command line", help="ชื่อผู้สั่ง / who")
def dataset_restore(name: str, actor: str) -> None:
    """นำชุดข้อมูลที่ถอนกลับมา / bring a withdrawn dataset back."""
    from portal.catalogue.actions import restore
    from portal.harvest.rules import store_of
    from portal.search.outbox import drain

    with opened() as app:
        restore(store_of(app.config["KHLANG"]), name, actor=actor)
        drain()
        address = f"{base_of(app)}/dataset/{name}"
    say(Text(f"นำ {name} กลับมาแล้วที่ {address}", f"{name} is back at {address}"))


@main.command()
def reindex() -> None:
    """สร้างดัชนีค้นหาใหม่ / rebuild the search index."""
    from portal.search.outbox import rebuild

    with opened():
        count = rebuild()
    say(Text(f"สร้างดัชนีใหม่แล้ว {count} รายการ", f"Index rebuilt: {count} entries"))


@main.command()
@JSON
def check(as_json: bool) -> None:
    """ตรวจว่าคลังไฟล์ ฐานข้อมูล และดัชนีตรงกัน / verify store, database and index against each other."""
    from portal.checking import check_all

    with opened():
        document = check_all()
    if as_json:
        print_json(document)
    else:
        for part, found in document.items():
            click.echo(f"{part}: {found}")
    sys.exit(DONE if document["ok"] else FAILED)


@main.command()
@click.option("--once", is_flag=True, help="ทำสิ่งที่ถึงกำหนดแล้วจบ / do what is due, then end")
@click.option(
    "--pause",
    type=click.FloatRange(0.1, 3600),
    default=30.0,
    show_default=True,
    help="พักกี่วินาทีก่อนดูอีกครั้ง / seconds to rest before looking again",
)
def worker(once: bool, pause: float) -> None:
    """ดึงแหล่งที่ถึงกำหนดและส่งอีเมลที่ค้าง ไปเรื่อย ๆ / run due harvests and send mail that waits, for ever."""
    from portal.harvest.worker import work

    end_in_order(DONE)
    with opened():
        work(once=once, pause=pause)


@main.command()
@JSON
def settings(as_json: bool) -> None:
    """แสดงการตั้งค่าที่ใช้อยู่ / show the settings in force, secrets masked."""
    from portal.settings import describe_settings, load_settings

    rows = describe_settings(load_settings())
    if as_json:
        print_json({"settings": rows})
        return
    for row in rows:
        click.echo(f"{row['name']}={row['value']}  ({row['from']}) {row['description']}")


if __name__ == "__main__":  # a room's commands import this module by its name, so it is run by its name too
    from portal.cli import main as named

    named()
else:
    from portal.feedback.commands import feedback  # a room's commands use what stands above
    from portal.harvest.commands import source_kind
    from portal.introductions.commands import introduction
    from portal.registry.commands import match, registry

    main.add_command(feedback)
    main.add_command(source_kind)
    main.add_command(introduction)
    main.add_command(match)
    main.add_command(registry)
