"""The fact row with Arrow types."""

import pyarrow as pa

from guibin.insight.rules.fact_row import COUNTED, COUNTED_NAMES, FACT_NAMES, JUDGED, JUDGED_NAMES

__all__ = ["COUNTED_NAMES", "COUNTED_SCHEMA", "FACT_NAMES", "FACT_SCHEMA", "JUDGED_NAMES"]
TYPES: dict[str, pa.DataType] = {
    "int64": pa.int64(),
    "float64": pa.float64(),
    "string": pa.string(),
    "date32": pa.date32(),
    "list<int64>": pa.list_(pa.int64()),
}
COUNTED_SCHEMA = pa.schema([(name, TYPES[kind]) for name, kind in COUNTED])
FACT_SCHEMA = pa.schema([(name, TYPES[kind]) for name, kind in (*COUNTED, *JUDGED)])
