"""How a source wants its files treated. Kept apart from `build`, so that the parent process need not load the parsers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from harvesters.tables.limits import Limits
from harvesters.values import Personal

RULES_VERSION = 1  # raise when a rule changes what a file becomes, so that unchanged files are built again


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """How a source wants its files treated."""

    profile: str | None = None
    personal: Personal = "hold"
    repairs: bool | frozenset[str] = True
    max_bad_rows: float = 0.10
    encoding: str | None = None
    headings: Mapping[str, str] = field(default_factory=dict)  # heading -> profile column
    limits: Limits = field(default_factory=Limits)
    declared: Mapping[str, Any] = field(default_factory=dict)  # a publisher's schema, which wins over inference

    def to_json(self) -> dict[str, Any]:
        """The options as the child process takes them."""
        repairs = self.repairs if isinstance(self.repairs, bool) else sorted(self.repairs)
        told = asdict(self) | {"repairs": repairs, "headings": dict(self.headings)}
        if not self.declared:
            del told["declared"]  # a file without one has the fingerprint that it always had
        return told

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> BuildOptions:
        """The reverse of `to_json`."""
        repairs = given["repairs"]
        return cls(
            **{
                **given,
                "repairs": repairs if isinstance(repairs, bool) else frozenset(repairs),
                "limits": Limits(**given["limits"]),
            }
        )
