"""Values as the server reads them in a binary COPY, where the driver would make each one anew in Python.

Declared as ``bytea`` to the driver, which then hands the bytes through. Layouts: ``array_recv``
(dimensions, null flag, element type, length and lower bound, then each element behind its size) and
``jsonb_recv`` (version 1, then the text).
"""

import json
import struct
from collections.abc import Sequence

INT8, TEXT = 20, 25
HEAD = struct.Struct(">5i")
SIZE = struct.Struct(">i")


def int8_array(numbers: Sequence[int]) -> bytes:
    """``numbers`` as a ``bigint[]``."""
    if not numbers:
        return struct.pack(">3i", 0, 0, INT8)
    sized = (part for number in numbers for part in (8, number))
    return struct.pack(f">5i{'iq' * len(numbers)}", 1, 0, INT8, len(numbers), 1, *sized)


def text_array(texts: Sequence[str]) -> bytes:
    """``texts`` as a ``text[]``."""
    if not texts:
        return struct.pack(">3i", 0, 0, TEXT)
    encoded = [text.encode() for text in texts]
    return HEAD.pack(1, 0, TEXT, len(texts), 1) + b"".join(SIZE.pack(len(each)) + each for each in encoded)


def jsonb(value: object) -> bytes:
    """``value`` (JSON types only) as ``jsonb``."""
    return b"\x01" + json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
