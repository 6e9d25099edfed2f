"""Puts the actor on every request; what a role may do is read anew each time."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from guibin.accounts import queries, roles
from guibin.accounts.models import Staff
from guibin.core.errors import Text
from guibin.core.permissions import ANONYMOUS


@dataclass(frozen=True, slots=True)
class Person:
    """What the top bar shows of whoever is signed in."""

    name: str
    role: Text
    place: str
    theme: str


def actor(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Sets ``request.actor`` and ``request.person``, their own language and the zone of their store."""

    def middleware(request: Any) -> HttpResponse:
        user = request.user
        if not isinstance(user, Staff) and not user.is_authenticated:
            request.actor, request.person = ANONYMOUS, None
            return get_response(request)
        request.actor = queries.actor_of(user)
        role = user.role
        request.person = Person(
            name=user.display_name,
            role=roles.role_name(code=role.code, name=role.name, follows_manifests=role.follows_manifests),
            place="" if user.store is None else user.store.name,
            theme=user.theme,
        )
        if user.language != translation.get_language():
            translation.activate(user.language)
            request.LANGUAGE_CODE = user.language
        zone = user.store.time_zone if user.store is not None else ""
        with timezone.override(ZoneInfo(zone or getattr(user, "house_zone", None) or "UTC")):
            return get_response(request)

    return middleware
