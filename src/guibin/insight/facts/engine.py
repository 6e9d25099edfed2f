"""Engines that evaluate the expressions: DuckDB in this process, or Apache Spark."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.expr.types import Table

from guibin.insight.errors import EngineMissing, EngineUnknown
from guibin.insight.facts.expression import Sources
from guibin.insight.warehouse.versions import Version

MEMORY = os.environ.get("GUIBIN_ENGINE_MEMORY", "2500MB")
ALIASES = "aliases"
SOURCE_NAMES = tuple(field.name for field in fields(Sources))


@dataclass(frozen=True, slots=True)
class DuckEngine:
    backend: Any
    name: str = "duckdb"

    @property
    def link(self) -> Any:
        """The DuckDB connection behind Ibis."""
        return self.backend.con

    def sources(self, version: Version) -> Sources:
        for statement in view_statements(version):
            self.link.execute(statement)
        return Sources(**{name: self.backend.table(name) for name in _needed(version)})

    def collect(self, expression: Table) -> pa.Table:
        return self.run(self.backend.compile(expression))

    def run(self, query: str) -> pa.Table:
        return self.link.sql(query).to_arrow_table()


@dataclass(frozen=True, slots=True)
class SparkEngine:
    backend: Any
    session: Any
    name: str = "spark"

    def sources(self, version: Version) -> Sources:
        for name in _needed(version):
            for part in _parts(version, name):
                frame = self.session.read.parquet(str(version.file(name, part)))
                frame.createOrReplaceTempView(f"{name}__{part}")
            self.session.sql(_current_rows(version, name)).createOrReplaceTempView(name)
        return Sources(**{name: self.backend.table(name) for name in _needed(version)})

    def collect(self, expression: Table) -> pa.Table:
        return self.backend.to_pyarrow(expression)


AnyEngine = DuckEngine | SparkEngine


@contextmanager
def open_engine(name: str | None = None) -> Iterator[AnyEngine]:
    """The engine called ``name``, else ``GUIBIN_ENGINE``. Raises ``EngineUnknown``, ``EngineMissing``."""
    name = name or os.environ.get("GUIBIN_ENGINE", "duckdb")
    if name == "duckdb":
        with open_duck() as duck:
            yield duck
    elif name == "spark":
        with _open_spark() as spark:
            yield spark
    else:
        raise EngineUnknown(engine=name)


@contextmanager
def open_duck() -> Iterator[DuckEngine]:
    """A fresh in-memory DuckDB that spills to the system's temporary folder when memory runs short."""
    backend = ibis.duckdb.connect(memory_limit=MEMORY)
    backend.con.execute("SET enable_progress_bar = false")
    try:
        yield DuckEngine(backend)
    finally:
        backend.disconnect()


@contextmanager
def _open_spark() -> Iterator[SparkEngine]:
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise EngineMissing(engine="spark") from error
    builder = SparkSession.builder.appName("guibin").config("spark.sql.session.timeZone", "UTC")
    builder = builder.config("spark.ui.enabled", "false").config("spark.sql.ansi.enabled", "true")
    if "SPARK_MASTER" not in os.environ and "SPARK_REMOTE" not in os.environ:
        builder = builder.master("local[*]").config("spark.driver.memory", MEMORY.removesuffix("B").lower())
    session = builder.getOrCreate()
    try:
        yield SparkEngine(ibis.pyspark.connect(session), session)
    finally:
        session.stop()


def view_statements(version: Version, prefix: str = "") -> list[str]:
    """DuckDB views of a version's current rows, one per source, named ``prefix`` + dataset."""
    statements = []
    for name in SOURCE_NAMES:
        if name not in version.contents:  # a copy of before there were merges
            statements.append(f"CREATE OR REPLACE VIEW {prefix}{name} AS {NOBODY_MERGED}")
            continue
        for part in _parts(version, name):
            path = str(version.file(name, part)).replace("'", "''")
            view = f"{prefix}{name}__{part}"
            statements.append(f"CREATE OR REPLACE VIEW {view} AS SELECT * FROM read_parquet('{path}')")
        statements.append(f"CREATE OR REPLACE VIEW {prefix}{name} AS {_current_rows(version, name, prefix)}")
    return statements


NOBODY_MERGED = "SELECT 0::BIGINT AS alias_id, 0::BIGINT AS customer_id, 0::BIGINT AS into_id WHERE false"


def _needed(version: Version) -> list[str]:
    """The sources a count reads: without the aliases while there are none."""
    return [name for name in SOURCE_NAMES if name != ALIASES or has_aliases(version)]


def has_aliases(version: Version) -> bool:
    """Whether anybody stands for somebody else, by the row counts its files say."""
    if ALIASES not in version.contents:
        return False
    rows = {
        part: int(pq.read_metadata(version.file(ALIASES, part)).num_rows) for part in _parts(version, ALIASES)
    }
    return rows.get("base", 0) + rows.get("delta", 0) > rows.get("gone", 0)


def _parts(version: Version, name: str) -> list[str]:
    return [part for part in ("base", "delta", "gone") if version.file(name, part).exists()]


def _current_rows(version: Version, name: str, prefix: str = "") -> str:
    """Base rows that are not gone, and the delta; the same text on both engines."""
    key, parts = version.contents[name].key, _parts(version, name)
    base = f"SELECT * FROM {prefix}{name}__base"
    if "gone" in parts:
        base += f" ANTI JOIN {prefix}{name}__gone USING ({key})"
    return base + (f" UNION ALL SELECT * FROM {prefix}{name}__delta" if "delta" in parts else "")
