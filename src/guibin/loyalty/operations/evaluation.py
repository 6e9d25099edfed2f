"""Deciding everybody from a facts table: only what changed is written, one event per changed customer."""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
from django.db import connection, transaction
from psycopg.types.json import Jsonb

from guibin.core.events import Origin, record, record_many, subject
from guibin.core.permissions import Actor
from guibin.customers.api import find_numbers
from guibin.loyalty.events import StandingEvaluated
from guibin.loyalty.models import EvaluationRun, Standing
from guibin.loyalty.operations.standings import (
    Move,
    Row,
    began_on,
    find_moves,
    lock_standings,
    read_current,
    told_of,
)
from guibin.loyalty.queries.decisions import Decider
from guibin.loyalty.queries.numbers import get_formula, get_near_permille
from guibin.loyalty.queries.policies import get_version_in_force, list_members
from guibin.loyalty.queries.standing import as_evaluation
from guibin.loyalty.rules.columns import Rows, find_spend_lines
from guibin.loyalty.values import Evaluation, VersionView


def evaluate(
    *, facts: pa.Table, as_of: date, actor: Actor, at: datetime, origin: Origin = Origin.LIVE
) -> Evaluation:
    """Decide every customer of `facts` by the policy version in force on `as_of`.

    Raises `PolicyInactive`. Customers missing from the facts lose their standing; customers who are no more
    there, because their import was taken back since the facts were made, get none.
    """
    with transaction.atomic():
        lock_standings()
        version = get_version_in_force(as_of)
        decider = Decider(version.rules, facts, get_formula(), list_members(version.policy_code))
        vips, near = decider.vips(), decider.near(get_near_permille())
        decided = decided_rows(decider, np.union1d(vips, near), version_id=version.id)
        here = find_numbers(decided)
        wanted = {customer_id: row for customer_id, row in decided.items() if customer_id in here}
        current, since = read_current()
        moves = list(find_moves(current, wanted))
        moved = {move.customer_id for move in moves}
        changed = {key: row for key, row in wanted.items() if current.get(key) != row}
        _write(changed, moved=moved, since=since, as_of=as_of)
        Standing.objects.filter(customer_id__in=[key for key in current if key not in wanted]).delete()
        _write_history(moves, version, as_of, at)
        run = EvaluationRun.objects.create(
            version_id=version.id,
            as_of=as_of,
            at=at,
            customers=facts.num_rows,
            vips=len(vips),
            near=len(near),
            vip_spend_12m_minor=int(decider.spend[vips].sum()),
            total_12m_minor=int(decider.spend.sum()),
            gained=sum(1 for move in moves if not move.level_from),
            changed=sum(1 for move in moves if move.level_from and move.level_to),
            lost=sum(1 for move in moves if not move.level_to and not move.is_merged),
            left_out=list(decider.formula.left_out),
            spend_lines=find_spend_lines(decider.spend),
        )
        _record(moves, run, version, actor=actor, at=at, origin=origin)
        return as_evaluation(run)


def decided_rows(decider: Decider, rows: Rows, *, version_id: int) -> dict[int, Row]:
    """{customer id: what to store} of these rows of the facts, read off the columns."""
    levels = [("", 0), *((level.code, level.rank) for level in decider.rules.levels), ("", 0)]
    held = (decider.outcome.level[rows].astype(np.int64) + 1).tolist()
    gaps = np.minimum(1000, np.ceil(decider.outcome.gap[rows] * 1000)).astype(np.int64).tolist()
    columns = (decider.ids[rows].tolist(), held, gaps, decider.spend[rows].tolist(), decider.stored(rows))
    return {
        customer_id: Row(
            version_id=version_id,
            level=levels[at][0],
            rank=levels[at][1],
            next_level=levels[at + 1][0],
            gap_permille=gap,
            spend_12m_minor=spend,
            receipt=receipt,
        )
        for customer_id, at, gap, spend, receipt in zip(*columns, strict=True)
    }


MAKE_NEW = """
CREATE TEMPORARY TABLE loyalty_standing_new ON COMMIT DROP AS
SELECT customer_id, version_id, level, rank, next_level, gap_permille, spend_12m_minor, receipt, since, as_of
FROM loyalty_standing WITH NO DATA
"""
COPY_NEW = """
COPY loyalty_standing_new
    (customer_id, version_id, level, rank, next_level, gap_permille, spend_12m_minor, receipt, since, as_of)
FROM STDIN (FORMAT BINARY)
"""
MERGE_NEW = """
INSERT INTO loyalty_standing
    (customer_id, version_id, level, rank, next_level, gap_permille, spend_12m_minor, receipt, since, as_of)
SELECT customer_id, version_id, level, rank, next_level, gap_permille, spend_12m_minor, receipt, since, as_of
FROM loyalty_standing_new ORDER BY customer_id
ON CONFLICT (customer_id) DO UPDATE SET
    version_id = excluded.version_id, level = excluded.level, rank = excluded.rank,
    next_level = excluded.next_level, gap_permille = excluded.gap_permille,
    spend_12m_minor = excluded.spend_12m_minor, receipt = excluded.receipt,
    since = excluded.since, as_of = excluded.as_of
"""
COPY_HISTORY = """
COPY loyalty_standingchange (customer_id, version_id, level_from, level_to, as_of, at, receipt)
FROM STDIN (FORMAT BINARY)
"""
TYPES = ["int8", "int8", "text", "int2", "text", "int2", "int8", "jsonb", "date", "date"]


def _write(
    rows: Mapping[int, Row], *, moved: set[int], since: Mapping[int, date | None], as_of: date
) -> None:
    """Insert or replace standings set-based, in customer order."""
    if not rows:
        return

    def values() -> Iterator[tuple[object, ...]]:
        for key in sorted(rows):
            row = rows[key]
            began = began_on(row, moved=key in moved, since=since.get(key), as_of=as_of)
            yield (
                key, row.version_id, row.level, row.rank, row.next_level, row.gap_permille,
                row.spend_12m_minor, Jsonb(row.receipt), began, as_of,
            )  # fmt: skip

    with connection.cursor() as cursor:
        cursor.execute(MAKE_NEW)
        _copy(cursor, COPY_NEW, TYPES, values())
        cursor.execute(MERGE_NEW)
        cursor.execute("DROP TABLE loyalty_standing_new")


def _write_history(moves: Iterable[Move], version: VersionView, as_of: date, at: datetime) -> None:
    types = ["int8", "int8", "text", "text", "date", "timestamptz", "jsonb"]
    rows = (
        (move.customer_id, version.id, move.level_from, move.level_to, as_of, at, Jsonb(move.receipt))
        for move in moves
    )
    with connection.cursor() as cursor:
        _copy(cursor, COPY_HISTORY, types, rows)


def _copy(cursor: Any, statement: str, types: list[str], rows: Iterable[tuple[object, ...]]) -> None:
    with cursor.copy(statement) as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)


def _record(
    moves: list[Move],
    run: EvaluationRun,
    version: VersionView,
    *,
    actor: Actor,
    at: datetime,
    origin: Origin,
) -> None:
    """One event per changed customer under one batch, and one for the evaluation itself."""
    entries = told_of(moves, version, run.as_of)
    record_many(entries, actor=actor, at=at, origin=origin, batch_id=uuid.uuid4())
    record(
        StandingEvaluated(
            policy=version.policy_code,
            version=version.number,
            as_of=run.as_of.isoformat(),
            gained=run.gained,
            changed=run.changed,
            lost=run.lost,
        ),
        subjects=[subject("policy_version", version.id)],
        actor=actor,
        at=at,
        origin=origin,
    )
