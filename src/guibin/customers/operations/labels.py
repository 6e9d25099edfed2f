"""Tags, notes and the organisation's own fields."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from guibin.core.errors import constraint_errors
from guibin.core.events import Entry, record, record_many, subject
from guibin.core.permissions import Actor
from guibin.core.sealing import vault
from guibin.customers import errors
from guibin.customers.events import (
    AttributeDefined,
    AttributesSet,
    NoteAdded,
    TagAdded,
    TagChanged,
    TagRemoved,
)
from guibin.customers.models import AttributeDefinition, AttributeValue, CustomerTag, Note, Tag
from guibin.customers.operations.locking import lock_customer, lock_people, lock_person
from guibin.customers.operations.recording import HistoryRow, Provenance, change_row, keep_history
from guibin.customers.permissions import EDIT_CUSTOMER, MANAGE_ATTRIBUTES
from guibin.customers.queries import sealed
from guibin.customers.rules.attributes import is_code, normalise_attribute
from guibin.customers.rules.importing import NOTE_LENGTH_MAX, TAG_LENGTH_MAX
from guibin.customers.rules.profile import clean_text
from guibin.customers.rules.values import ATTRIBUTE_KINDS, ATTRIBUTE_PRIVACY, TAG_COLOURS


@transaction.atomic
def save_tag(
    *, name: str, colour: str = "grey", tag_id: int | None = None, actor: Actor, at: datetime
) -> int:
    """Create a tag, or rename and recolour ``tag_id``; returns its id.

    Raises ``TagNameInvalid``, ``TagColourInvalid``, ``TagTaken`` or ``TagUnknown``.
    """
    actor.require(EDIT_CUSTOMER if tag_id is None else MANAGE_ATTRIBUTES)
    cleaned = clean_text(name)
    if not cleaned or len(cleaned) > TAG_LENGTH_MAX:
        raise errors.TagNameInvalid(limit=TAG_LENGTH_MAX)
    if colour not in TAG_COLOURS:
        raise errors.TagColourInvalid
    with constraint_errors({"customers_tag_name_once": errors.TagTaken(name=cleaned)}):
        if tag_id is None:
            saved = Tag.objects.create(name=cleaned, colour=colour, created_at=at).pk
        elif Tag.objects.filter(pk=tag_id).update(name=cleaned, colour=colour):
            saved = tag_id
        else:
            raise errors.TagUnknown
    change = "created" if tag_id is None else "renamed"
    record(TagChanged(tag_id=saved, change=change), subjects=[subject("tag", saved)], actor=actor, at=at)
    return saved


@transaction.atomic
def archive_tag(*, tag_id: int, archived: bool = True, actor: Actor, at: datetime) -> None:
    """Hide a tag everywhere, or bring it back. Raises ``TagUnknown``."""
    actor.require(MANAGE_ATTRIBUTES)
    if not Tag.objects.filter(pk=tag_id).update(is_archived=archived):
        raise errors.TagUnknown
    change = "archived" if archived else "restored"
    record(TagChanged(tag_id=tag_id, change=change), subjects=[subject("tag", tag_id)], actor=actor, at=at)


@transaction.atomic
def add_tag(*, customer_ids: Collection[int], tag_id: int, actor: Actor, at: datetime) -> int:
    """Tag these people; returns how many did not wear it before, with none of their ids. Raises
    ``TagUnknown``."""
    actor.require(EDIT_CUSTOMER)
    people = lock_people(customer_ids, actor=actor)
    if not Tag.objects.filter(pk=tag_id, is_archived=False).exists():
        raise errors.TagUnknown
    everybody = [customer_id for ids in people.values() for customer_id in ids]
    rows = CustomerTag.objects.filter(tag_id=tag_id, customer_id__in=everybody)
    wearing = set(rows.values_list("customer_id", flat=True))
    fresh = [person for person, ids in people.items() if wearing.isdisjoint(ids)]
    CustomerTag.objects.bulk_create(
        (
            CustomerTag(customer_id=customer_id, tag_id=tag_id, added_by=actor.code, added_at=at)
            for customer_id in fresh
        ),
        batch_size=2000,
    )
    event = TagAdded(tag_id=tag_id)
    entries = [Entry(event, [subject("customer", customer_id)]) for customer_id in fresh]
    record_many(entries, actor=actor, at=at, batch_id=None)
    return len(fresh)


@transaction.atomic
def tag_by_name(*, customer_id: int, name: str, actor: Actor, at: datetime) -> int:
    """Put the tag called ``name`` on a customer, making it if there is none; returns the tag's id.

    Raises ``TagNameInvalid``.
    """
    row = Tag.objects.filter(name__iexact=clean_text(name)).first()
    if row is None:
        tag_id = save_tag(name=name, actor=actor, at=at)
    else:
        tag_id = row.pk
        Tag.objects.filter(pk=tag_id, is_archived=True).update(is_archived=False)
    add_tag(customer_ids=[customer_id], tag_id=tag_id, actor=actor, at=at)
    return tag_id


@transaction.atomic
def remove_tag(*, customer_ids: Collection[int], tag_id: int, actor: Actor, at: datetime) -> int:
    """Take a tag off these people, off each of their ids; returns how many people wore it."""
    actor.require(EDIT_CUSTOMER)
    people = lock_people(customer_ids, actor=actor)
    everybody = [customer_id for ids in people.values() for customer_id in ids]
    rows = CustomerTag.objects.filter(tag_id=tag_id, customer_id__in=everybody)
    wearing = set(rows.values_list("customer_id", flat=True))
    worn = [person for person, ids in people.items() if not wearing.isdisjoint(ids)]
    rows.delete()
    event = TagRemoved(tag_id=tag_id)
    entries = [Entry(event, [subject("customer", customer_id)]) for customer_id in worn]
    record_many(entries, actor=actor, at=at, batch_id=None)
    return len(worn)


@transaction.atomic
def write_note(*, customer_id: int, text: str, actor: Actor, at: datetime) -> int:
    """Returns the note's id. Raises ``CustomerUnknown``, ``CustomerErased`` or ``NoteEmpty``."""
    actor.require(EDIT_CUSTOMER)
    cleaned = text.replace("\r\n", "\n").strip()
    if not cleaned or len(cleaned) > NOTE_LENGTH_MAX:
        raise errors.NoteEmpty(limit=NOTE_LENGTH_MAX)
    row, key = lock_customer(customer_id, actor=actor)
    note = Note.objects.create(
        customer=row,
        text_sealed=key.seal(sealed.NOTE, cleaned),
        author=actor.code,
        written_at=at,
    )
    record(NoteAdded(note_id=note.pk), subjects=[subject("customer", row.pk)], actor=actor, at=at)
    return note.pk


