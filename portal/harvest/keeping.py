"""Deliveries of several files that wait for a person: how their parts are written down, and brought back."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from harvesters.packages.store import Store
from harvesters.values import Collected, Part, Problem, RemoteFile, Text


def keep_parts(store: Store, collected: Collected) -> dict[str, Any]:
    """Put every file of a delivery into the private store and return what `bring_parts` needs; {} for a plain file."""
    store.add(collected.path, private=True)
    if collected.parts is None:
        return {}
    for part in collected.parts:
        store.add(part.collected.path, private=True)
    return {
        "parts": [
            {
                "file": asdict(part.file),
                "filename": part.collected.filename,
                "url": part.collected.url,
                "fetched_at": part.collected.fetched_at.isoformat(),
                "sha256": part.collected.sha256,
                "bytes": part.collected.bytes,
            }
            for part in collected.parts
        ],
        "links": [asdict(link) for link in collected.links],
    }


def bring_parts(store: Store, told: Mapping[str, Any], workdir: Path) -> dict[str, Any]:
    """The parts and links that were kept, as fields of `Collected`; {} for a plain file."""
    if "parts" not in told:
        return {}
    parts = []
    for number, one in enumerate(told["parts"]):
        path = workdir / f"kept-{number}"
        shutil.copyfile(store.path(one["sha256"], private=True), path)
        collected = Collected(
            path, one["filename"], one["url"], datetime.fromisoformat(one["fetched_at"]), one["sha256"], one["bytes"]
        )
        parts.append(Part(remote_file(one["file"]), collected))
    return {"parts": tuple(parts), "links": tuple(remote_file(link) for link in told["links"])}


def remote_file(told: Mapping[str, Any]) -> RemoteFile:
    """A file as it was written down."""
    found = told["problem"]
    return RemoteFile(**{**told, "problem": found and Problem(**{**found, "message": Text(**found["message"])})})
