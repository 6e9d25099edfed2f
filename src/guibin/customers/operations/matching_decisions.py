"""What somebody decides about two customers who may be one: the same, never the same, or not told apart."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from guibin.core.events import record, subject
from guibin.core.permissions import Actor
from guibin.customers.errors import CustomerUnknown, MergeWithItself, PairUnknown
from guibin.customers.events import PairKeptApart, PairReleased
from guibin.customers.models import MatchPair
from guibin.customers.operations.locking import lock_customers, lock_merging
from guibin.customers.operations.merging import merge_customers
from guibin.customers.permissions import MERGE_CUSTOMER
from guibin.customers.queries.candidates import in_order
from guibin.customers.queries.traits import get_policies, load_people
from guibin.customers.rules.matching import compare
from guibin.customers.rules.merging import Side


@transaction.atomic
def join_pair(
    *,
    pair_id: int,
    kept_id: int | None = None,
    choices: Mapping[str, Side] | None = None,
    actor: Actor,
    at: datetime,
) -> int:
    """The two of a waiting pair are the same person: merged, the earlier one kept unless ``kept_id`` says
    otherwise. Returns the id of the merge. Raises ``PairUnknown`` and the errors of ``merge_customers``."""
    actor.require(MERGE_CUSTOMER)
    lock_merging()
    pair = _locked(pair_id, "open", actor)
    kept = pair.high_id if kept_id == pair.high_id else pair.low_id
    return merge_customers(
        kept_id=kept,
        absorbed_id=pair.low_id + pair.high_id - kept,
        choices=choices,
        reason="review",
        score=pair.score,
        evidence=[(code, points) for code, points in pair.evidence],
        actor=actor,
        at=at,
    )


@transaction.atomic
def keep_apart(*, one_id: int, other_id: int, actor: Actor, at: datetime) -> int:
    """Remember that two customers are two people, whatever they share: neither a rule nor the scan brings
    them up again. Returns the id of the pair. Raises ``CustomerUnknown`` or ``MergeWithItself``."""
    actor.require(MERGE_CUSTOMER)
    lock_merging()
    if one_id == other_id:
        raise MergeWithItself
    low, high = in_order(one_id, other_id)
    seen = {row.pk for row in lock_customers((low, high), actor=actor)}
    for customer_id in (low, high):
        if customer_id not in seen:
            raise CustomerUnknown(number=customer_id)
    decided = {"status": "never", "decided_by": actor.code, "decided_at": at}
    pair, _made = MatchPair.objects.update_or_create(
        low_id=low, high_id=high, defaults=decided, create_defaults={**decided, "found_at": at}
    )
    record(
        PairKeptApart(pair_id=pair.pk, low=low, high=high),
        subjects=[subject("customer", low), subject("customer", high)],
        actor=actor,
        at=at,
    )
    return pair.pk


@transaction.atomic
def release_pair(*, pair_id: int, actor: Actor, at: datetime) -> None:
    """Take the mark back that two are two: they are compared again, and wait for a person if that says so.
    Raises ``PairUnknown``."""
    actor.require(MERGE_CUSTOMER)
    lock_merging()
    pair = _locked(pair_id, "never", actor)
    policies = get_policies()
    people = load_people((pair.low_id, pair.high_id), policies)
    verdict = compare(people[pair.low_id], people[pair.high_id], policies)
    MatchPair.objects.filter(pk=pair_id).delete()
    if verdict.verdict != "apart":
        MatchPair.objects.create(
            low_id=pair.low_id,
            high_id=pair.high_id,
            score=verdict.score,
            evidence=[list(each) for each in verdict.grounds],
            found_at=at,
        )
    record(
        PairReleased(low=pair.low_id, high=pair.high_id),
        subjects=[subject("customer", pair.low_id), subject("customer", pair.high_id)],
        actor=actor,
        at=at,
    )


def _locked(pair_id: int, status: str, actor: Actor) -> MatchPair:
    """The pair, its customers locked first, both within sight. Raises ``PairUnknown``."""
    pair = MatchPair.objects.filter(pk=pair_id, status=status).first()
    if pair is None or len(lock_customers((pair.low_id, pair.high_id), actor=actor)) < 2:
        raise PairUnknown
    pair = MatchPair.objects.select_for_update().filter(pk=pair_id, status=status).first()
    if pair is None:
        raise PairUnknown
    return pair
