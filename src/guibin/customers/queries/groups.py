"""Who is one person: ids that stand for others, and all ids under them."""

from collections import defaultdict
from collections.abc import Iterable

from guibin.customers.models import CustomerAlias


def resolve(customer_ids: Iterable[int]) -> dict[int, int]:
    """Each id to the id that stands for the person now (itself, unless merged)."""
    ids = list(customer_ids)
    rows = CustomerAlias.objects.filter(customer_id__in=ids).values_list("customer_id", "into_id")
    merged = dict(rows)
    return {customer_id: merged.get(customer_id, customer_id) for customer_id in ids}


def groups(customer_ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """For each id every id of the same person: first the one that stands for them, then ascending."""
    heads = resolve(customer_ids)
    under: dict[int, list[int]] = defaultdict(list)
    rows = CustomerAlias.objects.filter(into_id__in=set(heads.values())).order_by("customer_id")
    for customer_id, into_id in rows.values_list("customer_id", "into_id"):
        under[into_id].append(customer_id)
    return {customer_id: (head, *under.get(head, ())) for customer_id, head in heads.items()}


def group(customer_id: int) -> tuple[int, ...]:
    """``groups`` of one."""
    return groups([customer_id])[customer_id]
