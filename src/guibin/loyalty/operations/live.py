"""Deciding few customers at once after a purchase, in plain Python: the decision everybody's would be."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction

from guibin.core.events import record_many
from guibin.core.permissions import Actor
from guibin.loyalty.models import Standing, StandingChange
from guibin.loyalty.operations.standings import (
    Move,
    Row,
    began_on,
    find_moves,
    lock_standings,
    read_current,
    told_of,
)
from guibin.loyalty.queries.numbers import get_formula, get_near_permille
from guibin.loyalty.queries.policies import get_version_in_force, list_members
from guibin.loyalty.queries.standing import find_ground
from guibin.loyalty.rules.ground import Ground, complete, is_relative
from guibin.loyalty.rules.receipts import make_receipt
from guibin.loyalty.rules.score import ScoreFormula
from guibin.loyalty.rules.tree import Rules
from guibin.loyalty.values import VersionView

FactRow = Mapping[str, object]
WRITTEN = (
    "version", "level", "rank", "next_level", "gap_permille", "since", "as_of", "spend_12m_minor", "receipt",
)  # fmt: skip


def evaluate_some(
    *,
    customer_ids: Sequence[int],
    facts: Mapping[int, FactRow],
    as_of: date,
    actor: Actor,
    at: datetime,
) -> int:
    """Decide these customers by the version in force on `as_of`; returns how many standings were written.

    `facts` are fact rows read under `lock_standings`; who has none loses the standing, as in `evaluate`.
    What depends on the others (places, steps, parts the score leaves out) is taken from the last evaluation
    of everybody. Before there was one, nothing is decided. Raises `PolicyInactive`.
    """
    with transaction.atomic():
        lock_standings()
        version = get_version_in_force(as_of)
        ground = find_ground()
        if ground is None:
            return 0
        wanted = _decide(version, facts, ground)
        current, since = read_current(customer_ids)
        changed = {key: row for key, row in wanted.items() if not _is_same(current.get(key), row)}
        gone = [key for key in current if key not in wanted]
        moves = list(find_moves(current, wanted))
        _write(changed, moves, since, as_of)
        Standing.objects.filter(customer_id__in=gone).delete()
        _write_history(moves, version, as_of, at)
        record_many(told_of(moves, version, as_of), actor=actor, at=at, batch_id=uuid.uuid4())
        return len(changed) + len(gone)


def _decide(version: VersionView, facts: Mapping[int, FactRow], ground: Ground) -> dict[int, Row]:
    """What to store of each customer with a level, or just below the next line."""
    formula = replace(get_formula(), left_out=ground.left_out)
    lists, near = list_members(version.policy_code, list(facts)), get_near_permille()
    decided = {}
    for customer_id, row in facts.items():
        on = frozenset(code for code, ids in lists.items() if customer_id in ids)
        found = decide_one(version.rules, formula, complete(row, ground), on, ground=ground)
        if found.rank or 0 < found.gap_permille <= near:
            decided[customer_id] = replace(found, version_id=version.id)
    return decided


def decide_one(
    rules: Rules, formula: ScoreFormula, row: FactRow, lists: frozenset[str], *, ground: Ground
) -> Row:
    """What is stored of one customer, of no version yet. `row` is completed by `ground`."""
    receipt = make_receipt(rules, formula, row, lists)
    if is_relative(rules):
        receipt = replace(receipt, cuts_on=ground.as_of.isoformat())
    held, ahead = receipt.decision.level, receipt.decision.next_level
    return Row(
        version_id=0,
        level=held or "",
        rank=rules.level(held).rank if held else 0,
        next_level=ahead or "",
        gap_permille=receipt.gap_permille,
        spend_12m_minor=int(str(row.get("net_12m_minor") or 0)),
        receipt=receipt.stored(),
    )


def _is_same(was: Row | None, now: Row) -> bool:
    """Whether the same was decided; from the same numbers, the day of the cut points makes no other."""
    if was is None:
        return False
    bare = [{key: value for key, value in row.receipt.items() if key != "cuts_on"} for row in (was, now)]
    return bare[0] == bare[1] and replace(was, receipt={}) == replace(now, receipt={})


def _write(
    rows: Mapping[int, Row], moves: Sequence[Move], since: Mapping[int, date | None], as_of: date
) -> None:
    moved = {move.customer_id for move in moves}
    written = [
        Standing(
            customer_id=key,
            version_id=row.version_id,
            level=row.level,
            rank=row.rank,
            next_level=row.next_level,
            gap_permille=row.gap_permille,
            since=began_on(row, moved=key in moved, since=since.get(key), as_of=as_of),
            as_of=as_of,
            spend_12m_minor=row.spend_12m_minor,
            receipt=row.receipt,
        )
        for key, row in sorted(rows.items())
    ]
    Standing.objects.bulk_create(
        written, update_conflicts=True, unique_fields=["customer"], update_fields=WRITTEN
    )


def _write_history(moves: Sequence[Move], version: VersionView, as_of: date, at: datetime) -> None:
    StandingChange.objects.bulk_create(
        StandingChange(
            customer_id=move.customer_id,
            version_id=version.id,
            level_from=move.level_from,
            level_to=move.level_to,
            as_of=as_of,
            at=at,
            receipt=move.receipt,
        )
        for move in moves
    )
