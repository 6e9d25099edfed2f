"""The facts of every customer as one Ibis expression, the same on DuckDB and on Spark.

Integers stay integers; the three interval figures are single divisions of exact integers, so that
every engine gives the same bits. Missing money counts as nothing, never as unknown order.
"""

import functools
import operator
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import ibis
from ibis.expr.types import Column, Table

from guibin.insight.rules.count import TOP_CATEGORIES
from guibin.insight.rules.fact_row import COUNTED, COUNTED_NAMES
from guibin.insight.rules.windows import MONTHS, YearWindow

CANCELLED = "cancelled"
GOODS = "goods"


@dataclass(frozen=True, slots=True)
class Sources:
    """The warehouse tables the facts are counted from. ``aliases`` say which customers stand for another
    since a merge (one step deep); None while nobody does, and then nothing is looked up."""

    customers: Table
    orders: Table
    order_lines: Table
    refunds: Table
    products: Table
    categories: Table
    aliases: Table | None = None


# Which part of the expression a column needs.
BRANCHES: dict[str, frozenset[str]] = {
    "lifetime": frozenset((
        "first_order_on", "last_order_on", "recency_days", "orders_count", "gross_minor", "net_minor",
        "average_order_minor", "tenure_days", "orders_12m", "gross_12m_minor", "net_12m_minor",
        "promotions_12m", "net_year_minor", "profit_12m_minor",
    )),
    "returned": frozenset((
        "refund_minor", "net_minor", "refund_12m_minor", "net_12m_minor", "refunds_count", "net_year_minor",
        "profit_12m_minor", "months_net_minor",
    )),
    "monthly": frozenset(("months_active_12m", "months_net_minor", "months_orders", "orders_month_max")),
    "intervals": frozenset((
        "purchase_days", "interval_days_mean", "interval_days_median", "interval_days_sd",
    )),
    "goods": frozenset(("profit_12m_minor", "categories_count_12m", "categories_top")),
}  # fmt: skip


def counted_facts(sources: Sources, as_of: date, columns: Iterable[str] = COUNTED_NAMES) -> Table:
    """One row per person of ``as_of``, with ``columns`` in schema order; only what they need is read.

    What was bought under any id of a person counts for the one that stands for them; the others have no row.
    """
    sources = _resolved(sources)
    wanted = set(columns)
    needs = {name for name, covered in BRANCHES.items() if wanted & covered}
    window = YearWindow.ending(as_of)
    orders = sources.orders.filter(
        sources.orders.customer_id.notnull(),
        sources.orders.ordered_on <= as_of,
        sources.orders.status != CANCELLED,
    )
    refunds = sources.refunds.filter(
        sources.refunds.customer_id.notnull(), sources.refunds.refunded_on <= as_of
    )
    bought = _with_gaps(orders) if "intervals" in needs else orders
    # Who was a customer on the day follows from orders and refunds, whatever columns are wanted.
    branches = [_lifetime(bought, window), _returned(refunds, window, monthly="monthly" in needs)]
    if "monthly" in needs:
        branches.append(_monthly(bought, window))
    if "goods" in needs:
        branches.append(_goods(sources, orders, window))
    table = sources.customers.select("customer_id", "number", "joined_on")
    for branch in branches:
        table = table.left_join(branch, "customer_id").drop("customer_id_right")
    return _shape(table, as_of, wanted)


def _resolved(sources: Sources) -> Sources:
    """The sources with one id per person."""
    aliases = sources.aliases
    if aliases is None:
        return sources
    stands = aliases.select("customer_id", "into_id")
    return replace(
        sources,
        customers=sources.customers.anti_join(stands, "customer_id"),
        orders=_owned(sources.orders, stands),
        refunds=_owned(sources.refunds, stands),
        aliases=None,
    )


def _owned(rows: Table, stands: Table) -> Table:
    """Orders or refunds, of the one who stands for their customer."""
    names = rows.columns
    joined = rows.left_join(stands, "customer_id")
    return joined.mutate(customer_id=joined.into_id.coalesce(joined.customer_id)).select(*names)


def _sum(values: Any, where: Any = None) -> Any:
    """An exact integer sum; nothing sums to zero."""
    return values.sum(where=where).fill_null(0).cast("int64")


def _with_gaps(orders: Table) -> Table:
    """Orders with the days since the customer's order before; null on the first purchase day and for
    further orders of one day. The window leaves each customer's rows together, which makes every
    grouping after it cheap: so what groups all orders starts here."""
    before = orders.ordered_on.lag().over(
        ibis.window(group_by=orders.customer_id, order_by=orders.ordered_on)
    )
    gap = orders.ordered_on.delta(before, unit="day").cast("int64").nullif(0)
    return orders.select("customer_id", "ordered_on", "amount_base_minor", "promoted", gap=gap)


