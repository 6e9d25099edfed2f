"""The customers that were ticked in the list."""

from dataclasses import replace

from django.http import HttpRequest

from guibin.customers import api, lists
from guibin.web.access import actor_of
from guibin.web.asked import read_all
from guibin.web.listing.state import ListState


def list_chosen(request: HttpRequest) -> list[int]:
    """The ids that were ticked, or everybody the list's state lets through."""
    if request.POST.get("everything"):
        state = ListState.from_query(lists.LIST, request.POST.get("state", ""))
        filters = lists.filters_of(state, actor_of(request))
        return api.list_ids(replace(filters, text=request.POST.get("q", "")), actor=actor_of(request))
    return list(read_all(request.POST.getlist("ids")))
