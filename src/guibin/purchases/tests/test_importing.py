"""Imports on the real database: same file twice, overlap, permutations, conflicts, cancellations, undo."""

import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from django.db import connection

from guibin.core.permissions import SYSTEM
from guibin.customers import api as customers
from guibin.purchases import api
from guibin.purchases.errors import PaymentInvalid, RateMissing, ShapeInvalid
from guibin.purchases.models import (
    CurrencyRate,
    Order,
    OrderLine,
    Payment,
    Product,
    Refund,
    RefundLine,
    SalesChannel,
)
from guibin.purchases.tests.frames import DAY, order_lines, outcomes, refund_lines

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(at: datetime) -> list[int]:
    """Two customers."""
    profile = customers.Profile(name="林婉清")
    return [customers.create_customer(profile=profile, contacts=[], actor=SYSTEM, at=at) for _ in range(2)]


def take(rows: Any, at: datetime, *, import_id: int = 1, source: str = "till") -> Any:
    table = rows if isinstance(rows, pa.Table) else order_lines(rows)
    return api.import_orders(table, source=source, import_id=import_id, actor=SYSTEM, at=at)


def take_back(rows: Any, at: datetime, *, import_id: int = 1) -> Any:
    return api.import_refunds(refund_lines(rows), source="till", import_id=import_id, actor=SYSTEM, at=at)


