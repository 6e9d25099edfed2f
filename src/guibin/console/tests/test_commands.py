import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from click.testing import CliRunner

from guibin.console.profile.commands import customers_group
from guibin.core.permissions import SYSTEM
from guibin.customers import api as customers
from guibin.insight import api as insight

pytestmark = pytest.mark.django_db(transaction=True)


def run(arguments: Sequence[str]) -> Any:
    outcome = CliRunner().invoke(customers_group, list(arguments))
    assert outcome.exception is None, outcome.output
    return outcome.stdout


def test_one_command_shows_who_figures_and_standing(at: datetime) -> None:
    profile = customers.Profile(name="张伟")
    phone = customers.NewContact("phone", "13800138000")
    customers.create_customer(profile=profile, contacts=[phone], actor=SYSTEM, at=at)
    insight.refresh(at=at)
    shown = json.loads(run(["show", "gb-000001", "--as-of", "2026-11-23", "--json"]))
    assert (shown["name"], shown["masked"]) == ("张伟", True)
    assert shown["contacts"][0]["value"] == "138 **** 8000"
    assert shown["as_of"] == "2026-11-23"
    assert shown["facts"]["orders_count"] == 0
    assert shown["standing"] is None
    whole = json.loads(run(["show", "GB-000001", "--reveal", "verify", "--json"]))
    assert whole["contacts"][0]["value"] == "138 0013 8000"
    assert "GB-000001" in run(["show", "GB-000001"])
