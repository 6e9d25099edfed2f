import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import pytest
from click.testing import CliRunner
from django.utils.translation import override

from guibin.accounts import api as accounts
from guibin.console.profile.commands import customers_group
from guibin.console.profile.plain import read_profile
from guibin.console.profile.terminal import aligned
from guibin.console.vips import deciding
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
    told = run(["show", "GB-000001"])
    assert "GB-000001" in told
    assert "138 **** 8000" in told
    for raw in ("datetime", "facts", "orders_count", "None", "{", "["):
        assert raw not in told
    with override("zh-hans"):
        assert "累计购买次数" in run(["show", "GB-000001"])


def test_values_stand_in_one_column_whatever_the_language() -> None:
    lines = list(aligned("", iter([("净消费", "1"), ("RFM", "2"), ("空", ""), ("a", "3")])))
    assert lines == ["  净消费  1", "  RFM     2", "  a       3"]


def test_without_a_day_commands_and_pages_speak_of_the_shops_day(at: datetime) -> None:
    insight.refresh(as_of=date(2026, 1, 31), at=at)
    assert deciding.stand_on().as_of == insight.current_day() != date(2026, 1, 31)
    accounts.set_as_of_day(day=date(2026, 2, 28), actor=SYSTEM, at=at)
    assert deciding.stand_on().as_of == insight.current_day() == date(2026, 2, 28)
    assert deciding.stand_on(date(2026, 1, 5)).as_of == date(2026, 1, 5)


def test_a_profile_for_programs_says_the_day_of_its_figures(at: datetime) -> None:
    customers.create_customer(profile=customers.Profile(name="张伟"), contacts=[], actor=SYSTEM, at=at)
    shown = read_profile("GB-000001", actor=SYSTEM)
    assert shown is not None
    assert shown["as_of"] is None
    insight.refresh(as_of=date(2026, 1, 31), at=at)
    shown = read_profile("GB-000001", actor=SYSTEM)
    assert shown is not None
    assert shown["as_of"] == date(2026, 1, 31)
