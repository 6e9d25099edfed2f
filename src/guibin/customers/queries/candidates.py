"""Who shares a match token: the pairs worth comparing, and what was decided about them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain, combinations, groupby

from django.db import connection

from guibin.customers.models import CustomerAlias, MatchPair
from guibin.customers.queries.groups import resolve

Pair = tuple[int, int]

FETCHED = 20_000

SHARED = """
WITH held AS MATERIALIZED (
    SELECT unnest(match_tokens) AS token, customer_id FROM customers_searchtoken
), shared AS (
    SELECT token FROM held GROUP BY token HAVING count(*) > 1
)
SELECT h.token, coalesce(a.into_id, h.customer_id)
FROM shared s JOIN held h ON h.token = s.token
LEFT JOIN customers_customeralias a ON a.customer_id = h.customer_id
ORDER BY h.token
"""

SHARED_WITH = """
SELECT mine.token, coalesce(a.into_id, other.customer_id)
FROM (
    SELECT DISTINCT unnest(match_tokens) AS token FROM customers_searchtoken WHERE customer_id = ANY(%s)
) mine
CROSS JOIN LATERAL (
    SELECT customer_id FROM customers_searchtoken WHERE match_tokens @> ARRAY[mine.token] LIMIT %s
) other
LEFT JOIN customers_customeralias a ON a.customer_id = other.customer_id
ORDER BY mine.token
"""


@dataclass(slots=True)
class Candidates:
    """Pairs (lower id first, ascending) of ids that stand for people; ``left_out`` tokens were shared by too
    many to mean anything."""

    pairs: list[Pair] = field(default_factory=list)
    left_out: int = 0


def find_candidates(*, shared_max: int) -> Candidates:
    """Every pair of people who share a match token that at most ``shared_max`` people have."""
    connection.ensure_connection()
    with connection.chunked_cursor() as cursor:
        cursor.execute(SHARED)
        return _pairs(iter(lambda: cursor.fetchmany(FETCHED), []), shared_max)


def find_candidates_of(heads: Collection[int], *, shared_max: int) -> Candidates:
    """As ``find_candidates``, only pairs with one of ``heads``."""
    if not heads:
        return Candidates()
    wanted = set(heads)
    if len(wanted) > FETCHED:
        found = find_candidates(shared_max=shared_max)
        return Candidates([pair for pair in found.pairs if wanted.intersection(pair)], found.left_out)
    under = CustomerAlias.objects.filter(into_id__in=heads).values_list("customer_id", flat=True)
    with connection.cursor() as cursor:
        cursor.execute(SHARED_WITH, [[*heads, *under], 2 * shared_max + 1])
        found = _pairs([cursor.fetchall()], shared_max)
    return Candidates([pair for pair in found.pairs if wanted.intersection(pair)], found.left_out)


def _pairs(parts: Iterable[Sequence[tuple[int, int]]], shared_max: int) -> Candidates:
    pairs: set[Pair] = set()
    left_out = 0
    for _token, group in groupby(chain.from_iterable(parts), key=lambda row: row[0]):
        people = {head for _same, head in group}
        if len(people) > shared_max:
            left_out += 1
        elif len(people) > 1:
            pairs.update(combinations(sorted(people), 2))
    return Candidates(sorted(pairs), left_out)


def find_told_apart(heads: Collection[int] | None = None) -> set[Pair]:
    """Pairs of people of whom somebody said that they are two, by the ids that stand for them now; only those
    with one of ``heads`` when given."""
    rows = MatchPair.objects.filter(status="never")
    if heads is not None:
        under = CustomerAlias.objects.filter(into_id__in=heads).values_list("customer_id", flat=True)
        ids = [*heads, *under]
        rows = rows.filter(low_id__in=ids) | rows.filter(high_id__in=ids)
    pairs = list(rows.values_list("low_id", "high_id"))
    now = resolve({each for pair in pairs for each in pair})
    return {in_order(now[low], now[high]) for low, high in pairs}


def in_order(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)
