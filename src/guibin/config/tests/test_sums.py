"""Drifted sums are found by the doctor when asked, and mended by the command it names."""

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from guibin.config import doctor
from guibin.config.cli.tree import command_tree
from guibin.core import cli
from guibin.core.models import LoggedEvent
from guibin.core.permissions import SYSTEM, Actor
from guibin.purchases import api as purchases
from guibin.purchases import tasks

OrderTally: Any = apps.get_model("purchases", "OrderTally")


@pytest.mark.django_db
def test_the_doctor_finds_drifted_sums_and_the_command_mends_them(
    at: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [purchases.LineDraft("A", Decimal(2), Decimal("9.90"))]
    purchases.place_order(lines=lines, actor=SYSTEM, at=at)
    assert [(found.part, found.mark) for found in doctor._sums()] == [("sums", "ok")]
    OrderTally.objects.update(orders=2)
    (found,) = doctor._sums()
    assert (found.mark, "guibin sums rebuild" in found.do) == ("fault", True)
    command = ["sums", "rebuild", "--json"]
    assert cli.run(command_tree(), command) == cli.Exit.DONE
    assert json.loads(capsys.readouterr().out) == {"orders": 0, "running_sums": 1}
    assert [found.mark for found in doctor._sums()] == ["ok"]
    assert cli.run(command_tree(), command) == cli.Exit.NOTHING


@pytest.mark.django_db
def test_the_nightly_look_tells_and_changes_nothing(
    at: datetime,
    caplog: pytest.LogCaptureFixture,
    client_as: Callable[[Actor], Client],
    owner: Actor,
    agent: Actor,
) -> None:
    lines = [purchases.LineDraft("A", Decimal(2), Decimal("9.90"))]
    purchases.place_order(lines=lines, actor=SYSTEM, at=at)
    assert list(doctor._sums_seen()) == []
    tasks.check_sums_nightly()
    assert [(found.part, found.mark) for found in doctor._sums_seen()] == [("sums", "ok")]
    assert "全部相符" in settings_page(client_as(owner))
    assert not caplog.records
    OrderTally.objects.update(orders=2)
    tasks.check_sums_nightly()
    assert OrderTally.objects.get().orders == 2
    assert [record.message for record in caplog.records] == ["sums have drifted"]
    told = LoggedEvent.objects.get(name="purchases.sums_found_wrong")
    assert told.data == {"orders": 0, "tallies": 1}
    (found,) = doctor._sums_seen()
    assert (found.mark, "guibin sums rebuild" in found.do) == ("fault", True)
    assert "guibin sums rebuild" in settings_page(client_as(owner))
    assert "guibin sums rebuild" not in settings_page(client_as(agent))
    assert cli.run(command_tree(), ["sums", "rebuild"]) == cli.Exit.DONE
    assert [found.mark for found in doctor._sums_seen()] == ["ok"]
    assert "guibin sums rebuild" not in settings_page(client_as(owner))


def settings_page(client: Client) -> str:
    return client.get("/settings/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("wanted", [False, True])
def test_the_doctor_adds_up_only_when_asked(monkeypatch: pytest.MonkeyPatch, *, wanted: bool) -> None:
    for look in ("_keys", "_disk", "_versions", "_database", "_tables", "_clock", "_worker"):
        monkeypatch.setattr(doctor, look, lambda: iter(()))
    assert [found.part for found in doctor.examine(sums=wanted)] == ["sums"] * wanted
