"""Erasing a person: every id of theirs, key by key."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from guibin.core.events import record, subject
from guibin.core.permissions import Actor
from guibin.core.sealing import vault
from guibin.customers import errors
from guibin.customers.events import CustomerErased
from guibin.customers.models import (
    AttributeValue,
    ContactPoint,
    Customer,
    CustomerTag,
    ExternalId,
    FieldChange,
    MatchPair,
    Merge,
    Note,
    SearchToken,
)
from guibin.customers.operations.forgetting import forget_ties
from guibin.customers.operations.locking import lock_merging
from guibin.customers.permissions import ERASE_CUSTOMER
from guibin.customers.queries.groups import group, groups
from guibin.customers.queries.people import visible

EMPTIED = {
    **dict.fromkeys(
        (
            "name_sealed",
            "latin_name_sealed",
            "details_sealed",
            "id_number_sealed",
            "id_number_index",
            "birth_month",
            "birth_day",
        )
    ),
    **dict.fromkeys(("gender", "birth_calendar", "age_band", "province", "city"), ""),
    "birth_leap": False,
}


@transaction.atomic
def erase_customer(*, customer_id: int, actor: Actor, at: datetime) -> None:
    """Destroy the key of every id of a person and everything sealed or findable; numbers and ids stay for
    what was sold, and who was merged with whom as ids alone. One event names all ids.

    Raises ``Forbidden``, ``CustomerUnknown`` or ``CustomerErased`` (already done).
    """
    actor.require(ERASE_CUSTOMER)
    lock_merging()
    ids = group(customer_id)
    head = visible(actor).filter(pk=ids[0]).first()
    if head is None:
        raise errors.CustomerUnknown(number=customer_id)
    list(Customer.objects.filter(pk__in=ids).order_by("pk").select_for_update())
    if not vault().load(ids):
        raise errors.CustomerErased(number=head.number)
    forget_ties(ids)
    for model in (ContactPoint, ExternalId, AttributeValue, CustomerTag, Note, FieldChange, SearchToken):
        model.objects.filter(customer_id__in=ids).delete()
    _forget_brought(ids)
    MatchPair.objects.filter(Q(low_id__in=ids) | Q(high_id__in=ids), status="open").delete()
    Customer.objects.filter(pk__in=ids).update(status="erased", erased_at=at, updated_at=at, **EMPTIED)
    for each in ids:
        vault().destroy(each)
    record(CustomerErased(), subjects=[subject("customer", each) for each in ids], actor=actor, at=at)


def _forget_brought(ids: Sequence[int]) -> None:
    """What merges that were taken back had brought from these ids to others, in the history of those: the
    lines stay (undoing reads them), without what they said."""
    parted = Merge.objects.filter(absorbed_id__in=ids, undone_at__isnull=False).exclude(kept_id__in=ids)
    merges = list(parted.values_list("pk", "kept_id"))
    if not merges:
        return
    others = {each for people in groups({kept for _pk, kept in merges}).values() for each in people}
    lines = FieldChange.objects.filter(customer_id__in=others)
    lines.filter(source__in=[f"merge:{pk}" for pk, _kept in merges]).update(new_sealed=None)
    lines.filter(source__in=[f"unmerge:{pk}" for pk, _kept in merges]).update(old_sealed=None)
