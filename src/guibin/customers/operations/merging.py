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
from guibin.customers.models import Customer, CustomerAlias, MatchPair, Merge
from guibin.customers.operations.giving_back import give_back
from guibin.customers.operations.locking import lock_merging
from guibin.customers.operations.recording import Provenance
from guibin.customers.operations.writing import write_changes
from guibin.customers.permissions import MERGE_CUSTOMER
from guibin.customers.queries.groups import group, groups
from guibin.customers.queries.merges import find_kept_apart, open_person, source_of
from guibin.customers.queries.people import visible
from guibin.customers.rules.merging import (
    Side,
    contradictions,
    fields_to_write,
    propose_choices,
    stand_for,
)
from guibin.customers.rules.profile import Texts


@dataclass(frozen=True, slots=True)
class Two:
    """The two customers of a merge, locked, with what is known of them; ``id_number`` is that of any id of
    the person."""

    kept: Customer
    absorbed: Customer
    kept_key: SealKey
    kept_texts: Texts
    absorbed_texts: Texts
    ids: tuple[tuple[int, ...], tuple[int, ...]]


@transaction.atomic
def merge_customers(
    *,
    kept_id: int,
    absorbed_id: int,
    choices: Mapping[str, Side] | None = None,
    reason: str = "staff",
    score: int | None = None,
    evidence: Sequence[tuple[str, int]] = (),
    expected_revisions: tuple[int, int] | None = None,
    actor: Actor,
    at: datetime,
    origin: Origin = Origin.LIVE,
) -> int:
    """From now on ``absorbed_id`` stands for ``kept_id``; returns the id of the merge, by which it is undone.

    ``choices`` says per field whose value stands; fields not named follow ``propose_choices``. Rows keep the
    id they were born with. ``expected_revisions`` are those of the kept and the absorbed one that were looked
    at. Raises ``Forbidden``, ``CustomerUnknown``, ``CustomerErased``, ``MergedAlready`` when one of them
    stands for somebody else, ``MergeWithItself``, ``CustomerChanged``, ``TwoPeople`` when their ID numbers
    differ, ``PersonAndCompany``, and ``KeptApart`` when it was decided that any two of theirs are two.
    """
    actor.require(MERGE_CUSTOMER)
    two = _lock_two(kept_id, absorbed_id, actor)
    if expected_revisions is not None:
        for row, seen in zip((two.kept, two.absorbed), expected_revisions, strict=True):
            if row.revision != seen:
                raise errors.CustomerChanged(number=row.number)
    check_apart(two)
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
        provenance = Provenance(source_of(merge.pk), actor, at)
        write_changes(two.kept, two.kept_key, two.kept_texts, changes, provenance)
    _pass_revisions([two.kept, two.absorbed], [two.kept], at)
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
    are two. Raises ``Forbidden``, ``MergeUnknown`` (also for who may not see the person), ``CustomerErased``
    or ``MergeUndoneAlready``."""
    actor.require(MERGE_CUSTOMER)
    lock_merging()
    merge = Merge.objects.filter(pk=merge_id).first()
    if merge is None:
        raise errors.MergeUnknown
    ids = group(merge.kept_id)
    if not visible(actor).filter(pk=ids[0]).exists():
        raise errors.MergeUnknown
    if merge.undone_at is not None:
        raise errors.MergeUndoneAlready
    rows = {row.pk: row for row in Customer.objects.filter(pk__in=ids).order_by("pk").select_for_update()}
    keys = vault().load(ids)
    if not keys:
        raise errors.CustomerErased(number=rows[ids[0]].number)
    Merge.objects.filter(pk=merge_id).update(undone_by=actor.code, undone_at=at)
    _stand_anew(merge, at)
    back = give_back(merge, rows, keys, Provenance(f"un{source_of(merge.pk)}", actor, at))
    _pass_revisions([rows[each] for each in ids], [rows[merge.kept_id], rows[merge.absorbed_id]], at)
    if keep_apart:
        _mark_pair(merge.kept_id, merge.absorbed_id, "never", actor, at)
    else:
        _unmark_pair(merge.kept_id, merge.absorbed_id)
    record(
        MergeUndone(merge_id=merge_id, kept=merge.kept_id, absorbed=merge.absorbed_id, fields=back),
        subjects=[subject("customer", merge.kept_id), subject("customer", merge.absorbed_id)],
        actor=actor,
        at=at,
        origin=origin,
    )
    return back


def _lock_two(kept_id: int, absorbed_id: int, actor: Actor) -> Two:
    if kept_id == absorbed_id:
        raise errors.MergeWithItself
    lock_merging()
    people = groups((kept_id, absorbed_id))
    asked = visible(actor).filter(pk__in=(kept_id, absorbed_id))
    rows = {row.pk: row for row in asked.order_by("pk").select_for_update()}
    for customer_id in (kept_id, absorbed_id):
        if customer_id not in rows:
            raise errors.CustomerUnknown(number=customer_id)
        if rows[customer_id].status == "erased":
            raise errors.CustomerErased(number=rows[customer_id].number)
        if people[customer_id][0] != customer_id:
            raise errors.MergedAlready(number=rows[customer_id].number)
    keys = vault().load({*people[kept_id], *people[absorbed_id]})
    texts = [
        open_person(rows[customer_id], people[customer_id], keys) for customer_id in (kept_id, absorbed_id)
    ]
    both = (people[kept_id], people[absorbed_id])
    return Two(rows[kept_id], rows[absorbed_id], keys[kept_id], texts[0], texts[1], both)


def check_apart(two: Two) -> None:
    """Raises ``TwoPeople``, ``PersonAndCompany`` or ``KeptApart``."""
    numbers = {"one": two.kept.number, "other": two.absorbed.number}
    against = contradictions(two.kept_texts, two.absorbed_texts)
    if "kind" in against:
        raise errors.PersonAndCompany(**numbers)
    if against:
        raise errors.TwoPeople(**numbers)
    if find_kept_apart(*two.ids):
        raise errors.KeptApart(**numbers)


def _all_choices(two: Two, wished: Mapping[str, Side]) -> dict[str, Side]:
    proposed = propose_choices(two.kept_texts, two.absorbed_texts)
    return proposed | {
        name: side for name, side in wished.items() if name in proposed and side in ("kept", "absorbed")
    }


def _pass_revisions(seen: Sequence[Customer], rows: Sequence[Customer], at: datetime) -> None:
    """``rows`` get a revision none of ``seen`` ever had: a form opened before is refused."""
    there = Customer.objects.filter(pk__in=[row.pk for row in seen]).values_list("revision", flat=True)
    following = max(there) + 1
    Customer.objects.filter(pk__in=[row.pk for row in rows]).update(revision=following, updated_at=at)


def _mark_pair(one: int, other: int, status: str, actor: Actor, at: datetime) -> None:
    low, high = sorted((one, other))
    decided = {"status": status, "decided_by": actor.code, "decided_at": at}
    MatchPair.objects.update_or_create(
        low_id=low, high_id=high, defaults=decided, create_defaults={**decided, "found_at": at}
    )


def _unmark_pair(one: int, other: int) -> None:
    """The pair is as if nobody had decided: a question again where it was one, else nothing."""
    low, high = sorted((one, other))
    pairs = MatchPair.objects.filter(low_id=low, high_id=high)
    pairs.filter(score__isnull=True).delete()
    pairs.update(status="open", decided_by="", decided_at=None)


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
