"""What the matching of refunds would come to, before anything of them is here. Reads only."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa

from guibin.purchases.operations.copying import fetch
from guibin.purchases.operations.matching import fate_of, pair_cancellations, share_named
from guibin.purchases.rules.matching import Waiting, group_of

CANDIDATES = """
SELECT c.id, o.number, c.line_key, o.ordered_at, c.quantity - c.refunded_quantity,
    c.amount_minor - c.refunded_minor, w.customer_id, w.store_id, w.sku, w.unit_price, w.currency
FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::numeric[], %s::text[])
    AS w (customer_id, store_id, sku, unit_price, currency)
JOIN purchases_orderline c ON c.sku = w.sku AND c.unit_price = w.unit_price
    AND c.quantity > c.refunded_quantity
JOIN purchases_order o ON o.id = c.order_id AND o.currency = w.currency AND o.status <> 'cancelled'
    AND coalesce(o.customer_id, 0) = w.customer_id
    AND w.store_id = CASE WHEN o.customer_id IS NULL THEN coalesce(o.store_id, 0) ELSE 0 END
"""


def foresee_matches(waiting: Sequence[Waiting], sold: Iterable[pa.Table]) -> dict[int, str]:
    """``matched``, ``unfit`` or ``unmatched`` for each new refund line, by ``Waiting.id``.

    ``sold`` are the lines that come with them (shape ``SOLD``). The same decisions as
    ``match_cancellations`` makes once everything is in.
    """
    named = share_named(waiting)
    cancellations = [each for each in waiting if each.is_cancellation]
    groups = {each.group for each in cancellations}
    taken: dict[int, tuple[Any, int]] = {}
    for shares in named.values():
        for share in shares:
            quantity, minor = taken.get(share.line_id, (0, 0))
            taken[share.line_id] = (quantity + share.quantity, minor + share.amount_minor)
    candidates = [*_here(groups, taken), *_coming(groups, sold)]
    pairs = pair_cancellations(cancellations, candidates)
    return {each.id: fate_of(each, named, pairs) for each in waiting}


def _here(groups: set[Any], taken: dict[int, tuple[Any, int]]) -> Iterator[tuple[Any, ...]]:
    if not groups:
        return
    for row in fetch(CANDIDATES, [list(column) for column in zip(*groups, strict=True)]):
        quantity, minor = taken.get(row[0], (0, 0))
        yield (*row[:4], row[4] - quantity, row[5] - minor, *row[6:])


def _coming(groups: set[Any], sold: Iterable[pa.Table]) -> Iterator[tuple[Any, ...]]:
    """Ids below zero: these lines have none yet."""
    serial = 0
    for table in sold:
        for row in table.to_pylist():
            group = group_of(
                row["customer_id"], row["store_id"], row["sku"], row["unit_price"], row["currency"]
            )
            if group in groups:
                serial -= 1
                yield (
                    serial, row["order_number"], row["line_key"], row["ordered_at"], row["quantity"],
                    row["amount_minor"], *group,
                )  # fmt: skip
