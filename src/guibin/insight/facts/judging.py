"""From counts to judgements: thresholds and cut points of the whole shop, then stage and scores.

Two steps, because a quantile needs everybody: the cut points are read off the sorted columns, the
judgement of each row is an Ibis expression with the cut points as constants.
"""

from dataclasses import asdict
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis.expr.types import Table

from guibin.insight.facts.engine import DuckEngine
from guibin.insight.facts.schema import COUNTED_NAMES, FACT_SCHEMA, JUDGED_NAMES
from guibin.insight.rules.count import Judging
from guibin.insight.rules.scores import Cuts, Window, quintile_cuts
from guibin.insight.rules.stages import Source, StageThresholds, derive_thresholds
from guibin.insight.rules.wishes import Wishes

RFM_COLUMNS: dict[Window, tuple[str, str]] = {
    "12m": ("orders_12m", "net_12m_minor"),
    "lifetime": ("orders_count", "net_minor"),
}


def find_judging(counted: pa.Table, wishes: Wishes) -> Judging:
    """Thresholds and cut points for these customers."""
    return Judging(
        limits=find_limits(counted, wishes),
        cuts=wishes.cuts or find_cuts(counted, wishes.window),
        window=wishes.window,
    )


def find_limits(counted: pa.Table, wishes: Wishes) -> StageThresholds:
    """The organisation's own days where it set them, derived days for the rest."""
    means: Any = np.sort(pc.drop_null(counted["interval_days_mean"]).to_numpy())
    derived = derive_thresholds(means, active_months_min=wishes.active_months_min)
    if not any(wishes.stage_days):
        return derived
    proposed = (derived.new_days, derived.at_risk_days, derived.dormant_days, derived.churned_days)
    new, at_risk, dormant, churned = (
        own or other for own, other in zip(wishes.stage_days, proposed, strict=True)
    )
    months, repeat = wishes.active_months_min, derived.repeat_customers
    return StageThresholds(new, at_risk, dormant, churned, months, "own", repeat)


def find_cuts(counted: pa.Table, window: Window) -> Cuts:
    """Exact quintiles over the customers who bought within the window."""
    orders, net = RFM_COLUMNS[window]
    buyers = counted.filter(pc.field(orders) > 0)
    columns: list[Any] = [np.sort(buyers[name].to_numpy()) for name in ("recency_days", orders, net)]
    recency, frequency, money = (quintile_cuts(column) for column in columns)
    return Cuts(recency, frequency, money)


def judged(counted: Table, judging: Judging) -> Table:
    """The counted facts with stage and scores (null for who bought nothing in the window)."""
    orders, net = (counted[name] for name in RFM_COLUMNS[judging.window])
    nothing = ibis.null("int64")
    bought = orders > 0
    scores: dict[str, Any] = {
        "r_score": ibis.ifelse(bought, 6 - _band(counted.recency_days, judging.cuts.recency), nothing),
        "f_score": ibis.ifelse(bought, _band(orders, judging.cuts.frequency), nothing),
        "m_score": ibis.ifelse(bought, _band(net, judging.cuts.money), nothing),
    }
    return counted.mutate(stage=_stage(counted, judging.limits), **scores)


def _band(value: Any, cuts: tuple[int, ...]) -> Any:
    total = ibis.literal(1, "int64")
    for cut in cuts:
        total = total + (value > cut).cast("int64")
    return total


def _stage(counted: Table, limits: StageThresholds) -> Any:
    days = counted.recency_days
    return ibis.cases(
        (days.isnull(), "none"),
        (days > limits.churned_days, "churned"),
        (days > limits.dormant_days, "dormant"),
        (days > limits.at_risk_days, "at_risk"),
        ((counted.purchase_days == 1) & (days <= limits.new_days), "new"),
        (counted.months_active_12m >= limits.active_months_min, "active"),
        else_="intermittent",
    )


def judge_table(engine: DuckEngine, counted: pa.Table, judging: Judging) -> pa.Table:
    """Evaluate on DuckDB; the row order of ``counted`` (by customer id) is kept."""
    narrow = [
        "customer_id", "recency_days", "purchase_days", "months_active_12m", *RFM_COLUMNS[judging.window]
    ]  # fmt: skip
    engine.link.register("counted", counted.select(narrow))
    table = engine.collect(judged(engine.backend.table("counted"), judging)).sort_by("customer_id")
    engine.link.unregister("counted")
    columns = [counted[name] for name in COUNTED_NAMES]
    columns += [table[name].cast(FACT_SCHEMA.field(name).type) for name in JUDGED_NAMES]
    return pa.Table.from_arrays(columns, schema=FACT_SCHEMA)


def as_record(judging: Judging) -> dict[str, Any]:
    """For the refresh's row and for the fact file's metadata."""
    return asdict(judging)


def from_record(record: dict[str, Any]) -> Judging:
    limits, cuts = record["limits"], record["cuts"]
    source: Source = limits["source"]
    return Judging(
        limits=StageThresholds(
            new_days=limits["new_days"],
            at_risk_days=limits["at_risk_days"],
            dormant_days=limits["dormant_days"],
            churned_days=limits["churned_days"],
            active_months_min=limits["active_months_min"],
            source=source,
            repeat_customers=limits["repeat_customers"],
        ),
        cuts=Cuts(tuple(cuts["recency"]), tuple(cuts["frequency"]), tuple(cuts["money"])),
        window=record["window"],
    )
