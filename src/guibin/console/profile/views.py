"""The customer page and its fragments."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from guibin.accounts import api as accounts
from guibin.console.profile import insight_tab, timeline
from guibin.console.profile.summary import Summary, read_summary
from guibin.core.clock import now
from guibin.core.errors import NotFound
from guibin.customers import api as customers
from guibin.insight import api as insight
from guibin.purchases import api as purchases
from guibin.web.access import actor_of, requires
from guibin.web.links import link_url

PURCHASES_SHOWN = 50


@requires(customers.VIEW_CUSTOMER)
@never_cache
def profile(request: HttpRequest, number: str) -> HttpResponse:
    """One customer. Each tab reads only what it shows."""
    actor = actor_of(request)
    summary = _summary(request, number)
    if summary.customer.number != number:
        return redirect("console-profile", number=summary.customer.number)
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else "timeline"
    context = {
        "page_key": "customers.profile",
        "menu_key": "customers.list",
        "summary": summary,
        "customer": summary.customer,
        "tabs": _tabs(request, summary, tab),
        "tab": tab,
        "tab_template": f"console/profile/{tab}.html",
        "may_reveal": actor.may(customers.REVEAL_CUSTOMER),
        **TABS[tab](request, summary),
    }
    return render(request, "console/profile/page.html", context)


def _summary(request: HttpRequest, number: str) -> Summary:
    summary = read_summary(number, actor=actor_of(request), at=now())
    if summary is None:
        raise NotFound
    return summary


def _tabs(request: HttpRequest, summary: Summary, tab: str) -> list[tuple[object, str, bool, object]]:
    url = link_url("customers.profile", number=summary.customer.number)
    count = summary.facts["orders_count"] if summary.facts else None
    tabs: list[tuple[object, str, bool, object]] = [(_("Timeline"), url, tab == "timeline", None)]
    if actor_of(request).may(purchases.VIEW_ORDERS):
        tabs.append((_("Purchases"), f"{url}?tab=purchases", tab == "purchases", count))
    tabs.append((_("Insight"), f"{url}?tab=insight", tab == "insight", None))
    tabs.append((_("Profile"), f"{url}?tab=details", tab == "details", None))
    return tabs


def _timeline(request: HttpRequest, summary: Summary) -> dict[str, object]:
    channel = request.GET.get("channel", "")
    found = timeline.read_timeline(summary.customer.id, actor=actor_of(request), channel=channel)
    url = link_url("customers.profile", number=summary.customer.number)
    chips = [
        (label, f"{url}?channel={code}" if code else url, code == found.channel)
        for code, label in timeline.CHANNELS.items()
    ]
    return {
        "timeline": found,
        "chips": chips,
        "may_place": actor_of(request).may(insight.VIEW_REPORTS),
        "own_facts": _own_facts(summary),
    }


def _own_facts(summary: Summary) -> list[tuple[str, str]]:
    """The shop's own fields and what was told of interests, where known and not hidden."""
    facts = [
        (customers.attribute_label(fact.definition), _own_value(fact))
        for fact in summary.customer.attributes
        if fact.value
    ]
    if summary.customer.profile.interests:
        facts.append((_("Interests"), summary.customer.profile.interests))
    return facts


def _own_value(fact: customers.AttributeFact) -> str:
    value = fact.value or ""
    if fact.definition.kind == "choice":
        return customers.choice_label(fact.definition, value)
    if fact.definition.kind == "yes_no":
        return _("yes") if value in ("yes", "true", "1") else _("no")
    return f"{value} {fact.definition.unit}".strip()


def _purchases(request: HttpRequest, summary: Summary) -> dict[str, object]:
    actor_of(request).require(purchases.VIEW_ORDERS)
    orders = purchases.list_orders_of([summary.customer.id], limit=PURCHASES_SHOWN)
    goods = purchases.main_items([order.id for order in orders])
    stores = accounts.get_stores(order.store_id for order in orders if order.store_id)
    names = {int(key): store.name for key, store in stores.items()}
    rows = [
        (
            order,
            goods.get(order.id, ("", 0)),
            names.get(order.store_id or 0, ""),
            link_url("purchases.order", order_id=order.id),
        )
        for order in orders
    ]
    return {"orders": rows, "orders_max": PURCHASES_SHOWN}


def _insight(request: HttpRequest, summary: Summary) -> dict[str, object]:
    as_of = insight.freshness().as_of or insight.current_day()
    return {
        "place": insight_tab.find_place(summary.facts),
        "chart": insight_tab.months_chart(summary.facts, as_of=as_of, currency=summary.currency),
        "score": insight_tab.list_score(summary.view),
        "conditions": insight_tab.list_conditions(summary.view),
        "as_of": as_of,
    }


def _details(request: HttpRequest, summary: Summary) -> dict[str, object]:
    number = summary.customer.number
    panels = [
        link_url(f"customers.panel_{name}", number=number)
        for name in ("profile", "contacts", "fields", "tags", "notes", "history")
    ]
    return {"panels": [url for url in panels if url]}


TABS = {"timeline": _timeline, "purchases": _purchases, "insight": _insight, "details": _details}


@requires(customers.VIEW_CUSTOMER, insight.VIEW_REPORTS)
@never_cache
def place(request: HttpRequest, number: str) -> HttpResponse:
    """Where the customer lies among all, as a fragment beside the timeline."""
    customer_id = customers.get_id(number, actor=actor_of(request))
    facts = insight.facts_for([customer_id]).get(customer_id)
    context = {"place": insight_tab.find_place(facts)}
    return render(request, "console/profile/place.html", context)


@requires(customers.VIEW_CUSTOMER)
@never_cache
def more_timeline(request: HttpRequest, number: str) -> HttpResponse:
    """The stretch before ``before``, as a fragment that replaces the button."""
    actor = actor_of(request)
    customer_id = customers.get_id(number, actor=actor)
    try:
        before = datetime.fromisoformat(request.GET.get("before", ""))
    except ValueError:
        before = now()
    if before.tzinfo is None:
        before = now()
    found = timeline.read_timeline(
        customer_id, actor=actor, channel=request.GET.get("channel", ""), before=before
    )
    context = {"timeline": found, "number": number}
    return render(request, "console/profile/stretch.html", context)
