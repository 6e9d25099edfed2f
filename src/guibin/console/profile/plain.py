"""Figures and standing as programs read them, over REST and on the command line."""

from collections.abc import Mapping
from typing import Any

from guibin.insight import api as insight
from guibin.loyalty import api as loyalty

SAID_ELSEWHERE = frozenset({"customer_id", "number"})


def plain_facts(facts: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The fact row by name, without whose it is; None where nothing was counted."""
    if facts is None:
        return None
    return {name: facts.get(name) for name in insight.FACT_NAMES if name not in SAID_ELSEWHERE}


def plain_standing(view: loyalty.StandingView | None) -> dict[str, Any] | None:
    """Level, distance and the reason in the active language; None for who has no standing."""
    if view is None:
        return None
    return {
        "level": view.level.code if view.level else None,
        "next_level": view.next_level.code if view.next_level else None,
        "gap_permille": view.gap_permille,
        "since": view.since,
        "as_of": view.as_of,
        "policy": view.policy_code,
        "version": view.version,
        "why": loyalty.reason_sentence(view.receipt, view.level, view.currency),
    }