def _lifetime(bought: Table, window: YearWindow) -> Table:
    recent = bought.ordered_on > window.after
    intervals: dict[str, Any] = {}
    if "gap" in bought.columns:
        intervals = {
            "gaps": bought.gap.count(),
            "gaps_sum": _sum(bought.gap),
            "gaps_squares": _sum(bought.gap * bought.gap),
            "interval_days_median": bought.gap.median().cast("float64"),
        }
    return bought.group_by("customer_id").agg(
        first_order_on=bought.ordered_on.min(),
        last_order_on=bought.ordered_on.max(),
        orders_count=bought.count(),
        gross_minor=_sum(bought.amount_base_minor),
        orders_12m=bought.count(where=recent),
        gross_12m_minor=_sum(bought.amount_base_minor, recent),
        promotions_12m=bought.count(where=recent & bought.promoted),
        gross_year=_sum(bought.amount_base_minor, bought.ordered_on >= window.year_start),
        **intervals,
    )


def _returned(refunds: Table, window: YearWindow, *, monthly: bool) -> Table:
    dated = refunds.mutate(month=_month(refunds.refunded_on, window)) if monthly else refunds
    recent = dated.refunded_on > window.after
    by_month = {
        f"back_{month}": _sum(dated.amount_base_minor, recent & (dated.month == month))
        for month in range(MONTHS if monthly else 0)
    }
    return dated.group_by("customer_id").agg(
        refunds_count=dated.count(),
        refund_minor=_sum(dated.amount_base_minor),
        refund_12m_minor=_sum(dated.amount_base_minor, recent),
        refund_year=_sum(dated.amount_base_minor, dated.refunded_on >= window.year_start),
        refund_cost_12m=_sum(dated.cost_base_minor, recent),
        refund_cost_unknown=dated.count(where=recent & dated.cost_base_minor.isnull()),
        **by_month,
    )


def _month(day: Any, window: YearWindow) -> Any:
    """The month index of a day within the window."""
    newest_first = [(day > window.bounds[month], month) for month in range(MONTHS - 1, 0, -1)]
    return ibis.cases(*newest_first, else_=0).cast("int8")


def _monthly(bought: Table, window: YearWindow) -> Table:
    """Orders and what they came to in each month; what was given back is taken off later."""
    recent = bought.filter(bought.ordered_on > window.after).select(
        "customer_id", month=_month(bought.ordered_on, window), amount=bought.amount_base_minor
    )
    sums: dict[str, Any] = {}
    for month in range(MONTHS):
        sums[f"gross_{month}"] = _sum(recent.amount, recent.month == month)
        sums[f"number_{month}"] = recent.count(where=recent.month == month)
    return recent.group_by("customer_id").agg(**sums)


def _goods(sources: Sources, orders: Table, window: YearWindow) -> Table:
    """Categories and cost of the year's lines, and how many orders have no line of goods at all.

    Whose a line is, and when, its order says; of which category, its product: both may change after
    the line was written.
    """
    recent = orders.filter(orders.ordered_on > window.after).select("order_id", "customer_id")
    lines = sources.order_lines.select(
        "order_id", "product_id", "kind", amount="amount_base_minor", cost="cost_base_minor"
    )
    sorts = sources.products.filter(sources.products.category_id.notnull()).select(
        "product_id", "category_id"
    )
    goods = lines.filter(lines.kind == GOODS)
    bought = recent.left_join(goods, "order_id").drop("order_id_right")
    bought = bought.left_join(sorts, "product_id").drop("product_id_right")
    fees = lines.filter(lines.kind != GOODS, lines.cost.notnull()).join(recent, "order_id")
    # A fee has a cost and nothing else that counts here.
    fees = fees.select(
        "customer_id", category_id=ibis.null("int64"), amount=ibis.literal(0, "int64"), cost="cost",
        kind="kind",
    )  # fmt: skip
    both = bought.select("customer_id", "category_id", "amount", "cost", "kind").union(fees, distinct=False)
    spent = both.group_by("customer_id", "category_id").agg(
        spent=_sum(both.amount),
        line_cost=_sum(both.cost),
        cost_unknown=both.count(where=both.kind.notnull() & both.cost.isnull()),
        orders_unpriced=both.count(where=both.kind.isnull()),
    )
    return _top_categories(spent, sources.categories)


