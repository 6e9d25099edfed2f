"""Addresses that only tests mount: each way a view can be marked, fail, or be forgotten."""

import itertools
from datetime import date
from threading import Event
from typing import Literal

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import include, path
from ninja import Field, Query, Router, Schema, Status

from guibin.core.clock import now
from guibin.core.errors import Conflict, Forbidden, Invalid, NotFound
from guibin.core.permissions import Permission
from guibin.web.access import public, public_urls, requires, signed_in
from guibin.web.models import SavedView
from guibin.web.once import answers_anew, body_chunks, reads_only, streams_body
from guibin.web.rest import Api, CursorParams, Slice, slice_of
from guibin.web.urls import urlpatterns as own

READ = Permission("web.read_trial", "read", "read")
WRITE = Permission("web.write_trial", "write", "write")
ERRORS = {"403": Forbidden, "404": NotFound, "409": Conflict, "422": Invalid}


def forgotten(request: HttpRequest) -> HttpResponse:
    return HttpResponse("never")


@public
def open_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("open")


@public
def shown(request: HttpRequest) -> HttpResponse:
    return render(request, "web/page.html", {})


@signed_in
def inside(request: HttpRequest) -> HttpResponse:
    return HttpResponse("inside")


@requires(READ, WRITE)
def both(request: HttpRequest) -> HttpResponse:
    return HttpResponse("both")


@public
def fails(request: HttpRequest, status: str) -> HttpResponse:
    if status == "500":
        raise RuntimeError("a bug")
    if status == "400":
        from django.core.exceptions import BadRequest

        raise BadRequest
    raise ERRORS[status](thing="x")


@public
def search(request: HttpRequest) -> JsonResponse:
    """Answers only what came in the body."""
    words = request.POST.get("q", "")
    items = [
        {"title": f"{words} {n}", "note": f"GB-{n}", "url": f"/open?{n}", "icon": "user"} for n in (1, 2)
    ]
    groups = [{"label": "Customers", "items": items if words != "nobody" else []}]
    return JsonResponse({"groups": groups})


router = Router(tags=["trial"])


@router.get("/rows", response=Slice[int])
@signed_in
def rows(request: HttpRequest, params: Query[CursorParams]) -> object:
    after = params.after()
    start = int(after[0]) if after else 0
    found = list(range(start + 1, min(start + params.limit + 1, 250) + 1))
    return slice_of(found, params.limit, lambda row: [row])


@router.get("/rows/{number}")
@requires(READ)
def row(request: HttpRequest, number: int) -> dict[str, int]:
    raise NotFound


@router.get("/forgotten")
def forgotten_operation(request: HttpRequest) -> dict[str, int]:
    return {"never": 1}


class Named(Schema):
    name: str = Field(min_length=1, max_length=20)
    size: Literal["small", "large"] = "small"
    days: list[date] = Field(default_factory=list, max_length=2)


class NameTaken(Conflict):
    code = "web.name_taken"


looks = itertools.count(1)
PAUSE: dict[str, Event] = {}


def write_name(name: str) -> int:
    row = SavedView.objects.create(staff_id=1, list_name="trial", name=name, query="", created_at=now())
    return row.pk


@router.post("/names", response={201: dict[str, str | int]})
@requires(WRITE)
def add_name(request: HttpRequest, body: Named, loud: int = 0) -> Status[dict[str, str | int]]:
    made = write_name(body.name)
    if body.name == "taken":
        raise NameTaken
    return Status(201, {"id": made, "name": body.name})


@router.delete("/names/{name}", response={204: None})
@requires(WRITE)
def delete_name(request: HttpRequest, name: str) -> Status[None]:
    if not SavedView.objects.filter(name=name).delete()[0]:
        raise NotFound
    return Status(204, None)


@router.post("/looks", response=dict[str, int])
@requires(READ)
@answers_anew
def look(request: HttpRequest, body: Named) -> dict[str, int]:
    return {"look": next(looks)}


@router.post("/finds", response=dict[str, str])
@requires(READ)
@reads_only
def find(request: HttpRequest, body: Named) -> dict[str, str]:
    return {"found": body.name}


@router.post("/files", response={202: dict[str, int]})
@requires(WRITE)
@streams_body
def take_file(request: HttpRequest) -> Status[dict[str, int]]:
    return Status(202, {"bytes": sum(len(chunk) for chunk in body_chunks(request))})


@router.post("/slow", response={201: dict[str, int]})
@requires(WRITE)
def add_slowly(request: HttpRequest, body: Named) -> Status[dict[str, int]]:
    """Writes, and goes on when the test says so."""
    made = write_name(body.name)
    PAUSE["begun"].set()
    assert PAUSE["go_on"].wait(10)
    return Status(201, {"id": made})


trial = Api(title="trial", urls_namespace="trial")
trial.add_router("", router)

urlpatterns = [
    *own,
    path("forgotten", forgotten),
    path("open", open_page),
    path("shown", shown),
    path("search", search),
    path("inside", inside),
    path("both", both),
    path("fails/<str:status>", fails),
    path("third/", public_urls(include([path("party", lambda request: HttpResponse("third"))]))),
    path("api/v1/", trial.urls),
]
handler400 = "guibin.web.errors.bad_request"
handler403 = "guibin.web.errors.permission_denied"
handler404 = "guibin.web.errors.page_not_found"
handler500 = "guibin.web.errors.server_error"
