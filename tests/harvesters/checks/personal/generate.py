"""Makes tables with and without personal data, all of it invented, and measures how the gate does on them.

The clean ones are hard on purpose: numbers of firms, barcodes, coordinates, places and products that look like titles.
Loaded by conftest.py and by bench/personal.py.
"""

from __future__ import annotations

import csv
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harvesters.checks.personal import apply, scan
from harvesters.values import SetAside, Table

FORENAMES = [
    "สมมติ",
    "สมชาย",
    "สมหญิง",
    "สมศรี",
    "วิไล",
    "ประเสริฐ",
    "บุญมี",
    "กมล",
    "ชัยวัฒน์",
    "เรืองชัย",
    "ปราณี",
    "แก้ว",
    "มานะ",
    "มานี",
    "ชูใจ",
    "วีระ",
    "เพชร",
    "อำไพ",
    "ไพโรจน์",
    "เสาวลักษณ์",
    "ณัฐพล",
    "จิราพร",
    "ทองใบ",
]
SURNAMES = [
    "ตัวอย่าง",
    "ใจดี",
    "รักดี",
    "ทองคำ",
    "มีสุข",
    "ศรีสุข",
    "แสงทอง",
    "บุญมาก",
    "พันธุ์ดี",
    "วงศ์สวัสดิ์",
    "เจริญสุข",
    "สุขสบาย",
    "ไชยวงศ์",
    "เกิดผล",
    "ตั้งใจ",
    "อยู่เย็น",
    "ปานกลาง",
    "โพธิ์ศรี",
]
TITLES = [
    "นาย",
    "นาง",
    "นางสาว",
    "น.ส.",
    "ด.ช.",
    "ด.ญ.",
    "ว่าที่ ร.ต.",
    "ดร.",
    "ผศ.ดร.",
    "รศ.",
    "คุณ",
    "นาย ",
    "นาง  ",
    "น.ส. ",
]
PLACES = [
    "นางรอง",
    "นายายอาม",
    "นครนายก",
    "นางลือ",
    "นางแล",
    "นางบวช",
    "เสนางคนิคม",
    "ทุ่งนางโอก",
    "บางนางลี่",
    "ลำนางรอง",
    "หนองนางนวล",
    "นายูง",
    "นางั่ว",
    "เมืองน่าน",
    "ปากน้ำ",
]
PRODUCTS = [
    "ขนมนางเล็ด",
    "เห็ดนางฟ้าภูฐาน อบแห้ง",
    "เห็ดนางรม สด",
    "ใบย่านาง สกัดเย็น",
    "กล้วยเล็บมือนาง ฉาบ",
    "หอยนางรมสด ตัวใหญ่",
    "ข้าวเกรียบคุณภาพ ส่งออก",
    "ขนมคุณยาย สูตรโบราณ",
    "น้ำพริกนายพราน รสเผ็ด",
    "ผ้าไหม ลายนางหาญ",
    "สับปะรดนางแล เชียงราย",
    "กล้วยตาก บางกระทุ่ม",
    "ไข่เค็ม ไชยา",
    "ผ้าฝ้ายทอมือ ย้อมคราม",
    "ชาใบหม่อน อินทรีย์",
    "ปลาส้ม ไร้ก้าง",
]
OFFICES = [
    "นายกเทศมนตรี เมืองน่าน",
    "นายก อบต. บ้านใหม่",
    "สำนักนายกรัฐมนตรี กรุงเทพ",
    "นายทะเบียน สหกรณ์",
    "นายอำเภอ เมือง",
    "สำนักงานเกษตร จังหวัด",
    "นายแพทย์สาธารณสุข จังหวัด",
    "ผู้ทรงคุณวุฒิ ด้านเกษตร",
    "มีคุณสมบัติ ตามประกาศ",
    "วัดนครนายก ตำบลบ้านใหญ่",
    "อาคาร ดร.สมมติ ตัวอย่าง",
    "โรงเรียนนายร้อย ตำรวจ",
    "สภาทนายความ จังหวัด",
]
DOMAINS = ["uni.ac.th", "office.go.th", "assoc.or.th"]


