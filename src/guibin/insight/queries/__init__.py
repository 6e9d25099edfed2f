"""Reads: facts, and the reports made of them."""

from guibin.insight.queries.behaviour import get_behaviour
from guibin.insight.queries.facts import (
    find_data_last_day,
    find_live_facts,
    get_current_day,
    get_facts_for,
    get_facts_table,
    get_freshness,
)
from guibin.insight.queries.rfm import Chosen, get_migration, get_rfm_report, list_members
from guibin.insight.queries.worth import get_concentration, get_stage_report, get_thresholds

__all__ = [
    "Chosen",
    "find_data_last_day",
    "find_live_facts",
    "get_behaviour",
    "get_concentration",
    "get_current_day",
    "get_facts_for",
    "get_facts_table",
    "get_freshness",
    "get_migration",
    "get_rfm_report",
    "get_stage_report",
    "get_thresholds",
    "list_members",
]
