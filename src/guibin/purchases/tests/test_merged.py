"""Orders of people whom a merge made one: written to the id that was named, read as the person's."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from guibin.accounts import api as accounts
from guibin.core.permissions import SYSTEM, Actor
from guibin.customers import api as customers
from guibin.purchases import api

LINE = {"sku": "K-1", "description": "茶杯", "unit_price": "50"}


@pytest.fixture
def two(db: None, at: datetime) -> dict[str, int]:
    """Two customers who are one person, by number; the one that stands for both first."""
    ids = [
        customers.create_customer(profile=customers.Profile(name=name), contacts=[], actor=SYSTEM, at=at)
        for name in ("林婉清", "林婉晴", "张伟")
    ]
    numbers = customers.find_numbers(ids)
    customers.merge_customers(kept_id=ids[0], absorbed_id=ids[1], actor=SYSTEM, at=at)
    return {numbers[each]: each for each in ids}


def place(customer_id: int, number: str, at: datetime) -> int:
    line = api.LineDraft("K-1", Decimal(1), Decimal(50))
    return api.place_order(customer_id=customer_id, lines=[line], number=number, actor=SYSTEM, at=at).order_id


@pytest.fixture
def till(owner: Actor, at: datetime) -> dict[str, str]:
    scopes = ["purchases.view_orders", "purchases.record_orders"]
    made = accounts.create_key(name="till", scopes=scopes, actor=owner, at=at)
    return {"Authorization": f"Bearer {made.token}"}


def test_a_till_names_a_merged_number_and_reads_the_person(
    two: dict[str, int], client: Client, till: dict[str, str], at: datetime
) -> None:
    (kept, kept_id), (gone, gone_id), (other, other_id) = two.items()
    place(other_id, "X1", at)

    def send(number: str, order: str) -> Any:
        headers = {**till, "Idempotency-Key": order}
        body = {"number": order, "customer": number, "lines": [LINE]}
        return client.post("/api/v1/orders", body, content_type="application/json", headers=headers)

    assert [send(number, order).status_code for number, order in ((kept, "W1"), (gone, "T1"))] == [201, 201]
    assert send(gone, "T1").status_code == 201, "the same answer again"
    found = {row.number: row.customer_id for row in api.list_orders_of(customers.group(kept_id))}
    assert found == {"W1": kept_id, "T1": gone_id}
    for number in (kept, gone):
        rows = client.get(f"/api/v1/orders?customer={number}", headers=till).json()["rows"]
        assert {(row["number"], row["customer"]) for row in rows} == {("W1", kept), ("T1", kept)}
    order_id = next(row["id"] for row in rows if row["number"] == "T1")
    assert client.get(f"/api/v1/orders/{order_id}", headers=till).json()["customer"] == kept
    everything = client.get("/api/v1/orders", headers=till).json()["rows"]
    assert {row["customer"] for row in everything} == {kept, other}
    assert client.get("/api/v1/orders?customer=GB-999999", headers=till).json()["rows"] == []


def test_pages_show_the_person_and_find_by_any_number(
    two: dict[str, int], client_as: Callable[[Actor], Client], owner: Actor, at: datetime
) -> None:
    (kept, kept_id), (gone, gone_id), (_other, other_id) = two.items()
    orders = [
        place(each, number, at)
        for each, number in ((kept_id, "WEB-1"), (gone_id, "TILL-1"), (other_id, "OTHER-1"))
    ]
    pages = client_as(owner)
    for number in (kept, gone):
        page = pages.get(f"/purchases/?customer={number}").content.decode()
        assert [each in page for each in ("WEB-1", "TILL-1", "OTHER-1")] == [True, True, False]
        assert "林婉晴" not in page
    page = pages.get(f"/purchases/{orders[1]}/").content.decode()
    assert "林婉清" in page
    assert f"/customers/{kept}/" in page
    assert "林婉晴" not in page


def test_the_newest_orders_of_a_person_are_those_of_all_ids(two: dict[str, int], at: datetime) -> None:
    kept_id, gone_id, _other = two.values()
    for days, owner in enumerate((kept_id, gone_id, kept_id, gone_id)):
        line = api.LineDraft("K-1", Decimal(1), Decimal(50))
        then = at - timedelta(days=days)
        api.place_order(
            customer_id=owner, lines=[line], number=f"N{days}", ordered_at=then, actor=SYSTEM, at=at
        )
    rows = api.list_orders_of(customers.group(gone_id), limit=3)
    assert [row.number for row in rows] == ["N0", "N1", "N2"]
