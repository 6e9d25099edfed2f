"""What the rows of an order say was paid for it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Said:
    """What one row says. ``amount_minor``: None where the source says no amounts; ``paid_at``: None for the
    time of the order."""

    method: str
    amount_minor: int | None
    paid_at: datetime | None


def decide_payments(rows: Iterable[Said], total_minor: int) -> list[Said]:
    """The payments of one order of ``total_minor``, in a fixed order whatever the order of rows.

    Exports repeat an order's payment on each of its lines: equal rows are one payment, different ones are
    several. Only where all rows together, but not the different ones, come to exactly the total is each row
    a payment of its own. A source that says a method and no amount means the whole order, if it is one
    method. Nothing is made to fit: what is paid may differ from the total.
    """
    every = list(rows)
    stated = [said for said in every if said.amount_minor]
    if not stated:
        whole = {said.method for said in every if said.amount_minor is None}
        times = [said.paid_at for said in every if said.paid_at is not None]
        is_clear = len(whole) == 1 and total_minor > 0
        return [Said(whole.pop(), total_minor, min(times, default=None))] if is_clear else []
    found = set(stated)
    if _sum(found) != total_minor == _sum(stated):
        together: Counter[tuple[str, datetime | None]] = Counter()
        for said in stated:
            together[said.method, said.paid_at] += said.amount_minor or 0
        found = {Said(method, amount, paid_at) for (method, paid_at), amount in together.items()}
    return sorted(found, key=lambda said: (str(said.paid_at or ""), said.method, said.amount_minor or 0))


def _sum(payments: Iterable[Said]) -> int:
    return sum(said.amount_minor or 0 for said in payments)
