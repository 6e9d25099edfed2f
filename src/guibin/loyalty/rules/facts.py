"""The facts a VIP rule may speak of, and how to read each from a fact row.

Every value is an integer in a stated unit, so that a decision is exact and the same on every machine:
money in minor units of the base currency, the loyalty score in tenths of a point, shares in permille.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """What an integer of a fact counts."""

    MINOR = "minor"
    ORDERS = "orders"
    MONTHS = "months"
    DAYS = "days"
    TENTHS = "tenths"
    PERMILLE = "permille"
    COUNT = "count"
    STEP = "step"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: its column in the fact row, its unit, and how thresholds relate to it.

    `divisor`: the fact is the column divided by it (a monthly average is 12 months divided by 12); a
    threshold is multiplied instead, so nothing is rounded. `over`: the fact is column / over in permille.
    `unknown_is_zero`: an absent value counts as 0; otherwise an absent value meets no condition.
    """

    code: str
    unit: Unit
    column: str
    divisor: int = 1
    over: str = ""
    unknown_is_zero: bool = True


FACTS: Mapping[str, Fact] = {
    fact.code: fact
    for fact in (
        Fact("net_lifetime", Unit.MINOR, "net_minor"),
        Fact("gross_lifetime", Unit.MINOR, "gross_minor"),
        Fact("net_12m", Unit.MINOR, "net_12m_minor"),
        Fact("gross_12m", Unit.MINOR, "gross_12m_minor"),
        Fact("net_year", Unit.MINOR, "net_year_minor"),
        Fact("net_month_average", Unit.MINOR, "net_12m_minor", divisor=12),
        Fact("profit_12m", Unit.MINOR, "profit_12m_minor", unknown_is_zero=False),
        Fact("average_order", Unit.MINOR, "average_order_minor"),
        Fact("orders_12m", Unit.ORDERS, "orders_12m"),
        Fact("orders_lifetime", Unit.ORDERS, "orders_count"),
        Fact("orders_month_min", Unit.ORDERS, "orders_month_min"),
        Fact("months_active_12m", Unit.MONTHS, "months_active_12m"),
        Fact("loyalty_score", Unit.TENTHS, "loyalty_score_tenths"),
        Fact("recency_days", Unit.DAYS, "recency_days", unknown_is_zero=False),
        Fact("tenure_days", Unit.DAYS, "tenure_days"),
        Fact("categories_12m", Unit.COUNT, "categories_count_12m"),
        Fact("promotions_12m", Unit.ORDERS, "promotions_12m"),
        Fact("refunds_count", Unit.COUNT, "refunds_count"),
        Fact("refund_share_12m", Unit.PERMILLE, "refund_12m_minor", over="gross_12m_minor"),
        Fact("spend_top_12m", Unit.PERMILLE, "spend_top_permille", unknown_is_zero=False),
        Fact("r_score", Unit.STEP, "r_score"),
        Fact("f_score", Unit.STEP, "f_score"),
        Fact("m_score", Unit.STEP, "m_score"),
    )
}

SCORE = "loyalty_score"


def read_int(row: Mapping[str, object], column: str) -> int | None:
    """The whole number in `column` of a fact row; None when absent or null (fractions are cut off)."""
    value = row.get(column)
    return int(value) if isinstance(value, int | float) else None


def read_fact(fact: Fact, row: Mapping[str, object]) -> int | None:
    """The fact's value as it is compared: undivided, and in permille where it is a share of something."""
    value = read_int(row, fact.column)
    if value is None:
        return 0 if fact.unknown_is_zero else None
    if not fact.over:
        return value
    whole = read_int(row, fact.over) or 0
    return permille(value, whole)


def permille(part: int, whole: int) -> int:
    """Share in permille, rounded up, so that a limit is never met by rounding; 0 of nothing is 0."""
    if whole <= 0:
        return 1000 if part > 0 else 0
    return -((-part * 1000) // whole)
