"""One customer decided alone, after a purchase: as everybody is, by the cut points of the last evaluation."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from django.db import transaction
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guibin.core.events import read_timeline, subject
from guibin.core.permissions import SYSTEM
from guibin.customers import api as customers
from guibin.loyalty import api
from guibin.loyalty.models import EvaluationRun, Standing, StandingChange
from guibin.loyalty.operations.evaluation import decided_rows
from guibin.loyalty.operations.live import decide_one
from guibin.loyalty.queries.decisions import Decider
from guibin.loyalty.rules.columns import find_spend_lines
from guibin.loyalty.rules.ground import Ground, complete, find_place, is_relative
from guibin.loyalty.rules.tree import Rules
from guibin.loyalty.tests.test_operations import make_customers
from guibin.loyalty.tests.test_rules import COLUMNS, FORMULA, rule_sets, tables

TODAY = date(2026, 11, 23)
MONTHS = st.none() | st.lists(st.integers(0, 4), min_size=12, max_size=12)
CODES = ("invited", "staff", "exclude")


def as_facts(some: list[dict[str, Any]]) -> pa.Table:
    """The rows as insight hands them, each with its customer id and its months."""
    plain = [name for name in COLUMNS if name != "orders_month_min"]
    columns: dict[str, Any] = {name: pa.array([row[name] for row in some], pa.int64()) for name in plain}
    columns["customer_id"] = pa.array(range(1, len(some) + 1), pa.int64())
    columns["months_orders"] = pa.array([row["months_orders"] for row in some], pa.list_(pa.int64()))
    return pa.table(columns)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rule_sets(), tables, st.data())
def test_deciding_one_is_deciding_all_for_that_person(
    rules: Rules, some: list[dict[str, Any]], data: Any
) -> None:
    table = as_facts([{**row, "months_orders": data.draw(MONTHS)} for row in some])
    on = {n: data.draw(st.frozensets(st.sampled_from(CODES))) for n in range(1, len(some) + 1)}
    lists = {code: frozenset(n for n, codes in on.items() if code in codes) for code in CODES}
    decider = Decider(rules, table, FORMULA, lists)
    whole = decided_rows(decider, np.arange(len(some)), version_id=0)
    ground = Ground(TODAY, decider.formula.left_out, find_spend_lines(decider.spend))
    for row in table.to_pylist():
        alone = decide_one(
            rules, decider.formula, complete(row, ground), on[row["customer_id"]], ground=ground
        )
        assert alone.receipt.pop("cuts_on", None) == (TODAY.isoformat() if is_relative(rules) else None)
        assert alone == whole[row["customer_id"]]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(-50, 400), max_size=1300), st.integers(-5, 410))
def test_a_place_is_the_share_that_spent_as_much_or_more(others: list[int], spend: int) -> None:
    """``spend`` may be anybody's, also of somebody who is not among those the lines were drawn from."""
    buyers = [each for each in others if each > 0]
    lines = find_spend_lines(pa.array(others, pa.int64()).to_numpy())
    place = find_place(spend, lines)
    if spend <= 0:
        assert place is None
    else:
        better = sum(each > spend for each in buyers)
        assert place == min(1000, -(-(better + 1) * 1000 // max(1, len(buyers))))


Save = Callable[..., api.VersionView]
Facts = Mapping[int, Mapping[str, object]]


def rows_of(table: pa.Table) -> dict[int, dict[str, Any]]:
    return {row["customer_id"]: row for row in table.to_pylist()}


def money(*rows: tuple[int, int]) -> pa.Table:
    """(customer id, lifetime and 12-month net in yuan)."""
    net = [row[1] * 100 for row in rows]
    return pa.table(
        {
            "customer_id": pa.array([row[0] for row in rows], pa.int64()),
            "number": [f"C{row[0]}" for row in rows],
            **{name: pa.array(net, pa.int64()) for name in ("net_minor", "net_12m_minor")},
            "orders_12m": pa.array([1 for _ in rows], pa.int64()),
        }
    )


def alone(facts: Facts, *ids: int, at: datetime, day: date = TODAY) -> int:
    mine = {key: facts[key] for key in ids if key in facts}
    return api.evaluate_some(customer_ids=ids, facts=mine, as_of=day, actor=SYSTEM, at=at)


@pytest.fixture
def house(db: None, at: datetime, saved: Save) -> list[int]:
    """Three customers, decided by lifetime spend: a VIP, one near, one far."""
    people = make_customers(3, at)
    table = money(*zip(people, (12_000, 9_500, 10), strict=True))
    saved(table)
    api.activate_policy(policy_code="house", actor=SYSTEM, at=at)
    api.evaluate(facts=table, as_of=TODAY, actor=SYSTEM, at=at)
    return people


def told(customer_id: int) -> list[str]:
    return [each.name for each in read_timeline(about=subject("customer", customer_id))]


def test_who_passes_a_line_is_a_vip_at_once_and_only_once(house: list[int], at: datetime) -> None:
    _one, two, three = house
    later = rows_of(money((two, 60_000), (three, 10)))
    assert alone(later, two, three, at=at) == 1
    standing = api.standing([two, three])
    assert list(standing) == [two]
    assert standing[two].level
    assert standing[two].level.code == "senior"
    assert (standing[two].since, standing[two].receipt.inputs) == (TODAY, {"net_lifetime": 6_000_000})
    assert told(two)[0] == "loyalty.standing_gained"
    said, moves = len(told(two)), StandingChange.objects.count()
    assert alone(later, two, three, at=at) == 0
    assert (len(told(two)), StandingChange.objects.count()) == (said, moves)


def test_more_of_the_same_level_is_a_new_receipt_and_no_event(house: list[int], at: datetime) -> None:
    one, *_ = house
    before = told(one)
    assert alone(rows_of(money((one, 13_000))), one, at=at, day=TODAY + timedelta(days=2)) == 1
    (standing,) = api.standing([one]).values()
    assert (standing.since, standing.as_of) == (TODAY, TODAY + timedelta(days=2))
    assert standing.receipt.inputs == {"net_lifetime": 1_300_000}
    assert told(one) == before


def test_who_falls_below_a_line_or_has_no_facts_loses_the_level(house: list[int], at: datetime) -> None:
    one, two, _three = house
    assert alone(rows_of(money((one, 9_900))), one, two, at=at) == 2
    standing = api.standing([one, two])
    assert [(key, view.level) for key, view in standing.items()] == [(one, None)]
    assert told(one)[0] == "loyalty.standing_lost"
    assert told(two) == [name for name in told(two) if not name.startswith("loyalty.")], "was only near"


def test_lists_count(house: list[int], at: datetime) -> None:
    _one, two, _three = house
    api.add_list_members(
        policy_code="house", list_code="exclude", customer_ids=frozenset({two}), actor=SYSTEM, at=at
    )
    assert alone(rows_of(money((two, 60_000))), two, at=at) == 1
    assert api.standing([two]) == {}


def test_places_are_those_of_the_last_evaluation_and_the_receipt_says_so(
    db: None,
    at: datetime,
    saved: Save,
) -> None:
    people = make_customers(4, at)
    table = money(*zip(people, (4_000, 3_000, 2_000, 1_000), strict=True))
    saved(table, preset="tiers")
    api.activate_policy(policy_code="house", actor=SYSTEM, at=at)
    api.evaluate(facts=table, as_of=TODAY, actor=SYSTEM, at=at)
    *_, last = people
    assert alone(rows_of(table), *people, at=at, day=TODAY + timedelta(days=1)) == 0
    assert alone(rows_of(money((last, 3_000))), last, at=at, day=TODAY + timedelta(days=1)) == 1
    (standing,) = api.standing([last]).values()
    assert standing.level
    assert standing.level.code == "gold"
    assert standing.receipt.inputs["spend_top_12m"] == 500
    assert standing.receipt.cuts_on == TODAY.isoformat()
    with override("en"):
        assert "measured by everybody on 23 Nov 2026" in api.reason_sentence(
            standing.receipt, standing.level, "CNY"
        )
    with override("zh-hans"):
        assert "2026年11月23日" in api.reason_sentence(standing.receipt, standing.level, "CNY")
    api.evaluate(facts=money((last, 3_000)), as_of=TODAY, actor=SYSTEM, at=at)
    assert api.standing([last])[last].receipt.cuts_on == ""


def test_before_everybody_was_decided_nobody_is(db: None, at: datetime, saved: Save) -> None:
    (one,) = make_customers(1, at)
    facts = rows_of(money((one, 60_000)))
    with pytest.raises(api.PolicyInactive):
        alone(facts, one, at=at)
    table = money((one, 10))
    saved(table)
    api.activate_policy(policy_code="house", actor=SYSTEM, at=at)
    with transaction.atomic():
        assert api.lock_standings()
    assert alone(facts, one, at=at) == 0
    api.evaluate(facts=table, as_of=TODAY, actor=SYSTEM, at=at)
    EvaluationRun.objects.update(spend_lines=None)  # as after an upgrade
    assert alone(facts, one, at=at) == 0
    assert not Standing.objects.exists()


def test_what_is_written_alone_is_what_everybodys_evaluation_would_write(
    house: list[int], at: datetime
) -> None:
    table = money(*zip(house, (60_000, 9_600, 10_000), strict=True))
    alone(rows_of(table), *house, at=at)
    mine = list(Standing.objects.order_by("customer_id").values())
    assert len(mine) == 3
    run = api.evaluate(facts=table, as_of=TODAY, actor=SYSTEM, at=at)
    assert (run.gained, run.changed, run.lost) == (0, 0, 0)
    assert list(Standing.objects.order_by("customer_id").values()) == mine
    assert run.vips == 2


def test_a_list_that_names_any_id_of_a_person_names_the_person(house: list[int], at: datetime) -> None:
    one, two, three = house
    exclude = {"policy_code": "house", "list_code": "exclude", "actor": SYSTEM, "at": at}
    api.add_list_members(customer_ids=frozenset({two}), **exclude)
    merge_id = customers.merge_customers(kept_id=one, absorbed_id=two, actor=SYSTEM, at=at)
    assert api.list_members("house") == api.list_members("house", [one]) == {"exclude": frozenset({one})}
    facts = rows_of(money((one, 21_500)))
    alone(facts, one, two, at=at)
    assert api.standing([one, two]) == {}
    api.evaluate(facts=money((one, 21_500), (three, 10)), as_of=TODAY, actor=SYSTEM, at=at)
    assert api.standing([one, two]) == {}
    customers.undo_merge(merge_id=merge_id, actor=SYSTEM, at=at)
    assert api.list_members("house") == {"exclude": frozenset({two})}
    customers.merge_customers(kept_id=one, absorbed_id=three, actor=SYSTEM, at=at)
    api.add_list_members(customer_ids=frozenset({three}), **exclude)
    assert api.list_members("house", [one]) == {"exclude": frozenset({one})}
    assert api.find_listed_customers() == {two, three}
    assert api.remove_list_members(customer_ids=frozenset({one}), **exclude) == 1
    assert api.find_listed_customers() == {two}


def test_who_is_merged_has_no_standing_of_their_own_and_nobody_calls_it_lost(
    house: list[int], at: datetime
) -> None:
    one, two, three = house
    merge_id = customers.merge_customers(kept_id=two, absorbed_id=one, actor=SYSTEM, at=at)
    table = money((two, 21_500), (three, 10))
    run = api.evaluate(facts=table, as_of=TODAY, actor=SYSTEM, at=at)
    assert (run.vips, run.gained, run.changed, run.lost) == (1, 1, 0, 0)
    assert list(api.standing([one, two])) == [two]
    assert told(one)[0] == "loyalty.standing_merged"
    assert [(change.customer_id, bool(change.level_to)) for change in api.list_changes(two)] == [
        (two, True),
        (one, False),
        (one, True),
    ]
    customers.undo_merge(merge_id=merge_id, actor=SYSTEM, at=at)
    alone(rows_of(money((one, 12_000), (two, 9_500))), one, two, at=at)
    assert [api.standing([one, two])[each].level is not None for each in (one, two)] == [True, False]
    assert (told(one)[0], told(two)[0]) == ("loyalty.standing_gained", "loyalty.standing_lost")
