"""Looking for people who are known twice: the whole base, or those who have just changed."""

import json
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction

from guibin.core import preferences
from guibin.core.errors import DomainError
from guibin.core.permissions import Actor
from guibin.customers import errors
from guibin.customers.models import Customer, CustomerAlias, MatchPair, Merge, SearchToken
from guibin.customers.operations.locking import lock_merging
from guibin.customers.operations.merging import merge_customers
from guibin.customers.permissions import MERGE_CUSTOMER
from guibin.customers.queries.candidates import (
    Pair,
    find_candidates,
    find_candidates_of,
    find_told_apart,
)
from guibin.customers.queries.groups import groups, resolve
from guibin.customers.queries.traits import get_policies, load_people
from guibin.customers.rules.matching import Policies, Verdict, compare
from guibin.customers.settings import SHARED_MAX

BATCH = 1000
PART = 200
Progress = Callable[[int, int], None]

UPSERT = """
INSERT INTO customers_matchpair (low_id, high_id, status, score, evidence, found_at, decided_by)
SELECT n.low, n.high, 'open', n.score, n.evidence::jsonb, %s, ''
FROM unnest(%s::int8[], %s::int8[], %s::int2[], %s::text[]) AS n (low, high, score, evidence)
ON CONFLICT (low_id, high_id) DO UPDATE
SET status = 'open', score = excluded.score, evidence = excluded.evidence, decided_by = '', decided_at = NULL
WHERE customers_matchpair.status <> 'never'
  AND (customers_matchpair.status, customers_matchpair.score, customers_matchpair.evidence)
      IS DISTINCT FROM ('open', excluded.score, excluded.evidence)
"""


@dataclass(slots=True)
class Scanned:
    """What a scan came to. ``left_out`` are traits shared by too many people to mean anything."""

    people: int = 0
    compared: int = 0
    joined: int = 0
    review: int = 0
    left_out: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class Round:
    """What all comparisons of one scan share. ``moved`` are who took others in: their group is compared anew
    once everybody has been seen."""

    policies: Policies
    scanned: Scanned
    actor: Actor
    at: datetime
    moved: set[int] = field(default_factory=set)


def scan_duplicates(
    *, actor: Actor, at: datetime, after: int = 0, progress: Progress | None = None
) -> Scanned:
    """Compare everybody with whoever shares a trait: joined at once where an exact key may, put to a person
    where one should look. Batches go in by the lower id of the pair, each in a transaction of its own;
    ``progress`` is told (id, highest id), and a scan that was stopped goes on ``after`` that id. Repeating it
    changes nothing."""
    actor.require(MERGE_CUSTOMER)
    began = time.perf_counter()
    scanned = Scanned(people=SearchToken.objects.count())
    with transaction.atomic():
        found = find_candidates(shared_max=preferences.get(SHARED_MAX))
    scanned.left_out = found.left_out
    apart, turn = find_told_apart(), Round(get_policies(), scanned, actor, at)
    highest = Customer.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    for batch in _batches([pair for pair in found.pairs if pair[0] > after]):
        last = batch[-1][0]
        with transaction.atomic():
            lock_merging()
            examined = _examine([pair for pair in batch if pair not in apart], turn.policies)
            _drop_stale(_settle(examined, turn), after=after, until=last)
        after = last
        if progress:
            progress(last, highest)
    with transaction.atomic():
        lock_merging()
        _drop_stale(set(), after=after, until=None)
    _settle_in_parts(turn)
    if progress:
        progress(highest, highest)
    scanned.review = MatchPair.objects.filter(status="open").count()
    scanned.seconds = round(time.perf_counter() - began, 3)
    return scanned


@transaction.atomic
def match_customers(*, customer_ids: Collection[int], actor: Actor, at: datetime) -> Scanned:
    """Compare these customers, who have just come or changed, with whoever shares a trait with them; as
    ``scan_duplicates``, of pairs with one of them."""
    actor.require(MERGE_CUSTOMER)
    lock_merging()
    turn = Round(get_policies(), Scanned(), actor, at, set(resolve(customer_ids).values()))
    turn.scanned.people = len(turn.moved)
    _settle_moved(turn)
    now_open = MatchPair.objects.filter(status="open")
    heads = set(resolve(customer_ids).values())
    turn.scanned.review = (now_open.filter(low_id__in=heads) | now_open.filter(high_id__in=heads)).count()
    return turn.scanned


def _settle_in_parts(turn: Round) -> None:
    """``_settle_moved`` for some hundred at a time, so that nobody who writes waits for long."""
    while turn.moved:
        part, rest = set(sorted(turn.moved)[:PART]), set(sorted(turn.moved)[PART:])
        turn.moved = part
        with transaction.atomic():
            lock_merging()
            _settle_moved(turn)
        turn.moved = rest


