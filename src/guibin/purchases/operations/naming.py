"""Which orders the refunds of a batch name, and what is then left to be matched to lines."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guibin.purchases.queries.naming import find_named_orders, persons_of
from guibin.purchases.rules.batches import CONFLICT, REASONS, Verdict
from guibin.purchases.rules.matching import Waiting
from guibin.purchases.rules.named_refunds import NamedOrder, name_order
from guibin.purchases.rules.refund_batches import Document, Row


@dataclass(frozen=True, slots=True)
class Naming:
    """The orders that the numbers of a batch may mean, as they are here now."""

    orders: Mapping[str, Sequence[NamedOrder]]
    persons: Mapping[int, int]
    base: str

    @classmethod
    def of(cls, rows: Sequence[Row], base: str, source: str) -> "Naming":
        orders = find_named_orders((row["order_number"] or "" for row in rows), source=source)
        return cls(orders, persons_of(orders, (row["customer_id"] for row in rows)), base)

    def find(self, number: str, customer_id: int | None, currency: str) -> NamedOrder | str | None:
        """See ``rules.named_refunds.name_order``."""
        found = self.orders.get(number or "", ())
        return name_order(found, customer_id=customer_id, currency=currency, persons=self.persons)

    def completed(self, row: dict[str, Any]) -> dict[str, Any]:
        """A row with what it leaves open said by the order it names."""
        order = self.find(row["order_number"], row["customer_id"], row["currency"] or self.base)
        if not isinstance(order, NamedOrder):
            return row
        said = {
            "customer_id": order.customer_id,  # one of a person's ids, should two have been merged
            "store_id": order.store_id if row["store_id"] is None else row["store_id"],
            "channel": row["channel"] or order.channel,
        }
        return row | said

    def settle(self, document: Document, verdict: Verdict) -> None:
        """Point the lines of a new document at the orders they name; those that cannot be are conflicts."""
        for piece in document.pieces:
            order = self.find(piece.row["order_number"], document.customer_id, document.currency)
            if isinstance(order, str):
                verdict.outcome[piece.place], verdict.reason[piece.place] = CONFLICT, REASONS[order]
            else:
                piece.order = order
        document.pieces = [piece for piece in document.pieces if verdict.accepted[piece.place]]
        amounts: Counter[tuple[str, int]] = Counter()
        for piece in document.pieces:
            if piece.order is not None:
                amounts[piece.row["order_number"], piece.order.id] += piece.amount_minor
        if amounts:
            document.order_id = min(amounts, key=lambda named: (-amounts[named], named[0]))[1]


def waiting_lines(documents: Iterable[Document]) -> Iterator[Waiting]:
    """The lines of new documents, to be matched once everything is in."""
    for document in documents:
        for piece in document.pieces:
            row = piece.row
            yield Waiting(
                id=row["row"],
                document=document.number,
                line_key=piece.key,
                at=document.at,
                on=document.on,
                quantity=row["quantity"],
                amount_minor=piece.amount_minor,
                order_number=row["order_number"] or "",
                order=piece.order,
                customer_id=document.customer_id,
                store_id=document.store_id,
                sku=row["sku"] or "",
                description=row["description"] or "",
                unit_price=row["unit_price"],
                currency=document.currency,
            )
