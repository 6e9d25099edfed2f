"""Files on their whole way in and out again, on the real database."""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guibin.accounts import api as accounts
from guibin.core.permissions import SYSTEM
from guibin.customers import api as customers
from guibin.integrations import api
from guibin.integrations.inspection import as_report
from guibin.integrations.models import ImportRun
from guibin.purchases import api as purchases

HEAD = "订单号,客户编号,下单时间,商品编码,商品名称,数量,单价\n"
DATA = Path(__file__).resolve().parents[5] / "shared" / "data"
UNTOUCHED = {"core_loggedevent", "core_deletion", "integrations_importrun", "django_migrations"}
needs_data = pytest.mark.skipif(not DATA.exists(), reason="the shared data sets are not here")


def shop(lines: int, *, seed: int = 7) -> list[str]:
    """Lines of an invented shop: some anonymous, some repeated, some taken back later."""
    dice = random.Random(seed)
    rows = []
    for number in range(lines):
        order = 1000 + number // 3
        person = f"V{order % 17:03d}" if order % 5 else ""
        day = f"2024-{order % 12 + 1:02d}-{order % 28 + 1:02d}"
        sku = dice.randrange(12)
        rows.append(f"A{order},{person},{day},K-{sku:02d},商品{sku},{dice.randrange(1, 4)},{sku}.125")
        if number % 9 == 0:
            rows.append(rows[-1])
        if number % 7 == 0:
            rows.append(f"R{order},{person},2025-01-05,K-{sku:02d},商品{sku},-1,{sku}.125")
    return rows


def bring_in(
    path: Path, at: datetime, *, kind: str = "order_lines", template: str = "", **options: Any
) -> api.RunView:
    run_id = api.register(kind=kind, path=path, actor=SYSTEM, at=at)
    api.check_file(run_id=run_id, options=options, template=template, actor=SYSTEM, at=at)
    api.map_columns(run_id=run_id, actor=SYSTEM, at=at)
    api.stage_run(run_id=run_id, actor=SYSTEM, at=at)
    api.run_import(run_id=run_id, actor=SYSTEM, at=at)
    return api.get_import(run_id)


def write(folder: Path, rows: list[str], name: str = "shop.csv", head: str = HEAD) -> Path:
    path = folder / name
    path.write_text(head + "\n".join(rows) + "\n", encoding="utf-8")
    return path


STATE = """
SELECT o.number, o.ordered_on::text, c.number, o.total_minor, o.refunded_minor, o.status,
    array_agg((l.sku, l.quantity, l.unit_price, l.amount_minor, l.refunded_quantity)::text
        ORDER BY l.sku, l.line_key)
FROM purchases_order o JOIN purchases_orderline l ON l.order_id = o.id
LEFT JOIN customers_customer c ON c.id = o.customer_id GROUP BY o.id, c.number ORDER BY o.number
"""
REFUNDS = """
SELECT r.number, r.refunded_on::text, c.number, r.amount_base_minor, o.number
FROM purchases_refund r LEFT JOIN customers_customer c ON c.id = r.customer_id
LEFT JOIN purchases_order o ON o.id = r.order_id ORDER BY r.number
"""


FIRST_ORDER = "(SELECT min(x.number) FROM purchases_order x WHERE x.customer_id = c.id)"


def digest(*, numbers: bool = True) -> str:
    """Orders, refunds and whose they are, by what they say and not by their ids.

    Without ``numbers`` a customer is known by the first order: numbers follow the order of files.
    """
    found = []
    with connection.cursor() as cursor:
        for written in (STATE, REFUNDS):
            person = "c.number" if numbers else FIRST_ORDER
            statement = written.replace(", c.number,", f", {person},", 1)
            cursor.execute(statement.replace("o.id, c.number", "o.id, c.id"))
            found.append(cursor.fetchall())
    return hashlib.sha256(json.dumps(found, default=str, ensure_ascii=False).encode()).hexdigest()


