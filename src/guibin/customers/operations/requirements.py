"""What customers ask for: writing it down, changing it, showing what is sensitive, defining its kinds."""

from datetime import date, datetime

from django.db import transaction

from guibin.core.errors import constraint_errors
from guibin.core.events import record, subject
from guibin.core.permissions import Actor
from guibin.core.sealing import SealKey, vault
from guibin.customers import errors
from guibin.customers.events import (
    PersonalDataRevealed,
    RequirementAdded,
    RequirementEdited,
    RequirementRemoved,
    RequirementTypeDefined,
)
from guibin.customers.models import Requirement, RequirementType
from guibin.customers.operations.locking import lock_customer
from guibin.customers.operations.recording import Provenance, change_row, keep_history
from guibin.customers.permissions import EDIT_CUSTOMER, MANAGE_ATTRIBUTES, REVEAL_CUSTOMER
from guibin.customers.queries import sealed
from guibin.customers.queries.people import visible
from guibin.customers.queries.requirements import list_requirements
from guibin.customers.rules.attributes import is_code
from guibin.customers.rules.profile import clean_text
from guibin.customers.rules.requirements import SUBJECT, TEXT_LENGTH_MAX, RequirementView
from guibin.customers.rules.values import ATTRIBUTE_PRIVACY, REVEAL_REASONS


@transaction.atomic
def add_requirement(
    *,
    customer_id: int,
    kind: str,
    text: str,
    valid_until: date | None = None,
    about: tuple[str, int] | None = None,
    actor: Actor,
    at: datetime,
) -> int:
    """Write down what a customer asks for; ``kind`` is the code of a kind, ``about`` names what it is about,
    such as ``("order", 17)``. Returns its id.

    Raises ``Forbidden``, ``CustomerUnknown``, ``CustomerErased``, ``RequirementTypeUnknown``,
    ``RequirementEmpty`` or ``RequirementSubjectInvalid``.
    """
    actor.require(EDIT_CUSTOMER)
    cleaned = _cleaned(text)
    if about is not None and (not SUBJECT.fullmatch(about[0]) or about[1] < 1):
        raise errors.RequirementSubjectInvalid
    customer, key = lock_customer(customer_id, actor=actor)
    type_row = RequirementType.objects.filter(code=kind, is_archived=False).first()
    if type_row is None:
        raise errors.RequirementTypeUnknown
    row = Requirement.objects.create(
        customer_id=customer.pk,
        type=type_row,
        text_sealed=key.seal(sealed.REQUIREMENT, cleaned),
        valid_until=valid_until,
        subject_kind=about[0] if about else "",
        subject_id=about[1] if about else None,
        written_by=actor.code,
        written_at=at,
    )
    _keep(row, key, "", cleaned, actor, at)
    event = RequirementAdded(requirement_id=row.pk, type_id=type_row.pk)
    record(event, subjects=[subject("customer", customer.pk)], actor=actor, at=at)
    return row.pk


@transaction.atomic
def edit_requirement(
    *,
    requirement_id: int,
    text: str,
    valid_until: date | None,
    expected_revision: int | None = None,
    actor: Actor,
    at: datetime,
) -> None:
    """Write text and last day anew; what it said before stays in the field history. Raises
    ``RequirementUnknown``, ``RequirementChanged`` when the revision is not the expected one, and
    ``Forbidden`` when it is sensitive and the actor may not see it."""
    actor.require(EDIT_CUSTOMER)
    cleaned = _cleaned(text)
    row, key = _lock_requirement(requirement_id, actor)
    if row.type.privacy == "sensitive":
        actor.require(REVEAL_CUSTOMER)
    if expected_revision is not None and row.revision != expected_revision:
        raise errors.RequirementChanged
    before = key.open(sealed.REQUIREMENT, row.text_sealed)
    Requirement.objects.filter(pk=row.pk).update(
        text_sealed=key.seal(sealed.REQUIREMENT, cleaned), valid_until=valid_until, revision=row.revision + 1
    )
    if before != cleaned:
        _keep(row, key, before, cleaned, actor, at)
    event = RequirementEdited(requirement_id=row.pk, type_id=row.type_id)
    record(event, subjects=[subject("customer", row.customer_id)], actor=actor, at=at)


@transaction.atomic
def remove_requirement(*, requirement_id: int, actor: Actor, at: datetime) -> None:
    """Take a requirement away; what it said stays in the field history. Raises ``RequirementUnknown``."""
    actor.require(EDIT_CUSTOMER)
    row, key = _lock_requirement(requirement_id, actor)
    _keep(row, key, key.open(sealed.REQUIREMENT, row.text_sealed), "", actor, at)
    Requirement.objects.filter(pk=row.pk).delete()
    event = RequirementRemoved(requirement_id=row.pk, type_id=row.type_id)
    record(event, subjects=[subject("customer", row.customer_id)], actor=actor, at=at)


