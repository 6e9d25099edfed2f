"""A purchase made now moves its customer's standing now, as the next refresh would."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client

from guibin.accounts import api as accounts
from guibin.config.cli.tree import command_tree
from guibin.config.reactions import REACTIONS
from guibin.console.vips import deciding
from guibin.console.vips.live import evaluate_live
from guibin.core import cli, clock
from guibin.core.events import Origin, read_timeline, subject
from guibin.core.permissions import SYSTEM, Actor
from guibin.core.tests.settling import run_until_read
from guibin.customers import api as customers
from guibin.insight import api as insight
from guibin.loyalty import api as loyalty
from guibin.purchases import api as purchases

pytestmark = pytest.mark.django_db(transaction=True)
Standing: Any = apps.get_model("loyalty", "Standing")
ReactionCursor: Any = apps.get_model("core", "ReactionCursor")
(LIVE,) = [reaction for reaction in REACTIONS if "purchases.order_placed" in reaction.events]
LINES: dict[str, float] = {"identify.cumulative.vip": 1_000, "identify.cumulative.senior": 5_000}


def person(name: str) -> int:
    profile = customers.Profile(name=name, joined_on=clock.now().date() - timedelta(days=900))
    return customers.create_customer(profile=profile, contacts=[], actor=SYSTEM, at=clock.now())


def buy(customer_id: int, yuan: int, *, days_ago: int = 0, origin: Origin = Origin.LIVE) -> int:
    at = clock.now()
    line = purchases.LineDraft(f"S{yuan % 7}", Decimal(1), Decimal(yuan))
    placed = purchases.place_order(
        customer_id=customer_id,
        lines=[line],
        ordered_at=at - timedelta(days=days_ago),
        actor=SYSTEM,
        at=at,
        origin=origin,
    )
    return placed.order_id


def decide(preset: str = "cumulative", numbers: dict[str, float] | None = None, code: str = "house") -> None:
    """Count everybody, put a policy in force and decide everybody."""
    day, at = insight.current_day(), clock.now()
    insight.refresh(actor=SYSTEM, at=at)
    facts = insight.facts_table(as_of=day)
    rules = loyalty.preset_rules(preset, "CNY", numbers or LINES)
    seen = loyalty.preview_policy(rules=rules, facts=facts, as_of=day, currency="CNY")
    loyalty.create_policy(code=code, name="贵宾标准", preset=preset, actor=SYSTEM, at=at)
    loyalty.save_policy_version(
        policy_code=code, rules=rules, currency="CNY", effective_from=day, token=seen.token, today=day,
        actor=SYSTEM, at=at,
    )  # fmt: skip
    loyalty.activate_policy(policy_code=code, actor=SYSTEM, at=at)
    deciding.evaluate_now(actor=SYSTEM, at=at)


def react() -> None:
    run_until_read(LIVE, at=clock.now())


def level(customer_id: int) -> str | None:
    view = loyalty.standing([customer_id]).get(customer_id)
    return view.level.code if view and view.level else None


def moves(customer_id: int) -> list[str]:
    """The customer's events of loyalty, newest first."""
    found = read_timeline(about=subject("customer", customer_id))
    return [each.name for each in found if each.name.startswith("loyalty.")]


def stored() -> dict[int, dict[str, Any]]:
    """Every standing, without the day it was decided for and whose cut points it was measured by."""
    rows = {row["customer_id"]: row for row in Standing.objects.values()}
    for row in rows.values():
        for name in ("id", "as_of"):
            del row[name]
        row["receipt"].pop("cuts_on", None)
    return rows


def test_it_listens_to_what_insight_counts() -> None:
    assert LIVE.events == set(insight.LIVE_EVENTS)


@pytest.fixture
def till(owner: Actor, at: datetime) -> Any:
    """Headers of a till."""
    scopes = ["purchases.view_orders", "purchases.record_orders", "purchases.refund_orders"]
    made = accounts.create_key(name="till", scopes=scopes, actor=owner, at=at)
    return {"Authorization": f"Bearer {made.token}"}


