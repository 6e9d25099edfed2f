"""A person's ties as plain JSON values, whole, for a copy of their data and for programs."""

from collections.abc import Mapping
from typing import Any

from guibin.customers.queries.people import get_cards
from guibin.customers.queries.reaching import contact_preferences, place_preferences
from guibin.customers.queries.relations import list_relations
from guibin.customers.queries.requirements import list_requirements
from guibin.customers.queries.staffing import staff_of
from guibin.customers.rules.reaching import Preference
from guibin.customers.rules.relations import RelationView
from guibin.customers.rules.requirements import RequirementView, StaffLinkView


def export_ties(customer_id: int) -> dict[str, Any]:
    """All ties of a person, unmasked. Others are named by their numbers alone: their names are theirs."""
    relations = list_relations(customer_id)
    cards = get_cards([view.other_id for view in relations])
    numbers = {pk: card.number for pk, card in cards.items()}
    places = place_preferences([view.id for view in relations if view.role == "employer"])
    wish = contact_preferences([customer_id]).get(customer_id)
    return {
        "relations": [plain_relation(view, numbers, places) for view in relations],
        "contact_preference": plain_preference(wish),
        "requirements": [plain_requirement(one) for one in list_requirements(customer_id, masked=False)],
        "looked_after_by": [plain_link(link) for link in staff_of([customer_id], past=True)[customer_id]],
    }


def plain_relation(
    view: RelationView, numbers: Mapping[int, str], places: Mapping[int, Preference]
) -> dict[str, Any]:
    """``numbers`` by id; whoever is not in it is out of sight, and so are title, remark and the wishes of
    their place."""
    seen = view.other_id in numbers
    return {
        "id": view.id,
        "role": view.role,
        "number": numbers.get(view.other_id),
        "since": _day(view.since),
        "until": _day(view.until),
        "contact_role": view.contact_role,
        "decides": view.decides,
        "title": view.title if seen else "",
        "remark": view.remark if seen else "",
        "contact_preference": plain_preference(places.get(view.id) if seen else None),
        "revision": view.revision,
    }


def plain_preference(wish: Preference | None) -> dict[str, Any] | None:
    if wish is None:
        return None
    return {
        "channel": wish.channel,
        "days": list(wish.days),
        "hour_from": wish.hour_from,
        "hour_until": wish.hour_until,
        "language": wish.language,
        "quiet_from": wish.quiet_from,
        "quiet_until": wish.quiet_until,
    }


def plain_requirement(one: RequirementView) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind.code,
        "text": one.text,
        "masked": one.is_masked,
        "valid_until": _day(one.valid_until),
        "about": {"kind": one.subject_kind, "id": one.subject_id} if one.subject_id else None,
        "revision": one.revision,
        "written_at": one.written_at.isoformat(),
    }


def plain_link(link: StaffLinkView) -> dict[str, Any]:
    return {
        "staff_id": link.staff_id,
        "role": link.role,
        "is_main": link.is_main,
        "since": _day(link.since),
        "until": _day(link.until),
    }


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None
