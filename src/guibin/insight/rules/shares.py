"""Shares as whole per mille, and concentration curves, in exact integers."""

from collections.abc import Sequence
from dataclasses import dataclass

POINTS = 100


def per_mille(part: int, whole: int) -> int:
    """``part / whole`` in per mille, rounded half up; 0 where there is no positive whole."""
    return 0 if whole <= 0 else (2000 * part + whole) // (2 * whole)


@dataclass(frozen=True, slots=True)
class Concentrated:
    """``points`` are (customers, amount) in per mille from (0, 0) to (1000, 1000)."""

    customers: int
    total: int
    points: tuple[tuple[int, int], ...]
    top5: int
    top20: int
    customers_for_80: int


def concentrate(cumulative: Sequence[int]) -> Concentrated:
    """From running totals over amounts sorted from most to least: what share the first customers bring.

    A share of customers is rounded up to whole customers, so that 20 % of 7 are 2. Negative amounts
    (returns of last year's goods) come last and pull the curve down to its total.
    """
    count = len(cumulative)
    total = int(cumulative[-1]) if count else 0
    steps = min(POINTS, count)
    ends = sorted({-(-step * count // steps) for step in range(1, steps + 1)}) if count else []
    points = [(0, 0), *((per_mille(end, count), per_mille(int(cumulative[end - 1]), total)) for end in ends)]
    return Concentrated(
        customers=count,
        total=total,
        points=tuple(points),
        top5=_brought(cumulative, total, 5),
        top20=_brought(cumulative, total, 20),
        customers_for_80=_needed(cumulative, total),
    )


def _brought(cumulative: Sequence[int], total: int, percent: int) -> int:
    count = -(-percent * len(cumulative) // 100)
    return per_mille(int(cumulative[count - 1]), total) if count else 0


def _needed(cumulative: Sequence[int], total: int) -> int:
    """How many customers, best first, bring 80 % of the total."""
    for position, running in enumerate(cumulative, start=1):
        if 5 * int(running) >= 4 * total:
            return position
    return 0
