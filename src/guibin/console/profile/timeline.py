"""What happened with one customer, across slices, newest first.

Purchases come from their own door, on the day they were made (an import writes years in a minute); all
other events come from the log.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guibin.accounts import api as accounts
from guibin.core.errors import Text
from guibin.core.events import Recorded, declared_events, read_timelines, subject
from guibin.core.ids import StaffId
from guibin.core.permissions import Actor
from guibin.loyalty import api as loyalty
from guibin.purchases import api as purchases
from guibin.web import formats
from guibin.web.links import link_url

SHOWN = 20
REFUNDS_READ = 200
TOLD_ELSEWHERE = frozenset(
    {"purchases.order_placed", "purchases.order_extended", "purchases.refund_recorded"}
)
CHANNELS: Mapping[str, Text] = {
    "": gettext_lazy("Everything"),
    "purchases": gettext_lazy("Purchases"),
    "loyalty": gettext_lazy("VIP standing"),
    "customers": gettext_lazy("Profile"),
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


def read_timeline(
    customer_id: int, *, actor: Actor, channel: str = "", before: datetime | None = None
) -> Timeline:
    """About ``SHOWN`` items older than ``before``; things of one instant stay together."""
    channel = channel if channel in CHANNELS else ""
    items: list[Item] = []
    if channel in ("", "purchases") and actor.may(purchases.VIEW_ORDERS):
        items += _bought(customer_id, before=before)
        items += _refunded(customer_id, before=before)
    items += _logged(customer_id, channel=channel, before=before)
    items.sort(key=lambda item: item.at, reverse=True)
    shown = items[:SHOWN]
    if len(items) > SHOWN:
        last = shown[-1].at
        shown += [item for item in items[SHOWN:] if item.at == last]
    more = len(items) > len(shown)
    return Timeline(
        days=_by_day(shown), next_before=shown[-1].at.isoformat() if more else "", channel=channel
    )


def _by_day(items: Sequence[Item]) -> list[Day]:
    days: list[Day] = []
    for item in items:
        label = formats.day(timezone.localtime(item.at).date(), "weekday")
        year = timezone.localtime(item.at).year
        if year != timezone.localtime().year:
            label = formats.day(timezone.localtime(item.at).date())
        if not days or days[-1].label != label:
            days.append(Day(label, []))
        days[-1].items.append(item)
    return days


def _bought(customer_id: int, *, before: datetime | None) -> Iterator[Item]:
    orders = purchases.list_orders_of([customer_id], limit=SHOWN + 1, before=before)
    goods = purchases.main_items([order.id for order in orders])
    stores = accounts.get_stores(order.store_id for order in orders if order.store_id)
    for order in orders:
        name, lines = goods.get(order.id, ("", 0))
        title = formats.money(order.total)
        if name:
            title = f"{title}  {name}"
        more = _("order %(number)s") % {"number": order.number}
        if lines > 1:
            more = _("%(lines)s lines; order %(number)s") % {"lines": lines, "number": order.number}
        if order.status == "cancelled":
            more = _("cancelled; %(more)s") % {"more": more}
        store = next((s.name for key, s in stores.items() if key == order.store_id), "")
        yield Item(
            at=order.ordered_at,
            title=title,
            icon="shopping-bag",
            where=store or order.channel,
            more=more,
            kind="" if order.status == "cancelled" else "money",
            url=link_url("purchases.order", order_id=order.id),
            clock=_clock(order.ordered_at),
        )


def _refunded(customer_id: int, *, before: datetime | None) -> Iterator[Item]:
    refunds = purchases.list_refunds_of([customer_id], limit=REFUNDS_READ)
    for refund in refunds:
        if before is not None and refund.refunded_at >= before:
            continue
        yield Item(
            at=refund.refunded_at,
            title=_("Refunded %(amount)s") % {"amount": formats.money(refund.amount)},
            icon="receipt-refund",
            more=_("document %(number)s") % {"number": refund.number},
            url=link_url("purchases.order", order_id=refund.order_id) if refund.order_id else "",
            clock=_clock(refund.refunded_at),
        )


def _clock(at: datetime) -> str:
    """The time of day, unless the source knew only the day."""
    return "" if timezone.localtime(at).time() == time() else formats.clock_time(at)


def _logged(customer_id: int, *, channel: str, before: datetime | None) -> Iterator[Item]:
    declared = declared_events()
    names = [
        name
        for name in declared
        if name not in TOLD_ELSEWHERE and (not channel or name.startswith(f"{channel}."))
    ]
    rows = read_timelines(
        about=[subject("customer", customer_id)], before=before, names=names, limit=SHOWN + 1
    )
    people = accounts.get_staff_by_ids(list(_staff_ids(rows)))
    names_of_codes = _names_of_codes() if any(row.name.startswith("loyalty.") for row in rows) else {}
    for row in rows:
        event = declared[row.name]
        yield Item(
            at=row.at,
            title=str(event.wording) % _Words(row.data, names_of_codes),
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


def _names_of_codes() -> dict[tuple[str, str], str]:
    """{("level" or "policy", code): name} of the policy in force."""
    policy = loyalty.find_active_policy()
    if policy is None:
        return {}
    levels = {("level", level.code): level.name for level in policy.latest.levels}
    return {**levels, ("policy", policy.code): policy.name}


def _staff_ids(rows: Sequence[Recorded]) -> Iterator[StaffId]:
    for row in rows:
        kind, _colon, number = row.actor.partition(":")
        if kind == "staff":
            yield StaffId(int(number))


def _who(row: Recorded, people: Mapping[StaffId, accounts.Staff]) -> str:
    kind, _colon, number = row.actor.partition(":")
    if kind == "staff":
        staff = people.get(StaffId(int(number)))
        return staff.display_name if staff else ""
    if row.origin != "live":
        return _("from an import")
    return _("by a program") if kind == "key" else ""
