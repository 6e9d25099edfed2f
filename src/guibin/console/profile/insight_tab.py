"""What the figures say about one customer: cell, stage, months, score, and the whole receipt."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from guibin.console.profile.summary import Facts
from guibin.core.errors import Text
from guibin.core.money import Money
from guibin.insight import api as insight
from guibin.loyalty import api as loyalty
from guibin.web import formats
from guibin.web.charts import Chart, Series
from guibin.web.links import link_url

STEPS = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Square:
    """One square of the little map; ``shade`` 0 to 4 by how many customers share it."""

    shade: int
    here: bool
    customers: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where the customer lies: rows from much to little money, columns from seldom to often."""

    rows: list[list[Square]]
    group: Text
    trait: Text
    advice: Text
    cell: str
    same: int
    url: str


@dataclass(frozen=True, slots=True)
class ScoreLine:
    label: str
    points: str
    weight: str
    ratio: float


def find_place(facts: Facts | None) -> Place | None:
    """None for somebody without a purchase in the window."""
    if facts is None or facts.get("f_score") is None or facts.get("m_score") is None:
        return None
    r, f, m = (int(str(facts[name])) for name in ("r_score", "f_score", "m_score"))
    counts: dict[tuple[int, int], int] = {}
    report = insight.rfm_report()
    for cell in report.cells:
        counts[cell.f, cell.m] = counts.get((cell.f, cell.m), 0) + cell.customers
    most = max(counts.values(), default=0)
    rows = [
        [
            Square(
                _shade(counts.get((column, row), 0), most),
                (column, row) == (f, m),
                counts.get((column, row), 0),
            )
            for column in STEPS
        ]
        for row in reversed(STEPS)
    ]
    group = insight.group_of(r, f, m)
    same = next((c.customers for c in report.cells if (c.r, c.f, c.m) == (r, f, m)), 0)
    base = link_url("insight.members")
    return Place(
        rows=rows,
        group=insight.GROUP_LABELS[group],
        trait=insight.GROUP_TRAITS[group],
        advice=insight.GROUP_ADVICE[group],
        cell=f"{r} {f} {m}",
        same=same,
        url=f"{base}?r={r}&f={f}&m={m}" if base else "",
    )


def _shade(customers: int, most: int) -> int:
    """Square-root steps, so that one crowded cell does not pale all others."""
    if not customers or not most:
        return 0
    return max(1, min(4, round(4 * math.sqrt(customers / most))))


def months_chart(facts: Facts | None, *, as_of: date, currency: str) -> Chart | None:
    """Net spend in each of the last twelve months."""
    months = facts.get("months_net_minor") if facts else None
    if not isinstance(months, list) or not any(months):
        return None
    values = [float(Money(value, currency).amount) for value in months]
    best = max(range(len(values)), key=lambda index: values[index])
    labels = [formats.day(day, "month") for day in month_ends(as_of, len(values))]
    return Chart(
        kind="bar",
        title=_("Most in %(month)s") % {"month": labels[best]},
        unit=formats.currency_symbol(currency),
        period=_("12 months up to %(day)s") % {"day": formats.day(as_of)},
        categories=labels,
        series=[Series(_("Net spend"), values, role="now")],
        format="money" if currency == "CNY" else "number",
        height="s",
    )


def month_ends(as_of: date, count: int) -> list[date]:
    """The last days of the ``count`` months that end at ``as_of``, oldest first."""
    found = []
    year, month = as_of.year, as_of.month
    for _step in range(count):
        found.append(date(year, month, 1))
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return found[::-1]


def list_left_out(view: loyalty.StandingView | None) -> str:
    """Parts of the score that the shop records too little of, in words; "" where none was left out."""
    labels = [loyalty.part_label(part) for part in view.receipt.left_out] if view is not None else []
    return ", ".join(labels)


def list_score(view: loyalty.StandingView | None) -> list[ScoreLine]:
    """The parts of the loyalty score, where the policy looked at it."""
    if view is None:
        return []
    return [
        ScoreLine(
            label=loyalty.part_label(part.part),
            points=formats.number(part.points_tenths / 10, 1),
            weight=formats.number(part.weight),
            ratio=part.share / 10_000,
        )
        for part in view.receipt.score
    ]


def list_conditions(view: loyalty.StandingView | None) -> list[tuple[str, list[object]]]:
    """(level, its conditions in words), highest level first."""
    if view is None:
        return []
    policy: Mapping[str, str] = {
        level.code: level.name for level in (view.level, view.next_level) if level is not None
    }
    return [
        (policy[result.level], [loyalty.condition_words(c, view.currency) for c in result.conditions])
        for result in reversed(view.receipt.decision.levels)
        if result.level in policy
    ]
