"""The facts of one customer, counted plainly: the meaning of every fact, and the oracle of the engine.

Used after a live change, when one customer must be judged before the next refresh.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from guibin.insight.rules.scores import Cuts, Window, score
from guibin.insight.rules.stages import StageThresholds, decide_stage
from guibin.insight.rules.windows import MONTHS, YearWindow

Fact = int | float | str | date | list[int] | None
TOP_CATEGORIES = 3


@dataclass(frozen=True, slots=True)
class Person:
    customer_id: int
    number: str
    joined_on: date | None


@dataclass(frozen=True, slots=True)
class Bought:
    """An order that counts (not cancelled)."""

    order_id: int
    on: date
    amount: int
    promoted: bool


@dataclass(frozen=True, slots=True)
class BoughtLine:
    order_id: int
    on: date
    is_goods: bool
    category: tuple[str, int] | None
    amount: int
    cost: int | None


@dataclass(frozen=True, slots=True)
class Returned:
    on: date
    amount: int
    cost: int | None


@dataclass(frozen=True, slots=True)
class Judging:
    """What turns counts into scores and a stage: published with each refresh."""

    limits: StageThresholds
    cuts: Cuts
    window: Window = "12m"


def rounded_share(total: int, parts: int) -> int | None:
    """``total / parts`` rounded half up to an integer, None for no parts."""
    return None if parts == 0 else (2 * total + parts) // (2 * parts)


def exists_on(person: Person, day: date, orders: Sequence[Bought], refunds: Sequence[Returned]) -> bool:
    """Whether the person was a customer on ``day``: joined, or bought or returned something, by then."""
    return (
        person.joined_on is None
        or person.joined_on <= day
        or any(order.on <= day for order in orders)
        or any(refund.on <= day for refund in refunds)
    )


def count_facts(
    person: Person,
    orders: Sequence[Bought],
    refunds: Sequence[Returned],
    lines: Sequence[BoughtLine],
    as_of: date,
) -> dict[str, Fact]:
    """Everything that follows from the customer's own rows up to and including ``as_of``."""
    window = YearWindow.ending(as_of)
    orders = [order for order in orders if order.on <= as_of]
    refunds = [refund for refund in refunds if refund.on <= as_of]
    days = sorted({order.on for order in orders})
    gross, refund = sum(o.amount for o in orders), sum(r.amount for r in refunds)
    began = [day for day in (person.joined_on, days[0] if days else None) if day is not None]
    return {
        "customer_id": person.customer_id,
        "number": person.number,
        "first_order_on": days[0] if days else None,
        "last_order_on": days[-1] if days else None,
        "recency_days": (as_of - days[-1]).days if days else None,
        "orders_count": len(orders),
        "gross_minor": gross,
        "refund_minor": refund,
        "net_minor": gross - refund,
        **_count_year(window, orders, refunds),
        "net_year_minor": sum(o.amount for o in orders if o.on >= window.year_start)
        - sum(r.amount for r in refunds if r.on >= window.year_start),
        "profit_12m_minor": _count_profit(window, orders, refunds, lines),
        "average_order_minor": rounded_share(gross, len(orders)),
        "purchase_days": len(days),
        **_count_intervals(days),
        **_count_categories(window, lines),
        "refunds_count": len(refunds),
        "tenure_days": max(0, (as_of - min(began)).days) if began else None,
    }


def _count_year(window: YearWindow, orders: Sequence[Bought], refunds: Sequence[Returned]) -> dict[str, Fact]:
    net, number = [0] * MONTHS, [0] * MONTHS
    gross = refund = promotions = 0
    for order in orders:
        month = window.month_of(order.on)
        if month is not None:
            net[month] += order.amount
            number[month] += 1
            gross += order.amount
            promotions += order.promoted
    for returned in refunds:
        month = window.month_of(returned.on)
        if month is not None:
            net[month] -= returned.amount
            refund += returned.amount
    return {
        "orders_12m": sum(number),
        "net_12m_minor": gross - refund,
        "gross_12m_minor": gross,
        "refund_12m_minor": refund,
        "months_active_12m": sum(n > 0 for n in number),
        "months_net_minor": net,
        "months_orders": number,
        "orders_month_max": max(number),
        "promotions_12m": promotions,
    }


