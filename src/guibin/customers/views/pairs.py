"""Customers who may be one person: the queue, what is decided there, and who are known to be two."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from guibin.accounts import api as accounts
from guibin.core import jobs
from guibin.core.clock import now
from guibin.core.errors import DomainError
from guibin.core.permissions import Actor
from guibin.customers import api, words
from guibin.customers.match_words import evidence_word
from guibin.customers.operations.matching_queueing import SCAN
from guibin.customers.permissions import MERGE_CUSTOMER
from guibin.customers.queries.sides import Side, list_sides
from guibin.customers.views.panels import birthday_words, staff_names
from guibin.web import formats
from guibin.web.access import actor_of, requires
from guibin.web.asked import read_all, read_whole
from guibin.web.links import link_url

SIZE = 20
UNDO_SECONDS = 20
LATER = "pairs_later"
LATER_MAX = 500
EVIDENCE_CHIPS = ("phone", "email", "birthday", "last_digits", "address", "given_out_again")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing about the two; ``state`` is ``same``, ``differs`` or empty when one of them has none."""

    label: str
    one: str
    other: str
    state: str


@dataclass(frozen=True, slots=True)
class PairCard:
    """A pair as the page shows it. ``points`` are (words, points), the strongest first."""

    pair: api.PairView
    one: Side
    other: Side
    lines: list[Line]
    points: list[tuple[str, int]]
    decided_by: str = ""


@requires(MERGE_CUSTOMER)
@require_GET
@never_cache
def pairs(request: HttpRequest) -> HttpResponse:
    """Pairs that wait for somebody to look, the surest first."""
    actor = actor_of(request)
    filters, query = _asked(request)
    page = api.list_pairs(
        actor=actor,
        filters=filters,
        later=request.session.get(LATER, ()),
        page=read_whole(request.GET.get("page")) or 1,
        size=SIZE,
    )
    run = api.find_scan()
    context = _page(
        "customers.pairs",
        page=page,
        cards=_cards(page.rows, actor),
        waiting=api.count_open_pairs(actor=actor),
        chips=_chips(query),
        narrowed=bool(query),
        here=request.get_full_path(),
        page_url=f"?{urlencode({**query, 'page': ''})}",
        run=None if run is None or run.is_over else scan_parts(run),
        poll_url="" if run is None else reverse("customers:scan_progress", args=[run.id]),
        last=_last_scan(run),
        sure=any(row.is_sure for row in page.rows),
    )
    return render(request, "customers/pairs.html", context)


def _asked(request: HttpRequest) -> tuple[api.PairFilters, dict[str, str]]:
    """The filters of the address, and the part of it that says them."""
    query = {}
    code = request.GET.get("code", "")
    if code in EVIDENCE_CHIPS:
        query["code"] = code
    if request.GET.get("sure"):
        query["sure"] = "1"
    import_id = read_whole(request.GET.get("import"))
    if import_id:
        query["import"] = str(import_id)
    filters = api.PairFilters(code=query.get("code", ""), import_id=import_id, only_sure="sure" in query)
    return filters, query


def _chips(query: dict[str, str]) -> list[tuple[str, str, bool]]:
    kept = {key: value for key, value in query.items() if key == "import"}
    chips = [(_("All"), {}), (_("Nothing against it"), {"sure": "1"})]
    chips += [(evidence_word(code), {"code": code}) for code in EVIDENCE_CHIPS]
    chosen = {key: value for key, value in query.items() if key != "import"}
    return [(label, f"?{urlencode({**kept, **more})}", more == chosen) for label, more in chips]


def _last_scan(run: jobs.Progress | None) -> str:
    if run is None or run.finished_at is None or run.state != "done":
        return ""
    return _("Everybody was compared %(ago)s: %(joined)s joined, %(review)s to look at.") % {
        "ago": formats.ago(run.finished_at, now()),
        "joined": run.result.get("joined", 0),
        "review": run.result.get("review", 0),
    }


