"""The search language that clients of CKAN send in `q` and `fq`, read into a tree. Pure: nothing is looked up here.

`*:*`, `field:value`, `field:"two words"`, `field:val*`, `field:(a OR b)`, `field:[a TO b]`, AND OR NOT + -, brackets, words.
What else Solr knows (boosts, nearness, functions) is refused. OR binds tighter than a blank: harvesters write
`organization:a OR organization:b metadata_modified:[…]` and mean the brackets that they leave out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from portal.errors import PortalError

LONGEST = 8_000  # characters: an include filter may name a hundred organisations
MOST_CLAUSES = 300
DEEPEST = 20  # brackets within brackets
SHOWN = 60  # characters of a query in a sentence
TEXT_FIELDS = ("", "text")

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<word>AND|OR|NOT|&&|\|\||!)(?=[\s()]|$)
    |(?P<open>\()|(?P<close>\))
    |(?P<sign>[+\-!](?=[^\s)]))
    |(?P<everything>\*:\*)
    |(?P<field>(?:\\.|[^\s()"\[\]{}:\\])+):
    |(?P<range>[\[{][^\[\]{}"]*[\]}])
    |"(?P<phrase>(?:\\.|[^"\\])*)"
    |(?P<bare>(?:\\.|[^\s()"\[\]{}\\])+)""",
    re.VERBOSE | re.DOTALL,
)
_BOUNDS = re.compile(r"(?P<low>[\[{])\s*(?P<first>\S+)\s+TO\s+(?P<last>\S+)\s*(?P<high>[\]}])")
_BEYOND = re.compile(r"[~^][\d.]*$")  # boosts and nearness
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_OPERATORS = {"&&": "AND", "||": "OR", "!": "NOT"}


@dataclass(frozen=True, slots=True)
class Everything:
    """All datasets."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text as a reader would type it in the search box: words and "phrases", `-word`."""

    text: str


@dataclass(frozen=True, slots=True)
class Equals:
    """A field that has a value; a `*` that was not quoted stands for anything."""

    field: str
    value: str
    pattern: bool = False


@dataclass(frozen=True, slots=True)
class Between:
    """A field within two bounds, "*" for none; `closed` tells for each whether the bound itself is in."""

    field: str
    first: str
    last: str
    closed: tuple[bool, bool]


@dataclass(frozen=True, slots=True)
class Not:
    """What does not fit the other."""

    other: Node


@dataclass(frozen=True, slots=True)
class AllOf:
    """What fits each part."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """What fits one of the parts."""

    parts: tuple[Node, ...]


Node = Everything | Words | Equals | Between | Not | AllOf | AnyOf


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query: `kind` is a group of the pattern, or AND, OR, NOT."""

    kind: str
    text: str


def query_wrong(text: str, why: str) -> PortalError:
    """The failure of a query that can't be read; `why` is English, as the rest of this interface."""
    shown = text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
    return PortalError("query-wrong", query="".join(sign if sign.isprintable() else " " for sign in shown), why=why)


def read_query(text: str) -> Node:
    """The tree of a query. Raises PortalError("query-wrong")."""
    if len(text) > LONGEST:
        raise query_wrong(text, f"it is longer than {LONGEST} characters")
    tokens = list(tokens_of(text))
    if len(tokens) > MOST_CLAUSES * 4 or sum(token.kind in LEAVES for token in tokens) > MOST_CLAUSES:
        raise query_wrong(text, f"it has more than {MOST_CLAUSES} conditions")
    if not tokens:
        return Everything()
    reader = Reader(text, tokens)
    node = reader.sequence("")
    if reader.at < len(tokens):
        raise query_wrong(text, "a bracket closes that never opened")
    return node


LEAVES = ("everything", "range", "phrase", "bare")


def reads_as_query(text: str) -> bool:
    """Whether a `q` is written in this language: CKAN takes one without a colon for plain words."""
    return ":" in text or re.search(r"(?:^|[\s(])(?:AND|OR|NOT)(?:[\s)]|$)", text) is not None