@dataclass
class Planted:
    """One personal value and where it stands; `table` -1 means outside the cells."""

    kind: str
    form: str
    table: int = -1
    row: int = 0
    column: int = 0
    value: str = ""


@dataclass
class Case:
    """One file: its tables, the texts beside them, and what was planted."""

    tables: list[Table]
    contact: frozenset[int] = frozenset()
    loose: list[tuple[str, str]] = field(default_factory=list)
    planted: list[Planted] = field(default_factory=list)


def citizen_id(draw: random.Random) -> str:
    """A number of a natural person's shape: it belongs to nobody, or only by chance."""
    return with_check(draw.choice("1112333345678") + "".join(draw.choice("0123456789") for _ in range(11)))


def with_check(twelve: str) -> str:
    """Put the check digit of citizen ids behind twelve digits."""
    total = sum(int(digit) * (13 - place) for place, digit in enumerate(twelve))
    return twelve + str((11 - total % 11) % 10)


def digits(draw: random.Random, count: int) -> str:
    return "".join(draw.choice("0123456789") for _ in range(count))


def barcode(draw: random.Random) -> str:
    body = "885" + digits(draw, 9)
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return body + str(-total % 10)


def fixed_line(draw: random.Random) -> str:
    if draw.random() < 0.5:
        number = "02" + digits(draw, 7)
        return draw.choice(
            [
                number,
                f"{number[:2]}-{number[2:5]}-{number[5:]}",
                f"0-{number[1:5]}-{number[5:]}",
                f"0-{number[1:5]}-{number[5:]}-6",
            ]
        )
    number = "0" + draw.choice("3457") + digits(draw, 7)
    return draw.choice(
        [number, f"{number[:3]}-{number[3:]}", f"{number[:3]} {number[3:]} ต่อ {draw.randrange(9999)}", number[1:]]
    )


CLEAN: dict[str, Callable[[random.Random], str]] = {
    "เลขทะเบียนนิติบุคคล": lambda d: with_check("0" + digits(d, 11)),
    "เลขประจำตัวผู้เสียภาษี": lambda d: (lambda n: f"{n[0]}-{n[1:5]}-{n[5:10]}-{n[10:12]}-{n[12]}")(with_check("0" + digits(d, 11))),
    "บาร์โค้ด": barcode,
    "รหัสสินค้า": lambda d: "885" + digits(d, 10),
    "รหัสอ้างอิง": lambda d: digits(d, 13),
    "เลขที่โครงการ": lambda d: f"6{d.randrange(10)}{d.randrange(1, 13):02d}" + digits(d, 7),
    "เลขสารบบอาหาร": lambda d: f"{digits(d, 2)}-{d.randrange(1, 9)}-{digits(d, 5)}-{d.randrange(1, 9)}-{digits(d, 4)}",
    "LAT": lambda d: f"{d.uniform(6, 20):.{d.randrange(4, 15)}f}",
    "LONG": lambda d: f"{d.uniform(97, 105):.{d.randrange(4, 15)}f}",
    "รายได้ (บาท)": lambda d: d.choice([f"{d.randrange(10**9):,}.{d.randrange(100):02d}", str(d.randrange(10**9)), f"{d.randrange(10**6)}.5"]),
    "ปี": lambda d: str(d.randrange(2540, 2570)),
    "TSIC": lambda d: digits(d, 5),
    "รหัสไปรษณีย์": lambda d: f"{d.randrange(10, 97)}{digits(d, 3)}",
    "อำเภอ": lambda d: d.choice(["", "อำเภอ", "อ."]) + d.choice(PLACES),
    "ที่ตั้งกลุ่ม": lambda d: f"ต.{d.choice(PLACES)} อ.{d.choice(PLACES)} จ.นครนายก {digits(d, 5)}",
    "ชื่อผลิตภัณฑ์": lambda d: d.choice(PRODUCTS),
    "หน่วยงาน": lambda d: d.choice(OFFICES),
    "โทรศัพท์": fixed_line,
    "อีเมล": lambda d: d.choice([f"{d.choice(['info', 'saraban', 'k' + digits(d, 4)])}@{d.choice(DOMAINS)}", f"sales@firm{digits(d, 3)}.co.th"]),
    "เว็บไซต์": lambda d: f"https://www.example.go.th/{digits(d, 8)}-{digits(d, 4)}-4{digits(d, 3)}-a{digits(d, 3)}",
    "วันที่": lambda d: d.choice([f"{d.randrange(1, 29):02d}/{d.randrange(1, 13):02d}/2567", f"2567-{d.randrange(1, 13):02d}-09 08:09:{digits(d, 2)}", f"{d.randrange(1, 28)} ก.ย. 2561"]),
    "รหัส": lambda d: f"9{d.randrange(10)}0{digits(d, 6)}",
    "ชื่อกลุ่ม": lambda d: f"{d.choice(['กลุ่ม', 'วิสาหกิจชุมชน'])}{d.choice(PRODUCTS)}บ้าน{d.choice(PLACES)}",
    "จำนวน": lambda d: str(d.randrange(10**6)),
    "ที่ตั้งสำนักงาน": lambda d: f"{d.randrange(999)}/{d.randrange(99)} หมู่ {d.randrange(20)} ต.{d.choice(PLACES)} อ.เมือง",
    "พิกัด UTM": lambda d: f"47 0{digits(d, 6)} 1{digits(d, 6)}",
    "ISBN": lambda d: f"978-616-{digits(d, 3)}-{digits(d, 3)}-{d.randrange(10)}",
    "เลขที่หนังสือ": lambda d: f"ที่ นร {digits(d, 4)}/{d.randrange(9999)}",
}  # fmt: skip


