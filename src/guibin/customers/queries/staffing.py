"""Reading who of the house looks after whom."""

from collections.abc import Iterable

from guibin.customers.models import StaffLink
from guibin.customers.queries.groups import groups
from guibin.customers.rules.requirements import STAFF_ROLES, StaffLinkView


def staff_of(customer_ids: Iterable[int], *, past: bool = False) -> dict[int, list[StaffLinkView]]:
    """Who looks after each: the main one first, then by role and since when; with ``past`` also who did. Of a
    merged person the links of all ids, each member of staff in force once."""
    people = groups(customer_ids)
    everybody = {one for ids in people.values() for one in ids}
    rows = StaffLink.objects.filter(customer_id__in=everybody)
    rows = rows if past else rows.filter(until=None)
    by_owner: dict[int, list[StaffLink]] = {}
    for row in rows.order_by("pk"):
        by_owner.setdefault(row.customer_id, []).append(row)
    return {
        customer_id: _sorted([row for one in ids for row in by_owner.get(one, ())])
        for customer_id, ids in people.items()
    }


def _sorted(rows: list[StaffLink]) -> list[StaffLinkView]:
    """The rows of the id that stands for the person come first, and win."""
    main = next((row.pk for row in rows if row.is_main and row.until is None), None)
    seen: set[int] = set()
    views = []
    for row in rows:
        if row.until is None and row.staff_id in seen:
            continue
        if row.until is None:
            seen.add(row.staff_id)
        views.append(_view(row, is_main=row.pk == main))
    return sorted(
        views,
        key=lambda view: (
            view.until is not None,
            not view.is_main,
            STAFF_ROLES.index(view.role),
            view.since,
            view.id,
        ),
    )


def _view(row: StaffLink, *, is_main: bool) -> StaffLinkView:
    return StaffLinkView(
        id=row.pk,
        customer_id=row.customer_id,
        staff_id=row.staff_id,
        role=row.role,
        since=row.since,
        until=row.until,
        is_main=is_main,
        assigned_by=row.assigned_by,
        assigned_at=row.assigned_at,
    )


def main_staff(customer_ids: Iterable[int]) -> dict[int, int]:
    """The member of staff who mainly looks after each; nobody is absent."""
    return {
        customer_id: links[0].staff_id
        for customer_id, links in staff_of(customer_ids).items()
        if links and links[0].is_main
    }


def list_linked_staff(*, past: bool = False) -> list[int]:
    """The ids of staff who look after anybody now; with ``past`` also who did."""
    rows = StaffLink.objects.all() if past else StaffLink.objects.filter(until=None)
    return sorted(rows.values_list("staff_id", flat=True).distinct().order_by())
