"""Cancellations and refunds of an import are matched to the lines they take back."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
from django.db import transaction

from guibin.core.events import Origin, record, subject
from guibin.core.permissions import Actor
from guibin.purchases.events import CancellationsMatched
from guibin.purchases.operations.copying import copy_in, execute, fetch, plan_as_usual, plan_for_bulk
from guibin.purchases.operations.spreading import spread_refunds
from guibin.purchases.queries.naming import find_named_orders, persons_of
from guibin.purchases.queries.persons import find_merged
from guibin.purchases.rules.matching import Cancellation, Candidate, Waiting, keep_within, match_group
from guibin.purchases.rules.named_refunds import (
    NamedOrder,
    NamedRefund,
    Share,
    SoldLine,
    name_order,
    share_order,
)


@dataclass(frozen=True, slots=True)
class MatchResult:
    """Lines that found what they take back, and those that count on their own date alone.

    ``unfit`` of the unmatched name an order that is here but has not enough left of what they take back.
    ``matched_exact`` and ``unfit_exact``: major units before rounding, of the lines this call looked at.
    """

    matched: int
    unmatched: int
    matched_base_minor: int
    unmatched_base_minor: int
    unfit: int = 0
    matched_exact: Decimal = field(default=Decimal(0), compare=False)
    unfit_exact: Decimal = field(default=Decimal(0), compare=False)


SAID = (
    "source", "id", "document", "line_key", "at", "on", "quantity", "amount_minor", "order_number",
    "customer_id", "store_id", "sku", "description", "unit_price", "currency",
)  # fmt: skip
WAITING = """
SELECT r.source, l.id, r.number, l.line_key, r.refunded_at, r.refunded_on, l.quantity, l.amount_minor,
    l.order_number, r.customer_id, r.store_id, l.sku, l.description, l.unit_price, r.currency
FROM purchases_refundline l JOIN purchases_refund r ON r.id = l.refund_id
WHERE r.import_id = %(import_id)s AND l.order_line_id IS NULL
"""
CANDIDATES = """
SELECT c.id, o.number, c.line_key, o.ordered_at, c.quantity - c.refunded_quantity,
    c.amount_minor - c.refunded_minor, o.id, o.total_minor - o.refunded_minor,
    coalesce(o.customer_id, 0), CASE WHEN o.customer_id IS NULL THEN coalesce(o.store_id, 0) ELSE 0 END,
    c.sku, c.unit_price, o.currency
FROM purchases_orderline c JOIN purchases_order o ON o.id = c.order_id
JOIN (SELECT coalesce(m.id, r.customer_id, 0) AS customer_id, r.currency, l.sku, l.unit_price,
        CASE WHEN r.customer_id IS NULL THEN coalesce(r.store_id, 0) ELSE 0 END AS store_id,
        max(r.refunded_at) AS latest, min(l.quantity) AS least
      FROM purchases_refundline l JOIN purchases_refund r ON r.id = l.refund_id
      LEFT JOIN unnest(%(named)s::bigint[], %(ids)s::bigint[]) AS m (named, id) ON m.named = r.customer_id
      WHERE r.import_id = %(import_id)s AND l.order_line_id IS NULL AND l.sku <> '' AND l.quantity > 0
        AND l.order_number = ''
      GROUP BY 1, 2, 3, 4, 5) w
  ON w.customer_id = coalesce(o.customer_id, 0) AND w.sku = c.sku AND w.unit_price = c.unit_price
     AND w.currency = o.currency
     AND w.store_id = CASE WHEN o.customer_id IS NULL THEN coalesce(o.store_id, 0) ELSE 0 END
     AND o.ordered_at <= w.latest AND c.quantity - c.refunded_quantity >= w.least
WHERE o.status <> 'cancelled' AND c.quantity > c.refunded_quantity
"""
LINES = """
SELECT c.order_id, c.id, c.line_key, c.sku, c.description, c.unit_price, c.quantity - c.refunded_quantity,
    c.amount_minor - c.refunded_minor
FROM purchases_orderline c JOIN purchases_order o ON o.id = c.order_id
WHERE c.order_id = ANY(%s) AND o.status <> 'cancelled'
"""
TAKE_BACK = """
UPDATE purchases_orderline c SET refunded_quantity = c.refunded_quantity + s.quantity,
    refunded_minor = c.refunded_minor + s.amount
FROM (SELECT m.line_id, sum(l.quantity) AS quantity, sum(l.amount_minor) AS amount
      FROM purchases_matched m JOIN purchases_refundline l ON l.id = m.refund_line_id GROUP BY 1) s
