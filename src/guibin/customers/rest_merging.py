"""Merging and taking apart for programs: ``/customers/{number}/merges`` and ``/merges/{id}/undo``."""

from datetime import datetime
from typing import Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from guibin.core.clock import now
from guibin.customers import api
from guibin.customers.permissions import MERGE_CUSTOMER, VIEW_CUSTOMER
from guibin.customers.queries.merges import MergeView, get_merge, list_merges
from guibin.web.access import actor_of, requires

router = Router(tags=["customers"])
Side = Literal["kept", "absorbed"]


class MergeIn(Schema):
    """Who is the same person as the customer in the address, which is the one that is kept."""

    absorbed: str = Field(max_length=24, description="Customer number of the one that goes into the other.")
    choices: dict[str, Side] = Field(
        default_factory=dict,
        description="Per profile field whose value stands; others keep the value there is.",
    )


class UndoIn(Schema):
    keep_apart: bool = Field(
        default=True, description="Remember that they are two people; never propose them again."
    )


class EvidenceOut(Schema):
    code: str
    points: int


class MergeOut(Schema):
    """A merge; in force while ``undone_at`` is null. Who did it is an actor code such as ``staff:7``."""

    id: int
    kept: str
    absorbed: str
    reason: str
    score: int | None
    evidence: list[EvidenceOut]
    choices: dict[str, Side]
    merged_by: str
    merged_at: datetime
    undone_by: str
    undone_at: datetime | None

    @staticmethod
    def of(view: MergeView) -> "MergeOut":
        return MergeOut(
            id=view.id,
            kept=view.kept,
            absorbed=view.absorbed,
            reason=view.reason,
            score=view.score,
            evidence=[EvidenceOut(code=code, points=points) for code, points in view.evidence],
            choices=dict(view.choices),
            merged_by=view.merged_by,
            merged_at=view.merged_at,
            undone_by=view.undone_by,
            undone_at=view.undone_at,
        )


class UndoneOut(Schema):
    """The merge as it is now, and the profile fields of the kept one that were given back."""

    merge: MergeOut
    given_back: list[str]


@router.post("/customers/{number}/merges", response={201: MergeOut}, summary="Merge two customers")
@requires(MERGE_CUSTOMER)
def merge_customers(request: HttpRequest, number: str, body: MergeIn) -> Status[MergeOut]:
    """The customer in the address is kept; from then on the absorbed number answers for the same person.
    Refused (409) when one of them was merged into somebody else, when their ID numbers differ, and when they
    are known to be two people."""
    actor = actor_of(request)
    merge_id = api.merge_customers(
        kept_id=api.get_bearer(number, actor=actor),
        absorbed_id=api.get_bearer(body.absorbed, actor=actor),
        choices=body.choices,
        actor=actor,
        at=now(),
    )
    return Status(201, MergeOut.of(get_merge(merge_id, actor=actor)))


@router.get("/customers/{number}/merges", response=list[MergeOut], summary="The merges behind a customer")
@requires(VIEW_CUSTOMER)
def list_merges_of(request: HttpRequest, number: str) -> list[MergeOut]:
    """Every merge any number of this person took part in, newest first, those taken back too."""
    actor = actor_of(request)
    return [MergeOut.of(view) for view in list_merges(api.get_id(number, actor=actor), actor=actor)]


@router.post("/merges/{merge_id}/undo", response=UndoneOut, summary="Take a merge apart")
@requires(MERGE_CUSTOMER)
def undo_merge(request: HttpRequest, merge_id: int, body: UndoIn) -> UndoneOut:
    """Two customers again: every row belongs to whom it was born with, and fields the merge wrote are given
    back unless somebody has changed them since."""
    actor = actor_of(request)
    fields = api.undo_merge(merge_id=merge_id, keep_apart=body.keep_apart, actor=actor, at=now())
    return UndoneOut(merge=MergeOut.of(get_merge(merge_id, actor=actor)), given_back=list(fields))
