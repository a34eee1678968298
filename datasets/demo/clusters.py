"""Delimited files of clusters and products, each in the hand of another office."""

from __future__ import annotations

from collections.abc import Sequence

import dress
from dress import Row, in_provinces, read_content
from writers import Cell, archive, delimited

ALL = read_content("clusters")
PEOPLE_PROVINCES = ("57", "16", "13", "12", "83", "96", "51", "58", "10")


def chiangmai(*, later: bool = False) -> bytes:
    """Windows-874, every usual way to write a day. `later`: the next delivery, with rows added, removed and changed."""
    rows = in_provinces(ALL, "50")
    headings = (
        "ลำดับ", "รหัสทะเบียน", "ชื่อวิสาหกิจชุมชน", "ประเภท", "ผลิตภัณฑ์/บริการ", "ประเภทสินค้า OTOP", "จำนวนสมาชิก (คน)",
        "รายได้ต่อปี (บาท)", "วันที่จดทะเบียน", "ตำบล", "อำเภอ", "จังหวัด", "เบอร์โทร", "อีเมล", "ปัญหา/ความต้องการ", "หมายเหตุ",
    )  # fmt: skip
    out: list[Sequence[Cell]] = [headings]
    out += [_chiangmai_row(number, row, later) for number, row in enumerate(rows, 1) if not (later and number == 4)]
    if later:
        out += [
            ["11", "D-5006-0901", "วิสาหกิจชุมชนน้ำพริกหนุ่มสาธิต", "วิสาหกิจชุมชน", "น้ำพริกหนุ่ม; แคบหมู", "อาหาร", "17", "240,000",
             "3 ก.พ. 2569", "ริมใต้", "แม่ริม", "จ.เชียงใหม่", "053-000-901", "info@cluster901.example.go.th", "ยืดอายุน้ำพริกหนุ่มสด", ""],
            ["12", "D-5012-0902", "วิสาหกิจชุมชนร่มกระดาษสาสาธิต", "วิสาหกิจชุมชน", "ร่มกระดาษสา", "ของใช้ ของตกแต่ง ของที่ระลึก", "28", "515,000",
             "12 ก.พ. 2569", "ยุหว่า", "สันป่าตอง", "เชียงใหม่", "053-000-902", "info@cluster902.example.go.th", "กาวกันน้ำสำหรับร่มกระดาษ", ""],
        ]  # fmt: skip
    return delimited(out, encoding="cp874")


def _chiangmai_row(number: int, row: Row, later: bool) -> list[Cell]:
    members = int(row["members"]) + (3 if later and number in (2, 7) else 0)
    days = (dress.short_date, dress.long_date, dress.slash_date, dress.two_digit_date, dress.iso_be_date)
    province = ("เชียงใหม่", "จ.เชียงใหม่", "จังหวัดเชียงใหม่", "เชียงไหม่", "Chiang Mai", "ชม.")[number % 6]
    note = {1: "“ผ้าลายโบราณ” – ทอตามสั่ง…", 3: "-", 5: "ไม่มี", 6: "ไม่ระบุ", 8: "ไม่ทราบ"}.get(number, "")
    return [
        dress.thai_digits(str(number)) if number > 7 else str(number),
        row["cluster_id"],
        row["name_th"],
        row["kind"],
        row["products"],
        row["otop_type"] or "-",
        dress.thai_digits(str(members)) if number in (2, 9) else str(members),
        dress.thousands(members * 18_500) if number != 6 else "-",
        days[number % 5](row["registered_on"]),
        row["subdistrict"],
        row["district"],
        province,
        dress.fixed_line(row["phone"], number),
        row["email"],
        row["needs"],
        note,
    ]


