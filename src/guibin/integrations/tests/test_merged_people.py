"""Files about people whom a merge made one: rows go to the id that bears the key, and nobody is split."""

from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection

from guibin.core.permissions import SYSTEM
from guibin.customers import api as customers
from guibin.integrations import api
from guibin.integrations.tests.test_foreseeing import foreseen_and_done
from guibin.integrations.tests.test_pipeline import bring_in, rows_of, tables, write

CARDS = "订单号,会员卡号,下单时间,商品编码,商品名称,数量,单价\n"
PHONES = "订单号,姓名,手机号,下单时间,商品编码,商品名称,数量,单价\n"
BOTH = "订单号,手机号,会员卡号,下单时间,商品编码,商品名称,数量,单价\n"
BACK = "退款单号,会员卡号,退款时间,商品编码,数量,单价\n"
WHOSE = "SELECT number, customer_id FROM purchases_order ORDER BY number"
LATER = "2024-05-05 10:00,K-1,茶杯,1,50"


@pytest.fixture
def two(db: None, tmp_path: Path, at: datetime) -> tuple[int, int]:
    """Somebody known by phone, and the same person by card, each with an order."""
    rows = ["W1,林婉清,13800001111,2024-05-03 14:30,K-1,茶杯,2,50"]
    bring_in(write(tmp_path, rows, "web.csv", PHONES), at)
    bring_in(write(tmp_path, ["T1,6688001,2024-05-04 14:30,K-1,茶杯,1,50"], "till.csv", CARDS), at)
    whose = dict(rows_of(WHOSE))
    return whose["W1"], whose["T1"]


@pytest.fixture
def merged(two: tuple[int, int], at: datetime) -> tuple[int, int]:
    web, till = two
    customers.merge_customers(kept_id=web, absorbed_id=till, actor=SYSTEM, at=at)
    return two


@pytest.mark.parametrize("part_rows", [50_000, 1])
def test_a_row_goes_to_who_bears_the_key_it_names(
    merged: tuple[int, int], tmp_path: Path, at: datetime, part_rows: int
) -> None:
    web, till = merged
    run = foreseen_and_done(
        write(tmp_path, [f"T2,6688001,{LATER}", f"T3,6688009,{LATER}"], "a.csv", CARDS),
        at,
        "order_lines",
        part_rows,
    )
    assert run.outcomes == {"imported": 2}
    assert run.figures["customers_met"] == 2
    foreseen_and_done(
        write(tmp_path, [f"W2,林婉清,13800001111,{LATER}"], "b.csv", PHONES), at, "order_lines", part_rows
    )
    whose = dict(rows_of(WHOSE))
    assert (whose["T2"], whose["W2"]) == (till, web)
    assert whose["T3"] not in merged
    again = foreseen_and_done(
        write(tmp_path, [f"T2,6688001,{LATER}"], "a.csv", CARDS), at, "order_lines", part_rows
    )
    assert again.outcomes == {"unchanged": 1}


def test_phone_and_card_in_one_row_agree_since_the_merge(
    two: tuple[int, int], tmp_path: Path, at: datetime
) -> None:
    rows = [f"B1,13800001111,6688001,{LATER}"]
    apart = bring_in(write(tmp_path, rows, "a.csv", BOTH), at)
    customers.merge_customers(kept_id=two[0], absorbed_id=two[1], actor=SYSTEM, at=at)
    together = foreseen_and_done(
        write(tmp_path, [row.replace("B1", "B2") for row in rows], "b.csv", BOTH), at, "order_lines", 50_000
    )
    assert Counter(apart.outcomes) != Counter(together.outcomes)
    assert together.outcomes == {"imported": 1}
    assert dict(rows_of(WHOSE))["B2"] in two


