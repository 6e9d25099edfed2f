"""Privacy class of every field; what a person's copy of their data holds; what erasure takes away."""

from collections.abc import Mapping

from guibin.core.permissions import SYSTEM
from guibin.core.privacy import PersonalData, PrivacyClass, by_field
from guibin.purchases.models import Order
from guibin.purchases.queries.customers import list_orders_of, list_refunds_of
from guibin.purchases.queries.orders import get_order

NONE, ID, SEALED = PrivacyClass.NONE, PrivacyClass.ID, PrivacyClass.SEALED
EXPORTED_MAX = 100_000

FIELDS: dict[str, dict[PrivacyClass, str]] = {
    "Category": {NONE: "changed_xid id parent code name import_id"},
    "Brand": {NONE: "id code name import_id"},
    "Product": {
        NONE: "changed_xid id sku name name_en category brand kind list_price unit_cost status import_id"
        " created_at"
    },
    "SalesChannel": {NONE: "id code name is_shipped is_active import_id"},
    "CurrencyRate": {NONE: "id currency valid_from rate"},
    "Order": {
        ID: "customer",
        SEALED: "tracking_sealed",
        NONE: "changed_xid id source number store_id channel ordered_at ordered_on currency rate gross_minor"
        " discount_minor total_minor amount_base_minor refunded_minor status carrier promoted import_id "
        "touched_at"
        " idempotency_key input_hash",
    },
    "OrderLine": {
        NONE: "changed_xid id order line_key product sku description kind quantity unit_price gross_minor"
        " discount_minor amount_minor amount_base_minor unit_cost cost_base_minor refunded_quantity "
        "refunded_minor"
        " import_id"
    },
    "OrderTally": {NONE: "id ordered_on store_id channel status orders amount_base_minor folded"},
    "ProductTally": {NONE: "id product_id sold_on lines quantity amount_base_minor folded"},
    "Payment": {NONE: "id order method amount_minor paid_at import_id"},
    "Refund": {
        ID: "customer",
        NONE: "changed_xid id source number order store_id channel refunded_at refunded_on currency rate"
        " amount_minor amount_base_minor cost_base_minor reason import_id idempotency_key input_hash",
    },
    "RefundLine": {
        NONE: "id refund line_key order_number order_line product sku description quantity unit_price"
        " amount_minor amount_base_minor cost_base_minor import_id"
    },
}


def export(customer_id: int) -> Mapping[str, object]:
    """All purchases and refunds of a person, as plain JSON values."""
    return {
        "orders": [_order(order.id) for order in list_orders_of([customer_id], limit=EXPORTED_MAX)],
        "refunds": [
            {
                "number": refund.number,
                "on": refund.refunded_on.isoformat(),
                "amount": str(refund.amount.amount),
            }
            for refund in list_refunds_of([customer_id], limit=EXPORTED_MAX)
        ],
    }


def _order(order_id: int) -> Mapping[str, object]:
    detail = get_order(order_id, actor=SYSTEM)
    return {
        "number": detail.order.number,
        "ordered_at": detail.order.ordered_at.isoformat(),
        "status": detail.order.status,
        "currency": detail.order.total.currency,
        "total": str(detail.order.total.amount),
        "tracking_number": detail.tracking_number,
        "lines": [
            {
                "sku": line.sku,
                "description": line.description,
                "quantity": str(line.quantity),
                "amount": str(line.amount.amount),
            }
            for line in detail.lines
        ],
        "payments": [
            {"method": payment.method, "amount": str(payment.amount.amount)} for payment in detail.payments
        ],
    }


def erase(customer_id: int) -> None:
    """Orders stay as sales (the books need them); what was sealed for the person goes."""
    Order.objects.filter(customer_id=customer_id).exclude(tracking_sealed=None).update(tracking_sealed=None)


PERSONAL_DATA = PersonalData(
    fields=by_field(FIELDS),
    export=export,
    erase=erase,
)