WHERE c.id = s.line_id
"""
# ``rules.amounts.share_cost``, in exact numerics: half to even. Unknown costs stay unknown.
POINT_LINES = """
UPDATE purchases_refundline l SET order_line_id = s.line_id, cost_base_minor =
    s.low + CASE WHEN 2 * s.rest > s.whole OR (2 * s.rest = s.whole AND mod(s.low, 2) <> 0) THEN 1 ELSE 0 END
FROM (SELECT m.refund_line_id, m.line_id, c.quantity AS whole, p.low,
        c.cost_base_minor * r.quantity - p.low * c.quantity AS rest
      FROM purchases_matched m JOIN purchases_orderline c ON c.id = m.line_id
      JOIN purchases_refundline r ON r.id = m.refund_line_id
      CROSS JOIN LATERAL (SELECT div(c.cost_base_minor * r.quantity, c.quantity) AS low) p) s
WHERE l.id = s.refund_line_id
"""
POINT_REFUNDS = """
UPDATE purchases_refund r SET order_id = s.order_id, cost_base_minor = s.cost
FROM (SELECT DISTINCT ON (refund_id) refund_id, order_id, cost FROM (
        SELECT l.refund_id, c.order_id, sum(l.amount_base_minor) AS amount, o.ordered_at, o.number,
            sum(sum(l.cost_base_minor)) OVER (PARTITION BY l.refund_id) AS cost
        FROM purchases_refundline l JOIN purchases_orderline c ON c.id = l.order_line_id
        JOIN purchases_order o ON o.id = c.order_id
        WHERE l.refund_id IN (SELECT refund_id FROM purchases_refundline WHERE id IN
            (SELECT refund_line_id FROM purchases_matched))
        GROUP BY l.refund_id, c.order_id, o.ordered_at, o.number) p
      ORDER BY refund_id, amount DESC, ordered_at DESC, number DESC) s
WHERE r.id = s.refund_id
"""
COUNT_REFUNDED = """
UPDATE purchases_order o SET refunded_minor = s.refunded
FROM (SELECT order_id, sum(refunded_minor) AS refunded FROM purchases_orderline
      WHERE order_id IN
          (SELECT c.order_id FROM purchases_matched m JOIN purchases_orderline c ON c.id = m.line_id)
      GROUP BY 1) s
WHERE o.id = s.order_id
"""
LOCK_ORDERS = """
SELECT 1 FROM purchases_order WHERE id IN
    (SELECT c.order_id FROM purchases_matched m JOIN purchases_orderline c ON c.id = m.line_id)
ORDER BY id FOR NO KEY UPDATE
"""
SUMS = r"""
SELECT count(*) FILTER (WHERE l.order_line_id IS NOT NULL AND strpos(l.line_key, E'\x1f') = 0),
    count(*) FILTER (WHERE l.order_line_id IS NULL),
    coalesce(sum(l.amount_base_minor) FILTER (WHERE l.order_line_id IS NOT NULL), 0),
    coalesce(sum(l.amount_base_minor) FILTER (WHERE l.order_line_id IS NULL), 0)
