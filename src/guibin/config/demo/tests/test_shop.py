"""The demo shop: the same from the same seed, lifelike in shape, nobody real in it."""

from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal

import phonenumbers
import pytest

from guibin.config.demo.catalogue import STORES
from guibin.config.demo.festivals import lunar_day, make_calendar
from guibin.config.demo.shop import Shop, make_shop

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def shop() -> Shop:
    return make_shop(now=NOW, members=1500)


def worth(shop: Shop, after: date = date.min) -> Counter[str]:
    """Spend by card after a day, cancelled orders left out."""
    spent: Counter[str] = Counter()
    for order in shop.orders:
        if order.card and order.status != "cancelled" and order.on > after:
            spent[order.card] += int(
                sum((line.product.price * line.quantity - line.discount for line in order.lines), Decimal())
            )
    return spent


def test_the_same_seed_gives_the_same_shop() -> None:
    one, two = make_shop(now=NOW, members=60), make_shop(now=NOW, members=60)
    assert one == two
    assert make_shop(now=NOW, members=60, seed=1) != one


def test_it_ends_today_and_never_later(shop: Shop) -> None:
    assert shop.last == date(2026, 11, 22)
    assert max(order.at for order in shop.orders) <= NOW
    assert max(refund.at for refund in shop.refunds) <= NOW
    assert (shop.last - max(order.on for order in shop.orders)).days <= 1
    assert min(order.on for order in shop.orders) >= shop.first


def test_a_fifth_of_the_customers_brings_most_of_the_sales(shop: Shop) -> None:
    spent = sorted(worth(shop).values(), reverse=True)
    share = sum(spent[: len(shop.members) // 5]) / sum(spent)
    assert 0.65 <= share <= 0.9


def test_every_preset_has_somebody(shop: Shop) -> None:
    lifetime = worth(shop)
    assert sum(value >= 10_000 for value in lifetime.values()) > 50
    assert sum(value >= 50_000 for value in lifetime.values()) > 10
    frequent = Counter(order.card for order in shop.orders if order.card and order.on > date(2025, 11, 22))
    assert sum(count > 10 for count in frequent.values()) > 50


def test_few_are_vips_and_fewer_still_at_the_top() -> None:
    shop = make_shop(now=NOW)
    lifetime, year = worth(shop), worth(shop, date(2025, 11, 22))
    members = len(shop.members)
    vip = sum(value >= 10_000 for value in lifetime.values())
    senior = sum(lifetime[card] >= 50_000 or value > 60_000 for card, value in year.items())
    high = sum(value > 500_000 for value in year.values())
    assert 0.05 * members < vip < 0.12 * members
    assert 0.008 * members < senior < 0.03 * members
    assert 2 <= high <= 0.004 * members


def test_each_store_has_its_own_character(shop: Shop) -> None:
    for plan in STORES:
        sold = Counter(
            line.product.category for order in shop.orders if order.store == plan.code for line in order.lines
        )
        others = Counter(
            line.product.category for order in shop.orders if order.store != plan.code for line in order.lines
        )
        assert sold[plan.loves] / sold.total() > 1.2 * others[plan.loves] / others.total(), plan.name
    young = next(plan for plan in STORES if plan.opened_days_ago)
    first = min(order.on for order in shop.orders if order.store == young.code)
    assert 0 <= young.opened_days_ago - (shop.last - first).days < 60


def test_orders_are_paid_the_way_each_channel_is(shop: Shop) -> None:
    ways: dict[str, Counter[str]] = {}
    for order in shop.orders:
        due = sum((line.product.price * line.quantity - line.discount for line in order.lines), Decimal())
        assert sum((paid.amount for paid in order.payments), Decimal()) == (
            0 if order.status == "cancelled" else due
        )
        assert all(paid.amount > 0 for paid in order.payments)
        ways.setdefault(order.channel, Counter()).update(paid.method for paid in order.payments)
    assert {"wechat_pay", "alipay", "card", "cash", "transfer"} <= ways["store"].keys()
    assert ways["store"].most_common(1)[0][0] == "wechat_pay"
    assert ways["mini_program"]["wechat_pay"] > 0.9 * ways["mini_program"].total()
    assert "cash" not in ways["web"]
    assert any(len(order.payments) == 2 for order in shop.orders)


def test_regulars_and_the_lost_are_among_them(shop: Shop) -> None:
    last: dict[str, date] = {order.card: order.on for order in shop.orders if order.card}
    away = [(shop.last - day).days for day in last.values()]
    assert sum(days <= 30 for days in away) > 200
    assert sum(days > 365 for days in away) > 50


def test_festivals_are_busy_on_their_true_dates(shop: Shop) -> None:
    assert lunar_day(2026, 1, 1) == date(2026, 2, 17)
    assert lunar_day(2025, 8, 15) == date(2025, 10, 6)
    by_day = Counter(order.on for order in shop.orders)
    usual = len(shop.orders) / len(by_day)
    assert by_day[date(2026, 6, 18)] > 1.6 * usual
    assert by_day[date(2025, 11, 11)] > 2 * usual
    assert by_day[date(2026, 2, 17)] < usual
    calendar = make_calendar(date(2026, 1, 1), date(2026, 12, 31))
    assert calendar.festival_of[date(2026, 5, 20)].code == "520"


def test_nobody_in_it_can_be_called_or_written_to(shop: Shop) -> None:
    assert len({member.phone for member in shop.members}) == len(shop.members)
    for member in shop.members:
        assert member.phone.startswith("154")
        assert not phonenumbers.is_valid_number(phonenumbers.parse(member.phone, "CN"))
        assert not member.email or member.email.split("@")[1] in {"example.com", "example.org"}


def test_refunds_take_back_what_was_sold(shop: Shop) -> None:
    assert shop.refunds
    for refund in shop.refunds:
        assert refund.line in refund.order.lines
        assert 0 < refund.quantity <= refund.line.quantity
        assert refund.on >= refund.order.on
        assert refund.paid_each * refund.line.quantity <= refund.line.product.price * refund.line.quantity


def test_order_numbers_are_unique_and_some_birthdays_lunar(shop: Shop) -> None:
    numbers = [order.number for order in shop.orders]
    assert len(set(numbers)) == len(numbers)
    calendars = Counter(member.birthday[3] for member in shop.members if member.birthday)
    assert calendars["lunar"] > 30
    assert {member.habit.code for member in shop.members} >= {"whale", "regular", "fading", "lost", "new"}