def name(draw: random.Random) -> str:
    """An invented person with a title, as offices write it."""
    return draw.choice(TITLES) + draw.choice(FORENAMES) + draw.choice([" ", "  ", "\u00a0"]) + draw.choice(SURNAMES)


def mobile(draw: random.Random) -> str:
    return "0" + draw.choice("689") + digits(draw, 8)


def thai_digits(text: str) -> str:
    return text.translate({0x30 + n: 0x0E50 + n for n in range(10)})


def grouped(number: str, gap: str) -> str:
    return gap.join([number[0], number[1:5], number[5:10], number[10:12], number[12]])


Form = tuple[
    str, str, Callable[[random.Random], str]
]  # kind, name of the form, what stands in the cell; "" heading = any

CELL_FORMS: list[Form] = [
    ("citizen-id", "bare", citizen_id),
    ("citizen-id", "dashes", lambda d: grouped(citizen_id(d), "-")),
    ("citizen-id", "blanks", lambda d: grouped(citizen_id(d), " ")),
    ("citizen-id", "dots", lambda d: grouped(citizen_id(d), ".")),
    ("citizen-id", "thai-digits", lambda d: thai_digits(grouped(citizen_id(d), d.choice(["", "-"])))),
    ("citizen-id", "zero-width", lambda d: (lambda n: n[:6] + "\u200b" + n[6:])(citizen_id(d))),
    ("citizen-id", "float", lambda d: citizen_id(d) + ".0"),
    ("citizen-id", "keyword", lambda d: f"ผู้ขอเลขบัตรประชาชน {citizen_id(d)} ลงทะเบียนแล้ว"),
    ("citizen-id", "running", lambda d: f"จดทะเบียนโดย {citizen_id(d)} เมื่อปีก่อน"),
    ("citizen-id", "long-dashes", lambda d: grouped(citizen_id(d), "–")),
    ("mobile", "bare", mobile),
    ("mobile", "3-3-4", lambda d: (lambda n: f"{n[:3]}-{n[3:6]}-{n[6:]}")(mobile(d))),
    ("mobile", "3-7", lambda d: (lambda n: f"{n[:3]}-{n[3:]}")(mobile(d))),
    ("mobile", "real-spacing", lambda d: (lambda n: f"{n[:3]}-{n[3:6]} {n[6:]}")(mobile(d))),
    ("mobile", "wide-dash", lambda d: (lambda n: f"{n[:3]} - {n[3:]}")(mobile(d))),
    ("mobile", "0-8", lambda d: (lambda n: f"0-{n[1:5]}-{n[5:]}")(mobile(d))),
    ("mobile", "0 8x", lambda d: (lambda n: f"0 {n[1:3]}{n[3:6]} {n[6:]}")(mobile(d))),
    ("mobile", "+66", lambda d: (lambda n: d.choice([f"+66{n[1:]}", f"+66 {n[1:3]} {n[3:6]} {n[6:]}", f"(+66){n[1:]}", f"+66(0){n[1:]}", f"66{n[1:]}"]))(mobile(d))),
    ("mobile", "two", lambda d: f"{mobile(d)}, {mobile(d)}"),
    ("mobile", "range", lambda d: mobile(d) + "-9"),
    ("mobile", "extension", lambda d: mobile(d) + " ต่อ 12"),
    ("mobile", "running", lambda d: f"สั่งซื้อที่ร้านโทร.{mobile(d)}ทุกวัน"),
    ("mobile", "thai-digits", lambda d: thai_digits(mobile(d))),
    ("mobile", "damaged-keyword", lambda d: f"โทร {mobile(d)[1:]}"),
    ("email", "free", lambda d: f"user{digits(d, 3)}@{d.choice(['gmail.com', 'hotmail.com', 'yahoo.co.th', 'HOTMAIL.COM'])}"),
    ("email", "person-at-firm", lambda d: f"somchai.{d.choice('abc')}@firm{digits(d, 2)}.co.th"),
    ("email", "written-at", lambda d: f"user{digits(d, 3)}{d.choice(['(at)', ' [at] ', ' at '])}gmail.com"),
    ("email", "blanks", lambda d: f"user{digits(d, 3)} @ gmail.com"),
    ("email", "running", lambda d: f"ส่งมาที่user{digits(d, 3)}@outlook.comได้เลย"),
    ("name", "alone", name),
    ("name", "after-text", lambda d: f"กลุ่มเลี้ยงแพะ {name(d)}"),
    ("name", "glued", lambda d: f"ประธานกลุ่มนาย{d.choice(FORENAMES)} {d.choice(SURNAMES)}"),
    ("name", "brackets", lambda d: f"วิสาหกิจชุมชนบ้านใหม่ ({name(d)})"),
    ("name", "english", lambda d: f"{d.choice(['Mr.', 'Mrs. ', 'Ms.', 'Dr. '])}{d.choice(['Somchai', 'Malee', 'John'])} {d.choice(['Jaidee', 'Rakdee', 'Smith'])}"),
    ("name", "rank", lambda d: f"{d.choice(['ร.ต.อ.', 'พ.ต.ท.', 'จ.ส.อ.', 'ร้อยตรี', 'ม.ล.'])}{d.choice(FORENAMES)} {d.choice(SURNAMES)}"),
    ("name", "two-in-cell", lambda d: f"{name(d)}, {name(d)}"),
    ("bank-account", "grouped", lambda d: f"{digits(d, 3)}-{digits(d, 1)}-{digits(d, 5)}-{digits(d, 1)}"),
    ("bank-account", "keyword", lambda d: f"โอนเข้าเลขที่บัญชี ธ.กรุงไทย {digits(d, 10)}"),
    ("passport", "keyword", lambda d: f"หนังสือเดินทางเลขที่ {d.choice(['AA', 'AB', 'C'])}{digits(d, 7)}"),
    ("line-id", "colon", lambda d: f"Line: shop_{digits(d, 3)}"),
    ("line-id", "id", lambda d: f"{d.choice(['Line ID ', 'ไลน์ไอดี ', 'LINE ID: ', 'ไลน์: '])}somchai{digits(d, 2)}"),
    ("line-id", "at", lambda d: f"@shop{digits(d, 3)}x"),
    ("line-id", "link", lambda d: f"https://line.me/ti/p/~somchai{digits(d, 2)}"),
    ("address", "same-cell", lambda d: f"{name(d)} {d.randrange(1, 99)}/{d.randrange(1, 99)} หมู่ {d.randrange(1, 20)} ต.ในเมือง"),
]  # fmt: skip

