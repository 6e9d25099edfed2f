"""Orders and refunds by hand, on the real database."""

import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum

from guibin.core.errors import DomainError, Forbidden
from guibin.core.permissions import SYSTEM, Actor
from guibin.customers import api as customers
from guibin.purchases import api, errors
from guibin.purchases.models import Order, OrderLine, Product, Refund
from guibin.purchases.personal_data import erase, export

pytestmark = pytest.mark.django_db


def place(at: datetime, *, actor: Actor = SYSTEM, **more: Any) -> Any:
    lines = [
        api.LineDraft("X1", Decimal(3), Decimal("9.99"), "Cup"),
        api.LineDraft("Y2", Decimal(1), Decimal("100"), "Kettle"),
    ]
    return api.place_order(**{"lines": lines, "actor": actor, "at": at, **more})


def lines_of(order_id: int) -> list[OrderLine]:
    return list(OrderLine.objects.filter(order_id=order_id).order_by("id"))


def give_back(order_id: int, at: datetime, *drafts: api.RefundDraft, **more: Any) -> Any:
    return api.refund_lines(order_id=order_id, drafts=drafts, reason="returned", actor=SYSTEM, at=at, **more)


def test_an_order_is_priced_and_its_discount_spread(at: datetime) -> None:
    placed = place(at, discount_minor=1000, payments=[api.PaymentDraft("wechat_pay", 11997)])
    detail = api.get_order(placed.order_id, actor=SYSTEM)
    assert (detail.order.gross.minor, detail.order.discount.minor, detail.order.total.minor) == (
        12997,
        1000,
        11997,
    )
    assert [line.discount.minor for line in detail.lines] == [231, 769]
    assert detail.paid == detail.order.total
    assert detail.order.ordered_on == date(2026, 11, 23)
    assert placed.number.startswith("M261123-")
    assert api.find_broken_sums() == []


def test_the_business_day_is_the_stores(at: datetime) -> None:
    late = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
    assert api.get_order(place(late).order_id, actor=SYSTEM).order.ordered_on == date(2026, 11, 23)


def test_one_key_is_one_order(at: datetime) -> None:
    first = place(at, idempotency_key="k")
    again = place(at + timedelta(hours=1), idempotency_key="k", ordered_at=None)
    assert (again.order_id, again.is_repeat) == (first.order_id, True)
    with pytest.raises(errors.KeyReused):
        place(at, idempotency_key="k", discount_minor=1)
    assert Order.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"lines": []}, errors.OrderEmpty),
        ({"lines": [api.LineDraft("X", Decimal(0), Decimal(1))]}, errors.LineInvalid),
        ({"lines": [api.LineDraft("X", Decimal(1), Decimal(-1))]}, errors.LineInvalid),
        ({"lines": [api.LineDraft("X", Decimal("0.0001"), Decimal(1))]}, errors.LineTooPrecise),
        ({"discount_minor": 13000}, errors.DiscountTooLarge),
        ({"channel": "pigeon"}, errors.ChannelUnknown),
        ({"store_id": 99}, errors.StoreUnknown),
        ({"customer_id": 99}, errors.CustomerUnknown),
        ({"currency": "USD"}, errors.RateMissing),
        ({"currency": "US"}, errors.CurrencyInvalid),
        ({"status": "cancelled"}, errors.WordUnknown),
        ({"payments": [api.PaymentDraft("shells", 1)]}, errors.PaymentInvalid),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(
    at: datetime, more: dict[str, Any], error: type[DomainError]
) -> None:
    with pytest.raises(error):
        place(at, **more)
    assert Order.objects.count() == Product.objects.count() == 0


def test_a_number_is_taken_once_per_source(at: datetime) -> None:
    place(at, source="till", number="7")
    place(at, source="web", number="7")
    with pytest.raises(errors.OrderNumberTaken):
        place(at, source="till", number="7")


