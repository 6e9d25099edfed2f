"""What happened with one customer, across slices, newest first.

Purchases come from their own door, on the day they were made (an import writes years in a minute); all
other events come from the log.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guibin.accounts import api as accounts
from guibin.core.composed import ComposedRead, ReadPart, Row, text
from guibin.core.errors import Text
from guibin.core.events import LOGGED_ACTORS, Told, declared_events, read_logged, timeline_part
from guibin.core.permissions import Actor
from guibin.customers import api as customers
from guibin.loyalty import api as loyalty
from guibin.purchases import api as purchases
from guibin.web import formats
from guibin.web.links import link_url

SHOWN = 20
MIDNIGHT = time()
TOLD_ELSEWHERE = frozenset(
    {"purchases.order_placed", "purchases.order_extended", "purchases.refund_recorded"}
)
ARRIVED = "customers.customer_created"
# Who looked at what is for the log; the customer's own story leaves it out unless it is asked for.
LOOKED = frozenset({"customers.personal_data_revealed"})
WITH_LOOKS = "looks"
NEEDED = {"purchases": purchases.VIEW_ORDERS, "loyalty": loyalty.VIEW_VIPS}
"""What one must be allowed to see for a slice's events to be told."""
CHANNELS: Mapping[str, Text] = {
    "": gettext_lazy("Everything"),
    "purchases": gettext_lazy("Purchases"),
    "loyalty": gettext_lazy("VIP standing"),
    "customers": gettext_lazy("Profile"),
    WITH_LOOKS: gettext_lazy("With who looked"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that happened. ``clock`` is empty where only the day is known."""

    at: datetime
    title: str
    icon: str
    where: str = ""
    more: str = ""
    kind: str = ""
    url: str = ""
    clock: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    label: str
    items: list[Item]


@dataclass(frozen=True, slots=True)
class Timeline:
    """A stretch of the timeline; ``next_before`` asks for the stretch before it, "" at the end."""

    days: list[Day]
    next_before: str
    channel: str


def timeline_parts(customer_ids: str, *, channel: str, before: str = "'infinity'") -> list[ReadPart]:
    """What a stretch of the timeline is told from: SQL expressions of whose it is (bigint[], all ids of the
    person), and of its end."""
    left_out = TOLD_ELSEWHERE if channel == WITH_LOOKS else TOLD_ELSEWHERE | LOOKED
    narrowed = f"{channel}." if channel and channel != WITH_LOOKS else ""
    names = [name for name in declared_events() if name not in left_out and name.startswith(narrowed)]
    subjects = f"string_to_array('customer:' || array_to_string({customer_ids}, ',customer:'), ',')"
    return [
        purchases.recent_part(customer_ids, limit=SHOWN + 1, before=before),
        accounts.stores_part(purchases.STORES_OF_RECENT),
        timeline_part(subjects, names=names, limit=SHOWN + 1, before=before),
        accounts.staff_part(LOGGED_ACTORS),
        loyalty.names_part(),
    ]


@cache
def _earlier(channel: str) -> ComposedRead:
    """``$1`` are a person's ids, first the one that stands for them; ``$2`` is the instant before which the
    stretch ends."""
    parts = timeline_parts("$1::bigint[]", channel=channel, before="$2")
    return ComposedRead([*parts, customers.joined_part("($1::bigint[])[1]")])


def read_earlier(customer_ids: Sequence[int], *, actor: Actor, channel: str, before: datetime) -> Timeline:
    """The stretch before an instant; ``customer_ids`` as ``customers.group`` gives them."""
    channel = channel if channel in CHANNELS else ""
    statement = _earlier(channel)
    whose = f"{{{','.join(map(str, customer_ids))}}}"
    rows = statement.run_surely(whose.encode(), before.isoformat().encode())
    *told, (joined,) = rows
    day = date.fromisoformat(text(joined)) if joined else None
    return read_timeline(told, actor=actor, channel=channel, joined_on=day, before=before)


def read_timeline(
    rows: Sequence[Row],
    *,
    actor: Actor,
    channel: str,
    joined_on: date | None,
    before: datetime | None = None,
) -> Timeline:
    """About ``SHOWN`` items from the rows of ``timeline_parts``; things of one instant stay together."""
    bought, stores, logged, people, policy = rows
    items: list[Item] = []
    ends: list[datetime] = []  # where reading stopped: what happened earlier is not known yet
    if channel in ("", WITH_LOOKS, "purchases") and actor.may(purchases.VIEW_ORDERS):
        orders, refunds = purchases.read_recent(bought)
        items += _bought(orders, accounts.read_names(stores))
        items += _refunded(refunds)
        ends += [orders[-1].at] if len(orders) > SHOWN else []
    told = read_logged(logged)
    ends += [told[-1].at] if len(told) > SHOWN else []
    items += _logged(
        [row for row in told if _may_be_told(row, actor)], accounts.read_names(people), policy, joined_on
    )
    if channel in ("", WITH_LOOKS, "customers") and joined_on is not None:
        items += _joined(joined_on, before)
    items.sort(key=lambda item: item.at, reverse=True)
    end = max([*ends, *(item.at for item in items[SHOWN - 1 : SHOWN] if len(items) > SHOWN)], default=None)
    shown = [item for item in items if end is None or item.at >= end]
    more = end is not None and (len(shown) < len(items) or bool(ends))
    return Timeline(days=_by_day(shown), next_before=end.isoformat() if end and more else "", channel=channel)


def _may_be_told(row: Told, actor: Actor) -> bool:
    needed = NEEDED.get(row.name.partition(".")[0])
    return needed is None or actor.may(needed)


def _by_day(items: Sequence[Item]) -> list[Day]:
    days: list[Day] = []
    this_year = timezone.localtime().year
    last: date | None = None
    zone = timezone.get_current_timezone()
    for item in items:
        day = item.at.astimezone(zone).date()
        if day != last:
            label = formats.day(day, "weekday" if day.year == this_year else "medium")
            days.append(Day(label, []))
            last = day
        days[-1].items.append(item)
    return days


def _bought(orders: Sequence[purchases.RecentOrder], stores: Mapping[int, str]) -> Iterator[Item]:
    for order in orders:
        title = formats.money(order.total)
        if order.goods:
            title = f"{title}  {order.goods}"
        more = _("order %(number)s") % {"number": order.number}
        if order.lines > 1:
            more = _("%(lines)s lines; order %(number)s") % {"lines": order.lines, "number": order.number}
        if order.status == "cancelled":
            more = _("cancelled; %(more)s") % {"more": more}
        yield Item(
            at=order.at,
            title=title,
            icon="shopping-bag",
            where=stores.get(order.store_id or 0, "") or str(purchases.channel_label(order.channel)),
            more=more,
            kind="" if order.status == "cancelled" else "money",
            url=link_url("purchases.order", order_id=order.id),
            clock=_clock(order.at),
        )


def _refunded(refunds: Sequence[purchases.RecentRefund]) -> Iterator[Item]:
    for refund in refunds:
        yield Item(
            at=refund.at,
            title=_("Refunded %(amount)s") % {"amount": formats.money(refund.amount)},
            icon="receipt-refund",
            more=_("document %(number)s") % {"number": refund.number},
            url=link_url("purchases.order", order_id=refund.order_id) if refund.order_id else "",
            clock=_clock(refund.at),
        )


def _clock(at: datetime) -> str:
    """The time of day, unless the source knew only the day."""
    local = timezone.localtime(at)
    return "" if local.time() == MIDNIGHT else f"{local:%H:%M}"


def _joined(day: date, before: datetime | None) -> Iterator[Item]:
    """The day a customer joined, as the first thing of that day."""
    at = datetime.combine(day, MIDNIGHT, timezone.get_current_timezone())
    if before is None or at < before:
        yield Item(at=at, title=_("Became a customer"), icon="user-plus")


def _arrival(told: Told, joined_on: date | None) -> str:
    """How a customer came into the house: with a file, or by hand; "" where the event's own words say it."""
    if told.data.get("import_id") or told.origin != "live":
        return _("Came in with a file")
    return _("Entered here") if joined_on is not None else ""


def _logged(
    rows: Sequence[Told], people: Mapping[int, str], policy: Row, joined_on: date | None
) -> Iterator[Item]:
    declared = declared_events()
    has_codes = any(row.name.startswith("loyalty.") for row in rows)
    names = loyalty.read_names(policy) if has_codes else {}
    for row in rows:
        event = declared[row.name]
        yield Item(
            at=row.at,
            title=(row.name == ARRIVED and _arrival(row, joined_on))
            or str(event.wording) % _Words(row.data, names),
            icon=event.icon.removeprefix("ti-"),
            where=_who(row, people),
            clock=_clock(row.at),
        )


class _Words(dict[str, Any]):
    """An event's data as its wording wants it: levels and policies by name, numbers by locale."""

    def __init__(self, data: Mapping[str, Any], names: Mapping[tuple[str, str], str]) -> None:
        super().__init__(data)
        self.names = names

    def __getitem__(self, key: str) -> Any:
        value = super().__getitem__(key)
        named = self.names.get((key.partition("_")[0], str(value)))
        if named is not None:
            return named
        return formats.number(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _who(row: Told, people: Mapping[int, str]) -> str:
    kind, _colon, number = row.actor.partition(":")
    if kind == "staff":
        return people.get(int(number), "")
    if row.origin != "live":
        said = row.name == ARRIVED or row.name.startswith("loyalty.")  # the line itself says how
        return "" if said else _("from an import")
    return _("by a program") if kind == "key" else ""
