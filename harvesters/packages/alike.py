"""Which row that came is a row that went, edited; and which column that came is one that went, under a new name.

For tables without a key. Cautious: what is not clearly the same stays one gone and one come. Pure rules; diff.py brings the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

Cells = Sequence[str | None]
Lone = tuple[int, Cells]  # row number, cells
Mark = tuple[float, bool]  # share of what is equal, whether at one place

MOST = 200  # lone rows of a side that are compared with each other; of more, none is
SAME_PLACE = 1 / 2  # equal cells of two rows with one row number
ELSEWHERE = 2 / 3
SAME_VALUES = 0.9  # values of a renamed column that stayed
FEWEST_VALUES = 5  # different ones that tell columns from each other


def edited(old: Sequence[Lone], new: Sequence[Lone], telling: Sequence[Collection[str]]) -> list[tuple[int, int]]:
    """Pairs of places (in `old`, in `new`) that hold one row before and after, in the order of `new`.

    Two rows are one when they stand at the same row number and at least half of what is filled in them is equal; elsewhere when
    two thirds are and one of the equal cells holds a value of `telling` (for each column, those that no other row has). Each must
    be the other's best: where two come equally near, none is taken. Nothing is paired when a side has more than MOST rows.
    """
    if not old or not new or max(len(old), len(new)) > MOST:
        return []
    near = {
        (a, b): mark
        for a, before in enumerate(old)
        for b, after in enumerate(new)
        if (mark := nearness(before, after, telling)) is not None
    }
    return sorted(best_pairs(near), key=lambda pair: pair[1])


def nearness(before: Lone, after: Lone, telling: Sequence[Collection[str]]) -> Mark | None:
    """How near two rows are: the share of equal cells, then whether they stand at one place; None when they are not one row."""
    filled = equal = 0
    told = False
    for column, (x, y) in enumerate(zip(before[1], after[1], strict=True)):
        if x is None and y is None:
            continue
        filled += 1
        if x == y:
            equal += 1
            told = told or x in telling[column]
    if not equal:
        return None
    share, here = equal / filled, before[0] == after[0]
    alike = share >= SAME_PLACE if here else told and share >= ELSEWHERE
    return (share, here) if alike else None


def best_pairs(near: Mapping[tuple[int, int], Mark]) -> list[tuple[int, int]]:
    """The pairs of which each side is the other's only best."""
    firsts, seconds = only_best(near, lambda pair: pair[0]), only_best(near, lambda pair: pair[1])
    return [pair for pair in near if firsts.get(pair[0]) == pair and seconds.get(pair[1]) == pair]


def only_best(
    near: Mapping[tuple[int, int], Mark], side: Callable[[tuple[int, int]], int]
) -> dict[int, tuple[int, int]]:
    """For each row of a side its best pair, where no other is as good."""
    best: dict[int, tuple[int, int]] = {}
    tied: set[int] = set()
    for pair, mark in near.items():
        own = side(pair)
        if own not in best or mark > near[best[own]]:
            best[own] = pair
            tied.discard(own)
        elif mark == near[best[own]]:
            tied.add(own)
    return {own: pair for own, pair in best.items() if own not in tied}


def renamed(shares: Mapping[tuple[int, int], float]) -> list[tuple[int, int]]:
    """Pairs of columns (gone, come) that are one: at least SAME_VALUES of the values stayed, and no other is as near.

    `shares`: of each pair that has FEWEST_VALUES different values or more, the share of values that both hold.
    """
    return sorted(best_pairs({pair: (share, False) for pair, share in shares.items() if share >= SAME_VALUES}))