def post(client: Client, url: str, body: Any, headers: Any, key: str) -> Any:
    more = {**headers, "Idempotency-Key": key}
    answer = client.post(url, body, content_type="application/json", headers=more)
    assert answer.status_code < 300, answer.content
    return answer.json()


def test_an_order_at_the_till_makes_a_vip_and_its_refund_takes_it_back(
    client: Client,
    client_as: Callable[[Actor], Client],
    owner: Actor,
    till: Any,
    capsys: pytest.CaptureFixture[str],
) -> None:
    one, other = person("林婉清"), person("张伟")
    buy(one, 900, days_ago=5)
    buy(other, 6_000, days_ago=5)
    decide()
    react()
    refreshed = insight.freshness().last
    assert (level(one), level(other)) == (None, "senior")
    number = customers.find_numbers([one])[one]
    body = {"number": "W1", "customer": number, "lines": [{"sku": "A", "unit_price": "350.50"}]}
    order_id = post(client, "/api/v1/orders", body, till, "k1")["id"]
    react()
    assert level(one) == "vip"
    assert moves(one) == ["loyalty.standing_gained"]
    assert loyalty.standing([one])[one].receipt.inputs == {"net_lifetime": 125_050}
    pages = client_as(owner)
    for page in (pages.get("/vips/"), pages.get(f"/customers/{number}/")):
        assert "¥1,250" in page.content.decode(), "of the receipt; the figures counted last say 900"
    assert cli.run(command_tree(), ["vips", "--json"]) == cli.Exit.DONE
    told = {each["number"]: each for each in json.loads(capsys.readouterr().out)["members"]}
    assert told[number]["level"] == "vip"
    assert told[number]["receipt"]["conditions"][0]["value"] == 125_050

    written = stored()
    ReactionCursor.objects.filter(reaction=LIVE.name).update(xid=0, event_id=0)
    react()
    assert (stored(), moves(one)) == (written, ["loyalty.standing_gained"])

    line = client.get(f"/api/v1/orders/{order_id}", headers=till).json()["lines"][0]["id"]
    refund = {"lines": [{"line_id": line, "quantity": "1"}]}
    post(client, f"/api/v1/orders/{order_id}/refunds", refund, till, "r1")
    react()
    assert level(one) is None
    assert moves(one)[0] == "loyalty.standing_lost"
    assert insight.freshness().last == refreshed, "nothing was refreshed meanwhile"
    insight.refresh()
    assert deciding.evaluate_now(actor=SYSTEM, at=clock.now()).gained == 0
    assert (level(one), level(other)) == (None, "senior")


def test_a_cancelled_order_counts_no_longer_at_once() -> None:
    one = person("林婉清")
    decide()
    order_id = buy(one, 1_000)
    react()
    assert level(one) == "vip"
    purchases.cancel_order(order_id=order_id, reason="other", actor=SYSTEM, at=clock.now())
    react()
    assert level(one) is None


def test_what_an_import_brings_waits_for_its_refresh() -> None:
    one = person("林婉清")
    decide()
    for origin in (Origin.IMPORT, Origin.BACKFILL):
        buy(one, 4_000, origin=origin)
    react()
    assert level(one) is None


def test_live_standings_speak_of_the_shops_day() -> None:
    """A shop whose data ended a while ago is counted up to that day, before and after a purchase."""
    one, other = person("林婉清"), person("张伟")
    day = clock.now().date() - timedelta(days=300)
    accounts.set_as_of_day(day=day, actor=SYSTEM, at=clock.now())
    decide()
    buy(one, 2_000)
    buy(other, 2_000, days_ago=310)
    react()
    assert (level(one), level(other)) == (None, "vip")
    assert loyalty.standing([other])[other].as_of == day
    accounts.set_as_of_day(day=None, actor=SYSTEM, at=clock.now())
    buy(one, 10)
    react()
    assert level(one) == "vip"
    assert loyalty.standing([one])[one].as_of == insight.current_day()


