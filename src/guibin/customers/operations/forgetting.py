"""What goes with a person: relations, staff links, contact wishes and requirements."""

from collections.abc import Collection

from django.db.models import Q

from guibin.customers.models import ContactPreference, Relation, Requirement, StaffLink


def forget_ties(customer_ids: Collection[int]) -> None:
    """Delete all ties of these ids, from both sides. The caller holds their rows locked."""
    relations = Relation.objects.filter(Q(one_id__in=customer_ids) | Q(other_id__in=customer_ids))
    places = Q(relation_id__in=list(relations.values_list("pk", flat=True)))
    ContactPreference.objects.filter(places | Q(customer_id__in=customer_ids)).delete()
    relations.delete()
    StaffLink.objects.filter(customer_id__in=customer_ids).delete()
    Requirement.objects.filter(customer_id__in=customer_ids).delete()


def list_tied(customer_ids: Collection[int]) -> set[int]:
    """Those of ``customer_ids`` who have any tie."""
    owned = (StaffLink.objects, ContactPreference.objects, Requirement.objects)
    found: set[int] = set()
    for rows in owned:
        found |= set(rows.filter(customer_id__in=customer_ids).values_list("customer_id", flat=True))
    ends = Relation.objects.filter(Q(one_id__in=customer_ids) | Q(other_id__in=customer_ids))
    named = {pk for pair in ends.values_list("one_id", "other_id") for pk in pair}
    return found | named & set(customer_ids)
