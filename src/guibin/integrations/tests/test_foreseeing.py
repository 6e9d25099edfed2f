"""The dry run of order lines, orders and refunds says what the run that follows then does."""

import random
from collections import Counter
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guibin.core.permissions import SYSTEM
from guibin.integrations import api, pages
from guibin.integrations.tests.test_mending import stage
from guibin.integrations.tests.test_pipeline import bring_in, tables, write

LINES = "订单号,行号,客户编号,姓名,手机号,下单时间,商品编码,数量,单价\n"
ORDERS = "客户编号,下单时间,订单金额,门店\n"
REFUNDS = "退款单号,客户编号,退款时间,商品编码,数量,单价\n"
ON_COMING = {
    "imported": "sale",
    "imported_anonymous": "sale_anonymous",
}


def settled(run: api.RunView) -> dict[str, int]:
    """The outcomes of a run as its dry run would call them."""
    found = Counter[str]()
    for code, rows in run.outcomes.items():
        found[ON_COMING.get(code, code)] += rows
    return dict(found)


def sums_of(run: api.RunView) -> dict[str, Decimal]:
    """The exact sum of each outcome that has one, named as in a dry run."""
    found: dict[str, Decimal] = {}
    for code, amount in run.figures["sums"].items():
        code = ON_COMING.get(code, code)
        found[code] = found.get(code, Decimal(0)) + Decimal(amount)
    return {code: amount for code, amount in found.items() if amount}


def foreseen_and_done(path: Path, at: datetime, kind: str, part_rows: int) -> api.RunView:
    """Bring a file in; what its dry run said is what came of it."""
    before = tables() if part_rows < 50_000 else None
    run_id = stage(path, at, kind, part_rows=part_rows)
    assert before is None or tables() == before
    foreseen = api.get_import(run_id)
    assert sum(foreseen.outcomes.values()) == foreseen.rows_total
    listed = api.list_bad_rows(run_id, size=500)
    api.run_import(run_id=run_id, actor=SYSTEM, at=at)
    done = api.get_import(run_id)
    assert settled(done) == dict(foreseen.outcomes)
    refused = {row.number: row.faults for row in api.list_bad_rows(run_id, size=500).rows}
    assert {row.number: row.faults for row in listed.rows} == refused
    assert done.figures.get("orders_created", 0) == foreseen.figures.get("orders_new", 0)
    assert sums_of(foreseen) == sums_of(done)
    shown = pages.result_context(foreseen)
    assert sum(int(count[1].replace(",", "")) for count in shown["counts"]) == foreseen.rows_total
    return done


def lines(dice: random.Random, count: int) -> list[str]:
    """Lines of a small shop: some name two customers, twice the same line, phones that cannot exist, members
    who share a phone, line numbers with other content, and returns."""
    rows = []
    for _each in range(count):
        order = dice.randrange(1, 9)
        member = dice.choice(["", "", "V1", "V2", " V2", f"V{order}"])
        phone = dice.choice(["", "", "13800000417", "138 0000 0417", "12345", f"1380000000{order}"])
        name = dice.choice(["", "林婉清"]) if member or phone else ""
        back = dice.random() < 0.2
        number = f"{'R' if back else 'A'}{order}"
        line_id = dice.choice(["", "", "L1", "L2"])
        quantity = -1 if back else dice.randrange(1, 3)
        day = f"2024-05-0{dice.randrange(1, 4)}"
        rows.append(f"{number},{line_id},{member},{name},{phone},{day},K-{dice.randrange(3)},{quantity},9.5")
    return rows


