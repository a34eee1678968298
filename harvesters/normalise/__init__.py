"""Step 4 of the line: a table as found becomes a draft of plain values, with every repair recorded."""

from harvesters.normalise.rules import RULES
from harvesters.normalise.run import normalise

__all__ = ["RULES", "normalise"]