def _settle_moved(turn: Round) -> None:
    """Compare those who changed until nobody takes anybody in any more: each joining leaves one person less,
    so that comes to an end."""
    while turn.moved:
        heads = set(resolve(turn.moved).values())
        gone = {*turn.moved, *heads}
        turn.moved = set()
        open_now = _settle_those(heads, turn)
        stale = MatchPair.objects.filter(status="open")
        for row in stale.filter(low_id__in=gone) | stale.filter(high_id__in=gone):
            if (row.low_id, row.high_id) not in open_now:
                row.delete()


def _settle_those(heads: Collection[int], turn: Round) -> set[Pair]:
    found = find_candidates_of(heads, shared_max=preferences.get(SHARED_MAX))
    apart = find_told_apart(heads)
    turn.scanned.left_out += found.left_out
    open_now: set[Pair] = set()
    for batch in _batches(found.pairs):
        examined = _examine([pair for pair in batch if pair not in apart], turn.policies)
        open_now |= _settle(examined, turn)
    return open_now


def _batches(pairs: Sequence[Pair]) -> Iterator[Sequence[Pair]]:
    """Some thousand pairs each; those of one lower id stay together."""
    start = 0
    while start < len(pairs):
        end = min(start + BATCH, len(pairs))
        while end < len(pairs) and pairs[end][0] == pairs[end - 1][0]:
            end += 1
        yield pairs[start:end]
        start = end


def _examine(pairs: Sequence[Pair], policies: Policies) -> list[tuple[Pair, Verdict]]:
    """The verdict on each pair of people who are still there, the surest first."""
    people = load_people({each for pair in pairs for each in pair}, policies)
    told = [
        (pair, compare(people[pair[0]], people[pair[1]], policies))
        for pair in pairs
        if pair[0] in people and pair[1] in people
    ]
    return sorted(told, key=lambda each: (-each[1].score, each[0]))


def _settle(examined: Sequence[tuple[Pair, Verdict]], turn: Round) -> set[Pair]:
    """Join the exact ones, keep the others for a person; returns the pairs that are open."""
    turn.scanned.compared += len(examined)
    waiting = {pair: verdict for pair, verdict in examined if verdict.verdict == "review"}
    for pair, verdict in examined:
        if verdict.verdict == "join":
            waiting |= _join(pair, verdict, turn)
    _keep_open(waiting, turn.at)
    return set(waiting)


def _join(pair: Pair, verdict: Verdict, turn: Round) -> dict[Pair, Verdict]:
    """Join two people unless one of them has been joined with somebody since the comparison: their group is
    compared anew at the end. Returns what a person is to look at where the merge is refused."""
    if turn.moved.intersection(pair) or CustomerAlias.objects.filter(customer_id__in=pair).exists():
        turn.moved.update(pair)
        return {}
    if _was_undone(pair):
        return {pair: verdict}
    kept, absorbed = _in_rank(*pair)
    try:
        with transaction.atomic():
            merge_customers(
                kept_id=kept,
                absorbed_id=absorbed,
                reason="exact",
                score=verdict.score,
                evidence=verdict.grounds,
                actor=turn.actor,
                at=turn.at,
            )
    except errors.MergedAlready:
        turn.moved.update(pair)
        return {}
    except DomainError:
        return {pair: verdict}
    turn.moved.update(pair)
    turn.scanned.joined += 1
    return {}


def _was_undone(pair: Pair) -> bool:
    """Whether a merge between the two was taken back once: what a person undid no rule does again."""
    sides = groups(pair)
    undone = Merge.objects.filter(undone_at__isnull=False)
    one, other = sides[pair[0]], sides[pair[1]]
    between = undone.filter(kept__in=one, absorbed__in=other) | undone.filter(
        kept__in=other, absorbed__in=one
    )
    return between.exists()


def _in_rank(low: int, high: int) -> Pair:
    """Who is kept: an active customer before an archived one, then who has been known for longer."""
    active = set(Customer.objects.filter(pk__in=(low, high), status="active").values_list("pk", flat=True))
    return (high, low) if high in active and low not in active else (low, high)


def _keep_open(waiting: dict[Pair, Verdict], at: datetime) -> None:
    rows = sorted(waiting.items())
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            UPSERT,
            [
                at,
                [pair[0] for pair, _verdict in rows],
                [pair[1] for pair, _verdict in rows],
                [verdict.score for _pair, verdict in rows],
                [json.dumps(verdict.grounds) for _pair, verdict in rows],
            ],
        )


def _drop_stale(open_now: set[Pair], *, after: int, until: int | None) -> None:
    """Pairs that waited for a person and do not any more: they changed, or one was joined or erased."""
    rows = MatchPair.objects.filter(status="open", low_id__gt=after)
    if until is not None:
        rows = rows.filter(low_id__lte=until)
    stale = [
        pk for pk, low, high in rows.values_list("pk", "low_id", "high_id") if (low, high) not in open_now
    ]
    MatchPair.objects.filter(pk__in=stale, status="open").delete()
