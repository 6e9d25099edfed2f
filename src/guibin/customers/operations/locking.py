"""Taking customers for writing, in primary-key order.

Whoever writes about a person locks the id that stands for them. Merging and taking apart lock that id too, so
who holds it can rely on the group.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import OperationalError, connection, transaction
from django.db.models import Q, QuerySet

from guibin.core.permissions import Actor
from guibin.core.sealing import SealKey, vault
from guibin.customers.errors import CustomerChanged, CustomerErased, CustomerUnknown
from guibin.customers.models import Customer, CustomerAlias
from guibin.customers.queries.groups import groups, resolve
from guibin.customers.queries.people import visible


@dataclass(frozen=True, slots=True)
class Person:
    """A person locked for writing: the row and the key of the id that stands for them, and ``others``, the
    ids merged into it, ascending."""

    row: Customer
    key: SealKey
    others: tuple[int, ...]

    @property
    def ids(self) -> tuple[int, ...]:
        """Every id of the person, first the one that stands for them."""
        return (self.row.pk, *self.others)


def lock_person(customer_id: int, *, actor: Actor) -> Person:
    """The person behind any of their ids. Raises ``CustomerUnknown``, ``CustomerErased``, or
    ``CustomerChanged`` when they are being merged or taken apart over and over."""
    head = resolve([customer_id])[customer_id]
    row = visible(actor).select_for_update().filter(pk=head).first()
    while True:
        if row is None:
            raise CustomerUnknown(number=customer_id)
        rows = CustomerAlias.objects.filter(Q(customer_id__in={customer_id, head}) | Q(into_id=head))
        merged = dict(rows.values_list("customer_id", "into_id"))
        now = merged.get(customer_id, customer_id)
        if now == head:
            break
        head = now
        row = next(iter(_lock_now(visible(actor).filter(pk=head), row.number)), None)
    key = vault().load_one(head)
    if key is None:
        raise CustomerErased(number=row.number)
    return Person(row, key, tuple(sorted(each for each, into in merged.items() if into == head)))


def _lock_now(rows: QuerySet[Customer], number: str) -> list[Customer]:
    """Lock further rows without waiting: who holds some and waits for others may be waited for in turn.
    Raises ``CustomerChanged``."""
    try:
        with transaction.atomic():
            return list(rows.order_by("pk").select_for_update(nowait=True))
    except OperationalError as error:
        raise CustomerChanged(number=number) from error


def lock_customer(customer_id: int, *, actor: Actor) -> tuple[Customer, SealKey]:
    """Row and key of the id that stands for this person. Raises ``CustomerUnknown`` or ``CustomerErased``."""
    person = lock_person(customer_id, actor=actor)
    return person.row, person.key


def lock_customers(customer_ids: Collection[int], *, actor: Actor) -> list[Customer]:
    """The locked rows this actor may see and that are not erased, ascending; others are left out."""
    rows = visible(actor).filter(pk__in=customer_ids).exclude(status="erased")
    return list(rows.order_by("pk").select_for_update())


def lock_people(customer_ids: Collection[int], *, actor: Actor) -> dict[int, tuple[int, ...]]:
    """Every id of each person behind ``customer_ids``, by the id that stands for them, which is locked;
    people out of sight and erased ones are left out. Raises ``CustomerChanged`` as ``lock_person``."""
    people = {ids[0]: ids for ids in groups(customer_ids).values()}
    locked = lock_customers(people, actor=actor)
    while True:
        now = {ids[0]: ids for ids in groups(customer_ids).values()}
        if now.keys() == people.keys():
            return {row.pk: now[row.pk] for row in locked}
        people = now
        seen = visible(actor).filter(pk__in=people).exclude(status="erased")
        locked = _lock_now(seen, str(locked[0]) if locked else "")


def lock_merging() -> None:
    """Merges, their undoing, erasure and imports go one after the other: each changes, or counts on, who
    stands for whom among people it has not locked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('customers.import', 0))")
