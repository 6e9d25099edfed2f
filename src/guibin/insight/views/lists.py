"""The customers behind a number."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guibin.accounts import api as accounts
from guibin.core.money import Money
from guibin.core.paging import Page
from guibin.core.permissions import Actor
from guibin.customers import api as customers
from guibin.insight import api
from guibin.insight.errors import DayInvalid
from guibin.insight.permissions import EXPORT_REPORTS, VIEW_REPORTS
from guibin.insight.queries import rfm
from guibin.insight.rules.scores import GROUPS, SCORES, group_of
from guibin.insight.views.pages import Day, needs_facts, page
from guibin.insight.wording import GROUP_LABELS, STAGE_LABELS
from guibin.web import formats
from guibin.web.access import actor_of, requires
from guibin.web.links import link_url
from guibin.web.listing import Column, Empty, Filter, ListSpec, ListState, render_list

FIRST_YEAR, LAST_YEAR = 1900, 2999  # a year before a day must be a day too
SCORE_CHOICES = [(str(score), str(score)) for score in SCORES]
GROUP_CHOICES = [(code, GROUP_LABELS[code]) for code in (*GROUPS, "outside")]


@dataclass(frozen=True, slots=True)
class Row:
    """A customer with the figures that put them on this list."""

    id: int
    number: str
    name: str
    group: str
    stage: str
    cell: str
    last_order_on: date | None
    recency_days: int | None
    orders_12m: int
    net_12m: Money
    net: Money


LIST = ListSpec(
    name="insight.members",
    unit=gettext_lazy("customers"),
    columns=[
        Column(
            "name",
            gettext_lazy("Customer"),
            primary=True,
            url=lambda row: link_url("customers.profile", number=row.number),
        ),
        Column("number", gettext_lazy("Number"), sort=True),
        Column("group", gettext_lazy("Customer group")),
        Column("stage", gettext_lazy("Stage")),
        Column("cell", gettext_lazy("Cell")),
        Column("last_order_on", gettext_lazy("Last bought"), kind="day", sort=True),
        Column("recency_days", gettext_lazy("Days since"), kind="number", sort=True, hidden=True),
        Column("orders_12m", gettext_lazy("Orders, 12 months"), kind="number", sort=True),
        Column("net_12m", gettext_lazy("Net spend, 12 months"), kind="money", sort=True),
        Column("net", gettext_lazy("Net spend, all time"), kind="money", sort=True, hidden=True),
    ],
    filters=[
        Filter.choice("group", gettext_lazy("Customer group"), GROUP_CHOICES, pinned=True),
        Filter.choice("stage", gettext_lazy("Stage"), list(STAGE_LABELS.items()), pinned=True),
        Filter.choice("r", gettext_lazy("R"), SCORE_CHOICES),
        Filter.choice("f", gettext_lazy("F"), SCORE_CHOICES),
        Filter.choice("m", gettext_lazy("M"), SCORE_CHOICES),
        Filter.number("orders", gettext_lazy("Orders, 12 months")),
        Filter.choice("was", gettext_lazy("Group before"), GROUP_CHOICES),
        Filter.one_day("since", gettext_lazy("Compared with the day")),
        Filter.one_day("day", gettext_lazy("As of the day")),
    ],
    sort="-net_12m",
    export=EXPORT_REPORTS,
    empty=Empty(
        gettext_lazy("Nobody fits"),
        gettext_lazy("No customer has all of these marks on this day. Take one of the filters off."),
    ),
)
SORT_COLUMNS = {"net_12m": "net_12m_minor", "net": "net_minor"}


@requires(VIEW_REPORTS)
@needs_facts("members")
def members(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Exactly the customers that a number of a report counts, so far as the reader may see them."""
    actor = actor_of(request)
    visible = customers.find_visible_ids(actor)
    state = ListState.from_request(request, LIST)
    day = _day(state.get("day")) or api.current_day()
    title = _("Customers behind the number")
    context = page("members", Day(day, asked=True), title=title, sub=_as_of_words(day))
    return render_list(
        request,
        LIST,
        lambda wanted: fetch(wanted, day, actor=actor, visible=visible),
        template="insight/members.html",
        context=context,
        stream=lambda wanted: stream(wanted, day, actor=actor, visible=visible),
    )


def _as_of_words(day: date) -> str:
    return _("As of %(day)s") % {"day": formats.day(day)}


def _day(text: Any) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(str(text))
    except ValueError as error:
        raise DayInvalid(day=text) from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise DayInvalid(day=text)
    return day


def chosen_by(state: ListState, visible: frozenset[int] | None) -> rfm.Chosen:
    orders, since, was = state.get("orders"), _day(state.get("since")), tuple(state.get("was") or ())
    bounds = None
    if orders is not None:
        bounds = (int(orders.low or 0), None if orders.high is None else int(orders.high))
    return rfm.Chosen(
        r=tuple(int(score) for score in state.get("r") or ()),
        f=tuple(int(score) for score in state.get("f") or ()),
        m=tuple(int(score) for score in state.get("m") or ()),
        groups=tuple(state.get("group") or ()),
        stages=tuple(state.get("stage") or ()),
        orders=bounds,
        was=(since, was) if since is not None and was else None,
        customer_ids=visible,
    )


def fetch(
    state: ListState,
    day: date,
    *,
    actor: Actor,
    visible: frozenset[int] | None,
    size: int | None = None,
    number: int | None = None,
) -> Page[Row]:
    """A page of the customers chosen; ``visible`` are the ids of those whom ``actor`` may see, None: all."""
    found = rfm.list_members(
        as_of=day,
        chosen=chosen_by(state, visible),
        page=number or state.page,
        size=size or state.size,
        sort=SORT_COLUMNS.get(state.sort, state.sort),
        descending=state.descending,
    )
    cards = customers.get_cards([member.customer_id for member in found.rows], actor=actor)
    currency = accounts.organisation().base_currency
    rows = [_row(member, cards, currency) for member in found.rows]
    return Page(rows, found.total, found.number, found.size)


def stream(state: ListState, day: date, *, actor: Actor, visible: frozenset[int] | None) -> Iterator[Row]:
    number = 1
    while True:
        found = fetch(state, day, actor=actor, visible=visible, size=1000, number=number)
        yield from found.rows
        if number >= found.pages:
            return
        number += 1


def _row(member: api.Member, cards: Mapping[int, Any], currency: str) -> Row:
    card = cards.get(member.customer_id)
    inside = member.r is not None and member.f is not None and member.m is not None
    group = group_of(member.r or 0, member.f or 0, member.m or 0) if inside else "outside"
    return Row(
        id=member.customer_id,
        number=member.number,
        name="" if card is None else card.name,
        group=str(GROUP_LABELS[group]),
        stage=str(STAGE_LABELS[member.stage]),
        cell=f"R{member.r} F{member.f} M{member.m}" if inside else "\u2013",
        last_order_on=member.last_order_on,
        recency_days=member.recency_days,
        orders_12m=member.orders_12m,
        net_12m=Money(member.net_12m_minor, currency),
        net=Money(member.net_minor, currency),
    )
