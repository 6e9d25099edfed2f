"""The page that says what an exact key is worth, per source."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from guibin.core.clock import now
from guibin.customers import api
from guibin.customers.match_words import KEYS, POLICIES
from guibin.customers.permissions import MANAGE_ATTRIBUTES
from guibin.customers.queries.places import list_sources
from guibin.customers.rules.values import POLICY_KEYS
from guibin.customers.words import source_word
from guibin.web.access import actor_of, requires
from guibin.web.links import link_url


@requires(MANAGE_ATTRIBUTES)
def matching(request: HttpRequest) -> HttpResponse:
    """A line per source, a choice per key."""
    sources = ["", *list_sources()]
    if request.method == "POST":
        wanted = {
            (source, key): request.POST.get(f"{number}-{key}", "")
            for number, source in enumerate(sources)
            for key in POLICY_KEYS
            if f"{number}-{key}" in request.POST
        }
        api.save_key_policies(policies=wanted, actor=actor_of(request), at=now())
        messages.success(request, _("Saved."))
        return redirect("customers:matching")
    worth = api.list_key_policies(sources)
    rows = [
        (
            source_word(source) if source else _("Every other source"),
            [
                (f"{number}-{key}", KEYS[key], worth.get((source, key), ""), _choices(source))
                for key in POLICY_KEYS
            ],
        )
        for number, source in enumerate(sources)
    ]
    context = {
        "page_key": "customers.matching",
        "menu_key": "console.settings",
        "crumbs": [(_("Settings"), link_url("console.settings"))],
        "rows": rows,
        "keys": [KEYS[key] for key in POLICY_KEYS],
        "numbers_url": link_url("accounts.numbers", actor=actor_of(request)),
    }
    return render(request, "customers/matching.html", context)


def _choices(source: str) -> list[tuple[str, object]]:
    """What may be chosen: for a source also to go by what counts for every other one."""
    return ([("", _("as every other"))] if source else []) + [(code, word) for code, word in POLICIES.items()]
