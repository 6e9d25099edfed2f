"""Taking customers for writing, in primary-key order."""

from collections.abc import Collection

from guibin.core.permissions import Actor
from guibin.core.sealing import SealKey, vault
from guibin.customers.errors import CustomerErased, CustomerUnknown
from guibin.customers.models import Customer
from guibin.customers.queries.people import visible


def lock_customer(customer_id: int, *, actor: Actor) -> tuple[Customer, SealKey]:
    """The locked row and the person's key. Raises ``CustomerUnknown`` or ``CustomerErased``."""
    row = visible(actor).select_for_update().filter(pk=customer_id).first()
    if row is None:
        raise CustomerUnknown(number=customer_id)
    key = vault().load_one(customer_id)
    if key is None:
        raise CustomerErased(number=row.number)
    return row, key


def lock_customers(customer_ids: Collection[int], *, actor: Actor) -> list[Customer]:
    """The locked rows this actor may see and that are not erased, ascending; others are left out."""
    rows = visible(actor).filter(pk__in=customer_ids).exclude(status="erased")
    return list(rows.order_by("pk").select_for_update())