@transaction.atomic
def reveal_requirements(
    *, customer_id: int, reason: str, actor: Actor, at: datetime
) -> list[RequirementView]:
    """Everything a person asks for, what is sensitive too; the look is recorded. ``reason`` is one of
    ``REVEAL_REASONS``. Raises ``Forbidden``, ``ReasonUnknown`` or ``CustomerUnknown``."""
    actor.require(REVEAL_CUSTOMER)
    if reason not in REVEAL_REASONS:
        raise errors.ReasonUnknown
    if not visible(actor).filter(pk=customer_id).exists():
        raise errors.CustomerUnknown(number=customer_id)
    event = PersonalDataRevealed(reason=reason)
    record(event, subjects=[subject("customer", customer_id)], actor=actor, at=at)
    return list_requirements(customer_id, masked=False)


@transaction.atomic
def save_requirement_type(
    *,
    code: str,
    label_zh: str,
    label_en: str = "",
    privacy: str = "personal",
    position: int = 0,
    is_new: bool = True,
    actor: Actor,
    at: datetime,
) -> int:
    """Define a kind of requirement, or change all but the code of one; returns its id. Raises ``Forbidden``,
    ``RequirementTypeInvalid``, ``RequirementTypeTaken`` or ``RequirementTypeUnknown``."""
    actor.require(MANAGE_ATTRIBUTES)
    name = clean_text(label_zh)
    if not is_code(code) or not 0 < len(name) <= 60 or privacy not in ATTRIBUTE_PRIVACY:
        raise errors.RequirementTypeInvalid
    english = clean_text(label_en)[:60]
    values = {"label_zh": name, "label_en": english, "privacy": privacy, "position": position}
    taken = errors.RequirementTypeTaken()
    with constraint_errors(
        {"customers_requirementtype_code_once": taken, "customers_requirementtype_label_once": taken}
    ):
        if is_new:
            saved = RequirementType.objects.create(code=code, **values).pk
        else:
            saved = _lock_type(code).pk
            RequirementType.objects.filter(pk=saved).update(**values)
    event = RequirementTypeDefined(code=code, change="created" if is_new else "changed")
    record(event, subjects=[subject("requirement_type", saved)], actor=actor, at=at)
    return saved


@transaction.atomic
def archive_requirement_type(*, code: str, archived: bool = True, actor: Actor, at: datetime) -> None:
    """Hide a kind (what customers asked for stays sealed where it is), or bring it back. Raises
    ``RequirementTypeUnknown``."""
    actor.require(MANAGE_ATTRIBUTES)
    row = _lock_type(code)
    RequirementType.objects.filter(pk=row.pk).update(is_archived=archived)
    event = RequirementTypeDefined(code=code, change="archived" if archived else "restored")
    record(event, subjects=[subject("requirement_type", row.pk)], actor=actor, at=at)


def _cleaned(text: str) -> str:
    cleaned = text.replace("\r\n", "\n").strip()
    if not cleaned or len(cleaned) > TEXT_LENGTH_MAX:
        raise errors.RequirementEmpty(limit=TEXT_LENGTH_MAX)
    return cleaned


def _lock_type(code: str) -> RequirementType:
    row = RequirementType.objects.select_for_update().filter(code=code).first()
    if row is None:
        raise errors.RequirementTypeUnknown
    return row


def _lock_requirement(requirement_id: int, actor: Actor) -> tuple[Requirement, SealKey]:
    """The locked row and the key of whom it was written for. Seen by who sees the person it belongs to."""
    owner = Requirement.objects.filter(pk=requirement_id).values_list("customer_id", flat=True).first()
    if owner is None:
        raise errors.RequirementUnknown
    try:
        customer, key = lock_customer(owner, actor=actor)
    except errors.CustomerUnknown:
        raise errors.RequirementUnknown from None
    row = Requirement.objects.select_for_update(of=("self",)).select_related("type").filter(pk=requirement_id)
    found = row.first()
    if found is None:
        raise errors.RequirementUnknown
    return found, key if customer.pk == owner else _key_of(owner)


def _key_of(customer_id: int) -> SealKey:
    key = vault().load_one(customer_id)
    if key is None:
        raise errors.RequirementUnknown
    return key


def _keep(row: Requirement, key: SealKey, old: str, new: str, actor: Actor, at: datetime) -> None:
    provenance = Provenance("form", actor, at)
    keep_history([change_row(row.customer_id, key, f"requirement:{row.type.code}", old, new, provenance)])