def _count_profit(
    window: YearWindow, orders: Sequence[Bought], refunds: Sequence[Returned], lines: Sequence[BoughtLine]
) -> int | None:
    """Net sales less cost of the year; None when the cost of any goods, order or return is unknown."""
    year_orders = [o for o in orders if window.month_of(o.on) is not None]
    year_refunds = [r for r in refunds if window.month_of(r.on) is not None]
    year_lines = [line for line in lines if window.month_of(line.on) is not None]
    priced = {line.order_id for line in year_lines if line.is_goods}
    if len(priced) < len(year_orders) or any(line.is_goods and line.cost is None for line in year_lines):
        return None
    if any(refund.cost is None for refund in year_refunds):
        return None
    cost = sum(line.cost or 0 for line in year_lines) - sum(refund.cost or 0 for refund in year_refunds)
    return sum(o.amount for o in year_orders) - sum(r.amount for r in year_refunds) - cost


def _count_intervals(days: Sequence[date]) -> dict[str, Fact]:
    """Mean, median and sample standard deviation of the days between consecutive purchase days."""
    gaps = sorted((later - earlier).days for earlier, later in pairwise(days))
    count = len(gaps)
    if not count:
        return {"interval_days_mean": None, "interval_days_median": None, "interval_days_sd": None}
    total, squares = sum(gaps), sum(gap * gap for gap in gaps)
    spread = math.sqrt((count * squares - total * total) / (count * (count - 1))) if count > 1 else None
    return {
        "interval_days_mean": total / count,
        "interval_days_median": (gaps[(count - 1) // 2] + gaps[count // 2]) / 2,
        "interval_days_sd": spread,
    }


def _count_categories(window: YearWindow, lines: Sequence[BoughtLine]) -> dict[str, Fact]:
    """How many categories in the year, and the ids of the three with most money (ties by name)."""
    spent: defaultdict[tuple[str, int], int] = defaultdict(int)
    for line in lines:
        if line.is_goods and line.category is not None and window.month_of(line.on) is not None:
            spent[line.category] += line.amount
    ranked = sorted(spent, key=lambda category: (-spent[category], category))
    return {
        "categories_count_12m": len(spent),
        "categories_top": [category_id for _name, category_id in ranked[:TOP_CATEGORIES]],
    }


def judge(facts: dict[str, Fact], judging: Judging) -> dict[str, Fact]:
    """Stage and RFM scores of counted facts; scores are None for who bought nothing in the window."""
    recency, orders, net = facts["recency_days"], facts["orders_12m"], facts["net_12m_minor"]
    if judging.window == "lifetime":
        orders, net = facts["orders_count"], facts["net_minor"]
    r = f = m = None
    if isinstance(recency, int) and isinstance(orders, int) and isinstance(net, int) and orders > 0:
        r, f, m = score(recency_days=recency, orders=orders, net_minor=net, cuts=judging.cuts)
    purchase_days, active = facts["purchase_days"], facts["months_active_12m"]
    if not isinstance(purchase_days, int) or not isinstance(active, int):
        raise TypeError("facts must be counted first")
    stage = decide_stage(
        recency_days=recency if isinstance(recency, int) else None,
        purchase_days=purchase_days,
        months_active=active,
        limits=judging.limits,
    )
    return {**facts, "stage": stage.value, "r_score": r, "f_score": f, "m_score": m}


def group_counts(pairs: Sequence[tuple[str, str]]) -> Counter[tuple[str, str]]:
    """How many went from one group to another."""
    return Counter(pairs)
