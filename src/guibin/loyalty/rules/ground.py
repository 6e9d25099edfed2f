"""What one customer's decision takes from everybody's: places are by the spend of all, read off once.

A customer decided alone, after a purchase, is measured by the cut points of the last evaluation of
everybody; the receipt says of which day. With those, the decision is the one everybody's would have been.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from guibin.loyalty.rules.facts import read_int
from guibin.loyalty.rules.tree import Rules, used_facts

PLACES = 1000
PLACE = "spend_top_12m"
RELATIVE = frozenset({PLACE, "r_score", "f_score", "m_score"})
Lines = Sequence[int | None]


@dataclass(frozen=True, slots=True)
class Ground:
    """Of the last evaluation of everybody: its day, the parts the score leaves out, and the lines of the
    places by spend: at ``p - 1`` the least 12-month spend (minor units) that is among the top ``p`` permille,
    None where nobody is."""

    as_of: date
    left_out: tuple[str, ...]
    spend_lines: Lines


def is_relative(rules: Rules) -> bool:
    """Whether these rules look at anything that depends on the other customers."""
    return not RELATIVE.isdisjoint(used_facts(rules))


def find_place(spend: int, lines: Lines) -> int | None:
    """The place by 12-month spend in permille from the top, rounded up; None for who spent nothing."""
    if spend <= 0:
        return None

    def reached(at: int) -> bool:
        line = lines[at]
        return line is not None and spend >= line

    return min(PLACES, bisect_left(range(PLACES), x=True, key=reached) + 1)


def complete(row: Mapping[str, object], ground: Ground) -> dict[str, object]:
    """A fact row with what `columns.prepare` adds to a table of everybody."""
    months = row.get("months_orders")
    return {
        **row,
        "orders_month_min": min(months) if isinstance(months, list) and months else 0,
        "spend_top_permille": find_place(read_int(row, "net_12m_minor") or 0, ground.spend_lines),
    }
