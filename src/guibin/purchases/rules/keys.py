"""What names a line within its order: the source's own id, or its content and occurrence number.

The key is readable text: ``85048|12000|6950000|0|1`` is the first line of 12 pieces of sku 85048 at
6.95 without a discount. A line without a sku is known by a digest of its description.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guibin.purchases.rules.amounts import Integers
from guibin.purchases.rules.columns import coded, is_blank, occurrences

KEY_LENGTH_MAX = 255


def content_label(sku: str, description: str) -> str:
    """How a key calls what was sold."""
    if sku:
        return sku
    return "#" + hashlib.blake2b(description.encode(), digest_size=12).hexdigest()


def line_key(label: str, numbers: Sequence[int], occurrence: int, line_id: str = "") -> str:
    """The key of one line. ``numbers``: quantity in thousandths, price in millionths, discount."""
    if line_id:
        return f"id:{line_id}"
    return "|".join([label, *(str(number) for number in numbers), str(occurrence)])


def labels_column(sku: Any, description: Any) -> Any:
    """``content_label`` over columns."""
    blank = pa.array(is_blank(sku))
    if not pc.any(blank).as_py():
        return sku
    encoded = description.fill_null("").dictionary_encode()
    digests = pa.array([content_label("", text) for text in encoded.dictionary.to_pylist()], pa.string())
    return pc.if_else(blank, digests.take(encoded.indices), sku)


def keys_column(orders: Integers, labels: Any, numbers: Sequence[Integers], line_ids: Any) -> Any:
    """``line_key`` over columns: occurrences are counted among equal lines of one order."""
    blank = is_blank(line_ids)
    counted = occurrences([orders, coded(labels).codes, *numbers, blank.astype(np.int64)])
    pieces = [labels, *(pa.array(number).cast(pa.string()) for number in (*numbers, counted))]
    by_content = pc.binary_join_element_wise(*pieces, "|")
    if np.all(blank):
        return by_content
    by_id = pc.binary_join_element_wise(pa.scalar("id:"), line_ids.fill_null(""), "")
    return pc.if_else(pa.array(blank), by_content, by_id)
