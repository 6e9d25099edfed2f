"""The composed profile for programs: who (masked), figures, standing with its receipt."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from guibin.console.profile.plain import read_profile
from guibin.customers import api as customers
from guibin.customers.api import VIEW_CUSTOMER
from guibin.web.access import actor_of, requires

router = Router(tags=["customers"])


@router.get("/customers/{number}/profile", response=dict[str, Any], summary="Profile, figures and standing")
@requires(VIEW_CUSTOMER)
def get_profile(request: HttpRequest, number: str) -> dict[str, Any]:
    """One customer as the customer page shows them. Personal data is masked; amounts are minor units."""
    profile = read_profile(number, actor=actor_of(request))
    if profile is None:
        raise customers.CustomerUnknown(number=number)
    return profile
