"""The last day on which customers bought something."""

from collections.abc import Collection
from datetime import date

from django.db.models import Max

from guibin.purchases.models import Order


def find_last_bought(customer_ids: Collection[int]) -> dict[int, date]:
    """By customer id; who never bought is absent."""
    rows = Order.objects.filter(customer_id__in=customer_ids).order_by().values("customer_id")
    return dict(rows.annotate(last=Max("ordered_on")).values_list("customer_id", "last"))
