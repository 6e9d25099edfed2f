"""Any run of changes, refreshed as they come, leaves what one full refresh makes of the outcome."""

import json
from datetime import date, timedelta
from random import Random

import pyarrow as pa
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guibin.insight import api
from guibin.insight.facts import keeping
from guibin.insight.facts.judging import find_judging, judge_table
from guibin.insight.facts.schema import COUNTED_SCHEMA
from guibin.insight.models import CustomerFacts
from guibin.insight.rules.count import judge
from guibin.insight.rules.wishes import Wishes
from guibin.insight.tests.shops import AS_OF, shops
from guibin.insight.tests.tables import execute, insert, simple_shop, write_order, write_shop
from guibin.insight.warehouse import versions

DAY = date(2024, 2, 29)
EARLIER = date(2023, 11, 30)
CUSTOMERS = 90


def a_shop():
    shop = simple_shop(CUSTOMERS)
    shop.categories = [{"category_id": n, "name": f"sort {n % 3}"} for n in range(1, 5)]
    shop.products = [{"product_id": n, "category_id": 1 + n % 4} for n in range(1, 9)]
    shop.order_lines = [
        {
            "line_id": n,
            "order_id": n,
            "product_id": 1 + n % 8,
            "kind": "goods" if n % 5 else "fee",
            "amount_base_minor": 90 * n,
            "cost_base_minor": 40 * n if n % 7 else None,
        }
        for n in range(1, CUSTOMERS + 1)
    ]
    return shop


