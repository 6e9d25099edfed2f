"""Counting the facts of a version as of a day: all of them, or only of customers whose rows changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from guibin.insight.facts.engine import (
    ALIASES,
    SOURCE_NAMES,
    AnyEngine,
    DuckEngine,
    has_aliases,
    view_statements,
)
from guibin.insight.facts.expression import Sources, counted_facts
from guibin.insight.facts.schema import COUNTED_NAMES, COUNTED_SCHEMA
from guibin.insight.warehouse.versions import Version

AFFECTED_SHARE_MAX = 0.25


@dataclass(frozen=True, slots=True)
class Changed:
    """Customers any of whose rows changed, and their counted facts now (who is no customer has none)."""

    affected: pa.Array
    anew: pa.Table


def count_all(
    engine: AnyEngine, version: Version, as_of: date, columns: Sequence[str] = COUNTED_NAMES
) -> pa.Table:
    sources = engine.sources(version)
    if isinstance(engine, DuckEngine):
        table = engine.run(compiled(engine, sources, as_of, tuple(columns)))
    else:
        table = engine.collect(counted_facts(sources, as_of, columns))
    schema = pa.schema([COUNTED_SCHEMA.field(name) for name in table.column_names])
    return table.cast(schema).sort_by("customer_id")


def compiled(engine: DuckEngine, sources: Sources, as_of: date, columns: tuple[str, ...]) -> str:
    """The DuckDB query of the facts. Compiling takes a quarter of a second, so the text is kept."""
    tables = (getattr(sources, name) for name in SOURCE_NAMES)
    known = (table for table in tables if table is not None)
    key = (as_of, columns, tuple((table.get_name(), *table.schema().items()) for table in known))
    if key not in _QUERIES:
        if len(_QUERIES) > 64:
            _QUERIES.clear()
        _QUERIES[key] = engine.backend.compile(counted_facts(sources, as_of, columns))
    return _QUERIES[key]


_QUERIES: dict[object, str] = {}


def count_changed(engine: DuckEngine, version: Version, parent: Version, as_of: date) -> Changed | None:
    """Count anew whose rows changed since the parent version; None when that does not pay."""
    affected = _count_affected(engine, version, parent)
    if affected is None:
        return None
    ids = engine.run("SELECT customer_id FROM affected ORDER BY customer_id")["customer_id"].combine_chunks()
    if not affected:
        return Changed(ids, COUNTED_SCHEMA.empty_table())
    engine.link.execute(MEMBERS)
    for name in ("orders", "refunds", "customers"):
        engine.link.execute(PICK.format(name=name, chosen="members", key="customer_id"))
    engine.link.execute(PICK.format(name="order_lines", chosen="picked_orders", key="order_id"))
    own = ("orders", "refunds", "customers", "order_lines")
    picked = {name: engine.backend.table(f"picked_{name}") for name in own}
    whole = ("products", "categories", *((ALIASES,) if has_aliases(version) else ()))
    rest = {name: engine.backend.table(name) for name in whole}
    anew = engine.run(compiled(engine, Sources(**picked, **rest), as_of, COUNTED_NAMES))
    return Changed(ids, anew.cast(COUNTED_SCHEMA).sort_by("customer_id"))


def _count_affected(engine: DuckEngine, version: Version, parent: Version) -> int | None:
    """Fill the table ``affected`` with the customers whose rows changed, with whoever stands or stood for
    them; None: count everybody."""
    for statement in (*view_statements(version), *view_statements(parent, "old_")):
        engine.link.execute(statement)
    for name in SOURCE_NAMES:
        path = version.file(name, "touched")
        rows = f"read_parquet('{str(path).replace(chr(39), chr(39) * 2)}')"
        key = version.contents[name].key
        source = rows if path.exists() else f"(SELECT {key} FROM {name} WHERE false)"
        engine.link.execute(f"CREATE VIEW touched_{name} AS SELECT {key} FROM {source}")
    for name in ("products", "categories"):
        key = version.contents[name].key
        if engine.link.execute(
            f"SELECT 1 FROM old_{name} SEMI JOIN touched_{name} USING ({key}) LIMIT 1"
        ).fetchall():
            return None
    engine.link.execute(AFFECTED)
    affected, customers = engine.link.execute(
        "SELECT (SELECT count(*) FROM affected), (SELECT count(*) FROM customers)"
    ).fetchall()[0]
    return int(affected) if affected <= max(50, customers * AFFECTED_SHARE_MAX) else None


PICK = "CREATE TABLE picked_{name} AS SELECT * FROM {name} SEMI JOIN {chosen} USING ({key})"
AFFECTED = """
CREATE TABLE affected AS
WITH touched_order AS (
    SELECT order_id FROM touched_orders
    UNION SELECT order_id FROM order_lines SEMI JOIN touched_order_lines USING (line_id)
    UNION SELECT order_id FROM old_order_lines SEMI JOIN touched_order_lines USING (line_id)
), named AS (
    SELECT customer_id FROM touched_customers
    UNION SELECT customer_id FROM orders SEMI JOIN touched_order USING (order_id)
    UNION SELECT customer_id FROM old_orders SEMI JOIN touched_order USING (order_id)
    UNION SELECT customer_id FROM refunds SEMI JOIN touched_refunds USING (refund_id)
    UNION SELECT customer_id FROM old_refunds SEMI JOIN touched_refunds USING (refund_id)
    UNION SELECT unnest([customer_id, into_id]) FROM aliases SEMI JOIN touched_aliases USING (alias_id)
    UNION SELECT unnest([customer_id, into_id]) FROM old_aliases SEMI JOIN touched_aliases USING (alias_id)
)
SELECT customer_id FROM named WHERE customer_id IS NOT NULL
UNION SELECT into_id FROM aliases SEMI JOIN named USING (customer_id)
UNION SELECT into_id FROM old_aliases SEMI JOIN named USING (customer_id)
"""
# The affected, and all ids they stand for: what was bought under any of them is counted.
MEMBERS = """
CREATE TABLE members AS
SELECT customer_id FROM affected
UNION SELECT a.customer_id FROM aliases a JOIN affected f ON f.customer_id = a.into_id
"""
