"""Standings right after purchases, without waiting for the next refresh. Loads no Arrow."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from guibin.core.permissions import Actor
from guibin.insight import api as insight
from guibin.loyalty import api as loyalty


def evaluate_live(customer_ids: Sequence[int], *, actor: Actor, at: datetime) -> int:
    """Decide these customers by what they have bought by the shop's day (`insight.current_day`: today, or
    the day the organisation fixed), as a refresh would; returns how many standings were written.

    The facts are counted under the lock of the standings: of two decisions, the one that saw more is the
    later one. Nothing while nobody has been decided. Raises `PolicyInactive`.
    """
    if not customer_ids:
        return 0
    with transaction.atomic():
        loyalty.lock_standings()
        day = insight.current_day()
        facts = insight.live_facts_for(customer_ids, as_of=day)
        return loyalty.evaluate_some(customer_ids=customer_ids, facts=facts, as_of=day, actor=actor, at=at)
