"""A file of refunds that comes after the orders: each refund finds the order whose number it names."""

from datetime import datetime
from pathlib import Path

import pytest

from guibin.core.permissions import SYSTEM
from guibin.integrations import api
from guibin.integrations.tests.test_foreseeing import foreseen_and_done, settled
from guibin.integrations.tests.test_pipeline import bring_in, rows_of, tables, write
from guibin.purchases import api as purchases

ORDERS = "订单号,客户编号,下单时间,商品编码,商品名称,数量,单价\n"
SHOP = [
    "A1,V1,2024-05-03 14:30,K-1,茶杯,2,50",
    "A1,V1,2024-05-03 14:30,K-2,茶壶,1,100",
    "A2,,2024-05-04 10:00,K-1,茶杯,1,50",
    "A3,V3,2024-05-04 11:00,K-3,茶盘,3,30",
]
REFUNDS = """
SELECT r.number, o.number, c.number IS NOT NULL, r.amount_minor, coalesce(sum(l.quantity), 0)::text,
    count(l.order_line_id)
FROM purchases_refund r LEFT JOIN purchases_order o ON o.id = r.order_id
LEFT JOIN customers_customer c ON c.id = r.customer_id LEFT JOIN purchases_refundline l ON l.refund_id = r.id
GROUP BY 1, 2, 3, 4, r.id ORDER BY 1
"""


@pytest.fixture
def shop(db: None, tmp_path: Path, at: datetime) -> None:
    assert bring_in(write(tmp_path, SHOP, "orders.csv", ORDERS), at).outcomes["imported"] == 3


MONEY = "退款单号,订单号,退款时间,退款金额\n"
GOODS = "退款单号,订单号,客户编号,退款时间,商品编码,数量,单价\n"


@pytest.mark.parametrize("part_rows", [50_000, 1])
def test_a_refund_finds_its_order_by_the_number_alone(
    shop: None, tmp_path: Path, at: datetime, part_rows: int
) -> None:
    rows = [
        "R1,A1,2024-05-03,200",  # the whole order, on its very day
        "R2,A2,2024-05-09,20",  # part of the money of an anonymous sale
        "R3,A9,2024-05-09,20",  # no such order
        "R4,A3,2024-05-09,200",  # more than it was
        "R5,A3,2024-05-02,10",  # before it was
    ]
    path = write(tmp_path, rows, "refunds.csv", MONEY)
    run = foreseen_and_done(path, at, "refunds", part_rows)
    assert run.outcomes == {"refund_matched": 2, "refund_unmatched": 1, "refund_unfit": 2}
    assert run.figures["sums"] == {
        "refund_matched": "-220.00",
        "refund_unmatched": "-20.00",
        "refund_unfit": "-210.00",
    }
    money = run.reconciliation
    assert (money["amount_before_exclusions"], money["amount_imported"]) == ("-450.00", "-450.00")
    assert money["rounding_difference"] == "0.00"
    assert rows_of(REFUNDS) == [
        ("R1", "A1", True, 20000, "3.000", 2),
        ("R2", "A2", False, 2000, "0.000", 1),
        ("R3", None, False, 2000, "1.000", 0),
        ("R4", "A3", True, 20000, "1.000", 0),
        ("R5", "A3", True, 1000, "1.000", 0),
    ]
    assert rows_of("SELECT refunded_minor FROM purchases_order ORDER BY number") == [(20000,), (2000,), (0,)]
    assert purchases.find_broken_sums() == []
    before = tables()
    again = foreseen_and_done(path, at, "refunds", part_rows)
    assert (again.outcomes, tables()) == ({"unchanged": 5}, before)
    api.undo_import(run_id=run.id, actor=SYSTEM, at=at)
    assert rows_of(REFUNDS) == []
    assert rows_of("SELECT sum(refunded_minor) FROM purchases_order") == [(0,)]


def test_goods_come_back_at_another_price_and_customers_from_the_order(
    shop: None, tmp_path: Path, at: datetime
) -> None:
    rows = ["R1,A1,V1,2024-05-03,K-1,1,50", "R2,A3,,2024-05-09,K-3,2,25", "R3,A1,V3,2024-05-09,K-2,1,100"]
    run = foreseen_and_done(write(tmp_path, rows, "refunds.csv", GOODS), at, "refunds", 50_000)
    assert run.outcomes == {"refund_matched": 2, "conflict_customer_differs": 1}
    sold = rows_of(
        "SELECT sku, refunded_quantity::text, refunded_minor FROM purchases_orderline"
        " WHERE refunded_minor > 0 ORDER BY 1"
    )
    assert sold == [("K-1", "1.000", 5000), ("K-3", "2.000", 5000)]


@pytest.mark.parametrize("source", ["", "oms"])
def test_orders_of_another_system_are_found_and_nobody_is_made_twice(
    db: None, tmp_path: Path, at: datetime, source: str
) -> None:
    bring_in_from(write(tmp_path, SHOP, "orders.csv", ORDERS), at, "order_lines", "tmall")
    people = rows_of("SELECT count(*) FROM customers_customer")
    path = write(tmp_path, ["R1,A1,V1,2024-05-03,K-1,1,50", "R2,A3,V3,2024-05-09,K-3,1,30"], "r.csv", GOODS)
    run = bring_in_from(path, at, "refunds", source)
    assert run.outcomes == {"refund_matched": 2}
    assert rows_of("SELECT count(*) FROM customers_customer") == people
    assert bring_in_from(path, at, "refunds", "tmall").outcomes == {"unchanged": 2}
    assert bring_in_from(path, at, "refunds", "pos").outcomes == {"unchanged": 2}


def test_a_number_that_two_systems_have_is_asked_about(db: None, tmp_path: Path, at: datetime) -> None:
    orders = write(tmp_path, SHOP, "orders.csv", ORDERS)
    for source in ("tmall", "jd"):
        bring_in_from(orders, at, "order_lines", source)
    path = write(tmp_path, ["R1,A1,2024-05-09,200"], "refunds.csv", MONEY)
    run = bring_in_from(path, at, "refunds", "")
    assert run.outcomes == {"conflict_order_ambiguous": 1}
    assert rows_of(REFUNDS) == []
    (bad,) = api.list_bad_rows(run.id).rows
    assert bad.faults == ((None, "conflict_order_ambiguous"),)
    assert bring_in_from(path, at, "refunds", "jd").outcomes == {"refund_matched": 1}
    assert rows_of("SELECT source FROM purchases_order WHERE refunded_minor > 0") == [("jd",)]


def bring_in_from(path: Path, at: datetime, kind: str, source: str) -> api.RunView:
    """The file said to come from ``source``; what its dry run said is what came of it."""
    run_id = api.register(kind=kind, path=path, actor=SYSTEM, at=at)
    api.check_file(run_id=run_id, options={}, actor=SYSTEM, at=at)
    api.map_columns(run_id=run_id, source=source, actor=SYSTEM, at=at)
    api.stage_run(run_id=run_id, actor=SYSTEM, at=at)
    foreseen = api.get_import(run_id)
    api.run_import(run_id=run_id, actor=SYSTEM, at=at)
    done = api.get_import(run_id)
    assert settled(done) == dict(foreseen.outcomes)
    return done
