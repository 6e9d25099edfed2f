"""What files say was paid becomes the payments of their orders, counted once; parcels need a customer."""

import random
from datetime import datetime
from pathlib import Path

import pytest

from guibin.core.permissions import SYSTEM
from guibin.integrations import api
from guibin.integrations.inspection import as_report
from guibin.integrations.mapping.suggest import suggest
from guibin.integrations.tests.test_foreseeing import foreseen_and_done
from guibin.integrations.tests.test_pipeline import bring_in, rows_of, tables, write

LINES = "订单号,客户编号,下单时间,商品编码,数量,单价,支付方式,实付,支付时间\n"
PAID = [
    "A1,V1,2024-05-03 10:00,K-1,1,50,微信支付,150,2024-05-03 10:05",  # one payment, on both lines
    "A1,V1,2024-05-03 10:00,K-2,1,100,微信支付,150,2024-05-03 10:05",
    "A2,V2,2024-05-03 11:00,K-1,1,50,储值卡,20,",  # in two ways, at the time of the order
    "A2,V2,2024-05-03 11:00,K-3,1,30,现金,60,",
    "A3,V3,2024-05-03 12:00,K-1,1,50,支付宝,50,2024-05-03 12:01",  # each line on its own
    "A3,V3,2024-05-03 12:00,K-4,1,50,支付宝,50,2024-05-03 12:01",
    "A4,,2024-05-03 13:00,K-1,1,50,刷卡,45,",  # less than it came to
    "A5,V5,2024-05-03 14:00,K-1,1,50,,,",  # nothing said
]
PAYMENTS = """
SELECT o.number, p.method, p.amount_minor, p.paid_at = o.ordered_at FROM purchases_payment p
JOIN purchases_order o ON o.id = p.order_id ORDER BY 1, 2
"""
TAKEN = [
    ("A1", "wechat_pay", 15000, False),
    ("A2", "cash", 6000, True),
    ("A2", "stored_value", 2000, True),
    ("A3", "alipay", 10000, False),
    ("A4", "card", 4500, True),
]


@pytest.mark.parametrize("part_rows", [50_000, 2])
def test_payments_come_in_once_and_go_with_the_import(
    db: None, tmp_path: Path, at: datetime, part_rows: int
) -> None:
    empty = tables()
    mixed = random.Random(part_rows).sample(PAID, len(PAID))
    run = foreseen_and_done(write(tmp_path, mixed, "a.csv", LINES), at, "order_lines", part_rows)
    assert rows_of(PAYMENTS) == TAKEN
    report = as_report(run)
    assert (report["payments"], report["orders_paid_otherwise"]) == (5, 1)
    before = tables()
    again = foreseen_and_done(write(tmp_path, PAID[2:], "b.csv", LINES), at, "order_lines", part_rows)
    assert tables() == before
    assert as_report(again)["payments"] == 0
    assert api.undo_import(run_id=again.id, actor=SYSTEM, at=at).kept == ()
    assert tables() == before
    assert api.undo_import(run_id=run.id, actor=SYSTEM, at=at).kept == ()
    assert rows_of(PAYMENTS) == []
    assert tables().keys() == empty.keys()
    assert rows_of("SELECT number FROM purchases_order") == []


def test_the_dry_run_tells_of_payments_and_of_what_they_do_not_come_to(
    db: None, tmp_path: Path, at: datetime
) -> None:
    path = write(tmp_path, PAID, "a.csv", LINES)
    run_id = api.register(kind="order_lines", path=path, actor=SYSTEM, at=at)
    api.check_file(run_id=run_id, options={}, actor=SYSTEM, at=at)
    api.map_columns(run_id=run_id, actor=SYSTEM, at=at)
    api.stage_run(run_id=run_id, actor=SYSTEM, at=at)
    foreseen = api.get_import(run_id)
    assert (foreseen.figures["payments"], foreseen.figures["orders_paid_otherwise"]) == (5, 1)
    (noted,) = api.list_bad_rows(run_id).rows
    assert (noted.number, noted.faults) == (8, ((7, "noted_paid_otherwise"),))
    assert rows_of(PAYMENTS) == []
    api.run_import(run_id=run_id, actor=SYSTEM, at=at)
    done = api.get_import(run_id)
    assert (done.figures["payments"], done.figures["orders_paid_otherwise"]) == (5, 1)


def test_payments_of_a_later_file_fill_orders_without_and_go_alone(
    db: None, tmp_path: Path, at: datetime
) -> None:
    head = "订单号,客户编号,下单时间,商品编码,数量,单价\n"
    bare = [row.rsplit(",", 3)[0] for row in PAID]
    first = bring_in(write(tmp_path, bare, "a.csv", head), at)
    before = tables()
    second = foreseen_and_done(write(tmp_path, PAID, "b.csv", LINES), at, "order_lines", 50_000)
    assert rows_of(PAYMENTS) == TAKEN
    kept = api.preview_undo(run_id=first.id, actor=SYSTEM, at=at).kept
    assert sum(item.reason == "has_payments" for item in kept) == len({row[0] for row in TAKEN})
    api.undo_import(run_id=second.id, actor=SYSTEM, at=at)
    assert tables() == before


def test_a_method_alone_means_the_whole_order(db: None, tmp_path: Path, at: datetime) -> None:
    head = "订单号,客户编号,下单时间,实付金额,付款方式,订单状态\n"
    rows = ["A1,V1,2024-05-03,88,微信,交易成功", "A2,V2,2024-05-03,77,支付宝,已取消", "A3,V2,2024-05-03,66,,"]
    foreseen_and_done(write(tmp_path, rows, "a.csv", head), at, "orders", 50_000)
    assert rows_of(PAYMENTS) == [("A1", "wechat_pay", 8800, True)]


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        (
            "订单号 单价 数量 支付方式 实付 支付时间 下单时间",
            {"实付": "paid", "支付时间": "paid_at", "下单时间": "ordered_at"},
        ),
        ("订单号 下单时间 实付金额 金额 单价", {"实付金额": "paid", "金额": "amount"}),
        ("订单号 付款时间 单价 实付", {"付款时间": "ordered_at", "实付": "amount"}),
        ("order no,order date,unit price,qty,payment method,paid amount,paid at", {"paid amount": "paid"}),
    ],
)
def test_paid_columns_are_told_from_amounts_and_days(headings: str, expected: dict[str, str]) -> None:
    columns = headings.split("," if "," in headings else " ")
    profile = {"samples": [], "exponents": 0, "leading_zeros": False, "shapes": {}}
    found = {each.column: each.target for each in suggest("order_lines", columns, [profile] * len(columns))}
    assert {column: found[column] for column in expected} == expected


def test_a_tracking_number_without_a_customer_is_refused_in_words(
    db: None, tmp_path: Path, at: datetime
) -> None:
    head = "订单号,客户编号,下单时间,商品编码,数量,单价,快递公司,快递单号\n"
    rows = ["A1,,2024-05-03,K-1,1,50,顺丰,SF1000417", "A2,V2,2024-05-03,K-1,1,50,顺丰,SF1000418"]
    run = foreseen_and_done(write(tmp_path, rows, "a.csv", head), at, "order_lines", 50_000)
    assert as_report(run)["parcels_without_customer"] == 1
    kept = rows_of("SELECT carrier, tracking_sealed IS NOT NULL FROM purchases_order ORDER BY number")
    assert kept == [("顺丰", False), ("顺丰", True)]
    (noted,) = api.list_bad_rows(run.id).rows
    assert (noted.number, noted.faults) == (2, ((7, "noted_no_parcel"),))
