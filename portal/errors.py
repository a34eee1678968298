"""Expected failures of the portal, and the one table that turns a failure into an HTTP status."""

from __future__ import annotations

from collections.abc import Mapping

from harvesters.values import Text


class PortalError(Exception):
    """Root of the expected failures of `portal`: a stable `code` of `SENTENCES`, and the fields of its sentences."""

    def __init__(self, code: str, **fields: object) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields

    def __str__(self) -> str:
        return self.sentence.en

    @property
    def sentence(self) -> Text:
        """What happened, in both languages."""
        sentence = SENTENCES[self.code]
        return Text(th=sentence.th.format(**self.fields), en=sentence.en.format(**self.fields))

    @property
    def status(self) -> int:
        """The HTTP status that a page answers with."""
        return STATUS.get(self.code, 400)


STATUS: Mapping[str, int] = {
    "not-found": 404,
    "withdrawn": 410,
    "too-much": 413,
    "too-often": 429,
    "unit-asked-often": 429,
    "link-wrong": 404,
    "link-used": 410,
    "link-expired": 410,
    "no-sql": 403,
    "busy": 503,
    "search-rebuilding": 503,
}

SENTENCES: Mapping[str, Text] = {
    "settings-wrong": Text(
        "การตั้งค่าไม่ถูกต้อง: {wrong_th} ดูการตั้งค่าทั้งหมดใน docs/settings.md",
        "The settings are wrong: {wrong_en}. All settings stand in docs/settings.md.",
    ),
    "not-found": Text("ไม่พบ {what}", "There is no {what}."),
    "withdrawn": Text("ชุดข้อมูลนี้ถูกถอนออกแล้ว เหตุผล: {reason}", "This dataset was withdrawn. Reason: {reason}"),
    "too-much": Text("ขอมากเกินกว่าที่ให้ได้ในครั้งเดียว: {what}", "More was asked than one answer can hold: {what}"),
    "too-often": Text(
        "ส่งเรื่องเข้ามาหลายครั้งแล้วในชั่วโมงนี้ โปรดลองใหม่ในอีกหนึ่งชั่วโมง",
        "Much was sent within this hour already. Please try again in an hour.",
    ),
    "unit-asked-often": Text(
        "วันนี้มีผู้ขอให้แนะนำกับหน่วยวิจัยนี้มากแล้ว โปรดลองใหม่พรุ่งนี้ หรือติดต่อหน่วยวิจัยเอง",
        "Many asked for an introduction to this unit today. Please try again tomorrow, or contact the unit yourself.",
    ),
    "link-wrong": Text(
        "ลิงก์นี้ไม่ถูกต้อง อาจถูกตัดขาดตอนคัดลอก โปรดเปิดจากอีเมลอีกครั้ง",
        "This link is not right. It may have been cut when it was copied; please open it from the mail again.",
    ),
    "link-used": Text(
        "ลิงก์นี้ใช้ไปแล้ว เราบันทึกคำตอบไว้แล้ว ขอบคุณ", "This link was used already. The answer was kept; thank you."
    ),
    "link-expired": Text(
        "ลิงก์นี้หมดอายุแล้ว หากยังต้องการตอบ โปรดติดต่อผู้ดูแลคลัง",
        "This link has expired. If you still want to answer, please contact whoever runs this portal.",
    ),
    "not-due": Text("คำขอที่ {number} ไม่มีขั้นตอนที่รอหน่วยวิจัย", "Introduction {number} has no step that waits for the unit."),
    "filter-wrong": Text("{th}", "{en}"),
    "parameter-wrong": Text("ใช้ค่าของ {name} ไม่ได้: {message}", "The parameter {name} can't be used: {message}"),
    "no-sql": Text(
        "ที่นี่ไม่รับ SQL ใช้ datastore_search หรือดาวน์โหลดตารางที่กรองแล้ว",
        "SQL is not offered. Use datastore_search, or download a filtered table: /dataset/<name>/resource/<table>.csv?f.<column>=…",
    ),
    "query-wrong": Text("อ่านคำค้น ‘{query}’ ไม่ได้: {why}", "The query ‘{query}’ can't be read: {why}."),
    "limit-too-large": Text(
        "ขอได้ไม่เกิน {most} แถวต่อครั้ง ใช้ offset เพื่อขอแถวต่อไป หรือ all=1 เพื่อรับทั้งหมดเป็นไฟล์เดียว",
        "At most {most} rows can be asked for at once. Use offset for the next ones, or all=1 for all of them in one file.",
    ),
    "join-too-large": Text(
        "ผลรวมของสองตารางมี {rows} แถว เกิน {most} แถว โปรดกรองแถวของตารางแรก หรือขอทีละส่วนด้วย limit และ offset",
        "The two tables joined have {rows} rows, more than {most}. Filter the first table, or ask for a part by limit and offset.",
    ),
    "join-far-too-large": Text(
        "ผลรวมของสองตารางมี {rows} แถว เกิน {most} แถว โปรดกรองแถวของตารางแรก หรือเลือกรหัสที่แคบกว่านี้",
        "The two tables joined have {rows} rows, more than {most}. Filter the first table, or join by a narrower code.",
    ),
    "bad-request": Text("คำขอไม่ถูกต้อง: {what}", "The request is not right: {what}"),
    "busy": Text("ระบบกำลังบันทึกงานอื่นอยู่ โปรดลองใหม่ในอีกสักครู่", "The store is busy writing. Please try again shortly."),
    "search-rebuilding": Text(
        "ระบบค้นหากำลังสร้างดัชนีใหม่ โปรดลองใหม่ในอีกสักครู่", "The search index is being rebuilt. Please try again shortly."
    ),
    "registry-pair": Text(
        "รวม ‘{one}’ กับ ‘{other}’ ไม่ได้ ต้องเป็นคนละรายที่เป็นชนิดเดียวกัน และยังไม่ถูกรวมกับรายอื่น",
        "‘{one}’ and ‘{other}’ can't be joined: they must be two of one kind, neither of them joined already.",
    ),
    "registry-not-joined": Text(
        "‘{slug}’ ไม่ได้ถูกรวมกับรายใด จึงไม่มีอะไรให้แยก", "‘{slug}’ is not joined to anything, so there is nothing to undo."
    ),
    "registry-only-row": Text(
        "‘{slug}’ มีแถวเดียว จึงแยกออกไม่ได้", "‘{slug}’ rests on that row alone, so the row can't be taken out of it."
    ),
    "kind-name-wrong": Text(
        "ชื่อชนิด ‘{name}’ ใช้ไม่ได้ ใช้ได้เฉพาะ a-z 0-9 ขึ้นต้นด้วยตัวอักษร ยาว 2 ถึง 31 ตัว",
        "The kind name ‘{name}’ can't be used. Use 2 to 31 of a-z 0-9, a letter first.",
    ),
    "kind-taken": Text(
        "มีชนิด ‘{name}’ หรือโฟลเดอร์ของชนิดนี้อยู่แล้ว โปรดใช้ชื่ออื่น",
        "There is a kind ‘{name}’, or a folder of it, already. Please choose another name.",
    ),
    "name-taken": Text("ชื่อ ‘{name}’ มีผู้ใช้แล้ว โปรดใช้ชื่ออื่น", "The name ‘{name}’ is taken. Please choose another."),
    "name-wrong": Text(
        "ชื่อ ‘{name}’ ใช้ไม่ได้ ใช้ได้เฉพาะ a-z 0-9 - _ ยาว 2 ถึง 70 ตัว",
        "The name ‘{name}’ can't be used. Use 2 to 70 of a-z 0-9 - _.",
    ),
    "unknown-publisher": Text(
        "ไม่รู้จักผู้เผยแพร่ ‘{slug}’ เพิ่มได้ด้วย --publisher-title",
        "Publisher ‘{slug}’ is unknown; add it with --publisher-title.",
    ),
    "unknown-source": Text("ไม่รู้จักแหล่งข้อมูล ‘{slug}’", "Source ‘{slug}’ is unknown."),
    "unknown-kind": Text("ไม่รู้จักชนิดแหล่งข้อมูล ‘{kind}’ ใช้ได้: {known}", "Kind ‘{kind}’ is unknown; known kinds: {known}"),
    "unknown-profile": Text(
        "ไม่รู้จักแบบตาราง ‘{profile}’ ใช้ได้: {known}", "Profile ‘{profile}’ is unknown; known: {known}"
    ),
    "unknown-province": Text(
        "ไม่รู้จักจังหวัด ‘{province}’ ใช้ชื่อจังหวัดหรือรหัสสองหลัก เช่น แพร่ หรือ 54",
        "Province ‘{province}’ is unknown; give its name or two-digit code, such as Phrae or 54.",
    ),
    "unknown-option": Text(
        "ไม่รู้จักตัวเลือก ‘{option}’{near_th} ใช้ได้: {known}", "Option ‘{option}’ is unknown{near_en}; known: {known}"
    ),
    "option-wrong": Text(
        "ค่า ‘{value}’ ใช้กับตัวเลือก ‘{option}’ ไม่ได้{near_th} ใช้ได้: {known}",
        "‘{value}’ can't be used for ‘{option}’{near_en}; use: {known}",
    ),
    "option-personal": Text(
        "ค่าของ ‘{option}’ มีข้อมูลส่วนบุคคล (‘{value}’) ซึ่งจะแสดงต่อสาธารณะ โปรดใช้ชื่อกลุ่มงานหรือตำแหน่ง อีเมลและโทรศัพท์ของหน่วยงานแทน",
        "‘{option}’ holds personal data (‘{value}’) and is shown to the public. Use a section or post, and the office's own e-mail and telephone.",
    ),
    "address-wrong": Text(
        "ที่อยู่ ‘{url}’ ใช้กับแหล่งชนิด {kind} ไม่ได้ โปรดใช้ที่อยู่เว็บที่ขึ้นต้นด้วย http:// หรือ https://{local_th}",
        "‘{url}’ is no address for a source of the kind {kind}. Use one that begins with http:// or https://{local_en}.",
    ),
    "live-run": Text("แหล่งข้อมูล ‘{slug}’ กำลังถูกดึงอยู่แล้ว", "Source ‘{slug}’ is being harvested by another run."),
    "no-live-run": Text(
        "แหล่งข้อมูล ‘{slug}’ ไม่ได้กำลังถูกดึงอยู่ จึงไม่มีอะไรให้หยุด",
        "Source ‘{slug}’ is not being harvested, so there is nothing to stop.",
    ),
    "nothing-held": Text(
        "แหล่งข้อมูล ‘{slug}’ ไม่มีสิ่งที่รอการตัดสินใจ", "Source ‘{slug}’ has nothing that waits for a decision."
    ),
    "second-name": Text(
        "บันทึกแล้ว แต่การเผยแพร่ข้อมูลส่วนบุคคลตามเดิมต้องมีผู้อนุมัติคนที่สองซึ่งไม่ใช่ {name}",
        "Noted. Publishing personal data as it is needs a second person, other than {name}.",
    ),
    "home-unwritable": Text(
        "ใช้โฟลเดอร์ข้อมูล {home} ไม่ได้ ({why}) โปรดตรวจว่าเป็นโฟลเดอร์และเขียนได้ หรือเลือกที่อื่นด้วย KHLANG_HOME",
        "The data folder {home} can't be used ({why}). Check that it is a folder and may be written, or choose another by KHLANG_HOME.",
    ),
    "database-unreachable": Text(
        "เปิดฐานข้อมูลไม่ได้ ({why}) โปรดตรวจ KHLANG_DATABASE_URL และว่าฐานข้อมูลทำงานอยู่",
        "The database can't be opened ({why}). Check KHLANG_DATABASE_URL, and that the database is running.",
    ),
    "source-removed": Text(
        "แหล่งข้อมูล ‘{slug}’ เลิกดึงแล้ว ถ้าจะดึงอีก โปรดเพิ่มเป็นแหล่งใหม่ด้วยชื่ออื่น",
        "Source ‘{slug}’ is no longer harvested. To harvest it again, add it as a new source under another name.",
    ),
    "not-initialised": Text(
        "ยังไม่มีโฟลเดอร์ข้อมูลที่ {home} สั่ง khlang init ก่อน", "There is no data folder at {home}; run khlang init first."
    ),
    "port-taken": Text(
        "ใช้ที่อยู่ {host} พอร์ต {port} ไม่ได้ อาจมีโปรแกรมอื่นใช้อยู่ หรือเครื่องนี้ไม่มีที่อยู่นั้น โปรดเลือกพอร์ตอื่นด้วย --port หรือที่อยู่อื่นด้วย --host",
        "{host}, port {port} can't be listened on: another program uses it, or this machine has no such address. Choose another with --port or --host.",
    ),
    "database-old": Text(
        "ฐานข้อมูลเป็นรุ่นเก่า สั่ง khlang init เพื่อปรับรุ่น", "The database is of an older release; run khlang init to upgrade it."
    ),
}