def test_an_agent_records_and_sees_only_their_store(at: datetime, agent: Actor, outsider: Actor) -> None:
    (store,) = agent.store_ids or ()
    placed = place(at, actor=agent, store_id=store)
    assert api.get_order(placed.order_id, actor=agent).order.store_id == store
    with pytest.raises(errors.OrderUnknown):
        api.get_order(placed.order_id, actor=outsider)
    with pytest.raises(Forbidden):
        place(at, actor=outsider, store_id=store)
    with pytest.raises(Forbidden):
        place(at, actor=agent)
    assert api.list_orders(actor=outsider).total == 0
    assert api.order_totals(actor=outsider).orders == 0
    assert api.orders_by_id([placed.order_id], actor=outsider) == {}


def test_refunds_in_parts_add_up_to_what_was_paid_and_no_more(at: datetime) -> None:
    order_id = place(at, discount_minor=1000).order_id
    cup, kettle = lines_of(order_id)
    amounts = [give_back(order_id, at, api.RefundDraft(cup.id, Decimal(1))).amount_minor for _ in range(3)]
    assert sum(amounts) == cup.amount_minor
    with pytest.raises(errors.RefundTooMuch):
        give_back(order_id, at, api.RefundDraft(cup.id, Decimal(1)))
    give_back(order_id, at, api.RefundDraft(kettle.id, Decimal(0), 500))
    rest = give_back(order_id, at, api.RefundDraft(kettle.id, Decimal(1)))
    assert rest.amount_minor == kettle.amount_minor - 500
    order = Order.objects.get()
    assert order.refunded_minor == order.total_minor
    assert Refund.objects.aggregate(total=Sum("amount_minor"))["total"] == order.total_minor
    assert api.find_broken_sums() == []


def test_a_refund_key_and_its_repeat(at: datetime) -> None:
    order_id = place(at).order_id
    cup, _kettle = lines_of(order_id)
    draft = api.RefundDraft(cup.id, Decimal(1))
    first = give_back(order_id, at, draft, idempotency_key="r")
    assert give_back(order_id, at, draft, idempotency_key="r").refund_id == first.refund_id
    with pytest.raises(errors.KeyReused):
        give_back(order_id, at, api.RefundDraft(cup.id, Decimal(2)), idempotency_key="r")


def test_a_preview_writes_nothing(at: datetime) -> None:
    order_id = place(at).order_id
    cup, _kettle = lines_of(order_id)
    preview = api.preview_refund(
        order_id=order_id, drafts=[api.RefundDraft(cup.id, Decimal(2))], actor=SYSTEM
    )
    assert (preview.amount_minor, preview.left_minor) == (1998, 12997 - 1998)
    assert Refund.objects.count() == 0


def test_a_slip_of_the_hand_can_be_taken_back_for_a_while(at: datetime) -> None:
    order_id = place(at).order_id
    cup, _kettle = lines_of(order_id)
    refund = give_back(order_id, at, api.RefundDraft(cup.id, Decimal(2)))
    with pytest.raises(errors.RefundFixed):
        api.undo_refund(refund_id=refund.refund_id, actor=SYSTEM, at=at + timedelta(minutes=11))
    api.undo_refund(refund_id=refund.refund_id, actor=SYSTEM, at=at + timedelta(minutes=9))
    assert Order.objects.get().refunded_minor == 0
    assert lines_of(order_id)[0].refunded_quantity == 0
    with pytest.raises(errors.RefundUnknown):
        api.undo_refund(refund_id=refund.refund_id, actor=SYSTEM, at=at)


def test_a_cancelled_order_stays_cancelled(at: datetime) -> None:
    order_id = place(at, status="placed").order_id
    api.cancel_order(order_id=order_id, reason="cancelled", actor=SYSTEM, at=at)
    cup, _kettle = lines_of(order_id)
    with pytest.raises(errors.OrderCancelled):
        give_back(order_id, at, api.RefundDraft(cup.id, Decimal(1)))
    with pytest.raises(errors.StatusNotPossible):
        api.change_order_status(order_id=order_id, status="paid", actor=SYSTEM, at=at)
    assert api.order_totals(actor=SYSTEM).amount_base_minor == 0


def test_an_order_with_refunds_is_not_cancelled(at: datetime) -> None:
    order_id = place(at).order_id
    give_back(order_id, at, api.RefundDraft(lines_of(order_id)[0].id, Decimal(1)))
    with pytest.raises(errors.OrderHasRefunds):
        api.cancel_order(order_id=order_id, reason="other", actor=SYSTEM, at=at)


