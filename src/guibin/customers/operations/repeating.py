"""Writes that a program may repeat: the same key with the same input gives the first result."""

from collections.abc import Callable
from datetime import datetime

from django.db import connection, transaction

from guibin.core.permissions import Actor
from guibin.core.sealing import blind_index
from guibin.customers.errors import KeyReused
from guibin.customers.models import WriteKey


@transaction.atomic
def write_once(*, key: str, content: str, write: Callable[[], int], actor: Actor, at: datetime) -> int:
    """Run ``write`` unless this actor used ``key`` before; returns its id, or the first one's.

    ``content`` is the whole input as text; only its keyed hash is kept. Raises ``KeyReused`` when the key
    came with another input.
    """
    index = blind_index("customers.write", content)
    with connection.cursor() as cursor:
        # Two requests with one key: the second waits here until the first has committed.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{actor.code}|{key}"])
    used = WriteKey.objects.filter(actor=actor.code, key=key).first()
    if used is not None:
        if bytes(used.input_index) != index:
            raise KeyReused
        return used.result_id
    result = write()
    WriteKey.objects.create(actor=actor.code, key=key, input_index=index, result_id=result, used_at=at)
    return result
