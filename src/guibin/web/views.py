"""Pages and small answers of the kit itself: look, saved views, chart files, gallery."""

import json
from importlib import import_module

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guibin.core import clock
from guibin.core.errors import Invalid
from guibin.web import gallery as samples
from guibin.web.access import actor_of, public, requires, signed_in
from guibin.web.context import THEME_COOKIE, THEMES
from guibin.web.listing import render_list
from guibin.web.operations import delete_view, save_view
from guibin.web.permissions import VIEW_GALLERY
from guibin.web.spreadsheets import csv_chunks, xlsx_chunks

YEAR_SECONDS = 365 * 24 * 3600
CHART_BYTES_MAX = 2_000_000


def next_url(request: HttpRequest) -> str:
    """Where the form came from, if that is a page of ours."""
    wanted = request.POST.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else "/"


@require_POST
@public
def look(request: HttpRequest) -> HttpResponse:
    """Keep the reader's theme and language: in cookies, and in the account of who is signed in."""
    response = HttpResponseRedirect(next_url(request))
    theme, language = request.POST.get("theme"), request.POST.get("language")
    theme = theme if theme in THEMES else None
    language = language if language in dict(settings.LANGUAGES) else None
    secure = bool(settings.SESSION_COOKIE_SECURE)
    for name, value in ((THEME_COOKIE, theme), (settings.LANGUAGE_COOKIE_NAME, language)):
        if value is not None:
            response.set_cookie(
                name, value, max_age=YEAR_SECONDS, samesite="Lax", secure=secure, httponly=True
            )
    keeper = getattr(settings, "GUIBIN_LOOK_KEEPER", "")
    actor = actor_of(request)
    if keeper and actor.kind == "staff":
        module, _dot, name = keeper.rpartition(".")
        getattr(import_module(module), name)(actor=actor, language=language, theme=theme, at=clock.now())
    return response


@require_POST
@signed_in
def view_save(request: HttpRequest) -> HttpResponse:
    """Save a list's filters under a name."""
    query, name = request.POST.get("query", ""), request.POST.get("name", "")
    save_view(
        actor=actor_of(request),
        list_name=request.POST.get("list", ""),
        name=name,
        query=query,
        at=clock.now(),
    )
    messages.success(request, _("View saved."))
    return HttpResponseRedirect(f"{next_url(request)}?{query}")


@require_POST
@signed_in
def view_delete(request: HttpRequest, view_id: int) -> HttpResponse:
    """Forget a saved view."""
    delete_view(actor=actor_of(request), view_id=view_id)
    messages.success(request, _("View deleted."))
    return HttpResponseRedirect(next_url(request))


class ChartUnreadable(Invalid):
    code = "web.chart_unreadable"


@require_POST
@signed_in
def chart_file(request: HttpRequest) -> StreamingHttpResponse:
    """The table of a chart, sent in by the page that shows it, as a file."""
    text = request.POST.get("chart", "")
    try:
        chart = json.loads(text[:CHART_BYTES_MAX])
        headings = [str(heading) for heading in chart["headings"]]
        rows = [list(row) for row in chart["rows"]]
        title = str(chart["title"])
    except (ValueError, KeyError, TypeError) as error:
        raise ChartUnreadable from error
    plain = request.POST.get("format") == "csv"
    chunks = csv_chunks(headings, rows) if plain else xlsx_chunks(title, headings, rows)
    response = StreamingHttpResponse(chunks, content_type="application/octet-stream")
    name = f"{title[:60]}.{'csv' if plain else 'xlsx'}"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return response


@requires(VIEW_GALLERY)
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in every state."""
    return render(request, "web/gallery.html", {"page_key": "web.gallery", **samples.context()})


@requires(VIEW_GALLERY)
def gallery_list(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """The list kit over invented customers."""
    return render_list(
        request,
        samples.sample_list(),
        samples.fetch,
        template="web/gallery_list.html",
        context={"page_key": "web.gallery"},
    )


@requires(VIEW_GALLERY)
@require_POST
def gallery_pick(request: HttpRequest) -> HttpResponse:
    """The picker over invented customers."""
    options = samples.picks(request.POST.get("q", ""))
    return render(request, "web/components/pick_options.html", {"options": options})


@requires(VIEW_GALLERY)
@require_POST
def gallery_bulk(request: HttpRequest) -> HttpResponse:
    """What a bulk action of the sample list would do: count, and offer to undo."""
    count = len(request.POST.getlist("ids"))
    undo = f"undo:{request.path}:30"
    messages.success(request, _("%(count)s customers tagged.") % {"count": count}, extra_tags=undo)
    return HttpResponseRedirect("/gallery/list")
