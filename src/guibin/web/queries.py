"""Reads of the page kit."""

from guibin.core.permissions import Actor
from guibin.web.models import SavedView


def list_views(*, actor: Actor, list_name: str) -> list[SavedView]:
    """The saved views of one list, oldest first; none for somebody who is not staff."""
    if actor.staff_id is None:
        return []
    return list(SavedView.objects.filter(staff_id=actor.staff_id, list_name=list_name).order_by("id"))
