"""Spark builds the very same facts: every row compared, where it is installed."""

import shutil
from datetime import date, timedelta
from pathlib import Path
from random import Random

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from guibin.insight.facts.counting import count_all
from guibin.insight.facts.engine import open_engine
from guibin.insight.tests.shops import SCHEMAS, Shop
from guibin.insight.warehouse import copying, files
from guibin.insight.warehouse.versions import Content, Version

pytest.importorskip("pyspark", reason="the extra guibin[spark] is not installed")
pytestmark = [
    pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java"),
    pytest.mark.filterwarnings("ignore"),  # pyspark uses what pandas retires, and leaves sockets to the end
]
LAST = date(2024, 2, 29)


def random_shop(seed: int, customers: int = 200, orders: int = 3000) -> Shop:
    random = Random(seed)
    shop = Shop()
    for number in range(1, customers + 1):
        joined = random.choice([None, LAST - timedelta(days=random.randrange(-20, 700))])
        shop.customers.append(
            {"customer_id": number, "number": f"C{number:04d}", "status": "active", "joined_on": joined}
        )
    shop.aliases = [
        {"alias_id": number, "customer_id": number, "into_id": 1 + number % 9} for number in range(10, 40, 3)
    ]
    shop.categories = [{"category_id": n, "name": random.choice("abcd")} for n in range(1, 8)]
    shop.products = [
        {"product_id": n, "category_id": random.choice([None, *range(1, 8)])} for n in range(1, 40)
    ]
    for number in range(1, orders + 1):
        shop.orders.append(
            {
                "order_id": number,
                "customer_id": random.choice([None, *[int(customers * random.random() ** 2) + 1] * 9]),
                "ordered_on": LAST - timedelta(days=int(800 * random.random()) - 5),
                "status": random.choice(["completed"] * 9 + ["cancelled"]),
                "amount_base_minor": random.randrange(10**7),
                "promoted": random.random() < 0.2,
            }
        )
        for line in range(random.randrange(3)):
            shop.order_lines.append(
                {
                    "line_id": number * 10 + line,
                    "order_id": number,
                    "product_id": random.randrange(1, 40),
                    "kind": random.choice(["goods", "goods", "fee"]),
                    "amount_base_minor": random.randrange(10**6),
                    "cost_base_minor": random.choice([None, *[random.randrange(10**5)] * 30]),
                }
            )
    for number in range(1, 150):
        shop.refunds.append(
            {
                "refund_id": number,
                "order_id": None,
                "customer_id": random.choice([None, random.randrange(1, customers + 1)]),
                "refunded_on": LAST - timedelta(days=random.randrange(500)),
                "amount_base_minor": random.randrange(10**6),
                "cost_base_minor": random.choice([None, 5, 500]),
            }
        )
    return shop


def write_as_refreshes_do(folder: Path, base: pa.Table, delta: pa.Table, gone: pa.Table) -> None:
    """The base as a full copy writes it, the rest as an incremental one does."""
    pq.write_table(base, folder / "base.parquet", **files.write_options(base.schema))
    link = duckdb.connect()
    for name, table in (("delta", delta), ("gone", gone)):
        link.register(name, table)
        copying.write(link, f"SELECT * FROM {name}", folder / f"{name}.parquet")
    link.close()


def test_spark_gives_the_same_rows(tmp_path):
    contents = {}
    for name, rows in random_shop(7).tables().items():
        (tmp_path / name).mkdir()
        half = rows.num_rows // 2
        key = next(iter(SCHEMAS[name]))
        gone = rows.select([key]).slice(half, 3)
        write_as_refreshes_do(tmp_path / name, rows.slice(0, half + 3), rows.slice(half), gone)
        contents[name] = Content(name, key, "", 0, 0, 0, -1)
    version = Version("spark", tmp_path, 0, None, contents)
    with open_engine("duckdb") as duck, open_engine("spark") as spark:
        for day in (LAST, date(2023, 5, 31)):
            assert count_all(spark, version, day).to_pylist() == count_all(duck, version, day).to_pylist()