def upper_north() -> bytes:
    """UTF-8 without BOM; text with the marks that copying between programs leaves."""
    headings = ("รหัสกลุ่ม", "ชื่อกลุ่ม", "จังหวัด", "อำเภอ", "ตำบล", "ผลิตภัณฑ์", "ประเภทผลิตภัณฑ์", "สมาชิก", "วันที่ขึ้นทะเบียน",
                "โทรศัพท์", "ความต้องการ", "มาตรฐาน")  # fmt: skip
    rows = in_provinces(ALL, "52", "54", "55")
    out: list[list[Cell]] = [
        [row["cluster_id"], row["name_th"], row["province"], row["district"], row["subdistrict"], row["products"], row["otop_type"],
         row["members"], dress.long_date(row["registered_on"]), row["phone"], row["needs"], row["standards"]]
        for row in rows
    ]  # fmt: skip
    out[0][10] = dress.split_sara_am(str(out[0][10]) + " และลดน้ำเสียจากการทำเคลือบ")
    out[2][5] = dress.split_sara_am_tone_first(str(out[2][5]))
    out[2][10] = dress.split_sara_am_tone_first(str(out[2][10]) + " โดยห้องปฏิบัติการประจำจังหวัด")
    out[1][3] = f" {out[1][3]}  "
    out[1][1] = str(out[1][1]).replace("บ้าน", f"{dress.ZERO_WIDTH}บ้าน{dress.ZERO_WIDTH}")
    out[3][1] = dress.double_sara_e(str(out[3][1]))
    out[3][5] = dress.double_sara_e(str(out[3][5]))
    out[4][2] = f"จ.{dress.NBSP}แพร่"
    out[5][5] = "ผ้าหม้อห้อม\nเสื้อม่อฮ่อม"
    out[5][10] = "สีครามไม่ตก\tและกลิ่นน้ำย้อม"
    out[6][10] = dress.tone_before_vowel("ใช้เศษไม้ที่เหลือให้เกิดมูลค่า และลดฝุ่นขี้เลื่อย")
    out[7][10] = "ออกแบบลายร่วมสมัยให้ถูกยติุธรรมทางการค้า"
    out.append(list(out[8]))  # the same row twice, as real lists have them
    return delimited([headings, *out], end="\n")


def northeast() -> bytes:
    """UTF-8 with BOM. One row has an unquoted thousands comma, so that it is a cell too long."""
    headings = ("เลขทะเบียน", "ชื่อวิสาหกิจชุมชน", "ประเภทวิสาหกิจ", "ที่ตั้ง", "ตำบล", "อำเภอ", "จังหวัด", "สินค้า", "TSIC", "จำนวนสมาชิก",
                "ยอดขายต่อปี", "ปีที่ก่อตั้ง", "มาตรฐาน", "ช่องทางการจัดจำหน่าย", "เว็บไซต์", "LAT", "LONG")  # fmt: skip
    rows = in_provinces(ALL, "40", "41", "47", "34")
    spelling = {"40": "ขอนแก่น", "41": "อุดรฯ", "47": "จ.สกลนคร", "34": "อุบลราชธานี"}
    out: list[list[Cell]] = [
        [row["cluster_id"], row["name_th"], row["kind"], f"ที่ทำการกลุ่ม ข้างศาลาประชาคมสาธิต ต.{row['subdistrict']}", row["subdistrict"],
         f"อ.{row['district']}", spelling[row["province_code"]], row["products"], row["tsic"], row["members"], str(int(row["members"]) * 21_750),
         dress.be_year(row["registered_on"]), row["standards"], row["sales_channels"], f"https://{row['email'][5:]}", row["latitude"],
         row["longitude"]]
        for row in rows
    ]  # fmt: skip
    out[1][14] = "http://cluster022.example.go.th"
    content = delimited([headings, *out], encoding="utf-8-sig")
    sales = str(out[6][10])
    return content.replace(f",{sales},".encode(), f",{dress.thousands(int(sales))},".encode(), 1)


def surin_buriram() -> bytes:
    """UTF-16 with tabs, as Excel saves "Unicode text". Years and days in the Buddhist era, the year first."""
    headings = ("ที่", "รหัส", "ชื่อกลุ่มอาชีพ", "ชื่อภาษาอังกฤษ", "อำเภอ", "จังหวัด", "ผลิตภัณฑ์หลัก", "ประเภทผลิตภัณฑ์ OTOP", "จำนวนสมาชิก (ราย)",
                "วันที่อนุมัติ", "เบอร์โทรศัพท์", "ปัญหาและความต้องการ")  # fmt: skip
    out = [
        [number, row["cluster_id"], row["name_th"], row["name_en"], row["district"], row["province"], row["products"], row["otop_type"],
         row["members"], dress.iso_be_date(row["registered_on"]), dress.fixed_line(row["phone"], number), row["needs"]]
        for number, row in enumerate(in_provinces(ALL, "32", "31"), 1)
    ]  # fmt: skip
    return delimited([headings, *out], encoding="utf-16", delimiter="\t")


