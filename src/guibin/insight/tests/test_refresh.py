"""The refresh: equal to a plain count, incremental equal to full, atomic, serial."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import date
from pathlib import Path

import pytest
from django.db import connection, transaction

from guibin.insight import api
from guibin.insight.facts.store import judging_of
from guibin.insight.models import CustomerFacts, Refresh
from guibin.insight.rules.count import judge
from guibin.insight.tests.tables import execute, insert, simple_shop, write_order, write_shop
from guibin.insight.warehouse import versions

DAY = date(2024, 2, 29)


def rows(as_of=DAY):
    return {row["customer_id"]: row for row in api.facts_table(as_of=as_of).to_pylist()}


def plain(shop, as_of=DAY):
    judging = judging_of(api.facts_table(as_of=as_of))
    return {key: judge(facts, judging) for key, facts in shop.counted(as_of).items()}


def test_facts_of_the_database_equal_a_plain_count(warehouse):
    shop = simple_shop(40)
    write_shop(shop)
    result = api.refresh(as_of=DAY)
    assert (result.customers, result.orders, result.orders_anonymous, result.mode) == (40, 40, 0, "full")
    assert rows() == plain(shop)
    assert api.facts_for([1, 7, 999]) == {1: rows()[1], 7: rows()[7]}
    assert api.live_facts(7, as_of=DAY) == rows()[7]


def test_only_what_changed_is_copied_and_the_digest_is_that_of_a_full_run(warehouse):
    shop = simple_shop(300)
    write_shop(shop)
    first = api.refresh(as_of=DAY)
    execute("UPDATE purchases_order SET amount_base_minor = 77777 WHERE id IN (3, 200)")
    execute("UPDATE purchases_order SET customer_id = 8 WHERE id = 9")
    execute("DELETE FROM purchases_order WHERE id = 11")
    write_order({**shop.orders[0], "order_id": 5000, "customer_id": 12, "ordered_on": DAY})
    insert(
        "purchases_refund",
        id=1,
        number="r",
        customer_id=4,
        refunded_on=DAY,
        amount_minor=50,
        amount_base_minor=50,
    )
    second = api.refresh(as_of=DAY)
    assert second.mode == "incremental"
    assert second.digest != first.digest
    assert second.orders == 300
    expected = rows()
    (warehouse / connection.settings_dict["NAME"] / "CURRENT").unlink()
    full = api.refresh(as_of=DAY)
    assert full.mode == "full"
    assert full.digest == second.digest
    assert rows() == expected
    assert full.changed == 0
    assert api.facts_for([3, 4, 8, 9, 11, 12]) == {key: expected[key] for key in (3, 4, 8, 9, 11, 12)}


def test_nothing_changed_writes_nothing(warehouse):
    write_shop(simple_shop(5))
    first = api.refresh(as_of=DAY)
    again = api.refresh(as_of=DAY)
    assert (again.digest, again.changed, again.mode) == (first.digest, 0, "incremental")
    assert first.changed == 5


def test_another_day_shifts_windows_and_is_computed_on_demand(warehouse):
    shop = simple_shop(20)
    write_shop(shop)
    api.refresh(as_of=DAY)
    later = date(2025, 1, 20)
    assert rows(later) == plain(shop, later)
    assert api.facts_for([1], as_of=later)[1] == rows(later)[1]
    assert api.refresh(as_of=later).digest != Refresh.objects.order_by("id").first().digest


def test_an_empty_shop_and_one_with_anonymous_sales_only(warehouse):
    empty = api.refresh(as_of=DAY)
    assert (empty.customers, empty.orders) == (0, 0)
    report = api.rfm_report(as_of=DAY)
    assert report.customers == 0
    assert report.compared_with is None
    shop = simple_shop(3)
    shop.customers = []
    for row in shop.orders:
        row["customer_id"] = None
    write_shop(shop)
    result = api.refresh(as_of=DAY)
    assert (result.customers, result.orders, result.orders_anonymous) == (0, 3, 3)
    assert api.concentration(as_of=DAY).anonymous_minor == 600
    assert api.behaviour(as_of=DAY).buyers == 0
    assert api.stage_report(as_of=DAY).limits.source == "default"


def test_one_customer(warehouse):
    write_shop(simple_shop(1))
    api.refresh(as_of=DAY)
    assert (rows()[1]["r_score"], rows()[1]["f_score"], rows()[1]["m_score"]) == (5, 1, 1)
    assert api.concentration(as_of=DAY).sales.top20 == 1000


def test_a_customer_taken_back_by_an_undo_disappears(warehouse):
    write_shop(simple_shop(3))
    api.refresh(as_of=DAY)
    execute("DELETE FROM purchases_order WHERE id = 3")
    execute("DELETE FROM customers_customer WHERE id = 3")
    result = api.refresh(as_of=DAY)
    assert result.customers == 2
    assert sorted(CustomerFacts.objects.values_list("customer_id", flat=True)) == [1, 2]


def test_a_product_that_changes_its_category_counts_everybody_anew(warehouse):
    shop = simple_shop(3)
    shop.categories = [{"category_id": 1, "name": "a"}, {"category_id": 2, "name": "b"}]
    shop.products = [{"product_id": 10, "category_id": 1}]
    shop.order_lines = [
        {
            "line_id": 1,
            "order_id": 1,
            "product_id": 10,
            "kind": "goods",
            "amount_base_minor": 5,
            "cost_base_minor": 2,
        }
    ]
    write_shop(shop)
    api.refresh(as_of=DAY)
    execute("UPDATE purchases_product SET category_id = 2 WHERE id = 10")
    assert api.refresh(as_of=DAY).mode == "full"
    assert rows()[1]["categories_top"] == [2]
    assert rows()[1]["profit_12m_minor"] == 98


def test_a_transaction_still_running_is_caught_up_with_later(warehouse):
    shop = simple_shop(3)
    write_shop(shop)
    api.refresh(as_of=DAY)
    started, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            execute("UPDATE purchases_order SET amount_base_minor = 1 WHERE id = 1")
            started.set()
            may_end.wait(30)
        connection.close()
        ended.set()

    thread = threading.Thread(target=slow)
    thread.start()
    assert started.wait(30)
    execute("UPDATE purchases_order SET amount_base_minor = 2 WHERE id = 2")
    api.refresh(as_of=DAY)
    assert (rows()[1]["gross_minor"], rows()[2]["gross_minor"]) == (100, 2)
    may_end.set()
    assert ended.wait(30)
    thread.join()
    api.refresh(as_of=DAY)
    assert (rows()[1]["gross_minor"], rows()[2]["gross_minor"]) == (1, 2)


def test_refreshes_take_turns(warehouse):
    write_shop(simple_shop(3))
    results = []

    def run() -> None:
        try:
            results.append(api.refresh(as_of=DAY))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(results) == 3
    assert len({result.digest for result in results}) == 1
    assert sorted(result.mode for result in results) == ["full", "incremental", "incremental"]


def test_a_reader_keeps_its_version_while_it_reads(warehouse):
    write_shop(simple_shop(3))
    api.refresh(as_of=DAY)
    with versions.leased() as version:
        for _ in range(3):
            api.refresh(as_of=DAY)
        assert version.file("orders", "base").exists()
    api.refresh(as_of=DAY)
    assert not version.folder.exists()
    assert len(list((versions.root() / "versions").iterdir())) == 2


KILLED = """
import os, sys, django
sys.path.insert(0, {source!r})
django.setup()
from django.conf import settings
from django.db import connections
settings.DATABASES["default"]["NAME"] = connections["default"].settings_dict["NAME"] = {database!r}
from pathlib import Path
settings.HOME = Path({home!r})
from guibin.insight.tests.tables import STAND_INS
from guibin.insight.warehouse import declared, versions
real = declared.all_datasets
declared.all_datasets = lambda: {{**STAND_INS, **real()}}
from guibin.insight import api, operations
def die(*args, **kwargs):
    os.kill(os.getpid(), 9)
{patch}
from datetime import date
api.refresh(as_of=date(2024, 2, 29))
"""


@pytest.mark.parametrize(
    "patch",
    [
        "operations.make_all = operations.make_changed = die",
        "operations._count_orders = die",
        "operations.versions.finish = die",
        "operations._publish = die",
        "operations.versions.sweep = die",
    ],
)
def test_killed_at_any_point_the_old_version_stays_and_the_next_run_is_whole(warehouse, patch):
    write_shop(simple_shop(3))
    api.refresh(as_of=DAY)
    before = rows()
    execute("UPDATE purchases_order SET amount_base_minor = 12345 WHERE id = 2")
    code = KILLED.format(
        source=str(Path(__file__).parents[3]),
        database=connection.settings_dict["NAME"],
        home=str(warehouse.parent),
        patch=patch,
    )
    ended = subprocess.run([sys.executable, "-c", code], env=os.environ, check=False, timeout=120)
    assert ended.returncode == -signal.SIGKILL
    seen = rows()
    assert seen == before or seen[2]["gross_minor"] == 12345
    if "finish" in patch or "count" in patch or "make" in patch:
        assert seen == before
    time.sleep(0.2)  # the server notices the dead connection and frees its lock
    api.refresh(as_of=DAY)
    assert rows()[2]["gross_minor"] == 12345
    assert api.facts_for([2])[2] == rows()[2]
    assert not list((versions.root() / "versions").glob(".unfinished-*"))


def test_losing_the_folder_loses_nothing(warehouse):
    import shutil

    write_shop(simple_shop(4))
    first = api.refresh(as_of=DAY)
    shutil.rmtree(warehouse)
    with pytest.raises(api.NeverRefreshed):
        api.facts_table(as_of=DAY)
    assert api.refresh(as_of=DAY).digest == first.digest