@contextmanager
def held() -> Iterator[None]:
    """Somebody else decides meanwhile, and is ready when the block ends."""
    holding, done = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                loyalty.lock_standings()
                holding.set()
                done.wait(30)
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert holding.wait(30)
        yield
    finally:
        done.set()
        thread.join(30)


def started(call: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        try:
            call()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(1)
    assert thread.is_alive(), "it should wait for its turn"
    return thread


def test_decisions_take_turns_and_what_saw_less_never_comes_out_on_top() -> None:
    one, other = person("林婉清"), person("张伟")
    decide()
    now = clock.now()
    with held():
        live = started(lambda: evaluate_live([one], actor=SYSTEM, at=now))
        buy(one, 1_200)
    live.join(30)
    assert level(one) == "vip", "counted after its turn came"
    with held():
        whole = started(lambda: deciding.evaluate_now(actor=SYSTEM, at=now))
        buy(other, 6_000)
    whole.join(30)
    assert (level(one), level(other)) == ("vip", "senior"), "its facts are older than both purchases"
    assert moves(one) == ["loyalty.standing_gained"]


def test_a_refresh_of_yesterday_leaves_todays_purchases_on_top() -> None:
    """A refresh that began before midnight is decided after it, and after a purchase of the new day."""
    one = person("林婉清")
    decide()
    insight.refresh(as_of=insight.current_day() - timedelta(days=1))
    buy(one, 1_200)
    react()
    run = deciding.evaluate_now(actor=SYSTEM, at=clock.now())
    assert run.as_of == insight.current_day() - timedelta(days=1)
    assert level(one) == "vip"


@pytest.mark.parametrize(
    ("preset", "numbers"),
    [
        ("cumulative", LINES),
        ("monthly", {"identify.monthly_avg.high": 150}),
        ("combined", {**LINES, "identify.freq.year": 2, "identify.loyalty_score": 30}),
        ("tiers", {"tier.diamond.spend12m": 3_000, "identify.activity_months": 2}),
    ],
)
def test_any_purchases_decided_one_by_one_are_what_a_refresh_decides(
    preset: str, numbers: dict[str, float]
) -> None:
    random = Random(preset)
    people = [person(f"客人{n}") for n in range(12)]
    for each in people:
        for _ in range(random.randrange(4)):
            buy(each, random.choice([30, 400, 950]), days_ago=random.randrange(500))
    decide(preset, numbers)
    decided = stored()
    react()
    assert stored() == decided, "nothing had changed since everybody was decided"
    placed: list[int] = []
    for _ in range(25):
        if placed and random.random() < 0.3:
            _take_back(placed.pop(random.randrange(len(placed))), random)
        else:
            placed.append(buy(random.choice(people), random.choice([40, 700, 1_900]), days_ago=_some(random)))
        if random.random() < 0.5:
            react()
    react()
    decided = stored()
    insight.refresh()
    if preset == "tiers":  # its places are now read off everybody anew: nobody's own figures are others
        own = ("net_12m", "orders_12m", "months_active_12m")
        deciding.evaluate_now(actor=SYSTEM, at=clock.now())
        for key, row in stored().items():
            assert [decided[key]["receipt"]["inputs"][fact] for fact in own] == [
                row["receipt"]["inputs"][fact] for fact in own
            ]
    else:
        run = deciding.evaluate_now(actor=SYSTEM, at=clock.now())
        assert (run.gained, run.changed, run.lost) == (0, 0, 0)
        assert stored() == decided


def _some(random: Random) -> int:
    return random.choice([0, 3, 40, 364, 366, 400])


def _take_back(order_id: int, random: Random) -> None:
    at = clock.now()
    if random.random() < 0.5:
        purchases.cancel_order(order_id=order_id, reason="other", actor=SYSTEM, at=at)
        return
    (line,) = purchases.get_order(order_id, actor=SYSTEM).lines
    draft = purchases.RefundDraft(line_id=line.id, quantity=Decimal(1))
    purchases.refund_lines(order_id=order_id, drafts=[draft], reason="other", actor=SYSTEM, at=at)