def _cards(rows: Iterable[api.PairView], actor: Actor) -> list[PairCard]:
    rows = list(rows)
    sides = list_sides({each for row in rows for each in (row.low_id, row.high_id)})
    stores = {store.id: store.name for store in accounts.list_stores()}
    deciders = staff_names({row.decided_by for row in rows if row.decided_by})
    cards = []
    for row in rows:
        one, other = sides.get(row.low_id), sides.get(row.high_id)
        if one is not None and other is not None:
            grounds = sorted((*row.evidence, *row.against), key=lambda each: -each[1])
            points = [(evidence_word(code), value) for code, value in grounds]
            who = deciders.get(row.decided_by, row.decided_by)
            cards.append(PairCard(row, one, other, _lines(one, other, stores), points, who))
    return cards


def _lines(one: Side, other: Side, stores: dict[Any, str]) -> list[Line]:
    told = [
        (_("Number"), one.number, other.number, False),
        (_("Name in Latin letters"), one.latin_name, other.latin_name, True),
        (_("Phone"), _several(one.phones), _several(other.phones), True),
        (_("E-mail"), _several(one.emails), _several(other.emails), True),
        (_("WeChat"), _several(one.wechats), _several(other.wechats), True),
        (_("Birthday"), _born(one), _born(other), True),
        (_("Gender"), _gender(one), _gender(other), True),
        (_("City"), one.city, other.city, True),
        (_("Joined"), formats.day(one.joined_on), formats.day(other.joined_on), False),
        (_("Joined at"), _store(one, stores), _store(other, stores), False),
        (_("Known from"), words.source_word(one.source), words.source_word(other.source), False),
    ]
    return [
        Line(str(label), str(first), str(second), _state(first, second) if compared else "")
        for label, first, second, compared in told
        if first or second
    ]


def _state(first: str, second: str) -> str:
    if not first or not second:
        return ""
    return "same" if first == second else "differs"


def _several(values: Iterable[str]) -> str:
    return " · ".join(values)


def _born(side: Side) -> str:
    return birthday_words(side.birthday, side.age_band) if side.birthday else ""


def _gender(side: Side) -> str:
    return str(words.GENDERS[side.gender]) if side.gender else ""


def _store(side: Side, stores: dict[Any, str]) -> str:
    return stores.get(side.joined_store_id, "")


@requires(MERGE_CUSTOMER)
@require_POST
def decide(request: HttpRequest, pair_id: int) -> HttpResponse:
    """The same, never the same, or later: one button each."""
    actor, answer = actor_of(request), request.POST.get("answer", "")
    pair = api.get_pair(pair_id, actor=actor)
    numbers = api.find_numbers([pair.low_id, pair.high_id])
    both = {"one": numbers[pair.low_id], "other": numbers[pair.high_id]}
    if answer == "later":
        put_off = [each for each in request.session.get(LATER, ()) if each != pair_id]
        request.session[LATER] = [*put_off, pair_id][-LATER_MAX:]
        messages.info(request, _("Put at the end until you sign out."))
    elif answer == "same":
        merge_id = api.join_pair(pair_id=pair_id, actor=actor, at=now())
        undo = reverse("customers:unmerge", kwargs={"merge_id": merge_id})
        said = _("%(other)s and %(one)s are one person now.") % both
        messages.success(request, said, extra_tags=f"undo:{undo}:{UNDO_SECONDS}")
    elif answer == "never":
        api.keep_apart(one_id=pair.low_id, other_id=pair.high_id, actor=actor, at=now())
        undo = reverse("customers:release_pair", kwargs={"pair_id": pair_id})
        said = _("%(one)s and %(other)s are two people; they will not be proposed again.") % both
        messages.success(request, said, extra_tags=f"undo:{undo}:{UNDO_SECONDS}")
    return redirect(_back(request))


