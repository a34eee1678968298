"""Why a unit was found, in the asker's words, each with the row that it rests on. No reason of subject stands without such a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harvesters.thai.text import shorten
from harvesters.thai.words import subwords
from harvesters.values import Text
from portal.registry.asking import OUTPUT_COLUMNS, TOLD_BY
from portal.registry.matching import Fit, Term
from portal.registry.models import Entity, Mention
from portal.registry.reach import Place, kilometres, nearness
from portal.registry.subjects import CODE_COLUMNS, subjects
from portal.search.analysis import index_words

MOST_WORDS = 4  # reasons of words shown of one unit
LONGEST = 140  # characters of a row's text
CODES: Mapping[str, str] = {"services": "service", "instruments": "instrument", "output": "output"}
NEAR: Mapping[str, Text] = {
    "same-province": Text("อยู่จังหวัดเดียวกัน", "In the same province"),
    "same-group": Text("อยู่กลุ่มจังหวัดเดียวกัน", "In the same provincial group"),
    "same-region": Text("อยู่ภาคเดียวกัน", "In the same region"),
}
SAYS: Mapping[str, Text] = {
    "service": Text("มีบริการ", "Offers"),
    "instrument": Text("มีเครื่องมือ", "Has the instrument"),
    "output": Text("มีผลงาน", "Has published"),
    "same-words": Text("เชี่ยวชาญ", "Knows about"),
    "name": Text("ชื่อว่า", "Is called"),
}


def reasons_of(
    fit: Fit,
    terms: Mapping[str, Term],
    unit: Entity,
    outputs: Sequence[Mention],
    asker: Place,
    piece: str | None = None,
) -> list[dict[str, Any]]:
    """The reasons of one unit: of words, of subjects, of nearness; where no words tell, `piece`, which it says close in meaning."""
    rows = [*unit.mentions, *outputs]
    parts = [word for word in fit.terms if terms[word].code == "part"]
    found = list(word_reasons([word for word in fit.terms if word not in parts], terms, rows))
    if piece and not found:
        found += meaning_reasons(piece, rows)
    found += [reason for code in fit.subjects if (reason := subject_reason(code, unit)) is not None]
    if not found:  # น้ำ of น้ำพริก says little: only where nothing else is told
        found += word_reasons(parts, terms, rows)
    near = nearness(asker, Place(unit.province_code, unit.latitude, unit.longitude))
    if near is not None:
        found.append({"code": near, "text": both(NEAR[near]), "evidence": []})
    distance = kilometres(asker, Place(unit.province_code, unit.latitude, unit.longitude))
    if distance is not None and near != "same-province":
        rounded = round(round(distance, 1))
        found.append(
            {
                "code": "distance",
                "text": both(Text(f"ห่างราว {rounded} กม.", f"About {rounded} km away")),
                "evidence": [],
            }
        )
    return found


def word_reasons(words: Sequence[str], terms: Mapping[str, Term], rows: Sequence[Mention]) -> Iterator[dict[str, Any]]:
    """What the unit says of these words that were asked for; each piece of its rows once, the heaviest term first."""
    told: set[str] = set()
    for word in words:
        if len(told) >= MOST_WORDS:
            return
        place = evidence_of(word, rows)
        if place is None or place[1] in told:
            continue
        kind, piece, mention = place
        told.add(piece)
        code = CODES.get(kind, "same-words")
        says, short = SAYS["name" if kind == "name" else code], shorten(piece, LONGEST)
        term = terms[word]
        if term.code == "synonym":
            text = Text(f"ตรงกับคำว่า “{term.said}” · {says.th} “{short}”", f"For “{term.said}” · {says.en} “{short}”")
        else:
            text = Text(f"{says.th} “{short}”", f"{says.en} “{short}”")
        yield {
            "code": "synonym" if term.code == "synonym" and code == "same-words" else code,
            "text": both(text),
            "evidence": [evidence(mention, short)],
        }


def meaning_reasons(piece: str, rows: Sequence[Mention]) -> Iterator[dict[str, Any]]:
    """What a unit says that is close in meaning to what was asked for, where a row says it; else nothing."""
    for _, said, mention in pieces_of_rows(rows):
        if said == piece:
            short = shorten(piece, LONGEST)
            text = Text(f"ความหมายใกล้เคียงกับที่ถาม · “{short}”", f"Close in meaning to what was asked · “{short}”")
            yield {"code": "similar-meaning", "text": both(text), "evidence": [evidence(mention, short)]}
            return


def pieces_of_rows(rows: Sequence[Mention]) -> Iterator[tuple[str, str, Mention]]:
    """(what it is, the piece, the row) of all that some rows say."""
    for mention in rows:
        columns = dict.fromkeys(OUTPUT_COLUMNS, "output") if mention.kind == "output" else TOLD_BY
        for column, kind in columns.items():
            for piece in str(mention.facts.get(column, "")).replace("\n", ";").split(";"):
                yield kind, piece.strip(), mention


def evidence_of(word: str, rows: Sequence[Mention]) -> tuple[str, str, Mention] | None:
    """(what it is, the piece, the row) of the first piece that holds a word, whole or within a compound."""
    within = None
    for kind, piece, mention in pieces_of_rows(rows):
        words = index_words(piece)
        if word in words:
            return kind, piece, mention
        if within is None and any(word in subwords(one) for one in words):
            within = kind, piece, mention
    return within


def subject_reason(code: str, unit: Entity) -> dict[str, Any] | None:
    """A subject in common, with the row that tells it; None where no row of the unit does."""
    subject = subjects()[code]
    words: list[str] = next((one["words"] for one in unit.subjects if one["code"] == code), [])
    for mention in unit.mentions:
        for column in CODE_COLUMNS if not words else TOLD_BY:
            cell = str(mention.facts.get(column, ""))
            if not cell or (words and not any(word in cell for word in words)):
                continue
            kind = "otop-type" if column.startswith("otop") else "tsic" if column.startswith("tsic") else "same-subject"
            text = Text(f"ทำงานเรื่อง{subject.name_th}เหมือนกัน", f"Works on the same subject: {subject.name_en}")
            return {"code": kind, "text": both(text), "evidence": [evidence(mention, shorten(cell, LONGEST))]}
    return None


def evidence(mention: Mention, text: str) -> dict[str, Any]:
    """The row that a reason rests on."""
    return {
        "dataset": mention.dataset.name,
        "version": mention.version,
        "resource": mention.resource,
        "row": mention.row,
        "text": text,
        "url": f"/dataset/{mention.dataset.name}/resource/{mention.resource}?row={mention.row}",
    }


def fixed_row(dataset: str, version: int, resource: str, row: int) -> str:
    """The address of a row of a very version, which never changes."""
    return f"/dataset/{dataset}@v{version}/resource/{resource}?row={row}"


def both(text: Text) -> dict[str, str]:
    """A sentence in both languages, as documents carry it."""
    return {"th": text.th, "en": text.en}