def test_a_tracking_number_is_sealed_shown_exported_and_erased(at: datetime) -> None:
    customer = customers.create_customer(
        profile=customers.Profile(name="周雅"), contacts=[], actor=SYSTEM, at=at
    )
    order_id = place(at, customer_id=customer, status="paid").order_id
    api.change_order_status(
        order_id=order_id, status="shipped", carrier="顺丰", tracking_number="SF123456", actor=SYSTEM, at=at
    )
    assert b"SF123456" not in bytes(Order.objects.get().tracking_sealed or b"")
    assert api.get_order(order_id, actor=SYSTEM).tracking_number == "SF123456"
    exported: Any = export(customer)
    assert exported["orders"][0]["tracking_number"] == "SF123456"
    erase(customer)
    assert api.get_order(order_id, actor=SYSTEM).tracking_number == ""
    anonymous = place(at, status="paid").order_id
    with pytest.raises(errors.TrackingNeedsCustomer):
        api.change_order_status(
            order_id=anonymous, status="shipped", tracking_number="1", actor=SYSTEM, at=at
        )


def test_the_database_itself_refuses_too_much_back(at: datetime) -> None:
    line = lines_of(place(at).order_id)[0]
    with pytest.raises(IntegrityError, match="purchases_line_refund_quantity"), transaction.atomic():
        OrderLine.objects.filter(id=line.id).update(refunded_quantity=4)
    with pytest.raises(IntegrityError, match="purchases_line_refund_amount"), transaction.atomic():
        OrderLine.objects.filter(id=line.id).update(refunded_minor=line.amount_minor + 1)


def test_a_line_never_points_at_nothing(at: datetime) -> None:
    order_id = place(at).order_id
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE purchases_orderline SET order_id = 0")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM purchases_order WHERE id = %s", [order_id])
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM purchases_product")
    line = lines_of(order_id)[0]
    line.pk, line.order_id, line.line_key = None, 999_999, "x"
    with pytest.raises(IntegrityError), transaction.atomic():
        line.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_two_refunds_at_once_never_exceed_the_line(at: datetime) -> None:
    order_id = place(at).order_id
    cup, _kettle = lines_of(order_id)
    ready = threading.Barrier(4)
    refused = []

    def refund() -> None:
        ready.wait()
        try:
            give_back(order_id, at, api.RefundDraft(cup.id, Decimal(2)))
        except errors.RefundTooMuch as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=refund) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 3
    assert Refund.objects.count() == 1
    assert OrderLine.objects.get(id=cup.id).refunded_quantity == 2


def test_the_catalogue_by_hand(at: datetime) -> None:
    home = api.create_category(code="home", name="家居", actor=SYSTEM, at=at)
    cups = api.create_category(code="cups", name="杯子", parent_id=home, actor=SYSTEM, at=at)
    with pytest.raises(errors.CategoryLoop):
        api.edit_category(category_id=home, code="home", name="家居", parent_id=cups, actor=SYSTEM, at=at)
    with pytest.raises(errors.CodeTaken):
        api.create_category(code="HOME", name="again", actor=SYSTEM, at=at)
    brand = api.create_brand(code="", name="松烟", actor=SYSTEM, at=at)
    draft = api.ProductDraft("X1", name="杯", category_id=cups, brand_id=brand, list_price=Decimal("9.9"))
    product = api.create_product(draft=draft, actor=SYSTEM, at=at)
    with pytest.raises(errors.SkuTaken):
        api.create_product(draft=draft, actor=SYSTEM, at=at)
    assert (api.get_product(product).category, api.get_product(product).brand) == ("杯子", "松烟")
    api.create_channel(code="fair", name="集市", actor=SYSTEM, at=at)
    with pytest.raises(errors.CodeInvalid):
        api.create_channel(code="快闪", name="", actor=SYSTEM, at=at)
    api.set_rate(currency="usd", valid_from=date(2026, 1, 1), rate=Decimal("7.1"), actor=SYSTEM, at=at)
    with pytest.raises(errors.RateInvalid):
        api.set_rate(currency="CNY", valid_from=date(2026, 1, 1), rate=Decimal(1), actor=SYSTEM, at=at)
    assert place(at, currency="USD").order_id