COLUMN_FORMS: list[tuple[str, str, str, Callable[[random.Random], str]]] = [  # kind, form, heading, cell
    ("citizen-id", "column", "เลขประจำตัวประชาชน", citizen_id),
    ("citizen-id", "column-heading-less", "column7", citizen_id),
    ("citizen-id", "column-sole-traders", "เลขประจำตัวผู้เสียภาษี", lambda d: citizen_id(d) if d.random() < 0.3 else with_check("0" + digits(d, 11))),
    ("mobile", "column-excel", "เบอร์โทรศัพท์", lambda d: mobile(d)[1:]),
    ("mobile", "column-float", "โทรศัพท์", lambda d: mobile(d)[1:] + ".0"),
    ("mobile", "column-heading-less", "column4", lambda d: mobile(d)[1:]),
    ("mobile", "column-mixed", "ติดต่อ", lambda d: mobile(d)[1:] if d.random() < 0.3 else fixed_line(d)),
    ("name", "column-untitled", "ชื่อ-สกุล", lambda d: f"{d.choice(FORENAMES)} {d.choice(SURNAMES)}"),
    ("name", "column-officer", "ประธานกลุ่ม", lambda d: f"{d.choice(FORENAMES)} {d.choice(SURNAMES)}"),
    ("name", "column-authorised", "ผู้มีอำนาจทำการแทน", lambda d: f"{d.choice(FORENAMES)} {d.choice(SURNAMES)}"),
    ("name", "column-one-word", "column2", lambda d: f"{d.choice(['นาย', 'นาง', 'นางสาว'])}{d.choice(FORENAMES)}"),
    ("bank-account", "column", "เลขที่บัญชีธนาคาร", lambda d: digits(d, 10)),
    ("passport", "column", "Passport No.", lambda d: f"A{d.choice('ABC')}{digits(d, 7)}"),
    ("line-id", "column", "Line ID", lambda d: f"somchai{digits(d, 2)}"),
    ("sensitive", "column", "ศาสนา", lambda d: d.choice(["พุทธ", "อิสลาม", "คริสต์"])),
]  # fmt: skip