@transaction.atomic
def save_attribute(
    *,
    code: str,
    label_zh: str,
    label_en: str = "",
    kind: str,
    unit: str = "",
    choices: Sequence[tuple[str, str, str]] = (),
    privacy: str = "personal",
    position: int = 0,
    is_new: bool = True,
    actor: Actor,
    at: datetime,
) -> int:
    """Define an own field, or change all but the kind of an existing one; returns its id. ``choices`` are
    (code, zh, en). Raises ``AttributeDefinitionInvalid``, ``AttributeTaken`` or ``AttributeUnknown``.
    """
    actor.require(MANAGE_ATTRIBUTES)
    codes = [choice[0] for choice in choices]
    sound = (
        is_code(code)
        and 0 < len(clean_text(label_zh)) <= 60
        and kind in ATTRIBUTE_KINDS
        and privacy in ATTRIBUTE_PRIVACY
        and (kind != "choice" or bool(codes))
        and len(set(codes)) == len(codes)
        and all(map(is_code, codes))
    )
    if not sound:
        raise errors.AttributeDefinitionInvalid
    values = {
        "label_zh": clean_text(label_zh),
        "label_en": clean_text(label_en),
        "unit": clean_text(unit)[:20],
        "choices": [{"code": choice, "zh": zh, "en": en} for choice, zh, en in choices],
        "privacy": privacy,
        "position": position,
    }
    taken = errors.AttributeTaken()
    with constraint_errors({"customers_attribute_code_once": taken, "customers_attribute_label_once": taken}):
        if is_new:
            saved = AttributeDefinition.objects.create(code=code, kind=kind, **values).pk
        else:
            row = AttributeDefinition.objects.select_for_update().filter(code=code).first()
            if row is None:
                raise errors.AttributeUnknown(code=code)
            AttributeDefinition.objects.filter(pk=row.pk).update(**values)
            saved = row.pk
    change = "created" if is_new else "changed"
    event = AttributeDefined(code=code, change=change)
    record(event, subjects=[subject("attribute", saved)], actor=actor, at=at)
    return saved


