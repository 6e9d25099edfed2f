"""The customer page and its fragments."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache

from guibin.accounts import api as accounts
from guibin.console.profile import insight_tab
from guibin.console.profile.drawing import (
    draw_header,
    draw_stretch,
    draw_suggestions,
    draw_tabs,
    draw_timeline,
)
from guibin.console.profile.reading import PageRead, find_header, find_page
from guibin.console.profile.summary import Summary
from guibin.console.profile.timeline import read_earlier
from guibin.core.clock import now
from guibin.core.errors import NotFound
from guibin.customers import api as customers
from guibin.insight import api as insight
from guibin.loyalty import api as loyalty
from guibin.purchases import api as purchases
from guibin.web.access import actor_of, requires
from guibin.web.links import link_url

PURCHASES_SHOWN = 50
PAGE = "console/profile/page.html"


@requires(customers.VIEW_CUSTOMER)
@never_cache
def profile(request: HttpRequest, number: str) -> HttpResponse:
    """One customer. Each tab reads only what it shows."""
    tab = request.GET.get("tab", "")
    if tab in TABS:
        return _tab(request, number, tab)
    actor = actor_of(request)
    page = find_page(number, actor=actor, channel=request.GET.get("channel", ""))
    if page is None:
        raise NotFound
    if page.summary.customer.number != number:
        return redirect("console-profile", number=page.summary.customer.number)
    return HttpResponse(draw_page(request, page))


def draw_page(request: HttpRequest, page: PageRead) -> str:
    """The first sight of the page as HTML; ``request`` carries the actor and the person."""
    content = draw_timeline(page, actor=actor_of(request))
    return render_to_string(PAGE, _frame(request, page.summary, "timeline", content=content), request)


def _frame(request: HttpRequest, summary: Summary, tab: str, **more: object) -> dict[str, object]:
    actor = actor_of(request)
    return {
        "page_key": "customers.profile",
        "menu_key": "customers.list",
        "name": summary.customer.shown_name,
        "header": draw_header(summary, actor=actor),
        "suggestions": draw_suggestions(summary),
        "tabs": draw_tabs(summary, actor=actor, tab=tab),
        "tab": tab,
        **more,
    }


def _tab(request: HttpRequest, number: str, tab: str) -> HttpResponse:
    summary = find_header(number, actor=actor_of(request))
    if summary is None:
        raise NotFound
    if summary.customer.number != number:
        return redirect("console-profile", number=summary.customer.number)
    more = {"tab_template": f"console/profile/{tab}.html", **TABS[tab](request, summary)}
    return render(request, PAGE, _frame(request, summary, tab, **more))


def _purchases(request: HttpRequest, summary: Summary) -> dict[str, object]:
    actor_of(request).require(purchases.VIEW_ORDERS)
    orders = purchases.list_orders_of(summary.customer.ids, limit=PURCHASES_SHOWN)
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
    as_of = insight.find_published_day() or insight.current_day()
    view = None
    if actor_of(request).may(loyalty.VIEW_VIPS):
        view = loyalty.standing([summary.customer.id]).get(summary.customer.id)
    return {
        "place": insight_tab.find_place(summary.facts),
        "chart": insight_tab.months_chart(summary.facts, as_of=as_of, currency=summary.currency),
        "score": insight_tab.list_score(view),
        "left_out": insight_tab.list_left_out(view),
        "conditions": insight_tab.list_conditions(view),
        "as_of": as_of,
    }


def _details(request: HttpRequest, summary: Summary) -> dict[str, object]:
    number = summary.customer.number
    panels = [
        link_url(f"customers.panel_{name}", number=number)
        for name in (
            "profile",
            "contacts",
            "reaching",
            "relations",
            "staff",
            "requirements",
            "fields",
            "tags",
            "notes",
            "identity",
            "history",
        )
    ]
    return {"panels": [url for url in panels if url]}


TABS = {"purchases": _purchases, "insight": _insight, "details": _details}


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
    ids = customers.group(customer_id)
    found = read_earlier(ids, actor=actor, channel=request.GET.get("channel", ""), before=before)
    return HttpResponse(draw_stretch(found, number=number))
