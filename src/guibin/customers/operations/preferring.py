"""Which way to reach people an import brought is the preferred one."""

from collections.abc import Mapping

from django.db import connection

PREFER = """
UPDATE customers_contactpoint SET is_preferred = true WHERE id IN (
    SELECT DISTINCT ON (point.customer_id) point.id
    FROM unnest(%s::bigint[], %s::text[]) AS wanted (customer_id, kind)
    JOIN customers_contactpoint point ON point.customer_id = wanted.customer_id AND point.kind = wanted.kind
    JOIN customers_customer person ON person.id = point.customer_id AND person.import_id = %s
    WHERE NOT EXISTS (
        SELECT FROM customers_contactpoint other
        WHERE other.customer_id = point.customer_id AND other.is_preferred)
    ORDER BY point.customer_id, point.id)
"""


def prefer_contacts(kinds: Mapping[int, str], *, import_id: int) -> None:
    """Prefer the first contact point of a kind, by customer id, for people this import made itself.

    People known before keep what they prefer: it would not come back with an undo.
    """
    if kinds:
        with connection.cursor() as cursor:
            cursor.execute(PREFER, [list(kinds), list(kinds.values()), import_id])
