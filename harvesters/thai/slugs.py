"""Names for machines and shelves made from Thai: address slugs, anchors, file names, the order of a Thai dictionary."""

from __future__ import annotations

import re
from functools import cache

from harvesters.thai.places import provinces
from harvesters.thai.text import clean, fold, shorten
from harvesters.thai.words import words

LONGEST = 70
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_NOT_ANCHOR = re.compile(r"[^0-9a-z\u0e01-\u0e3a\u0e40-\u0e4e]+")
_NOT_FILE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u202a-\u202e\u2066-\u2069]+')
_RESERVED = re.compile(r"^(?:con|prn|aux|nul|com\d|lpt\d)(?=$|\.)", re.IGNORECASE)

# Words that stand in the titles of our subject, by what they mean; all others are written by their sound.
_MEANINGS = {
    "วิสาหกิจชุมชน": "community-enterprises", "ผู้ประกอบการ": "entrepreneurs", "กลุ่มผู้ประกอบการ": "entrepreneur-clusters",
    "กลุ่ม": "groups", "รายชื่อ": "list", "ข้อมูล": "data", "ชุดข้อมูล": "dataset", "จังหวัด": "", "สินค้า": "products",
    "ผลิตภัณฑ์": "products", "หน่วยวิจัย": "research-units", "ศูนย์วิจัย": "research-centres", "งานวิจัย": "research",
    "ผลงานวิจัย": "research-outputs", "มหาวิทยาลัย": "university", "โรงงาน": "factories", "ปี": "", "ทั้งหมด": "all",
    "อำเภอ": "district", "ตำบล": "subdistrict", "โอทอป": "otop", "สมุนไพร": "herbs", "อาหาร": "food", "ผ้าทอ": "weaving",
    "ผ้าไหม": "silk", "ผ้า": "textiles", "ท่องเที่ยว": "tourism", "ชุมชน": "community", "ประจำ": "", "และ": "", "ของ": "",
    "ใน": "", "ที่": "", "สาธิต": "demo", "ห้องปฏิบัติการ": "laboratories", "เครื่องมือ": "instruments",
}  # fmt: skip

# Sounds after the Royal Thai General System of Transcription (1999), first and last consonant of a syllable.
_FIRST = dict(zip(
    "กขฃคฅฆงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรฤลฦวศษสหฬอฮ",
    ["k", "kh", "kh", "kh", "kh", "kh", "ng", "ch", "ch", "ch", "s", "ch", "y", "d", "t", "th", "th", "th", "n", "d", "t", "th", "th", "th", "n", "b", "p", "ph", "f", "ph", "f", "ph", "m", "y", "r", "rue", "l", "lue", "w", "s", "s", "s", "h", "l", "_", "h"],
    strict=True,
))  # fmt: skip
_LAST = {**_FIRST, **dict(zip("ขคฆจชซฌญฎฏฐฑฒณดตถทธบปพฟภรลศษสฬอ", ["k", "k", "k", "t", "t", "t", "t", "n", "t", "t", "t", "t", "t", "n", "t", "t", "t", "t", "t", "p", "p", "p", "p", "p", "n", "n", "t", "t", "t", "n", "_"], strict=True))}  # fmt: skip
_VOWELS = (
    ("เ?ียะ", "ia"), ("เ?ีย", "ia"), ("เ?ือ", "uea"), ("เ?า", "ao"), ("เ?าะ", "o"), ("แ?ะ", "ae"), ("โ?ะ", "o"), ("เ?ะ", "e"),
    ("เ?ิ", "oe"), ("เ?อะ", "oe"), ("เ?อ", "oe"), ("แ?็", "ae"), ("เ?็", "e"), ("?ัวะ", "ua"), ("?ัว", "ua"), ("เ?", "e"), ("แ?", "ae"),
    ("โ?", "o"), ("ใ?", "ai"), ("ไ?ย", "ai"), ("ไ?", "ai"), ("?ำ", "am"), ("?ะ", "a"), ("?ัย", "ai"), ("?ั", "a"), ("?าย", "ai"),
    ("?าว", "ao"), ("?า", "a"), ("?ิว", "io"), ("?ิ", "i"), ("?ี", "i"), ("?ึ", "ue"), ("?ือ", "ue"), ("?ื", "ue"), ("?ุย", "ui"), ("?ุ", "u"),
    ("?ู", "u"), ("?็อ", "o"), ("?อ", "o"), ("?รร", "an"), ("?วย", "uai"), ("?", "o"),
)  # fmt: skip
_CONSONANTS = "[ก-ฮ]"
_CLUSTERS = "(?:[กขคตปผพ][รลว]|ห[งญนมยรลว]|ทร|[ก-ฮ])"
_MARKS = str.maketrans("", "", "่้๊๋๎ฺ")


