"""The thresholds and cut points of a shop as plain values, to be kept and read again."""

from dataclasses import asdict
from typing import Any

from guibin.insight.rules.count import Judging
from guibin.insight.rules.scores import Cuts
from guibin.insight.rules.stages import Source, StageThresholds


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
