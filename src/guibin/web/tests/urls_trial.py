"""Addresses that only tests mount: each way a view can be marked, fail, or be forgotten."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import include, path
from ninja import Query, Router

from guibin.core.errors import Conflict, Forbidden, Invalid, NotFound
from guibin.core.permissions import Permission
from guibin.web.access import public, public_urls, requires, signed_in
from guibin.web.rest import Api, CursorParams, Slice, api, authenticate, guarded, slice_of
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


trial = Api(title="trial", urls_namespace="trial", docs_url=None, auth=authenticate)
trial.add_decorator(guarded)
trial._exception_handlers = api._exception_handlers
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