def make_table(
    folder: Path, name_: str, headings: Sequence[str], rows: Sequence[Sequence[str]], **more: object
) -> Table:
    """Write a working file as the readers do and return its table."""
    path = folder / f"{name_}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([number + 2, *row] for number, row in enumerate(rows))
    return Table(name=name_, title=name_, headings=tuple(headings), path=path, row_count=len(rows), **more)  # type: ignore[arg-type]


def clean_rows(draw: random.Random) -> tuple[list[str], list[list[str]]]:
    """Headings and rows of a clean table of 4 to 10 columns and 12 to 60 rows."""
    headings = draw.sample(sorted(CLEAN), draw.randrange(4, 11))
    rows = [
        [CLEAN[heading](draw) if draw.random() > 0.05 else draw.choice(["", "-"]) for heading in headings]
        for _ in range(draw.randrange(12, 60))
    ]
    if draw.random() < 0.25:  # a table without headings
        headings = [f"column{place + 1}" for place in range(len(headings))]
    return headings, rows


def clean_case(draw: random.Random, number: int, folder: Path) -> Case:
    """A file with nothing personal in it."""
    headings, rows = clean_rows(draw)
    table = make_table(folder, f"clean-{number}", headings, rows)
    return Case([table], loose=[("comment", draw.choice(OFFICES)), ("property", "สำนักงานเกษตรจังหวัดนครนายก")])


def planted_case(draw: random.Random, number: int, folder: Path) -> Case:
    """A file with personal values of one form at one place."""
    headings, rows = clean_rows(draw)
    place = draw.choice(["cell", "cell", "cell", "column", "column", "hidden", "note", "loose", "heading"])
    if place == "column":
        return _column_case(draw, number, folder, headings, rows)
    kind, form, make = draw.choice(CELL_FORMS)
    value = make(draw)
    if place in ("cell", "hidden"):
        planted = []
        for _ in range(draw.randrange(1, 4)):
            row, column, value = draw.randrange(len(rows)), draw.randrange(len(headings)), make(draw)
            if any((row, column) == (old.row, old.column) for old in planted):
                continue
            rows[row][column] = value
            planted.append(Planted(kind, f"{place}/{form}", 0, row, column, value))
        return Case(
            [make_table(folder, f"planted-{number}", headings, rows, hidden=place == "hidden")], planted=planted
        )
    if place == "note":
        aside = (SetAside(1, "note", f"หมายเหตุ {value}"),)
        table = make_table(folder, f"planted-{number}", headings, rows, set_aside=aside)
        return Case([table], planted=[Planted(kind, f"note/{form}")])
    if place == "heading":
        table = make_table(folder, f"planted-{number}", [*headings[:-1], value], rows)
        return Case([table], planted=[Planted(kind, f"heading/{form}")])
    table = make_table(folder, f"planted-{number}", headings, rows)
    return Case([table], loose=[("comment", value)], planted=[Planted(kind, f"loose/{form}")])


