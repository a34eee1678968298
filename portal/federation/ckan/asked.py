"""What a client asks of an action: parameters of the address, of a form or of a JSON body, read without ever failing the server."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from harvesters.sources.records import storable
from portal.errors import PortalError

LARGEST = 1_000_000_000
YES, NO = ("true", "1", "yes", "on", "t"), ("false", "0", "no", "off", "f", "")


def refused(name: str, message: str) -> PortalError:
    """The failure of a parameter that can't be used: CKAN's Validation Error, field → what is wrong with it."""
    return PortalError("parameter-wrong", name=name, message=message)


def not_json() -> PortalError:
    """The failure of a body that is no JSON object."""
    return PortalError("bad-request", what="the body must be a JSON object")


@dataclass(frozen=True, slots=True)
class Asked:
    """The parameters of one call; unknown ones are never looked at."""

    given: Mapping[str, Any]

    def value(self, name: str) -> Any:
        """A parameter as it came; one of the address that holds a list or an object as JSON is read."""
        value = self.given.get(name)
        if isinstance(value, str) and value[:1] in "[{" and value:
            try:
                return storable(json.loads(value, parse_constant=lambda _: None))
            except (ValueError, RecursionError):
                return value
        return value

    def text(self, name: str, *, required: bool = False) -> str:
        """A parameter as text, "" where there is none. Raises PortalError for a list or object, or a missing one."""
        value = self.given.get(name)
        if isinstance(value, list | dict):
            raise refused(name, "Must be a single text")
        told = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        if required and not told.strip():
            raise refused(name, "Missing value")
        return told.strip()

    def texts(self, name: str) -> list[str]:
        """A parameter that may be given several times, or as a list. Raises PortalError for anything else."""
        value = self.value(name)
        values = value if isinstance(value, list) else [] if value in (None, "") else [value]
        if any(isinstance(one, list | dict) for one in values):
            raise refused(name, "Must be a list of texts")
        return [str(one) for one in values if one is not None]

    def whole(self, name: str, default: int) -> int:
        """A whole number from 0, or the default. Raises PortalError for anything else."""
        told = self.text(name)
        if not told:
            return default
        if not (told.isascii() and told.isdigit()):
            raise refused(name, "Must be a natural number")
        return min(int(told[:20]), LARGEST)

    def flag(self, name: str, *, default: bool) -> bool:
        """Yes or no. Raises PortalError for anything else."""
        told = self.text(name).casefold()
        if name not in self.given:
            return default
        if told not in (*YES, *NO):
            raise refused(name, "Must be true or false")
        return told in YES


def read_request() -> Asked:
    """The parameters of this request: of its body when it is posted, else of its address. Raises PortalError."""
    if request.method == "POST":
        body = request.get_data(cache=True)
        if request.mimetype == "application/json" or body.lstrip()[:1] == b"{":  # curl -d says that its JSON is a form
            return Asked(from_json(body))
    given = request.form if request.method == "POST" and request.form else request.args
    lists = {name: values if len(values) > 1 else values[0] for name, values in given.lists()}
    return Asked(storable(lists))


def from_json(body: bytes) -> dict[str, Any]:
    """A body of JSON; nothing is an empty one. Raises PortalError."""
    if not body.strip():
        return {}
    try:
        told = json.loads(body, parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        raise not_json() from error
    if not isinstance(told, dict):
        raise not_json()
    try:
        return dict(storable(told))
    except RecursionError as error:
        raise not_json() from error
