"""Standings right after purchases, without waiting for the next refresh. Loads no Arrow."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from guibin.core.permissions import Actor
from guibin.customers import api as customers
from guibin.insight import api as insight
from guibin.loyalty import api as loyalty


def evaluate_live(customer_ids: Sequence[int], *, actor: Actor, at: datetime) -> int:
    """Decide these customers by what they have bought by the shop's day (`insight.current_day`: today, or
    the day the organisation fixed), as a refresh would; returns how many standings were written.

    The facts are counted under the lock of the standings: of two decisions, the one that saw more is the
    later one. Who has been merged loses the standing of their own; who stands for them is decided. Nothing
    while nobody has been decided. Raises `PolicyInactive`.
    """
    if not customer_ids:
        return 0
    with transaction.atomic():
        loyalty.lock_standings()
        day = insight.current_day()
        ids = sorted({*customer_ids, *customers.resolve(customer_ids).values()})
        facts = insight.live_facts_for(ids, as_of=day)
        return loyalty.evaluate_some(customer_ids=ids, facts=facts, as_of=day, actor=actor, at=at)
