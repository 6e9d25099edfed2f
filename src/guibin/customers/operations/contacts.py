"""Contact points and ids of other systems: added, changed, removed one by one."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from guibin.core import preferences
from guibin.core.errors import DomainError, constraint_errors
from guibin.core.events import record, subject
from guibin.core.permissions import Actor
from guibin.core.sealing import SealKey, vault
from guibin.customers import errors
from guibin.customers.events import (
    ContactPointAdded,
    ContactPointEdited,
    ContactPointRemoved,
    ExternalIdAdded,
)
from guibin.customers.models import ContactPoint, ExternalId, SearchToken
from guibin.customers.operations.locking import Person, lock_person
from guibin.customers.operations.matching import renew_match_tokens
from guibin.customers.operations.recording import Provenance, change_row, keep_history
from guibin.customers.permissions import EDIT_CUSTOMER
from guibin.customers.queries import sealed
from guibin.customers.rules.contact import normalise_contact
from guibin.customers.rules.importing import EXTERNAL_LENGTH_MAX, clean_external
from guibin.customers.rules.values import CONTACT_KINDS, NewContact
from guibin.customers.settings import PHONE_REGION

LABEL_LENGTH_MAX = 20
INVALID: dict[str, type[DomainError]] = {
    "phone": errors.PhoneInvalid,
    "email": errors.EmailInvalid,
    "wechat": errors.WechatInvalid,
}


def check_contact(contact: NewContact, region: str) -> str:
    """The canonical value. Raises ``PhoneInvalid``, ``EmailInvalid``, ``WechatInvalid``, ``HoursInvalid`` or
    ``TextTooLong``."""
    if contact.kind not in CONTACT_KINDS:
        raise errors.ContactUnknown
    value = normalise_contact(contact.kind, contact.value, region)
    if value is None:
        raise INVALID[contact.kind]
    check_hours(contact.hour_from, contact.hour_until)
    if len(contact.label) > LABEL_LENGTH_MAX:
        raise errors.TextTooLong(limit=LABEL_LENGTH_MAX)
    return value


def check_hours(hour_from: int | None, hour_until: int | None) -> None:
    """Both or neither, 0 to 24, in order. Raises ``HoursInvalid``."""
    if hour_from is None and hour_until is None:
        return
    if hour_from is None or hour_until is None or not 0 <= hour_from < hour_until <= 24:
        raise errors.HoursInvalid


def place_contacts(
    customer_id: int,
    key: SealKey,
    points: Sequence[tuple[NewContact, str]],
    *,
    source: str,
    at: datetime,
) -> list[ContactPoint]:
    """Write checked contact points and the tokens that follow. Raises ``ContactTwice``."""
    if any(contact.is_preferred for contact, _value in points):
        ContactPoint.objects.filter(customer_id=customer_id, is_preferred=True).update(is_preferred=False)
    with constraint_errors({"customers_contact_value_once": errors.ContactTwice()}):
        rows = ContactPoint.objects.bulk_create(
            ContactPoint(
                customer_id=customer_id,
                kind=contact.kind,
                value_sealed=key.seal(sealed.CONTACT, value),
                value_index=sealed.contact_index(contact.kind, value),
                label=contact.label,
                is_preferred=contact.is_preferred,
                hour_from=contact.hour_from,
                hour_until=contact.hour_until,
                source=source,
                added_at=at,
            )
            for contact, value in points
        )
    if any(contact.kind == "phone" for contact, _value in points):
        renew_phone_tokens(customer_id, key)
    renew_match_tokens([customer_id])
    return rows


def renew_phone_tokens(customer_id: int, key: SealKey) -> None:
    """Make the phone tokens those of the phones there are now."""
    rows = ContactPoint.objects.filter(customer_id=customer_id, kind="phone").values_list(
        "value_sealed", flat=True
    )
    tokens = sealed.phone_tokens(key.open(sealed.CONTACT, value) for value in rows)
    SearchToken.objects.filter(pk=customer_id).update(phone_tokens=tokens)


@transaction.atomic
def add_contact(
    *, customer_id: int, contact: NewContact, source: str = "form", actor: Actor, at: datetime
) -> int:
    """Returns the contact point's id. A preferred one takes the preference from the others.

    Raises ``CustomerUnknown``, ``CustomerErased``, ``ContactTwice`` (also when another id of the person has
    it) and the errors of ``check_contact``.
    """
    actor.require(EDIT_CUSTOMER)
    person = lock_person(customer_id, actor=actor)
    owner, key = person.row.pk, person.key
    value = check_contact(contact, preferences.get(PHONE_REGION))
    if person.others and _same_points(person.others, contact.kind, sealed.contact_index(contact.kind, value)):
        raise errors.ContactTwice
    (point,) = place_contacts(owner, key, [(contact, value)], source=source, at=at)
    keep_history([change_row(owner, key, contact.kind, "", value, Provenance(source, actor, at))])
    record(
        ContactPointAdded(contact_id=point.pk, contact_kind=contact.kind),
        subjects=[subject("customer", owner)],
        actor=actor,
        at=at,
    )
    return point.pk


def _same_points(customer_ids: Collection[int], kind: str, index: bytes) -> list[ContactPoint]:
    rows = ContactPoint.objects.filter(customer_id__in=customer_ids, kind=kind, value_index=index)
    return list(rows.order_by("customer_id"))


@transaction.atomic
def edit_contact(
    *,
    contact_id: int,
    label: str = "",
    is_preferred: bool = False,
    hour_from: int | None = None,
    hour_until: int | None = None,
    actor: Actor,
    at: datetime,
) -> int:
    """Change label, preference and hours (a new value is a new contact point); returns the id that stands for
    the person.

    Raises ``ContactUnknown``, ``HoursInvalid`` or ``TextTooLong``.
    """
    actor.require(EDIT_CUSTOMER)
    point, person = _locked_point(contact_id, actor=actor)
    check_hours(hour_from, hour_until)
    if len(label) > LABEL_LENGTH_MAX:
        raise errors.TextTooLong(limit=LABEL_LENGTH_MAX)
    if is_preferred:
        # Of several preferred ones that of the id that stands for the person is it: the others may stay.
        others = person.ids if point.customer_id != person.row.pk else (person.row.pk,)
        ContactPoint.objects.filter(customer_id__in=others, is_preferred=True).update(is_preferred=False)
    ContactPoint.objects.filter(pk=contact_id).update(
        label=label, is_preferred=is_preferred, hour_from=hour_from, hour_until=hour_until
    )
    record(
        ContactPointEdited(contact_id=contact_id, contact_kind=point.kind),
        subjects=[subject("customer", person.row.pk)],
        actor=actor,
        at=at,
    )
    return person.row.pk


@transaction.atomic
def remove_contact(*, contact_id: int, source: str = "form", actor: Actor, at: datetime) -> int:
    """Take a contact point away, from every id of the person that has the same (the value stays in the sealed
    history of each); returns the id that stands for the person.

    Raises ``ContactUnknown``.
    """
    actor.require(EDIT_CUSTOMER)
    point, person = _locked_point(contact_id, actor=actor)
    gone = _same_points(person.ids, point.kind, bytes(point.value_index))
    owners = [each.customer_id for each in gone]
    keys = vault().load(owners)
    provenance = Provenance(source, actor, at)
    value = keys[point.customer_id].open(sealed.CONTACT, point.value_sealed)
    ContactPoint.objects.filter(pk__in=[each.pk for each in gone]).delete()
    if point.kind == "phone":
        for owner in owners:
            renew_phone_tokens(owner, keys[owner])
    renew_match_tokens(owners)
    keep_history(change_row(owner, keys[owner], point.kind, value, "", provenance) for owner in owners)
    record(
        ContactPointRemoved(contact_id=contact_id, contact_kind=point.kind),
        subjects=[subject("customer", person.row.pk)],
        actor=actor,
        at=at,
    )
    return person.row.pk


def _locked_point(contact_id: int, *, actor: Actor) -> tuple[ContactPoint, Person]:
    """The contact point, its person locked first. Raises ``ContactUnknown``."""
    owner = ContactPoint.objects.filter(pk=contact_id).values_list("customer_id", flat=True).first()
    if owner is None:
        raise errors.ContactUnknown
    person = lock_person(owner, actor=actor)
    point = ContactPoint.objects.filter(pk=contact_id).first()
    if point is None:
        raise errors.ContactUnknown
    return point, person


@transaction.atomic
def add_external_id(
    *, customer_id: int, source: str, value: str, actor: Actor, at: datetime, import_id: int | None = None
) -> None:
    """Link an id that ``source`` uses (``card`` for a member card); linking it again changes nothing.

    Raises ``CustomerUnknown``, ``CustomerErased``, ``ExternalIdTaken`` or ``TextTooLong``.
    """
    actor.require(EDIT_CUSTOMER)
    person = lock_person(customer_id, actor=actor)
    cleaned = clean_external(value)
    if not cleaned or len(cleaned) > EXTERNAL_LENGTH_MAX:
        raise errors.TextTooLong(limit=EXTERNAL_LENGTH_MAX)
    index = sealed.external_index(cleaned)
    owner = (
        ExternalId.objects.filter(source=source, value_index=index)
        .values_list("customer_id", flat=True)
        .first()
    )
    if owner in person.ids:
        return
    with constraint_errors({"customers_externalid_once": errors.ExternalIdTaken(source=source)}):
        ExternalId.objects.create(
            customer=person.row,
            source=source,
            value_sealed=person.key.seal(sealed.EXTERNAL, cleaned),
            value_index=index,
            import_id=import_id,
            added_at=at,
        )
    renew_match_tokens([person.row.pk])
    event = ExternalIdAdded(source=source)
    record(event, subjects=[subject("customer", person.row.pk)], actor=actor, at=at)