@transaction.atomic
def archive_attribute(*, code: str, archived: bool = True, actor: Actor, at: datetime) -> None:
    """Hide a field (its values stay sealed where they are), or bring it back. Raises ``AttributeUnknown``."""
    actor.require(MANAGE_ATTRIBUTES)
    row = AttributeDefinition.objects.select_for_update().filter(code=code).first()
    if row is None:
        raise errors.AttributeUnknown(code=code)
    AttributeDefinition.objects.filter(pk=row.pk).update(is_archived=archived)
    event = AttributeDefined(code=code, change="archived" if archived else "restored")
    record(event, subjects=[subject("attribute", row.pk)], actor=actor, at=at)


@transaction.atomic
def set_attributes(
    *, customer_id: int, values: Mapping[str, str], source: str = "form", actor: Actor, at: datetime
) -> tuple[str, ...]:
    """Set own fields by code, on the id that stands for the person; empty text clears them, of every id of
    theirs. Returns the codes that changed.

    Raises ``AttributeUnknown`` or ``AttributeValueInvalid``.
    """
    actor.require(EDIT_CUSTOMER)
    person = lock_person(customer_id, actor=actor)
    head = person.row.pk
    definitions = {row.code: row for row in AttributeDefinition.objects.filter(code__in=list(values))}
    keys = {head: person.key, **vault().load(person.others)} if person.others else {head: person.key}
    held = _held_values(person.ids, values)
    provenance = Provenance(source, actor, at)
    changes: list[HistoryRow] = []
    for code in sorted(values):
        if code not in definitions:
            raise errors.AttributeUnknown(code=code)
        definition = definitions[code]
        new = normalise_attribute(
            definition.kind, values[code], [choice["code"] for choice in definition.choices]
        )
        if new is None:
            raise errors.AttributeValueInvalid(code=code)
        mine = held.get(code, [])
        old = keys[mine[0].customer_id].open(sealed.ATTRIBUTE, mine[0].value_sealed) if mine else ""
        if new == old:
            continue
        gone = [row for row in mine if row.customer_id == head or not new]
        AttributeValue.objects.filter(pk__in=[row.pk for row in gone]).delete()
        if new:
            AttributeValue.objects.create(
                customer=person.row,
                definition=definition,
                value_sealed=person.key.seal(sealed.ATTRIBUTE, new),
                set_at=at,
            )
        for owner in [row.customer_id for row in gone] if not new else [head]:
            was = next((row for row in mine if row.customer_id == owner), None)
            text = keys[owner].open(sealed.ATTRIBUTE, was.value_sealed) if was else ""
            changes.append(change_row(owner, keys[owner], f"attribute:{code}", text, new, provenance))
    codes = tuple(dict.fromkeys(change.field.partition(":")[2] for change in changes))
    if codes:
        keep_history(changes)
        record(AttributesSet(codes=codes), subjects=[subject("customer", head)], actor=actor, at=at)
    return codes


def _held_values(ids: Sequence[int], codes: Collection[str]) -> dict[str, list[AttributeValue]]:
    """The values of each own field by code, first that of the id that stands for the person."""
    rows = AttributeValue.objects.filter(customer_id__in=ids, definition__code__in=list(codes))
    held: dict[str, list[AttributeValue]] = defaultdict(list)
    for row in sorted(
        rows.select_related("definition"), key=lambda row: (row.customer_id != ids[0], row.customer_id)
    ):
        held[row.definition.code].append(row)
    return held
