"""Who is one person: ids that stand for others, and all ids under them."""

from collections.abc import Iterable

from django.db import connection

from guibin.customers.models import CustomerAlias

GROUPS = """
SELECT w.id, coalesce(a.into_id, w.id), array_remove(array_agg(o.customer_id ORDER BY o.customer_id), NULL)
FROM unnest(%s::bigint[]) AS w (id)
LEFT JOIN customers_customeralias a ON a.customer_id = w.id
LEFT JOIN customers_customeralias o ON o.into_id = coalesce(a.into_id, w.id)
GROUP BY w.id, a.into_id
"""


def resolve(customer_ids: Iterable[int]) -> dict[int, int]:
    """Each id to the id that stands for the person now (itself, unless merged)."""
    ids = list(customer_ids)
    rows = CustomerAlias.objects.filter(customer_id__in=ids).values_list("customer_id", "into_id")
    merged = dict(rows)
    return {customer_id: merged.get(customer_id, customer_id) for customer_id in ids}


def groups(customer_ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """For each id every id of the same person: first the one that stands for them, then ascending. One
    query, however many."""
    ids = list(dict.fromkeys(customer_ids))
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(GROUPS, [ids])
        found = {asked: (head, *under) for asked, head, under in cursor.fetchall()}
    return {customer_id: found[customer_id] for customer_id in ids}


def group(customer_id: int) -> tuple[int, ...]:
    """``groups`` of one."""
    return groups([customer_id])[customer_id]


def list_merged() -> dict[int, int]:
    """Every id that stands for another since a merge, with that other: few beside all customers."""
    return dict(CustomerAlias.objects.values_list("customer_id", "into_id"))