def rows_of(statement: str) -> list[Any]:
    """All rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def tables() -> dict[str, list[Any]]:
    """Every row of every table that an undo must restore; running sums folded, whatever their ids."""
    purchases.fold_tallies()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        names = [row[0] for row in cursor.fetchall() if row[0] not in UNTOUCHED]
        found = {}
        for name in names:
            shown = "to_jsonb(t) - 'id'" if name.endswith("tally") else "t"
            cursor.execute(f'SELECT ({shown})::text FROM "{name}" t ORDER BY 1')
            found[name] = [row[0] for row in cursor.fetchall()]
    return found


def test_every_row_has_one_outcome_and_the_sums_meet(db: None, tmp_path: Path, at: datetime) -> None:
    run = bring_in(write(tmp_path, shop(200)), at)
    report = as_report(run)
    assert report["state"] == "done"
    assert sum(report["outcomes"].values()) == report["rows_read"] == run.rows_total
    from decimal import Decimal

    before, excluded = Decimal(report["amount_before_exclusions"]), Decimal(report["amount_excluded"])
    assert before - excluded + Decimal(report["rounding_difference"]) == Decimal(report["amount_imported"])
    assert report["outcomes"]["refund_matched"] > 0


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.randoms(use_true_random=False))
def test_any_order_of_rows_gives_the_same(
    db: None, tmp_path: Path, at: datetime, order: random.Random
) -> None:
    from django.db import transaction

    rows = shop(90)
    digests = []
    for attempt in range(2):
        with transaction.atomic():
            bring_in(write(tmp_path, rows, f"{attempt}.csv"), at, part_rows=25)
            digests.append(digest())
            transaction.set_rollback(True)
        order.shuffle(rows)
    assert digests[0] == digests[1]


def test_the_same_file_twice_changes_nothing(db: None, tmp_path: Path, at: datetime) -> None:
    path = write(tmp_path, shop(120))
    bring_in(path, at)
    before = digest()
    again = bring_in(path, at)
    assert digest() == before
    assert set(again.outcomes) == {"unchanged"}


def test_overlapping_exports_are_one_shop(db: None, tmp_path: Path, at: datetime) -> None:
    from django.db import transaction

    rows = [row for row in shop(120) if not row.startswith("R")]
    with transaction.atomic():
        bring_in(write(tmp_path, rows, "whole.csv"), at)
        whole = digest(numbers=False)
        transaction.set_rollback(True)
    bring_in(write(tmp_path, rows[:80], "first.csv"), at)
    bring_in(write(tmp_path, rows[40:], "second.csv"), at)
    assert digest(numbers=False) == whole


PAID = "订单号,客户编号,下单时间,商品编码,数量,单价,实付金额\n"


@pytest.mark.parametrize(
    ("head", "rows", "paid"),
    [
        (PAID, ["A1,V1,2024-05-03,K1,2,199.50,379", "A2,V1,2024-05-04,K1,1,199.5,199.5"], "578.50"),
        (
            PAID.replace("实付金额", "优惠金额"),
            ["A1,V1,2024-05-03,K1,2,199.50,20", "A2,V1,2024-05-04,K1,1,199.5,"],
            "578.50",
        ),
        (
            PAID.replace("单价,", ""),
            ["A1,V1,2024-05-03,K1,3,100", "A2,V1,2024-05-04,K1,-1,-20"],
            "80.00",
        ),
        (PAID, ["A1,V1,2024-05-03,K1,1.333,0.333333,0.31", "A2,V1,2024-05-04,K1,2,5,12"], "12.31"),
    ],
)
def test_amounts_discounts_and_prices_agree(
    db: None, tmp_path: Path, at: datetime, head: str, rows: list[str], paid: str
) -> None:
    """What was paid is what comes in, however a file says it."""
    run = bring_in(write(tmp_path, rows, head=head), at)
    assert run.reconciliation["amount_imported"] == paid, run.outcomes
    assert sum(run.outcomes.values()) == len(rows)


def test_undo_restores_every_table_but_the_log(db: None, tmp_path: Path, at: datetime) -> None:
    bring_in(write(tmp_path, shop(30), "earlier.csv"), at)
    before = tables()
    later = [row.replace("A1", "B1").replace("R1", "S1").replace(",V", ",W") for row in shop(150, seed=3)]
    run = bring_in(write(tmp_path, later, "later.csv"), at)
    assert tables() != before
    preview = api.preview_undo(run_id=run.id, actor=SYSTEM, at=at)
    done = api.undo_import(run_id=run.id, actor=SYSTEM, at=at)
    assert (preview.removed, preview.kept) == (done.removed, done.kept)
    assert tables() == before
    assert api.get_import(run.id).state == "undone"


def test_undo_keeps_what_a_later_import_needs(db: None, tmp_path: Path, at: datetime) -> None:
    first = bring_in(write(tmp_path, ["A1,V1,2024-05-03,K,商品,1,10"], "a.csv"), at)
    bring_in(write(tmp_path, ["A2,V1,2024-05-04,K,商品,1,10"], "b.csv"), at)
    result = api.undo_import(run_id=first.id, actor=SYSTEM, at=at)
    assert result.removed["orders"] == 1
    assert {item.what for item in result.kept} == {"customer", "product"}


PEOPLE = "会员编号,姓名,手机号,生日,性别,标签,门店\n"


def test_customers_are_matched_and_twins_are_shown(db: None, tmp_path: Path, at: datetime) -> None:
    rows = [
        "M1,林婉清,13800000417,5月20日,女,高定;茶会,湖滨",
        "M2,周慕白,13900000551,1988-11-24,男,亲子,静安",
        "M1,林婉清,13800000417,5月20日,女,高定;茶会,湖滨",
        "M3,陈若冰,1390000055,1990-02-30,女,,湖滨",
        "M4,江叙白,12345,,男,,湖滨",
    ]
    run = bring_in(write(tmp_path, rows, head=PEOPLE), at, kind="customers")
    assert run.outcomes == {
        "imported": 2,
        "duplicate": 1,
        "rejected_birthday_unreadable": 1,
        "rejected_invalid_phone": 1,
    }
    workbook = b"".join(api.reveal_workbook(run_id=run.id, reason="correct", actor=SYSTEM, at=at))
    assert workbook.startswith(b"PK")
    before = tables()
    again = bring_in(write(tmp_path, rows[:2], "again.csv", head=PEOPLE), at, kind="customers")
    assert again.outcomes == {"unchanged": 2}
    assert tables() == before


def test_a_dry_run_writes_nothing(db: None, tmp_path: Path, at: datetime) -> None:
    before = tables()
    run_id = api.register(kind="order_lines", path=write(tmp_path, shop(60)), actor=SYSTEM, at=at)
    api.check_file(run_id=run_id, actor=SYSTEM, at=at)
    api.map_columns(run_id=run_id, actor=SYSTEM, at=at)
    api.stage_run(run_id=run_id, actor=SYSTEM, at=at)
    assert tables() == before
    assert api.get_import(run_id).outcomes["sale"] > 0


def test_products_stores_and_staff_come_in_and_go(db: None, tmp_path: Path, at: datetime) -> None:
    before = tables()
    files = {
        "products": (
            "货号,品名,分类,品牌,售价\n",
            ["K1,丝巾,服饰 / 配件,云裳,199", "K2,茶杯,家居,,39.5", ",无号,,,1"],
        ),
        "stores": ("门店编码,门店名称,城市\n", ["S1,湖滨店,杭州", "S2,静安店,上海"]),
        "staff": ("登录名,姓名,手机,门店\n", ["shen,沈知微,13800000009,", "li,李可,13800000008,"]),
    }
    runs = []
    for kind, (head, rows) in files.items():
        run = bring_in(write(tmp_path, rows, f"{kind}.csv", head=head), at, kind=kind)
        assert run.outcomes["imported"] == 2, run.outcomes
        runs.append(run.id)
    for run_id in reversed(runs):
        api.undo_import(run_id=run_id, actor=SYSTEM, at=at)
    assert tables() == before


def test_staff_who_look_after_somebody_stay(db: None, tmp_path: Path, at: datetime) -> None:
    head, rows = "登录名,姓名,手机,门店\n", ["shen,沈知微,13800000009,", "li,李可,13800000008,"]
    run = bring_in(write(tmp_path, rows, "staff.csv", head=head), at, kind="staff")
    keeper = accounts.find_staff("shen")
    assert keeper is not None
    served = customers.create_customer(profile=customers.Profile(name="林婉清"), actor=SYSTEM, at=at)
    day, who = at.date(), keeper.id
    customers.assign_staff(customer_ids=[served], staff_id=who, since=day, actor=SYSTEM, at=at)
    customers.release_staff(customer_ids=[served], staff_id=who, until=day, actor=SYSTEM, at=at)
    api.undo_import(run_id=run.id, actor=SYSTEM, at=at)
    assert accounts.find_staff("shen") is not None
    assert accounts.find_staff("li") is None


def test_no_word_of_a_file_reaches_the_database_in_the_clear(db: None, tmp_path: Path, at: datetime) -> None:
    run = bring_in(
        write(tmp_path, ["M1,林婉清,13800000417,,,,"], "林婉清.csv", head=PEOPLE), at, kind="customers"
    )
    row = ImportRun.objects.get(pk=run.id)
    stored = json.dumps({f.name: getattr(row, f.name) for f in ImportRun._meta.concrete_fields}, default=str)
    assert "林婉清" not in stored
    assert "13800000417" not in stored


@needs_data
@pytest.mark.realdata
def test_cdnow_comes_in_whole(db: None, at: datetime) -> None:
    run = bring_in(DATA / "cdnow" / "cdnow_master.csv.gz", at, kind="orders", template="cdnow")
    assert run.rows_total == 69_659
    assert run.outcomes == {"imported": 69_659}
    assert run.reconciliation["amount_imported"] == "2500315.63"
    assert run.figures["orders_created"] == 69_659


@needs_data
@pytest.mark.realdata
def test_online_retail_is_accounted_for_to_the_last_row(db: None, at: datetime) -> None:
    path = DATA / "online_retail_2009" / "online_retail_ii_year_2009-2010.csv.gz"
    run = bring_in(path, at, template="online_retail")
    report = as_report(run)
    assert report["rows_read"] == sum(report["outcomes"].values()) == 525_461
    assert report["amount_before_exclusions"] == "9539484.634"
    assert report["outcomes"]["excluded_stock_write_off"] == 2_121
    assert report["amount_imported"] == "9743269.64"
    assert report["rounding_difference"] == "-0.014"
    assert report["as_of"].isoformat() == "2010-12-09"


@pytest.fixture
def environment(transactional_db: None, tmp_path: Path) -> Iterator[dict[str, str]]:
    """What a separate process needs to work on this test's database."""
    found = dict(os.environ)
    chosen = connection.settings_dict
    name, host = chosen["NAME"], chosen["HOST"]
    found["DATABASE_URL"] = f"postgresql://{chosen['USER']}:{chosen['PASSWORD']}@/{name}?host={host}"
    found["GUIBIN_LANG"] = "en"
    return found


def command(environment: dict[str, str], path: Path) -> subprocess.Popen[str]:
    arguments = ["import", "order_lines", str(path), "--part-rows", "60", "--yes", "--json"]
    return subprocess.Popen(
        [sys.executable, "-m", "guibin", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_killed_anywhere_it_comes_to_the_same(
    environment: dict[str, str], tmp_path: Path, at: datetime
) -> None:
    path = write(tmp_path, shop(900))
    run = bring_in(path, at, part_rows=60)
    undisturbed = digest()
    api.undo_import(run_id=run.id, actor=SYSTEM, at=at)
    killed = 0
    for wait_for in ("10", "40", "70"):
        child = command(environment, path)
        assert child.stderr is not None
        for line in child.stderr:
            if " of " in line and int(line.split(" ")[0].replace(",", "")) * 100 > int(wait_for) * 1100:
                break
        child.send_signal(signal.SIGKILL)
        child.communicate()
        killed += 1
        time.sleep(0.5)
    assert killed == 3
    child = command(environment, path)
    out, err = child.communicate(timeout=120)
    assert child.returncode == 0, err
    report = json.loads(out)
    assert sum(report["outcomes"].values()) == report["rows_read"]
    assert digest() == undisturbed
