"""Arrow columns as NumPy arrays: the few conversions a bulk import needs, without copying text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from guibin.purchases.rules.amounts import Integers

Booleans = NDArray[np.bool_]


def conform(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """``table`` in the columns and types of ``schema``; optional columns that are missing become null.

    Raises ``ValueError`` where a column is missing or holds something else.
    """
    columns = []
    for field in schema:
        if field.name in table.column_names:
            column = table.column(field.name)
            if pa.types.is_dictionary(column.type):
                column = column.cast(column.type.value_type)
            column = column.cast(field.type) if column.type != field.type else column
        elif field.nullable:
            column = pa.chunked_array([pa.nulls(table.num_rows, field.type)])
        else:
            raise ValueError(field.name)
        columns.append(column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column)
    return pa.Table.from_arrays([_flat(column) for column in columns], names=schema.names)


def _flat(column: Any) -> Any:
    return column.chunk(0) if isinstance(column, pa.ChunkedArray) and column.num_chunks == 1 else column


def array(table: pa.Table, name: str) -> Any:
    """The column as one Arrow array."""
    column = table.column(name)
    if column.num_chunks == 1:
        return column.chunk(0)
    return column.combine_chunks() if column.num_chunks else pa.array([], type=column.type)


def decimals(column: Any) -> Integers:
    """A decimal128 column of at most 18 digits as its unscaled integers; null becomes 0."""
    filled = column.fill_null(0) if column.null_count else column
    words = np.frombuffer(filled.buffers()[1], dtype="<i8")
    start = 2 * filled.offset
    return np.ascontiguousarray(words[start : start + 2 * len(filled) : 2])


def integers(column: Any, null: int) -> Integers:
    """An integer, date or instant column as int64, with ``null`` where there is none."""
    kind = column.type
    if pa.types.is_timestamp(kind):
        column = column.cast(pa.int64())
    elif pa.types.is_date32(kind):
        column = column.cast(pa.int32()).cast(pa.int64())
    result: Integers = column.fill_null(null).to_numpy(zero_copy_only=False).astype(np.int64, copy=False)
    return result


def is_blank(column: Any) -> Booleans:
    """Where a text column is null or empty."""
    blank = pc.equal(pc.fill_null(pc.binary_length(column), 0), 0)
    result: Booleans = blank.to_numpy(zero_copy_only=False)
    return result


def trim(table: pa.Table, *names: str) -> pa.Table:
    """``table`` with the outer spaces of these text columns dropped."""
    for name in names:
        trimmed = pc.utf8_trim_whitespace(array(table, name))
        table = table.set_column(table.schema.get_field_index(name), name, trimmed)
    return table


def fill_blank(table: pa.Table, name: str, text: str) -> pa.Table:
    """``table`` with ``text`` where the text column is null or empty."""
    column = array(table, name)
    filled = pc.if_else(pa.array(is_blank(column)), pa.scalar(text), column)
    return table.set_column(table.schema.get_field_index(name), name, filled)


@dataclass(frozen=True, slots=True)
class Coded:
    """A text column as codes into its sorted distinct values; code -1 is null or empty."""

    codes: NDArray[np.int64]
    values: Sequence[str]

    def mapped(self, mapping: Mapping[str, int], missing: int) -> Integers:
        """``mapping`` of each row's value, ``missing`` where it has none."""
        table = np.array([mapping.get(value, missing) for value in self.values] + [missing], dtype=np.int64)
        result: Integers = table[self.codes]
        return result


def coded(column: Any) -> Coded:
    """Codes keep the order of the text, so that a minimum over codes is a minimum over text."""
    encoded = column.dictionary_encode()
    values = encoded.dictionary.to_pylist()
    order = sorted((value, place) for place, value in enumerate(values) if value)
    rank = np.full(len(values) + 1, -1, dtype=np.int64)
    for position, (_value, place) in enumerate(order):
        rank[place] = position
    indices = encoded.indices.fill_null(len(values)).to_numpy(zero_copy_only=False)
    return Coded(rank[indices], [value for value, _place in order])


def occurrences(groups: Sequence[Integers], ties: Sequence[Integers] = ()) -> Integers:
    """For each row its place (from 1) among the rows that are equal in all ``groups``.

    Rows that also differ in ``ties`` are counted in the order of these; the rest are equal anyway.
    """
    count = len(groups[0])
    if count == 0:
        return np.zeros(0, dtype=np.int64)
    order = np.lexsort([*reversed(ties), *reversed(groups)])
    starts = np.zeros(count, dtype=bool)
    starts[0] = True
    for group in groups:
        ordered = group[order]
        starts[1:] |= ordered[1:] != ordered[:-1]
    positions = np.arange(count)
    first = np.maximum.accumulate(np.where(starts, positions, 0))
    result = np.empty(count, dtype=np.int64)
    result[order] = positions - first + 1
    return result
