"""What the customer page proposes, and the marks and score it shows: only what follows from facts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from guibin.console.profile import reading
from guibin.console.profile.suggesting import list_suggestions
from guibin.console.profile.summary import Summary
from guibin.console.profile.thresholds import SETTINGS, Thresholds
from guibin.console.tests import shop
from guibin.core import clock, preferences
from guibin.core.permissions import SYSTEM, Actor
from guibin.customers import api as customers
from guibin.insight import api as insight
from guibin.loyalty import api as loyalty

SignIn = Callable[[Actor], Client]
REASON = next(iter(customers.REVEAL_REASONS))
TODAY = shop.NOW.date()
QUIET: dict[str, Any] = {
    "orders_count": 10,
    "recency_days": 20,
    "interval_days_mean": 26.0,
    "interval_days_sd": 5.0,
    "stage": "active",
    "gross_minor": 200_000,
    "gross_12m_minor": 100_000,
    "refund_minor": 5_000,
    "refund_12m_minor": 2_000,
}


def summary(
    facts: dict[str, Any] | None = None, *, birthday: customers.Birthday | None = None, status: str = "active"
) -> Summary:
    sheet = customers.Sheet(
        id=1, number="GB-1", status=status, name="林婉清", latin_name="", joined_on=None, birthday=birthday,
        interests="", contacts=(), tags=(), attributes=(),
    )  # fmt: skip
    return Summary(sheet, "", {**QUIET, **(facts or {})}, [], None, "CNY", 100, Thresholds())


def titles(of: Summary, today: date = TODAY) -> list[str]:
    with translation.override("en"):
        return [each.title for each in list_suggestions(of, today=today)]


def test_nothing_is_proposed_without_a_fact_that_calls_for_it() -> None:
    assert titles(summary()) == []
    assert titles(replace(summary(), facts=None)) == []


@pytest.mark.parametrize(("days", "said"), [(0, 1), (1, 1), (14, 1), (15, 0), (364, 0)])
def test_a_birthday_is_told_two_weeks_ahead(days: int, said: int) -> None:
    born = TODAY + timedelta(days=days)
    found = titles(summary(birthday=customers.Birthday(month=born.month, day=born.day)))
    assert len(found) == said
    assert all("Birthday" in title for title in found)


def test_being_away_is_told_beyond_the_own_rhythm_only() -> None:
    assert titles(summary({"recency_days": 39})) == []
    assert titles(summary({"recency_days": 40})) == ["Longer away than usual"]
    assert titles(summary({"recency_days": 40, "interval_days_sd": 30.0})) == []
    assert titles(summary({"recency_days": 40, "orders_count": 3})) == []
    assert titles(summary({"recency_days": 400, "stage": "churned"})) == []
    assert titles(summary({"recency_days": 40}, status="archived")) == []


def test_refunds_are_told_when_they_are_many_and_more_than_before() -> None:
    more = {"refund_12m_minor": 12_000, "refund_minor": 15_000}
    with translation.override("en"):
        (told,) = list_suggestions(summary(more), today=TODAY)
    assert told.title == "More refunds than before"
    assert "12.0%" in told.because
    assert "3.0%" in told.because
    assert titles(summary({**more, "refund_minor": 20_000})) == [], "they were as many before"
    assert titles(summary({**more, "gross_minor": 100_000})) == [], "there is no before"


def test_the_thresholds_are_the_organisations() -> None:
    born = TODAY + timedelta(days=20)
    birthday = customers.Birthday(month=born.month, day=born.day)
    busy = summary(
        {"recency_days": 40, "refund_12m_minor": 12_000, "refund_minor": 15_000}, birthday=birthday
    )
    assert titles(busy) == ["Longer away than usual", "More refunds than before"]
    told = {
        "birthday_days": 20, "rhythm_orders": 11, "overdue_times": 1.6, "refund_share": 0.13,
        "refund_times": 5.0, "shown_max": 1,
    }  # fmt: skip
    seen = {
        name: titles(replace(busy, thresholds=Thresholds(**{name: value}))) for name, value in told.items()
    }
    away, refunds = "Longer away than usual", "More refunds than before"
    assert [title.split(" on ")[0] for title in seen["birthday_days"]] == ["Birthday", away, refunds]
    assert [seen[name] for name in ("rhythm_orders", "overdue_times")] == [[refunds], [refunds]]
    assert [seen[name] for name in ("refund_share", "refund_times", "shown_max")] == [[away], [away], [away]]
    assert titles(replace(busy, thresholds=Thresholds(shown_max=0))) == []
    nothing = summary({"refund_12m_minor": 0, "refund_minor": 0})
    assert titles(replace(nothing, thresholds=Thresholds(refund_share=0.0))) == [], "nothing was refunded"


@pytest.mark.django_db
def test_a_changed_threshold_is_on_the_settings_page_and_moves_the_customers_page(
    client_as: SignIn, owner: Actor
) -> None:
    client = client_as(owner)
    born = clock.now().date() + timedelta(days=30)
    profile = customers.Profile(name="林婉清", birthday=customers.Birthday(month=born.month, day=born.day))
    customer_id = customers.create_customer(profile=profile, contacts=[], actor=SYSTEM, at=shop.NOW)
    page = f"/customers/{customers.find_numbers([customer_id])[customer_id]}/"
    assert "gb-nba" not in client.get(page).content.decode()
    shown = client.get("/settings/numbers/").content.decode()
    assert all(setting.key in shown for setting in SETTINGS)
    assert "过生日" in shown
    preferences.set_value(key="suggest.birthday_days", value="31", actor=owner, at=shop.NOW)
    assert "gb-nba" in client.get(page).content.decode()
    for key, value in (
        ("suggest.birthday_days", 91),
        ("suggest.overdue_times", 0.5),
        ("suggest.shown_max", "x"),
    ):
        with pytest.raises(preferences.SettingInvalid):
            preferences.set_value(key=key, value=value, actor=owner, at=shop.NOW)


@pytest.mark.django_db(transaction=True)
def test_the_bar_is_marked_and_the_next_level_is_near(client_as: SignIn, owner: Actor) -> None:
    number = shop.customer("钟玉然")
    for days in (3, 40, 80):
        shop.order(number, 16_000, days_ago=days)
    shop.decide()
    page = reading.find_page(number, actor=owner, channel="")
    assert page is not None
    standing = page.summary.standing
    assert standing is not None
    assert [round(place, 2) for place, _words in standing.marks] == [0, 0.2, 1]
    assert "10,000" in standing.marks[1][1]
    assert "50,000" in standing.marks[2][1]
    text = client_as(owner).get(f"/customers/{number}/").content.decode()
    assert "gb-notch" in text
    assert "只差一点" in text
    assert "2,000" in text


@pytest.mark.django_db(transaction=True)
def test_the_score_of_a_page_is_the_score_of_the_list(owner: Actor) -> None:
    """One customer with a promotion makes promotions count for everybody, also on everybody's page."""
    plain, other = shop.customer("甲"), shop.customer("乙")
    for number in (plain, other):
        for days in (3, 40, 80):
            shop.order(number, 9_000, days_ago=days)
    assert _score(plain, owner) is None, "nobody has been decided yet"
    shop.decide()
    table = insight.facts_table(as_of=TODAY)
    alone = _score(plain, owner)
    assert alone == _listed(table)[plain]
    rows = table.to_pylist()
    next(row for row in rows if row["number"] == other)["promotions_12m"] = 4
    mixed = type(table).from_pylist(rows, schema=table.schema)
    loyalty.evaluate(facts=mixed, as_of=TODAY, actor=SYSTEM, at=shop.NOW)
    assert _score(plain, owner) == _listed(mixed)[plain] != alone


def _score(number: str, actor: Actor) -> float | None:
    with translation.override("en"):
        page = reading.find_page(number, actor=actor, channel="")
    assert page is not None
    return next((float(stat.value) for stat in page.summary.stats if stat.note == "of 100"), None)


def _listed(table: Any) -> dict[str, float]:
    tenths = loyalty.loyalty_scores(table).to_pylist()
    return {number: each / 10 for number, each in zip(table["number"].to_pylist(), tenths, strict=True)}


@pytest.mark.django_db
def test_who_looked_is_in_the_log_and_not_in_the_story(client_as: SignIn, owner: Actor) -> None:
    number = shop.customer("林婉清", "13812344417")
    customer_id = customers.get_id(number, actor=SYSTEM)
    customers.reveal_customer(customer_id=customer_id, reason=REASON, actor=owner, at=shop.NOW)
    client = client_as(owner)
    seen = {
        channel: "查看了完整个人信息"
        in client.get(f"/customers/{number}/?channel={channel}").content.decode()
        for channel in ("", "customers", "purchases", "looks")
    }
    assert seen == {"": False, "customers": False, "purchases": False, "looks": True}
