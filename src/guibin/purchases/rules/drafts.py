"""What a caller wants recorded: values in, before anything is decided."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class LineDraft:
    """One line as sold. ``unit_price`` is per unit in the order's currency; ``discount_minor`` >= 0.

    ``kind`` empty: the product's kind, else goods. ``line_id`` is the source's own id, if any.
    """

    sku: str
    quantity: Decimal
    unit_price: Decimal
    description: str = ""
    kind: str = ""
    discount_minor: int = 0
    unit_cost: Decimal | None = None
    line_id: str = ""


@dataclass(frozen=True, slots=True)
class PaymentDraft:
    """Money received: ``amount_minor`` > 0 in the order's currency."""

    method: str
    amount_minor: int
    paid_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RefundDraft:
    """What to take back of one order line.

    ``amount_minor`` None: the share of ``quantity`` in what was paid. ``quantity`` 0 with an amount
    gives money back without goods.
    """

    line_id: int
    quantity: Decimal
    amount_minor: int | None = None
