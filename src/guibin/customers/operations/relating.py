"""Relations between customers: adding (to somebody known or new), changing, taking away."""

import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction

from guibin.core.errors import DomainError, constraint_errors
from guibin.core.events import Origin, record, subject
from guibin.core.permissions import Actor
from guibin.core.sealing import SealKey, vault
from guibin.customers import errors
from guibin.customers.events import RelationAdded, RelationEdited, RelationRemoved
from guibin.customers.models import ContactPreference, Customer, Relation
from guibin.customers.operations.locking import lock_customer
from guibin.customers.operations.people import create_customer
from guibin.customers.permissions import EDIT_CUSTOMER
from guibin.customers.queries import sealed
from guibin.customers.queries.groups import resolve
from guibin.customers.queries.relations import bonds_of
from guibin.customers.rules.profile import clean_text
from guibin.customers.rules.relations import (
    CONTACT_ROLES,
    REMARK_LENGTH_MAX,
    ROLES,
    TITLE_LENGTH_MAX,
    Bond,
    NewRelation,
    bond_of,
    problem_of,
    role_seen,
)
from guibin.customers.rules.values import NewContact, Profile

PROBLEMS: dict[str, type[DomainError]] = {
    "itself": errors.RelationWithItself,
    "period": errors.RelationPeriodInvalid,
    "unsuitable": errors.RelationUnsuitable,
    "known": errors.RelationKnown,
    "contradicts": errors.RelationContradicts,
    "spouse_taken": errors.SpouseTaken,
    "referrer_taken": errors.ReferrerTaken,
}


@transaction.atomic
def relate_customers(
    *,
    customer_id: int,
    other_id: int,
    relation: NewRelation,
    actor: Actor,
    at: datetime,
    origin: Origin = Origin.LIVE,
) -> int:
    """``other_id`` is from now on the ``relation.role`` of ``customer_id``; returns the relation's id.

    Raises ``Forbidden``, ``CustomerUnknown`` or ``CustomerErased`` for either, ``RelationInvalid``,
    ``TextTooLong``, and the errors of ``PROBLEMS``.
    """
    actor.require(EDIT_CUSTOMER)
    relation = _checked(relation)
    heads = resolve([customer_id, other_id])
    me, them = heads[customer_id], heads[other_id]
    if me == them:
        raise errors.RelationWithItself
    rows, keys = _lock_two(me, them, actor)
    bond = bond_of(relation.role, me=me, them=them, since=relation.since, until=relation.until)
    _decide(bond, rows)
    with constraint_errors({"customers_relation_once": errors.RelationKnown()}):
        row = Relation.objects.create(
            one_id=bond.one,
            other_id=bond.other,
            kind=bond.kind,
            since=bond.since,
            until=bond.until,
            contact_role=relation.contact_role if bond.kind == "works_for" else "",
            decides=relation.decides and bond.kind == "works_for",
            details_sealed=_sealed(relation, keys[bond.one], keys[bond.other]),
            added_by=actor.code,
            added_at=at,
        )
    _record(RelationAdded, row, actor=actor, at=at, origin=origin)
    return row.pk


@transaction.atomic
def relate_newcomer(
    *,
    customer_id: int,
    profile: Profile,
    contacts: Sequence[NewContact] = (),
    relation: NewRelation,
    source: str = "form",
    actor: Actor,
    at: datetime,
) -> tuple[int, int]:
    """Enter somebody and relate them at once; returns the new customer's id and the relation's. Raises as
    ``create_customer`` and ``relate_customers``; then nobody was entered."""
    newcomer = create_customer(profile=profile, contacts=contacts, source=source, actor=actor, at=at)
    made = relate_customers(customer_id=customer_id, other_id=newcomer, relation=relation, actor=actor, at=at)
    return newcomer, made


@transaction.atomic
def edit_relation(
    *,
    relation_id: int,
    since: date | None,
    until: date | None,
    contact_role: str = "",
    decides: bool = False,
    title: str = "",
    remark: str = "",
    expected_revision: int | None = None,
    actor: Actor,
    at: datetime,
) -> None:
    """Write everything of a relation but who and what they are to each other. Raises ``RelationUnknown``,
    ``RelationChanged`` when the revision is not the expected one, and as ``relate_customers``."""
    actor.require(EDIT_CUSTOMER)
    row, rows, keys = _lock_relation(relation_id, actor)
    if expected_revision is not None and row.revision != expected_revision:
        raise errors.RelationChanged
    wish = _checked(
        NewRelation(role_seen(row.kind, from_first=True), since, until, contact_role, decides, title, remark)
    )
    heads = resolve([row.one_id, row.other_id])
    _decide(Bond(heads[row.one_id], heads[row.other_id], row.kind, since, until), rows, without=row.pk)
    employed = row.kind == "works_for"
    with constraint_errors({"customers_relation_once": errors.RelationKnown()}):
        Relation.objects.filter(pk=row.pk).update(
            since=since,
            until=until,
            contact_role=wish.contact_role if employed else "",
            decides=wish.decides and employed,
            details_sealed=_sealed(wish, keys[row.one_id], keys[row.other_id]),
            revision=row.revision + 1,
        )
    _record(RelationEdited, row, actor=actor, at=at)


