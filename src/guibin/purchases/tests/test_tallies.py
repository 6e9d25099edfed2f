"""The running sums behind the lists: exact at every moment, whatever came, changed and went."""

import random
import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils.translation import gettext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guibin.core import paging
from guibin.core.models import LoggedEvent
from guibin.core.permissions import SYSTEM, Actor
from guibin.purchases import api
from guibin.purchases.models import Order, OrderLine, OrderTally, ProductTally
from guibin.purchases.operations import importing, undoing
from guibin.purchases.queries import tallies
from guibin.purchases.tests.frames import DAY, order_lines, see_as_empty
from guibin.purchases.views.orders import _sums

pytestmark = pytest.mark.django_db


def sell(at: datetime, days_ago: int, sku: str, **more: Any) -> int:
    lines = [api.LineDraft(sku, Decimal(2), Decimal("9.90")), api.LineDraft(sku, Decimal(1), Decimal("5"))]
    when = at - timedelta(days=days_ago)
    return int(api.place_order(lines=lines, actor=SYSTEM, at=at, ordered_at=when, **more).order_id)


def bring(rows: list[dict[str, Any]], import_id: int, at: datetime) -> None:
    api.import_orders(order_lines(rows), source="till", import_id=import_id, actor=SYSTEM, at=at)


def counted() -> tuple[list[Any], list[Any]]:
    orders = OrderTally.objects.order_by("ordered_on", "channel", "status")
    products = ProductTally.objects.order_by("product_id")
    return (
        list(orders.values_list("ordered_on", "channel", "status", "orders", "amount_base_minor")),
        list(products.values_list("lines", "quantity", "amount_base_minor")),
    )


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(dice=st.randoms(use_true_random=False), steps=st.integers(3, 14))
def test_whatever_happens_the_sums_are_those_of_the_orders(
    at: datetime, dice: random.Random, steps: int
) -> None:
    import_id = 1000
    for _step in range(steps):
        open_orders = list(Order.objects.filter(status="paid", refunded_minor=0))
        what = dice.choice(("sell", "sell", "import", "undo", "cancel", "refund", "fold"))
        if what == "sell":
            sell(at, dice.randrange(3), dice.choice("AB"), status=dice.choice(("paid", "completed")))
        elif what == "import":
            import_id += 1
            rows = [{"order_number": f"T{dice.randrange(3)}", "sku": dice.choice("AB")} for _ in range(3)]
            bring(rows, import_id, at)
        elif what == "undo":
            api.undo_import(import_id=import_id, actor=SYSTEM, at=at)
        elif what == "cancel" and open_orders:
            order = dice.choice(open_orders)
            api.cancel_order(order_id=order.id, reason="cancelled", actor=SYSTEM, at=at)
        elif what == "refund" and open_orders:
            line = OrderLine.objects.filter(order=dice.choice(open_orders)).first()
            assert line is not None
            drafts = [api.RefundDraft(line.id, Decimal(1))]
            api.refund_lines(order_id=line.order_id, drafts=drafts, reason="returned", actor=SYSTEM, at=at)
        elif what == "fold":
            api.fold_tallies()
        assert api.find_broken_tallies() == []