def southern_products() -> bytes:
    """The headings of the national OTOP list, with semicolons. One pair of coordinates is swapped."""
    headings = ("ชื่อสินค้า OTOP", "อปท.", "อำเภอ", "จังหวัด", "ชื่อสถานที่จัดจำหน่าย", "ที่อยู่", "เบอร์โทรศัพท์", "LAT", "LONG")
    out: list[list[Cell]] = []
    for row in in_provinces(ALL, "90", "93", "94", "92", "80"):
        for product in row["products"].split("; "):
            number = len(out) + 1
            council = ("อบต.", "ทต.", "เทศบาลตำบล")[number % 3] + row["subdistrict"]
            place = f"ศูนย์จำหน่ายสินค้าชุมชน{row['name_th'].removeprefix('วิสาหกิจชุมชน')}"
            point = [row["latitude"], row["longitude"]] if number % 3 else ["", ""]
            address = f"ตลาดชุมชน ตำบล{row['subdistrict']} อำเภอ{row['district']}"
            phone = dress.fixed_line(row["phone"], number) if number % 5 else "-"
            out.append([product, council, row["district"], row["province"], place, address, phone, *point])
    out[4][7], out[4][8] = out[4][8], out[4][7]
    out[6][0] = f" {out[6][0]}"
    out[9][5] = str(out[9][5]).replace(" อำเภอ", "\nอำเภอ")
    return delimited([headings, *out], encoding="utf-8-sig", delimiter=";")


def east_archive() -> bytes:
    """A ZIP of two files: clusters under a Thai name, products under the name that export tools leave."""
    rows = in_provinces(ALL, "22", "20")
    headings = ("เลขทะเบียนนิติบุคคล", "ชื่อสถานประกอบการ", "ประเภทกิจการ", "ประเภทสินค้า", "สินค้าและบริการ", "ขนาดกิจการ", "จำนวนแรงงาน",
                "อำเภอ/เขต", "จังหวัด", "โทร.", "อีเมล์", "สิ่งที่ต้องการพัฒนา")  # fmt: skip
    clusters = [
        [juristic(number), row["name_th"], row["kind"], row["otop_type"], row["products"], "รายย่อย" if int(row["members"]) < 30 else "ย่อม",
         row["members"], row["district"], "จันทบุรี" if row["province_code"] == "22" else "Chonburi", row["phone"], row["email"], row["needs"]]
        for number, row in enumerate(rows, 1)
    ]  # fmt: skip
    products = [
        [f"P{number:02d}{at:02d}", product, row["otop_type"], row["name_th"], str(45 + 35 * number + 20 * at), row["standards"], row["district"],
         row["province"], row["sales_channels"]]
        for number, row in enumerate(rows, 1)
        for at, product in enumerate(row["products"].split("; "), 1)
    ]  # fmt: skip
    product_headings = ("รหัสสินค้า", "ชื่อผลิตภัณฑ์", "หมวดสินค้า", "ชื่อผู้ผลิต", "ราคา (บาท)", "มาตรฐานสินค้า", "อำเภอ", "จังหวัด",
                        "ช่องทางการตลาด")  # fmt: skip
    return archive({
        "สถานประกอบการภาคตะวันออก.csv": delimited([headings, *clusters]),
        "untitled.csv": delimited([product_headings, *products], encoding="cp874"),
    })  # fmt: skip


def juristic(number: int) -> str:
    """A company number that belongs to nobody (province 99 does not exist), with a right check digit."""
    digits = f"09955{number:07d}"
    return digits + str((11 - sum(int(digit) * (13 - at) for at, digit in enumerate(digits)) % 11) % 10)


