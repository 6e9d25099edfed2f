"""The answers of the field in which a customer is chosen."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from guibin.customers.permissions import VIEW_CUSTOMER
from guibin.customers.queries.picking import search_picks
from guibin.web.access import actor_of, requires


@requires(VIEW_CUSTOMER)
@require_POST
def pick(request: HttpRequest) -> HttpResponse:
    """Who answers the words ``q``; they come in the body, so that no name ends up in an address or a log."""
    options = search_picks(request.POST.get("q", ""), actor=actor_of(request))
    return render(request, "web/components/pick_options.html", {"options": options})