def before_recounting(
    monkeypatch: pytest.MonkeyPatch, module: Any, what: Callable[[], None]
) -> list[threading.Thread]:
    """Lines came or went, and before ``module`` recounts their orders ``what`` begins on a connection of
    its own; the thread begun."""
    original, begun = module.recount_orders, list[threading.Thread]()

    def work() -> None:
        try:
            what()
        finally:
            connection.close()

    def recount(order_ids: Iterable[int]) -> int:
        ids = list(order_ids)
        if ids and not begun:
            begun.append(threading.Thread(target=work))
            begun[0].start()
            begun[0].join(1.5)  # ends within this time unless it has to wait for us
        return int(original(ids))

    monkeypatch.setattr(module, "recount_orders", recount)
    return begun


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("adding", [True, False])
def test_an_order_cancelled_while_its_lines_come_or_go_leaves_the_sums_right(
    at: datetime, monkeypatch: pytest.MonkeyPatch, adding: bool
) -> None:
    bring([{"order_number": "T1", "sku": "A", "status": "paid"}], 1, at)
    order = Order.objects.get()

    def cancel() -> None:
        api.cancel_order(order_id=order.id, reason="cancelled", actor=SYSTEM, at=at)

    grown = [{"order_number": "T1", "sku": sku, "status": "paid"} for sku in "AB"]
    if adding:
        begun = before_recounting(monkeypatch, importing, cancel)
        bring(grown, 2, at)
    else:
        bring(grown, 2, at)
        begun = before_recounting(monkeypatch, undoing, cancel)
        api.undo_import(import_id=2, actor=SYSTEM, at=at)
    begun[0].join()
    assert Order.objects.get().status == "cancelled"
    assert OrderLine.objects.count() == (2 if adding else 1)
    assert api.find_broken_tallies() == []


def test_a_sum_gone_wrong_is_found(at: datetime) -> None:
    sell(at, 0, "A")
    OrderTally.objects.update(orders=2)
    ProductTally.objects.update(lines=5)
    assert [found.split()[0] for found in api.find_broken_tallies()] == ["order", "product"]


def test_folding_leaves_one_row_per_key_and_none_of_nothing(at: datetime) -> None:
    for _ in range(3):
        sell(at, 0, "A")
    gone = sell(at, 1, "B", status="paid")
    api.cancel_order(order_id=gone, reason="cancelled", actor=SYSTEM, at=at)
    before = api.order_totals(actor=SYSTEM)
    api.fold_tallies()
    orders, products = counted()
    assert [row[1:] for row in orders] == [("store", "cancelled", 1, 2480), ("store", "completed", 3, 7440)]
    assert products == [(6, Decimal(9), 7440)]
    assert api.order_totals(actor=SYSTEM) == before
    api.fold_tallies()
    assert counted() == (orders, products)


