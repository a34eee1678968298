"""Many words as one pattern in which equal beginnings stand once: the engine then tries one branch instead of hundreds."""

from __future__ import annotations

import re
from collections.abc import Iterable


class _Node(dict[str, "_Node"]):
    """One letter's followers. `ends` are the patterns with which a word may end here."""

    def __init__(self) -> None:
        super().__init__()
        self.ends: set[str] = set()


def trie(words: Iterable[tuple[str, str]], *, gap_after_dot: bool = False) -> str:
    """Return one pattern of all words, the longest tried first; each word comes with a pattern for what must follow it.

    A blank in a word may be missing in the text; with `gap_after_dot` one may stand after a dot.
    """
    root = _Node()
    for word, ending in words:
        node = root
        for letter in word:
            token = " ?" if letter == " " else re.escape(letter) + (" ?" if letter == "." and gap_after_dot else "")
            node = node.setdefault(token, _Node())
        node.ends.add(ending)
    return _pattern(root)


def _pattern(node: _Node) -> str:
    branches = [token + _pattern(below) for token, below in sorted(node.items())]
    branches.extend(sorted(node.ends, key=len, reverse=True))
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"
