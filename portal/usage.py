"""What click says of a wrong command line, in both languages."""

from __future__ import annotations

import click

from harvesters.values import Text


def usage_words(error: click.UsageError) -> Text:
    """What is wrong with what was typed. The English is click's own sentence."""
    english = error.format_message()
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
    return Text("ยังบอกไม่ครบ ต้องมีอย่างใดอย่างหนึ่ง", english) if "/" in english else Text("สั่งไม่ถูกรูปแบบ", english)


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
        return " ไม่พบไฟล์นั้น หรือไม่ใช่ชนิดที่ต้องการ โปรดตรวจชื่อและตำแหน่ง"
    if isinstance(kind, click.IntRange):
        return f" ต้องเป็นจำนวนเต็มตั้งแต่ {kind.min} ถึง {kind.max}"
    if isinstance(kind, click.types.IntParamType):
        return " ต้องเป็นจำนวนเต็ม"
    return " รูปแบบคือ ชื่อ=ค่า" if "K=V" in error.message else ""
