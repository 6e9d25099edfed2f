"""Creating, editing and archiving one customer."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from guibin.core import preferences
from guibin.core.errors import DomainError, Forbidden, constraint_errors
from guibin.core.events import Origin, record, subject
from guibin.core.permissions import Actor
from guibin.core.sealing import vault
from guibin.customers import errors
from guibin.customers.events import (
    CustomerArchived,
    CustomerCreated,
    CustomerRestored,
)
from guibin.customers.models import (
    Customer,
    SearchToken,
)
from guibin.customers.operations.contacts import add_external_id, check_contact, place_contacts
from guibin.customers.operations.labels import set_attributes
from guibin.customers.operations.locking import Person, lock_customer, lock_person
from guibin.customers.operations.numbering import number_format, take_ids, take_serials
from guibin.customers.operations.recording import Provenance
from guibin.customers.operations.sealing import columns_of
from guibin.customers.operations.writing import write_changes
from guibin.customers.permissions import ARCHIVE_CUSTOMER, EDIT_CUSTOMER
from guibin.customers.queries import sealed
from guibin.customers.queries.people import find_id_number
from guibin.customers.queries.relations import bonds_of
from guibin.customers.rules.profile import LIMITS, Texts, clean_profile, plan_fields
from guibin.customers.rules.values import CARD_SOURCE, NewContact, Profile
from guibin.customers.settings import PHONE_REGION

PROBLEMS: dict[str, type[DomainError]] = {
    "kind": errors.KindInvalid,
    "gender": errors.GenderInvalid,
    "birthday": errors.BirthdayInvalid,
    "id_number": errors.IdNumberInvalid,
}


@transaction.atomic
def create_customer(
    *,
    profile: Profile,
    contacts: Sequence[NewContact] = (),
    card: str = "",
    source: str = "form",
    actor: Actor,
    at: datetime,
    origin: Origin = Origin.LIVE,
) -> int:
    """A new customer with the next number, and a member card if there is one; returns the id.

    Raises ``Forbidden``, ``NameMissing`` when there is neither a name nor a contact, the errors of
    ``Profile`` fields and contact values, ``IdNumberTaken``, ``ContactTwice`` or ``ExternalIdTaken``.
    """
    actor.require(EDIT_CUSTOMER)
    texts = _checked(_placed(profile, actor))
    region = preferences.get(PHONE_REGION)
    points = [(contact, check_contact(contact, region)) for contact in contacts]
    if not texts["name"] and not texts["latin_name"] and not points:
        raise errors.NameMissing
    (customer_id,) = take_ids(1)
    key = vault().create([customer_id])[customer_id]
    (serial,) = take_serials(1)
    with constraint_errors({"customers_customer_id_number_once": errors.IdNumberTaken()}):
        row = Customer.objects.create(
            pk=customer_id,
            number=number_format().format(serial),
            serial=serial,
            source=source,
            created_by=actor.code,
            created_at=at,
            updated_at=at,
            **columns_of(texts, key),
        )
    SearchToken.objects.create(
        customer=row, name_tokens=sealed.name_tokens(texts["name"], texts["latin_name"])
    )
    place_contacts(customer_id, key, points, source=source, at=at)
    record(
        CustomerCreated(source=source),
        subjects=[subject("customer", customer_id)],
        actor=actor,
        at=at,
        origin=origin,
    )
    if card.strip():
        add_external_id(customer_id=customer_id, source=CARD_SOURCE, value=card, actor=actor, at=at)
    return customer_id


def _placed(profile: Profile, actor: Actor) -> Profile:
    """Somebody who works for some stores only enters customers of these: the first unless one is named.
    Raises ``Forbidden`` for another store."""
    if actor.store_ids is None:
        return profile
    if profile.joined_store_id is None and actor.store_ids:
        return replace(profile, joined_store_id=min(actor.store_ids))
    if profile.joined_store_id not in actor.store_ids:
        raise Forbidden
    return profile


def _checked(profile: Profile) -> Texts:
    texts, problem = clean_profile(profile)
    if problem == "text_too_long":
        name = next(name for name, limit in LIMITS.items() if len(texts[name]) > limit)
        raise errors.TextTooLong(limit=LIMITS[name])
    if problem == "id_number" and profile.kind == "company":
        raise errors.CreditCodeInvalid
    if problem:
        raise PROBLEMS[problem]
    return texts


@transaction.atomic
def edit_customer(
    *,
    customer_id: int,
    profile: Profile,
    fields: Collection[str] | None = None,
    attributes: Mapping[str, str] | None = None,
    expected_revision: int | None = None,
    source: str = "form",
    actor: Actor,
    at: datetime,
) -> tuple[str, ...]:
    """Write the given ``fields`` of ``profile`` (all when None, emptied ones too) and own fields by code to
    the id that stands for the person; returns the codes of those that changed. Raises ``CustomerUnknown``,
    ``CustomerErased``, ``CustomerChanged`` when the revision is not the expected one, and the errors of
    ``create_customer``.
    """
    actor.require(EDIT_CUSTOMER)
    person = lock_person(customer_id, actor=actor)
    row, key = person.row, person.key
    if expected_revision is not None and row.revision != expected_revision:
        raise errors.CustomerChanged(number=row.number)
    if fields is not None and "kind" not in fields:
        profile = replace(profile, kind=row.kind)
    wanted = _checked(profile)
    if fields is not None:
        wanted = {name: text for name, text in wanted.items() if name in fields}
    current = sealed.open_texts(row, key)
    if profile.kind != row.kind:
        _check_kind(row, current, wanted)
    provenance = Provenance(source, actor, at)
    corrected: tuple[str, ...] = ()
    if person.others and "id_number" in wanted and not current.get("id_number"):
        corrected = _correct_id_number(person, wanted, provenance)
    changes = plan_fields(current, wanted, policy=None)
    if changes:
        write_changes(row, key, current, changes, provenance)
    own: tuple[str, ...] = ()
    if attributes:
        own = set_attributes(customer_id=row.pk, values=attributes, source=source, actor=actor, at=at)
    return (*corrected, *changes, *own)


def _correct_id_number(person: Person, wanted: Texts, provenance: Provenance) -> tuple[str, ...]:
    """The ID number of a person stays with the id that brought it: there it is corrected, and taken out of
    ``wanted``. Nothing happens where nobody of the group has one."""
    keys = vault().load(person.others)
    owner, number = find_id_number(person.others, keys)
    if not number:
        return ()
    new = wanted.pop("id_number")
    if new == number:
        return ()
    row = Customer.objects.select_for_update().get(pk=owner)
    write_changes(row, keys[owner], sealed.open_texts(row, keys[owner]), {"id_number": new}, provenance)
    return ("id_number",)


def _check_kind(row: Customer, current: Texts, wanted: Texts) -> None:
    """A person becomes a company, or the other way round, only without what suits neither: a number or code
    that stays, a gender, a birthday, family or work. Raises ``KindFixed``."""
    stays = {name: wanted.get(name, current.get(name, "")) for name in ("gender", "birthday")}
    held = current.get("id_number") and "id_number" not in wanted
    bonds = bonds_of([row.pk])
    if held or any(stays.values()) or any(bond.kind != "referrer" for bond in bonds):
        raise errors.KindFixed(number=row.number)


@transaction.atomic
def archive_customer(*, customer_id: int, actor: Actor, at: datetime) -> None:
    """Put a customer away. Raises ``CustomerUnknown``, ``CustomerErased`` or ``CustomerNotActive``."""
    actor.require(ARCHIVE_CUSTOMER)
    row, _key = lock_customer(customer_id, actor=actor)
    if row.status != "active":
        raise errors.CustomerNotActive(number=row.number)
    Customer.objects.filter(pk=row.pk).update(status="archived", revision=row.revision + 1, updated_at=at)
    record(CustomerArchived(), subjects=[subject("customer", row.pk)], actor=actor, at=at)


@transaction.atomic
def restore_customer(*, customer_id: int, actor: Actor, at: datetime) -> None:
    """Bring a customer back. Raises ``CustomerUnknown``, ``CustomerErased`` or ``CustomerNotArchived``."""
    actor.require(ARCHIVE_CUSTOMER)
    row, _key = lock_customer(customer_id, actor=actor)
    if row.status != "archived":
        raise errors.CustomerNotArchived(number=row.number)
    Customer.objects.filter(pk=row.pk).update(status="active", revision=row.revision + 1, updated_at=at)
    record(CustomerRestored(), subjects=[subject("customer", row.pk)], actor=actor, at=at)