FROM purchases_refundline l JOIN purchases_refund r ON r.id = l.refund_id WHERE r.import_id = %(import_id)s
"""


def match_cancellations(
    *, import_id: int, actor: Actor, at: datetime, origin: Origin = Origin.IMPORT
) -> MatchResult:
    """Match this import's unmatched refund lines to earlier sales; run again, it changes nothing.

    See ``rules.matching`` and ``rules.named_refunds`` for what matches. Orders are locked before their
    lines, in id order.
    """
    about = {"import_id": import_id}
    with transaction.atomic():
        execute("SELECT pg_advisory_xact_lock(hashtextextended('purchases.matching', 0))")
        execute("SELECT purchases_take_statistics()")  # the import may have filled what was seen empty
        plan_for_bulk()
        waiting = _waiting(import_id)
        named = share_named(waiting)
        if named:
            _write(spread_refunds(named))
        cancellations = [each for each in waiting if each.is_cancellation]
        pairs = _pair(cancellations, import_id) if cancellations else {}
        if pairs:
            _write(list(pairs.items()))
        matched, unmatched, matched_base, unmatched_base = (int(value) for value in fetch(SUMS, about)[0])
        plan_as_usual()
        if named or pairs:
            event = CancellationsMatched(import_id=import_id, matched=matched, unmatched=unmatched)
            record(event, subjects=[subject("import", import_id)], actor=actor, at=at, origin=origin)
    found = {each.id: fate_of(each, named, pairs) for each in waiting}
    sums: Counter[str] = Counter()
    exact: dict[str, Decimal] = defaultdict(Decimal)
    for each in waiting:
        sums[found[each.id]] += 1
        exact[found[each.id]] += each.exact
    return MatchResult(
        matched, unmatched, matched_base, unmatched_base, sums["unfit"], exact["matched"], exact["unfit"]
    )


def _pair(cancellations: Sequence[Waiting], import_id: int) -> dict[int, int]:
    merged = find_merged(each.customer_id for each in cancellations)
    named, ids = merged.pairs()
    candidates = fetch(CANDIDATES, {"import_id": import_id, "named": named, "ids": ids})
    return pair_cancellations(cancellations, candidates, merged.stands)


def _waiting(import_id: int) -> list[Waiting]:
    """The unmatched refund lines of an import, each with the order it names."""
    rows = [dict(zip(SAID, row, strict=True)) for row in fetch(WAITING, {"import_id": import_id})]
    by_source: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_source[row.pop("source")].append(row)
    found = []
    for source, members in by_source.items():
        orders = find_named_orders((row["order_number"] for row in members), source=source)
        persons = persons_of(orders, (row["customer_id"] for row in members)) if orders else {}
        for row in members:
            order = name_order(
                orders.get(row["order_number"], ()),
                customer_id=row["customer_id"],
                currency=row["currency"],
                persons=persons,
            )
            found.append(Waiting(**row, order=order if isinstance(order, NamedOrder) else None))
    return found


def share_named(waiting: Iterable[Waiting]) -> dict[int, list[Share]]:
    """What each line that names its order takes back, by ``Waiting.id``; one that does not fit is absent."""
    by_order: dict[NamedOrder, list[Waiting]] = defaultdict(list)
    for each in waiting:
        if each.order is not None and each.order.ordered_on <= each.on:
            by_order[each.order].append(each)
    lines: dict[int, list[SoldLine]] = defaultdict(list)
    if by_order:
        for order_id, *said in fetch(LINES, [sorted(order.id for order in by_order)]):
            lines[order_id].append(SoldLine(*said))
    found: dict[int, list[Share]] = {}
    for order, named in by_order.items():
        found |= share_order(map(_named, named), lines[order.id], order.minor_left)
    return found


def _named(each: Waiting) -> NamedRefund:
    return NamedRefund(
        each.id,
        each.document,
        each.line_key,
        each.at,
        each.quantity,
        each.amount_minor,
        each.sku,
        each.description,
        each.unit_price,
    )


def pair_cancellations(
    cancellations: Iterable[Waiting], candidates: Iterable[tuple[Any, ...]], stands: Mapping[int, int]
) -> dict[int, int]:
    """``Waiting.id`` to the line it takes back. Candidates are a ``Candidate``'s fields, then its group's;
    ``stands``: the id that stands for each customer now, of those that were merged."""

    def of_person(group: tuple[Any, ...]) -> tuple[Any, ...]:
        return (stands.get(group[0], group[0]), *group[1:])

    by_group: dict[tuple[Any, ...], list[Candidate]] = defaultdict(list)
    for row in candidates:
        by_group[of_person(row[8:])].append(Candidate(*row[:8]))
    waiting: dict[tuple[Any, ...], list[Cancellation]] = defaultdict(list)
    for each in cancellations:
        waiting[of_person(each.group)].append(
            Cancellation(each.id, each.document, each.line_key, each.at, each.quantity, each.amount_minor)
        )
    found: dict[int, int] = {}
    for group, members in waiting.items():
        found |= match_group(members, by_group.get(group, []))
    every = [each for members in waiting.values() for each in members]
    return keep_within(found, every, [each for members in by_group.values() for each in members])


def fate_of(each: Waiting, named: Mapping[int, Sequence[Share]], pairs: Mapping[int, int]) -> str:
    """``matched``, ``unfit`` or ``unmatched``."""
    if each.id in named or each.id in pairs:
        return "matched"
    return "unfit" if each.order is not None else "unmatched"


def _write(pairs: list[tuple[int, int]]) -> None:
    execute(
        "CREATE TEMP TABLE purchases_matched (refund_line_id bigint PRIMARY KEY, line_id bigint NOT NULL)"
        " ON COMMIT DROP"
    )
    refund_lines, lines = zip(*pairs, strict=True)
    copy_in("purchases_matched", pa.table({"refund_line_id": refund_lines, "line_id": lines}))
    execute("ANALYZE purchases_matched")
    plan_as_usual()  # how many pairs there are is known: a few take a few steps, however many lines there are
    for statement in (LOCK_ORDERS, TAKE_BACK, POINT_LINES, POINT_REFUNDS, COUNT_REFUNDED):
        execute(statement)
    plan_for_bulk()
    execute("DROP TABLE purchases_matched")
