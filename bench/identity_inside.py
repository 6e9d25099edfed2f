"""Runs in the scratch database: customers made, looked up, compared."""

import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 - Django must be up

from bench.identity import SIZE  # noqa: E402
from guibin.config.migration import migrate  # noqa: E402
from guibin.core.permissions import SYSTEM  # noqa: E402
from guibin.customers import api  # noqa: E402
from guibin.customers.operations.bulk import Batch, NewPerson, write_new  # noqa: E402
from guibin.customers.queries import sealed  # noqa: E402
from guibin.customers.queries.owners import STATEMENTS  # noqa: E402
from guibin.customers.rules.identity import check_digit  # noqa: E402
from guibin.customers.settings import SHARED_MAX  # noqa: E402

AT = datetime(2026, 11, 1, tzinfo=UTC)
PART = 10_000
LOOKUPS = 1000
TWICE_EVERY = 100
FAMILY = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
)
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红玲建国文斌宇浩凯鑫波鹏飞雪梅琳晶欣颖佳慧巧美淑惠珠翠雅芝"

RAW_JOIN = """
WITH held AS MATERIALIZED (SELECT unnest(match_tokens) AS token, customer_id FROM customers_searchtoken),
    shared AS (SELECT token FROM held GROUP BY token HAVING count(*) BETWEEN 2 AND %s)
SELECT count(*) FROM (
    SELECT DISTINCT a.customer_id, b.customer_id FROM shared s JOIN held a ON a.token = s.token
    JOIN held b ON b.token = s.token AND a.customer_id < b.customer_id) pairs
"""


def person(chance: random.Random, serial: int) -> NewPerson:
    """One in a hundred is somebody who was made a little earlier, known by another system: with the same phone,
    or with the same birthday and another phone."""
    twin = serial % TWICE_EVERY == TWICE_EVERY - 1
    who = random.Random(serial - 7 if twin else serial)
    name = who.choice(FAMILY) + "".join(who.choices(GIVEN, k=who.choice((1, 2, 2))))
    born = f"{who.randint(1950, 2008):04d}-{who.randint(1, 12):02d}-{who.randint(1, 28):02d}"
    phone = f"+8613{who.randint(0, 999_999_999):09d}"
    if twin and chance.random() < 0.5:
        phone = f"+8615{chance.randint(0, 999_999_999):09d}"
    digits = f"110105{born.replace('-', '')}{serial % 1000:03d}"
    texts = {
        "name": name,
        "birthday": f"solar:{born}",
        "gender": who.choice(("male", "female")),
        "city": who.choice(("杭州", "上海", "北京", "成都")),
        "address": f"{who.choice(FAMILY)}家路{who.randint(1, 999)}号{who.randint(1, 40)}栋{who.randint(101, 999)}室",
        "joined_on": "2026-10-01",
    }
    if serial % 5 == 0:
        texts["id_number"] = digits + check_digit(digits)
    return NewPerson(
        texts,
        contacts=[("phone", phone), *([("email", f"u{serial}@example.cn")] if serial % 2 else [])],
        externals=[
            ("till" if twin else "shop", f"m{serial}"),
            *([("card", f"K{serial:08d}")] if serial % 3 == 0 else []),
        ],
    )


def people(count: int) -> Iterator[list[NewPerson]]:
    chance = random.Random(1)
    taken: set[str] = set()
    for start in range(0, count, PART):
        part = []
        for serial in range(start, min(start + PART, count)):
            each = person(chance, serial)
            number = each.texts.get("id_number", "")
            if number in taken:
                each.texts["id_number"] = ""
            taken.add(number)
            part.append(each)
        yield part


def fill(count: int) -> dict[str, float]:
    began, spent = time.perf_counter(), time.process_time()
    for number, part in enumerate(people(count)):
        with transaction.atomic():
            write_new(part, Batch("shop", SYSTEM, AT, None))
        if number % 10 == 0:
            print(f"{number * PART:,} of {count:,}", file=sys.stderr)
    return {
        "seconds": round(time.perf_counter() - began, 1),
        "processor": round(time.process_time() - spent, 1),
    }