def _column_case(draw: random.Random, number: int, folder: Path, headings: list[str], rows: list[list[str]]) -> Case:
    kind, form, heading, make = draw.choice(COLUMN_FORMS)
    column = draw.randrange(len(headings))
    headings[column] = heading
    planted = []
    for position, row in enumerate(rows):
        row[column] = make(draw)
        plain = row[column]
        company = form == "column-sole-traders" and plain.startswith("0")
        if not company and not (form == "column-mixed" and (plain[0] not in "689" or len(plain) != 9)):
            planted.append(Planted(kind, form, 0, position, column, plain))
    return Case([make_table(folder, f"planted-{number}", headings, rows)], planted=planted)


def found_values(case: Case, folder: Path) -> list[bool]:
    """For each planted value, whether masking took it out of its cell, or the scan named it outside the cells."""
    scanned = scan([(table, case.contact) for table in case.tables], case.loose, "file.xlsx")
    kinds = {text.kind for text in scanned.texts}
    masked: list[list[list[str]]] = []
    for table in case.tables:
        done, _ = apply(table, scanned, "mask", folder)
        with done.path.open(encoding="utf-8", newline="") as file:
            masked.append([row[1:] for row in csv.reader(file)])
    return [
        item.kind in kinds
        if item.table < 0
        else scanned.found and gone(item, masked[item.table][item.row][item.column])
        for item in case.planted
    ]


def gone(item: Planted, cell: str) -> bool:
    """Whether nothing of a planted value is left: no long number, no address, no name."""
    if cell == item.value:
        return False
    left = "".join(character for character in cell if character.isdigit())
    if item.kind in ("citizen-id", "mobile", "bank-account") and len(left) >= 8:
        return False
    return not any(word in cell for word in (*SURNAMES, "gmail", "somchai", "shop"))


def measure(tables: int, seed: int, folder: Path) -> dict[str, object]:
    """Make `tables` files, a quarter of them with planted values; give recall by kind and the share of false holds."""
    draw = random.Random(seed)
    planted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    clean = false_holds = whole = held = 0
    reasons: Counter[str] = Counter()
    for number in range(tables):
        if number % 4:
            clean += 1
            case = clean_case(draw, number, folder)
            scanned = scan([(table, case.contact) for table in case.tables], case.loose, "file.xlsx")
            false_holds += scanned.found
            for column in (column for table in scanned.tables for column in table.columns if column.hits):
                reasons[f"{column.heading}: {', '.join(column.hits)}"] += 1
            reasons.update(f"{text.place}: {text.kind}" for text in scanned.texts)
            continue
        case = planted_case(draw, number, folder)
        results = found_values(case, folder)
        whole += 1
        held += any(results)
        for item, result in zip(case.planted, results, strict=True):
            planted[item.kind] += 1
            found[item.kind] += result
            if not result:
                missed[f"{item.kind} {item.form}"] += 1
    recall = {kind: round(found[kind] / count, 4) for kind, count in sorted(planted.items())}
    return {
        "tables": tables,
        "planted_tables": whole,
        "planted_tables_held": round(held / whole, 4),
        "planted_values": planted.total(),
        "recall": recall,
        "missed": dict(missed),
        "clean_tables": clean,
        "false_holds": round(false_holds / clean, 4),
        "false_reasons": dict(reasons),
        "ok": recall.get("citizen-id", 1) >= 0.995
        and all(share >= 0.95 for share in recall.values())
        and false_holds <= 0.03 * clean,
    }
