"""An import taken back restores every table but the event log, over a shop that already has data."""

import json
import random
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from guibin.core.permissions import SYSTEM
from guibin.core.sealing import vault
from guibin.integrations import api
from guibin.purchases import api as purchases

# The log and what it says was deleted, and the book-keeping of runs, jobs and counters.
OTHER = frozenset(
    {"core_loggedevent", "core_deletion", "core_jobrun", "integrations_importrun", "django_migrations"}
)
SEALED = {
    f"{name}_sealed": f"customers.{name}" for name in ("name", "latin_name", "details")
}  # column -> what it is sealed as
PEOPLE = "会员编号,姓名,手机号,邮箱,生日,性别,标签,门店"
LINES = "单号,会员编号,手机号,下单日期,门店,货号,品名,数量,单价"
DAYS = ("2024-01-31", "2024-02-29", "2024-06-07", "2024-12-31")


def people(dice: random.Random, count: int) -> list[str]:
    """Members of a small town: numbers, phones and names meet again in the next file."""
    rows = []
    for _row in range(count):
        person = dice.randrange(40)
        phone = f"1380000{dice.choice([person, person, dice.randrange(40)]):04d}"
        name = dice.choice(["林婉清", "周慕白", "陈若冰", "江叙白", ""])
        day = dice.choice(["5月20日", "1988-11-24", "", "1990-02-30"])
        mail = dice.choice(["", "", f"m{person}@example.com"])
        labels = dice.choice(["", "高定;茶会", "亲子"])
        store = dice.choice(["湖滨", "静安", ""])
        number = dice.choice([f"M{person:03d}", f"M{person:03d}", ""])
        rows.append(f"{number},{name},{phone},{mail},{day},{dice.choice('男女')},{labels},{store}")
    return rows


def lines(dice: random.Random, count: int) -> list[str]:
    """Orders of the same people; some are lines of orders the shop has, some take them back."""
    rows = []
    for _row in range(count):
        order, person, goods = dice.randrange(60), dice.randrange(40), dice.randrange(9)
        prefix, quantity = dice.choice([("D", 1), ("D", 2), ("D", 3), ("T", -1)])
        who = dice.choice([f"M{person:03d},", f",1380000{person:04d}", ","])
        day, store = dice.choice(DAYS), dice.choice(["湖滨", "静安", "龙井"])
        rows.append(f"{prefix}{order:04d},{who},{day},{store},K-{goods},商品{goods},{quantity},{goods}.125")
    return rows


FILES: dict[str, tuple[str, Callable[[random.Random, int], list[str]]]] = {
    "customers": (PEOPLE, people),
    "order_lines": (LINES, lines),
}


def bring_in(folder: Path, kind: str, policy: str, dice: random.Random, rows: int, at: datetime) -> int:
    """A file made by the dice goes all the way in; the run's id."""
    head, make = FILES[kind]
    path = folder / f"{kind}.csv"
    path.write_text("\n".join([head, *make(dice, rows)]) + "\n", encoding="utf-8")
    run_id = api.register(kind=kind, path=path, actor=SYSTEM, at=at)
    api.check_file(run_id=run_id, actor=SYSTEM, at=at)
    api.map_columns(run_id=run_id, policy=policy, source="till", actor=SYSTEM, at=at)
    api.stage_run(run_id=run_id, actor=SYSTEM, at=at)
    api.run_import(run_id=run_id, actor=SYSTEM, at=at)
    return run_id


def rows_of_all_tables() -> dict[str, list[str]]:
    """Every row as text, sealed texts opened: the same text sealed again is other bytes.

    ``changed_xid``, the mark of the last change, is book-keeping of the warehouse's copy. Running sums are
    kept as differences: folded, they must be the same, whatever ids their rows have.
    """
    found = {}
    purchases.fold_tallies()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        for (name,) in cursor.fetchall():
            if name in OTHER or name.startswith("procrastinate_"):
                continue
            without = "changed_xid,id" if name.endswith("tally") else "changed_xid"
            cursor.execute(
                f"SELECT to_jsonb(t) - '{{{without}}}'::text[] FROM {connection.ops.quote_name(name)} t"
            )
            rows = [json.loads(row) if isinstance(row, str) else row for (row,) in cursor.fetchall()]
            if name == "customers_customer":
                open_texts(rows)
            found[name] = sorted(json.dumps(row, sort_keys=True) for row in rows)
    return found


def open_texts(people: list[dict[str, Any]]) -> None:
    keys = vault().load(person["id"] for person in people)
    for person in people:
        for column, place in SEALED.items():
            text = keys[person["id"]].open(place, bytes.fromhex(person[column][2:])) if person[column] else ""
            person[column] = text


@pytest.mark.parametrize("kind", ["customers", "order_lines"])
@settings(
    max_examples=3,
    deadline=None,
    phases=[Phase.generate],  # an example takes a second, and no smaller one says more
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    dice=st.randoms(use_true_random=True),
    policy=st.sampled_from(["skip", "fill", "overwrite"]),
    rows=st.integers(1, 60),
)
def test_undo_restores_every_table_but_the_log(
    db: None, tmp_path: Path, at: datetime, kind: str, dice: random.Random, policy: str, rows: int
) -> None:
    with transaction.atomic():
        bring_in(tmp_path, "customers", "fill", dice, 30, at)
        bring_in(tmp_path, "order_lines", "fill", dice, 40, at)
        before = rows_of_all_tables()
        run_id = bring_in(tmp_path, kind, policy, dice, rows, at)
        result = api.undo_import(run_id=run_id, actor=SYSTEM, at=at)
        after = rows_of_all_tables()
        transaction.set_rollback(True)
    assert result.kept == ()
    for name, rows_before in before.items():
        assert sorted(set(rows_before) ^ set(after[name])) == [], name
