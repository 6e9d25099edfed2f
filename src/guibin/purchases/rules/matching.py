"""Which earlier line a cancellation takes back.

Same customer (or both anonymous in the same store), same sku, same unit price, the most recent line
not later than the cancellation with enough left. Everything is ordered by what the file says, never by
row number or id, so the outcome is the same for every permutation of the file.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Cancellation:
    """A line that came back, not yet matched. ``order_number`` where the source names the order."""

    id: int
    document: str
    line_key: str
    at: datetime
    quantity: Decimal
    amount_minor: int
    order_number: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line that was sold, with what is left of it."""

    id: int
    order_number: str
    line_key: str
    at: datetime
    quantity_left: Decimal
    minor_left: int


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
    if cancellation.order_number and cancellation.order_number != candidate.order_number:
        return False
    return (
        candidate.at <= cancellation.at
        and quantity_left >= cancellation.quantity
        and minor_left >= cancellation.amount_minor
    )
