"""What customers are worth: concentration of sales and profit, and lifecycle stages."""

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guibin.insight.facts.engine import open_duck, view_statements
from guibin.insight.facts.judging import find_limits
from guibin.insight.facts.store import facts_of, judging_of
from guibin.insight.queries.published import get_current_day, get_wishes_now
from guibin.insight.reports import Concentration, Curve, CurvePoint, StageCount, StageReport
from guibin.insight.rules.shares import concentrate, per_mille
from guibin.insight.rules.stages import Stage, StageThresholds
from guibin.insight.rules.windows import YearWindow
from guibin.insight.rules.wishes import Wishes
from guibin.insight.warehouse.versions import Version, leased


def get_concentration(*, as_of: date | None) -> Concentration:
    day = as_of or get_current_day()
    with leased() as version:
        facts = facts_of(version, day, get_wishes_now())
        anonymous = _anonymous_sales(version, day)
    year = facts.filter((pc.field("orders_12m") > 0) | (pc.field("refund_12m_minor") > 0))
    known = year.filter(pc.is_valid(year["profit_12m_minor"]))
    sales = _total(year, "net_12m_minor")
    return Concentration(
        as_of=day,
        window_after=YearWindow.ending(day).after,
        sales=_curve(year["net_12m_minor"]),
        profit=_curve(known["profit_12m_minor"]) if known.num_rows else None,
        profit_known=per_mille(_total(known, "net_12m_minor"), sales),
        anonymous_minor=anonymous,
    )


def _total(table: pa.Table, column: str) -> int:
    return int(pc.sum(table[column]).as_py() or 0)


def _curve(amounts: pa.ChunkedArray) -> Curve:
    best_first = np.sort(amounts.to_numpy())[::-1]
    running: Any = np.cumsum(best_first)
    found = concentrate(running)
    return Curve(
        customers=found.customers,
        total_minor=found.total,
        points=tuple(CurvePoint(*point) for point in found.points),
        top5=found.top5,
        top20=found.top20,
        customers_for_80=found.customers_for_80,
    )


def _anonymous_sales(version: Version, day: date) -> int:
    """Sales of the year less returns, without a customer."""
    window = YearWindow.ending(day)
    with open_duck() as duck:
        for statement in view_statements(version):
            duck.link.execute(statement)
        found = duck.link.execute(
            """
            SELECT (SELECT coalesce(sum(amount_base_minor), 0) FROM orders WHERE customer_id IS NULL
                    AND status <> 'cancelled' AND ordered_on > $1 AND ordered_on <= $2)
                 - (SELECT coalesce(sum(amount_base_minor), 0) FROM refunds WHERE customer_id IS NULL
                    AND refunded_on > $1 AND refunded_on <= $2)
            """,
            [window.after, day],
        ).fetchall()
    return int(found[0][0])


def get_thresholds(*, as_of: date | None) -> StageThresholds:
    with leased() as version:
        return judging_of(facts_of(version, as_of or get_current_day(), get_wishes_now())).limits


def get_stage_report(*, as_of: date | None) -> StageReport:
    day, wishes = as_of or get_current_day(), get_wishes_now()
    with leased() as version:
        facts = facts_of(version, day, wishes)
    grouped = facts.group_by("stage").aggregate([("net_12m_minor", "count"), ("net_12m_minor", "sum")])
    found = {
        row["stage"]: (row["net_12m_minor_count"], row["net_12m_minor_sum"]) for row in grouped.to_pylist()
    }
    own_wishes = Wishes(active_months_min=wishes.active_months_min)
    return StageReport(
        as_of=day,
        limits=judging_of(facts).limits,
        derived=find_limits(facts, own_wishes),
        stages=tuple(StageCount(stage.value, *found.get(stage.value, (0, 0))) for stage in Stage),
    )
