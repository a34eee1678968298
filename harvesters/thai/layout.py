"""Text typed with the wrong keyboard layout: English keys for Thai and back (Kedmanee, TIS 820-2538)."""

from __future__ import annotations

import re

from harvesters.thai.text import fold
from harvesters.thai.words import is_word, words

_ENGLISH = "`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./" + '~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:"ZXCVBNM<>?'
_THAI = "_ๅ/-ภถุึคตจขชๆไำพะัีรนยบลฃฟหกดเ้่าสวงผปแอิืทมใฝ" + '%+๑๒๓๔ู฿๕๖๗๘๙๐"ฎฑธํ๊ณฯญฐ,ฅฤฆฏโฌ็๋ษศซ.()ฉฮฺ์?ฒฬฦ'
_TO_THAI = str.maketrans(_ENGLISH, _THAI)
_TO_ENGLISH = str.maketrans(_THAI, _ENGLISH)
_SHORTEST = 3  # Thai letters that are enough to tell
_SHORTEST_PLAIN = 7  # letters, where all keys are letters: "work" and "demo" would give Thai words as well
_PLAIN = re.compile("[A-Za-z ]+")
_THAI_TEXT = re.compile("[\u0e01-\u0e4e ]+")


def to_thai(text: str) -> str:
    """Return what the same keys give on a Thai keyboard: g=up'.s,j → เชียงใหม่."""
    return text.translate(_TO_THAI)


def to_english(text: str) -> str:
    """Return what the same keys give on an English keyboard: นะนย → otop."""
    return text.translate(_TO_ENGLISH)


def meant(text: str) -> str | None:
    """Return the Thai that somebody meant who forgot to switch the keyboard, or None where the text is no such case.

    It is one if it is plain ASCII and its keys give Thai made of known words alone.
    """
    if not text.isascii():
        return None
    thai = fold(to_thai(text))
    shortest = _SHORTEST_PLAIN if _PLAIN.fullmatch(text) else _SHORTEST
    if len(thai) - thai.count(" ") < shortest or not _THAI_TEXT.fullmatch(thai):
        return None
    return thai if all(is_word(word) for word in words(thai)) else None
