"""How fresh the numbers are, and the button that renews them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guibin.core import clock, jobs
from guibin.insight import api, queueing
from guibin.insight.permissions import REFRESH_FACTS, VIEW_REPORTS
from guibin.insight.views.pages import page
from guibin.web import formats
from guibin.web.access import actor_of, requires


@requires(VIEW_REPORTS)
def freshness(request: HttpRequest) -> HttpResponse:
    """When the figures were made, of which day, and what waits."""
    fresh = api.freshness()
    run = jobs.find_latest(queueing.REFRESH)
    title = _("The figures have not been made yet")
    if fresh.refreshed_at is not None:
        title = _("The figures are from %(ago)s") % {"ago": formats.ago(fresh.refreshed_at, clock.now())}
    context = page(
        "freshness",
        None,
        title=title,
        fresh=fresh,
        run=None if run is None or run.is_over else run_parts(run),
        poll_url="" if run is None else reverse("insight:progress", args=[run.id]),
        may_refresh=actor_of(request).may(REFRESH_FACTS),
    )
    return render(request, "insight/freshness.html", context)


@requires(REFRESH_FACTS)
@require_POST
def start_refresh(request: HttpRequest) -> HttpResponse:
    """Queue a refresh."""
    api.queue_refresh(actor=actor_of(request))
    return redirect("insight:freshness")


@requires(REFRESH_FACTS)
@require_POST
def cancel(request: HttpRequest, run_id: int) -> HttpResponse:
    """Ask the running refresh to stop."""
    jobs.ask_cancel(jobs.get_progress(run_id, kind=queueing.REFRESH).id)
    return redirect("insight:freshness")


@requires(VIEW_REPORTS)
def progress(request: HttpRequest, run_id: int) -> HttpResponse:
    """The progress fragment; when it ends the page is loaded anew."""
    run = jobs.get_progress(run_id, kind=queueing.REFRESH)
    poll = reverse("insight:progress", args=[run_id])
    response = render(request, "insight/progress.html", {"run": run_parts(run), "poll_url": poll})
    if run.is_over:
        response["HX-Refresh"] = "true"
    return response


def run_parts(run: jobs.Progress) -> dict[str, Any]:
    """A refresh as the job component shows it."""
    words = {
        "queued": _("Waiting for the worker"),
        "running": _("Copying and counting"),
        "done": _("Done"),
        "failed": _("The refresh failed; the figures before it still stand"),
        "cancelled": _("Stopped; the figures before it still stand"),
    }
    return {
        "state": "waiting" if run.state == "queued" else run.state,
        "done": run.done,
        "total": run.total,
        "text": words[run.state],
        "left": "",
        "cancel_url": "" if run.is_over else reverse("insight:cancel", args=[run.id]),
    }
