"""Fact rows as text, the same on every engine and run: for the digest, and to tell which rows changed."""

import hashlib

import pyarrow as pa

from guibin.insight.facts.engine import DuckEngine
from guibin.insight.facts.schema import FACT_SCHEMA

# Grows with every day, so it does not make a row a changed one.
DAILY = frozenset(("recency_days", "tenure_days"))


def _text(name: str, kind: pa.DataType) -> str:
    """SQL that writes a column as text: exact integers, days as ISO, lists with commas, null as nothing."""
    if name == "categories_top":
        return "coalesce(array_to_string(list_transform(categories_top, lambda c: names[c]), ','), '')"
    if pa.types.is_floating(kind):
        return f"coalesce(CAST(CAST(round({name} * 1000000) AS BIGINT) AS VARCHAR), '')"
    if pa.types.is_list(kind):
        return f"coalesce(array_to_string({name}, ','), '')"
    return f"coalesce(CAST({name} AS VARCHAR), '')"


DIGESTED = " || '|' || ".join(_text(f.name, f.type) for f in FACT_SCHEMA if f.name != "customer_id")
PUBLISHED = " || '|' || ".join(
    _text(f.name, f.type).replace("names[c]", "c") for f in FACT_SCHEMA if f.name not in DAILY
)
NAMES = (
    "(SELECT coalesce(map(list(category_id), list(name)), map([]::BIGINT[], []::VARCHAR[])) AS names "
    "FROM digested_categories)"
)


def digest(engine: DuckEngine, facts: pa.Table, categories: pa.Table) -> str:
    """SHA-256 over every fact row in order of the customer's number.

    Ids do not enter (categories by name), so a shop imported twice, in any order, has one digest.
    """
    engine.link.register("digested", facts)
    engine.link.register("digested_categories", categories)
    rows = engine.run(
        f"SELECT sha256({DIGESTED}) AS row_hash FROM digested, {NAMES} ORDER BY number, customer_id"
    )
    engine.link.unregister("digested")
    engine.link.unregister("digested_categories")
    whole = hashlib.sha256()
    for chunk in rows["row_hash"].chunks:
        whole.update("".join(chunk.to_pylist()).encode())
    return whole.hexdigest()


def checksums(engine: DuckEngine, facts: pa.Table) -> pa.Table:
    """``customer_id`` and the MD5 of what is published of each row; no security rests on it."""
    engine.link.register("summed", facts)
    table = engine.run(f"SELECT customer_id, md5({PUBLISHED}) AS checksum FROM summed ORDER BY customer_id")
    engine.link.unregister("summed")
    return table
