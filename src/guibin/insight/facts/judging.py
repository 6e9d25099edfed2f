"""From counts to judgements: thresholds and cut points of the whole shop, then stage and scores.

Two steps, because a quantile needs everybody: the cut points are read off the sorted columns, then
each row is judged by them. Both need six narrow columns only, whichever engine counted.
"""

import json
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from guibin.insight.facts.schema import COUNTED_NAMES, FACT_SCHEMA, JUDGED_NAMES
from guibin.insight.rules.count import Judging
from guibin.insight.rules.records import as_record, from_record
from guibin.insight.rules.scores import Cuts, Window, quintile_cuts
from guibin.insight.rules.stages import Stage, StageThresholds, derive_thresholds
from guibin.insight.rules.wishes import Wishes

JUDGING = b"guibin.judging"
RFM_COLUMNS: dict[Window, tuple[str, str]] = {
    "12m": ("orders_12m", "net_12m_minor"),
    "lifetime": ("orders_count", "net_minor"),
}
# What judging reads of the counted facts, of everybody.
JUDGED_BY = (
    "customer_id", "number", "recency_days", "purchase_days", "months_active_12m", "interval_days_mean",
    *RFM_COLUMNS["12m"], *RFM_COLUMNS["lifetime"],
)  # fmt: skip
Ints = npt.NDArray[np.int64]


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
    names = ["recency_days", orders, net]
    buyers = counted.select(names).filter(pc.field(orders) > 0)
    columns: list[Any] = [np.sort(buyers[name].to_numpy()) for name in names]
    recency, frequency, money = (quintile_cuts(column) for column in columns)
    return Cuts(recency, frequency, money)


def judge_columns(counted: pa.Table, judging: Judging) -> dict[str, pa.Array]:
    """Stage and scores of every row, in its order."""
    recency, never = _whole_numbers(counted, "recency_days")
    purchase_days, _ = _whole_numbers(counted, "purchase_days")
    months, _ = _whole_numbers(counted, "months_active_12m")
    return {
        "stage": _stage(recency, never, purchase_days, months, judging.limits),
        **score_columns(counted, judging.cuts, judging.window),
    }


def score_columns(counted: pa.Table, cuts: Cuts, window: Window) -> dict[str, pa.Array]:
    """The scores of every row; null for who bought nothing in the window."""
    recency, _ = _whole_numbers(counted, "recency_days")
    orders, net = (_whole_numbers(counted, name)[0] for name in RFM_COLUMNS[window])
    scores = {
        "r_score": 6 - _band(recency, cuts.recency),
        "f_score": _band(orders, cuts.frequency),
        "m_score": _band(net, cuts.money),
    }
    return {name: pa.array(score, pa.int64(), mask=orders <= 0) for name, score in scores.items()}


def _whole_numbers(table: pa.Table, name: str) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """(values, unknown) of an integer column; unknown values are zero."""
    column = table[name]
    unknown = pc.is_null(column).to_numpy()
    return pc.fill_null(column, 0).to_numpy(), unknown


def _band(values: Ints, cuts: tuple[int, ...]) -> Ints:
    """``rules.scores.band`` of a column: how many cuts are below each value, and one."""
    return 1 + np.searchsorted(np.array(cuts, np.int64), values, side="left").astype(np.int64)


def _stage(
    recency: Ints, never: npt.NDArray[np.bool_], purchase_days: Ints, months: Ints, limits: StageThresholds
) -> pa.Array:
    """``rules.stages.decide_stage`` of columns."""
    stages = list(Stage)
    conditions = [
        (never, Stage.NONE),
        (recency > limits.churned_days, Stage.CHURNED),
        (recency > limits.dormant_days, Stage.DORMANT),
        (recency > limits.at_risk_days, Stage.AT_RISK),
        ((purchase_days == 1) & (recency <= limits.new_days), Stage.NEW),
        (months >= limits.active_months_min, Stage.ACTIVE),
    ]
    chosen = np.select(
        [condition for condition, _stage in conditions],
        [stages.index(stage) for _condition, stage in conditions],
        default=stages.index(Stage.INTERMITTENT),
    )
    names = pa.array([stage.value for stage in stages], pa.string())
    return names.take(pa.array(chosen))


def judge_table(counted: pa.Table, judging: Judging) -> pa.Table:
    """The whole fact rows of counted ones, in their order; the metadata hold the judging."""
    columns = [counted[name] for name in COUNTED_NAMES]
    found = judge_columns(counted, judging)
    columns += [found[name] for name in JUDGED_NAMES]
    table = pa.Table.from_arrays(columns, schema=FACT_SCHEMA)
    return table.replace_schema_metadata({JUDGING: json.dumps(as_record(judging)).encode()})


def judging_of(facts: pa.Table) -> Judging:
    """The thresholds and cut points a fact table was judged by."""
    return from_record(json.loads(facts.schema.metadata[JUDGING]))
