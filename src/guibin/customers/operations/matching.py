"""Match tokens: renewed with what they are made of, and filled in for customers who have none yet."""

from collections.abc import Callable, Collection

from django.db import connection, transaction

from guibin.core.permissions import Actor
from guibin.customers.models import SearchToken
from guibin.customers.permissions import MERGE_CUSTOMER
from guibin.customers.queries.traits import get_policies, load_traits, match_tokens

BATCH = 2000
TOKEN_FIELDS = frozenset({"name", "latin_name", "birthday", "address", "province", "city", "id_number"})
"""Profile fields that match tokens are made of."""

RENEW = """
UPDATE customers_searchtoken t SET match_tokens = n.tokens::int8[]
FROM unnest(%s::int8[], %s::text[]) AS n (id, tokens)
WHERE t.customer_id = n.id AND t.match_tokens IS DISTINCT FROM n.tokens::int8[]
"""


def renew_match_tokens(customer_ids: Collection[int]) -> None:
    """Make the match tokens of these customers those of what is stored now."""
    if not customer_ids:
        return
    traits = load_traits(customer_ids, get_policies())
    ids = sorted(traits)
    texts = [f"{{{','.join(map(str, match_tokens(traits[pk])))}}}" for pk in ids]
    with connection.cursor() as cursor:
        cursor.execute(RENEW, [ids, texts])


def fill_match_tokens(
    *,
    everybody: bool = False,
    actor: Actor,
    progress: Callable[[int, int], None] | None = None,
    after: int = 0,
) -> int:
    """Tokens for customers who have none (for all with ``everybody``, as when policies changed); returns how
    many were looked at. Each batch is a transaction of its own, so that what was done stays done; ``after``
    is the id to go on from."""
    actor.require(MERGE_CUSTOMER)
    waiting = SearchToken.objects.all() if everybody else SearchToken.objects.filter(match_tokens=[])
    waiting = waiting.order_by("pk")
    total = waiting.filter(pk__gt=after).count()
    done = 0
    while ids := list(waiting.filter(pk__gt=after).values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            list(SearchToken.objects.filter(pk__in=ids).order_by("pk").select_for_update().only("pk"))
            renew_match_tokens(ids)
        after = ids[-1]
        done += len(ids)
        if progress:
            progress(done, max(total, done))
    return done
