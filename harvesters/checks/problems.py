"""The catalogue of problems: every code once, with its severity and its sentence in Thai and English.

A code is a stable, public name. A sentence says what is wrong, names the value found and how to mend it; the place
(sheet, row, column) is put in front of it here, so no sentence repeats it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter

from harvesters.errors import HarvestError
from harvesters.thai.text import shorten
from harvesters.values import Problem, Severity, Text


@dataclass(frozen=True, slots=True)
class Kind:
    """What one code means. `th` and `en` are templates; their `{names}` are the fields that `problem` must be given."""

    code: str
    severity: Severity
    th: str
    en: str
    blocking: bool = False


# One sentence a line, Thai above English: so they can be compared.
# fmt: off
KINDS: tuple[Kind, ...] = (
    # --- the file as a whole (checks/preflight.py, tables/) ---
    Kind("file-empty", "error", "ไฟล์ว่างเปล่า ไม่มีข้อมูลเลย โปรดตรวจว่าบันทึกไฟล์ถูกต้องแล้วส่งใหม่",
         "The file is empty. Check that it was saved properly and send it again.", blocking=True),
    Kind("file-too-large", "error", "ไฟล์มีขนาด {size} เมกะไบต์ เกินเพดาน {most} เมกะไบต์ โปรดแบ่งเป็นหลายไฟล์แล้วส่งใหม่",
         "The file has {size} MB, more than the {most} MB allowed. Split it into several files.", blocking=True),
    Kind("format-unknown", "error", "ไฟล์นี้ดูเหมือนเป็น{seems_th} ซึ่งอ่านเป็นตารางไม่ได้ โปรดส่งเป็น CSV, Excel (.xlsx หรือ .xls), ODS หรือ JSON",
         "This seems to be {seems_en}, which cannot be read as a table. Send CSV, Excel (.xlsx or .xls), ODS or JSON.", blocking=True),
    Kind("file-encrypted", "error", "ไฟล์นี้ตั้งรหัสผ่านไว้จึงเปิดอ่านไม่ได้ โปรดเอารหัสผ่านออก (ใน Excel: ไฟล์ > ข้อมูล > ป้องกันเวิร์กบุ๊ก) แล้วส่งใหม่",
         "The file is protected by a password. Remove it (in Excel: File > Info > Protect Workbook) and send the file again.", blocking=True),
    Kind("html-not-data", "error", "สิ่งที่ได้มาเป็นหน้าเว็บ (HTML) ไม่ใช่ไฟล์ข้อมูล โปรดตรวจว่าลิงก์ชี้ไปที่ตัวไฟล์โดยตรง หากเป็นไฟล์ .xls ที่ระบบส่งออกมา ให้เปิดด้วย Excel แล้วบันทึกเป็น .xlsx",
         "This is a web page (HTML), not a data file. Check that the link leads to the file itself; if a system exported it as .xls, open it in Excel and save it as .xlsx.", blocking=True),
    Kind("encoding-unknown", "error", "ไม่รู้จักรหัสอักขระชื่อ ‘{value}’ โปรดเลือก utf-8, utf-16 หรือ windows-874",
         "The encoding ‘{value}’ is not known. Choose utf-8, utf-16 or windows-874.", blocking=True),
    Kind("encoding-broken", "error", "อ่านอักษรของไฟล์ด้วยรหัส {encoding} ไม่ได้ทั้งไฟล์ พบไบต์ {value} ที่อ่านไม่ออก (ไบต์ที่ {position} ของไฟล์) โปรดเปิดไฟล์ด้วยโปรแกรมเดิมแล้วบันทึกใหม่เป็น CSV UTF-8",
         "The file cannot be read as {encoding} throughout: byte {value} (byte {position} of the file) is not a character. Open it in the program it came from and save it as CSV UTF-8.", blocking=True),
    Kind("encoding-doubtful", "warning", "อ่านไฟล์นี้แบบ Windows-874 แล้วอักษรไม่เหมือนภาษาไทย เช่น ‘{value}’ โปรดตรวจว่าตัวอักษรถูกต้อง ถ้าไม่ถูก ให้เลือกรหัสอักขระเอง หรือบันทึกใหม่เป็น CSV UTF-8",
         "Read as Windows-874 the letters do not look like Thai, for example ‘{value}’. If they are wrong, choose the encoding or save the file as CSV UTF-8."),
    Kind("nul-bytes", "error", "มีไบต์ว่าง (NUL) ซึ่งไม่มีในไฟล์ข้อความ ไฟล์อาจเสียหรือไม่ใช่ CSV โปรดบันทึกใหม่เป็น CSV UTF-8",
         "There are NUL bytes, which no text file has; the file may be damaged or no CSV. Save it again as CSV UTF-8.", blocking=True),
    Kind("line-too-long", "error", "มีบรรทัดที่ยาวกว่า {most} เมกะไบต์ ไฟล์อาจไม่มีการขึ้นบรรทัดใหม่ หรือไม่ใช่ตาราง โปรดตรวจแล้วบันทึกใหม่",
         "A line is longer than {most} MB; the file may lack line breaks or be no table. Check it and save it again.", blocking=True),
    Kind("too-many-columns", "error", "มี {count} คอลัมน์ เกินเพดาน {most} คอลัมน์ โปรดลบคอลัมน์ว่างหรือเปลี่ยนคอลัมน์ที่ซ้ำรูปแบบ (เช่น ปี) ให้เป็นแถว",
         "There are {count} columns, more than the {most} allowed. Delete empty columns or turn repeated ones (such as years) into rows.", blocking=True),
    Kind("too-many-rows", "error", "มีมากกว่า {most} แถว ซึ่งเป็นเพดาน โปรดแบ่งเป็นหลายไฟล์",
         "There are more than {most} rows, the most allowed. Split the file.", blocking=True),
    Kind("cell-too-long", "error", "มีช่องที่ยาวกว่า {most} ตัวอักษร อาจลืมปิดเครื่องหมายคำพูด (\") โปรดตรวจแถวนี้",
         "A cell is longer than {most} characters; a quotation mark (\") may not have been closed. Check this row.", blocking=True),
    Kind("quote-unclosed", "error", "เครื่องหมายคำพูด (\") ที่เปิดในแถวนี้ไม่ได้ปิด ข้อมูลแถวต่อ ๆ ไปจึงถูกกลืนเข้าเป็นช่องเดียว: ‘{value}’ โปรดปิดหรือลบเครื่องหมายนี้",
         "The quotation mark (\") opened in this row is not closed, so that the rows after it are swallowed into one cell: ‘{value}’. Close it or delete it.", blocking=True),
    Kind("quote-stray", "warning", "มีตัวอักษรตามหลังเครื่องหมายคำพูด (\") ที่ปิดแล้ว: ‘{value}’ หากต้องการให้มีเครื่องหมายคำพูดในช่อง ให้พิมพ์ซ้ำสองตัว (\"\")",
         "There is text after a closing quotation mark (\"): ‘{value}’. To have the mark inside a cell, write it twice (\"\")."),
    Kind("workbook-broken", "error", "ไฟล์ตารางคำนวณเสียหาย เปิดอ่านไม่ได้ โปรดเปิดด้วย Excel หรือ LibreOffice แล้วบันทึกเป็นไฟล์ใหม่",
         "The workbook is damaged and cannot be read. Open it in Excel or LibreOffice and save it as a new file.", blocking=True),
    Kind("sheet-too-large", "error", "แผ่นงานกินพื้นที่ {rows} แถว × {columns} คอลัมน์ ซึ่งใหญ่เกินไป มักเกิดจากมีค่าหลงอยู่ไกลจากตาราง โปรดลบแถวและคอลัมน์ที่ไม่ใช้แล้วบันทึกใหม่",
         "A sheet spans {rows} rows × {columns} columns, which is too large; often a stray value lies far from the table. Delete unused rows and columns and save again.", blocking=True),
    Kind("loose-not-searched", "warning", "ค้นหาข้อมูลส่วนบุคคลในส่วน ‘{value}’ ของไฟล์ (นอกตาราง) ได้ไม่ครบ โปรดลบส่วนนี้หากไม่จำเป็น หรือบันทึกตารางเป็นไฟล์ใหม่",
         "The part ‘{value}’ of the file (outside the table) could not be searched for personal data in full. Delete it if it is not needed, or save the table as a new file."),
    Kind("zip-broken", "error", "ไฟล์ ZIP เสียหาย (ที่ ‘{member}’) โปรดบีบอัดใหม่แล้วส่งอีกครั้ง",
         "The ZIP archive is damaged (at ‘{member}’). Make it again and send it.", blocking=True),
    Kind("zip-encrypted", "error", "ไฟล์ ‘{member}’ ใน ZIP ตั้งรหัสผ่านไว้ โปรดบีบอัดใหม่โดยไม่ใส่รหัสผ่าน",
         "‘{member}’ in the ZIP archive is protected by a password. Make the archive again without one.", blocking=True),
    Kind("zip-ratio", "error", "ไฟล์ ZIP ขยายออกแล้วใหญ่กว่าเดิมเกิน {most} เท่า ซึ่งอาจเป็นไฟล์อันตราย โปรดส่งไฟล์ที่ไม่บีบอัด",
         "Unpacked, the archive grows more than {most} times, as harmful archives do. Send the files without compression.", blocking=True),
    Kind("zip-too-large", "error", "ไฟล์ ZIP ขยายออกแล้วใหญ่กว่า {most} เมกะไบต์ โปรดแบ่งเป็นหลายไฟล์",
         "Unpacked, the archive has more than {most} MB. Split it into several.", blocking=True),
    Kind("zip-member-too-large", "error", "ไฟล์ ‘{member}’ ใน ZIP ใหญ่กว่า {most} เมกะไบต์ โปรดแบ่งเป็นหลายไฟล์",
         "‘{member}’ in the ZIP archive has more than {most} MB. Split it into several files.", blocking=True),
    Kind("zip-too-many-members", "error", "ไฟล์ ZIP มี {count} รายการ เกินเพดาน {most} รายการ โปรดแบ่งเป็นหลายไฟล์",
         "The ZIP archive has {count} entries, more than the {most} allowed. Split it into several.", blocking=True),
    Kind("zip-duplicate-name", "error", "ใน ZIP มีไฟล์ชื่อ ‘{member}’ ซ้ำกัน โปรดตั้งชื่อให้ต่างกันแล้วบีบอัดใหม่",
         "The ZIP archive has two files named ‘{member}’. Give them different names and make it again.", blocking=True),
    Kind("zip-unsafe-name", "error", "ชื่อไฟล์ ‘{member}’ ใน ZIP ชี้ออกนอกโฟลเดอร์หรือมีอักขระที่ไม่อนุญาต โปรดบีบอัดใหม่จากในโฟลเดอร์ของไฟล์เอง",
         "The name ‘{member}’ in the ZIP archive leads out of its folder or has characters that are not allowed. Make the archive again from within the folder.", blocking=True),
    Kind("zip-link", "error", "‘{member}’ ใน ZIP เป็นลิงก์ ไม่ใช่ไฟล์ โปรดใส่ตัวไฟล์จริงแทน",
         "‘{member}’ in the ZIP archive is a link and no file. Put the file itself in its place.", blocking=True),
    Kind("zip-nested", "error", "‘{member}’ เป็นไฟล์ ZIP ซึ่งเปิดซ้อนกันหลายชั้นไม่ได้ โปรดแตกไฟล์นี้ก่อน แล้วส่งไฟล์ข้างในโดยตรง",
         "‘{member}’ is a ZIP archive inside another, which is not opened. Unpack it first and send the files themselves.", blocking=True),
    Kind("zip-empty", "error", "ไฟล์ ZIP ไม่มีไฟล์ข้อมูลอยู่ข้างใน โปรดใส่ไฟล์แล้วบีบอัดใหม่",
         "There is no data file in the ZIP archive. Put the files in and make it again.", blocking=True),
    Kind("json-too-large", "error", "ไฟล์ JSON ใหญ่กว่า {most} เมกะไบต์ โปรดส่งเป็น CSV หรือ JSON Lines (หนึ่งระเบียนต่อบรรทัด)",
         "The JSON file has more than {most} MB. Send CSV or JSON Lines (one record a line).", blocking=True),
    Kind("json-broken", "error", "ไฟล์ JSON ผิดรูปแบบที่บรรทัดนี้ ตัวอักษรที่ {position} โปรดแก้ไขหรือส่งออกใหม่",
         "The JSON is malformed in this line at character {position}. Mend it or export it again.", blocking=True),
    Kind("json-constant", "error", "ไฟล์ JSON มีค่า {value} ซึ่งไม่ใช่ JSON ที่ถูกต้อง โปรดใช้ null แทนค่าที่ไม่มี",
         "The JSON holds {value}, which is no valid JSON. Write null where there is no value.", blocking=True),
    Kind("json-duplicate-key", "error", "ในวัตถุ JSON เดียวกันมีชื่อ ‘{value}’ ซ้ำ จึงไม่รู้ว่าจะใช้ค่าใด โปรดให้แต่ละชื่อมีครั้งเดียว",
         "One JSON object has the key ‘{value}’ twice, so it is not clear which value counts. Write each key once.", blocking=True),
    Kind("json-too-deep", "error", "ไฟล์ JSON ซ้อนกันลึกเกินไป โปรดส่งเป็นรายการของวัตถุชั้นเดียว",
         "The JSON is nested too deeply. Send a plain list of objects.", blocking=True),
    Kind("json-no-table", "error", "ไม่พบตารางในไฟล์ JSON โปรดส่งเป็นรายการของวัตถุ เช่น [{{\"จังหวัด\": \"น่าน\"}}]",
         "There is no table in the JSON. Send a list of objects, such as [{{\"province\": \"Nan\"}}].", blocking=True),
    Kind("json-line-broken", "error", "บรรทัดนี้ไม่ใช่วัตถุ JSON ที่ถูกต้อง ({why}) จึงไม่ได้อ่าน โปรดแก้ไขหรือลบบรรทัดนี้",
         "This line is no valid JSON object ({why}) and was left out. Mend it or delete it."),
    # --- headings and rows as found (tables/) ---
    Kind("no-heading-row", "error", "ไม่พบแถวหัวตาราง จึงไม่รู้ว่าแต่ละคอลัมน์คืออะไร โปรดเพิ่มแถวชื่อคอลัมน์ไว้เหนือข้อมูล เช่น ชื่อกลุ่ม จังหวัด อำเภอ",
         "No heading row was found, so it is not known what the columns are. Add a row of column names above the data, such as name, province, district.", blocking=True),
    Kind("no-rows", "error", "มีหัวตารางแต่ไม่มีข้อมูลใต้หัวตารางเลย โปรดตรวจว่าส่งไฟล์ถูกต้อง",
         "There is a heading row but no data under it. Check that the right file was sent.", blocking=True),
    Kind("table-without-rows", "warning", "มีหัวตารางแต่ไม่มีข้อมูลใต้หัวตาราง จึงไม่ได้นำมาเผยแพร่ หากไม่ใช้โปรดลบออก",
         "There is a heading row but no data under it, so it was left out. Delete it if it is not needed."),
    Kind("sheet-empty", "info", "แผ่นงานนี้ว่างเปล่า จึงข้ามไป ลบออกได้",
         "This sheet is empty and was passed over. It may be deleted."),
    Kind("sheet-hidden", "warning", "แผ่นงานนี้ถูกซ่อนไว้ จึงไม่นำมาเผยแพร่ ({rows} แถว) หากต้องการเผยแพร่ให้เลิกซ่อน หากไม่ใช้โปรดลบออก",
         "This sheet is hidden and is not published ({rows} rows). Unhide it to publish it; delete it if it is not needed."),
    Kind("sheet-without-table", "warning", "แผ่นงานนี้ไม่มีแถวหัวตาราง จึงไม่ได้นำมาเผยแพร่ ({rows} แถวไม่ได้อ่านเป็นข้อมูล) หากเป็นตาราง โปรดเพิ่มแถวชื่อคอลัมน์",
         "This sheet has no heading row and is not published ({rows} rows not read as data). If it is a table, add a row of column names."),
    Kind("several-tables", "warning", "มีอีกตารางหนึ่งเริ่มที่แถวนี้ จึงแยกเป็นคนละตาราง ควรวางแต่ละตารางไว้คนละแผ่นงานหรือคนละไฟล์",
         "Another table begins in this row and was read as a table of its own. Better put each table on its own sheet or file."),
    Kind("tables-side-by-side", "warning", "ดูเหมือนมีสองตารางวางข้างกัน (มีคอลัมน์ว่างคั่นและชื่อคอลัมน์ซ้ำ) จึงอ่านรวมเป็นตารางเดียว โปรดวางต่อกันลงมาเป็นตารางเดียว หรือแยกแผ่นงาน",
         "Two tables seem to stand side by side (a blank column between them, the same headings again) and were read as one. Put one below the other, or each on its own sheet."),
    Kind("headings-joined", "info", "หัวตารางมีหลายแถว (แถว {first} ถึง {last}) จึงนำมาต่อกันเป็นชื่อคอลัมน์เดียว ควรใช้หัวตารางแถวเดียว",
         "The headings take several rows ({first} to {last}) and were joined into one. One heading row is better."),
    Kind("heading-empty", "warning", "คอลัมน์ที่ {position} มีข้อมูลแต่ไม่มีชื่อ จึงเรียกว่า ‘{column}’ โปรดตั้งชื่อคอลัมน์",
         "Column {position} has data but no name and is called ‘{column}’. Give it a name."),
    Kind("heading-duplicate", "warning", "มีชื่อคอลัมน์ซ้ำกัน คอลัมน์หลังจึงเรียกว่า ‘{given}’ โปรดตั้งชื่อให้ต่างกัน",
         "The name is used for more than one column; the later one is called ‘{given}’. Give them different names."),
    Kind("extra-cell", "error", "แถวนี้มี {count} ช่อง แต่หัวตารางมี {width} ช่อง ค่าที่เกินมา ‘{value}’ ถูกตัดออก และค่าอื่นในแถวอาจเลื่อนช่อง มักเกิดจากตัวเลขมีจุลภาค เช่น 1,000 ให้ลบจุลภาคหรือใส่เครื่องหมายคำพูดคร่อมค่า",
         "The row has {count} cells but the table {width}; ‘{value}’ was cut off and other values of the row may stand in the wrong column. Often a number holds a comma, such as 1,000: take it out or put the value in quotation marks."),
    Kind("missing-cell", "warning", "แถวนี้มีเพียง {value} ช่อง แต่หัวตารางมี {width} ช่อง ช่องที่ขาดถือว่าว่าง โปรดตรวจว่าค่าอยู่ตรงคอลัมน์",
         "The row has only {value} cells but the table {width}; the missing ones are taken as empty. Check that the values stand in the right columns."),
    Kind("rows-misfit", "error", "{count} จาก {rows} แถวมีช่องมากกว่าหัวตาราง ({width} ช่อง) ข้อมูลจึงไม่ตรงกับชื่อคอลัมน์ โปรดเพิ่มชื่อคอลัมน์ที่ขาด หรือแก้จุลภาคในข้อมูล",
         "{count} of {rows} rows have more cells than there are headings ({width}), so that data and headings do not fit. Add the missing headings or mend commas in the data.", blocking=True),
    Kind("error-cell", "error", "สูตรให้ค่าผิดพลาด {value} จึงถือว่าช่องนี้ว่าง โปรดแก้สูตรหรือพิมพ์ค่าจริงแทน",
         "A formula gives the error {value}; the cell is taken as empty. Mend the formula or type the value itself."),
    Kind("formula-without-value", "error", "ช่องนี้มีสูตรที่ยังไม่มีผลลัพธ์เก็บไว้ จึงอ่านค่าไม่ได้ โปรดเปิดด้วย Excel แล้วบันทึกใหม่ หรือวางเป็นค่า",
         "The cell holds a formula without a stored result, so there is no value. Open the file in Excel and save it again, or paste the value."),
    Kind("blank-rows", "info", "มีแถวว่าง {count} แถวในตาราง จึงข้ามไป ลบออกได้",
         "There are {count} blank rows in the table; they were passed over and may be deleted."),
    Kind("merged-filled", "info", "มีช่องที่ผสานกัน จึงเติมค่าให้ครบทุกช่อง รวม {count} ช่อง ควรเลิกผสานช่องในข้อมูล",
         "Merged cells were filled with their value, {count} cells in all. Better not merge cells within data."),
    Kind("merged-too-many", "warning", "มีช่องที่ผสานกันมากเกินไป จึงเติมค่าให้ไม่ครบ โปรดเลิกผสานช่อง",
         "There are too many merged cells; not all were filled. Unmerge them."),
    Kind("json-nested", "info", "คอลัมน์นี้มีค่าซ้อนหลายชั้น จึงเก็บเป็นข้อความ ควรแยกเป็นคอลัมน์ธรรมดา",
         "This column holds nested values, which are kept as text. Better part them into plain columns."),
    Kind("problems-cut", "info", "พบปัญหา ‘{code_cut}’ ทั้งหมด {count} แห่ง แสดงเพียง {kept} แห่งแรก",
         "‘{code_cut}’ was found {count} times; only the first {kept} are listed."),
    # --- cells (normalise.py) ---
    Kind("marks-misordered", "warning", "สระหรือวรรณยุกต์สลับที่กันใน ‘{value}’ ซึ่งมักเกิดจากการคัดลอกจาก PDF ระบบไม่แก้ให้เพราะอาจผิดความหมาย โปรดพิมพ์ข้อความนี้ใหม่",
         "Vowels or tone marks are out of order in ‘{value}’, as in text copied from a PDF. It was not changed; type the text again."),
    Kind("leading-zero-lost", "warning", "‘{value}’ มีตัวเลขหายไป 1 หลัก (Excel ตัดเลข 0 ตัวหน้าออก) ควรเป็น ‘{whole}’ โปรดตั้งคอลัมน์นี้เป็นข้อความ (Text) แล้วพิมพ์เลขให้ครบ",
         "‘{value}’ lacks a digit: a spreadsheet took the leading zero away. It should be ‘{whole}’; set the column to text and type the number in full."),
    Kind("digits-lost", "warning", "‘{value}’ เป็นเลขแบบย่อที่โปรแกรมตารางคำนวณเขียนแทน ตัวเลขท้าย ๆ หายไปแล้วและกู้คืนไม่ได้ โปรดตั้งคอลัมน์นี้เป็นข้อความ (Text) แล้วใส่เลขเต็มจากต้นฉบับ",
         "‘{value}’ is a number that a spreadsheet shortened; its last digits are gone. Set the column to text and enter the whole number from its source."),
    Kind("date-year-doubtful", "warning", "ปี {year} ใน ‘{value}’ ไม่แน่ว่าเป็น พ.ศ. หรือ ค.ศ. ระบบจึงไม่แปลง โปรดตรวจปีแล้วพิมพ์ใหม่ เช่น 2567 หรือ 2024",
         "The year {year} in ‘{value}’ may be of either era and was not converted. Check it and write it as 2567 (Buddhist) or 2024 (common era)."),
    Kind("date-short-year", "warning", "ปีใน ‘{value}’ มีเพียงสองหลัก และไม่แน่ว่าเป็น พ.ศ. หรือ ค.ศ. ระบบจึงไม่แปลง โปรดพิมพ์ปีให้ครบสี่หลัก เช่น 2567",
         "The year in ‘{value}’ has two digits and may be of either era; it was not converted. Write all four digits, such as 2567."),
    Kind("date-before-1941", "warning", "‘{value}’ แปลงเป็น {iso} แต่ก่อนปี พ.ศ. 2484 ปีใหม่ไทยเริ่ม 1 เมษายน วันในเดือนมกราคมถึงมีนาคมอาจเป็นปีถัดไป โปรดตรวจกับต้นฉบับ หากไม่ตรงให้พิมพ์เป็น ปปปป-ดด-วว (ค.ศ.)",
         "‘{value}’ was written as {iso}, but until 1941 the Thai year began on 1 April, so that a day of January to March may be of the next year. Check it; if it is wrong write it as YYYY-MM-DD of the common era."),
    Kind("era-mixed", "warning", "คอลัมน์นี้มีทั้งปี พ.ศ. (เช่น ‘{value}’) และ ค.ศ. (เช่น ‘{other}’) ปนกัน ระบบแปลงเท่าที่แน่ใจ โปรดใช้แบบเดียวกันทั้งคอลัมน์",
         "The column mixes years of the Buddhist era (‘{value}’) and the common era (‘{other}’). What is certain was converted; use one of them throughout."),
    Kind("coordinates-swapped", "warning", "ละติจูด ‘{latitude}’ กับ{other} ‘{longitude}’ อยู่สลับคอลัมน์กัน (ละติจูดของไทยอยู่ระหว่าง 5 ถึง 21 ลองจิจูดอยู่ระหว่าง 97 ถึง 106) โปรดสลับค่าทั้งสองในไฟล์",
         "The latitude ‘{latitude}’ and the {other} ‘{longitude}’ stand in each other’s column (in Thailand latitudes are 5 to 21, longitudes 97 to 106). Swap them in the file."),
    Kind("coordinates-outside", "warning", "พิกัด ‘{latitude}’, ‘{longitude}’ อยู่นอกประเทศไทย (ละติจูด 5 ถึง 21 ลองจิจูด 97 ถึง 106) โปรดตรวจตัวเลขและจุดทศนิยม",
         "The point ‘{latitude}’, ‘{longitude}’ lies outside Thailand (latitudes 5 to 21, longitudes 97 to 106). Check the digits and the decimal point."),
    Kind("province-unknown", "warning", "ไม่พบจังหวัดชื่อ ‘{value}’ แถวนี้จึงไม่มีรหัสจังหวัด โปรดพิมพ์ชื่อจังหวัดเต็มเพียงจังหวัดเดียว เช่น เชียงใหม่",
         "No province is called ‘{value}’, so the row has no province code. Write the full name of one province, such as เชียงใหม่."),
    Kind("province-misspelt", "warning", "ไม่พบจังหวัดชื่อ ‘{value}’ แถวนี้จึงไม่มีรหัสจังหวัด หมายถึง ‘{nearest}’ หรือไม่ โปรดแก้ชื่อในไฟล์",
         "No province is called ‘{value}’, so the row has no province code. Did you mean ‘{nearest}’? Correct the name in the file."),
    Kind("province-code-differs", "warning", "จังหวัด ‘{value}’ มีรหัส {right} แต่ช่องรหัสจังหวัดในแถวนี้เป็น {given} โปรดแก้ให้ตรงกัน",
         "The code of ‘{value}’ is {right}, but the row’s province code is {given}. Make them agree."),
    Kind("district-unknown", "warning", "ไม่พบอำเภอหรือเขต ‘{value}’ ในจังหวัด{province_th} โปรดตรวจการสะกดและจังหวัดของแถวนี้",
         "There is no district ‘{value}’ in {province_en}. Check its spelling and the row’s province."),
    Kind("duplicate-row", "warning", "แถวนี้เหมือนกับแถว {first} ทุกช่อง ระบบไม่ลบให้ หากซ้ำโดยไม่ตั้งใจโปรดลบออกหนึ่งแถว",
         "This row is the same as row {first} in every cell. It was kept; delete one of them if it is there by mistake."),
    Kind("duplicate-id", "warning", "รหัส ‘{value}’ มีแล้วที่แถว {first} รหัสของแต่ละแถวควรไม่ซ้ำกัน โปรดตรวจและแก้ไข",
         "The id ‘{value}’ stands in row {first} already; each row should have its own. Check and correct it."),
    Kind("years-as-headings", "info", "มีปีเป็นหัวคอลัมน์ {count} คอลัมน์ (‘{first}’ ถึง ‘{last}’) ใช้ต่อได้ยากกว่าตารางที่มีคอลัมน์ ‘ปี’ และคอลัมน์ ‘ค่า’ โดยหนึ่งแถวต่อหนึ่งปี ควรจัดตารางใหม่",
         "{count} headings are years (‘{first}’ to ‘{last}’). A table with a column for the year and one for the value, one row for each year, is easier to use; better rearrange it."),
    Kind("column-nearly-number", "warning", "เกือบทุกช่องของคอลัมน์นี้เป็นตัวเลข แต่มี {count} ช่องที่ไม่ใช่ เช่น ‘{value}’ ทั้งคอลัมน์จึงเก็บเป็นข้อความ โปรดแก้ช่องเหล่านั้นให้เป็นตัวเลขหรือเว้นว่าง",
         "Nearly all cells of this column are numbers, but {count} are not, such as ‘{value}’, so the column is kept as text. Make those cells numbers or leave them empty."),
    Kind("column-nearly-date", "warning", "เกือบทุกช่องของคอลัมน์นี้เป็นวันที่ แต่มี {count} ช่องที่ไม่ใช่ เช่น ‘{value}’ ทั้งคอลัมน์จึงเก็บเป็นข้อความ โปรดแก้ช่องเหล่านั้นให้เป็นวันที่หรือเว้นว่าง",
         "Nearly all cells of this column are dates, but {count} are not, such as ‘{value}’, so the column is kept as text. Make those cells dates or leave them empty."),
    # --- judged against the schema (checks/validate.py) ---
    Kind("wrong-type", "error", "ต้องเป็น{wanted_th} แต่พบ ‘{value}’ {outcome_th} โปรดแก้เป็น{wanted_th} เช่น {example_th}",
         "This must be {wanted_en}, but ‘{value}’ was found; {outcome_en}. Write {wanted_en}, such as {example_en}."),
    Kind("not-plain", "error", "‘{value}’ อ่านเป็น{wanted_th}ได้ แต่เขียนในแบบที่โปรแกรมอื่นอาจอ่านผิด {outcome_th} โปรดพิมพ์เป็น {example}",
         "‘{value}’ can be read as {wanted_en}, but is written in a way that other programs may read wrongly; {outcome_en}. Write {example}."),
    Kind("number-too-long", "error", "‘{value}’ มีตัวเลขเกิน {most} หลัก จึงเก็บเป็นจำนวนไม่ได้ {outcome_th} โปรดตรวจว่าไม่ใช่รหัสที่ลงผิดคอลัมน์ แล้วแก้เป็นจำนวนที่ไม่เกิน {most} หลัก เช่น {example_th}",
         "‘{value}’ has more than {most} digits and can’t be kept as a number; {outcome_en}. Check that it is no code in the wrong column and write a number of at most {most} digits, such as {example_en}."),
    Kind("date-buddhist", "error", "ปี {year} ใน ‘{value}’ เป็นปี พ.ศ. แต่เขียนในแบบของปี ค.ศ. {outcome_th} โปรดพิมพ์เป็น {example}",
         "The year {year} in ‘{value}’ is of the Buddhist era, but stands where the common era is meant; {outcome_en}. Write {example}."),
    Kind("date-doubtful", "error", "ปี {year} ใน ‘{value}’ ไม่แน่ว่าเป็น พ.ศ. หรือ ค.ศ. {outcome_th} โปรดตรวจแล้วพิมพ์ใหม่ เช่น {example_th}",
         "The year {year} in ‘{value}’ may be of either era; {outcome_en}. Check it and write it anew, such as {example_en}."),
    Kind("required-empty", "error", "ช่องนี้ต้องกรอกแต่ว่างอยู่ {outcome_th} โปรดกรอกช่องนี้แล้วส่งใหม่",
         "This cell must be filled but is empty; {outcome_en}. Fill it and send the file again."),
    Kind("not-in-list", "error", "‘{value}’ ไม่อยู่ในรายการที่ใช้ได้ {outcome_th} โปรดใช้ค่าใดค่าหนึ่งต่อไปนี้: {allowed}",
         "‘{value}’ is not in the list of values; {outcome_en}. Use one of: {allowed}"),
    Kind("too-small", "error", "‘{value}’ น้อยเกินไป ต้อง{bound_th} {limit} {outcome_th} โปรดตรวจแล้วแก้ เช่น {example_th}",
         "‘{value}’ is too small, it must be {bound_en} {limit}; {outcome_en}. Check and correct it, for example to {example_en}."),
    Kind("too-large", "error", "‘{value}’ มากเกินไป ต้อง{bound_th} {limit} {outcome_th} โปรดตรวจแล้วแก้ เช่น {example_th}",
         "‘{value}’ is too large, it must be {bound_en} {limit}; {outcome_en}. Check and correct it, for example to {example_en}."),
    Kind("too-short", "error", "‘{value}’ สั้นเกินไป ต้องมีอย่างน้อย {limit} ตัวอักษร {outcome_th} โปรดกรอกให้ครบ",
         "‘{value}’ is too short, it needs at least {limit} characters; {outcome_en}. Write it in full."),
    Kind("too-long", "error", "‘{value}’ ยาวเกินไป ต้องไม่เกิน {limit} ตัวอักษร {outcome_th} โปรดย่อให้สั้นลง",
         "‘{value}’ is too long, at most {limit} characters are allowed; {outcome_en}. Shorten it."),
    Kind("wrong-pattern", "error", "‘{value}’ ไม่ตรงกับรูปแบบของคอลัมน์นี้ {outcome_th} โปรดแก้ให้ตรงรูปแบบ {shown_th}",
         "‘{value}’ does not have the form of this column; {outcome_en}. Write it in that form, {shown_en}."),
    Kind("not-unique", "error", "‘{value}’ มีแล้วที่แถว {first} ทั้งที่คอลัมน์นี้ต้องไม่ซ้ำกัน {outcome_th} โปรดแก้ให้ต่างกัน หรือลบแถวที่ซ้ำ",
         "‘{value}’ stands in row {first} already, but values of this column must differ; {outcome_en}. Make them differ or delete the row that repeats."),
    Kind("key-duplicate", "error", "ค่าของคอลัมน์ {columns} ซ้ำกับแถว {first} ทั้งที่ต้องใช้แยกแถวออกจากกัน {outcome_th} โปรดแก้ให้ต่างกัน หรือลบแถวที่ซ้ำ",
         "The columns {columns}, which tell rows apart, are the same as in row {first}; {outcome_en}. Make them differ or delete the row that repeats."),
    Kind("key-empty", "error", "คอลัมน์ {columns} ซึ่งใช้แยกแถวออกจากกัน ว่างอยู่ {outcome_th} โปรดกรอกให้ครบ",
         "The columns {columns}, which tell rows apart, are empty; {outcome_en}. Fill them in."),
    Kind("too-many-bad-rows", "error", "มีปัญหา{bad_th} จาก {rows} แถว ซึ่งเกิน {share} % จึงยังไม่เผยแพร่ ข้อมูลที่เผยแพร่ไปแล้วถ้ามียังเหมือนเดิม โปรดแก้ตามรายการแล้วส่งใหม่",
         "{bad_en} of {rows} rows have problems, which is more than {share} %, so nothing was published and what was published stays. Mend what is listed and send the file again.", blocking=True),
    Kind("no-rows-left", "error", "ทุกแถว ({rows} แถว) ขาดช่องที่ต้องกรอก จึงไม่เหลือแถวให้เผยแพร่ โปรดกรอกช่องที่ต้องกรอกแล้วส่งใหม่",
         "All {rows} rows lack a cell that must be filled, so nothing is left to publish. Fill those cells and send the file again.", blocking=True),
    Kind("table-broken", "error", "ตารางนี้ตรวจไม่ได้ ({why}) โปรดบันทึกไฟล์ใหม่แล้วส่งอีกครั้ง",
         "This table can’t be judged ({why}). Save the file anew and send it again.", blocking=True),
    # --- personal data (checks/personal.py) ---
    Kind("personal-citizen-id", "error", "พบเลขประจำตัวประชาชน {count} ช่อง{example_th} โปรดลบข้อมูลนี้ออกจากไฟล์แล้วส่งใหม่ หรือเลือกให้ระบบตัดคอลัมน์ออก หรือปกปิดให้",
         "{count} cells hold a citizen id{example_en}. Take it out of the file and send it again, or let the portal drop the column or mask it."),
    Kind("personal-mobile", "error", "พบหมายเลขโทรศัพท์มือถือ {count} ช่อง{example_th} (เบอร์สำนักงานเผยแพร่ได้) โปรดลบข้อมูลนี้ออกจากไฟล์แล้วส่งใหม่ หรือเลือกให้ระบบตัดคอลัมน์ออก หรือปกปิดให้",
         "{count} cells hold a mobile number{example_en} (an office’s fixed line may stay). Take it out of the file and send it again, or let the portal drop the column or mask it."),
    Kind("personal-email", "error", "พบอีเมลส่วนตัว {count} ช่อง{example_th} (อีเมลของหน่วยงานเผยแพร่ได้) โปรดลบข้อมูลนี้ออกจากไฟล์แล้วส่งใหม่ หรือเลือกให้ระบบตัดคอลัมน์ออก หรือปกปิดให้",
         "{count} cells hold a personal e-mail address{example_en} (an institution’s address may stay). Take it out of the file and send it again, or let the portal drop the column or mask it."),
    Kind("personal-name", "error", "พบชื่อบุคคล {count} ช่อง{example_th} โปรดลบข้อมูลนี้ออกจากไฟล์แล้วส่งใหม่ หรือเลือกให้ระบบตัดคอลัมน์ออก หรือปกปิดให้",
         "{count} cells hold a personal name{example_en}. Take it out of the file and send it again, or let the portal drop the column or mask it."),
    Kind("personal-bank-account", "error", "พบเลขที่บัญชีธนาคาร {count} ช่อง{example_th} โปรดลบข้อมูลนี้ออกจากไฟล์แล้วส่งใหม่ หรือเลือกให้ระบบตัดคอลัมน์ออก หรือปกปิดให้",
         "{count} cells hold a bank account{example_en}. Take it out of the file and send it again, or let the portal drop the column or mask it."),
    Kind("personal-passport", "error", "พบเลขหนังสือเดินทาง {count} ช่อง{example_th} โปรดลบข้อมูลนี้ออกจากไฟล์แล้วส่งใหม่ หรือเลือกให้ระบบตัดคอลัมน์ออก หรือปกปิดให้",
         "{count} cells hold a passport number{example_en}. Take it out of the file and send it again, or let the portal drop the column or mask it."),
    Kind("personal-line-id", "error", "พบไลน์ไอดี {count} ช่อง{example_th} โปรดลบข้อมูลนี้ออกจากไฟล์แล้วส่งใหม่ หรือเลือกให้ระบบตัดคอลัมน์ออก หรือปกปิดให้",
         "{count} cells hold a LINE id{example_en}. Take it out of the file and send it again, or let the portal drop the column or mask it."),
    Kind("personal-address", "error", "พบที่อยู่บ้านในแถวเดียวกับชื่อบุคคล {count} ช่อง{example_th} โปรดลบข้อมูลนี้ออกจากไฟล์แล้วส่งใหม่ หรือเลือกให้ระบบตัดคอลัมน์ออก หรือปกปิดให้",
         "{count} cells hold a house address beside a personal name{example_en}. Take it out of the file and send it again, or let the portal drop the column or mask it."),
    Kind("personal-birth-date", "error", "พบวันเกิดของบุคคล {count} ช่อง{example_th} โปรดลบข้อมูลนี้ออกจากไฟล์แล้วส่งใหม่ หรือเลือกให้ระบบตัดคอลัมน์ออก หรือปกปิดให้",
         "{count} cells hold a date of birth{example_en}. Take it out of the file and send it again, or let the portal drop the column or mask it."),
    Kind("personal-sensitive", "error", "คอลัมน์นี้เป็นข้อมูลอ่อนไหวตามมาตรา 26 ของกฎหมายคุ้มครองข้อมูลส่วนบุคคล {count} ช่อง{example_th} โปรดลบข้อมูลนี้ออกจากไฟล์แล้วส่งใหม่ หรือเลือกให้ระบบตัดคอลัมน์ออก หรือปกปิดให้",
         "This column holds sensitive data of section 26 of the personal data law in {count} cells{example_en}. Take it out of the file and send it again, or let the portal drop the column or mask it."),
    Kind("personal-column", "error", "หัวคอลัมน์บอกว่าเป็น{kind_th} มีข้อมูล {count} ช่อง{example_th} โปรดลบข้อมูลนี้ออกจากไฟล์แล้วส่งใหม่ หรือเลือกให้ระบบตัดคอลัมน์ออก หรือปกปิดให้",
         "The heading says that this column holds a {kind_en}; {count} cells are filled{example_en}. Take it out of the file and send it again, or let the portal drop the column or mask it."),
    Kind("personal-text", "error", "พบ{kind_th}ใน{place_th}: ‘{value}’ โปรดลบออกแล้วส่งไฟล์ใหม่",
         "A {kind_en} stands in {place_en}: ‘{value}’. Take it out and send the file again."),
    Kind("personal-address-alone", "warning", "มีที่อยู่ที่มีบ้านเลขที่ {count} ช่อง เผยแพร่ได้ถ้าเป็นที่ตั้งของหน่วยงานหรือกิจการ ถ้าเป็นบ้านของบุคคล โปรดลบบ้านเลขที่ออก",
         "{count} cells hold an address with a house number. That of an office or a firm may stay; if it is a person’s home, take the house number out."),
    Kind("personal-dropped", "info", "ตัดคอลัมน์นี้ออกก่อนเผยแพร่ เพราะมี{kind_th} {count} ช่อง",
         "This column was left out before publishing: {count} cells hold a {kind_en}."),
    Kind("personal-masked", "info", "ปกปิดข้อมูล {count} ช่องก่อนเผยแพร่ ({kind_th})",
         "{count} cells were masked before publishing ({kind_en})."),
    # --- fetching and runs (fetch.py, sources/, run.py) ---
    # store, rows and exports (packages/)
    Kind("store-full", "error", "พื้นที่เก็บข้อมูลของระบบเต็ม ข้อมูลรุ่นเดิมยังใช้ได้ตามปกติ โปรดให้ผู้ดูแลเพิ่มพื้นที่แล้วลองใหม่ ({error})",
         "The store has no room left. The last good version is still served. Make room, then try again ({error}).",
         blocking=True),
    Kind("store-io", "error", "เขียนหรืออ่านที่เก็บข้อมูลของระบบไม่ได้ ข้อมูลรุ่นเดิมยังใช้ได้ตามปกติ โปรดให้ผู้ดูแลตรวจดิสก์ ({error})",
         "The store could not be read or written. The last good version is still served. Have the disk checked ({error}).",
         blocking=True),
    Kind("store-read-back", "error", "เขียนไฟล์แล้วอ่านกลับมาไม่ตรงกับที่เขียน จึงยังไม่เผยแพร่ โปรดให้ผู้ดูแลตรวจดิสก์ ({sha256})",
         "A file read back from the store was not what was written, so it was not published. Have the disk checked ({sha256}).",
         blocking=True),
    Kind("store-not-a-file", "error", "‘{name}’ ไม่ใช่ไฟล์ธรรมดา (เป็นลิงก์หรือโฟลเดอร์) โปรดส่งตัวไฟล์เอง",
         "‘{name}’ is not a plain file but a link or a folder. Send the file itself.", blocking=True),
    Kind("object-missing", "error", "ไม่พบไฟล์ที่เผยแพร่ไว้ในที่เก็บข้อมูล โปรดแจ้งผู้ดูแลให้กู้จากข้อมูลสำรอง ({sha256})",
         "A published file is missing from the store. Have it restored from the backup ({sha256})."),
    Kind("object-damaged", "error", "ไฟล์ในที่เก็บข้อมูลเสียหาย จึงไม่นำออกแสดง โปรดแจ้งผู้ดูแลให้กู้จากข้อมูลสำรอง ({sha256})",
         "A file in the store is damaged and is not served. Have it restored from the backup ({sha256})."),
    Kind("table-damaged", "error", "อ่านตารางที่เก็บไว้ไม่ได้ โปรดแจ้งผู้ดูแลให้ตรวจที่เก็บข้อมูล",
         "The stored table can't be read. Ask the administrator to check the store."),
    Kind("rows-time", "error", "การค้นในตารางนี้ใช้เวลานานเกินไป โปรดกรองให้แคบลง หรือดาวน์โหลดทั้งตาราง",
         "Looking through this table took too long. Narrow the filter, or download the whole table."),
    Kind("rows-memory", "error", "การค้นในตารางนี้ใช้หน่วยความจำมากเกินไป โปรดกรองให้แคบลง หรือดาวน์โหลดทั้งตาราง",
         "Looking through this table needs too much memory. Narrow the filter, or download the whole table."),
    Kind("export-xlsx-rows", "error", "ตารางนี้มี {rows} แถว แต่ Excel รับได้ {most} แถว โปรดกรองให้แคบลง หรือเลือก CSV แทน",
         "This table has {rows} rows, but an Excel sheet holds {most}. Narrow the filter, or take CSV instead."),
    Kind("filter-column-unknown", "error", "ไม่มีคอลัมน์ ‘{name}’ ในตารางนี้ โปรดเลือกจากคอลัมน์ที่มี: {known}",
         "This table has no column ‘{name}’. Choose one of its columns: {known}"),
    Kind("filter-value-wrong", "error", "ค่า ‘{value}’ ใช้กรองคอลัมน์ ‘{name}’ ไม่ได้ ต้องเป็น{wanted_th}",
         "‘{value}’ can't be used to filter the column ‘{name}’; it must be {wanted_en}."),
    Kind("filter-number-wrong", "error", "‘{name}={value}’ ใช้ไม่ได้ โปรดใส่จำนวนเต็มตั้งแต่ {least} ถึง {most}",
         "‘{name}={value}’ can’t be used. Give a whole number from {least} to {most}."),
    Kind("filter-too-many", "error", "กรองได้ไม่เกิน {most} เงื่อนไขในครั้งเดียว โปรดลดเงื่อนไขลง",
         "At most {most} conditions can be used at once. Leave some out."),
    Kind("fetch-same", "info", "ต้นทางแจ้งว่า {url} ยังเหมือนเดิม ไม่ต้องทำอะไร",
         "The source says that {url} has not changed. Nothing needs doing."),
    Kind("fetch-address", "error", "ที่อยู่ {url} ใช้ดึงข้อมูลไม่ได้ โปรดใช้ที่อยู่ที่ขึ้นต้นด้วย http:// หรือ https:// และไม่มีชื่อผู้ใช้อยู่ข้างใน",
         "{url} can't be fetched. Use an address that begins with http:// or https:// and holds no user name.", blocking=True),
    Kind("fetch-refused", "error", "ไม่อนุญาตให้ดึงจาก {url} เพราะไม่ใช่ที่อยู่สาธารณะ หากเป็นเครื่องของหน่วยงานเอง ให้ผู้ดูแลระบบเพิ่มใน KHLANG_FETCH_ALLOW",
         "{url} may not be fetched: it is no public address. If it is your own machine, the operator can name it in KHLANG_FETCH_ALLOW.", blocking=True),
    Kind("fetch-failed", "error", "ติดต่อ {url} ไม่ได้ ({why}) โปรดตรวจว่าเว็บไซต์ต้นทางเปิดอยู่ แล้วดึงใหม่",
         "{url} can't be reached ({why}). Check that the source is up, then harvest again.", blocking=True),
    Kind("fetch-busy", "error", "{url} ขอให้รออีก {seconds} วินาที เราจะดึงใหม่ตามรอบถัดไป",
         "{url} asks us to wait {seconds} seconds. It will be harvested at its next time.", blocking=True),
    Kind("fetch-status", "error", "{url} ตอบกลับด้วยรหัส {status} ซึ่งไม่ใช่ข้อมูล โปรดตรวจว่าที่อยู่ถูกต้องและเปิดให้สาธารณะ",
         "{url} answered with status {status}, not with data. Check that the address is right and public.", blocking=True),
    Kind("fetch-redirects", "error", "{url} ส่งต่อไปที่อื่นเกิน {most} ครั้ง โปรดใช้ที่อยู่ปลายทางโดยตรง",
         "{url} redirects more than {most} times. Use the final address.", blocking=True),
    Kind("robots-forbid", "error", "เว็บไซต์ไม่อนุญาตให้โปรแกรมอ่าน {url} (robots.txt) โปรดขอให้ผู้ดูแลเว็บไซต์อนุญาต khlang หรือส่งไฟล์เข้ามาโดยตรง",
         "The site does not allow programs to read {url} (robots.txt). Ask its operator to allow khlang, or hand the file in.", blocking=True),
    Kind("fetch-too-large", "error", "ไฟล์จาก {url} ใหญ่เกิน {most_mb} เมกะไบต์ โปรดแบ่งเป็นหลายไฟล์ หรือให้ผู้ดูแลระบบเพิ่มเพดาน KHLANG_MAX_FILE_MB",
         "The file of {url} is larger than {most_mb} MB. Split it, or let the operator raise KHLANG_MAX_FILE_MB.", blocking=True),
    Kind("fetch-slow", "error", "{url} ส่งข้อมูลช้าเกิน {seconds} วินาที โปรดลองใหม่ในเวลาที่คนใช้น้อย หรือส่งไฟล์เข้ามาโดยตรง",
         "{url} took longer than {seconds} seconds. Try again at a quiet hour, or hand the file in.", blocking=True),
    Kind("fetch-cut", "error", "ข้อมูลจาก {url} ขาดกลางทางหลังรับได้ {bytes} ไบต์ เราจะไม่ใช้ไฟล์ที่ไม่ครบ โปรดดึงใหม่",
         "The answer of {url} broke off after {bytes} bytes. An incomplete file is not used; harvest again.", blocking=True),
    Kind("path-forbidden", "error", "แหล่งข้อมูลนี้อ่านไฟล์ในเครื่อง ({path}) ไม่ได้ โปรดใช้ที่อยู่เว็บ หรือเพิ่มแหล่งด้วยคำสั่ง khlang source add",
         "This source may not read files of this machine ({path}). Use a web address, or add the source with khlang source add.", blocking=True),
    Kind("path-missing", "error", "ไม่พบไฟล์หรือโฟลเดอร์ {path} โปรดตรวจชื่อและตำแหน่ง",
         "There is no file or folder {path}. Check its name and place.", blocking=True),
    Kind("path-unreadable", "error", "เปิดไฟล์ {path} ไม่ได้ ({why}) โปรดตรวจสิทธิ์การอ่านของไฟล์ แล้วดึงใหม่",
         "The file {path} can't be opened ({why}). Check who may read it, then harvest again.", blocking=True),
    Kind("source-item-gone", "error", "ไม่พบเนื้อหาของ {item} แล้ว โปรดดึงใหม่", "The content of {item} is gone. Harvest again.", blocking=True),
    # catalogues (sources/)
    Kind("api-missing", "error", "ไม่พบ API ของ CKAN ที่ {url} โปรดใช้ที่อยู่หน้าแรกของพอร์ทัล เช่น https://phrae.gdcatalog.go.th",
         "There is no CKAN API at {url}. Use the address of the portal's first page, such as https://phrae.gdcatalog.go.th.", blocking=True),
    Kind("answer-html", "error", "{url} ตอบเป็นหน้าเว็บ (HTML) ทั้งที่ควรเป็นข้อมูล เว็บไซต์อาจปิดปรับปรุงหรือกั้นไว้ โปรดเปิดที่อยู่นี้ดู แล้วดึงใหม่",
         "{url} answers with a web page (HTML) in place of data; the site may be closed or blocked. Open the address, then harvest again.", blocking=True),
    Kind("answer-broken", "error", "คำตอบของ {url} อ่านไม่ได้เพราะผิดรูปแบบหรือไม่ครบ ({why}) โปรดแจ้งผู้ดูแลเว็บไซต์ต้นทาง แล้วดึงใหม่",
         "The answer of {url} is malformed or incomplete ({why}). Tell the operator of the source, then harvest again.", blocking=True),
    Kind("answer-strange", "error", "คำตอบของ {url} ไม่มีส่วนที่ต้องมี ({wanted}) ที่อยู่นี้อาจไม่ใช่ระบบชนิดที่เลือกไว้ โปรดตรวจชนิดของแหล่งข้อมูล",
         "The answer of {url} lacks what it must have ({wanted}). This may be no source of the chosen kind; check the kind.", blocking=True),
    Kind("answer-said-no", "error", "{url} แจ้งว่าทำตามคำขอไม่ได้: ‘{said}’ โปรดตรวจตัวกรองและสิทธิ์ แล้วดึงใหม่",
         "{url} says that it can't do what was asked: ‘{said}’. Check the filter and what is public there, then harvest again.", blocking=True),
    Kind("listing-short", "error", "ต้นทางบอกว่ามี {count} รายการ แต่ให้มาเพียง {seen} รายการ จึงถือว่ารายการยังไม่ครบ และไม่ถือว่าสิ่งใดหายไป โปรดดึงใหม่",
         "The source says that it has {count} records but gave {seen}. The list is taken as incomplete and nothing as gone; harvest again.", blocking=True),
    Kind("listing-repeats", "error", "ต้นทางส่งหน้าเดิมซ้ำ (ได้ {seen} จาก {count} รายการ) จึงหยุดไว้ สิ่งที่ได้มาแล้วยังใช้ได้ โปรดแจ้งผู้ดูแลเว็บไซต์ต้นทาง",
         "The source sends the same page again ({seen} of {count} records so far), so the listing stops. What came is kept; tell the operator of the source.", blocking=True),
    Kind("listing-endless", "error", "รายการของต้นทางยาวเกิน {most} รายการ หรือไม่มีที่สิ้นสุด จึงหยุดไว้ โปรดกำหนดตัวกรองให้แคบลง",
         "The list of the source is longer than {most} records or has no end, so it was stopped. Set a narrower filter.", blocking=True),
    Kind("record-id-missing", "error", "ระเบียน ‘{name}’ ไม่มีรหัส (id) จึงตามการเปลี่ยนแปลงไม่ได้ และไม่ได้นำเข้า โปรดแจ้งผู้ดูแลเว็บไซต์ต้นทาง",
         "The record ‘{name}’ has no id, so its changes can't be followed; it was left out. Tell the operator of the source.", blocking=True),
    Kind("record-id-twice", "error", "รหัส {id} ใช้กับสองระเบียนที่ต่างกัน จึงนำเข้าเฉพาะระเบียนแรก โปรดแจ้งผู้ดูแลเว็บไซต์ต้นทาง",
         "The id {id} stands on two different records; only the first was taken in. Tell the operator of the source.", blocking=True),
    Kind("record-too-large", "error", "ระเบียนนี้มี {what} ถึง {count} เกินเพดาน {most} จึงไม่ได้นำเข้า โปรดแบ่งชุดข้อมูล หรือลดรายการที่ไม่จำเป็น",
         "The record has {count} {what}, more than the {most} allowed, and was left out. Split the dataset or take out what is not needed.", blocking=True),
    Kind("record-strange", "error", "ระเบียนนี้อ่านไม่ได้เพราะไม่อยู่ในรูปแบบของระเบียน จึงไม่ได้นำเข้า โปรดแจ้งผู้ดูแลเว็บไซต์ต้นทาง",
         "This record can't be read: it has not the form of one. It was left out; tell the operator of the source.", blocking=True),
    Kind("record-gone", "info", "‘{name}’ อยู่ในรายการแต่เปิดไม่ได้แล้ว อาจเพิ่งถูกลบหรือปิด จึงข้ามไป",
         "‘{name}’ is on the list but no longer there; it may just have been deleted or closed. It was passed over."),
    Kind("record-not-public", "info", "ต้นทางไม่ได้เปิด ‘{name}’ เป็นสาธารณะ ({state}) จึงข้ามไป",
         "The source does not keep ‘{name}’ public ({state}), so it was passed over."),
    Kind("harvest-not-allowed", "info", "เจ้าของไม่ยินยอมให้ดึง ‘{name}’ (allow_harvest) จึงข้ามไป หากต้องการเผยแพร่ที่นี่ ให้เจ้าของเปลี่ยนค่านี้ที่ต้นทาง",
         "The owner does not allow ‘{name}’ to be harvested (allow_harvest), so it was passed over. To publish it here, have the value changed at the source."),
    Kind("sheet-address", "error", "{url} ไม่ใช่ที่อยู่ของกูเกิลชีต โปรดคัดลอกลิงก์จากปุ่ม ‘แชร์’ ของชีต ซึ่งขึ้นต้นด้วย https://docs.google.com/spreadsheets/d/",
         "{url} is no address of a Google Sheet. Copy the link of the sheet's ‘Share’ button; it begins with https://docs.google.com/spreadsheets/d/.", blocking=True),
    Kind("sheet-not-shared", "error", "กูเกิลชีต {url} ยังไม่ได้แชร์ให้ทุกคนที่มีลิงก์ จึงได้หน้าลงชื่อเข้าใช้แทนข้อมูล โปรดกด ‘แชร์’ แล้วเลือก ‘ทุกคนที่มีลิงก์’",
         "The Google Sheet {url} is not shared with everybody who has the link, so a sign-in page came in place of data. Press ‘Share’ and choose ‘Anyone with the link’.", blocking=True),
    Kind("sheet-gone", "error", "ไม่พบกูเกิลชีต {url} แล้ว อาจถูกลบหรือย้าย โปรดคัดลอกลิงก์ใหม่ รุ่นสุดท้ายที่เผยแพร่ยังอยู่ครบ",
         "The Google Sheet {url} is no longer there; it may have been deleted or moved. Copy its link anew. The last published version stays.", blocking=True),
    Kind("sheet-gid-gone", "error", "ไม่พบแผ่นงาน gid={gid} ในกูเกิลชีต {url} อาจถูกลบหรือย้าย โปรดเปิดแผ่นงานที่ต้องการแล้วคัดลอกลิงก์ใหม่ หรือเลือกดึงทั้งสมุดงาน",
         "There is no sheet gid={gid} in the Google Sheet {url}; it may have been deleted or moved. Open the sheet and copy its link anew, or take the whole workbook.", blocking=True),
    Kind("template-none", "error", "ไม่พบแผ่นงานของแบบกรอก GD Catalog (Temp2_Meta_… หรือ Temp3_Resource_…) ในไฟล์นี้ แผ่นงานที่พบคือ {sheets} โปรดใช้แบบกรอกต้นฉบับและไม่เปลี่ยนชื่อแผ่นงาน",
         "There is no sheet of the GD Catalog template (Temp2_Meta_… or Temp3_Resource_…) in this file; its sheets are {sheets}. Use the template as it is and keep the names of its sheets.", blocking=True),
    Kind("template-headings-unknown", "error", "ไม่พบแถวหัวตารางของแบบกรอกในแผ่นงานนี้ จึงไม่ได้อ่านทั้ง {rows} แถว โปรดคืนหัวคอลัมน์ให้ตรงกับแบบกรอก",
         "The headings of the template were not found in this sheet, so none of its {rows} rows was read. Put the template's headings back.", blocking=True),
    Kind("template-row-without", "error", "แถวนี้ไม่ได้อ่านเพราะไม่ได้กรอก{field} โปรดกรอกแล้วส่งใหม่",
         "This row was not read: {field} is not filled in. Fill it in and send the workbook again.", blocking=True),
    Kind("template-name-twice", "error", "แถวนี้ไม่ได้อ่านเพราะชื่อชุดข้อมูล ‘{name}’ ซ้ำกับแถวก่อนหน้า โปรดตั้งชื่อให้ต่างกัน",
         "This row was not read: the dataset name ‘{name}’ stands on an earlier row too. Give it another name.", blocking=True),
    Kind("template-file-without-dataset", "error", "ไฟล์ในแถวนี้ไม่ได้อ่านเพราะไม่มีชุดข้อมูลชื่อ ‘{name}’ ในแผ่น Temp2_Meta โปรดแก้ชื่อให้ตรงกัน",
         "The file of this row was not read: no Temp2_Meta sheet has a dataset called ‘{name}’. Make the names agree.", blocking=True),
    Kind("template-sheet-unknown", "info", "แผ่นงานนี้ไม่ใช่ส่วนของแบบกรอก จึงข้ามไป ({rows} แถว)",
         "This sheet is no part of the template and was passed over ({rows} rows)."),
    Kind("review-held", "error", "ชุดข้อมูลจากแบบกรอกรอคนตรวจก่อนเผยแพร่ โปรดแจ้งผู้ดูแลให้ตรวจและตัดสิน",
         "Datasets of the template wait for a person before they are published. Look at it.", blocking=True),
    Kind("nothing-gathered", "error", "ไม่พบไฟล์ข้อมูลเลยในแหล่งนี้ โปรดตรวจว่าที่อยู่ถูกต้องและมีไฟล์ตารางอยู่",
         "Nothing was found in this source. Check that its address is right and that it holds table files.", blocking=True),
    Kind("no-table", "error", "ไม่พบตารางที่เผยแพร่ได้ในไฟล์นี้ โปรดตรวจว่ามีแผ่นงานที่ไม่ถูกซ่อน และมีหัวตารางกับข้อมูล",
         "There is no table in this file that can be published. Check that a visible sheet holds headings and rows.", blocking=True),
    Kind("required-column-missing", "error", "ไม่พบคอลัมน์ ‘{wanted}’ ซึ่งแบบตารางนี้ต้องมี หัวคอลัมน์ที่พบคือ {headings} โปรดเพิ่มคอลัมน์ หรือจับคู่ด้วยตัวเลือก headings",
         "The column ‘{wanted}’, which this profile needs, is missing. Found headings: {headings}. Add the column, or match it with the option headings.", blocking=True),
    Kind("personal-held", "error", "พบข้อมูลส่วนบุคคล ({found_th}) จึงพักไว้ให้คนตรวจก่อน ข้อมูลที่เผยแพร่ไปแล้วถ้ามียังเหมือนเดิม โปรดเอาข้อมูลนั้นออกแล้วส่งใหม่ หรือแจ้งผู้ดูแลให้ตัดสิน",
         "Personal data was found ({found_en}), so this waits for a person; what is published stays. Take the data out and send it again, or ask the operator to decide.", blocking=True),
    Kind("category-held", "error", "ชุดข้อมูลนี้จัดอยู่ในหมวด ‘{category}’ ซึ่งยังเปิดเผยไม่ได้ ต้องเป็นข้อมูลสาธารณะ จึงพักไว้ให้คนตรวจ",
         "This dataset is of the category ‘{category}’, which may not be opened; it must be public. It waits for a person.", blocking=True),
    Kind("kept-by-decision", "info", "ของใหม่นี้มีคนตรวจแล้วและให้คงของเดิมไว้ จึงไม่เผยแพร่จนกว่าต้นทางจะเปลี่ยนข้อมูล",
         "A person has looked at this delivery and decided to keep what there is; it stays unpublished until the source changes."),
    Kind("table-brake", "error", "ข้อมูลหายไป {removed} จาก {before} แถวในครั้งเดียว จึงพักไว้ให้คนตรวจว่าตั้งใจหรือไม่ รุ่นเดิมยังเผยแพร่อยู่",
         "{removed} of {before} rows are gone at once, so this waits for a person to say whether that is meant. The version before stays published.", blocking=True),
    Kind("run-brake", "error", "ชุดข้อมูลของแหล่งนี้เหลือ {now} จาก {before} ชุดในครั้งเดียว จึงหยุดไว้ให้คนตรวจ สิ่งที่เผยแพร่แล้วยังอยู่ครบ",
         "Of this source's {before} datasets only {now} are left at once, so the run waits for a person. All that was published stays.", blocking=True),
    Kind("run-lost", "error", "การดึงครั้งนี้หยุดกลางคัน (โปรแกรมถูกปิดหรือเครื่องดับ) สิ่งที่เผยแพร่แล้วไม่เสียหาย การดึงครั้งถัดไปจะทำต่อ หากไม่อยากรอ ให้สั่งดึงใหม่ได้เลย",
         "This run stopped half-way (the program or the machine was shut down). Nothing published was harmed; the next run goes on, and may be started at once.", blocking=True),
    Kind("child-memory", "error", "ไฟล์นี้ใช้หน่วยความจำเกินเพดาน ({most} เมกะไบต์) ขณะอ่าน โปรดแบ่งเป็นหลายไฟล์ที่เล็กลง",
         "Reading this file needs more memory than is allowed ({most} MB). Split it into smaller files.", blocking=True),
    Kind("child-output", "error", "ข้อมูลที่แปลงแล้วใหญ่เกิน {most} เมกะไบต์ ซึ่งเป็นเพดาน โปรดแบ่งไฟล์เป็นหลายไฟล์ที่เล็กลง",
         "The converted data has more than {most} MB, which is the most allowed. Split the file into several.", blocking=True),
    Kind("child-time", "error", "ใช้เวลาอ่านไฟล์นี้เกิน {seconds} วินาที ซึ่งเป็นเพดาน โปรดแบ่งเป็นหลายไฟล์ที่เล็กลง",
         "Reading this file takes longer than {seconds} seconds, the most allowed. Split it into smaller files.", blocking=True),
    Kind("child-failed", "error", "โปรแกรมอ่านไฟล์นี้ไม่สำเร็จ ({why}) โปรดเปิดไฟล์แล้วบันทึกใหม่เป็น XLSX หรือ CSV แบบ UTF-8 แล้วส่งอีกครั้ง",
         "The reading program could not finish with this file ({why}). Open it, save it anew as XLSX or UTF-8 CSV, and send it again.", blocking=True),
    Kind("run-crashed", "error", "ระบบขัดข้องระหว่างดึงข้อมูล เราบันทึกเหตุไว้แล้ว สิ่งที่เผยแพร่แล้วไม่เสียหาย โปรดลองใหม่ หากยังเป็นอยู่ โปรดแจ้งผู้ดูแล",
         "Something failed on our side during the run. It was noted; nothing published was harmed. Try again, and tell the administrator if it happens once more.", blocking=True),
)
# fmt: on

BY_CODE: Mapping[str, Kind] = {kind.code: kind for kind in KINDS}
PLACE_FIELDS = frozenset({"value", "row", "column", "sheet"})  # every sentence may name them
USUAL: Mapping[str, str] = {  # what stands in a sentence nearly always; said in the catalogue instead of a gap
    "outcome_th": "ช่องนี้จึงเว้นว่างไว้",
    "outcome_en": "the cell is left empty",
}
MOST_VALUE = 200


def problem(
    code: str,
    *,
    resource: str | None = None,
    sheet: str | None = None,
    row: int | None = None,
    column: str | None = None,
    value: str | None = None,
    **fields: object,
) -> Problem:
    """Return the problem `code` at its place, with both sentences filled in.

    `value` is what was found (already masked by the caller) and is offered to the sentence as `{value}`; `fields` are the
    sentence's other names. Raises KeyError when the code or one of the sentence's names is unknown: that is a bug.
    """
    kind = BY_CODE[code]
    value = None if value is None else shorten(value, MOST_VALUE)
    shown = {"value": value, "row": row, "column": column, "sheet": sheet, **fields}
    place_th, place_en = _place(sheet, row, column)
    return Problem(
        code=code,
        severity=kind.severity,
        message=Text(th=place_th + kind.th.format(**shown), en=place_en + kind.en.format(**shown)),
        resource=resource,
        row=row,
        column=column,
        value=value,
        blocking=kind.blocking,
    )


def catalogue() -> tuple[Kind, ...]:
    """Every kind of problem: blocking ones first, then errors, warnings and notes, each by its code."""
    rank = {"error": 1, "warning": 2, "info": 3}
    return tuple(sorted(KINDS, key=lambda kind: (not kind.blocking, rank[kind.severity], kind.code)))


def general(kind: Kind) -> Text:
    """The sentence of a kind without a case at hand: … stands where a value is named."""
    gaps = {name: USUAL.get(name, "…") for name in field_names(kind)}
    return Text(kind.th.format(**gaps).replace("‘…’", "…"), kind.en.format(**gaps).replace("‘…’", "…"))


def field_names(kind: Kind) -> frozenset[str]:
    """The names that the two sentences of a kind need."""
    return frozenset(name for sentence in (kind.th, kind.en) for _, name, _, _ in Formatter().parse(sentence) if name)


def as_problem(error: HarvestError) -> Problem:
    """The problem that an expected failure stands for."""
    return problem(error.code, **error.fields)  # type: ignore[arg-type]


def _place(sheet: str | None, row: int | None, column: str | None) -> tuple[str, str]:
    """Return "แผ่นงาน ‘…’ แถว 12 คอลัมน์ ‘…’: " and its English; empty when nothing is known."""
    parts = [
        (f"แผ่นงาน ‘{sheet}’", f"sheet ‘{sheet}’", sheet),
        (f"แถว {row}", f"row {row}", row),
        (f"คอลัมน์ ‘{column}’", f"column ‘{column}’", column),
    ]
    known = [(th, en) for th, en, present in parts if present is not None]
    if not known:
        return "", ""
    th = " ".join(th for th, _ in known)
    en = ", ".join(en for _, en in known)
    return f"{th}: ", f"{en[0].upper()}{en[1:]}: "
