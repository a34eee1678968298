"""Expected failures of the harvesting side. Problems *in the data* are values (`values.Problem`), not exceptions."""

from __future__ import annotations


class HarvestError(Exception):
    """Root of the expected failures of `harvesters`.

    `code` is one of the codes of `checks/problems.py`; `fields` fill that code's sentences.
    """

    def __init__(self, code: str, **fields: object) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields

    def __str__(self) -> str:
        details = ", ".join(f"{key}={value!r}" for key, value in self.fields.items())
        return f"{self.code} ({details})" if details else self.code
