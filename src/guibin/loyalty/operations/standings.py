"""Standings as they are stored, what moved between two of them, and how that is told.

Shared by the evaluation of everybody and that of one customer. Whoever decides holds `lock_standings`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from guibin.core.events import Entry, Event, subject
from guibin.customers import api as customers
from guibin.loyalty.events import StandingChanged, StandingGained, StandingLost, StandingMerged
from guibin.loyalty.models import Policy, Standing, StandingChange
from guibin.loyalty.values import VersionView


@dataclass(frozen=True, slots=True)
class Row:
    """A standing as it is stored, compared to see what changed."""

    version_id: int
    level: str
    rank: int
    next_level: str
    gap_permille: int
    spend_12m_minor: int
    receipt: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Move:
    """A level gained, changed or lost; ``is_merged`` when it ends because another stands for the customer
    since a merge, and is decided by what both bought."""

    customer_id: int
    level_from: str
    level_to: str
    receipt: dict[str, Any]
    is_merged: bool = False


def lock_standings() -> bool:
    """Take turns with every other decision until the caller's transaction ends.

    Whoever reads facts and decides by them takes this before reading, so that no decision that saw less
    overwrites one that saw more. False when no policy is in force, and there is nothing to lock.
    """
    return bool(Policy.objects.select_for_update().filter(active=True))


def forget_standings(customer_ids: Sequence[int]) -> None:
    """Drop the standings, and their history, of customers whose import is taken back: figures of purchases
    that are gone with it. The caller holds `lock_standings` since before it removed them."""
    for model in (Standing, StandingChange):
        model.objects.filter(customer_id__in=customer_ids).delete()


def read_current(customer_ids: Sequence[int] | None = None) -> tuple[dict[int, Row], dict[int, date | None]]:
    """Stored standings by customer (None: everybody's), and since when each level has been held."""
    rows = Standing.objects.all()
    if customer_ids is not None:
        rows = rows.filter(customer_id__in=customer_ids)
    stored: dict[int, Row] = {}
    since: dict[int, date | None] = {}
    for customer_id, *fields, began in rows.values_list(
        "customer_id", "version_id", "level", "rank", "next_level", "gap_permille", "spend_12m_minor",
        "receipt", "since",
    ):  # fmt: skip
        stored[customer_id] = Row(*fields)
        since[customer_id] = began
    return stored, since


def find_moves(current: Mapping[int, Row], wanted: Mapping[int, Row]) -> Iterator[Move]:
    """Level changes by customer id, so that batches touch rows in one order."""
    merged = _find_merged([key for key, row in current.items() if row.level and key not in wanted])
    for customer_id in sorted(current.keys() | wanted.keys()):
        was, now = current.get(customer_id), wanted.get(customer_id)
        before, after = was.level if was else "", now.level if now else ""
        if before != after:
            receipt = now.receipt if now else {"inputs": {}}
            yield Move(customer_id, before, after, receipt, is_merged=customer_id in merged)


def _find_merged(customer_ids: Sequence[int]) -> set[int]:
    stands = customers.resolve(customer_ids) if customer_ids else {}
    return {customer_id for customer_id, head in stands.items() if head != customer_id}


def began_on(row: Row, *, moved: bool, since: date | None, as_of: date) -> date | None:
    """Since when the level of ``row`` is held; None without a level."""
    if not row.rank:
        return None
    return as_of if moved else since or as_of


def told_of(moves: Sequence[Move], version: VersionView, as_of: date) -> Iterator[Entry]:
    """One event per move. Subjects: the customer and the version that decided."""
    day = as_of.isoformat()
    for move in moves:
        about = [subject("customer", move.customer_id), subject("policy_version", version.id)]
        yield Entry(_event(move, version, day), about)


def _event(move: Move, version: VersionView, day: str) -> Event:
    policy, number = version.policy_code, version.number
    if not move.level_from:
        return StandingGained(policy=policy, version=number, level=move.level_to, as_of=day)
    if move.is_merged:
        return StandingMerged(policy=policy, version=number, level=move.level_from, as_of=day)
    if not move.level_to:
        return StandingLost(policy=policy, version=number, level=move.level_from, as_of=day)
    return StandingChanged(
        policy=policy, version=number, level_from=move.level_from, level_to=move.level_to, as_of=day
    )
