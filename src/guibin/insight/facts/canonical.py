"""Fact rows as text, the same on every engine and run: for the digest, and for what is published."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guibin.insight.facts.engine import DuckEngine
from guibin.insight.facts.judging import JUDGED_BY
from guibin.insight.facts.schema import COUNTED_NAMES, FACT_NAMES, FACT_SCHEMA, JUDGED_NAMES

# Grows with every day, so it is neither published nor makes a row a changed one.
DAILY = frozenset(("recency_days", "tenure_days"))
STORED = tuple(name for name in FACT_NAMES if name not in DAILY)
WRAP = 2**256
TAB, NEWLINE = "chr(9)", "chr(10)"


def _text(name: str, kind: pa.DataType) -> str:
    """SQL that writes a column as text: exact integers, days as ISO, lists with commas, null as nothing."""
    if name == "categories_top":
        name = "category_names"
    if pa.types.is_floating(kind):
        return f"coalesce(CAST(CAST(round({name} * 1000000) AS BIGINT) AS VARCHAR), '')"
    if pa.types.is_list(kind):
        return f"coalesce(array_to_string({name}, ','), '')"
    return f"coalesce(CAST({name} AS VARCHAR), '')"


def _plain(name: str) -> str:
    return f"CAST({name} AS VARCHAR)" if pa.types.is_date(FACT_SCHEMA.field(name).type) else name


def _json(names: Iterable[str]) -> str:
    fields = ", ".join(f"{name} := {_plain(name)}" for name in names)
    return f"CAST(to_json(struct_pack({fields})) AS VARCHAR)"


def _joined(names: Iterable[str]) -> str:
    return " || '|' || ".join(_text(name, FACT_SCHEMA.field(name).type) for name in names)


BEGAN = "coalesce(CAST(DATE '{as_of}' - CAST(tenure_days AS INTEGER) AS VARCHAR), '')"
CHECKSUM = f"md5({_json(name for name in STORED if name not in JUDGED_NAMES)} || {BEGAN})"
GIVEN = frozenset(("customer_id", "number"))  # in the order of arrival, not by what was bought
COUNTED_TEXT = _joined(name for name in COUNTED_NAMES if name not in GIVEN)
JUDGED_TEXT = _joined(JUDGED_NAMES)
GROUNDED = _joined((*(name for name in JUDGED_BY if name not in GIVEN), *JUDGED_NAMES))


@dataclass(frozen=True, slots=True)
class Summed:
    """``digest`` of some fact rows, and their ``checksums``: customer_id, and a text that tells whether
    the published row is another one (an MD5 and the judgement; no security rests on it)."""

    digest: int
    checksums: pa.Table


def sum_up(engine: DuckEngine, facts: pa.Table, categories: pa.Table, as_of: date) -> Summed:
    """The digest is a sum of SHA-256 as whole numbers, modulo 2^256: of each row's counted part, and of
    stage and scores with what they were judged by.

    Ids and customer numbers do not enter (categories by name), and a sum knows no order, so a shop imported
    twice, in any order and in any pieces, has one digest. When few rows changed, the digest of all is found
    by taking away the rows as they were and adding them as they are (``changed_digest``).
    """
    engine.link.register("summed", facts.append_column("category_names", _names(facts, categories)))
    rows = engine.run(
        f"SELECT customer_id, {CHECKSUM.format(as_of=as_of)} || '|' || {JUDGED_TEXT} AS checksum, "
        f"unhex(sha256({COUNTED_TEXT})) AS counted, unhex(sha256({GROUNDED})) AS judged "
        "FROM summed ORDER BY customer_id"
    )
    engine.link.unregister("summed")
    digest = (_sum(rows["counted"]) + _sum(rows["judged"])) % WRAP
    return Summed(digest, rows.select(["customer_id", "checksum"]))


def sum_up_judged(engine: DuckEngine, judged: pa.Table) -> int:
    """The part of the digest that the judged columns, with those they rest on, make."""
    engine.link.register("summed", judged)
    rows = engine.run(f"SELECT unhex(sha256({GROUNDED})) AS judged FROM summed")
    engine.link.unregister("summed")
    return _sum(rows["judged"])


def _sum(hashes: pa.ChunkedArray) -> int:
    words = np.zeros(8, np.uint64)
    for chunk in hashes.chunks:
        rows = np.frombuffer(b"".join(chunk.to_pylist()), ">u4").reshape(-1, 8)
        words += rows.sum(axis=0, dtype=np.uint64)
    return sum(int(word) << 32 * place for place, word in enumerate(reversed(words))) % WRAP


def _names(facts: pa.Table, categories: pa.Table) -> pa.Array:
    """The names of each row's best categories."""
    best = facts["categories_top"].combine_chunks()
    places = pc.index_in(best.flatten(), value_set=categories["category_id"].combine_chunks())
    ends = np.cumsum(pc.fill_null(pc.list_value_length(best), 0).to_numpy(), dtype=np.int32)
    offsets = pa.array(np.concatenate([np.zeros(1, np.int32), ends]))
    return pa.ListArray.from_arrays(offsets, categories["name"].combine_chunks().take(places))


def changed_digest(digest: int, *, taken: int, added: int) -> int:
    """``digest`` without the rows whose digest is ``taken`` and with those whose digest is ``added``."""
    return (digest - taken + added) % WRAP


def digest_text(digest: int) -> str:
    """64 hexadecimal digits."""
    return f"{digest:064x}"


def published_lines(engine: DuckEngine, facts: pa.Table, as_of: date) -> Iterator[str]:
    """Rows for COPY: id, began_on, stage, scores, the stored facts as JSON, checksum; many lines a text."""
    began = BEGAN.format(as_of=as_of)
    columns = [
        "CAST(customer_id AS VARCHAR)",
        f"coalesce(nullif({began}, ''), '\\N')",
        "stage",
        *(f"coalesce(CAST({name} AS VARCHAR), '\\N')" for name in ("r_score", "f_score", "m_score")),
        f"replace({_json(STORED)}, '\\', '\\\\')",
        CHECKSUM.format(as_of=as_of),
    ]
    engine.link.register("published", facts)
    query = f"SELECT {f' || {TAB} || '.join(columns)} || {NEWLINE} AS line FROM published"
    for batch in engine.link.sql(query).to_arrow_reader(20_000):
        yield "".join(batch.column(0).to_pylist())
    engine.link.unregister("published")
