"""A policy from preset to force on the demo shop, and the same VIPs on the command line."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from guibin.accounts import api as accounts
from guibin.config.demo import diary
from guibin.config.demo.load import load_shop
from guibin.console.vips.commands import vips
from guibin.console.vips.editor import show_rules
from guibin.console.vips.tests.test_editor import posted
from guibin.core.permissions import Actor
from guibin.insight import api as insight
from guibin.loyalty import api as loyalty

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_from_preset_to_force(client_as: Callable[[Actor], Client]) -> None:
    diary.diary_path().unlink(missing_ok=True)
    load_shop(now=NOW, members=150)
    boss = accounts.find_staff("owner")
    assert boss is not None
    client = client_as(accounts.actor_for_staff(boss.id))
    assert client.get("/vips/policies/new/").status_code == 200
    assert client.get("/vips/policies/new/?preset=annual").status_code == 200
    form: dict[str, Any] = posted(show_rules(loyalty.preset_rules("monthly", "CNY"), "CNY"))
    form |= {"name": "Ours", "preset": "monthly", "effective_from": "2026-11-23"}

    refused = client.post("/vips/policies/new/", form)
    assert refused.status_code == 422
    assert loyalty.find_active_policy() is not None

    preview = client.post("/vips/policies/preview/", form)
    token = preview.content.decode().split('name="token" value="')[1].split('"')[0]
    saved = client.post("/vips/policies/new/", {**form, "token": token, "activate": "1"})
    assert saved.status_code == 302
    active = loyalty.find_active_policy()
    assert active is not None
    assert (active.code, active.name, active.latest.preview["customers"]) == ("monthly-1", "Ours", 150)
    run = loyalty.find_latest_evaluation()
    assert run is not None
    assert run.policy_code == "monthly-1"

    answer = CliRunner().invoke(vips, ["--policy", "cumulative", "--json"])
    assert answer.exit_code == 0, answer.output
    said = json.loads(answer.stdout)
    facts_now = {row["number"]: row["net_minor"] for row in _fact_rows()}
    assert {member["number"] for member in said["members"]} == {
        number for number, net in facts_now.items() if net >= 1_000_000
    }
    assert said["counts"]["senior"] == sum(net >= 5_000_000 for net in facts_now.values())
    first = said["members"][0]["receipt"]
    assert first["conditions"][-1]["value"] == facts_now[said["members"][0]["number"]]
    assert all(member["level"] is not None for member in said["members"])
    assert CliRunner().invoke(vips, ["--policy", "frequency"]).exit_code in (0, 3)


def _fact_rows() -> list[dict[str, Any]]:
    return list(insight.facts_table(columns=["number", "net_minor"]).to_pylist())
