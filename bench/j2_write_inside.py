"""Runs in the scratch database: load, refresh once, change a little, refresh again, three times over."""

import json
import os
import statistics
import time

import django
import psycopg

django.setup()

from django.db import connection  # noqa: E402 - Django must be up

from bench.filling import fill  # noqa: E402
from bench.j2_write import CHANGED, SIZE  # noqa: E402
from bench.shop import LAST_DAY, make_shop  # noqa: E402
from guibin.config.migration import migrate  # noqa: E402
from guibin.insight import api  # noqa: E402
from guibin.insight.warehouse import versions  # noqa: E402

SCAN = """
SELECT customer_id, max(ordered_on), count(*), sum(amount_base_minor),
       sum(amount_base_minor) FILTER (WHERE ordered_on > %s::date - interval '12 months')
FROM purchases_order WHERE customer_id IS NOT NULL AND status <> 'cancelled' GROUP BY customer_id
"""
NEW = """
INSERT INTO purchases_order (id, source, number, customer_id, channel, ordered_at, ordered_on, currency, rate,
    gross_minor, discount_minor, total_minor, amount_base_minor, status, promoted)
SELECT 100000000 + %s * 1000000 + n, 'bench', 'new-' || %s || '-' || n, 1 + (n * 7919 + %s) %% %s, 'store', now(), %s, 'CNY', 1,
    100 * n, 0, 100 * n, 100 * n, 'paid', false FROM generate_series(1, %s) n
"""


def seconds_of(work: object) -> float:
    began = time.perf_counter()
    work()  # type: ignore[operator]  # a callable by use
    return time.perf_counter() - began


def analyze() -> None:
    """What autovacuum does in time; only the owner may."""
    with psycopg.connect(os.environ["GUIBIN_OWNER_URL"], autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE")


def scan() -> None:
    with connection.cursor() as cursor:
        cursor.execute(SCAN, [LAST_DAY])
        cursor.fetchall()


def main() -> dict[str, object]:
    migrate()
    fill(make_shop(SIZE))
    analyze()
    first = seconds_of(lambda: api.refresh(as_of=LAST_DAY))
    scans, refreshes, changed = [], [], 0
    for turn in range(4):
        with connection.cursor() as cursor:
            cursor.execute(NEW, [turn, turn, turn, SIZE.customers, LAST_DAY, CHANGED])
        scans.append(seconds_of(scan))
        began = time.perf_counter()
        result = api.refresh(as_of=LAST_DAY)
        refreshes.append(time.perf_counter() - began)
        changed = result.changed
    (versions.root() / "CURRENT").unlink()
    whole = api.refresh(as_of=LAST_DAY)
    return {
        "scan": statistics.median(scans[1:]),
        "refresh": statistics.median(refreshes[1:]),
        "first": round(first, 2),
        "changed": changed,
        "digest_equal": whole.digest == result.digest,
        "parts": [round(value, 3) for value in refreshes],
    }


if __name__ == "__main__":
    print(json.dumps(main()))
