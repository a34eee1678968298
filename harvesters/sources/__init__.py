"""Kinds of source. A kind is one class with declared options, registered under the entry point group `khlang.sources`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from typing import ClassVar, Protocol

from harvesters.fetch import Fetch
from harvesters.values import Collected, Cursor, Item, Source, Text

GROUP = "khlang.sources"


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a source, from which the command line, the documentation and the checks are made.

    `choices` empty means free text.
    """

    name: str
    title: Text
    description: Text
    default: str = ""
    choices: tuple[str, ...] = ()


class Harvester(Protocol):
    """Reads one kind of source. It returns data and knows neither run, database nor index."""

    name: ClassVar[str]
    title: ClassVar[Text]
    options: ClassVar[tuple[Option, ...]]

    def items(self, source: Source, fetch: Fetch, cursor: Cursor | None) -> Iterator[Item | Cursor]:
        """List what the source holds. A cursor after a page makes the listing resumable from there.

        Raises HarvestError when the listing can't be finished; what was yielded before stands.
        """
        ...

    def collect(self, item: Item, source: Source, fetch: Fetch) -> Collected:
        """Return the bytes of one item. Raises HarvestError."""
        ...


COMMON: tuple[Option, ...] = (
    Option(
        "personal",
        Text("ข้อมูลส่วนบุคคล", "Personal data"),
        Text(
            "เมื่อพบข้อมูลส่วนบุคคล: hold เก็บไว้รอคนตัดสินใจ, drop ตัดคอลัมน์ออก, mask ปิดเฉพาะค่าที่พบ",
            "When personal data is found: hold it for a person, drop the columns, or mask the values.",
        ),
        default="hold",
        choices=("hold", "drop", "mask"),
    ),
    Option(
        "repairs",
        Text("การซ่อมข้อมูล", "Repairs"),
        Text(
            "on ซ่อมและบันทึกทุกจุด, off ไม่ซ่อมเลย, หรือระบุชื่อกฎที่ใช้คั่นด้วยจุลภาค",
            "on: repair and record; off: leave as is; or the names of the rules to use, comma-separated.",
        ),
        default="on",
    ),
    Option(
        "licence",
        Text("สัญญาอนุญาต", "Licence"),
        Text("ชื่อหรือรหัสสัญญาอนุญาตตามที่เจ้าของข้อมูลประกาศ", "The licence as its publisher states it."),
    ),
    Option("title", Text("ชื่อชุดข้อมูล", "Title"), Text("ชื่อที่จะแสดง", "Title to show.")),
    Option(
        "schedule",
        Text("รอบการดึงข้อมูล", "Schedule"),
        Text("ความถี่ของการดึงข้อมูล", "How often it is harvested."),
        default="manual",
        choices=("manual", "hourly", "daily", "weekly", "monthly"),
    ),
    Option(
        "notify",
        Text("แจ้งผลทางอีเมล", "Word by e-mail"),
        Text(
            "never ไม่แจ้ง, always ทุกครั้ง, error เมื่อมีปัญหา, change เมื่อมีปัญหาหรือมีการเปลี่ยนแปลง",
            "never; always; error: on trouble; change: on trouble or when something changed.",
        ),
        default="never",
        choices=("never", "always", "error", "change"),
    ),
    Option(
        "notify_to",
        Text("อีเมลผู้รับแจ้ง", "E-mail address"),
        Text("ที่อยู่อีเมลที่รับแจ้งผลการดึง ไม่แสดงต่อสาธารณะ", "Where the word of a run goes; never shown to the public."),
    ),
    Option(
        "description",
        Text("รายละเอียด", "Description"),
        Text("ข้อมูลนี้คืออะไร ของปีใด เก็บอย่างไร", "What the data is, of which year, and how it was gathered."),
    ),
    Option("title_en", Text("ชื่อภาษาอังกฤษ", "English title"), Text("ชื่อชุดข้อมูลเป็นภาษาอังกฤษ", "The title in English.")),
    Option(
        "description_en",
        Text("รายละเอียดภาษาอังกฤษ", "English description"),
        Text("รายละเอียดเป็นภาษาอังกฤษ", "The description in English."),
    ),
    Option(
        "maintainer",
        Text("ผู้ดูแลข้อมูล", "Contact"),
        Text(
            "ชื่อกลุ่มงานหรือตำแหน่งที่ดูแลข้อมูล ไม่ใช่ชื่อบุคคล",
            "The section or post that answers for the data, not a person's name.",
        ),
    ),
    Option(
        "email",
        Text("อีเมล", "E-mail"),
        Text(
            "อีเมลของหน่วยงานที่ตอบเรื่องข้อมูลนี้ แสดงต่อสาธารณะ",
            "The office's address for questions about the data; shown to the public.",
        ),
    ),
    Option("keywords", Text("คำสำคัญ", "Keywords"), Text("คั่นด้วยจุลภาค", "Separated by commas.")),
    Option(
        "objective",
        Text("วัตถุประสงค์", "Objective"),
        Text(
            "ตามรายการของมาตรฐาน เช่น พันธกิจหน่วยงาน หลายข้อคั่นด้วยจุลภาค",
            "As the standard lists; several are separated by commas.",
        ),
    ),
    Option(
        "update_frequency",
        Text("ความถี่การปรับปรุงข้อมูล", "Update frequency"),
        Text(
            "ปรับปรุงข้อมูลบ่อยเพียงใด เช่น ปี, เดือน, ทุก 3 เดือน, ไม่ปรับปรุงอีก",
            "How often the data is updated, such as year, month, every 3 months, never.",
        ),
    ),
    Option(
        "coverage",
        Text("ขอบเขตพื้นที่", "Area"),
        Text("ตามรายการของมาตรฐาน เช่น จังหวัด, อำเภอ, ประเทศ", "As the standard lists, in Thai."),
    ),
    Option(
        "origin",
        Text("ที่มาของข้อมูล", "Origin"),
        Text("ได้ข้อมูลมาจากไหน เช่น แบบสำรวจของสำนักงาน", "Where the data comes from, such as a survey of the office."),
    ),
    Option(
        "data_type",
        Text("ประเภทข้อมูล", "Kind of data"),
        Text("ตามรายการของมาตรฐาน เช่น ข้อมูลระเบียน, ข้อมูลสถิติ", "As the standard lists, in Thai."),
    ),
    Option(
        "max_bad_rows",
        Text("แถวที่ผิดได้มากที่สุด", "Most bad rows"),
        Text("สัดส่วนแถวที่มีปัญหาที่ยังเผยแพร่ได้ 0 ถึง 1", "Share of rows with problems that may still be published, 0 to 1."),
        default="0.1",
    ),
    Option(
        "encoding",
        Text("รหัสอักขระ", "Encoding"),
        Text("บังคับรหัสอักขระของไฟล์ เว้นว่างให้ระบบหาเอง", "Force the encoding; empty lets Khlang find it."),
    ),
    Option(
        "headings",
        Text("การจับคู่หัวคอลัมน์", "Headings"),
        Text("หัวคอลัมน์=คอลัมน์ของแบบตาราง คั่นด้วย ;", "heading=profile column, separated by ;"),
    ),
)


@cache
def kinds() -> Mapping[str, Harvester]:
    """Return the registered kinds of source by name."""
    found = {}
    for entry in entry_points(group=GROUP):
        harvester = entry.load()()
        found[harvester.name] = harvester
    return found


def options_of(kind: str) -> tuple[Option, ...]:
    """Return the options that a source of `kind` may have. Raises KeyError for an unknown kind."""
    return COMMON + kinds()[kind].options


def value_of(source: Source, name: str) -> str:
    """The value of an option of a source: its own, else the default that its kind declares; "" where it has no such option."""
    declared = {option.name: option.default for option in options_of(source.kind)}
    return source.options.get(name) or declared.get(name, "")


def reads_files(kind: str) -> bool:
    """Whether a source of `kind` may be a file or folder of this machine; a kind says no by `web_only = True`."""
    return not getattr(kinds()[kind], "web_only", False)
