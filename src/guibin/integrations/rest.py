"""Imports for programs: upload, look, start, stop, take back. ``/api/v1/imports``."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from guibin.core.clock import now
from guibin.integrations import api
from guibin.integrations.inspection import as_report
from guibin.integrations.permissions import IMPORT_FILES, UNDO_IMPORTS, VIEW_IMPORTS
from guibin.web.access import actor_of, requires
from guibin.web.once import body_chunks, streams_body

router = Router(tags=["imports"])
FILE = {"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {}}}}}


class Report(Schema):
    """An import; ``outcomes`` add up to ``rows_read``, amounts are exact decimal strings in ``currency``."""

    import_: int = Field(alias="import")
    kind: str
    state: str
    template: str | None
    rows_read: int
    outcomes: dict[str, int]
    amount_before_exclusions: str | None
    amount_imported: str | None
    amount_excluded: str | None
    excluded: dict[str, str]
    rounding_difference: str | None
    currency: str | None
    as_of: Any
    first_day: str | None
    orders: int
    customers: int
    customers_met: int
    payments: int
    orders_paid_otherwise: int
    parcels_without_customer: int
    seconds: float
    error: str | None


class Reports(Schema):
    imports: list[Report]
    total: int


class Queued(Schema):
    import_: int = Field(alias="import")
    job: int


@router.post("/imports", response={202: Queued}, by_alias=True, openapi_extra=FILE)
@requires(IMPORT_FILES)
@streams_body
def create_import(
    request: HttpRequest, kind: str = "auto", template: str = "", file_name: str = "file"
) -> Status[dict[str, int]]:
    """The request's body is the file.

    It is read, mapped and counted in the background; nothing is written yet.
    """
    run_id = api.upload(
        kind=kind,
        file_name=file_name,
        chunks=body_chunks(request),
        step="prepare",
        options={"template_wanted": template},
        actor=actor_of(request),
        at=now(),
    )
    return Status(202, {"import": run_id, "job": api.get_import(run_id).job_id or 0})


@router.get("/imports", response=Reports, by_alias=True)
@requires(VIEW_IMPORTS)
def list_imports(request: HttpRequest, page: int = 1) -> dict[str, Any]:
    """Newest first, 50 at a time."""
    found = api.list_imports(number=max(1, page), size=50)
    return {"imports": [as_report(run) for run in found.rows], "total": found.total}


@router.get("/imports/{import_id}", response=Report, by_alias=True)
@requires(VIEW_IMPORTS)
def get_import(request: HttpRequest, import_id: int) -> dict[str, Any]:
    """Poll this until ``state`` is ``dry_run``, ``done``, ``failed`` or ``cancelled``."""
    return as_report(api.get_import(import_id))


@router.post("/imports/{import_id}/start", response={202: Queued}, by_alias=True)
@requires(IMPORT_FILES)
def start_import(request: HttpRequest, import_id: int) -> Status[dict[str, int]]:
    """The go-ahead after the dry run, or going on after a stop. Repeating it is harmless."""
    job = api.queue_step(run_id=import_id, step="run", actor=actor_of(request), at=now())
    return Status(202, {"import": import_id, "job": job})


@router.post("/imports/{import_id}/cancel", response=Report, by_alias=True)
@requires(IMPORT_FILES)
def cancel_import(request: HttpRequest, import_id: int) -> dict[str, Any]:
    api.ask_cancel(run_id=import_id, actor=actor_of(request), at=now())
    return as_report(api.get_import(import_id))


@router.post("/imports/{import_id}/undo", response={202: Queued}, by_alias=True)
@requires(UNDO_IMPORTS)
def undo_import(request: HttpRequest, import_id: int) -> Status[dict[str, int]]:
    """Take the whole import back in the background."""
    job = api.queue_step(run_id=import_id, step="undo", actor=actor_of(request), at=now())
    return Status(202, {"import": import_id, "job": job})
