"""What purchases tells the house. Subjects: the order, and its customer where it has one."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from guibin.core.events import CODE, Event


def plain_number(number: str) -> str:
    """``number`` when it is a plain code; empty when it holds words, which the log never keeps."""
    return number if CODE.fullmatch(number) else ""


@dataclass(frozen=True)
class OrderPlaced(Event):
    """An order was recorded, by hand, by a program or by an import (see the event's origin).

    ``amount`` is the total in major units, as digits.
    """

    name: ClassVar[str] = "purchases.order_placed"
    wording = _("Bought for %(amount)s %(currency)s, order %(number)s")
    icon = "ti-shopping-bag"
    kind = "money"

    order_id: int
    number: str
    customer_id: int | None
    store_id: int | None
    channel: str
    ordered_on: date
    amount: str
    amount_minor: int
    currency: str
    amount_base_minor: int
    import_id: int | None = None


@dataclass(frozen=True)
class OrderExtended(Event):
    """An import brought more lines for an order that was already here."""

    name: ClassVar[str] = "purchases.order_extended"
    wording = _("Order %(number)s got %(lines)s more lines from an import")
    icon = "ti-shopping-bag-plus"

    order_id: int
    number: str
    customer_id: int | None
    lines: int
    amount_base_minor: int
    import_id: int | None = None


@dataclass(frozen=True)
class OrderStatusChanged(Event):
    name: ClassVar[str] = "purchases.order_status_changed"
    wording = _("The status of order %(number)s changed")
    icon = "ti-progress-check"

    order_id: int
    number: str
    customer_id: int | None
    before: str
    status: str


@dataclass(frozen=True)
class OrderShipped(Event):
    name: ClassVar[str] = "purchases.order_shipped"
    wording = _("Order %(number)s was shipped")
    icon = "ti-truck-delivery"

    order_id: int
    number: str
    customer_id: int | None
    carrier: str


@dataclass(frozen=True)
class OrderCancelled(Event):
    name: ClassVar[str] = "purchases.order_cancelled"
    wording = _("Order %(number)s was cancelled")
    icon = "ti-shopping-bag-x"
    kind = "money"

    order_id: int
    number: str
    customer_id: int | None
    reason: str
    amount_base_minor: int


@dataclass(frozen=True)
class RefundRecorded(Event):
    """Money was given back. ``order_id`` is null where nothing earlier matched."""

    name: ClassVar[str] = "purchases.refund_recorded"
    wording = _("Refunded %(amount)s %(currency)s, document %(number)s")
    icon = "ti-receipt-refund"
    kind = "money"

    refund_id: int
    number: str
    order_id: int | None
    customer_id: int | None
    refunded_on: date
    amount: str
    amount_minor: int
    currency: str
    amount_base_minor: int
    reason: str
    import_id: int | None = None


@dataclass(frozen=True)
class RefundTakenBack(Event):
    """A refund recorded by mistake was undone; it no longer counts."""

    name: ClassVar[str] = "purchases.refund_taken_back"
    wording = _("Refund %(number)s was taken back")
    icon = "ti-receipt-off"
    kind = "money"

    refund_id: int
    number: str
    order_id: int
    customer_id: int | None
    amount_base_minor: int


@dataclass(frozen=True)
class CancellationsMatched(Event):
    """The cancellations of an import found what they cancel."""

    name: ClassVar[str] = "purchases.cancellations_matched"
    wording = _("Import %(import_id)s: %(matched)s cancelled lines matched, %(unmatched)s not")
    icon = "ti-arrows-join"

    import_id: int
    matched: int
    unmatched: int


@dataclass(frozen=True)
class PaymentRecorded(Event):
    """Money was received for an order that was here already. ``amount`` in major units, as digits."""

    name: ClassVar[str] = "purchases.payment_recorded"
    wording = _("%(amount)s %(currency)s paid for order %(number)s")
    icon = "ti-cash"
    kind = "money"

    order_id: int
    number: str
    customer_id: int | None
    method: str
    amount: str
    amount_minor: int
    currency: str


@dataclass(frozen=True)
class PaymentsImported(Event):
    """Payments of orders came in from another system."""

    name: ClassVar[str] = "purchases.payments_imported"
    wording = _("%(payments)s payments taken in")
    icon = "ti-cash"

    payments: int


@dataclass(frozen=True)
class ImportUndone(Event):
    """One order or refund of an import was taken back."""

    name: ClassVar[str] = "purchases.import_undone"
    wording = _("Import %(import_id)s taken back: %(orders)s orders, %(refunds)s refunds")
    icon = "ti-arrow-back-up"

    import_id: int
    orders: int
    lines: int
    refunds: int
    products: int
    kept: int


@dataclass(frozen=True)
class ProductSaved(Event):
    name: ClassVar[str] = "purchases.product_saved"
    wording = _("Product %(sku)s saved")
    icon = "ti-package"

    product_id: int
    sku: str
    is_new: bool


@dataclass(frozen=True)
class CatalogueSaved(Event):
    """A category, brand or channel was added or changed."""

    name: ClassVar[str] = "purchases.catalogue_saved"
    wording = _("Categories, brands or channels changed")
    icon = "ti-category"

    what: str
    item_id: int
    is_new: bool


@dataclass(frozen=True)
class ProductsImported(Event):
    name: ClassVar[str] = "purchases.products_imported"
    wording = _("Import %(import_id)s brought %(created)s new products and changed %(updated)s")
    icon = "ti-package-import"

    import_id: int | None
    created: int
    updated: int


@dataclass(frozen=True)
class RateSet(Event):
    name: ClassVar[str] = "purchases.rate_set"
    wording = _("One %(currency)s is %(rate)s from %(valid_from)s on")
    icon = "ti-currency-yuan"

    currency: str
    valid_from: date
    rate: str


@dataclass(frozen=True)
class SumsFoundWrong(Event):
    """The nightly look found sums that have drifted from the facts. Nothing was changed."""

    name: ClassVar[str] = "purchases.sums_found_wrong"
    wording = _("Sums have drifted: %(orders)s orders and %(tallies)s running sums are wrong")
    icon = "ti-calculator-off"

    orders: int
    tallies: int


@dataclass(frozen=True)
class SumsMended(Event):
    """Sums had drifted from the facts they are made of, and were counted anew."""

    name: ClassVar[str] = "purchases.sums_mended"
    wording = _("Sums counted anew: %(orders)s orders and %(tallies)s running sums were wrong")
    icon = "ti-calculator"

    orders: int
    tallies: int


EVENTS = (
    OrderPlaced,
    OrderExtended,
    OrderStatusChanged,
    OrderShipped,
    OrderCancelled,
    RefundRecorded,
    RefundTakenBack,
    CancellationsMatched,
    PaymentRecorded,
    PaymentsImported,
    ImportUndone,
    ProductSaved,
    CatalogueSaved,
    ProductsImported,
    RateSet,
    SumsFoundWrong,
    SumsMended,
)
