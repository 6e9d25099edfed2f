"""Draw a list: the page around it, the fragment htmx asks for, or the file it is exported to."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header

from guibin.core import clock
from guibin.core.paging import Page
from guibin.web.access import actor_of
from guibin.web.links import link_url
from guibin.web.listing.cells import draw_rows, exported
from guibin.web.listing.chips import draw_chips
from guibin.web.listing.spec import Column, ListSpec
from guibin.web.listing.state import SIZES, ListState
from guibin.web.operations import record_export
from guibin.web.queries import list_views
from guibin.web.spreadsheets import ROWS_MAX, csv_chunks, xlsx_chunks

Fetch = Callable[[ListState], Page[Any]]
Stream = Callable[[ListState], Iterator[Any]]
Count = Callable[[ListState], int]
EXPORT_PAGE_ROWS = 1000
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def render_list(
    request: HttpRequest,
    spec: ListSpec,
    fetch: Fetch,
    *,
    template: str = "web/list_page.html",
    context: Mapping[str, Any] | None = None,
    stream: Stream | None = None,
    count: Count | None = None,
) -> HttpResponse | StreamingHttpResponse:
    """Answer a request for a list.

    ``fetch`` gives the page of rows that a state asks for; ``stream`` all rows of a state, for exports;
    ``count`` how many those are, where a page's total may stop counting.
    Raises ``Forbidden`` when an export is asked for without its permission.
    """
    state = ListState.from_request(request, spec)
    wanted = request.POST.get("export", "") if request.method == "POST" else ""
    if wanted in TYPES and spec.export is not None:
        actor_of(request).require(spec.export)
        rows = stream(state) if stream is not None else _every_row(fetch, state)
        total = count(state) if count is not None else fetch(state.at_page(1)).total
        return _export(request, spec, state, rows, total, wanted)
    listing = draw_list(request, spec, state, fetch)
    if request.headers.get("HX-Target") in {spec.element_id, f"{spec.element_id}-rows"}:
        response = render(request, "web/components/list.html", {**(context or {}), "listing": listing})
        response["HX-Push-Url"] = listing["url"]
    else:
        response = render(request, template, {**(context or {}), "listing": listing})
    response["Vary"] = "HX-Request, HX-Target, Cookie"
    return response


def draw_list(request: HttpRequest, spec: ListSpec, state: ListState, fetch: Fetch) -> dict[str, Any]:
    """Everything the list's template needs. One fetch, and one query for saved views."""
    actor = actor_of(request)
    page = fetch(state)
    if not page.rows and state.page > 1 and page.total:
        state = state.at_page(page.pages)
        page = fetch(state)
    columns = visible_columns(spec, state, request)
    allowed = [a for a in spec.actions if a.permission is None or actor.may(a.permission)]
    bulk = [
        (action, url)
        for action in spec.bulk
        if (action.permission is None or actor.may(action.permission))
        and (url := link_url(action.link, actor=actor))
    ]
    fields, bar, more = draw_chips(spec, state)
    query = state.query(spec)
    views = list_views(actor=actor, list_name=spec.name)
    return {
        "spec": spec,
        "state": state,
        "page": page,
        "rows": draw_rows(spec, columns, page.rows, allowed),
        "columns": [_heading(column, spec, state) for column in columns],
        "all_columns": [(column, column in columns) for column in spec.columns_for(actor)],
        "has_actions": bool(allowed),
        "bulk": bulk,
        "fields": fields,
        "bar": bar,
        "more": more,
        "filtered": bool(state.filters),
        "personal": {key: state.get(key) for key in state.filters if spec.filter_by_key[key].personal},
        "sizes": SIZES,
        "sort": f"-{state.sort}" if state.descending else state.sort,
        "path": request.path,
        "query": query,
        "url": f"{request.path}?{query}" if query else request.path,
        "page_url": f"{request.path}?{_joined(state.query(spec, page=False))}page=",
        "clear_url": request.path,
        "views": [(view, view.query == state.query(spec, page=False)) for view in views],
        "may_save": actor.staff_id is not None,
        "may_export": spec.export is not None and actor.may(spec.export),
        "empty_url": link_url(spec.empty.link, actor=actor) if spec.empty.link else "",
    }


def _joined(query: str) -> str:
    return f"{query}&" if query else ""


def visible_columns(spec: ListSpec, state: ListState, request: HttpRequest) -> list[Column]:
    """Picked columns in the spec's order, or those that are not hidden; never one the actor may not see."""
    allowed = spec.columns_for(actor_of(request))
    picked = [column for column in allowed if column.key in state.columns or column.primary]
    return picked if state.columns else [column for column in allowed if not column.hidden]


def _heading(column: Column, spec: ListSpec, state: ListState) -> tuple[Column, str, str]:
    """(column, address that sorts by it, value of aria-sort)."""
    if not column.sort:
        return column, "", ""
    direction = "descending" if state.descending else "ascending"
    return (
        column,
        "?" + state.sorted_by(column).query(spec),
        direction if state.sort == column.key else "none",
    )


def _export(
    request: HttpRequest, spec: ListSpec, state: ListState, source: Iterator[Any], total: int, wanted: str
) -> StreamingHttpResponse:
    """Exactly what is shown: the same filters, sort and columns, all pages."""
    columns = visible_columns(spec, state, request)
    at = clock.now()
    record_export(
        actor=actor_of(request), list_name=spec.name, file_format=wanted, rows=min(total, ROWS_MAX), at=at
    )
    rows = ([exported(column, row) for column in columns] for row in islice(source, ROWS_MAX))
    headings = [str(column.label) for column in columns]
    chunks = csv_chunks(headings, rows) if wanted == "csv" else xlsx_chunks(str(spec.unit), headings, rows)
    response = StreamingHttpResponse(chunks, content_type=TYPES[wanted])
    name = f"{spec.name.replace('.', '-')}-{at:%Y%m%d-%H%M}.{wanted}"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return response


def _every_row(fetch: Fetch, state: ListState) -> Iterator[Any]:
    number = 1
    while True:
        page = fetch(state.at_page(number, EXPORT_PAGE_ROWS))
        yield from page.rows
        if len(page.rows) < EXPORT_PAGE_ROWS:
            return
        number += 1


def listing_html(request: HttpRequest, listing: Mapping[str, Any]) -> str:
    """The list as HTML, for ``{% listing %}``."""
    return render_to_string("web/components/list.html", {"listing": listing}, request=request)