@cache
def _syllable() -> re.Pattern[str]:
    """One pattern with an alternative for each vowel form; the last consonant is taken where one may stand."""
    forms = []
    for number, (form, _sound) in enumerate(_VOWELS):
        before, after = form.split("?")
        open_end = form.endswith(("ะ", "ำ", "ย", "ว")) or form in ("ใ?", "ไ?", "เ?า", "?ัว", "เ?ีย", "?รร")
        tail = "" if open_end and form not in ("เ?ีย", "?รร", "?ัว") else f"(?P<t{number}>{_CONSONANTS}(?![ะัาำิีึืุู็์ัว]|[ก-ฮ]์))?"
        if form == "?":
            tail = f"(?P<t{number}>{_CONSONANTS}(?![ะัาำิีึืุู็์]))"
        forms.append(f"{before}(?P<c{number}>{_CLUSTERS}){after}{tail}")
    return re.compile("|".join(forms) + f"|(?P<rest>{_CONSONANTS})")


_KILLED = re.compile("[ก-ฮ][ิุ]?์")


def transliterate(word: str) -> str:
    """Write a Thai word by its sound in plain Latin letters. Readable, not exact; other characters stay."""
    plain = _KILLED.sub("", fold(word)).translate(_MARKS)
    return re.sub(r"[^\x00-\x7f]", "", _syllable().sub(_sound, plain)).replace("_", "")


def _sound(match: re.Match[str]) -> str:
    if match["rest"]:
        return _FIRST[match["rest"]].replace("_", "") + "a"
    for number, (_form, vowel) in enumerate(_VOWELS):
        first = match[f"c{number}"]
        if first:
            last = match.groupdict().get(f"t{number}") or ""
            head = first[1:] if len(first) == 2 and first[0] == "ห" else first
            head = "s" if head == "ทร" else "".join(_FIRST[letter] for letter in head)
            return (head + vowel + "".join(_LAST[letter] for letter in last)).replace("_", "")
    return ""


@cache
def _province_slugs() -> dict[str, str]:
    return {fold(found.name_th): _NOT_SLUG.sub("", found.name_en.lower()) for found in provinces()}


def slug(text: str, fallback: str) -> str:
    """Return an address of `a-z 0-9 -` that means something, 2 to 70 long, cut between words; `fallback` when nothing is left."""
    parts: list[str] = []
    for word in words(fold(text).replace("_", " ")):
        if word.isascii():
            parts.append(_NOT_SLUG.sub("", word))
        else:
            meaning = _province_slugs().get(word, _MEANINGS.get(word))
            parts.append(transliterate(word) if meaning is None else meaning)
    made = ""
    for part in (part.strip("-") for part in parts):
        if part and len(made) + len(part) + 1 <= LONGEST:
            made = f"{made}-{part}" if made else part
    return made if len(made) > 1 else fallback


def thai_slug(text: str) -> str:
    """Return an anchor for a heading that keeps Thai letters and their marks; "section" when nothing is left."""
    return _NOT_ANCHOR.sub("-", fold(text)).strip("-") or "section"


def file_name(text: str) -> str:
    """Return a Thai file name that every system takes: no separators, no control or direction signs, at most 80 letters."""
    name = shorten(_NOT_FILE.sub(" ", clean(text)), 80).replace("…", "").strip(" .")
    return _RESERVED.sub(lambda found: f"_{found[0]}", " ".join(name.split())) or "data"


_LEADING = re.compile("([\u0e40-\u0e44])([\u0e01-\u0e2e])")
_TONE_MARKS = re.compile("[\u0e47-\u0e4c]")


def sort_key(text: str) -> str:
    """Return a key that sorts as a Thai dictionary does (Royal Institute): a leading vowel counts behind its consonant,
    tone and other marks only between words that are otherwise equal."""
    folded = fold(text)
    plain = _TONE_MARKS.sub("", folded)
    marks = "".join(_TONE_MARKS.findall(folded))
    return _LEADING.sub(r"\2\1", plain) + "\x00" + marks
