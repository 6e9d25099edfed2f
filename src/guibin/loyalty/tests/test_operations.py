"""Policies, versions, lists and evaluation on the real database."""

from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from guibin.core.events import read_timeline, subject
from guibin.core.permissions import SYSTEM, Actor
from guibin.loyalty import api
from guibin.loyalty.models import Standing, StandingChange

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


def facts(*rows: tuple[int, int, int]) -> pa.Table:
    """(customer id, lifetime net, 12-month net) in yuan."""
    return pa.table(
        {
            "customer_id": pa.array([row[0] for row in rows], pa.int64()),
            "number": [f"C{row[0]}" for row in rows],
            "net_minor": pa.array([row[1] * 100 for row in rows], pa.int64()),
            "net_12m_minor": pa.array([row[2] * 100 for row in rows], pa.int64()),
            "orders_12m": pa.array([1 for _ in rows], pa.int64()),
        }
    )


@pytest.fixture
def people(db: None, at: datetime) -> list[int]:
    """Four customers' ids."""
    return make_customers(4, at)


def make_customers(count: int, at: datetime) -> list[int]:
    from guibin.customers import api as customers

    rows = [customers.CustomerRow(position=n, name=f"客{n}", external_id=f"t{n}") for n in range(count)]
    outcomes = customers.bulk_upsert(
        rows=rows,
        match_keys=("external_id",),
        policy="fill",
        source="test",
        import_id=None,
        actor=SYSTEM,
        at=at,
    )
    return [outcome.customer_id for outcome in outcomes]


def test_a_version_needs_the_preview_of_exactly_its_rules(at: datetime, saved: Any) -> None:
    table = facts()
    api.create_policy(code="house", name="House", preset="", actor=SYSTEM, at=at)
    preview = api.preview_policy(
        rules=api.preset_rules("annual", "CNY"), facts=table, as_of=TODAY, currency="CNY"
    )
    for token in (preview.token, "", "forged"):
        with pytest.raises(api.PreviewNeeded):
            api.save_policy_version(
                policy_code="house",
                rules=api.preset_rules("score", "CNY"),
                currency="CNY",
                effective_from=TODAY,
                token=token,
                today=TODAY,
                actor=SYSTEM,
                at=at,
            )


def test_versions_follow_each_other_and_the_past_stays(saved: Any) -> None:
    table = facts()
    saved(table, day=date(2020, 1, 1))
    saved(table, day=TODAY + timedelta(days=30), identify__cumulative__vip=20_000)
    policy = api.get_policy("house")
    assert api.version_on(policy, TODAY).number == 1
    assert api.version_on(policy, TODAY + timedelta(days=30)).number == 2
    assert api.version_on(policy, date(2009, 1, 1)).number == 1
    with pytest.raises(api.EffectiveDatePast):
        saved(table, day=TODAY - timedelta(days=1), identify__cumulative__vip=30_000)
    saved(table, day=TODAY + timedelta(days=10), identify__cumulative__vip=30_000)
    policy = api.get_policy("house")
    on = {days: api.version_on(policy, TODAY + timedelta(days=days)).number for days in (0, 9, 10, 40)}
    assert on == {0: 1, 9: 1, 10: 3, 40: 3}


def test_only_one_policy_is_in_force(at: datetime, saved: Any) -> None:
    table = facts()
    saved(table)
    saved(table, code="other", preset="annual")
    for code in ("house", "other"):
        api.activate_policy(policy_code=code, actor=SYSTEM, at=at)
    active = api.find_active_policy()
    assert active is not None
    assert active.code == "other"
    with pytest.raises(api.PolicyUnknown):
        api.activate_policy(policy_code="nobody", actor=SYSTEM, at=at)


def test_evaluating_without_a_policy_is_refused(at: datetime) -> None:
    with pytest.raises(api.PolicyInactive):
        api.evaluate(facts=facts(), as_of=TODAY, actor=SYSTEM, at=at)


def test_evaluation_writes_only_what_changed(people: list[int], at: datetime, saved: Any) -> None:
    one, two, three, four = people
    table = facts((one, 60_000, 9_000), (two, 12_000, 12_000), (three, 9_500, 100), (four, 10, 10))
    saved(table)
    api.activate_policy(policy_code="house", actor=SYSTEM, at=at)
    first = api.evaluate(facts=table, as_of=TODAY, actor=SYSTEM, at=at)
    assert (first.vips, first.near, first.gained, first.changed, first.lost) == (2, 1, 2, 0, 0)
    standings = api.standing(people)
    assert {key: view.level and view.level.code for key, view in standings.items()} == {
        one: "senior",
        two: "vip",
        three: None,
    }
    assert standings[one].receipt.inputs == {"net_lifetime": 6_000_000}
    assert standings[three].gap_permille == 50
    assert standings[two].since == TODAY

    again = api.evaluate(facts=table, as_of=TODAY + timedelta(days=1), actor=SYSTEM, at=at)
    assert (again.gained, again.changed, again.lost) == (0, 0, 0)
    assert set(Standing.objects.values_list("as_of", flat=True)) == {TODAY}

    later = facts((one, 20_000, 9_000), (three, 10_000, 600), (four, 10, 10))
    moved = api.evaluate(facts=later, as_of=TODAY + timedelta(days=2), actor=SYSTEM, at=at)
    assert (moved.gained, moved.changed, moved.lost) == (1, 1, 1)
    assert StandingChange.objects.count() == 5
    names = [entry.name for entry in read_timeline(about=subject("customer", two))]
    assert names[:2] == ["loyalty.standing_lost", "loyalty.standing_gained"]
    assert api.standing([one])[one].since == TODAY + timedelta(days=2)
    assert [change.level_to and change.level_to.code for change in api.list_changes(one)] == ["vip", "senior"]