def state() -> list[Any]:
    """Everything that matters, without ids."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT o.number, o.customer_id, o.ordered_at, o.total_minor, o.amount_base_minor, "
            "o.refunded_minor,"
            " o.promoted, c.line_key, c.sku, c.amount_minor, c.refunded_quantity, p.sku, p.name FROM "
            "purchases_order o"
            " JOIN purchases_orderline c ON c.order_id = o.id LEFT JOIN purchases_product p ON p.id = "
            "c.product_id"
            " ORDER BY o.number, c.line_key"
        )
        orders = cursor.fetchall()
        cursor.execute(
            "SELECT r.number, r.customer_id, r.amount_minor, o.number, l.line_key, l.amount_minor, c.line_key"
            " FROM purchases_refund r JOIN purchases_refundline l ON l.refund_id = r.id"
            " LEFT JOIN purchases_order o ON o.id = r.order_id"
            " LEFT JOIN purchases_orderline c ON c.id = l.order_line_id ORDER BY r.number, l.line_key"
        )
        return [orders, cursor.fetchall()]


def test_lines_become_orders_with_sums_products_and_one_event_each(at: datetime, people: list[int]) -> None:
    result = take(
        [
            {"customer_id": people[0], "quantity": Decimal(12), "unit_price": Decimal("6.95")},
            {"customer_id": people[0], "sku": "Y2", "description": " Tray ", "discount_minor": 90},
            {"order_number": "A2", "sku": "X1", "channel": "小程序"},
        ],
        at,
    )
    assert (result.created, result.documents_created, result.amount_base_minor) == (3, 2, 8340 + 900 + 990)
    first, second = Order.objects.order_by("number")
    assert (first.gross_minor, first.discount_minor, first.total_minor) == (9330, 90, 9240)
    assert first.promoted
    assert not second.promoted
    assert second.customer_id is None
    assert second.channel == "mini_program"
    assert set(Product.objects.values_list("sku", "name")) == {("X1", "Cup"), ("Y2", "Tray")}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT subjects, origin, batch_id FROM core_loggedevent WHERE name = "
            "'purchases.order_placed' ORDER BY id"
        )
        events = cursor.fetchall()
    assert [event[0] for event in events] == [
        [f"order:{first.id}", f"customer:{people[0]}"],
        [f"order:{second.id}"],
    ]
    assert {event[1] for event in events} == {"import"}
    assert len({event[2] for event in events}) == 1
    assert api.find_broken_sums() == []


def test_the_same_file_twice_and_an_overlapping_one_change_nothing_twice(at: datetime) -> None:
    rows = [{}, {}, {"sku": "Y2"}, {"order_number": "A2"}]
    take(rows, at)
    before = state()
    again = take(rows, at, import_id=2)
    assert (again.created, again.unchanged) == (0, 4)
    assert state() == before
    overlap = take([{}, {}, {}, {"order_number": "A3"}], at, import_id=3)
    assert outcomes(overlap) == {0: "unchanged", 1: "unchanged", 2: "created", 3: "created"}
    assert Order.objects.get(number="A1").total_minor == 4 * 990
    assert api.find_broken_sums() == []


def test_any_order_of_rows_and_batches_gives_the_same(at: datetime, people: list[int]) -> None:
    rng = random.Random(7)
    rows = [
        {
            "order_number": (number := f"A{rng.randrange(8)}"),
            "sku": rng.choice(["X1", "Y2", ""]),
            "description": rng.choice(["Cup", "Bowl"]),
            "quantity": Decimal(rng.randrange(1, 4)),
            "customer_id": None if number < "A3" else rng.choice([None, *people]),
            "ordered_at": DAY + timedelta(minutes=rng.randrange(5)),
        }
        for _ in range(60)
    ]
    returns = [
        {
            "refund_number": f"C{rng.randrange(5)}",
            "sku": "X1",
            "quantity": Decimal(1),
            "refunded_at": DAY + timedelta(days=1),
        }
        for _ in range(12)
    ]
    take(rows, at)
    take_back(returns, at)
    api.match_cancellations(import_id=1, actor=SYSTEM, at=at)
    expected = state()
    assert any(line[-1] for line in expected[1])
    api.undo_import(import_id=1, actor=SYSTEM, at=at)
    assert state() == [[], []]
    rng.shuffle(rows)
    rng.shuffle(returns)
    numbered = sorted(rows, key=lambda row: row["order_number"] >= "A4")
    cut = sum(row["order_number"] < "A4" for row in rows)
    take(numbered[cut:], at)
    take(numbered[:cut], at)
    take_back(returns, at)
    api.match_cancellations(import_id=1, actor=SYSTEM, at=at)
    orders, refunds = state()
    assert [row[:-1] for row in orders] == [row[:-1] for row in expected[0]]
    assert refunds == expected[1]


def test_source_ids_name_lines_and_contradictions_are_conflicts(at: datetime, people: list[int]) -> None:
    take([{"line_id": "7", "customer_id": people[0]}, {"line_id": "7", "customer_id": people[0]}], at)
    assert OrderLine.objects.count() == 1
    again = take(
        [
            {"line_id": "7", "quantity": Decimal(2)},
            {"line_id": "8"},
            {"line_id": "9", "customer_id": people[1]},
            {"line_id": "7"},
        ],
        at,
    )
    assert outcomes(again) == {
        0: "conflict:content_differs",
        1: "created",
        2: "conflict:customer_differs",
        3: "unchanged",
    }
    assert OrderLine.objects.count() == 2


def test_rows_no_order_can_hold_are_refused_with_a_reason(at: datetime) -> None:
    result = take(
        [
            {"quantity": Decimal(0)},
            {"unit_price": Decimal(-1)},
            {"unit_price": Decimal(-1), "kind": "discount"},
            {"order_number": " "},
            {"kind": "magic"},
            {"discount_minor": 991},
            {"quantity": Decimal("999999999999999"), "unit_price": Decimal(999999)},
            {"sku": "S" * 81},
            {},
        ],
        at,
    )
    assert outcomes(result) == {
        0: "refused:quantity_not_positive",
        1: "refused:price_negative",
        2: "created",
        3: "refused:number_missing",
        4: "refused:kind_unknown",
        5: "refused:discount_too_large",
        6: "refused:amount_too_large",
        7: "refused:text_too_long",
        8: "created",
    }
    assert result.created + result.unchanged + result.conflict + result.refused == 9
    assert Order.objects.get().total_minor == 890


def test_another_currency_needs_its_rate_of_the_day(at: datetime) -> None:
    rows = [{"currency": "USD", "unit_price": Decimal("10.005")}]
    with pytest.raises(RateMissing):
        take(rows, at)
    assert Order.objects.count() == 0
    CurrencyRate.objects.create(currency="USD", valid_from=DAY.date(), rate=Decimal("7.1234"))
    result = take(rows, at)
    order = Order.objects.get()
    assert (order.total_minor, order.amount_base_minor, order.rate) == (1000, 7123, Decimal("7.1234"))
    assert result.amount_base_minor == 7123


def test_a_table_without_its_columns_is_refused(at: datetime) -> None:
    with pytest.raises(ShapeInvalid):
        take(pa.table({"row": [1]}), at)


def test_an_empty_batch_is_nothing(at: datetime) -> None:
    assert take([], at).created == 0
    assert take_back([], at).created == 0


def test_cancellations_find_what_they_cancel(at: datetime, people: list[int]) -> None:
    later = DAY + timedelta(days=10)
    take(
        [
            {"customer_id": people[0], "quantity": Decimal(5), "unit_cost": Decimal(4)},
            {
                "order_number": "A2",
                "customer_id": people[0],
                "quantity": Decimal(2),
                "ordered_at": DAY + timedelta(days=5),
            },
            {"order_number": "A3", "customer_id": people[1], "quantity": Decimal(9)},
            {"order_number": "A4", "quantity": Decimal(3)},
        ],
        at,
    )
    take_back(
        [
            {"refund_number": "C1", "customer_id": people[0], "quantity": Decimal(3), "refunded_at": later},
            {"refund_number": "C2", "customer_id": people[0], "quantity": Decimal(2), "refunded_at": later},
            {"refund_number": "C3", "customer_id": people[0], "unit_price": Decimal(1), "refunded_at": later},
            {"refund_number": "C4", "customer_id": people[1], "refunded_at": DAY - timedelta(days=1)},
            {"refund_number": "C5", "quantity": Decimal(3), "refunded_at": later},
        ],
        at,
    )
    result = api.match_cancellations(import_id=1, actor=SYSTEM, at=at)
    assert (result.matched, result.unmatched) == (3, 2)
    matched = dict(Refund.objects.values_list("number", "order__number"))
    assert matched == {"C1": "A1", "C2": "A2", "C3": None, "C4": None, "C5": "A4"}
    first = OrderLine.objects.get(order__number="A1")
    assert (first.refunded_quantity, first.refunded_minor) == (3, 3 * 990)
    assert Refund.objects.get(number="C1").cost_base_minor == 1200
    assert Order.objects.get(number="A1").refunded_minor == 3 * 990
    assert api.match_cancellations(import_id=1, actor=SYSTEM, at=at) == result
    sums = api.purchases_of(people)
    assert sums[people[0]].refunded_base_minor == 3 * 990 + 2 * 990 + 100
    assert sums[people[1]].net_base_minor == 9 * 990 - 990
    again = take_back(
        [{"refund_number": "C1", "customer_id": people[0], "quantity": Decimal(3), "refunded_at": later}], at
    )
    assert again.unchanged == 1
    assert api.find_broken_sums() == []


def test_undo_takes_back_everything_and_lists_what_something_depends_on(
    at: datetime, people: list[int]
) -> None:
    take([{"customer_id": people[0]}, {"order_number": "A2", "channel": "集市"}], at, import_id=1)
    take(
        [
            {"customer_id": people[0], "sku": "N9"},
            {"order_number": "B1"},
            {"order_number": "B2", "quantity": Decimal(4)},
        ],
        at,
        import_id=2,
    )
    kept_order = Order.objects.get(number="B2")
    line = OrderLine.objects.get(order=kept_order)
    api.refund_lines(
        order_id=kept_order.id,
        drafts=[api.RefundDraft(line.id, Decimal(1))],
        reason="returned",
        actor=SYSTEM,
        at=at,
    )
    result = api.undo_import(import_id=2, actor=SYSTEM, at=at)
    assert (result.orders, result.lines, result.products) == (1, 2, 1)
    assert [(kept.kind, kept.number, kept.reason) for kept in result.kept] == [("order", "B2", "has_refunds")]
    assert Order.objects.get(number="A1").total_minor == 990
    assert not Product.objects.filter(sku="N9").exists()
    assert api.undo_import(import_id=2, actor=SYSTEM, at=at).orders == 0
    everything = api.undo_import(import_id=1, actor=SYSTEM, at=at)
    assert everything.orders == 2
    assert [kept.kind for kept in everything.kept] == ["product"]
    assert not SalesChannel.objects.filter(is_shipped=False).exists()


def test_undo_gives_a_matched_line_its_quantity_back(at: datetime) -> None:
    take([{"quantity": Decimal(5)}], at, import_id=1)
    before = state()
    take_back([{"refunded_at": DAY + timedelta(days=2)}], at, import_id=2)
    api.match_cancellations(import_id=2, actor=SYSTEM, at=at)
    assert OrderLine.objects.get().refunded_quantity == 1
    kept = api.undo_import(import_id=2, actor=SYSTEM, at=at).kept
    assert kept == ()
    assert state() == before
    assert RefundLine.objects.count() == 0


def test_products_are_made_filled_overwritten_and_put_back(at: datetime) -> None:
    def ensure(rows: list[dict[str, Any]], policy: Any = "fill", import_id: int = 5) -> Any:
        table = pa.Table.from_pylist([{"row": n, **row} for n, row in enumerate(rows)], schema=api.PRODUCTS)
        return api.ensure_products(table, import_id=import_id, policy=policy, actor=SYSTEM, at=at)

    result = ensure([{"sku": "X1", "name": "Cup", "category": "Home / Kitchen", "brand": "Ma"}, {"sku": ""}])
    assert (result.created, result.refused) == (1, 1)
    assert [(row.path, row.products) for row in api.list_categories()] == [("Home", 0), ("Home / Kitchen", 1)]
    assert ensure([{"sku": "X1", "name": "Mug"}]).unchanged == 1
    filled = ensure([{"sku": "X1", "name": "Mug", "list_price": Decimal("12.5")}])
    assert filled.updated == 1
    assert Product.objects.get().name == "Cup"
    changed = ensure([{"sku": "X1", "name": "Mug", "category": "Office"}], "overwrite", 6)
    assert changed.before.to_pylist()[0]["name"] == "Cup"
    assert Product.objects.get().category.name == "Office"
    api.undo_import(import_id=6, actor=SYSTEM, at=at, before=changed.before)
    product = Product.objects.get()
    assert (product.name, product.category.name, product.list_price) == ("Cup", "Kitchen", Decimal("12.5"))
    assert [row.name for row in api.list_categories()] == ["Home", "Kitchen"]


def paid_rows(*rows: tuple[str, str, int]) -> pa.Table:
    parts = [
        {"order_number": n, "method": way, "amount_minor": sum_, "paid_at": DAY} for n, way, sum_ in rows
    ]
    return pa.Table.from_pylist(parts, schema=api.PAYMENTS)


def test_payments_of_known_orders_come_in_once(at: datetime) -> None:
    take(order_lines([{"order_number": "A1"}, {"order_number": "A2"}]), at)
    rows = paid_rows(("A1", "voucher", 190), ("A1", "wechat_pay", 800), ("nobody", "cash", 5))
    assert api.import_payments(rows, source="till", actor=SYSTEM, at=at).taken == 2
    assert api.import_payments(rows, source="till", actor=SYSTEM, at=at).taken == 0
    assert api.import_payments(rows, source="other", actor=SYSTEM, at=at).taken == 0
    order = api.find_order(number="A1", actor=SYSTEM)
    assert order is not None
    detail = api.get_order(order.id, actor=SYSTEM)
    assert detail.paid == detail.order.total
    assert [paid.method for paid in detail.payments] == ["voucher", "wechat_pay"]


@pytest.mark.parametrize(("method", "amount"), [("shells", 100), ("cash", 0), ("cash", -5)])
def test_a_payment_that_cannot_be_leaves_nothing(at: datetime, method: str, amount: int) -> None:
    take(order_lines([{"order_number": "A1"}, {"order_number": "A2"}]), at)
    rows = paid_rows(("A1", "cash", 990), ("A2", method, amount))
    with pytest.raises(PaymentInvalid):
        api.import_payments(rows, source="till", actor=SYSTEM, at=at)
    assert not Payment.objects.exists()
