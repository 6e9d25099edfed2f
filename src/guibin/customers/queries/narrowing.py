"""Narrowing customers by who looks after them and by what they ask for, over the group of each."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet

from guibin.customers.models import Customer, CustomerAlias, Requirement, StaffLink

_ABSORBED = CustomerAlias.objects.filter(into_id=OuterRef("pk"))


def looked_after_by(rows: QuerySet[Customer], staff_ids: Sequence[int]) -> QuerySet[Customer]:
    """Whom any of these members of staff looks after now."""
    links = StaffLink.objects.filter(staff_id__in=staff_ids, until=None).values("customer_id")
    return rows.filter(Q(pk__in=links) | Exists(_ABSORBED.filter(customer_id__in=links)))


def asking_for(rows: QuerySet[Customer], type_ids: Sequence[int]) -> QuerySet[Customer]:
    """Who asks for something of these kinds."""
    asked = Requirement.objects.filter(type_id__in=type_ids).values("customer_id")
    return rows.filter(Q(pk__in=asked) | Exists(_ABSORBED.filter(customer_id__in=asked)))
