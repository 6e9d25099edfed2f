"""Pages and REST: who may, what they show, how many queries, and the main paths."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from guibin.accounts import api as accounts
from guibin.core.permissions import SYSTEM, Actor
from guibin.customers import api as customers
from guibin.purchases import api
from guibin.purchases.models import Order, OrderLine, Product, Refund
from guibin.web.testing import assert_same_queries

pytestmark = pytest.mark.django_db


def make_orders(at: datetime, count: int) -> None:
    start = Order.objects.count()
    for place in range(start, start + count):
        customer = customers.create_customer(
            profile=customers.Profile(name=f"客人{place}"), contacts=[], actor=SYSTEM, at=at
        )
        lines = [api.LineDraft(f"S{place}", Decimal(2), Decimal("9.90"), f"杯子 {place}")]
        api.place_order(
            lines=lines, customer_id=customer, ordered_at=at + timedelta(minutes=place), actor=SYSTEM, at=at
        )


@pytest.fixture
def order(at: datetime) -> Order:
    make_orders(at, 1)
    return Order.objects.get()


@pytest.mark.parametrize("url", ["/purchases/", "/products/"])
def test_lists_ask_equally_often_for_1_and_30_rows(
    url: str, at: datetime, client_as: Any, manager: Actor
) -> None:
    assert_same_queries(client_as(manager), url, lambda count: make_orders(at, count))


def test_the_list_says_the_sum_of_its_filters(at: datetime, client_as: Any, manager: Actor) -> None:
    make_orders(at, 3)
    client = client_as(manager)
    assert "59.40" in client.get("/purchases/").content.decode()
    one = client.get("/purchases/?sku=S1").content.decode()
    assert "杯子" not in one
    assert "客人1" in one
    assert "客人2" not in one
    fragment = client.get(
        "/purchases/?sku=S1", headers={"HX-Request": "true", "HX-Target": "list-purchases-orders"}
    )
    assert 'id="purchases-sums"' in fragment.content.decode()
    assert "19.80" in fragment.content.decode()


def test_recording_by_hand_twice_pressed_is_one_order(client_as: Any, manager: Actor) -> None:
    client = client_as(manager)
    page = client.get("/purchases/new/")
    key = page.context["key"]
    data = {
        "key": key,
        "ordered_at": "2026-11-20T10:00",
        "channel": "wechat",
        "currency": "CNY",
        "discount": "1",
        "method": "alipay",
        "status": "completed",
        "line-TOTAL_FORMS": "8",
        "line-INITIAL_FORMS": "0",
        "line-0-sku": "N1",
        "line-0-description": "茶杯",
        "line-0-quantity": "2",
        "line-0-unit_price": "10",
    }
    first = client.post("/purchases/new/", data)
    assert first.status_code == 302
    assert client.post("/purchases/new/", data).headers["Location"] == first.headers["Location"]
    order = Order.objects.get()
    assert order.total_minor == 1900
    assert order.payments.get().amount_minor == 1900
    assert "茶杯" in client.get(first.headers["Location"]).content.decode()


def test_a_purchase_without_lines_is_refused_on_the_form(client_as: Any, manager: Actor) -> None:
    data = {
        "key": "k",
        "ordered_at": "2026-11-20T10:00",
        "channel": "store",
        "currency": "CNY",
        "status": "completed",
    }
    response = client_as(manager).post(
        "/purchases/new/", {**data, "line-TOTAL_FORMS": "8", "line-INITIAL_FORMS": "0"}
    )
    assert response.status_code == 422
    assert Order.objects.count() == 0


def test_a_refund_is_previewed_done_and_taken_back(order: Order, client_as: Any, manager: Actor) -> None:
    client: Client = client_as(manager)
    line = OrderLine.objects.get()
    data = {"key": "k", "reason": "returned", f"quantity_{line.id}": "1"}
    preview = client.post(f"/purchases/{order.id}/refund/", data)
    assert "9.90" in preview.content.decode()
    assert Refund.objects.count() == 0
    assert client.post(f"/purchases/{order.id}/refund/", {**data, "confirm": "1"}).status_code == 302
    refund = Refund.objects.get()
    assert refund.amount_minor == 990
    assert refund.number in client.get(f"/purchases/{order.id}/").content.decode()
    client.post(f"/purchases/refunds/{refund.id}/undo/")
    assert Refund.objects.count() == 0


def test_status_parcel_and_cancelling(order: Order, client_as: Any, manager: Actor) -> None:
    Order.objects.update(status="paid")
    client = client_as(manager)
    client.post(
        f"/purchases/{order.id}/status/", {"status": "shipped", "carrier": "SF", "tracking_number": "SF99"}
    )
    assert "SF99" in client.get(f"/purchases/{order.id}/").content.decode()
    client.post(f"/purchases/{order.id}/cancel/", {"reason": "other"})
    assert Order.objects.get().status == "cancelled"


@pytest.mark.parametrize(
    "url",
    [
        "/products/new/",
        "/products/categories/",
        "/settings/channels/",
        "/settings/channels/web/",
        "/settings/rates/",
    ],
)
def test_catalogue_pages_open(url: str, client_as: Any, manager: Actor) -> None:
    assert client_as(manager).get(url).status_code == 200


def test_the_catalogue_is_kept_on_its_pages(client_as: Any, manager: Actor) -> None:
    client = client_as(manager)
    client.post("/products/categories/", {"what": "category", "category-name": "家居"})
    client.post("/products/categories/", {"what": "brand", "brand-name": "松烟"})
    (category,), (brand,) = api.list_categories(), api.list_brands()
    client.post(f"/products/categories/{category.id}/", {"name": "居家", "code": "home"})
    client.post(f"/products/brands/{brand.id}/", {"name": "松烟堂", "code": "sy"})
    values = {"sku": "P1", "name": "杯", "category_id": category.id, "kind": "goods", "status": "active"}
    client.post("/products/new/", values)
    product = Product.objects.get()
    assert product.category.name == "居家"
    client.post(f"/products/{product.id}/", {**values, "name": "碗", "brand_id": brand.id})
    assert Product.objects.get().name == "碗"
    client.post("/settings/channels/", {"code": "fair", "name": "集市", "is_active": "on"})
    client.post("/settings/channels/fair/", {"name": "大集"})
    assert [str(row.label) for row in api.list_channels() if row.code == "fair"] == ["大集"]
    client.post("/settings/rates/", {"currency": "usd", "rate": "7.1", "valid_from": "2026-01-01"})
    assert "7.1" in client.get("/settings/rates/").content.decode()


def test_rates_warn_where_the_base_is_not_yuan(at: datetime, owner: Actor, client_as: Any) -> None:
    client = client_as(owner)
    assert "gb-fix" not in client.get("/settings/rates/").content.decode()
    accounts.update_organisation(name="", base_currency="GBP", time_zone="Asia/Shanghai", actor=owner, at=at)
    assert "gb-fix" in client.get("/settings/rates/").content.decode()


def test_an_agent_neither_refunds_nor_edits_nor_sees_other_stores(
    order: Order, client_as: Any, agent: Actor
) -> None:
    client = client_as(agent)
    assert client.get("/purchases/").status_code == 200
    assert client.get(f"/purchases/{order.id}/").status_code == 404
    assert client.get(f"/purchases/{order.id}/refund/").status_code == 403
    assert client.get("/products/new/").status_code == 403
    assert client.get("/settings/rates/").status_code == 403
    assert client.post("/settings/channels/", {"code": "x", "name": "x"}).status_code == 403


@pytest.fixture
def key(owner: Actor, at: datetime) -> Any:
    """Headers of a program that may do everything here."""
    scopes = ["purchases.view_orders", "purchases.record_orders", "purchases.refund_orders"]
    scopes += ["purchases.view_products", "purchases.edit_products"]
    made = accounts.create_key(name="till", scopes=scopes, actor=owner, at=at)
    return {"Authorization": f"Bearer {made.token}"}


def post(client: Client, url: str, body: Any, headers: Any, key: str = "") -> Any:
    more = {"Idempotency-Key": key} if key else {}
    return client.post(url, body, content_type="application/json", headers={**headers, **more})


def test_a_program_records_reads_and_refunds(client: Client, key: Any) -> None:
    body = {"number": "W1", "source": "web", "lines": [{"sku": "A", "quantity": "2", "unit_price": "9.90"}]}
    assert post(client, "/api/v1/orders", body, key).status_code == 422
    placed = post(client, "/api/v1/orders", body, key, "k1")
    assert placed.status_code == 201, placed.content
    assert post(client, "/api/v1/orders", body, key, "k1").json() == placed.json()
    taken = post(client, "/api/v1/orders", {**body, "discount_minor": 1}, key, "k1")
    assert (taken.status_code, taken.json()["code"]) == (409, "web.idempotency_key_reused")
    order_id = placed.json()["id"]
    detail = client.get(f"/api/v1/orders/{order_id}", headers=key).json()
    assert (detail["total_minor"], detail["lines"][0]["quantity"]) == (1980, "2.000")
    refund = {"lines": [{"line_id": detail["lines"][0]["id"], "quantity": "1"}]}
    done = post(client, f"/api/v1/orders/{order_id}/refunds", refund, key, "r1")
    assert done.json()["amount_minor"] == 990
    assert post(client, f"/api/v1/orders/{order_id}/refunds", refund, key, "r1").json() == done.json()
    assert Refund.objects.count() == 1


def test_a_program_pages_through_orders_and_products(client: Client, key: Any, at: datetime) -> None:
    make_orders(at, 5)
    for what, field in (("orders", "number"), ("products", "sku")):
        seen, cursor = [], ""
        while True:
            page = client.get(f"/api/v1/{what}?limit=2&cursor={cursor}", headers=key).json()
            seen += [row[field] for row in page["rows"]]
            cursor = page["next_cursor"]
            if not cursor:
                break
        assert len(seen) == len(set(seen)) == 5


def test_without_a_scope_nothing_opens(client: Client, owner: Actor, at: datetime) -> None:
    made = accounts.create_key(name="reader", scopes=["purchases.view_products"], actor=owner, at=at)
    headers = {"Authorization": f"Bearer {made.token}"}
    assert client.get("/api/v1/products", headers=headers).status_code == 200
    assert client.get("/api/v1/orders", headers=headers).status_code == 403
    assert (
        post(
            client, "/api/v1/orders", {"number": "1", "lines": [{"unit_price": "1"}]}, headers, "k"
        ).status_code
        == 403
    )
    assert client.get("/api/v1/orders").status_code == 401


def test_costs_are_asked_of_those_who_keep_products(client_as: Any, manager: Actor, agent: Actor) -> None:
    data = {
        "key": "cost-1",
        "ordered_at": "2026-11-20T10:00",
        "channel": "store",
        "currency": "CNY",
        "status": "completed",
        "line-TOTAL_FORMS": "8",
        "line-INITIAL_FORMS": "0",
        "line-0-sku": "N1",
        "line-0-quantity": "3",
        "line-0-unit_price": "10",
        "line-0-unit_cost": "4.5",
    }
    keeper = client_as(manager)
    assert 'name="line-0-unit_cost"' in keeper.get("/purchases/new/").content.decode()
    assert keeper.post("/purchases/new/", data).status_code == 302
    assert OrderLine.objects.get().cost_base_minor == 1350
    seller = client_as(agent)
    assert "unit_cost" not in seller.get("/purchases/new/").content.decode()
    assert (
        seller.post(
            "/purchases/new/", {**data, "key": "cost-2", "store_id": min(agent.store_ids or ())}
        ).status_code
        == 302
    )
    assert OrderLine.objects.order_by("-id")[0].unit_cost is None


def test_no_tracking_number_is_asked_for_where_it_cannot_be_kept(client_as: Any, manager: Actor) -> None:
    client = client_as(manager)
    data = {
        "key": "track-1",
        "ordered_at": "2026-11-20T10:00",
        "channel": "store",
        "currency": "CNY",
        "status": "placed",
        "line-TOTAL_FORMS": "8",
        "line-INITIAL_FORMS": "0",
        "line-0-sku": "N1",
        "line-0-unit_price": "10",
    }
    url = client.post("/purchases/new/", data)["Location"]
    page = client.get(url).content.decode()
    assert 'name="carrier"' in page
    assert 'name="tracking_number"' not in page
    client.post(f"{url}status/", {"status": "shipped", "carrier": "顺丰"})
    assert Order.objects.values_list("status", "carrier").get() == ("shipped", "顺丰")