def test_preview_compares_with_today(people: list[int], at: datetime, saved: Any) -> None:
    one, two, three, _ = people
    table = facts((one, 60_000, 9_000), (two, 12_000, 12_000), (three, 9_500, 3_000))
    saved(table)
    api.activate_policy(policy_code="house", actor=SYSTEM, at=at)
    api.evaluate(facts=table, as_of=TODAY, actor=SYSTEM, at=at)
    rules = api.preset_rules("cumulative", "CNY", {"identify.cumulative.vip": 9_000})
    preview = api.preview_policy(rules=rules, facts=table, as_of=TODAY, currency="CNY")
    assert (preview.vips, preview.new, preview.lost) == (3, 1, 0)
    assert preview.share_12m == 1.0
    assert [(level.level.code, level.count, level.entering) for level in preview.levels] == [
        ("senior", 1, 0),
        ("vip", 2, 1),
    ]
    assert api.preview_policy(rules=rules, facts=table, as_of=TODAY, currency="EUR").warnings


def test_lists_filter_sort_and_count(people: list[int], at: datetime, saved: Any) -> None:
    one, two, three, four = people
    table = facts((one, 60_000, 1), (two, 12_000, 12_000), (three, 9_500, 3_000), (four, 48_000, 5))
    saved(table)
    api.activate_policy(policy_code="house", actor=SYSTEM, at=at)
    api.evaluate(facts=table, as_of=TODAY, actor=SYSTEM, at=at)
    page = api.list_vips()
    assert [view.customer_id for view in page.rows] == [one, two, four]
    only = api.list_vips(wanted=api.StandingFilter(levels=("vip",)), sort="spend", descending=False)
    assert [view.customer_id for view in only.rows] == [four, two]
    near = api.list_near_misses()
    assert [view.customer_id for view in near.rows] == [four, three]
    assert api.count_levels() == {"senior": (1, 100), "vip": (2, 1_200_500)}


def test_the_exclude_list_takes_the_level_away(people: list[int], at: datetime, saved: Any) -> None:
    one, *_ = people
    table = facts((one, 60_000, 1))
    saved(table)
    api.activate_policy(policy_code="house", actor=SYSTEM, at=at)
    added = api.add_list_members(
        policy_code="house", list_code="exclude", customer_ids=frozenset({one}), actor=SYSTEM, at=at
    )
    assert added == 1
    assert api.evaluate(facts=table, as_of=TODAY, actor=SYSTEM, at=at).vips == 0
    with pytest.raises(api.ListUnknown):
        api.add_list_members(
            policy_code="house", list_code="nowhere", customer_ids=frozenset({one}), actor=SYSTEM, at=at
        )
    api.remove_list_members(
        policy_code="house", list_code="exclude", customer_ids=frozenset({one}), actor=SYSTEM, at=at
    )
    assert api.evaluate(facts=table, as_of=TODAY, actor=SYSTEM, at=at).vips == 1


def test_deciding_without_a_saved_policy(at: datetime, db: None) -> None:
    table = facts((1, 60_000, 1), (2, 9_100, 7))
    decided = api.decide(rules=api.preset_rules("cumulative", "CNY"), facts=table)
    assert decided.counts == {"vip": 0, "senior": 1}
    assert [(member.number, member.level and member.level.code) for member in decided.members] == [
        ("C1", "senior")
    ]
    assert [member.number for member in decided.near] == ["C2"]
    with pytest.raises(api.PresetUnknown):
        api.preset_rules("nothing", "CNY")


def test_only_who_may_edits(at: datetime, db: None) -> None:
    from guibin.core.errors import Forbidden

    nobody = Actor(kind="staff", id=1)
    with pytest.raises(Forbidden):
        api.create_policy(code="x", name="x", preset="", actor=nobody, at=at)
    with pytest.raises(Forbidden):
        api.activate_policy(policy_code="x", actor=nobody, at=at)


def test_rules_from_a_program_are_checked() -> None:
    with pytest.raises(api.RulesInvalid):
        api.parse_rules({"levels": []})