@pytest.mark.parametrize("part_rows", [50_000, 3])
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_overlapping_files_of_lines(
    db: None, tmp_path: Path, at: datetime, part_rows: int, seed: int
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT shop")
    dice = random.Random(seed)
    first = lines(dice, 12)
    foreseen_and_done(write(tmp_path, first, f"{seed}-a.csv", LINES), at, "order_lines", part_rows)
    again = dice.sample(first, 6) + lines(dice, 8)
    foreseen_and_done(write(tmp_path, again, f"{seed}-b.csv", LINES), at, "order_lines", part_rows)
    with connection.cursor() as cursor:
        cursor.execute("ROLLBACK TO SAVEPOINT shop")


@pytest.mark.parametrize("part_rows", [50_000, 3])
def test_the_same_file_again_is_unchanged(db: None, tmp_path: Path, at: datetime, part_rows: int) -> None:
    rows = [f"A{n // 2},,V{n // 2 % 4},,,2024-05-03,K-{n},1,9.5" for n in range(12)]
    rows += [f"R{n},,V{n},,,2024-05-09,K-{n},-1,9.5" for n in range(3)]
    path = write(tmp_path, rows, head=LINES)
    assert foreseen_and_done(path, at, "order_lines", part_rows).figures["orders_created"] == 6
    again = api.get_import(stage(path, at, "order_lines", part_rows=part_rows))
    assert again.outcomes == {"unchanged": 15}
    assert again.figures["customers_known"] == 4
    assert (again.figures["customers_new"], again.figures["orders_new"]) == (0, 0)


def test_an_order_of_somebody_else_is_foreseen(db: None, tmp_path: Path, at: datetime) -> None:
    bring_in(write(tmp_path, ["A1,,V1,,,2024-05-03,K,1,10"], "first.csv", LINES), at)
    rows = ["A1,,V2,,,2024-05-03,L,1,10", "A1,,,,,2024-05-03,M,1,10", "A2,,V2,,,2024-05-03,K,1,10"]
    path = write(tmp_path, rows, head=LINES)
    run_id = stage(path, at, "order_lines")
    run = api.get_import(run_id)
    assert run.outcomes == {"conflict_customer_differs": 1, "sale_anonymous": 1, "sale": 1}
    assert run.figures["sums"]["conflict_customer_differs"] == "10.00"
    assert run.figures["customers_new"] == 1
    (bad,) = api.list_bad_rows(run_id).rows
    assert (bad.number, bad.faults) == (2, ((None, "conflict_customer_differs"),))
    api.fix_rows(run_id=run_id, cells={2: {2: "V1"}}, actor=SYSTEM, at=at)
    api.stage_run(run_id=run_id, actor=SYSTEM, at=at)
    assert api.get_import(run_id).outcomes == {"sale": 2, "sale_anonymous": 1}
    api.run_import(run_id=run_id, actor=SYSTEM, at=at)
    assert api.get_import(run_id).outcomes == {"imported": 2, "imported_anonymous": 1}
    assert api.get_import(run_id).reconciliation["amount_imported"] == "30.00"


def test_orders_without_numbers_and_refunds(db: None, tmp_path: Path, at: datetime) -> None:
    orders = [
        "V1,2024-05-03,10,湖滨店",
        "V1,2024-05-03,10,湖滨店",
        "V2,2024-05-04,7.125,",
        ",2024-05-04,7,湖滨店",
        "V9,2024-05-04,-3,别处",
    ]
    foreseen_and_done(write(tmp_path, orders[:3], "a.csv", ORDERS), at, "orders", 2)
    done = foreseen_and_done(write(tmp_path, orders, "b.csv", ORDERS), at, "orders", 2)
    assert (done.outcomes["unchanged"], done.outcomes["imported_anonymous"]) == (3, 1)
    refunds = ["B1,V1,2024-05-09,K,1,5", "B1,V1,2024-05-09,L,1,5", "B2,V2,2024-05-09,K,1,5"]
    foreseen_and_done(write(tmp_path, refunds[1:], "c.csv", REFUNDS), at, "refunds", 2)
    done = foreseen_and_done(write(tmp_path, refunds, "d.csv", REFUNDS), at, "refunds", 2)
    assert done.outcomes == {"unchanged": 2, "conflict_content_differs": 1}


def test_an_order_gives_back_no_more_than_it_came_to(db: None, tmp_path: Path, at: datetime) -> None:
    head = "订单号,客户编号,下单时间,商品编码,商品名称,数量,单价\n"
    rows = [
        "A1,V1,2024-05-03,K-1,茶杯,1,100",
        "A1,V1,2024-05-03,K-2,茶壶,1,50",
        "A1,V1,2024-05-03,,折扣,1,-10",
        "R1,V1,2024-05-09,K-1,茶杯,-1,100",
        "R2,V1,2024-05-10,K-2,茶壶,-1,50",
    ]
    done = foreseen_and_done(write(tmp_path, rows[1:], "a.csv", head), at, "order_lines", 2)
    assert done.outcomes == {"imported": 2, "refund_unmatched": 2}
    done = foreseen_and_done(write(tmp_path, rows, "b.csv", head), at, "order_lines", 50_000)
    assert done.outcomes == {"imported": 1, "unchanged": 4}


def test_cancellations_of_an_order_with_a_discount(db: None, tmp_path: Path, at: datetime) -> None:
    head = "订单号,客户编号,下单时间,商品编码,商品名称,数量,单价\n"
    rows = [
        "A1,V1,2024-05-03,K-1,茶杯,1,100",
        "A1,V1,2024-05-03,K-2,茶壶,1,50",
        "A1,V1,2024-05-03,,折扣,1,-10",
        "R1,V1,2024-05-09,K-1,茶杯,-1,100",
        "R2,V1,2024-05-10,K-2,茶壶,-1,50",
    ]
    done = foreseen_and_done(write(tmp_path, rows, "a.csv", head), at, "order_lines", 50_000)
    assert done.outcomes == {"imported": 3, "refund_matched": 1, "refund_unmatched": 1}
