"""What click says of a wrong command line, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

import click

from harvesters.values import Text


class WrongUse(click.UsageError):
    """A command whose words don't go together, told by a sentence of our own."""

    def __init__(self, words: Text) -> None:
        super().__init__(words.en)
        self.words = words


NEXT: Mapping[str, Text] = {  # what to do after a failure whose sentence, made for pages too, says what only
    "not-found": Text(
        "โปรดตรวจตัวสะกดหรือหมายเลข ค้นชื่อได้ด้วย khlang search และดูรายการได้ด้วยคำสั่งย่อย list",
        "Check the spelling or number. Look names up with khlang search, and lists with the subcommand list.",
    ),
    "withdrawn": Text("นำกลับมาได้ด้วย khlang dataset restore", "Bring it back with khlang dataset restore."),
    "unknown-source": Text("ดูชื่อแหล่งข้อมูลทั้งหมดด้วย khlang source list", "See all sources with khlang source list."),
    "live-run": Text("รอให้จบ หรือหยุดด้วย khlang source stop", "Wait for its end, or stop it with khlang source stop."),
    "nothing-held": Text("ดูสิ่งที่รออยู่ได้ด้วย khlang source show", "khlang source show tells what waits."),
}


def usage_words(error: click.UsageError) -> Text:
    """What is wrong with what was typed. The English is click's own sentence, unless the error has words of its own."""
    english = error.format_message()
    if isinstance(error, WrongUse):
        return error.words
    if isinstance(error, click.NoSuchOption):
        near = f" หมายถึง {', '.join(error.possibilities)} ใช่ไหม" if error.possibilities else ""
        return Text(f"ไม่มีตัวเลือก {error.option_name}{near}", english)
    if isinstance(error, click.MissingParameter):
        name = error.param_hint or (error.param.get_error_hint(error.ctx) if error.param and error.ctx else "")
        return Text(f"ยังไม่ได้บอก {plain(name)}", english)
    if isinstance(error, click.BadOptionUsage):
        return Text(f"ตัวเลือก {error.option_name} ต้องมีค่าตามหลัง หรือมีค่าเกินมา", english)
    if isinstance(error, click.BadParameter):
        return Text(f"ค่าของ {plain(hint_of(error))} ใช้ไม่ได้{wanted(error)}", english)
    if "No such command" in english:
        return Text(f"ไม่มีคำสั่ง {english.split(chr(39))[1] if chr(39) in english else ''}", english)
    if "unexpected extra argument" in english:
        return Text("มีคำเกินมา โปรดใส่เครื่องหมายคำพูดรอบข้อความที่มีเว้นวรรค", english)
    return Text("สั่งไม่ถูกรูปแบบ", english)


def hint_of(error: click.BadParameter) -> object:
    """The parameter that is wrong, as it is typed."""
    if error.param_hint:
        return error.param_hint
    return error.param.get_error_hint(error.ctx) if error.param is not None and error.ctx is not None else ""


def plain(name: object) -> str:
    """A name without click's quotation marks."""
    parts = [name] if isinstance(name, str) else [str(part) for part in name] if isinstance(name, list | tuple) else []
    return " / ".join(part.replace("'", "") for part in parts)


def wanted(error: click.BadParameter) -> str:
    """What would be right, in Thai; empty where only the English sentence tells."""
    kind = error.param.type if error.param is not None else None
    if isinstance(kind, click.Choice):
        return f" ใช้ได้: {', '.join(map(str, kind.choices))}"
    if isinstance(kind, click.Path):
        return path_words(kind, error.message)
    if isinstance(kind, click.IntRange | click.FloatRange):
        number = "จำนวนเต็ม" if isinstance(kind, click.IntRange) else "จำนวน"
        least = f"ตั้งแต่ {kind.min}" if kind.min is not None else ""
        most = f"{'ถึง' if least else 'ไม่เกิน'} {kind.max}" if kind.max is not None else "ขึ้นไป"
        return f" ต้องเป็น{number}{' '.join(filter(None, (least, most)))}"
    return " ต้องเป็นจำนวนเต็ม" if isinstance(kind, click.types.IntParamType) else ""


def path_words(kind: click.Path, message: str) -> str:
    """What is wrong with a path, and what would do."""
    if "is a directory" in message:
        whole = " (ทั้งโฟลเดอร์ใช้ khlang source add --kind spreadsheet --url โฟลเดอร์)" if kind.exists else ""
        return f" เพราะเป็นโฟลเดอร์ โปรดบอกชื่อไฟล์{whole}"
    if "is a file" in message:
        return " เพราะเป็นไฟล์ โปรดบอกชื่อโฟลเดอร์"
    if "not readable" in message or "not writable" in message:
        return " เพราะไม่มีสิทธิ์อ่านหรือเขียน โปรดตรวจสิทธิ์ของไฟล์"
    return " เพราะไม่พบไฟล์นี้ โปรดตรวจชื่อและตำแหน่ง"
