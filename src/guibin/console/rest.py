"""The composed profile for programs: who (masked), figures, standing with its receipt."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router

from guibin.console.profile.summary import Summary, read_summary
from guibin.core.clock import now
from guibin.customers import api as customers
from guibin.customers.api import VIEW_CUSTOMER
from guibin.insight import api as insight
from guibin.loyalty import api as loyalty
from guibin.web.access import actor_of, requires

router = Router(tags=["customers"])


@router.get("/customers/{number}/profile", response=dict[str, Any], summary="Profile, figures and standing")
@requires(VIEW_CUSTOMER)
def get_profile(request: HttpRequest, number: str) -> dict[str, Any]:
    """One customer as the customer page shows them. Personal data is masked; amounts are minor units."""
    summary = read_summary(number, actor=actor_of(request), at=now(), drawn=False)
    if summary is None:
        raise customers.CustomerUnknown(number=number)
    customer = summary.customer
    return {
        "number": customer.number,
        "status": customer.status,
        "name": summary.name,
        "phone": summary.phone,
        "store": summary.store,
        "joined_on": customer.profile.joined_on,
        "tags": [tag.name for tag in customer.tags],
        "currency": summary.currency,
        "facts": _facts(summary),
        "standing": _standing(summary.view),
    }


def _facts(summary: Summary) -> dict[str, Any] | None:
    if summary.facts is None:
        return None
    hidden = {"customer_id", "number"}
    return {name: summary.facts.get(name) for name in insight.FACT_NAMES if name not in hidden}


def _standing(view: loyalty.StandingView | None) -> dict[str, Any] | None:
    if view is None:
        return None
    since: date | None = view.since
    return {
        "level": view.level.code if view.level else None,
        "next_level": view.next_level.code if view.next_level else None,
        "gap_permille": view.gap_permille,
        "since": since,
        "as_of": view.as_of,
        "policy": view.policy_code,
        "version": view.version,
        "why": loyalty.reason_sentence(view.receipt, view.level, view.currency),
    }