def rows_read() -> int:
    """Rows of the tallies that this transaction has read."""
    query = (
        "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables"
        " WHERE relname IN ('purchases_ordertally', 'purchases_producttally')"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("misled", [False, True])
def test_folding_reads_what_is_new_not_the_whole_shop(at: datetime, misled: bool) -> None:
    first = DAY.date()
    days = [first + timedelta(n) for n in range(3_000)]
    OrderTally.objects.bulk_create(
        OrderTally(ordered_on=day, channel="store", status="paid", orders=1, amount_base_minor=5)
        for day in days
    )
    ProductTally.objects.bulk_create(
        ProductTally(product_id=7, sold_on=day, lines=1, quantity=1, amount_base_minor=5) for day in days
    )
    if misled:
        see_as_empty("purchases_ordertally", "purchases_producttally")
    before = rows_read()
    api.fold_tallies()
    assert rows_read() - before < 30_000
    for _ in range(2):
        sell(at, 0, "A")
    before = rows_read()
    api.fold_tallies()
    assert rows_read() - before < 100
    assert len(counted()[0]) == 3_001


def test_drifted_sums_are_counted_anew_once_and_it_is_told(at: datetime) -> None:
    for days_ago in range(3):
        sell(at, days_ago, "A")
    api.fold_tallies()
    right = counted()
    OrderTally.objects.filter(ordered_on__lt=at.date()).update(orders=9)
    OrderTally.objects.filter(ordered_on=at.date()).delete()
    ProductTally.objects.create(product_id=77, sold_on=DAY, lines=1, quantity=1, amount_base_minor=1)
    mended = api.rebuild_sums(actor=SYSTEM, at=at)
    assert (mended.orders, mended.tallies) == (0, 4)
    assert api.find_broken_tallies() == []
    assert counted() == right
    assert LoggedEvent.objects.get(name="purchases.sums_mended").data == {"orders": 0, "tallies": 4}
    assert api.rebuild_sums(actor=SYSTEM, at=at) == api.Mended(0, 0)
    assert LoggedEvent.objects.filter(name="purchases.sums_mended").count() == 1


def test_orders_are_brought_in_line_with_their_lines_however_many(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("guibin.purchases.operations.tallies.RECOUNTED_AT_ONCE", 2)
    ids = [sell(at, days_ago, "A") for days_ago in range(5)]
    Order.objects.filter(id__in=ids).update(amount_base_minor=1)
    assert api.find_broken_sums() == sorted(ids)
    assert api.rebuild_sums(actor=SYSTEM, at=at).orders == 5
    assert api.find_broken_sums() == []
    assert api.find_broken_tallies() == []
    assert set(Order.objects.values_list("amount_base_minor", flat=True)) == {2480}


def test_an_undone_import_leaves_nothing_once_folded(at: datetime) -> None:
    bring([{"order_number": "T1"}, {"order_number": "T2", "sku": "X2"}], 7, at)
    api.undo_import(import_id=7, actor=SYSTEM, at=at)
    assert api.order_totals(actor=SYSTEM).orders == 0
    api.fold_tallies()
    assert counted() == ([], [])


def test_products_say_what_was_sold_without_cancelled_orders(at: datetime) -> None:
    sell(at, 2, "A")
    gone = sell(at, 0, "A", status="paid")
    api.cancel_order(order_id=gone, reason="cancelled", actor=SYSTEM, at=at)
    (row,) = api.list_products().rows
    assert (row.lines, row.quantity, row.sales_base_minor) == (2, Decimal(3), 2480)
    assert (
        row.last_sold_on
        == api.find_order(number=Order.objects.earliest("ordered_at").number, actor=SYSTEM).ordered_on
    )  # type: ignore[union-attr]


def test_counting_stops_and_says_so(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    bring([{"order_number": f"T{n}"} for n in range(6)], 1, at)
    api.fold_tallies()
    monkeypatch.setattr(tallies, "COUNTED_MAX", 4)
    found = api.list_orders(api.OrderFilter(number="T"), actor=SYSTEM)
    assert (found.total, found.is_exact, found.is_cut) == (4, False, True)
    assert api.order_totals(api.OrderFilter(number="T"), actor=SYSTEM).amount_base_minor is None
    assert api.order_totals(api.OrderFilter(number="T5"), actor=SYSTEM).amount_base_minor == 990
    by_day = api.order_totals(api.OrderFilter(first_on=DAY.date(), last_on=DAY.date()), actor=SYSTEM)
    assert (by_day.orders, by_day.amount_base_minor, by_day.is_exact) == (6, 6 * 990, True)
    assert api.order_totals(api.OrderFilter(first_on=DAY.date() + timedelta(1)), actor=SYSTEM).orders == 0


def test_the_list_reads_sums_not_orders(at: datetime, client_as: Any, manager: Actor) -> None:
    """The sums are put wrong on purpose: the page shows them, so it did not add up orders."""
    bring([{"order_number": f"T{n}"} for n in range(3)], 1, at)
    OrderTally.objects.update(orders=41, amount_base_minor=8200)
    page = client_as(manager).get("/purchases/").content.decode()
    assert "41" in page
    assert "82.00" in page
    assert "2.00" in page


def test_an_export_holds_every_order_not_only_those_one_can_turn_to(
    at: datetime, client_as: Any, manager: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "REACH", 2)
    monkeypatch.setattr(tallies, "COUNTED_MAX", 2)
    bring([{"order_number": f"T{n}"} for n in range(5)], 1, at)
    client = client_as(manager)
    answer = client.post("/purchases/?number=T", {"export": "csv"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").strip().splitlines()
    assert len(lines) == 6
    assert LoggedEvent.objects.get(name="web.list_exported").data["rows"] == 5


def test_the_average_is_exact_beyond_what_floats_hold() -> None:
    each = 2**53 + 1
    shown = dict(_sums(tallies.OrderTotals(orders=4, counted=3, amount_base_minor=3 * each)))
    assert "90,071,992,547,409.93" in shown[gettext("Average order")]