@requires(MERGE_CUSTOMER)
@require_POST
def join_chosen(request: HttpRequest) -> HttpResponse:
    """Merge the ticked pairs against which nothing speaks; the others are left for somebody to look at."""
    actor = actor_of(request)
    chosen = list(read_all(request.POST.getlist("ids")))
    joined = 0
    for pair_id in api.list_sure_ids(chosen, actor=actor):
        try:
            api.join_pair(pair_id=pair_id, actor=actor, at=now())
        except DomainError:
            continue  # merged with somebody else a moment ago: the pair is gone, or waits to be looked at
        joined += 1
    said = ngettext("%(n)s pair is one person now.", "%(n)s pairs are one person each now.", joined)
    messages.success(request, said % {"n": joined})
    if joined < len(chosen):
        messages.warning(request, _("The others were left: look at them one by one."))
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    """The queue as it was looked at."""
    wanted = request.POST.get("next", "")
    ours = wanted.startswith(reverse("customers:pairs"))
    safe = ours and url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return wanted if safe else reverse("customers:pairs")


@requires(MERGE_CUSTOMER)
@require_GET
@never_cache
def told_apart(request: HttpRequest) -> HttpResponse:
    """Pairs that are never proposed again."""
    actor = actor_of(request)
    page = api.list_pairs(
        actor=actor, status="never", page=read_whole(request.GET.get("page")) or 1, size=SIZE
    )
    context = _page("customers.told_apart", page=page, cards=_cards(page.rows, actor), page_url="?page=")
    context["crumbs"] = [*context["crumbs"], (_("Possible duplicates"), reverse("customers:pairs"))]
    return render(request, "customers/told_apart.html", context)


@requires(MERGE_CUSTOMER)
@require_POST
def release(request: HttpRequest, pair_id: int) -> HttpResponse:
    """Take the mark back."""
    api.release_pair(pair_id=pair_id, actor=actor_of(request), at=now())
    messages.success(request, _("The mark is taken back. If they are alike, they are in the queue again."))
    return redirect("customers:pairs")


@requires(MERGE_CUSTOMER)
@require_POST
def start_scan(request: HttpRequest) -> HttpResponse:
    """Compare everybody, in the background."""
    api.queue_scan(actor=actor_of(request), at=now())
    return redirect("customers:pairs")


@requires(MERGE_CUSTOMER)
@require_POST
def cancel_scan(request: HttpRequest, run_id: int) -> HttpResponse:
    """Ask the scan to stop; what it found stays."""
    jobs.ask_cancel(jobs.get_progress(run_id, kind=SCAN).id)
    return redirect("customers:pairs")


@requires(MERGE_CUSTOMER)
@require_GET
@never_cache
def scan_progress(request: HttpRequest, run_id: int) -> HttpResponse:
    """The progress fragment; when it ends the page is loaded anew."""
    run = jobs.get_progress(run_id, kind=SCAN)
    poll = reverse("customers:scan_progress", args=[run_id])
    response = render(request, "customers/scan_progress.html", {"run": scan_parts(run), "poll_url": poll})
    if run.is_over:
        response["HX-Refresh"] = "true"
    return response


def scan_parts(run: jobs.Progress) -> dict[str, Any]:
    """A scan as the job component shows it."""
    said = {
        "queued": _("Waiting for the worker"),
        "running": _("Comparing everybody"),
        "done": _("Done"),
        "failed": _("The comparison failed; what it found so far stands"),
        "cancelled": _("Stopped; what it found so far stands"),
    }
    return {
        "state": "waiting" if run.state == "queued" else run.state,
        "done": run.done,
        "total": run.total,
        "text": said[run.state],
        "left": "",
        "cancel_url": "" if run.is_over else reverse("customers:cancel_scan", args=[run.id]),
    }


def _page(key: str, **context: Any) -> dict[str, Any]:
    crumbs = [(_("Customers"), link_url("customers.list"))]
    return {"page_key": key, "menu_key": "customers.list", "crumbs": crumbs, **context}
