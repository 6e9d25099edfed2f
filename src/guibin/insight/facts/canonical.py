"""Fact rows as text, the same on every engine and run: for the digest, and to tell which rows changed."""

import numpy as np
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


WRAP = 2**256


def digest(engine: DuckEngine, facts: pa.Table, categories: pa.Table) -> int:
    """The sum of the SHA-256 of every fact row, as whole numbers below 2^256 with what is over cut off.

    Ids do not enter (categories by name), and a sum knows no order, so a shop imported twice, in any
    order, has one digest; and the digest of a shop of which few rows changed is found by taking away the
    rows as they were and adding them as they are (``changed_digest``).
    """
    engine.link.register("digested", facts)
    engine.link.register("digested_categories", categories)
    rows = engine.run(f"SELECT unhex(sha256({DIGESTED})) AS row_hash FROM digested, {NAMES}")
    engine.link.unregister("digested")
    engine.link.unregister("digested_categories")
    words = np.zeros(8, np.uint64)
    for chunk in rows["row_hash"].chunks:
        hashes = np.frombuffer(b"".join(chunk.to_pylist()), ">u4").reshape(-1, 8)
        words += hashes.sum(axis=0, dtype=np.uint64)
    return sum(int(word) << 32 * place for place, word in enumerate(reversed(words))) % WRAP


def changed_digest(digest: int, *, taken: int, added: int) -> int:
    """``digest`` without the rows whose digest is ``taken`` and with those whose digest is ``added``."""
    return (digest - taken + added) % WRAP


def digest_text(digest: int) -> str:
    """64 hexadecimal digits."""
    return f"{digest:064x}"


def checksums(engine: DuckEngine, facts: pa.Table) -> pa.Table:
    """``customer_id`` and the MD5 of what is published of each row; no security rests on it."""
    engine.link.register("summed", facts)
    table = engine.run(f"SELECT customer_id, md5({PUBLISHED}) AS checksum FROM summed ORDER BY customer_id")
    engine.link.unregister("summed")
    return table
