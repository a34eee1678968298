"""What the columns of a published table mean to the search: its name, its province, its code.

A published schema does not say so (it is for users of the table); the profile that the table follows does, column by column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harvesters import bundled


def with_roles(fields: Sequence[Mapping[str, Any]], profile: str | None) -> list[Mapping[str, Any]]:
    """The fields of a published schema, each with the `role` that its table's profile gives it, if any."""
    known = bundled.all_profiles().get(profile or "")
    roles = {field.name: field.role for field in known.fields if field.role} if known else {}
    return [{**field, "role": roles[field["name"]]} if field["name"] in roles else field for field in fields]
