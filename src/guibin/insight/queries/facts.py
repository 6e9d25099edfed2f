"""Fact rows of everybody, from the warehouse."""

from collections.abc import Sequence
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from guibin.insight.facts.store import facts_of
from guibin.insight.queries.published import get_current_day, get_wishes_now
from guibin.insight.rules.count import Fact
from guibin.insight.warehouse.versions import leased


def get_facts_table(*, as_of: date | None, columns: Sequence[str] | None = None) -> pa.Table:
    with leased() as version:
        table = facts_of(version, as_of or get_current_day(), get_wishes_now())
    return table if columns is None else table.select(list(columns))


def get_facts_of_day(customer_ids: Sequence[int], as_of: date) -> dict[int, dict[str, Fact]]:
    """{customer id: fact row} of any day."""
    table = get_facts_table(as_of=as_of)
    chosen = table.filter(pc.is_in(table["customer_id"], value_set=pa.array(customer_ids, pa.int64())))
    return {row["customer_id"]: row for row in chosen.to_pylist()}
