"""Ids and customer numbers for new people."""

from django.db import connection

from guibin.core import preferences
from guibin.customers.models import NumberCounter
from guibin.customers.settings import NUMBER_PREFIX

DIGITS = 6


def take_ids(count: int) -> list[int]:
    """``count`` fresh customer ids, ascending."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence('customers_customer', 'id')")
        (sequence,) = cursor.fetchone()
        cursor.execute(
            "SELECT array_agg(nextval(%s::regclass)) FROM generate_series(1, %s)", [sequence, count]
        )
        (ids,) = cursor.fetchone()
    return sorted(ids)


def take_serials(count: int) -> range:
    """``count`` running numbers without a gap. Holds the counter until the transaction ends, so call late."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_numbercounter AS c (id, last_serial) VALUES (1, %s) "
            "ON CONFLICT (id) DO UPDATE SET last_serial = c.last_serial + EXCLUDED.last_serial "
            "RETURNING last_serial",
            [count],
        )
        (last,) = cursor.fetchone()
    return range(last - count + 1, last + 1)


def give_back_serials(highest_in_use: int) -> None:
    """After an undone import: the next number follows the highest that is left."""
    NumberCounter.objects.filter(pk=1, last_serial__gt=highest_in_use).update(last_serial=highest_in_use)


def number_format() -> str:
    """A format for ``str.format``: prefix and running number, six digits or more."""
    prefix = preferences.get(NUMBER_PREFIX).replace("{", "").replace("}", "")
    return f"{prefix}{{:0{DIGITS}d}}"
