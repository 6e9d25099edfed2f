"""The composed profile for programs: who (masked), figures, standing with its receipt."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from guibin.console.profile.plain import plain_facts, plain_standing
from guibin.console.profile.summary import read_summary
from guibin.core.clock import now
from guibin.customers import api as customers
from guibin.customers.api import VIEW_CUSTOMER
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
        "facts": plain_facts(summary.facts),
        "standing": plain_standing(summary.view),
    }
