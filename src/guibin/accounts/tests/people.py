"""People and places for the tests of this slice."""

from datetime import UTC, datetime

from guibin.accounts import api
from guibin.core.permissions import SYSTEM, Actor

AT = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
PASSWORD = "herbst-laub-raschelt-leise"


def make(name: str, role: str = "agent", **more: object) -> api.Staff:
    fields = {"display_name": name.title(), "password": PASSWORD, **more}
    return api.create_staff(sign_in_name=name, role_code=role, actor=SYSTEM, at=AT, **fields)


def actor(name: str, role: str = "agent", **more: object) -> Actor:
    return api.actor_for_staff(make(name, role, **more).id)
