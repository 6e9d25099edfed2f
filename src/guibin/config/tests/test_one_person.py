"""Two customers of two channels turn out to be one person, and two again: nothing lost, nothing mixed up."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from guibin.config.cli.tree import command_tree
from guibin.config.reactions import REACTIONS
from guibin.config.tests.test_live_standing import LIVE, buy, decide, level, moves, person, react
from guibin.console.vips import deciding
from guibin.core import cli, clock
from guibin.core.permissions import SYSTEM, Actor
from guibin.core.tests.settling import run_until_read
from guibin.customers import api as customers
from guibin.insight import api as insight
from guibin.integrations import api as integrations
from guibin.loyalty import api as loyalty
from guibin.purchases import api as purchases

pytestmark = pytest.mark.django_db(transaction=True)
Standing: Any = apps.get_model("loyalty", "Standing")
Order: Any = apps.get_model("purchases", "Order")
PHONES = "订单号,姓名,手机号,下单时间,商品编码,商品名称,数量,单价\n"
CARDS = "订单号,会员卡号,下单时间,商品编码,商品名称,数量,单价\n"


def bring_in(folder: Path, name: str, head: str, *rows: str) -> None:
    path, at = folder / name, clock.now()
    path.write_text(head + "\n".join(rows) + "\n", encoding="utf-8")
    run_id = integrations.register(kind="order_lines", path=path, actor=SYSTEM, at=at)
    integrations.check_file(run_id=run_id, options={}, actor=SYSTEM, at=at)
    integrations.map_columns(run_id=run_id, actor=SYSTEM, at=at)
    integrations.stage_run(run_id=run_id, actor=SYSTEM, at=at)
    integrations.run_import(run_id=run_id, actor=SYSTEM, at=at)


def day(days_ago: int) -> str:
    return f"{clock.now() - timedelta(days=days_ago):%Y-%m-%d} 14:30"


def told(capsys: pytest.CaptureFixture[str], *command: str) -> Any:
    assert cli.run(command_tree(), [*command, "--json"]) == cli.Exit.DONE
    return json.loads(capsys.readouterr().out)


def owners() -> dict[str, int]:
    return dict(Order.objects.values_list("number", "customer_id"))


def test_a_phone_and_a_card_are_one_person_and_two_again(
    tmp_path: Path,
    client_as: Callable[[Actor], Client],
    owner: Actor,
    capsys: pytest.CaptureFixture[str],
) -> None:
    by_phone = ["W1,林婉清,13800001111", "W2,林婉清,13800001111", "W3,张伟,13800002222"]
    bring_in(tmp_path, "web.csv", PHONES, *(f"{row},{day(20)},K-1,茶杯,1,400" for row in by_phone))
    bring_in(tmp_path, "till.csv", CARDS, *(f"T{n},6688001,{day(9 * n)},K-2,茶壶,1,300" for n in (1, 2)))
    web, till = (owners()[number] for number in ("W1", "T1"))
    numbers = customers.find_numbers([web, till])
    assert web != till
    decide()
    assert (level(web), level(till)) == (None, None)
    before = insight.freshness().last
    assert before is not None

    merge_id = customers.merge_customers(kept_id=web, absorbed_id=till, actor=owner, at=clock.now())
    react()
    assert (level(web), level(till)) == ("vip", None)
    assert loyalty.standing([web])[web].receipt.inputs == {"net_lifetime": 140_000}
    insight.refresh()
    deciding.evaluate_now(actor=SYSTEM, at=clock.now())
    assert level(web) == "vip"
    pages = client_as(owner)
    for tab in ("", "?tab=purchases"):
        page = pages.get(f"/customers/{numbers[web]}/{tab}").content.decode()
        assert [number in page for number in ("W1", "W2", "T1", "T2", "W3")] == [True] * 4 + [False]
    gone = pages.get(f"/customers/{numbers[till]}/")
    assert (gone.status_code, gone["Location"]) == (302, f"/customers/{numbers[web]}/")
    for number in numbers.values():
        listed = pages.get(f"/purchases/?customer={number}").content.decode()
        assert all(each in listed for each in ("W1", "W2", "T1", "T2"))
        assert "W3" not in listed
        shown = told(capsys, "customers", "show", number)
        assert (shown["number"], shown["facts"]["orders_count"]) == (numbers[web], 4)
        assert (shown["facts"]["net_minor"], shown["standing"]["level"]) == (140_000, "vip")
    (member,) = told(capsys, "vips")["members"]
    assert (member["number"], member["level"]) == (numbers[web], "vip")
    assert member["receipt"]["conditions"][0]["value"] == 140_000
    assert shown["standing"]["why"] == member["receipt"]["sentence"]["zh"].split("。")[0] + "。"

    bring_in(tmp_path, "later.csv", CARDS, f"T3,6688001,{day(1)},K-2,茶壶,1,4000")
    assert owners()["T3"] == till
    insight.refresh()
    deciding.evaluate_now(actor=SYSTEM, at=clock.now())
    assert level(web) == "senior"
    assert next(order.number for order in purchases.list_orders_of(customers.group(web))) == "T3"

    customers.undo_merge(merge_id=merge_id, actor=owner, at=clock.now())
    react()
    assert (level(web), level(till)) == (None, "vip")
    insight.refresh()
    deciding.evaluate_now(actor=SYSTEM, at=clock.now())
    assert (level(web), level(till)) == (None, "vip")
    for customer_id, orders, net in ((web, 2, 80_000), (till, 3, 460_000)):
        shown = told(capsys, "customers", "show", numbers[customer_id])
        assert shown["number"] == numbers[customer_id]
        assert (shown["facts"]["orders_count"], shown["facts"]["net_minor"]) == (orders, net)
    page = pages.get(f"/customers/{numbers[till]}/").content.decode()
    assert [number in page for number in ("T1", "T2", "T3", "W1", "W2")] == [True] * 3 + [False] * 2
    (member,) = told(capsys, "vips")["members"]
    assert member["number"] == numbers[till]


def test_merging_and_parting_decide_at_once_as_a_refresh_does() -> None:
    one, other, third = person("林婉清"), person("张伟"), person("王芳")
    for each, yuan in ((one, 900), (other, 1_100), (third, 4_000)):
        buy(each, yuan, days_ago=5)
    decide()
    assert [level(each) for each in (one, other, third)] == [None, "vip", "vip"]
    at = clock.now()
    first = customers.merge_customers(kept_id=one, absorbed_id=other, actor=SYSTEM, at=at)
    second = customers.merge_customers(kept_id=third, absorbed_id=one, actor=SYSTEM, at=at)
    react()
    assert [level(each) for each in (one, other, third)] == [None, None, "senior"]
    assert moves(other)[0] == "loyalty.standing_merged"
    buy(other, 10)
    react()
    assert loyalty.standing([third])[third].receipt.inputs == {"net_lifetime": 601_000}
    assert deciding.evaluate_now(actor=SYSTEM, at=at).gained == 0, "before the copy knows of the merges"
    insight.refresh()
    run = deciding.evaluate_now(actor=SYSTEM, at=at)
    assert (run.gained, run.changed, run.lost) == (0, 0, 0)
    customers.undo_merge(merge_id=first, actor=SYSTEM, at=at)
    react()
    assert [level(each) for each in (one, other, third)] == [None, "vip", "vip"]
    assert loyalty.standing([other])[other].receipt.inputs == {"net_lifetime": 111_000}
    customers.undo_merge(merge_id=second, actor=SYSTEM, at=at)
    react()
    before = {each: level(each) for each in (one, other, third)}
    insight.refresh()
    run = deciding.evaluate_now(actor=SYSTEM, at=at)
    assert (run.gained, run.changed, run.lost) == (0, 0, 0)
    assert before == {one: None, other: "vip", third: "vip"}


def test_everybody_decided_by_a_copy_of_before_the_merge_is_decided_as_after_it() -> None:
    """And by a copy of before its undoing; whoever stood for them then is decided anew as well."""
    people = [person(name) for name in ("一", "二", "三")]
    for each in people:
        buy(each, 600, days_ago=5)
    decide()
    one, two, three = people
    inner = customers.merge_customers(kept_id=one, absorbed_id=two, actor=SYSTEM, at=clock.now())
    outer = customers.merge_customers(kept_id=three, absorbed_id=one, actor=SYSTEM, at=clock.now())
    deciding.evaluate_now(actor=SYSTEM, at=clock.now())
    assert [level(each) for each in people] == [None, None, "vip"]
    insight.refresh()
    customers.undo_merge(merge_id=inner, actor=SYSTEM, at=clock.now())
    customers.undo_merge(merge_id=outer, actor=SYSTEM, at=clock.now())
    deciding.evaluate_now(actor=SYSTEM, at=clock.now())
    assert Standing.objects.filter(rank__gte=1).count() == 0


def test_a_merge_asks_for_a_refresh_where_something_was_counted(at: datetime) -> None:
    (counted,) = [each for each in REACTIONS if each.name == "refresh facts after merges"]
    assert counted.events < LIVE.events
    one, other = person("林婉清"), person("林婉晴")
    merge_id = customers.merge_customers(kept_id=one, absorbed_id=other, actor=SYSTEM, at=at)
    run_until_read(counted, at=at)
    assert insight.find_running_refresh() is None, "nobody was counted yet"
    insight.refresh(actor=SYSTEM, at=at)
    customers.undo_merge(merge_id=merge_id, actor=SYSTEM, at=at)
    run_until_read(counted, at=at)
    assert insight.find_running_refresh() is not None
