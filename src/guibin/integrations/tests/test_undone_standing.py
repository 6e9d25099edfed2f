"""An import is taken back after its customers were decided to be VIPs."""

from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection

from guibin.core.permissions import SYSTEM
from guibin.customers import api as customers
from guibin.insight import api as insight
from guibin.integrations import api
from guibin.integrations.tests.test_pipeline import bring_in, write
from guibin.loyalty import api as loyalty

HEAD = "订单号,客户编号,下单时间,商品编码,商品名称,数量,单价\n"


def decide(at: datetime) -> None:
    """Everybody by the ready-made lines of lifetime spend."""
    day = at.date()
    insight.refresh(as_of=day, actor=SYSTEM, at=at)
    facts = insight.facts_table(as_of=day)
    rules = loyalty.preset_rules("cumulative", "CNY")
    seen = loyalty.preview_policy(rules=rules, facts=facts, as_of=day, currency="CNY")
    loyalty.create_policy(code="house", name="贵宾标准", preset="cumulative", actor=SYSTEM, at=at)
    loyalty.save_policy_version(
        policy_code="house",
        rules=rules,
        currency="CNY",
        effective_from=day,
        token=seen.token,
        today=day,
        actor=SYSTEM,
        at=at,
    )
    loyalty.activate_policy(policy_code="house", actor=SYSTEM, at=at)
    loyalty.evaluate(facts=facts, as_of=day, actor=SYSTEM, at=at)


@pytest.mark.django_db(transaction=True)
def test_vips_of_an_import_go_with_it_and_others_stay(tmp_path: Path, at: datetime) -> None:
    first = bring_in(write(tmp_path, ["A1,V1,2024-05-03 14:30,K-1,茶杯,1,60000"], "a.csv", HEAD), at)
    second = bring_in(write(tmp_path, ["A2,V2,2024-05-04 14:30,K-1,茶杯,1,70000"], "b.csv", HEAD), at)
    decide(at)
    assert loyalty.find_latest_evaluation().vips == 2  # type: ignore[union-attr]  # decided just now
    undone = api.undo_import(run_id=second.id, actor=SYSTEM, at=at)
    assert undone.removed["customers"] == 1
    assert not undone.kept
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT customer_id FROM loyalty_standing UNION SELECT customer_id FROM loyalty_standingchange"
        )
        (only,) = cursor.fetchall()
    staying = customers.find_ids_by_external(first.source, ["V1"])
    assert [only[0]] == list(staying.values())


@pytest.mark.django_db(transaction=True)
def test_somebody_put_on_a_list_by_hand_stays(tmp_path: Path, at: datetime) -> None:
    run = bring_in(write(tmp_path, ["A1,V1,2024-05-03 14:30,K-1,茶杯,1,60000"], "a.csv", HEAD), at)
    decide(at)
    (customer_id,) = customers.find_ids_by_external(run.source, ["V1"]).values()
    loyalty.add_list_members(
        policy_code="house", list_code="exclude", customer_ids=frozenset({customer_id}), actor=SYSTEM, at=at
    )
    undone = api.undo_import(run_id=run.id, actor=SYSTEM, at=at)
    assert [(kept.what, kept.id) for kept in undone.kept] == [("customer", customer_id)]