@pytest.mark.parametrize("part_rows", [50_000, 1])
def test_an_order_by_phone_and_card_of_one_person_is_no_conflict(
    merged: tuple[int, int], tmp_path: Path, at: datetime, part_rows: int
) -> None:
    """Nor is a line that comes later under the other key."""
    rows = [f"B1,13800001111,,{LATER}", f"B1,,6688001,{LATER.replace('K-1', 'K-2')}"]
    run = foreseen_and_done(write(tmp_path, rows, "a.csv", BOTH), at, "order_lines", part_rows)
    assert run.outcomes == {"imported": 2}
    assert run.figures["customers_met"] == 1
    late = [f"B1,,6688001,{LATER.replace('K-1', 'K-3')}", f"B1,13800007777,,{LATER.replace('K-1', 'K-4')}"]
    more = foreseen_and_done(write(tmp_path, late, "a.csv", BOTH), at, "order_lines", part_rows)
    assert more.outcomes == {"imported": 1, "conflict_customer_differs": 1}
    assert dict(rows_of(WHOSE))["B1"] == min(merged)
    ((lines,),) = rows_of(
        "SELECT count(*) FROM purchases_orderline l JOIN purchases_order o ON o.id = l.order_id"
        " WHERE o.number = 'B1'"
    )
    assert lines == 3


@pytest.mark.parametrize("part_rows", [50_000, 1])
def test_what_comes_back_by_card_takes_back_what_was_bought_by_phone(
    merged: tuple[int, int], tmp_path: Path, at: datetime, part_rows: int
) -> None:
    _web, till = merged
    rows = [f"R{n},6688001,2024-05-0{5 + n},K-1,1,50" for n in range(1, 4)] + [
        "R9,6688001,2024-05-09,K-1,1,50"
    ]
    run = foreseen_and_done(write(tmp_path, rows, "back.csv", BACK), at, "refunds", part_rows)
    assert run.outcomes == {"refund_matched": 3, "refund_unmatched": 1}
    assert rows_of("SELECT number, refunded_minor FROM purchases_order ORDER BY number") == [
        ("T1", 5_000),
        ("W1", 10_000),
    ]
    assert set(rows_of("SELECT DISTINCT customer_id FROM purchases_refund")) == {(till,)}


def test_without_a_merge_they_are_two(two: tuple[int, int], tmp_path: Path, at: datetime) -> None:
    rows = [f"R{n},6688001,2024-05-0{5 + n},K-1,1,50" for n in range(1, 3)]
    run = foreseen_and_done(write(tmp_path, rows, "back.csv", BACK), at, "refunds", 50_000)
    assert run.outcomes == {"refund_matched": 1, "refund_unmatched": 1}


def test_an_import_taken_back_leaves_who_was_merged(
    two: tuple[int, int], tmp_path: Path, at: datetime
) -> None:
    """Whoever came with it stays, and can still be parted from whom they were merged with."""
    rows = [f"N1,6688111,{LATER}", f"N2,6688222,{LATER}"]
    run = bring_in(write(tmp_path, rows, "new.csv", CARDS), at)
    whose = dict(rows_of(WHOSE))
    merge_id = customers.merge_customers(kept_id=two[0], absorbed_id=whose["N1"], actor=SYSTEM, at=at)
    undone = api.undo_import(run_id=run.id, actor=SYSTEM, at=at)
    assert undone.removed["customers"] == 1
    assert [(kept.what, kept.id, kept.reason) for kept in undone.kept] == [
        ("customer", whose["N1"], "used_later")
    ]
    assert customers.group(two[0]) == (two[0], whose["N1"])
    customers.undo_merge(merge_id=merge_id, actor=SYSTEM, at=at)
    assert customers.group(two[0]) == (two[0],)
    assert customers.group(whose["N1"]) == (whose["N1"],)


def test_an_import_about_somebody_merged_goes_and_comes(
    merged: tuple[int, int], tmp_path: Path, at: datetime
) -> None:
    before = tables()
    run = bring_in(write(tmp_path, [f"T2,6688001,{LATER}"], "later.csv", CARDS), at)
    assert tables() != before
    undone = api.undo_import(run_id=run.id, actor=SYSTEM, at=at)
    assert not undone.kept
    assert tables() == before
    with connection.cursor() as cursor:
        cursor.execute("SELECT customer_id, into_id FROM customers_customeralias")
        assert cursor.fetchall() == [(merged[1], merged[0])]
