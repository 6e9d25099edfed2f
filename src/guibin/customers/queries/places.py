"""Where customers come from: stores they joined through, systems that know them."""

from guibin.customers.models import Customer, ExternalId, KeyPolicy
from guibin.customers.rules.values import CARD_SOURCE


def stores_of_customers() -> set[int]:
    """Ids of all stores through which somebody joined."""
    rows = Customer.objects.exclude(joined_store_id=None).order_by().values_list("joined_store_id", flat=True)
    return {store_id for store_id in rows.distinct() if store_id is not None}


def list_sources() -> list[str]:
    """Every system that brought customers or knows them by an id of its own, and those with a rule of their
    own, in order of name; cards are no system."""
    brought = Customer.objects.order_by().values_list("source", flat=True).distinct()
    known = ExternalId.objects.order_by().values_list("source", flat=True).distinct()
    ruled = KeyPolicy.objects.values_list("source", flat=True)
    return sorted({*brought, *known, *ruled} - {"", CARD_SOURCE})
