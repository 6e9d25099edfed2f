"""RFM: cut points, scores from one to five, and the eight named groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

SCORES = (1, 2, 3, 4, 5)
HIGH_FROM = 4
Window = Literal["12m", "lifetime"]


@dataclass(frozen=True, slots=True)
class Cuts:
    """Four ascending upper bounds for each of recency (days), frequency (orders), money (minor units).

    A value up to and including the first bound falls in the first of five bands, and so on; equal
    values always share a band.
    """

    recency: tuple[int, ...]
    frequency: tuple[int, ...]
    money: tuple[int, ...]


NO_CUTS = Cuts((0, 0, 0, 0), (0, 0, 0, 0), (0, 0, 0, 0))


def quintile_cuts(ordered: Sequence[int]) -> tuple[int, ...]:
    """The exact 20, 40, 60 and 80 % quantiles of an ascending sequence (smallest value not exceeded)."""
    count = len(ordered)
    if not count:
        return (0, 0, 0, 0)
    return tuple(int(ordered[-(-fifth * count // 5) - 1]) for fifth in (1, 2, 3, 4))


def band(value: int, cuts: Sequence[int]) -> int:
    """1 for a value up to the first cut, 5 for one above the last."""
    return 1 + sum(cut < value for cut in cuts)


def score(*, recency_days: int, orders: int, net_minor: int, cuts: Cuts) -> tuple[int, int, int]:
    """(R, F, M), each 1 to 5; a short recency is a high R."""
    return 6 - band(recency_days, cuts.recency), band(orders, cuts.frequency), band(net_minor, cuts.money)


GROUPS = (
    "key_value",
    "key_keep",
    "key_grow",
    "key_rescue",
    "plain_value",
    "plain_grow",
    "plain_keep",
    "plain_rescue",
)
_BY_SIGNS = {
    (True, True, True): "key_value",
    (False, True, True): "key_keep",
    (True, False, True): "key_grow",
    (False, False, True): "key_rescue",
    (True, True, False): "plain_value",
    (True, False, False): "plain_grow",
    (False, True, False): "plain_keep",
    (False, False, False): "plain_rescue",
}


def group_of(r: int, f: int, m: int) -> str:
    """The named group of a cell: recent, often, much (each a score of four or five) or not."""
    return _BY_SIGNS[(r >= HIGH_FROM, f >= HIGH_FROM, m >= HIGH_FROM)]


def cells_of(group: str) -> tuple[tuple[int, int, int], ...]:
    """All (R, F, M) cells of a named group."""
    return tuple((r, f, m) for r in SCORES for f in SCORES for m in SCORES if group_of(r, f, m) == group)
