"""E-mail addresses and LINE ids in folded text. An institution's address passes, a person's or a free one does not.

Rule: contracts.md 1 (role-like or institutional addresses are no personal data).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from harvesters.checks.personal import words
from harvesters.checks.personal.spans import Span

_FREE = "|".join(words.FREE_MAIL)
# At most 64 characters before the @ (RFC 5321 §4.5.3.1.1): without a bound a long run of letters costs its square.
_EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+\-]{0,63}@(?:[A-Za-z0-9\-]+\.)+[A-Za-z]{2,}")
_LOOSE_EMAIL = re.compile(  # written apart, with a word for @, or without the end of its domain: only of the free providers
    rf"(?i)[a-z0-9][a-z0-9._%+\-]{{0,63}}(?: ?@ ?| ?[(\[{{] ?at ?[)\]}}] ?| at )(?:{_FREE})(?![a-z0-9])(?:(?:\.| ?[(\[] ?dot ?[)\]] ?| dot )[a-z]{{2,4}})*"
)
_HAS_LOOSE = re.compile(rf"(?i)(?:at ?[)\]}}] ?| at )(?:{_FREE})")
_INSTITUTION = re.compile(rf"(?:^|\.)(?:{'|'.join(map(re.escape, words.INSTITUTION_DOMAINS))})$")
_STATE = re.compile(r"\.(?:ac|go|or|mi)\.th$")  # given to institutions only; mail.go.th is the government's own
_FREE_DOMAIN = re.compile(rf"^(?:[a-z0-9\-]+\.)*(?:{_FREE})\.[a-z.]+$")
_ROLE = re.compile(rf"^(?:{'|'.join(words.MAIL_ROLES)})(?:[0-9]*|[._\-][a-z0-9]+)$")

_SUSPECT_AT = re.compile(
    rf"@(?!(?:[A-Za-z0-9\-]+\.)+(?:{'|'.join(map(re.escape, words.INSTITUTION_DOMAINS))})(?![A-Za-z0-9\-.]))"
)
_AT_STEMS = (" at ", "(at", "[at", "{at", "( at", "[ at", " AT ", "(AT", "[AT")

_LINE_LINK = re.compile(r"(?i)(?:https?://)?(?:line\.me/(?:r/)?ti/p/|lin\.ee/|line\.me/ti/g2?/)[A-Za-z0-9@~%_.\-]+")
_LINE_WORD = r"(?<![a-z])(?i:line)|(?<!ออน)ไลน์"
_LINE_NAMED = re.compile(
    rf"(?<![A-Za-z])(?:{_LINE_WORD})"
    r"(?:(?i: ?@)?(?i:[ .\-]{0,2}(?:id|ไอดี|official|oa|account))[ .:=\-]{0,4}|[ ]?[:=][ ]?|[ ]{0,2}(?=@))"
    r"(@?[A-Za-z0-9][A-Za-z0-9._\-]{2,24})"
)
_LINE_BARE = re.compile(
    rf"(?<![A-Za-z])(?:{_LINE_WORD})[ ]{{1,2}}((?=[a-z._\-]*[0-9_])(?=[0-9._\-]*[a-z])[a-z0-9._\-]{{5,24}})(?![A-Za-z0-9])"
)
_LINE_AT = re.compile(r"(?<![A-Za-z0-9._/@%\-])@(?=[0-9._\-]*[A-Za-z])[A-Za-z0-9][A-Za-z0-9._\-]{3,24}")
_LONE_AT = re.compile(r"@(?<![A-Za-z0-9._/@%\-].)[A-Za-z0-9]")
_OTHER_NETWORK = re.compile(
    r"(?i)(?:ig|instagram|twitter|tiktok|ติ๊กต็อก|youtube|facebook|fb|threads|telegram|x)[ :.=]{0,3}$"
)
_LINE_STEMS = ("ine", "INE", "ไลน์", ".ee/", ".EE/")


def places_of_emails(text: str) -> Iterator[int]:
    """Give where a (joined) text may hold an e-mail address that is not plainly an institution's."""
    for match in _SUSPECT_AT.finditer(text):
        yield match.start()
    if ("at" in text or "AT" in text) and any(stem in text for stem in _AT_STEMS):
        for match in _HAS_LOOSE.finditer(text):
            yield match.start()


def emails(text: str) -> Iterator[Span]:
    """Give every e-mail address that is not an institution's."""
    passed = set()  # where addresses begin whose domains begin like a free provider's: x@me.uni.ac.th
    for match in _EMAIL.finditer(text):
        local, _, domain = match.group().lower().rpartition("@")
        if not is_institutional(local, domain):
            yield Span(match.start(), match.end(), "email")
        elif _STATE.search(domain):
            passed.add(match.start())
    for match in _LOOSE_EMAIL.finditer(text):
        if match.start() not in passed:
            yield Span(match.start(), match.end(), "email")


def is_institutional(local: str, domain: str) -> bool:
    """Whether an address (in small letters) is an institution's or a role's; never one of a free provider."""
    if _STATE.search(domain):
        return True
    if _FREE_DOMAIN.match(domain):
        return False
    if _INSTITUTION.search(domain) or _ROLE.match(local):
        return True
    return local in domain.split(".")[:2]  # krabibakery@krabibakery.example: the shop's own name


def places_of_lines(text: str) -> Iterator[int]:
    """Give where a (joined) text may hold a LINE id."""
    if any(stem in text for stem in _LINE_STEMS):
        for pattern in (_LINE_LINK, _LINE_NAMED, _LINE_BARE):
            for match in pattern.finditer(text):
                yield match.start()
    for match in _LONE_AT.finditer(text):
        yield match.start()


def lines(text: str) -> Iterator[Span]:
    """Give every LINE id: a link, a name behind the word LINE, or a lone @name."""
    for match in _LINE_LINK.finditer(text):
        yield Span(match.start(), match.end(), "line-id")
    for pattern in (_LINE_NAMED, _LINE_BARE):
        for match in pattern.finditer(text):
            yield Span(match.start(1), match.end(1), "line-id")
    for match in _LINE_AT.finditer(text):
        if not _OTHER_NETWORK.search(text, max(0, match.start() - 14), match.start()):
            yield Span(match.start(), match.end(), "line-id")
