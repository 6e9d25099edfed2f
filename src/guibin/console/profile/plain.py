"""Figures and standing as programs read them, over REST and on the command line."""

from collections.abc import Mapping
from typing import Any

from guibin.accounts import api as accounts
from guibin.core.ids import StoreId
from guibin.core.permissions import Actor
from guibin.customers import api as customers
from guibin.insight import api as insight
from guibin.loyalty import api as loyalty

SAID_ELSEWHERE = frozenset({"customer_id", "number"})


def plain_facts(facts: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The fact row by name, without whose it is; None where nothing was counted."""
    if facts is None:
        return None
    return {name: facts.get(name) for name in insight.FACT_NAMES if name not in SAID_ELSEWHERE}


def plain_standing(view: loyalty.StandingView | None) -> dict[str, Any] | None:
    """Level, distance and the reason in the active language; None for who has no standing."""
    if view is None:
        return None
    return {
        "level": view.level.code if view.level else None,
        "next_level": view.next_level.code if view.next_level else None,
        "gap_permille": view.gap_permille,
        "since": view.since,
        "as_of": view.as_of,
        "policy": view.policy_code,
        "version": view.version,
        "why": loyalty.reason_sentence(view.receipt, view.level, view.currency),
    }


def read_profile(number: str, *, actor: Actor) -> dict[str, Any] | None:
    """One customer as the customer page shows them: who (masked), figures, standing; amounts in minor units.
    ``as_of`` is the day of the figures, the one refreshed last; None before the first refresh.
    None when there is no such customer, or the actor may not see them."""
    customer = customers.find_by_number(number, actor=actor)
    if customer is None:
        return None
    profile, store_id = customer.profile, customer.profile.joined_store_id
    store = accounts.get_stores([store_id]).get(StoreId(store_id)) if store_id else None
    view = loyalty.standing([customer.id]).get(customer.id) if actor.may(loyalty.VIEW_VIPS) else None
    return {
        "number": customer.number,
        "status": customer.status,
        "name": profile.name or profile.latin_name or customer.number,
        "phone": next((contact.value for contact in customer.contacts if contact.kind == "phone"), ""),
        "store": store.name if store else "",
        "joined_on": profile.joined_on,
        "tags": [tag.name for tag in customer.tags],
        "currency": accounts.organisation().base_currency,
        "as_of": insight.find_published_day(),
        "facts": plain_facts(insight.facts_for([customer.id]).get(customer.id)),
        "standing": plain_standing(view),
    }
