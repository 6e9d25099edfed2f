"""A refund line that takes back parts of several lines becomes one line for each of them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import pyarrow as pa

from guibin.purchases.operations.copying import copy_in, execute, fetch, take_ids
from guibin.purchases.rules.amounts import allocate
from guibin.purchases.rules.frames import QUANTITY, UNIT_PRICE
from guibin.purchases.rules.keys import KEY_LENGTH_MAX
from guibin.purchases.rules.named_refunds import Share

SPLIT = "\x1f"
"""Stands in the key of a line that was split off, and in no other."""
LINE_TABLE = pa.schema(
    [
        ("id", pa.int64()),
        ("refund_id", pa.int64()),
        ("line_key", pa.string()),
        ("order_number", pa.string()),
        ("product_id", pa.int64()),
        ("sku", pa.string()),
        ("description", pa.string()),
        ("quantity", QUANTITY),
        ("unit_price", UNIT_PRICE),
        ("amount_minor", pa.int64()),
        ("amount_base_minor", pa.int64()),
        ("import_id", pa.int64()),
    ]
)
WHOLE = """
SELECT id, refund_id, line_key, order_number, unit_price, amount_base_minor, import_id
FROM purchases_refundline WHERE id = ANY(%s) ORDER BY id
"""
TAKE_SHARE = """
UPDATE purchases_refundline l SET quantity = s.quantity, amount_minor = s.amount,
    amount_base_minor = s.base, product_id = coalesce(l.product_id, c.product_id),
    sku = CASE l.sku WHEN '' THEN c.sku ELSE l.sku END,
    description = CASE l.description WHEN '' THEN c.description ELSE l.description END
FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[], %s::bigint[], %s::bigint[])
    AS s (id, line_id, quantity, amount, base)
JOIN purchases_orderline c ON c.id = s.line_id WHERE l.id = s.id
"""


def spread_refunds(shares: Mapping[int, Sequence[Share]]) -> list[tuple[int, int]]:
    """Lay each refund line out over what it takes back; returns (refund line, order line) pairs.

    The first share stays with the line as it came in, further ones are lines of their own; the sums of the
    refund do not change, in its own currency nor in the base's.
    """
    taken: list[tuple[int, int, Decimal, int, int]] = []
    added: list[dict[str, object]] = []
    whole = {row[0]: row for row in fetch(WHOLE, [sorted(shares)])}
    extra = iter(take_ids("purchases_refundline", sum(len(each) - 1 for each in shares.values())).tolist())
    for line_id, (_id, refund_id, key, number, price, base_minor, import_id) in whole.items():
        parts = shares[line_id]
        bases = allocate(base_minor, [part.amount_minor for part in parts])
        for place, (part, base) in enumerate(zip(parts, bases, strict=True)):
            own_id = next(extra) if place else line_id
            taken.append((own_id, part.line_id, part.quantity, part.amount_minor, base))
            if place:
                added.append(
                    {
                        "id": own_id,
                        "refund_id": refund_id,
                        "line_key": f"{place}{SPLIT}{key}"[:KEY_LENGTH_MAX],
                        "order_number": number,
                        "sku": "",
                        "description": "",
                        "quantity": part.quantity,
                        "unit_price": price,
                        "amount_minor": part.amount_minor,
                        "amount_base_minor": base,
                        "import_id": import_id,
                    }
                )
    copy_in("purchases_refundline", pa.Table.from_pylist(added, schema=LINE_TABLE))
    execute(TAKE_SHARE, [list(column) for column in zip(*taken, strict=True)])
    return [(own_id, line_id) for own_id, line_id, *_rest in taken]
