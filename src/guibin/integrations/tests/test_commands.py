"""``guibin import`` for programs: one object whatever happens, figures that agree, sums that stay small."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps

from guibin.core import cli
from guibin.integrations.commands import import_group
from guibin.integrations.tests.test_pipeline import bring_in, shop, write
from guibin.purchases import api as purchases

Capture = pytest.CaptureFixture[str]
OrderTally: Any = apps.get_model("purchases", "OrderTally")
ProductTally: Any = apps.get_model("purchases", "ProductTally")


def said(arguments: Sequence[str], capsys: Capture) -> tuple[int, Any]:
    capsys.readouterr()
    status = cli.run(import_group, [*arguments, "--json"])
    return status, json.loads(capsys.readouterr().out)


def test_a_refused_file_is_one_object_with_what_was_read(db: None, tmp_path: Path, capsys: Capture) -> None:
    bad = write(tmp_path, ["1,2"], head="a,b\n")
    status, answer = said(["order_lines", str(bad), "--yes"], capsys)
    assert status == 1
    assert answer["error"]["code"] == "integrations.columns_missing"
    assert (answer["kind"], answer["rows_read"]) == ("order_lines", 1)


def test_rows_of_which_none_can_be_used_are_told_by_reason(db: None, tmp_path: Path, capsys: Capture) -> None:
    rows = [f"A{at},C1,never,S1,茶,1,2" for at in range(3)]
    status, answer = said(["order_lines", str(write(tmp_path, rows)), "--yes"], capsys)
    assert status == 1
    assert answer["error"]["code"]
    assert answer["error"]["message"]
    assert answer["rows_read"] == 3


def test_nothing_to_undo_is_an_object_too(db: None, capsys: Capture) -> None:
    status, answer = said(["undo", "99", "--yes"], capsys)
    assert status != 0
    assert answer["import"] == 99
    assert answer["error"]["code"]


def test_orders_and_customers_are_those_the_import_made(db: None, tmp_path: Path, capsys: Capture) -> None:
    path = str(write(tmp_path, shop(60)))
    status, first = said(["order_lines", path, "--yes"], capsys)
    assert status == 0
    assert first["error"] is None
    assert first["orders"] > 0
    assert first["customers"] == first["customers_met"] > 0
    _status, again = said(["order_lines", path, "--yes"], capsys)
    assert set(again["outcomes"]) == {"unchanged"}
    assert (again["orders"], again["customers"]) == (0, 0)
    assert again["customers_met"] == first["customers_met"]


def test_who_stands_in_many_parts_is_met_once(db: None, tmp_path: Path, capsys: Capture) -> None:
    head = "订单号,客户编号,手机,下单时间,商品编码,商品名称,数量,单价\n"
    rows = [f"A{at},C{at},1380013800{at % 3},2026-01-0{at % 9 + 1},S1,茶,1,2" for at in range(60)]
    path = str(write(tmp_path, rows, head=head))
    _status, answer = said(["order_lines", path, "--yes", "--part-rows", "7"], capsys)
    assert answer["error"] is None
    assert answer["customers_met"] == answer["customers"]


def test_running_sums_are_folded_by_who_made_them_grow(
    db: None, tmp_path: Path, at: datetime, capsys: Capture
) -> None:
    run = bring_in(write(tmp_path, shop(90)), at, part_rows=25)
    for table, key in (
        (OrderTally, ("ordered_on", "store_id", "channel", "status")),
        (ProductTally, ("product_id", "sold_on")),
    ):
        assert table.objects.exists()
        assert table.objects.count() == table.objects.values(*key).distinct().count()
    assert purchases.find_broken_tallies() == []
    status, _answer = said(["undo", str(run.id), "--yes"], capsys)
    assert status == 0
    assert not OrderTally.objects.exists()
    assert not ProductTally.objects.exists()
