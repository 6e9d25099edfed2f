"""Who and where purchases point at, for callers that want to take something away."""

from guibin.purchases.models import Order, Refund


def customers_with_purchases() -> set[int]:
    """Ids of all customers with an order or a refund."""
    return _distinct("customer_id")


def stores_with_purchases() -> set[int]:
    """Ids of all stores with an order or a refund."""
    return _distinct("store_id")


def has_purchases() -> bool:
    """Whether any order or refund is recorded."""
    return Order.objects.exists() or Refund.objects.exists()


def _distinct(column: str) -> set[int]:
    found: set[int] = set()
    for model in (Order, Refund):
        rows = model.objects.exclude(**{column: None}).values_list(column, flat=True).distinct()
        found |= set(rows.order_by())
    return found
