"""The fact row with Arrow types."""

import pyarrow as pa

from guibin.insight.rules.fact_row import COUNTED, COUNTED_NAMES, FACT_NAMES, JUDGED, JUDGED_NAMES

__all__ = ["COUNTED_NAMES", "COUNTED_SCHEMA", "COUNTING", "FACT_NAMES", "FACT_SCHEMA", "JUDGED_NAMES"]
COUNTING = 2
"""Which code counted: one more whenever a fact, a judgement or the digest comes out differently from the same
rows. Kept facts and the published digest are continued only by the code that made them; after another one,
everybody is counted anew. A test holds it to the digest of one shop."""
TYPES: dict[str, pa.DataType] = {
    "int64": pa.int64(),
    "float64": pa.float64(),
    "string": pa.string(),
    "date32": pa.date32(),
    "list<int64>": pa.list_(pa.int64()),
}
COUNTED_SCHEMA = pa.schema([(name, TYPES[kind]) for name, kind in COUNTED])
FACT_SCHEMA = pa.schema([(name, TYPES[kind]) for name, kind in (*COUNTED, *JUDGED)])