@transaction.atomic
def remove_relation(*, relation_id: int, actor: Actor, at: datetime) -> None:
    """Take a relation away that never was; one that is over is given an end. Raises ``RelationUnknown``."""
    actor.require(EDIT_CUSTOMER)
    row, _rows, _keys = _lock_relation(relation_id, actor)
    ContactPreference.objects.filter(relation_id=row.pk).delete()
    Relation.objects.filter(pk=row.pk).delete()
    _record(RelationRemoved, row, actor=actor, at=at)


def _checked(relation: NewRelation) -> NewRelation:
    if relation.role not in ROLES or relation.contact_role not in {"", *CONTACT_ROLES}:
        raise errors.RelationInvalid
    cleaned = replace(relation, title=clean_text(relation.title), remark=clean_text(relation.remark))
    for text, limit in ((cleaned.title, TITLE_LENGTH_MAX), (cleaned.remark, REMARK_LENGTH_MAX)):
        if len(text) > limit:
            raise errors.TextTooLong(limit=limit)
    return cleaned


def _lock_two(one: int, other: int, actor: Actor) -> tuple[dict[int, Customer], dict[int, SealKey]]:
    """Rows and keys of two who stand for themselves. Raises ``CustomerChanged`` when one was just merged:
    what is sealed must be so with the key of the id that is written."""
    locked = {pk: lock_customer(pk, actor=actor) for pk in sorted({one, other})}
    for pk, (row, _key) in locked.items():
        if row.pk != pk:
            raise errors.CustomerChanged(number=row.number)
    return {pk: row for pk, (row, _key) in locked.items()}, {pk: key for pk, (_row, key) in locked.items()}


def _lock_relation(
    relation_id: int, actor: Actor
) -> tuple[Relation, dict[int, Customer], dict[int, SealKey]]:
    """The locked row, the two customers who stand for its people now, and the keys it was sealed with."""
    found = Relation.objects.filter(pk=relation_id).values_list("one_id", "other_id").first()
    if found is None:
        raise errors.RelationUnknown
    heads = resolve(found)
    try:
        rows, keys = _lock_two(heads[found[0]], heads[found[1]], actor)
    except errors.CustomerUnknown:
        raise errors.RelationUnknown from None
    row = Relation.objects.select_for_update().filter(pk=relation_id).first()
    if row is None:
        raise errors.RelationUnknown
    born = {pk: keys[pk] if pk in keys else _key_of(pk) for pk in found}
    return row, rows, born


def _key_of(customer_id: int) -> SealKey:
    key = vault().load_one(customer_id)
    if key is None:
        raise errors.RelationUnknown
    return key


def _decide(bond: Bond, rows: dict[int, Customer], *, without: int | None = None) -> None:
    known = bonds_of([bond.one, bond.other], without=without)
    problem = problem_of(bond, known, {pk: row.kind for pk, row in rows.items()})
    if problem:
        raise PROBLEMS[problem]


def _sealed(relation: NewRelation, first: SealKey, second: SealKey) -> bytes | None:
    """Title and remark under both keys, one inside the other: without either nobody reads them."""
    if not relation.title and not relation.remark:
        return None
    packed = json.dumps([relation.title, relation.remark], ensure_ascii=False, separators=(",", ":"))
    inner = first.seal(sealed.RELATION, packed)
    return second.seal(sealed.RELATION, b64encode(inner).decode())


def _record(
    event: type[RelationAdded | RelationEdited | RelationRemoved],
    row: Relation,
    *,
    actor: Actor,
    at: datetime,
    origin: Origin = Origin.LIVE,
) -> None:
    record(
        event(
            relation_id=row.pk,
            one=row.one_id,
            other=row.other_id,
            role=role_seen(row.kind, from_first=True),
        ),
        subjects=[subject("customer", row.one_id), subject("customer", row.other_id)],
        actor=actor,
        at=at,
        origin=origin,
    )
