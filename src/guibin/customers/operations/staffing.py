"""Who of the house looks after whom: assigning and releasing, for many customers at once."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db import transaction

from guibin.accounts import api as accounts
from guibin.core.events import Entry, Origin, record_many, subject
from guibin.core.ids import StaffId
from guibin.core.permissions import Actor
from guibin.customers import errors
from guibin.customers.events import StaffAssigned, StaffReleased
from guibin.customers.models import StaffLink
from guibin.customers.operations.locking import lock_people
from guibin.customers.permissions import EDIT_CUSTOMER
from guibin.customers.rules.requirements import STAFF_ROLES

BATCH = 2000


@transaction.atomic
def assign_staff(
    *,
    customer_ids: Collection[int],
    staff_id: int,
    role: str = "manager",
    is_main: bool = False,
    since: date,
    actor: Actor,
    at: datetime,
    origin: Origin = Origin.LIVE,
) -> int:
    """This member of staff looks after these customers from ``since`` on; who does already changes role.
    ``is_main`` makes them the main one: whoever was it before stays, beside them. Returns how many changed;
    customers out of the actor's sight are left out.

    Raises ``Forbidden``, ``StaffRoleInvalid``, or ``StaffNotHere`` when they do not work here (any more).
    """
    actor.require(EDIT_CUSTOMER)
    if role not in STAFF_ROLES:
        raise errors.StaffRoleInvalid
    known = accounts.get_staff_by_ids([StaffId(staff_id)]).get(StaffId(staff_id))
    if known is None or not known.is_active:
        raise errors.StaffNotHere
    people = lock_people(customer_ids, actor=actor)
    rows = _current(people)
    fresh: list[StaffLink] = []
    changed: list[StaffLink] = []
    unseated: list[int] = []
    touched: list[int] = []
    for head, ids in people.items():
        held = [row for one in ids for row in rows.get(one, ())]
        theirs = next((row for row in held if row.staff_id == staff_id), None)
        mains = [row for row in held if row.is_main]
        unseats = [row.pk for row in mains if is_main and row is not theirs]
        if theirs is None:
            fresh.append(_link(head, staff_id, role, since, actor, at, is_main=is_main))
        elif unseats or (theirs.role, theirs.is_main) != (role, theirs.is_main or is_main):
            theirs.role, theirs.is_main = role, theirs.is_main or is_main
            changed.append(theirs)
        else:
            continue
        unseated += unseats
        touched.append(head)
    StaffLink.objects.filter(pk__in=unseated).update(is_main=False)
    StaffLink.objects.bulk_update(changed, ["role", "is_main"], batch_size=BATCH)
    StaffLink.objects.bulk_create(fresh, batch_size=BATCH)
    event = StaffAssigned(staff_id=staff_id, role=role, is_main=is_main)
    _record_all(event, touched, actor, at, origin)
    return len(touched)


def _link(
    customer_id: int, staff_id: int, role: str, since: date, actor: Actor, at: datetime, *, is_main: bool
) -> StaffLink:
    return StaffLink(
        customer_id=customer_id,
        staff_id=staff_id,
        role=role,
        since=since,
        is_main=is_main,
        assigned_by=actor.code,
        assigned_at=at,
    )


@transaction.atomic
def release_staff(
    *, customer_ids: Collection[int], staff_id: int, until: date, actor: Actor, at: datetime
) -> int:
    """This member of staff no longer looks after these customers from ``until`` on; returns how many it was
    so for. The links stay as history. Raises ``Forbidden``."""
    actor.require(EDIT_CUSTOMER)
    people = lock_people(customer_ids, actor=actor)
    rows = _current(people)
    touched, roles = [], {}
    ended: list[StaffLink] = []
    for head, ids in people.items():
        theirs = [row for one in ids for row in rows.get(one, ()) if row.staff_id == staff_id]
        if theirs:
            touched.append(head)
            roles[head] = theirs[0].role
        for row in theirs:
            row.until, row.is_main = max(until, row.since), False
            ended.append(row)
    StaffLink.objects.bulk_update(ended, ["until", "is_main"], batch_size=BATCH)
    for role in sorted(set(roles.values())):
        heads = [head for head in touched if roles[head] == role]
        _record_all(StaffReleased(staff_id=staff_id, role=role), heads, actor, at, Origin.LIVE)
    return len(touched)


def _current(people: dict[int, tuple[int, ...]]) -> dict[int, list[StaffLink]]:
    """The links in force by the id they were made for."""
    everybody = [one for ids in people.values() for one in ids]
    rows: dict[int, list[StaffLink]] = {}
    for row in StaffLink.objects.filter(customer_id__in=everybody, until=None).order_by("pk"):
        rows.setdefault(row.customer_id, []).append(row)
    return rows


def _record_all(
    event: StaffAssigned | StaffReleased,
    customer_ids: Iterable[int],
    actor: Actor,
    at: datetime,
    origin: Origin,
) -> None:
    entries = [Entry(event, [subject("customer", customer_id)]) for customer_id in customer_ids]
    record_many(entries, actor=actor, at=at, batch_id=None, origin=origin)
