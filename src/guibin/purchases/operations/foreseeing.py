"""What the matching of refunds would come to, before anything of them is here. Reads only."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pyarrow as pa

from guibin.purchases.operations.copying import fetch
from guibin.purchases.operations.matching import fate_of, pair_cancellations, share_named
from guibin.purchases.queries.persons import find_merged
from guibin.purchases.rules.matching import Waiting, group_of
from guibin.purchases.rules.named_refunds import Share

CANDIDATES = """
SELECT c.id, o.number, c.line_key, o.ordered_at, c.quantity - c.refunded_quantity,
    c.amount_minor - c.refunded_minor, o.id, o.total_minor - o.refunded_minor,
    w.customer_id, w.store_id, w.sku, w.unit_price, w.currency
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
    merged = find_merged(each.customer_id for each in cancellations)
    groups = {
        (customer_id, *each.group[1:])
        for each in cancellations
        for customer_id in merged.ids.get(each.group[0], each.group[:1])
    }
    candidates = [*_here(groups, _taken(waiting, named)), *_coming(groups, sold)]
    pairs = pair_cancellations(cancellations, candidates, merged.stands)
    return {each.id: fate_of(each, named, pairs) for each in waiting}


@dataclass(slots=True)
class _Taken:
    """What refunds that name their order take of lines and orders, before cancellations choose."""

    quantities: dict[int, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    lines: Counter[int] = field(default_factory=Counter)
    orders: Counter[int] = field(default_factory=Counter)


def _taken(waiting: Sequence[Waiting], named: Mapping[int, Sequence[Share]]) -> _Taken:
    taken = _Taken()
    for each in waiting:
        for share in named.get(each.id, ()):
            taken.quantities[share.line_id] += share.quantity
            taken.lines[share.line_id] += share.amount_minor
            taken.orders[each.order.id if each.order else 0] += share.amount_minor
    return taken


def _here(groups: set[Any], taken: _Taken) -> Iterator[tuple[Any, ...]]:
    if not groups:
        return
    for row in fetch(CANDIDATES, [list(column) for column in zip(*groups, strict=True)]):
        line_id, order_id = row[0], row[6]
        left = row[4] - taken.quantities[line_id], row[5] - taken.lines[line_id]
        yield (*row[:4], *left, order_id, row[7] - taken.orders[order_id], *row[8:])


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
                    row["amount_minor"], row["order_number"], row["order_left"], *group,
                )  # fmt: skip
