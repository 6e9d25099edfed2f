"""Saying that two customers are one person, and taking it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from guibin.core.events import Origin, record, subject
from guibin.core.permissions import Actor
from guibin.core.sealing import SealKey, vault
from guibin.customers import errors
from guibin.customers.events import CustomersMerged, MergeUndone
from guibin.customers.models import Customer, CustomerAlias, FieldChange, MatchPair, Merge
from guibin.customers.operations.locking import lock_customers
from guibin.customers.operations.recording import Provenance
from guibin.customers.operations.writing import write_changes
from guibin.customers.permissions import MERGE_CUSTOMER
from guibin.customers.queries import sealed
from guibin.customers.rules.merging import (
    CHOSEN_FIELDS,
    Side,
    contradictions,
    fields_to_give_back,
    fields_to_write,
    propose_choices,
    stand_for,
)
from guibin.customers.rules.profile import Texts


@dataclass(frozen=True, slots=True)
class Two:
    """The two customers of a merge, locked, with what is known of them."""

    kept: Customer
    absorbed: Customer
    kept_key: SealKey
    kept_texts: Texts
    absorbed_texts: Texts


@transaction.atomic
def merge_customers(
    *,
    kept_id: int,
    absorbed_id: int,
    choices: Mapping[str, Side] | None = None,
    reason: str = "staff",
    score: int | None = None,
    evidence: Sequence[tuple[str, int]] = (),
    actor: Actor,
    at: datetime,
    origin: Origin = Origin.LIVE,
) -> int:
    """From now on ``absorbed_id`` stands for ``kept_id``; returns the id of the merge, by which it is undone.

    ``choices`` says per field whose value stands; fields not named follow ``propose_choices``. Rows keep the
    id they were born with. Raises ``Forbidden``, ``CustomerUnknown``, ``MergedAlready`` when one of them
    stands for somebody else, ``MergeWithItself``, ``TwoPeople`` when their ID numbers differ, and
    ``KeptApart`` when it was decided that they are two.
    """
    actor.require(MERGE_CUSTOMER)
    two = _lock_two(kept_id, absorbed_id, actor)
    _check_apart(two)
    merge = Merge.objects.create(
        kept=two.kept,
        absorbed=two.absorbed,
        reason=reason,
        score=score,
        evidence=[list(each) for each in evidence],
        choices=_all_choices(two, choices or {}),
        merged_by=actor.code,
        merged_at=at,
    )
    CustomerAlias.objects.filter(into=two.absorbed).update(into=two.kept)
    CustomerAlias.objects.create(customer=two.absorbed, into=two.kept, merged_at=at)
    changes = fields_to_write(two.kept_texts, two.absorbed_texts, merge.choices)
    if changes:
        provenance = Provenance(_source(merge), actor, at)
        write_changes(two.kept, two.kept_key, two.kept_texts, changes, provenance)
    _mark_pair(kept_id, absorbed_id, "merged", actor, at)
    record(
        CustomersMerged(
            merge_id=merge.pk, kept=kept_id, absorbed=absorbed_id, fields=tuple(changes), why=reason
        ),
        subjects=[subject("customer", kept_id), subject("customer", absorbed_id)],
        actor=actor,
        at=at,
        origin=origin,
    )
    return merge.pk


@transaction.atomic
def undo_merge(
    *, merge_id: int, keep_apart: bool = True, actor: Actor, at: datetime, origin: Origin = Origin.LIVE
) -> tuple[str, ...]:
    """Two people again: every row goes back to whom it was born with, and fields the merge wrote are given
    back unless somebody changed them since. Returns the fields given back. ``keep_apart`` remembers that they
    are two. Raises ``Forbidden``, ``MergeUnknown`` or ``MergeUndoneAlready``."""
    actor.require(MERGE_CUSTOMER)
    merge = Merge.objects.select_for_update().filter(pk=merge_id).first()
    if merge is None:
        raise errors.MergeUnknown
    if merge.undone_at is not None:
        raise errors.MergeUndoneAlready
    kept = _lock_seen((merge.kept_id, merge.absorbed_id), actor)[merge.kept_id]
    Merge.objects.filter(pk=merge_id).update(undone_by=actor.code, undone_at=at)
    _stand_anew(merge, at)
    back = _give_back(merge, kept, Provenance(f"un{_source(merge)}", actor, at))
    if keep_apart:
        _mark_pair(merge.kept_id, merge.absorbed_id, "never", actor, at)
    record(
        MergeUndone(merge_id=merge_id, kept=merge.kept_id, absorbed=merge.absorbed_id, fields=back),
        subjects=[subject("customer", merge.kept_id), subject("customer", merge.absorbed_id)],
        actor=actor,
        at=at,
        origin=origin,
    )
    return back


def _source(merge: Merge) -> str:
    return f"merge:{merge.pk}"


def _lock_seen(ids: Sequence[int], actor: Actor) -> dict[int, Customer]:
    """The locked rows by id. Raises ``CustomerUnknown`` for one that may not be seen or is erased."""
    rows = {row.pk: row for row in lock_customers(ids, actor=actor)}
    for customer_id in ids:
        if customer_id not in rows:
            raise errors.CustomerUnknown(number=customer_id)
    return rows


def _lock_two(kept_id: int, absorbed_id: int, actor: Actor) -> Two:
    if kept_id == absorbed_id:
        raise errors.MergeWithItself
    rows = _lock_seen((kept_id, absorbed_id), actor)
    taken = CustomerAlias.objects.filter(customer_id__in=rows).values_list("customer_id", flat=True).first()
    if taken is not None:
        raise errors.MergedAlready(number=rows[taken].number)
    keys = vault().load(rows)
    texts = {pk: sealed.open_texts(row, keys.get(pk)) for pk, row in rows.items()}
    return Two(rows[kept_id], rows[absorbed_id], keys[kept_id], texts[kept_id], texts[absorbed_id])


def _check_apart(two: Two) -> None:
    if contradictions(two.kept_texts, two.absorbed_texts):
        raise errors.TwoPeople(one=two.kept.number, other=two.absorbed.number)
    low, high = sorted((two.kept.pk, two.absorbed.pk))
    if MatchPair.objects.filter(low=low, high=high, status="never").exists():
        raise errors.KeptApart(one=two.kept.number, other=two.absorbed.number)


def _all_choices(two: Two, wished: Mapping[str, Side]) -> dict[str, Side]:
    proposed = propose_choices(two.kept_texts, two.absorbed_texts)
    return proposed | {name: side for name, side in wished.items() if name in proposed}


def _mark_pair(one: int, other: int, status: str, actor: Actor, at: datetime) -> None:
    low, high = sorted((one, other))
    decided = {"status": status, "decided_by": actor.code, "decided_at": at}
    MatchPair.objects.update_or_create(
        low_id=low, high_id=high, defaults=decided, create_defaults={**decided, "found_at": at}
    )


def _stand_anew(merge: Merge, at: datetime) -> None:
    """Aliases of everybody who stood for the same person, from the merges still in force."""
    ids = [merge.kept_id, merge.absorbed_id]
    head = CustomerAlias.objects.filter(customer_id__in=ids).values_list("into_id", flat=True).first()
    everybody = set(CustomerAlias.objects.filter(into_id=head).values_list("customer_id", flat=True))
    standing = Merge.objects.filter(absorbed_id__in=everybody, undone_at__isnull=True)
    heads = stand_for(dict(standing.values_list("absorbed_id", "kept_id")))
    CustomerAlias.objects.filter(customer_id__in=everybody - heads.keys()).delete()
    for customer_id, into_id in sorted(heads.items()):
        CustomerAlias.objects.filter(customer_id=customer_id).exclude(into_id=into_id).update(into_id=into_id)


def _give_back(merge: Merge, kept: Customer, provenance: Provenance) -> tuple[str, ...]:
    key = vault().load_one(kept.pk)
    if key is None:
        return ()
    rows = list(FieldChange.objects.filter(customer=kept, field__in=CHOSEN_FIELDS).order_by("pk"))
    ours = [row for row in rows if row.source == _source(merge)]
    last = max((row.pk for row in ours), default=0)
    written = {
        row.field: (
            key.open_or_none(sealed.HISTORY, row.old_sealed) or "",
            key.open_or_none(sealed.HISTORY, row.new_sealed) or "",
        )
        for row in ours
    }
    now = sealed.open_texts(kept, key)
    changed_since = {row.field for row in rows if row.pk > last}
    back = fields_to_give_back(written, now, changed_since)
    if back:
        write_changes(kept, key, now, back, provenance)
    return tuple(back)
