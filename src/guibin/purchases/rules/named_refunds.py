"""Refunds that name their order: which order the number means, and what of it comes back.

A number is unique within its source only. The refund's own source comes first; elsewhere the number must
be there once. What cannot be told apart is a reason, never a guess. Nothing depends on ids or row numbers,
so the outcome is the same for every permutation of the file.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from guibin.purchases.rules.amounts import allocate

NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class NamedOrder:
    """An order that a number may mean."""

    id: int
    source: str
    customer_id: int | None
    store_id: int | None
    channel: str
    ordered_on: date
    currency: str
    minor_left: int


@dataclass(frozen=True, slots=True)
class NamedRefund:
    """A refund line whose order is known; amounts in minor units of the order's currency."""

    id: int
    document: str
    line_key: str
    at: datetime
    quantity: Decimal
    amount_minor: int
    sku: str
    description: str
    unit_price: Decimal


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line of the order, with what is left of it."""

    id: int
    line_key: str
    sku: str
    description: str
    unit_price: Decimal
    quantity_left: Decimal
    minor_left: int


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a line one refund takes back; money without goods has the quantity 0."""

    line_id: int
    quantity: Decimal
    amount_minor: int


def name_order(
    orders: Sequence[NamedOrder], *, customer_id: int | None, currency: str, persons: Mapping[int, int]
) -> NamedOrder | str | None:
    """The order meant, a reason why none can be taken, or None where the number is not here.

    ``persons``: the id that stands for each customer now, of those that were merged.
    """
    if not orders:
        return None

    def is_theirs(order: NamedOrder) -> bool:
        owner = order.customer_id
        return owner is not None and persons.get(owner, owner) == persons.get(customer_id or 0, customer_id)

    meant = orders if customer_id is None else [order for order in orders if is_theirs(order)]
    if not meant:
        return "customer_differs"
    if len(meant) > 1:
        return "order_ambiguous"
    return meant[0] if meant[0].currency == currency else "currency_differs"


def share_order(
    refunds: Iterable[NamedRefund], lines: Sequence[SoldLine], minor_left: int
) -> dict[int, list[Share]]:
    """What each refund of one order takes back of its lines; a refund that does not fit is absent.

    Earlier refunds choose first. One that names a line, a sku or a description takes one line of those;
    one that names nothing takes back the whole order where it is for all that is left, else money of
    every line in proportion. ``minor_left`` is what the order may give back altogether.
    """
    here = {line.id: line for line in sorted(lines, key=lambda line: line.line_key)}
    found = {}
    for refund in sorted(refunds, key=lambda refund: (refund.at, refund.document, refund.line_key)):
        shares = _shares(refund, list(here.values()), minor_left)
        if not shares:
            continue
        found[refund.id] = shares
        minor_left -= refund.amount_minor
        for share in shares:
            line = here[share.line_id]
            here[line.id] = SoldLine(
                line.id,
                line.line_key,
                line.sku,
                line.description,
                line.unit_price,
                line.quantity_left - share.quantity,
                line.minor_left - share.amount_minor,
            )
    return found


def _shares(refund: NamedRefund, lines: Sequence[SoldLine], minor_left: int) -> list[Share]:
    if refund.amount_minor > minor_left:
        return []
    named = _named_lines(refund, lines)
    if named is None:
        return _of_all(refund, lines, minor_left)
    fitting = [
        line
        for line in named
        if line.quantity_left >= refund.quantity and line.minor_left >= refund.amount_minor
    ]
    if not fitting:
        return []
    best = min(
        fitting,
        key=lambda line: (line.unit_price != refund.unit_price, line.minor_left != refund.amount_minor),
    )
    return [Share(best.id, refund.quantity, refund.amount_minor)]


def _named_lines(refund: NamedRefund, lines: Sequence[SoldLine]) -> Sequence[SoldLine] | None:
    """The lines a refund may mean; None where it names none of them in particular."""
    if refund.line_key.startswith("id:"):
        same = [line for line in lines if line.line_key == refund.line_key]
        if same:
            return same
    if refund.sku:
        return [line for line in lines if line.sku == refund.sku]
    if refund.description:
        return [line for line in lines if line.description == refund.description] or None
    return None


def _of_all(refund: NamedRefund, lines: Sequence[SoldLine], minor_left: int) -> list[Share]:
    weights = [max(line.minor_left, 0) for line in lines]
    if refund.amount_minor > sum(weights):
        return []
    is_whole = refund.amount_minor == minor_left
    amounts = allocate(refund.amount_minor, weights) if sum(weights) else [0] * len(lines)
    shares = [
        Share(line.id, max(line.quantity_left, NONE) if is_whole else NONE, amount)
        for line, amount in zip(lines, amounts, strict=True)
    ]
    return [share for share in shares if share.amount_minor or share.quantity]
