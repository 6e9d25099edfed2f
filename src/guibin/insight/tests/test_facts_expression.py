"""The engine's facts against a plain count."""

import itertools
from dataclasses import replace
from datetime import date, timedelta

import ibis
import pytest
from hypothesis import HealthCheck, given, settings

from guibin.insight.facts.expression import BRANCHES, Sources, counted_facts
from guibin.insight.facts.schema import COUNTED_NAMES, COUNTED_SCHEMA
from guibin.insight.rules.windows import YearWindow, months_before
from guibin.insight.tests.shops import AS_OF, SCHEMAS, Shop, shops

PAID = {"status": "paid", "promoted": False}


class Engine:
    """DuckDB with the shop's rows as tables; each day's expression is compiled once."""

    def __init__(self) -> None:
        self.backend = ibis.duckdb.connect(threads=1)
        self.load(Shop())
        self.sources = Sources(**{name: self.backend.table(name) for name in SCHEMAS})
        self.queries: dict[tuple[date, bool], str] = {}

    def load(self, shop: Shop) -> None:
        for name, rows in shop.tables().items():
            self.backend.con.register("rows_of_shop", rows)
            self.backend.con.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM rows_of_shop")

    def rows(self, shop: Shop, as_of: date) -> dict[int, dict]:
        self.load(shop)
        key = as_of, bool(shop.aliases)
        if key not in self.queries:
            sources = self.sources if shop.aliases else replace(self.sources, aliases=None)
            self.queries[key] = self.backend.compile(counted_facts(sources, as_of))
        table = self.backend.con.sql(self.queries[key]).to_arrow_table()
        assert table.schema.names == list(COUNTED_NAMES)
        table = table.cast(COUNTED_SCHEMA)
        return {row["customer_id"]: row for row in table.to_pylist()}


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(shop=shops(), as_of=AS_OF)
def test_facts_equal_a_plain_count_on_random_shops(engine, shop, as_of):
    assert engine.rows(shop, as_of) == shop.counted(as_of)


@pytest.mark.parametrize(
    "as_of", [date(2023, 12, 31), date(2024, 2, 29), date(2024, 3, 31), date(2023, 2, 28)]
)
def test_windows_at_month_ends(engine, as_of):
    """An order on each day of two years: every month of the window holds exactly its own days."""
    days = [date(2022, 4, 1) + timedelta(days=n) for n in range(731)]
    shop = Shop(customers=[{"customer_id": 1, "number": "C001", "status": "active", "joined_on": None}])
    shop.orders = [
        {"order_id": n, "customer_id": 1, "ordered_on": day, "amount_base_minor": 1, **PAID}
        for n, day in enumerate(days)
    ]
    row = engine.rows(shop, as_of)[1]
    assert row == shop.counted(as_of)[1]
    bounds = YearWindow.ending(as_of).bounds
    assert row["months_orders"] == [
        sum(earlier < day <= later for day in days) for earlier, later in itertools.pairwise(bounds)
    ]


def test_every_fact_is_counted_by_some_branch():
    covered = frozenset().union(*BRANCHES.values()) | {"customer_id", "number"}
    assert covered == set(COUNTED_NAMES)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(shop=shops(), as_of=AS_OF)
def test_whose_aliases_are_none_counts_the_same_with_and_without_looking(engine, shop, as_of):
    shop.aliases = []
    looked = counted_facts(engine.sources, as_of)
    plain = engine.rows(shop, as_of)
    found = engine.backend.con.sql(engine.backend.compile(looked)).to_arrow_table().cast(COUNTED_SCHEMA)
    assert {row["customer_id"]: row for row in found.to_pylist()} == plain


def test_no_rows_at_all(engine):
    assert engine.rows(Shop(), date(2024, 2, 29)) == {}


def test_windows_stop_where_the_calendar_begins() -> None:
    assert months_before(date(1, 1, 31), 1) == date.min
    assert YearWindow.ending(date(1, 6, 30)).bounds[0] == date.min
    assert months_before(date(2, 1, 31), 12) == date(1, 1, 31)