def tokens_of(text: str) -> Iterator[Token]:
    """The tokens of a query. Raises PortalError("query-wrong") at what is none."""
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise query_wrong(text, f"it can't be read from character {at + 1} on")
        at = found.end()
        kind = found.lastgroup or ""
        if kind == "word":
            said = _OPERATORS.get(found["word"], found["word"])
            yield Token(said, said)
        elif kind == "sign" and found["sign"] == "!":
            yield Token("NOT", "NOT")
        elif kind != "space":
            yield Token(kind, found[kind])


def unescaped(text: str) -> str:
    """A text without the backslashes that take a sign literally."""
    return _ESCAPE.sub(r"\1", text)


class Reader:
    """Reads tokens from left to right by descent."""

    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        self.text, self.tokens = text, tokens
        self.at = 0
        self.depth = 0

    def next_kind(self) -> str:
        """The kind of the next token; "" at the end."""
        return self.tokens[self.at].kind if self.at < len(self.tokens) else ""

    def take(self) -> Token:
        """The next token. Raises PortalError at the end."""
        if self.at >= len(self.tokens):
            raise query_wrong(self.text, "it ends where a condition should follow")
        self.at += 1
        return self.tokens[self.at - 1]

    def sequence(self, field: str) -> Node:
        """Conditions side by side, all of which hold; `field` is that of the bracket they stand in."""
        parts = []
        while self.next_kind() not in ("", "close"):
            parts.append(self.either(field))
        return all_of(parts) if parts else Everything()

    def either(self, field: str) -> Node:
        """Conditions joined by OR."""
        parts = [self.together(field)]
        while self.next_kind() == "OR":
            self.take()
            parts.append(self.together(field))
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def together(self, field: str) -> Node:
        """Conditions joined by AND."""
        parts = [self.condition(field)]
        while self.next_kind() == "AND":
            self.take()
            parts.append(self.condition(field))
        return all_of(parts)

    def condition(self, field: str) -> Node:
        """One condition with what stands before it."""
        refused = False
        while self.next_kind() in ("NOT", "sign"):
            refused ^= self.take().text in ("NOT", "-")
        token = self.take()
        if token.kind == "field":
            field, token = unescaped(token.text), self.take()
        if token.kind == "open":
            node = self.bracket(field)
        elif token.kind in LEAVES:
            node = leaf(self.text, field, token)
        else:
            raise query_wrong(self.text, f"‘{token.text}’ stands where a condition should")
        return Not(node) if refused else node

    def bracket(self, field: str) -> Node:
        """What stands between brackets."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise query_wrong(self.text, f"it has more than {DEEPEST} brackets within each other")
        node = self.sequence(field)
        if self.next_kind() != "close":
            raise query_wrong(self.text, "a bracket is not closed")
        self.take()
        self.depth -= 1
        return node


def leaf(query: str, field: str, token: Token) -> Node:
    """A condition without parts. Raises PortalError for what of Solr is not read here."""
    if token.kind == "everything" or (token.kind == "bare" and token.text == "*" and field in (*TEXT_FIELDS, "*")):
        return Everything()
    if token.kind == "range":
        bounds = _BOUNDS.fullmatch(token.text)
        if bounds is None or field in TEXT_FIELDS:
            raise query_wrong(query, "a range is written field:[from TO to]")
        closed = (bounds["low"] == "[", bounds["high"] == "]")
        return Between(field, bounds["first"], bounds["last"], closed)
    if token.kind == "bare" and _BEYOND.search(token.text):
        raise query_wrong(query, "boosts (^) and nearness (~) are not offered")
    said = unescaped(token.text)
    if field not in TEXT_FIELDS:
        return Equals(field, said, token.kind == "bare" and "*" in said)
    plain = said.replace('"', " ").replace(":", " ")
    return Words(f'"{plain}"' if token.kind == "phrase" else plain.strip("*-"))


def all_of(parts: Sequence[Node]) -> Node:
    """Parts that hold together; what is text among them becomes one text, as a reader would have typed it."""
    texts = [part.text for part in parts if isinstance(part, Words)]
    if texts:
        refused = [part.other.text for part in parts if isinstance(part, Not) and isinstance(part.other, Words)]
        others = [part for part in parts if not isinstance(part, Words) and not is_refused_text(part)]
        parts = [Words(" ".join([*texts, *(f"-{text}" for text in refused)])), *others]
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def is_refused_text(node: Node) -> bool:
    """Whether it is a text that must not stand."""
    return isinstance(node, Not) and isinstance(node.other, Words)
