"""What is worked out of short texts again and again, remembered."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")


class Remembered(dict[str, Value]):
    """What `make` says of a text, worked out when first asked for; all is forgotten when there are `most` texts.

    For what is asked for at every word that is indexed: there, keeping in mind what was used last, as `functools.lru_cache`
    does, costs more than beginning anew now and then. Any thread may ask.
    """

    __slots__ = ("_make", "_most")

    def __init__(self, make: Callable[[str], Value], most: int) -> None:
        super().__init__()
        self._make = make
        self._most = most

    def __missing__(self, text: str) -> Value:
        made = self._make(text)
        if len(self) >= self._most:
            self.clear()
        self[text] = made
        return made
