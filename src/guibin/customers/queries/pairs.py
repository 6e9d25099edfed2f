"""Pairs of customers who may be one person, and those who are known to be two."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from guibin.core.paging import Page
from guibin.core.permissions import Actor
from guibin.customers.errors import PairUnknown
from guibin.customers.models import Customer, CustomerAlias, KeyPolicy, MatchPair, Merge
from guibin.customers.queries.people import visible
from guibin.customers.rules.matching import AGAINST, SHIPPED_POLICIES, Evidence

SURE_FROM = 80
"""Points from which pairs may be decided in one go."""


@dataclass(frozen=True, slots=True)
class PairView:
    """Two customers, the earlier one first. ``evidence`` are (code, points) for it, ``against`` those that
    speak against it; ``score`` is None when nobody compared them."""

    id: int
    low_id: int
    high_id: int
    status: str
    score: int | None
    evidence: Evidence
    against: Evidence
    found_at: datetime
    decided_by: str
    decided_at: datetime | None

    @property
    def is_sure(self) -> bool:
        """Enough speaks for it and nothing against it."""
        return (self.score or 0) >= SURE_FROM and not self.against


@dataclass(frozen=True, slots=True)
class PairFilters:
    """What the queue is narrowed by: points (both inclusive), a code of the evidence, an import that made one
    of the two, and only those that are sure."""

    score_from: int | None = None
    score_until: int | None = None
    code: str = ""
    import_id: int | None = None
    only_sure: bool = False


def list_pairs(
    *,
    actor: Actor,
    status: str = "open",
    filters: PairFilters | None = None,
    later: Sequence[int] = (),
    page: int = 1,
    size: int = 20,
) -> Page[PairView]:
    """A page of pairs whose customers both are within sight: waiting ones by score, told-apart ones newest
    first. Pairs named in ``later`` come last."""
    rows = _narrowed(_seen(actor, status), filters or PairFilters())
    order = ("-score", "pk") if status == "open" else ("-decided_at", "-pk")
    put_off = rows.filter(pk__in=later)
    first = rows.exclude(pk__in=later).order_by(*order)
    count, behind = first.count(), put_off.count() if later else 0
    start = (page - 1) * size
    shown = list(first[start : start + size])
    if behind and len(shown) < size:
        past = max(0, start - count)
        shown += list(put_off.order_by(*order)[past : past + size - len(shown)])
    return Page([as_view(row) for row in shown], count + behind, page, size)


def get_pair(pair_id: int, *, actor: Actor) -> PairView:
    """Raises ``PairUnknown``, also for one out of sight."""
    row = MatchPair.objects.filter(pk=pair_id).filter(_both_visible(actor)).first()
    if row is None:
        raise PairUnknown
    return as_view(row)


def count_open_pairs(*, actor: Actor) -> int:
    """How many pairs wait for somebody to look, of those within sight."""
    return _seen(actor, "open").count()


def list_sure_ids(pair_ids: Iterable[int], *, actor: Actor) -> list[int]:
    """Those of the waiting pairs that may be decided in one go, the surest first."""
    rows = _seen(actor, "open").filter(pk__in=list(pair_ids)).order_by("-score", "pk")
    return [row.pk for row in rows if as_view(row).is_sure]


def count_import_matches(import_id: int) -> tuple[int, int]:
    """Of the customers an import made: how many were recognised as people known already and joined, and how
    many pairs with one of them wait for somebody to look."""
    made = Customer.objects.filter(import_id=import_id).values("pk")
    merges = Merge.objects.filter(reason="exact", undone_at=None)
    joined = merges.filter(Q(absorbed__in=made) | Q(kept__in=made)).count()
    waiting = MatchPair.objects.filter(status="open").filter(Q(low__in=made) | Q(high__in=made)).count()
    return joined, waiting


def list_key_policies(sources: Collection[str]) -> dict[tuple[str, str], str]:
    """What each key of each of these sources ("" for every other one) is worth, shipped where nobody
    chose."""
    rows = KeyPolicy.objects.values_list("source", "key", "policy")
    stored = {(source, key): policy for source, key, policy in rows}
    known = {**SHIPPED_POLICIES, **stored}
    return {(source, key): policy for (source, key), policy in known.items() if source in {"", *sources}}


def as_view(row: MatchPair) -> PairView:
    grounds = [(str(code), int(points)) for code, points in row.evidence]
    return PairView(
        id=row.pk,
        low_id=row.low_id,
        high_id=row.high_id,
        status=row.status,
        score=row.score,
        evidence=tuple(each for each in grounds if each[0] not in AGAINST),
        against=tuple(each for each in grounds if each[0] in AGAINST),
        found_at=row.found_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
    )


def _both_visible(actor: Actor) -> Q:
    if actor.store_ids is None:
        return Q()
    mine = visible(actor).values("pk")
    return Q(low__in=mine, high__in=mine)


def _seen(actor: Actor, status: str) -> QuerySet[MatchPair]:
    """Pairs of people who are still there. A waiting pair of somebody who was merged in the meantime is no
    question any more."""
    rows = MatchPair.objects.filter(_both_visible(actor), status=status)
    rows = rows.exclude(low__status="erased").exclude(high__status="erased")
    if status == "open":
        merged = CustomerAlias.objects.values("customer_id")
        rows = rows.exclude(low__in=merged).exclude(high__in=merged)
    return rows


def _narrowed(rows: QuerySet[MatchPair], filters: PairFilters) -> QuerySet[MatchPair]:
    if filters.score_from is not None:
        rows = rows.filter(score__gte=filters.score_from)
    if filters.score_until is not None:
        rows = rows.filter(score__lte=filters.score_until)
    if filters.code:
        rows = rows.filter(evidence__contains=[[filters.code]])
    if filters.import_id is not None:
        made = Customer.objects.filter(import_id=filters.import_id).values("pk")
        rows = rows.filter(Q(low__in=made) | Q(high__in=made))
    if filters.only_sure:
        rows = rows.filter(score__gte=SURE_FROM)
        for code in AGAINST:
            rows = rows.exclude(evidence__contains=[[code]])
    return rows
