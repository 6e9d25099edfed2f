"""Which earlier line a cancellation takes back.

Same person (or both anonymous in the same store), same sku, same unit price, the most recent line
not later than the cancellation with enough left. Everything is ordered by what the file says, never by
row number or id, so the outcome is the same for every permutation of the file. Refunds that name their
order are matched by ``rules.named_refunds``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from guibin.purchases.rules.named_refunds import NamedOrder


@dataclass(frozen=True, slots=True)
class Cancellation:
    """A line that came back, not yet matched."""

    id: int
    document: str
    line_key: str
    at: datetime
    quantity: Decimal
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A new refund line and what it is matched by. ``id`` is the caller's; ``order`` the one it names."""

    id: int
    document: str
    line_key: str
    at: datetime
    on: date
    quantity: Decimal
    amount_minor: int
    order_number: str
    order: NamedOrder | None
    customer_id: int | None
    store_id: int | None
    sku: str
    description: str
    unit_price: Decimal
    currency: str

    @property
    def group(self) -> tuple[int, int, str, Decimal, str]:
        """What a line must share with it: customer (or store of anonymous sales), sku, price, currency."""
        return group_of(self.customer_id, self.store_id, self.sku, self.unit_price, self.currency)

    @property
    def is_cancellation(self) -> bool:
        """Whether it is matched by its content, for it names no order."""
        return not self.order_number and bool(self.sku) and self.quantity > 0

    @property
    def exact(self) -> Decimal:
        """Its amount before any rounding, in major units."""
        return self.quantity * self.unit_price


def group_of(
    customer_id: int | None, store_id: int | None, sku: str, unit_price: Decimal, currency: str
) -> tuple[int, int, str, Decimal, str]:
    """What a cancellation and the line it takes back have in common."""
    return (customer_id or 0, 0 if customer_id is not None else store_id or 0, sku, unit_price, currency)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line that was sold, with what is left of it. ``order_left``: what its ``order`` came to, less what
    was given back."""

    id: int
    order_number: str
    line_key: str
    at: datetime
    quantity_left: Decimal
    minor_left: int
    order: int | str = ""
    order_left: int = 0


def keep_within(
    found: Mapping[int, int], cancellations: Iterable[Cancellation], candidates: Iterable[Candidate]
) -> dict[int, int]:
    """Those of ``found`` that an order can give back: one with a discount of its own came to less than its
    lines. Earlier cancellations come first."""
    lines = {candidate.id: candidate for candidate in candidates}
    left = {candidate.order: candidate.order_left for candidate in lines.values()}
    kept = {}
    for cancellation in sorted(cancellations, key=lambda c: (c.at, c.document, c.line_key)):
        line_id = found.get(cancellation.id)
        if line_id is not None and left[lines[line_id].order] >= cancellation.amount_minor:
            left[lines[line_id].order] -= cancellation.amount_minor
            kept[cancellation.id] = line_id
    return kept


def match_group(cancellations: Iterable[Cancellation], candidates: Sequence[Candidate]) -> dict[int, int]:
    """Cancellation id to line id, within one group of equal customer, sku and unit price.

    Earlier cancellations choose first. What they take is gone for later ones.
    """
    newest_first = sorted(candidates, key=lambda c: (c.at, c.order_number, c.line_key), reverse=True)
    quantity_left = {candidate.id: candidate.quantity_left for candidate in newest_first}
    minor_left = {candidate.id: candidate.minor_left for candidate in newest_first}
    found = {}
    for cancellation in sorted(cancellations, key=lambda c: (c.at, c.document, c.line_key)):
        for candidate in newest_first:
            if _fits(cancellation, candidate, quantity_left[candidate.id], minor_left[candidate.id]):
                quantity_left[candidate.id] -= cancellation.quantity
                minor_left[candidate.id] -= cancellation.amount_minor
                found[cancellation.id] = candidate.id
                break
    return found


def _fits(cancellation: Cancellation, candidate: Candidate, quantity_left: Decimal, minor_left: int) -> bool:
    return (
        candidate.at <= cancellation.at
        and quantity_left >= cancellation.quantity
        and minor_left >= cancellation.amount_minor
    )