def lookups(count: int) -> dict[str, dict[str, float]]:
    """Each key: the one statement by its index, and the same through the door, in milliseconds."""
    chance = random.Random(2)
    serials = [chance.randrange(0, count // 60) * 60 + 45 for _turn in range(LOOKUPS)]
    shown = {serial: person(random.Random(3), serial) for serial in serials}
    contact = {kind: [_first(shown[s].contacts, kind) for s in serials] for kind in ("phone", "email")}
    return {
        "phone": _time(contact["phone"], _contact("phone"), lambda v: api.find_ids_by_phones([v])),
        "e-mail": _time(contact["email"], _contact("email"), lambda v: api.find_ids_by_emails([v])),
        "external id": _time(
            [f"m{s}" for s in serials],
            lambda v: (STATEMENTS["external"], [[sealed.external_index(v)], "shop"]),
            lambda v: api.find_ids_by_external("shop", [v]),
        ),
        "card": _time(
            [f"K{s:08d}" for s in serials],
            lambda v: (STATEMENTS["external"], [[sealed.external_index(v)], "card"]),
            lambda v: api.find_ids_by_external("card", [v]),
        ),
        "ID number": _time(
            [shown[s].texts["id_number"] for s in serials if shown[s].texts["id_number"]],
            lambda v: (STATEMENTS["id_number"], [[sealed.id_number_index(v)]]),
            None,
        ),
        "number": _time(
            [f"GB-{s + 1:06d}" for s in serials],
            lambda v: (STATEMENTS["number"], [[v]]),
            lambda v: api.find_ids_by_numbers([v]),
        ),
    }


def _first(contacts: object, kind: str) -> str:
    return next(value for each, value in contacts if each == kind)  # type: ignore[attr-defined]


def _contact(kind: str) -> Callable[[str], tuple[str, list[object]]]:
    return lambda value: (STATEMENTS["contact"], [[sealed.contact_index(kind, value)], kind])


def _time(
    values: list[str],
    statement: Callable[[str], tuple[str, list[object]]],
    door: Callable[[str], object] | None,
) -> dict[str, float]:
    """``p50``: planning and execution as the server counts them; ``asked_p50``: from here and back."""
    inside, asked, through = [], [], list[float]()
    with connection.cursor() as cursor:
        for value in values:
            sql, parameters = statement(value)
            asked.append(
                _milliseconds(lambda sql=sql, given=parameters: cursor.execute(sql, given).fetchall())
            )
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", parameters)
            (told,) = cursor.fetchone()[0]
            inside.append(told["Planning Time"] + told["Execution Time"])
            if not told["Plan"]["Actual Rows"]:
                raise SystemExit(f"nobody found by {sql}")
    if door:
        through += [_milliseconds(lambda value=value: door(value)) for value in values]
    return {
        **_quantiles("", inside),
        **_quantiles("asked_", asked),
        **_quantiles("door_", through or asked),
    }


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def _quantiles(name: str, times: list[float]) -> dict[str, float]:
    return {
        f"{name}p50": round(statistics.median(times), 3),
        f"{name}p99": round(statistics.quantiles(times, n=100)[98], 3),
    }


def raw_join() -> tuple[float, int]:
    with connection.cursor() as cursor:
        began = time.perf_counter()
        cursor.execute(RAW_JOIN, [SHARED_MAX.default])
        (pairs,) = cursor.fetchone()
        return round(time.perf_counter() - began, 3), int(pairs)


def scan() -> dict[str, object]:
    spent = time.process_time()
    found = api.scan_duplicates(actor=SYSTEM, at=datetime.now(tz=UTC))
    return asdict(found) | {"processor": round(time.process_time() - spent, 1)}


def main() -> dict[str, object]:
    migrate()
    count = int(os.environ[SIZE])
    made = fill(count)
    with connection.cursor() as cursor:
        for table in ("customer", "searchtoken", "contactpoint", "externalid"):
            cursor.execute(f"ANALYZE customers_{table}")
    looked = lookups(count)
    seconds, pairs = raw_join()
    return {
        "customers": count,
        "made": made,
        "lookups": looked,
        "raw_join": seconds,
        "raw_pairs": pairs,
        "scan": scan(),
        "again": scan(),
    }


if __name__ == "__main__":
    print(json.dumps(main()))
