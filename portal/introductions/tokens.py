"""Links that can't be guessed: signed with the portal's secret, dated, and, where they change something, good for one use."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import current_app
from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

from portal.db import now
from portal.errors import PortalError

SALT = "khlang-introduction"
GOOD_FOR = {  # what a link is for → how long it can be opened
    "answer": timedelta(days=60),
    "outcome": timedelta(days=180),  # research takes its time
    "asked": timedelta(days=365),  # the asker's own page, which only reads
}


@dataclass(frozen=True, slots=True)
class Token:
    """What a link says. `step`: one of GOOD_FOR."""

    number: int
    step: str
    nonce: str


def new_nonce() -> str:
    """128 bits by chance, as text."""
    return secrets.token_urlsafe(16)


def signer() -> URLSafeTimedSerializer:
    """Signs with the secret of the application in force."""
    return URLSafeTimedSerializer(str(current_app.secret_key), salt=SALT)


def address_of(token: Token) -> str:
    """The path of a link, dated now."""
    return "/introduction/" + str(signer().dumps([token.number, token.step, token.nonce]))


def read_token(text: str) -> Token:
    """What a link says, once signature and date are right. Raises PortalError("link-wrong" or "link-expired")."""
    most = max(GOOD_FOR.values())
    try:
        said, signed_at = signer().loads(text, max_age=most.total_seconds(), return_timestamp=True)  # type: ignore[arg-type]
    except SignatureExpired as error:  # one from the future counts as such too
        raise PortalError("link-expired") from error
    except BadData as error:
        raise PortalError("link-wrong") from error
    token = as_token(said)
    if now() - signed_at > GOOD_FOR[token.step]:
        raise PortalError("link-expired")
    return token


def as_token(said: Any) -> Token:
    """What was signed, as a value. Raises PortalError("link-wrong") for what this release never signs."""
    match said:
        case [int(number), str(step), str(nonce)] if step in GOOD_FOR:
            return Token(number, step, nonce)
    raise PortalError("link-wrong")
