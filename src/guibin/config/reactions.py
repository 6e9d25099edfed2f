"""What follows from what: event name → a call through a door. A few idempotent lines each."""

from collections.abc import Sequence

from guibin.core import clock
from guibin.core.events import Origin, Recorded
from guibin.core.permissions import SYSTEM
from guibin.core.reactions import react


def refresh_facts(events: Sequence[Recorded]) -> None:
    """What came in, or was taken back, is counted as soon as a worker is free."""
    from guibin.insight import api as insight

    if events:
        insight.queue_refresh(actor=SYSTEM)


def count_people_anew(events: Sequence[Recorded]) -> None:
    """Two customers are one from now on, or two again: their figures are counted soon."""
    from guibin.insight import api as insight

    known = insight.find_published_day() is not None
    if known and any(event.origin is Origin.LIVE for event in events):
        insight.queue_refresh(actor=SYSTEM)


def count_anew(events: Sequence[Recorded]) -> None:
    """Another day to count up to, another zone or currency: published figures of the old one are stale."""
    from guibin.insight import api as insight

    changed = {name for event in events for name in event.data["fields"]}
    if changed & {"as_of_on", "time_zone", "base_currency"} and insight.find_published_day() is not None:
        insight.queue_refresh(actor=SYSTEM)


def decide_standings(events: Sequence[Recorded]) -> None:
    """New facts are handed down to loyalty, which decides who is a VIP; only the newest facts count."""
    from guibin.console.vips.deciding import evaluate_now
    from guibin.loyalty.api import PolicyInactive

    if not events:
        return
    try:
        evaluate_now(actor=SYSTEM, at=clock.now())
    except PolicyInactive:
        return  # nobody has chosen a policy yet: the guided first run asks for one


def decide_at_once(events: Sequence[Recorded]) -> None:
    """A purchase, a merge or its undoing on screen or by a program moves the standing of who it names now;
    imports end in a refresh."""
    from guibin.console.vips.live import evaluate_live
    from guibin.loyalty.api import PolicyInactive

    live = [event for event in events if event.origin is Origin.LIVE]
    customer_ids = {customer_id for event in live for customer_id in event.ids("customer")}
    try:
        evaluate_live(sorted(customer_ids), actor=SYSTEM, at=clock.now())
    except PolicyInactive:
        return  # as above


def recognise(events: Sequence[Recorded]) -> None:
    """Who has just come or changed is compared with who is known: exact keys join at once, other likenesses
    wait for a person."""
    from guibin.customers import api as customers

    who = {customer_id for event in events for customer_id in event.ids("customer")}
    customers.match_customers(customer_ids=who, actor=SYSTEM, at=clock.now())


def forget_answers(events: Sequence[Recorded]) -> None:
    """What programs were answered may name who has just been erased."""
    from guibin.web import once

    if events:
        once.forget_answers()


REACTIONS = (
    react(
        "refresh facts after imports",
        "integrations.import_finished",
        "integrations.import_undone",
        call=refresh_facts,
    ),
    react(
        "refresh facts after merges",
        "customers.customers_merged",
        "customers.merge_undone",
        call=count_people_anew,
    ),
    react("refresh facts after another day is set", "accounts.organisation_changed", call=count_anew),
    react(
        "recognise customers",
        "customers.customer_created",
        "customers.customer_edited",
        "customers.contact_point_added",
        "customers.contact_point_removed",
        "customers.external_id_added",
        "customers.customers_merged",
        "customers.merge_undone",
        call=recognise,
    ),
    react("forget answers after an erasure", "customers.customer_erased", call=forget_answers),
    react("decide standings after a refresh", "insight.facts_refreshed", call=decide_standings),
    react(
        "decide standings after purchases",  # and merges; the name is where its cursor stands
        "purchases.order_placed",
        "purchases.order_status_changed",
        "purchases.order_cancelled",
        "purchases.refund_recorded",
        "purchases.refund_taken_back",
        "customers.customers_merged",
        "customers.merge_undone",
        call=decide_at_once,
    ),
)
