"""Merges: those that made a person, what a new one would do, and what taking one apart gives back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from guibin.core.permissions import Actor
from guibin.core.sealing import PersonKeys, vault
from guibin.customers import ports
from guibin.customers.errors import CustomerUnknown, MergeUnknown
from guibin.customers.models import (
    ContactPoint,
    Customer,
    CustomerTag,
    ExternalId,
    FieldChange,
    MatchPair,
    Merge,
    Note,
)
from guibin.customers.queries import sealed
from guibin.customers.queries.groups import group, groups, resolve
from guibin.customers.queries.people import find_id_number, masked_texts, read_customer, visible
from guibin.customers.rules.merging import (
    CHOSEN_FIELDS,
    Side,
    contradictions,
    propose_choices,
    warnings_about,
)
from guibin.customers.rules.profile import Texts
from guibin.customers.rules.values import CustomerView


@dataclass(frozen=True, slots=True)
class MergeView:
    """A merge as it was decided. ``choices`` say per field whose value stands; ``evidence`` are (code,
    points). ``undone_at`` None means it is in force."""

    id: int
    kept: str
    absorbed: str
    reason: str
    score: int | None
    evidence: tuple[tuple[str, int], ...]
    choices: Mapping[str, Side]
    merged_by: str
    merged_at: datetime
    undone_by: str
    undone_at: datetime | None


@dataclass(frozen=True, slots=True)
class Belongings:
    """How much hangs on an id: of customers' own tables, and what other slices count (words and number)."""

    contacts: int
    externals: int
    tags: int
    notes: int
    elsewhere: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Identity:
    """One id of a person: the number it bears, since when, from where, and what hangs on it."""

    id: int
    number: str
    source: str
    created_at: datetime
    has: Belongings


