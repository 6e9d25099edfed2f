"""Stores that customers point at, for callers that want to take a store away."""

from guibin.customers.models import Customer


def stores_of_customers() -> set[int]:
    """Ids of all stores through which somebody joined."""
    rows = Customer.objects.exclude(joined_store_id=None).order_by().values_list("joined_store_id", flat=True)
    return {store_id for store_id in rows.distinct() if store_id is not None}
