"""Taking customers for writing, in primary-key order.

Whoever writes about a person locks the id that stands for them. Merging and taking apart lock that id too, so
who holds it can rely on the group.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q

from guibin.core.permissions import Actor
from guibin.core.sealing import SealKey, vault
from guibin.customers.errors import CustomerErased, CustomerUnknown
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
    """The person behind any of their ids. Raises ``CustomerUnknown`` or ``CustomerErased``."""
    head = resolve([customer_id])[customer_id]
    while True:
        row = visible(actor).select_for_update().filter(pk=head).first()
        if row is None:
            raise CustomerUnknown(number=customer_id)
        rows = CustomerAlias.objects.filter(Q(customer_id__in={customer_id, head}) | Q(into_id=head))
        merged = dict(rows.values_list("customer_id", "into_id"))
        now = merged.get(customer_id, customer_id)
        if now == head:
            break
        head = now
    key = vault().load_one(head)
    if key is None:
        raise CustomerErased(number=row.number)
    return Person(row, key, tuple(sorted(each for each, into in merged.items() if into == head)))


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
    people out of sight and erased ones are left out."""
    people = {ids[0]: ids for ids in groups(customer_ids).values()}
    while True:
        locked = [row.pk for row in lock_customers(people, actor=actor)]
        now = {ids[0]: ids for ids in groups(customer_ids).values()}
        if now.keys() == people.keys():
            return {head: now[head] for head in locked}
        people = now


def lock_merging() -> None:
    """Merges, their undoing, erasure and imports go one after the other: each changes, or counts on, who
    stands for whom among people it has not locked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('customers.import', 0))")