def central() -> bytes:
    """UTF-8 with Windows line ends; one year that may be of either era, days and numbers in Thai digits."""
    headings = ("ลำดับที่", "รหัสผู้ประกอบการ", "ชื่อกลุ่ม/ผู้ประกอบการ", "จังหวัด", "อำเภอ", "แขวง/ตำบล", "กิจกรรมหลัก", "หมวดสินค้า", "จำนวนสมาชิก",
                "วัน/เดือน/ปี ที่จดทะเบียน", "เครื่องหมายรับรอง", "ช่องทางการขาย", "ที่มาของข้อมูล")  # fmt: skip
    rows = in_provinces(ALL, "14", "72", "76", "65", "64", "70", "75")
    spelling = {
        "14": "อยุธยา",
        "72": "สุพรรณบุรี",
        "76": "เพชรบุรี",
        "65": "พิษณุโลก",
        "64": "สุโขทัย",
        "70": "ราชบุรี",
        "75": "สมุทรสงคราม",
    }
    out: list[list[Cell]] = [
        [number, row["cluster_id"], row["name_th"], spelling[row["province_code"]], row["district"], row["subdistrict"], row["products"],
         row["otop_type"], row["members"], dress.thai_digits(dress.short_date(row["registered_on"])), row["standards"], row["sales_channels"],
         "แบบสำรวจสาธิต"]
        for number, row in enumerate(rows, 1)
    ]  # fmt: skip
    out[3][9] = "๑๒ ส.ค. ๒๓๕๓"
    return delimited([headings, *out])


def tiny() -> bytes:
    """A table so short that guessing programs take it for Japanese, under a name of digits alone."""
    return delimited([["จังหวัด", "ราคา"], ["ตาก", "15"]], encoding="cp874", end="\n")


def with_people() -> bytes:
    """A list with invented people: their columns are dropped because the source is set so."""
    headings = ("ลำดับ", "ชื่อวิสาหกิจชุมชน", "ประธานกลุ่ม", "โทรศัพท์มือถือ", "ไลน์ไอดี", "อีเมลส่วนตัว", "สินค้า", "ประเภทสินค้า", "สมาชิก (คน)",
                "อำเภอ", "จังหวัด", "ความต้องการ")  # fmt: skip
    out = [
        [number, row["name_th"], person(number), mobile(number), f"sathit-demo-{number:04d}", f"sathit{number:02d}@gmail.example", row["products"],
         row["otop_type"], row["members"], row["district"], row["province"], row["needs"]]
        for number, row in enumerate(in_provinces(ALL, *PEOPLE_PROVINCES), 1)
    ]  # fmt: skip
    return delimited([headings, *out], encoding="utf-8-sig")


def with_citizen_ids() -> bytes:
    """A committee list that nobody should send: held until somebody decides."""
    headings = ("ลำดับ", "ชื่อกลุ่ม", "กรรมการ", "เลขประจำตัวประชาชน", "เบอร์โทรศัพท์", "จังหวัด", "สินค้า")
    out = [
        [
            number,
            row["name_th"],
            person(number + 4),
            citizen(number),
            mobile(number + 30),
            row["province"],
            row["products"],
        ]
        for number, row in enumerate(in_provinces(ALL, "57", "51"), 1)
    ]
    return delimited([headings, *out], encoding="utf-8-sig")


def person(number: int) -> str:
    """A name that is plainly none: a title and two words about examples."""
    title = ("นาย", "นางสาว", "นาง", "น.ส.")[number % 4]
    first = ("สมมติ", "สาธิต", "ตัวอย่าง", "ทดลอง", "จำลอง")[number % 5]
    return f"{title}{first} {('ไม่มีจริง', 'เพื่อสาธิต', 'ในตัวอย่าง', 'ข้อมูลสมมุติ', 'ทดสอบระบบ', 'แบบจำลอง')[number % 6]}"


def mobile(number: int) -> str:
    """A mobile number of the shape 08x-000-0000."""
    return f"08{number % 9 + 1}-000-{number:04d}"


def citizen(number: int) -> str:
    """A number of the shape of a citizen id with a right check digit, of an office (0000) that does not exist."""
    digits = f"10000{number:07d}"
    return digits + str((11 - sum(int(digit) * (13 - at) for at, digit in enumerate(digits)) % 11) % 10)
