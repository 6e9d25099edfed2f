"""A policy's own lists: `exclude` (never a VIP), and the lists its rules name."""

from datetime import datetime

from django.db import transaction

from guibin.core.events import Entry, record_many, subject
from guibin.core.permissions import Actor
from guibin.customers import api as customers
from guibin.loyalty.errors import ListUnknown, PolicyUnknown
from guibin.loyalty.events import ListMemberAdded, ListMemberRemoved
from guibin.loyalty.models import ListMember, Policy
from guibin.loyalty.permissions import EDIT_LISTS
from guibin.loyalty.queries.policies import get_policy, list_ids
from guibin.loyalty.rules.tree import used_lists


def add_list_members(
    *, policy_code: str, list_code: str, customer_ids: frozenset[int], actor: Actor, at: datetime
) -> int:
    """Put customers on a list, under the ids given; those already there stay. Returns how many are new.

    Raises `PolicyUnknown`; `ListUnknown` when the newest version's rules do not speak of the list.
    """
    actor.require(EDIT_LISTS)
    with transaction.atomic():
        policy = _lock(policy_code, list_code)
        new = sorted(customer_ids - list_ids(policy_code, list_code))
        ListMember.objects.bulk_create(
            ListMember(policy=policy, list=list_code, customer_id=customer_id, added_at=at)
            for customer_id in new
        )
        event = ListMemberAdded(policy=policy_code, list=list_code)
        _record(event, policy, new, actor, at)
        return len(new)


def remove_list_members(
    *, policy_code: str, list_code: str, customer_ids: frozenset[int], actor: Actor, at: datetime
) -> int:
    """Take people off a list, whichever of their ids is on it. Returns how many ids were.

    Raises as `add_list_members`.
    """
    actor.require(EDIT_LISTS)
    with transaction.atomic():
        policy = _lock(policy_code, list_code)
        own = {each for ids in customers.groups(customer_ids).values() for each in ids}
        gone = sorted(own & list_ids(policy_code, list_code))
        ListMember.objects.filter(policy=policy, list=list_code, customer_id__in=gone).delete()
        event = ListMemberRemoved(policy=policy_code, list=list_code)
        _record(event, policy, gone, actor, at)
        return len(gone)


def _lock(policy_code: str, list_code: str) -> Policy:
    policy = Policy.objects.select_for_update().filter(code=policy_code).first()
    if policy is None:
        raise PolicyUnknown(policy=policy_code)
    if list_code not in used_lists(get_policy(policy_code).latest.rules):
        raise ListUnknown(list=list_code)
    return policy


def _record(
    event: ListMemberAdded | ListMemberRemoved, policy: Policy, ids: list[int], actor: Actor, at: datetime
) -> None:
    entries = (Entry(event, [subject("customer", one), subject("policy", policy.pk)]) for one in ids)
    record_many(entries, actor=actor, at=at, batch_id=None)