class Changes:
    """Random changes to the tables, as the product makes them."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.next = 10_000
        self.merged: dict[int, int] = {}

    def some(self) -> None:
        for _ in range(self.random.randrange(1, 6)):
            self.random.choice([
                self.buy, self.buy, self.buy, self.sell, self.give_back, self.cancel, self.undo, self.move,
                self.join, self.merge, self.merge, self.part,
            ])()  # fmt: skip

    def customer(self) -> int:
        return self.random.randrange(1, CUSTOMERS + 1)

    def buy(self) -> None:
        self.next += 1
        day = DAY - timedelta(days=self.random.randrange(-3, 600))
        amount = self.random.choice([1, 700, 10**9])
        write_order(
            {"order_id": self.next, "customer_id": self.customer(), "ordered_on": day, "status": "paid",
             "promoted": self.random.random() < 0.5, "amount_base_minor": amount}
        )  # fmt: skip

    def sell(self) -> None:
        """A line for an order that had none."""
        self.buy()
        product = self.random.randrange(1, 9)
        insert("purchases_orderline", id=self.next, order_id=self.next, product_id=product, line_key="1",
               kind="goods", gross_minor=5, amount_minor=5, amount_base_minor=5,
               cost_base_minor=self.random.choice([None, 3]))  # fmt: skip

    def give_back(self) -> None:
        self.next += 1
        day = DAY - timedelta(days=self.random.randrange(500))
        cost = self.random.choice([None, 5])
        insert("purchases_refund", id=self.next, number=str(self.next), customer_id=self.customer(),
               refunded_on=day, amount_minor=30, amount_base_minor=30, cost_base_minor=cost)  # fmt: skip

    def cancel(self) -> None:
        execute("UPDATE purchases_order SET status = 'cancelled' WHERE id = %s", self.customer())

    def undo(self) -> None:
        gone = self.customer()
        execute("DELETE FROM purchases_orderline WHERE order_id = %s", gone)
        execute("DELETE FROM purchases_order WHERE id = %s", gone)

    def move(self) -> None:
        execute("UPDATE purchases_order SET customer_id = %s WHERE id = %s", self.customer(), self.customer())

    def merge(self) -> None:
        """Somebody turns out to be somebody else, with whoever they stood for."""
        kept, absorbed = self.customer(), self.customer()
        if kept == absorbed or {kept, absorbed} & self.merged.keys():
            return
        self.next += 1
        self.merged[absorbed] = self.next
        execute("UPDATE customers_customeralias SET into_id = %s WHERE into_id = %s", kept, absorbed)
        insert("customers_customeralias", id=self.next, customer_id=absorbed, into_id=kept)

    def part(self) -> None:
        """One of them is another person again."""
        if self.merged:
            gone = self.random.choice(sorted(self.merged))
            execute("DELETE FROM customers_customeralias WHERE id = %s", self.merged.pop(gone))

    def join(self) -> None:
        """Somebody joined earlier than was known, or joins later than the day."""
        day = DAY - timedelta(days=self.random.choice([-9, 5, 900]))
        execute("UPDATE customers_customer SET joined_on = %s WHERE id = %s", day, self.customer())


def published():
    return {row["customer_id"]: row for row in CustomerFacts.objects.values()}


@pytest.mark.parametrize("seed", range(4))
def test_any_changes_refreshed_step_by_step_equal_a_full_refresh(warehouse, monkeypatch, seed):
    monkeypatch.setattr(keeping, "SMALL", 0)
    monkeypatch.setattr(
        keeping, "DELTA_SHARE_MAX", 15
    )  # so that some runs write the whole anew and some do not
    write_shop(a_shop())
    api.refresh(as_of=DAY)
    api.facts_table(as_of=EARLIER)
    changes, modes, kept = Changes(seed), [], []
    for _ in range(6):
        changes.some()
        result = api.refresh(as_of=DAY)
        modes.append(result.mode)
        with versions.leased() as version:
            kept.append(keeping.counted_path(version, DAY, "delta").exists())
        earlier = api.facts_table(as_of=EARLIER)
    stepwise, rows = published(), api.facts_table(as_of=DAY)
    (versions.root() / "CURRENT").unlink()
    CustomerFacts.objects.all().delete()
    full = api.refresh(as_of=DAY)
    assert set(modes) == {"incremental"}
    assert any(kept)
    assert full.mode == "full"
    assert full.digest == result.digest
    assert full.customers == result.customers == len(stepwise)
    assert api.facts_table(as_of=DAY).to_pylist() == rows.to_pylist()
    assert api.facts_table(as_of=EARLIER).to_pylist() == earlier.to_pylist()
    assert published() == stepwise
    counted = {row["customer_id"]: row for row in rows.to_pylist()}
    assert api.facts_for(list(stepwise)) == counted
    everybody = list(range(1, CUSTOMERS + 9))
    assert api.live_facts_for(everybody, as_of=DAY) == counted


def test_what_was_merged_and_parted_again_is_as_it_was(warehouse):
    write_shop(a_shop())
    before = api.refresh(as_of=DAY)
    rows = published()
    for number, (absorbed, kept) in enumerate(((7, 12), (30, 12), (31, 40)), start=1):
        insert("customers_customeralias", id=number, customer_id=absorbed, into_id=kept)
    merged = api.refresh(as_of=DAY)
    assert (merged.mode, merged.customers) == ("incremental", CUSTOMERS - 3)
    assert merged.digest != before.digest
    assert published().keys() == rows.keys() - {7, 30, 31}
    assert published()[12]["facts"]["orders_count"] == 3
    assert api.live_facts_for([7, 31], as_of=DAY) == api.facts_for([12, 40])
    execute("DELETE FROM customers_customeralias")
    after = api.refresh(as_of=DAY)
    assert (after.mode, after.digest) == ("incremental", before.digest)
    assert published() == rows


def test_who_is_merged_buys_for_the_one_that_stands_for_them(warehouse):
    write_shop(simple_shop(60))
    insert("customers_customeralias", id=1, customer_id=7, into_id=12)
    api.refresh(as_of=DAY)
    write_order({
        "order_id": 900, "customer_id": 7, "ordered_on": DAY, "status": "paid", "promoted": False,
        "amount_base_minor": 5,
    })  # fmt: skip
    assert api.refresh(as_of=DAY).mode == "incremental"
    assert api.facts_for([7, 12])[12]["gross_minor"] == 700 + 1200 + 5
    assert 7 not in api.facts_for([7, 12])


def test_a_category_is_bought_by_people(warehouse):
    def buyers():
        return {each.category_id: each.customers for each in api.behaviour(as_of=DAY).categories}

    write_shop(a_shop())
    api.refresh(as_of=DAY)
    before = buyers()
    insert("customers_customeralias", id=1, customer_id=4, into_id=12)  # both bought of category 2
    api.refresh(as_of=DAY)
    assert buyers() == {**before, 2: before[2] - 1}


def test_a_copy_of_before_there_were_merges_is_read_and_made_anew(warehouse):
    write_shop(simple_shop(60))
    api.refresh(as_of=DAY)
    with versions.leased() as version:
        path = version.folder / "manifest.json"
        record = json.loads(path.read_text())
        del record["contents"]["aliases"]
        path.write_text(json.dumps(record))
    assert api.behaviour(as_of=EARLIER).buyers == 0
    assert api.behaviour(as_of=DAY).buyers == 60
    insert("customers_customeralias", id=1, customer_id=7, into_id=12)
    assert api.refresh(as_of=DAY).mode == "full"
    assert api.behaviour(as_of=DAY).buyers == 59


def test_who_bought_nothing_is_published_again_when_a_cut_point_moves_past_them(warehouse):
    write_shop(simple_shop(40))
    api.refresh(as_of=DAY)
    before = published()
    for number in range(1, 10):
        write_order({
            "order_id": 900 + number, "customer_id": number, "ordered_on": DAY, "status": "paid",
            "promoted": False, "amount_base_minor": 10**6,
        })  # fmt: skip
    result = api.refresh(as_of=DAY)
    after = published()
    moved = [key for key, row in after.items() if row != before[key]]
    assert result.mode == "incremental"
    assert result.changed == len(moved)
    assert any(key >= 10 for key in moved)
    assert api.facts_for(list(after)) == {
        row["customer_id"]: row for row in api.facts_table(as_of=DAY).to_pylist()
    }


def test_the_day_moves_on_and_everybody_is_counted_anew(warehouse):
    write_shop(simple_shop(20))
    first = api.refresh(as_of=DAY)
    later = api.refresh(as_of=DAY + timedelta(days=40))
    assert later.mode == "full"
    assert later.digest != first.digest
    assert api.facts_for([3])[3]["recency_days"] == 40 + (DAY - date(2024, 1, 8)).days
    execute("UPDATE purchases_order SET amount_base_minor = 9 WHERE id = 3")
    again = api.refresh(as_of=DAY + timedelta(days=40))
    assert again.mode == "incremental"
    assert api.facts_for([3])[3]["gross_minor"] == 9


def test_a_number_with_anything_in_it_is_published_as_it_is(warehouse):
    odd = 'C\\"1\t\\N'
    write_shop(simple_shop(2))
    execute("UPDATE customers_customer SET number = %s WHERE id = 1", odd)
    api.refresh(as_of=DAY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT facts ->> 'number' FROM insight_customerfacts WHERE customer_id = 1")
        assert cursor.fetchone() == (odd,)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(shop=shops(), as_of=AS_OF, window=st.sampled_from(["12m", "lifetime"]))
def test_judging_columns_equals_judging_rows(shop, as_of, window):
    rows = list(shop.counted(as_of).values())
    counted = pa.Table.from_pylist(rows, schema=COUNTED_SCHEMA)
    judging = find_judging(counted, Wishes(window=window, stage_days=(5, 20, 40, 80), active_months_min=2))
    assert judge_table(counted, judging).to_pylist() == [judge(row, judging) for row in rows]
