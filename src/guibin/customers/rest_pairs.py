"""Possible duplicates for programs."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from guibin.core.clock import now
from guibin.customers import api, errors
from guibin.customers.permissions import MERGE_CUSTOMER
from guibin.web.access import actor_of, requires
from guibin.web.rest import CursorParams, Slice, slice_of

router = Router(tags=["customers"])


class GroundOut(Schema):
    """``points`` below zero speak against it."""

    code: str
    points: int


class PairOut(Schema):
    """Two customers by number, the earlier one first."""

    id: int
    one: str
    other: str
    status: Literal["open", "merged", "never"]
    score: int | None
    grounds: list[GroundOut]
    found_at: datetime
    decided_at: datetime | None


class DecisionIn(Schema):
    """``keep`` is the number of the customer who is kept when they are the same; else the earlier one."""

    answer: Literal["same", "never", "open"]
    keep: str = Field("", max_length=24)


class DecisionOut(Schema):
    """``merge`` is the id of the merge, by which it is undone."""

    answer: str
    merge: int | None


@router.get("/duplicates", response=Slice[PairOut], summary="Possible duplicates")
@requires(MERGE_CUSTOMER)
def list_duplicates(
    request: HttpRequest, params: Query[CursorParams], status: Literal["open", "never"] = "open"
) -> dict[str, Any]:
    """Pairs that wait for somebody to look, the surest first; with ``status=never`` those told apart."""
    after = params.after()
    page = int(after[0]) if after else 1
    found = api.list_pairs(actor=actor_of(request), status=status, page=page, size=params.limit)
    numbers = api.find_numbers({each for row in found.rows for each in (row.low_id, row.high_id)})
    rows = [_out(row, numbers) for row in found.rows]
    more = [rows[-1]] if rows and page * params.limit < found.total else []
    return slice_of([*rows, *more], params.limit, lambda _row: [page + 1])


@router.post("/duplicates/{pair_id}/decide", response=DecisionOut, summary="Decide on a pair")
@requires(MERGE_CUSTOMER)
def decide(request: HttpRequest, pair_id: int, body: DecisionIn) -> DecisionOut:
    """``same`` merges the two, ``never`` keeps them apart for good, ``open`` takes that mark back."""
    actor, at = actor_of(request), now()
    pair = api.get_pair(pair_id, actor=actor)
    if body.answer == "never":
        api.keep_apart(one_id=pair.low_id, other_id=pair.high_id, actor=actor, at=at)
    elif body.answer == "open":
        api.release_pair(pair_id=pair_id, actor=actor, at=at)
    else:
        kept = api.find_numbers([pair.low_id, pair.high_id])
        keep = next((pk for pk, number in kept.items() if number == body.keep.strip().upper()), None)
        if body.keep and keep is None:
            raise errors.CustomerUnknown(number=body.keep)
        return DecisionOut(
            answer="same", merge=api.join_pair(pair_id=pair_id, kept_id=keep, actor=actor, at=at)
        )
    return DecisionOut(answer=body.answer, merge=None)


def _out(row: api.PairView, numbers: dict[int, str]) -> PairOut:
    return PairOut(
        id=row.id,
        one=numbers[row.low_id],
        other=numbers[row.high_id],
        status=row.status,  # type: ignore[arg-type]  # checked by the database
        score=row.score,
        grounds=[GroundOut(code=code, points=points) for code, points in (*row.evidence, *row.against)],
        found_at=row.found_at,
        decided_at=row.decided_at,
    )
