"""The running sums behind the lists: folded as they grow, and mended should they ever have drifted."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from guibin.core.events import record
from guibin.core.permissions import Actor
from guibin.purchases.events import SumsMended
from guibin.purchases.operations.copying import execute
from guibin.purchases.operations.totals import recount_orders
from guibin.purchases.queries.imports import find_broken_sums


@dataclass(frozen=True, slots=True)
class Tally:
    """A table of differences: its ``key`` (columns in ``nullable`` may be null), what it adds up, and
    ``truth``, the query of the same columns over the facts themselves."""

    table: str
    key: tuple[str, ...]
    sums: tuple[str, ...]
    truth: str
    nullable: frozenset[str] = frozenset()

    def words(self) -> dict[str, str]:
        """What the statements below are filled with."""
        return {
            "table": self.table,
            "key": ", ".join(self.key),
            "sums": ", ".join(self.sums),
            "truth": self.truth,
            "negative": ", ".join(f"-{name}" for name in self.sums),
            "added": ", ".join(f"sum({name})" for name in self.sums),
            "nothing": " AND ".join(f"sum({name}) = 0" for name in self.sums),
            "same": " AND ".join(f"{self._known('t', name)} = {self._known('n', name)}" for name in self.key),
        }

    def _known(self, row: str, name: str) -> str:
        """A column as the index over the key has it: no id is 0, so 0 may stand for none."""
        return f"coalesce({row}.{name}, 0)" if name in self.nullable else f"{row}.{name}"


TALLIES = (
    Tally(
        "purchases_ordertally",
        ("ordered_on", "store_id", "channel", "status"),
        ("orders", "amount_base_minor"),
        "SELECT ordered_on, store_id, channel, status, 1 AS orders, amount_base_minor FROM purchases_order",
        frozenset({"store_id"}),
    ),
    Tally(
        "purchases_producttally",
        ("product_id", "sold_on"),
        ("lines", "quantity", "amount_base_minor"),
        "SELECT l.product_id, o.ordered_on AS sold_on, 1 AS lines, l.quantity, l.amount_base_minor"
        " FROM purchases_orderline l JOIN purchases_order o ON o.id = l.order_id"
        " WHERE l.product_id IS NOT NULL AND o.status <> 'cancelled'",
    ),
)
RECOUNTED_AT_ONCE = 10_000
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('purchases.tallies', 0))"
# Folding must cost what is new, however wrong the statistics of a table that grows by differences are: each
# step leaves the planner one cheap way in, so that it has nothing to guess. Sums of nothing are left out, so
# they go.
FOLD = """
WITH fresh AS MATERIALIZED (
    SELECT {key} FROM {table} WHERE NOT folded
), old AS MATERIALIZED (
    SELECT o.id FROM (SELECT DISTINCT {key} FROM fresh) n
    CROSS JOIN LATERAL (SELECT t.id FROM {table} t WHERE {same} OFFSET 0) o
), gone AS (
    DELETE FROM {table} WHERE id = ANY(ARRAY(SELECT id FROM old)) RETURNING *
)
INSERT INTO {table} ({key}, {sums}, folded)
SELECT {key}, {added}, true FROM gone GROUP BY {key} HAVING NOT ({nothing})
"""
# One statement sees one moment, in which facts and sums must agree: what is missing between them is added as
# one more difference. Whoever writes meanwhile adds their own, so nobody is locked out.
MEND = """
INSERT INTO {table} ({key}, {sums})
SELECT {key}, {added} FROM (
    {truth}
    UNION ALL SELECT {key}, {negative} FROM {table}) d
GROUP BY {key} HAVING NOT ({nothing})
"""


@dataclass(frozen=True, slots=True)
class Mended:
    """How many orders had sums that were not those of their lines, and how many running sums were wrong."""

    orders: int
    tallies: int


def fold_tallies() -> None:
    """Make one row of each key that has new rows; its cost grows with those, not with the shop."""
    for tally in TALLIES:
        with transaction.atomic():
            execute(ONE_AT_A_TIME)
            execute("SET LOCAL enable_seqscan = off")
            execute(FOLD.format(**tally.words()))
            execute("SET LOCAL enable_seqscan = on")


def rebuild_sums(*, actor: Actor, at: datetime) -> Mended:
    """Bring orders in line with their lines, and the running sums in line with the orders.

    Nothing is locked but the orders put right. Reads every order and line once or twice.
    """
    mended = Mended(orders=_recount(actor, at), tallies=_add_differences(actor, at))
    fold_tallies()
    return mended


def _recount(actor: Actor, at: datetime) -> int:
    orders = 0
    while broken := find_broken_sums(RECOUNTED_AT_ONCE):
        with transaction.atomic():
            changed = recount_orders(broken)
            _tell(Mended(changed, 0), actor, at)
        orders += changed
        if not changed:
            break  # orders without lines have nothing to be counted from
    return orders


def _add_differences(actor: Actor, at: datetime) -> int:
    with transaction.atomic():
        execute(ONE_AT_A_TIME)
        tallies = sum(execute(MEND.format(**tally.words())) for tally in TALLIES)
        _tell(Mended(0, tallies), actor, at)
    return tallies


def _tell(mended: Mended, actor: Actor, at: datetime) -> None:
    if mended.orders or mended.tallies:
        event = SumsMended(orders=mended.orders, tallies=mended.tallies)
        record(event, subjects=[], actor=actor, at=at)