@dataclass(frozen=True, slots=True)
class Choice:
    """A field in which two customers differ: both texts, masked, and whose is proposed."""

    field: str
    kept: str
    absorbed: str
    proposed: Side


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What merging two people would do. ``refusal`` is ``two_people``, ``person_and_company``, ``kept_apart``
    or empty; ``warnings`` are codes of what speaks against it."""

    kept: CustomerView
    absorbed: CustomerView
    choices: tuple[Choice, ...]
    warnings: tuple[str, ...]
    refusal: str
    brings: tuple[Belongings, Belongings]


@dataclass(frozen=True, slots=True)
class UndoPreview:
    """What taking a merge apart would do: ids that leave with the absorbed one and what hangs on them, and
    fields of the person that are given back (others the merge wrote have been changed since)."""

    merge: MergeView
    person: str
    leaves: tuple[Identity, ...]
    stays: tuple[Identity, ...]
    written: tuple[str, ...]
    changed_since: tuple[str, ...]


def source_of(merge_id: int) -> str:
    """The source under which the field history keeps what a merge wrote."""
    return f"merge:{merge_id}"


def open_person(row: Customer, ids: Sequence[int], keys: PersonKeys) -> Texts:
    """The profile of the id that stands for a person, with the ID number of whichever id has one."""
    texts = sealed.open_texts(row, keys.get(row.pk))
    if len(ids) > 1 and not texts.get("id_number"):
        texts["id_number"] = find_id_number(ids, keys)[1]
    return texts


def find_kept_apart(one: Sequence[int], other: Sequence[int]) -> tuple[int, int] | None:
    """Two ids, one of each group, of which it was decided that they are two people; None when there are
    none."""
    low = MatchPair.objects.filter(status="never", low_id__in=one, high_id__in=other)
    high = MatchPair.objects.filter(status="never", low_id__in=other, high_id__in=one)
    return low.union(high).values_list("low_id", "high_id").first()


def list_merges(customer_id: int, *, actor: Actor) -> list[MergeView]:
    """Every merge an id of this person ever took part in, newest first, those taken back too unless the other
    is somebody out of sight. Raises ``CustomerUnknown``."""
    ids = group(customer_id)
    if not visible(actor).filter(pk=ids[0]).exists():
        raise CustomerUnknown(number=customer_id)
    rows = Merge.objects.filter(Q(kept_id__in=ids) | Q(absorbed_id__in=ids))
    found = list(rows.select_related("kept", "absorbed").order_by("-merged_at", "-pk"))
    heads = resolve({each for row in found for each in (row.kept_id, row.absorbed_id)})
    seen = set(visible(actor).filter(pk__in=set(heads.values())).values_list("pk", flat=True))
    return [_view(row) for row in found if {heads[row.kept_id], heads[row.absorbed_id]} <= seen]


def list_newest_merges(*, limit: int) -> list[MergeView]:
    """The newest merges of anybody, those taken back too."""
    rows = Merge.objects.select_related("kept", "absorbed").order_by("-merged_at", "-pk")
    return [_view(row) for row in rows[:limit]]


def get_merge(merge_id: int, *, actor: Actor) -> MergeView:
    """Raises ``MergeUnknown``, also for who may not see the person."""
    row = Merge.objects.filter(pk=merge_id).select_related("kept", "absorbed").first()
    if row is None or not visible(actor).filter(pk=group(row.kept_id)[0]).exists():
        raise MergeUnknown
    return _view(row)


def _view(row: Merge) -> MergeView:
    return MergeView(
        id=row.pk,
        kept=row.kept.number,
        absorbed=row.absorbed.number,
        reason=row.reason,
        score=row.score,
        evidence=tuple((str(code), int(points)) for code, points in row.evidence),
        choices=row.choices,
        merged_by=row.merged_by,
        merged_at=row.merged_at,
        undone_by=row.undone_by,
        undone_at=row.undone_at,
    )


def list_identities(customer_ids: Iterable[int]) -> list[Identity]:
    """These ids as they are, in the order given."""
    ids = list(customer_ids)
    rows = Customer.objects.in_bulk(ids)
    has = count_belongings(ids)
    return [
        Identity(pk, rows[pk].number, rows[pk].source, rows[pk].created_at, has[pk])
        for pk in ids
        if pk in rows
    ]


def count_belongings(customer_ids: Sequence[int]) -> dict[int, Belongings]:
    """What hangs on each of these ids, each for itself; a handful of queries however many."""
    contacts, externals, tags, notes = (
        dict(
            model.objects.filter(customer_id__in=customer_ids)
            .order_by()
            .values_list("customer_id")
            .annotate(n=Count("pk"))
        )
        for model in (ContactPoint, ExternalId, CustomerTag, Note)
    )
    elsewhere = ports.count_elsewhere(customer_ids)
    return {
        pk: Belongings(
            contacts.get(pk, 0),
            externals.get(pk, 0),
            tags.get(pk, 0),
            notes.get(pk, 0),
            tuple((str(words), found.get(pk, 0)) for words, found in elsewhere),
        )
        for pk in customer_ids
    }


def preview_merge(kept_id: int, absorbed_id: int, *, actor: Actor) -> MergePreview:
    """What ``merge_customers`` of the people behind these ids would do. Raises ``CustomerUnknown``."""
    people = groups((kept_id, absorbed_id))
    both = (people[kept_id], people[absorbed_id])
    views = [read_customer(ids[0], actor=actor, masked=True) for ids in both]
    rows = Customer.objects.in_bulk([ids[0] for ids in both])
    keys = vault().load([each for ids in both for each in ids])
    kept, absorbed = (open_person(rows[ids[0]], ids, keys) for ids in both)
    shown = [texts | masked_texts(texts) for texts in (kept, absorbed)]
    proposed = propose_choices(kept, absorbed)
    against = contradictions(kept, absorbed)
    refusal = "person_and_company" if "kind" in against else "two_people" if against else ""
    if not refusal and find_kept_apart(*both):
        refusal = "kept_apart"
    archived = ("archived",) if {view.status for view in views} == {"active", "archived"} else ()
    has = count_belongings([each for ids in both for each in ids])
    return MergePreview(
        kept=views[0],
        absorbed=views[1],
        choices=tuple(
            Choice(name, shown[0].get(name, ""), shown[1].get(name, ""), proposed[name])
            for name in CHOSEN_FIELDS
            if name in proposed
        ),
        warnings=(*warnings_about(kept, absorbed), *archived),
        refusal=refusal,
        brings=(_sum(has[each] for each in both[0]), _sum(has[each] for each in both[1])),
    )


def _sum(several: Iterable[Belongings]) -> Belongings:
    each = list(several)
    totals: dict[str, int] = {}
    for one in each:
        for words, count in one.elsewhere:
            totals[words] = totals.get(words, 0) + count
    return Belongings(
        sum(one.contacts for one in each),
        sum(one.externals for one in each),
        sum(one.tags for one in each),
        sum(one.notes for one in each),
        tuple(totals.items()),
    )


def preview_undo(merge_id: int, *, actor: Actor) -> UndoPreview:
    """What ``undo_merge`` would do. Raises ``MergeUnknown``."""
    view = get_merge(merge_id, actor=actor)
    row = Merge.objects.get(pk=merge_id)
    ids = group(row.kept_id)
    leaving = _below(row.absorbed_id, ids)
    history = FieldChange.objects.filter(customer_id=row.kept_id, field__in=CHOSEN_FIELDS).order_by("pk")
    last: dict[str, str] = {}
    written: list[str] = []
    for field, source in history.values_list("field", "source"):
        last[field] = source
        if source == source_of(merge_id) and field not in written:
            written.append(field)
    changed = tuple(field for field in written if last[field] != source_of(merge_id))
    there = {each.id: each for each in list_identities(ids)}
    return UndoPreview(
        merge=view,
        person=there[ids[0]].number,
        leaves=tuple(there[pk] for pk in ids if pk in leaving),
        stays=tuple(there[pk] for pk in ids if pk not in leaving),
        written=tuple(field for field in written if field not in changed),
        changed_since=changed,
    )


def _below(customer_id: int, ids: Sequence[int]) -> set[int]:
    """``customer_id`` and whoever of the group was merged into it before."""
    merges = Merge.objects.filter(absorbed_id__in=ids, undone_at__isnull=True)
    into = dict(merges.values_list("absorbed_id", "kept_id"))
    found = {customer_id}
    while more := {each for each, kept in into.items() if kept in found} - found:
        found |= more
    return found
