"""Writes of the page kit: saved views, and the record that a list was exported."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from guibin.core.errors import Conflict, Invalid, NotFound, constraint_errors
from guibin.core.events import record, subject
from guibin.core.permissions import Actor
from guibin.web.events import ListExported
from guibin.web.models import SavedView

VIEWS_MAX = 50


class ViewNameTaken(Conflict):
    code = "web.view_name_taken"
    message = _("You already have a view called %(name)s.")


class ViewNameMissing(Invalid):
    code = "web.view_name_missing"
    message = _("Give the view a name.")


class ViewUnknown(NotFound):
    code = "web.view_unknown"
    message = _("This view is no longer there.")


class TooManyViews(Conflict):
    code = "web.too_many_views"
    message = _("A list keeps up to %(limit)s views. Delete one first.")


def save_view(*, actor: Actor, list_name: str, name: str, query: str, at: datetime) -> int:
    """Keep a list's filters under ``name`` for the acting member of staff; returns its id."""
    wanted = " ".join(name.split())[:60]
    if not wanted or actor.staff_id is None:
        raise ViewNameMissing
    mine = SavedView.objects.filter(staff_id=actor.staff_id, list_name=list_name)
    if mine.count() >= VIEWS_MAX:
        raise TooManyViews(limit=VIEWS_MAX)
    with constraint_errors({"web_savedview_name": ViewNameTaken(name=wanted)}), transaction.atomic():
        row = SavedView.objects.create(
            staff_id=actor.staff_id, list_name=list_name, name=wanted, query=query[:2000], created_at=at
        )
    return row.pk


def delete_view(*, actor: Actor, view_id: int) -> None:
    """Forget one of the acting member's views. Raises ``ViewUnknown``."""
    deleted, _per_model = SavedView.objects.filter(pk=view_id, staff_id=actor.staff_id or 0).delete()
    if not deleted:
        raise ViewUnknown


def record_export(*, actor: Actor, list_name: str, file_format: str, rows: int, at: datetime) -> None:
    """Write into the log that a list left the house as a file."""
    with transaction.atomic():
        record(
            ListExported(list_name=list_name, format=file_format, rows=rows),
            subjects=[subject("list", list_name)],
            actor=actor,
            at=at,
        )
