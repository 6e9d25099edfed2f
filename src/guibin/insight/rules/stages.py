"""Lifecycle stages: where a customer stands between the first purchase and being lost."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Stage(StrEnum):
    """In the order of a life. ``NONE``: never bought."""

    NEW = "new"
    ACTIVE = "active"
    INTERMITTENT = "intermittent"
    AT_RISK = "at_risk"
    DORMANT = "dormant"
    CHURNED = "churned"
    NONE = "none"


Source = Literal["derived", "own", "default"]


@dataclass(frozen=True, slots=True)
class StageThresholds:
    """Days without a purchase after which a customer is at risk, dormant, churned; days one stays new.

    ``active_months_min``: months with a purchase, of the last twelve, that make high activity.
    ``source`` says where the days come from; ``repeat_customers`` how many customers they rest on.
    """

    new_days: int
    at_risk_days: int
    dormant_days: int
    churned_days: int
    active_months_min: int
    source: Source = "default"
    repeat_customers: int = 0


# Below this many customers with two purchase days the shop's own intervals say too little.
REPEAT_CUSTOMERS_MIN = 30
PERCENTILES = (50, 75, 90, 97)
DAYS_FLOOR = (7, 14, 30, 60)
DEFAULT_DAYS = (30, 90, 180, 365)


def percentile(ordered: Sequence[float], percent: int) -> float:
    """The exact percentile of an ascending sequence: its smallest value that ``percent`` % do not exceed."""
    return ordered[max(0, -(-percent * len(ordered) // 100) - 1)]


def derive_thresholds(ordered_means: Sequence[float], *, active_months_min: int) -> StageThresholds:
    """Thresholds from the mean interval (days) of each customer with two or more purchase days, ascending.

    Half of the repeat customers come back within ``new_days``, three quarters within ``at_risk_days``,
    90 % within ``dormant_days``, 97 % within ``churned_days``; each at least a floor, and rising.
    """
    count = len(ordered_means)
    if count < REPEAT_CUSTOMERS_MIN:
        return StageThresholds(*DEFAULT_DAYS, active_months_min, "default", count)
    days: list[int] = []
    for percent, floor in zip(PERCENTILES, DAYS_FLOOR, strict=True):
        lowest = max(floor, days[-1] + 1 if days else 0)
        days.append(max(lowest, math.ceil(percentile(ordered_means, percent))))
    new, at_risk, dormant, churned = days
    return StageThresholds(new, at_risk, dormant, churned, active_months_min, "derived", count)


def decide_stage(
    *, recency_days: int | None, purchase_days: int, months_active: int, limits: StageThresholds
) -> Stage:
    """The stage from days since the last purchase, days with a purchase ever, and active months of twelve."""
    if recency_days is None:
        return Stage.NONE
    if recency_days > limits.churned_days:
        return Stage.CHURNED
    if recency_days > limits.dormant_days:
        return Stage.DORMANT
    if recency_days > limits.at_risk_days:
        return Stage.AT_RISK
    if purchase_days == 1 and recency_days <= limits.new_days:
        return Stage.NEW
    return Stage.ACTIVE if months_active >= limits.active_months_min else Stage.INTERMITTENT
