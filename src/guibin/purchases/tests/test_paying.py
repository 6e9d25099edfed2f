"""Money received for orders: in parts, later, twice pressed, too much."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from guibin.core.permissions import SYSTEM, Actor
from guibin.purchases import api, errors
from guibin.purchases.models import Order, Payment

pytestmark = pytest.mark.django_db
FORM = {
    "key": "k",
    "ordered_at": "2026-11-20T10:00",
    "channel": "store",
    "currency": "CNY",
    "status": "completed",
    "line-TOTAL_FORMS": "8",
    "line-INITIAL_FORMS": "0",
    "line-0-sku": "N1",
    "line-0-unit_price": "100",
}


@pytest.fixture
def order_id(at: datetime) -> int:
    lines = [api.LineDraft("X1", Decimal(1), Decimal("100"))]
    return int(api.place_order(lines=lines, status="placed", actor=SYSTEM, at=at).order_id)


def pay(order_id: int, at: datetime, minor: int, before: int, method: str = "cash") -> None:
    payment = api.PaymentDraft(method, minor)
    api.add_payment(order_id=order_id, payment=payment, paid_before_minor=before, actor=SYSTEM, at=at)


def test_an_order_paid_in_two_parts_is_paid(order_id: int, at: datetime) -> None:
    pay(order_id, at, 4000, 0)
    assert api.get_order(order_id, actor=SYSTEM).order.status == "placed"
    pay(order_id, at, 6000, 4000, "alipay")
    detail = api.get_order(order_id, actor=SYSTEM)
    assert detail.order.status == "paid"
    assert detail.paid == detail.order.total


def test_twice_pressed_too_much_and_nonsense_are_refused(order_id: int, at: datetime) -> None:
    pay(order_id, at, 4000, 0)
    with pytest.raises(errors.PaidMeanwhile):
        pay(order_id, at, 4000, 0)
    with pytest.raises(errors.PaymentTooMuch):
        pay(order_id, at, 6001, 4000)
    for minor, method in ((0, "cash"), (-1, "cash"), (5, "shells")):
        with pytest.raises(errors.PaymentInvalid):
            pay(order_id, at, minor, 4000, method)
    api.cancel_order(order_id=order_id, reason="cancelled", actor=SYSTEM, at=at)
    with pytest.raises(errors.OrderCancelled):
        pay(order_id, at, 100, 4000)
    assert Payment.objects.count() == 1


def test_the_page_offers_what_is_left_and_records_it(
    order_id: int, at: datetime, client_as: Any, manager: Actor
) -> None:
    pay(order_id, at, 4000, 0)
    client = client_as(manager)
    page = client.get(f"/purchases/{order_id}/").content.decode()
    assert "60.00" in page
    data = {"method": "card", "amount": "60", "paid_before": "4000"}
    for _twice in range(2):
        assert client.post(f"/purchases/{order_id}/payment/", data).status_code == 302
    assert list(Payment.objects.order_by("id").values_list("method", "amount_minor")) == [
        ("cash", 4000),
        ("card", 6000),
    ]
    assert "pay-dialog" not in client.get(f"/purchases/{order_id}/").content.decode()


def test_another_stores_staff_cannot_pay(order_id: int, client_as: Any, outsider: Actor) -> None:
    data = {"method": "card", "amount": "60", "paid_before": "0"}
    assert client_as(outsider).post(f"/purchases/{order_id}/payment/", data).status_code == 404
    assert not Payment.objects.exists()


def test_recorded_by_hand_in_two_parts(client_as: Any, manager: Actor) -> None:
    parts = {"method": "wechat_pay", "second_method": "voucher", "second_amount": "30"}
    assert client_as(manager).post("/purchases/new/", {**FORM, **parts}).status_code == 302
    assert list(Payment.objects.order_by("id").values_list("method", "amount_minor")) == [
        ("wechat_pay", 7000),
        ("voucher", 3000),
    ]


@pytest.mark.parametrize(
    "parts",
    [
        {"method": "wechat_pay", "second_method": "voucher"},
        {"method": "wechat_pay", "second_amount": "30"},
        {"second_method": "voucher", "second_amount": "30"},
        {"method": "wechat_pay", "second_method": "voucher", "second_amount": "100"},
    ],
)
def test_half_said_parts_are_refused_on_the_form(
    parts: dict[str, str], client_as: Any, manager: Actor
) -> None:
    assert client_as(manager).post("/purchases/new/", {**FORM, **parts}).status_code == 422
    assert not Order.objects.exists()


def test_a_line_without_words_is_called_as_its_product(
    order_id: int, at: datetime, client_as: Any, manager: Actor
) -> None:
    (product,) = api.list_products().rows
    draft = api.ProductDraft(sku=product.sku, name="松烟茶杯")
    api.edit_product(product_id=product.id, draft=draft, actor=SYSTEM, at=at)
    assert "松烟茶杯" in client_as(manager).get(f"/purchases/{order_id}/").content.decode()
