"""Text typed with the wrong keyboard layout: English keys for Thai and back (Kedmanee, TIS 820-2538)."""

from __future__ import annotations

_ENGLISH = "`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./" + '~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:"ZXCVBNM<>?'
_THAI = "_ๅ/-ภถุึคตจขชๆไำพะัีรนยบลฃฟหกดเ้่าสวงผปแอิืทมใฝ" + '%+๑๒๓๔ู฿๕๖๗๘๙๐"ฎฑธํ๊ณฯญฐ,ฅฤฆฏโฌ็๋ษศซ.()ฉฮฺ์?ฒฬฦ'
_TO_THAI = str.maketrans(_ENGLISH, _THAI)
_TO_ENGLISH = str.maketrans(_THAI, _ENGLISH)


def to_thai(text: str) -> str:
    """Return what the same keys give on a Thai keyboard: g=up'.s,j → เชียงใหม่."""
    return text.translate(_TO_THAI)


def to_english(text: str) -> str:
    """Return what the same keys give on an English keyboard."""
    return text.translate(_TO_ENGLISH)
