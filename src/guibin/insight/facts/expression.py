"""The facts of every customer as one Ibis expression, the same on DuckDB and on Spark.

Integers stay integers; the three interval figures are single divisions of exact integers, so that
every engine gives the same bits. Missing money counts as nothing, never as unknown order.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
from ibis.expr.types import Column, Table

from guibin.insight.facts.schema import COUNTED, COUNTED_NAMES
from guibin.insight.rules.count import TOP_CATEGORIES
from guibin.insight.rules.windows import MONTHS, YearWindow

CANCELLED = "cancelled"
GOODS = "goods"


@dataclass(frozen=True, slots=True)
class Sources:
    """The warehouse tables the facts are counted from, with merged customers resolved."""

    customers: Table
    orders: Table
    order_lines: Table
    refunds: Table
    products: Table
    categories: Table


# Which branch of the expression a column needs.
BRANCHES: dict[str, frozenset[str]] = {
    "lifetime": frozenset((
        "first_order_on", "last_order_on", "recency_days", "orders_count", "gross_minor", "net_minor",
        "average_order_minor", "tenure_days", "orders_12m", "gross_12m_minor", "net_12m_minor",
        "promotions_12m", "net_year_minor", "profit_12m_minor",
    )),
    "returned": frozenset((
        "refund_minor", "net_minor", "refund_12m_minor", "net_12m_minor", "refunds_count", "net_year_minor",
        "profit_12m_minor",
    )),
    "monthly": frozenset(("months_active_12m", "months_net_minor", "months_orders", "orders_month_max")),
    "intervals": frozenset((
        "purchase_days", "interval_days_mean", "interval_days_median", "interval_days_sd",
    )),
    "goods": frozenset(("profit_12m_minor", "categories_count_12m", "categories_top")),
}  # fmt: skip


def counted_facts(sources: Sources, as_of: date, columns: Iterable[str] = COUNTED_NAMES) -> Table:
    """One row per customer of ``as_of``, with ``columns`` in schema order; only what they need is read."""
    wanted = set(columns)
    window = YearWindow.ending(as_of)
    orders = sources.orders.filter(
        sources.orders.customer_id.notnull(),
        sources.orders.ordered_on <= as_of,
        sources.orders.status != CANCELLED,
    )
    refunds = sources.refunds.filter(
        sources.refunds.customer_id.notnull(), sources.refunds.refunded_on <= as_of
    )
    branches: dict[str, Callable[[], Table]] = {
        "lifetime": lambda: _lifetime(orders, window),
        "returned": lambda: _returned(refunds, window),
        "monthly": lambda: _monthly(orders, refunds, window),
        "intervals": lambda: _intervals(orders),
        "goods": lambda: _goods(sources, orders, window),
    }
    table = sources.customers.select("customer_id", "number", "joined_on")
    # Who was a customer on the day follows from orders and refunds, whatever columns are wanted.
    for name, build in branches.items():
        if name in {"lifetime", "returned"} or wanted & BRANCHES[name]:
            branch = build()
            table = table.left_join(branch, "customer_id").drop("customer_id_right")
    return _shape(table, as_of, wanted)


def _sum(values: Any, where: Any = None) -> Any:
    """An exact integer sum; nothing sums to zero."""
    return values.sum(where=where).fill_null(0).cast("int64")


def _lifetime(orders: Table, window: YearWindow) -> Table:
    recent = orders.ordered_on > window.after
    return orders.group_by("customer_id").agg(
        first_order_on=orders.ordered_on.min(),
        last_order_on=orders.ordered_on.max(),
        orders_count=orders.count(),
        gross_minor=_sum(orders.amount_base_minor),
        orders_12m=orders.count(where=recent),
        gross_12m_minor=_sum(orders.amount_base_minor, recent),
        promotions_12m=orders.count(where=recent & orders.promoted),
        gross_year=_sum(orders.amount_base_minor, orders.ordered_on >= window.year_start),
    )


def _returned(refunds: Table, window: YearWindow) -> Table:
    recent = refunds.refunded_on > window.after
    return refunds.group_by("customer_id").agg(
        refunds_count=refunds.count(),
        refund_minor=_sum(refunds.amount_base_minor),
        refund_12m_minor=_sum(refunds.amount_base_minor, recent),
        refund_year=_sum(refunds.amount_base_minor, refunds.refunded_on >= window.year_start),
        refund_cost_12m=_sum(refunds.cost_base_minor, recent),
        refund_cost_unknown=refunds.count(where=recent & refunds.cost_base_minor.isnull()),
    )


def _month(day: Any, window: YearWindow) -> Any:
    """The month index of a day within the window."""
    newest_first = [(day > window.bounds[month], month) for month in range(MONTHS - 1, 0, -1)]
    return ibis.cases(*newest_first, else_=0).cast("int8")


def _monthly(orders: Table, refunds: Table, window: YearWindow) -> Table:
    bought = orders.filter(orders.ordered_on > window.after).select(
        "customer_id", month=_month(orders.ordered_on, window), amount=orders.amount_base_minor
    )
    by_month = bought.group_by("customer_id", "month").agg(number=bought.count(), net=_sum(bought.amount))
    given_back = refunds.filter(refunds.refunded_on > window.after).select(
        "customer_id", month=_month(refunds.refunded_on, window), amount=refunds.amount_base_minor
    )
    back_by_month = given_back.group_by("customer_id", "month").agg(
        number=ibis.literal(0, "int64"), net=(-_sum(given_back.amount)).cast("int64")
    )
    both = by_month.union(back_by_month, distinct=False)
    sums = {
        name: both[column].sum(where=both.month == month).fill_null(0).cast("int64")
        for month in range(MONTHS)
        for name, column in ((f"net_{month}", "net"), (f"number_{month}", "number"))
    }
    return both.group_by("customer_id").agg(
        **sums,
        months_active_12m=both.count(where=both.number > 0),
        orders_month_max=both.number.max(),
    )


def _intervals(orders: Table) -> Table:
    """Purchase days and the gaps between them: orders of one day are one purchase day."""
    before = orders.ordered_on.lag().over(
        ibis.window(group_by=orders.customer_id, order_by=orders.ordered_on)
    )
    gap = orders.ordered_on.delta(before, unit="day").cast("int64").nullif(0)
    days = orders.select("customer_id", gap=gap)
    return days.group_by("customer_id").agg(
        gaps=days.gap.count(),
        gaps_sum=_sum(days.gap),
        gaps_squares=_sum(days.gap * days.gap),
        interval_days_median=days.gap.median().cast("float64"),
    )


def _goods(sources: Sources, orders: Table, window: YearWindow) -> Table:
    """Categories and cost of the year's lines.

    Whose a line is, and when, its order says; of which category, its product: both may change after
    the line was written.
    """
    recent = orders.filter(orders.ordered_on > window.after).select("order_id", "customer_id")
    lines = sources.order_lines.select(
        "order_id", "product_id", "kind", "amount_base_minor", "cost_base_minor"
    )
    lines = lines.join(recent, "order_id")
    is_goods = lines.kind == GOODS
    cost = lines.group_by("customer_id").agg(
        line_cost=_sum(lines.cost_base_minor),
        cost_unknown=lines.count(where=is_goods & lines.cost_base_minor.isnull()),
        orders_priced=lines.order_id.nunique(where=is_goods),
    )
    goods = lines.filter(is_goods)
    top = _top_categories(_spent_by_category(goods, sources.products), sources.categories)
    return cost.left_join(top, "customer_id").drop("customer_id_right")


def _spent_by_category(goods: Table, products: Table) -> Table:
    sorts = products.filter(products.category_id.notnull()).select("product_id", "category_id")
    sorted_goods = goods.join(sorts, "product_id")
    return sorted_goods.group_by("customer_id", "category_id").agg(spent=_sum(sorted_goods.amount_base_minor))


def _top_categories(spent: Table, categories: Table) -> Table:
    names = categories.select("category_id", category_name=categories.name)
    named = spent.left_join(names, "category_id").drop("category_id_right")
    order = [ibis.desc(named.spent), ibis.asc(named.category_name), ibis.asc(named.category_id)]
    ranked = named.mutate(
        place=ibis.row_number().over(ibis.window(group_by=named.customer_id, order_by=order))
    )
    best = {
        f"category_{place}": ranked.category_id.max(where=ranked.place == place)
        for place in range(TOP_CATEGORIES)
    }
    return ranked.group_by("customer_id").agg(categories_count_12m=ranked.count(), **best)


def _shape(table: Table, as_of: date, wanted: set[str]) -> Table:
    """Fill what is missing with zero, and compute the figures that rest on several branches."""
    have = set(table.columns)
    day = ibis.literal(as_of, "date")
    zero = {
        name: table[name].fill_null(0)
        for name in table.columns
        if name in INTEGERS or name.startswith(("net_", "number_"))
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
    if "net_0" in have:
        figures["months_net_minor"] = ibis.array([table[f"net_{month}"] for month in range(MONTHS)])
        figures["months_orders"] = ibis.array([table[f"number_{month}"] for month in range(MONTHS)])
    if "gaps" in have:
        figures |= _interval_figures(table)
    if "line_cost" in have:
        figures |= _goods_figures(table)
    table = table.mutate(**figures)
    return table.select(
        **{name: table[name].cast(str(kind)) for name, kind in TYPES.items() if name in wanted}
    )


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
    known = (
        (table.cost_unknown == 0)
        & (table.refund_cost_unknown == 0)
        & (table.orders_priced >= table.orders_12m)
    )
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
    "months_active_12m", "orders_month_max", "refunds_count", "promotions_12m", "categories_count_12m",
    "gaps", "gaps_sum", "gaps_squares", "line_cost", "cost_unknown", "orders_priced", "refund_cost_12m",
    "refund_cost_unknown", "gross_year", "refund_year",
))  # fmt: skip


def _type_name(kind: Any) -> str:
    return {"date32[day]": "date", "double": "float64"}.get(
        str(kind), "array<int64>" if str(kind).startswith("list") else str(kind)
    )


TYPES = {name: _type_name(kind) for name, kind in COUNTED}