def _top_categories(spent: Table, categories: Table) -> Table:
    by_name = ibis.window(order_by=[categories.name, categories.category_id])
    places = categories.select("category_id", name_place=ibis.row_number().over(by_name))
    named = spent.left_join(places, "category_id").drop("category_id_right")
    order = [named.category_id.isnull(), ibis.desc(named.spent), ibis.asc(named.name_place)]
    ranked = named.mutate(
        place=ibis.row_number().over(ibis.window(group_by=named.customer_id, order_by=order))
    )
    best = {
        f"category_{place}": ranked.category_id.max(where=ranked.place == place)
        for place in range(TOP_CATEGORIES)
    }
    return ranked.group_by("customer_id").agg(
        categories_count_12m=ranked.category_id.count(),
        line_cost=_sum(ranked.line_cost),
        cost_unknown=_sum(ranked.cost_unknown),
        orders_unpriced=_sum(ranked.orders_unpriced),
        **best,
    )


def _shape(table: Table, as_of: date, wanted: set[str]) -> Table:
    """Fill what is missing with zero, and compute the figures that rest on several branches."""
    have = set(table.columns)
    day = ibis.literal(as_of, "date")
    zero = {
        name: table[name].fill_null(0)
        for name in table.columns
        if name in INTEGERS or name.startswith(("gross_", "number_", "back_"))
    }
    table = table.mutate(**zero)
    table = table.filter(
        table.joined_on.isnull()
        | (table.joined_on <= day)
        | (table.orders_count > 0)
        | (table.refunds_count > 0)
    )
    began = ibis.least(
        table.joined_on.coalesce(table.first_order_on), table.first_order_on.coalesce(table.joined_on)
    )
    tenure = day.delta(began, unit="day").cast("int64")
    figures: dict[str, Any] = {
        "recency_days": day.delta(table.last_order_on, unit="day").cast("int64"),
        "net_minor": table.gross_minor - table.refund_minor,
        "net_year_minor": table.gross_year - table.refund_year,
        "net_12m_minor": table.gross_12m_minor - table.refund_12m_minor,
        "average_order_minor": _rounded_share(table.gross_minor, table.orders_count),
        "tenure_days": ibis.ifelse(tenure < 0, 0, tenure),
    }
    if "number_0" in have:
        figures |= _month_figures(table)
    if "gaps" in have:
        figures |= _interval_figures(table)
    if "line_cost" in have:
        figures |= _goods_figures(table)
    table = table.mutate(**figures)
    return table.select(
        **{name: table[name].cast(str(kind)) for name, kind in TYPES.items() if name in wanted}
    )


def _month_figures(table: Table) -> dict[str, Any]:
    numbers = [table[f"number_{month}"] for month in range(MONTHS)]
    nets = [table[f"gross_{month}"] - table[f"back_{month}"] for month in range(MONTHS)]
    active = [(number > 0).cast("int64") for number in numbers]
    return {
        "months_net_minor": ibis.array(nets),
        "months_orders": ibis.array(numbers),
        "months_active_12m": functools.reduce(operator.add, active),
        "orders_month_max": ibis.greatest(*numbers),
    }


def _interval_figures(table: Table) -> dict[str, Any]:
    squares = table.gaps * table.gaps_squares - table.gaps_sum * table.gaps_sum
    pairs = table.gaps * (table.gaps - 1)
    bought = ibis.ifelse(table.orders_count > 0, 1, 0)
    return {
        "purchase_days": table.gaps + bought,
        "interval_days_mean": table.gaps_sum / table.gaps.nullif(0),
        "interval_days_sd": (squares / pairs.nullif(0)).sqrt(),
    }


def _goods_figures(table: Table) -> dict[str, Any]:
    known = (table.cost_unknown == 0) & (table.refund_cost_unknown == 0) & (table.orders_unpriced == 0)
    profit = table.gross_12m_minor - table.refund_12m_minor - table.line_cost + table.refund_cost_12m
    best: Column = ibis.array([table[f"category_{place}"] for place in range(TOP_CATEGORIES)])
    return {
        "profit_12m_minor": ibis.ifelse(known, profit, ibis.null("int64")),
        "categories_top": best.filter(lambda category: category.notnull()),
    }


def _rounded_share(total: Any, parts: Any) -> Any:
    """``total / parts`` rounded half up, null for no parts; exact below 2^52."""
    doubled = (2 * parts).nullif(0)
    return ((2 * total + parts) / doubled).floor().cast("int64")


# Integers that are zero where a customer has no rows.
INTEGERS = frozenset((
    "orders_count", "gross_minor", "refund_minor", "orders_12m", "gross_12m_minor", "refund_12m_minor",
    "refunds_count", "promotions_12m", "categories_count_12m",
    "gaps", "gaps_sum", "gaps_squares", "line_cost", "cost_unknown", "orders_unpriced", "refund_cost_12m",
    "refund_cost_unknown", "gross_year", "refund_year",
))  # fmt: skip


# Ibis calls two of the types otherwise than Arrow.
IBIS_NAMES = {"date32": "date", "list<int64>": "array<int64>"}
TYPES = {name: IBIS_NAMES.get(kind, kind) for name, kind in COUNTED}
