"""Ids for other catalogues: UUIDs that never change. Those of datasets sort by when they were made; those of resources lead back.

A CKAN keeps our ids as its own, and two Khlangs may hold datasets of one name, so an id can't be made of the name alone.
"""

from __future__ import annotations

import hashlib
import secrets
import time
import uuid
from datetime import datetime

MOMENT = 13  # characters of a UUID that tell its moment: 48 bits and a hyphen
_RANDOM_BITS = 74


def new_uid(moment: datetime | None = None) -> str:
    """A new id (UUID version 7): those made later sort behind, so that paging by id is not disturbed by what is new."""
    milliseconds = int(time.time() * 1000 if moment is None else moment.timestamp() * 1000)
    return str(_uuid(milliseconds, 7, secrets.randbits(_RANDOM_BITS)))


def resource_uid(dataset: str, name: str) -> str:
    """The id of a table or link of a dataset (UUID version 8): the moment of the dataset's id, and a hash.

    It is the same in every version of the dataset; `moment_of` leads to the few datasets that it may belong to.
    """
    digest = hashlib.sha256(f"{dataset}\n{name}".encode()).digest()
    return str(_uuid(uuid.UUID(dataset).int >> 80, 8, int.from_bytes(digest) >> (256 - _RANDOM_BITS)))


def named_uid(*names: str) -> str:
    """The id of something whose names never change."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "|".join(names)))


def moment_of(uid: str) -> str:
    """The beginning that the id of a resource shares with its dataset's; "" for what is no id."""
    try:
        return str(uuid.UUID(uid))[:MOMENT]
    except ValueError:
        return ""


def _uuid(milliseconds: int, version: int, bits: int) -> uuid.UUID:
    """A UUID of RFC 9562: 48 bits of time, version, 12 bits, variant, 62 bits."""
    high, low = bits >> 62, bits & ((1 << 62) - 1)
    whole = (milliseconds & ((1 << 48) - 1)) << 80 | version << 76 | (high & 0xFFF) << 64 | 0b10 << 62 | low
    return uuid.UUID(int=whole)
