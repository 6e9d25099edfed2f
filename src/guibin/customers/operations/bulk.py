"""Writing many customers at once: sealed in Python, written by COPY."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from guibin.core import wire
from guibin.core.permissions import Actor
from guibin.core.sealing import SealKey, vault
from guibin.customers.models import Customer, NumberCounter
from guibin.customers.operations.numbering import number_format, take_ids, take_serials
from guibin.customers.operations.sealing import columns_of
from guibin.customers.queries import sealed
from guibin.customers.queries.traits import get_policies, match_tokens, traits_of_texts
from guibin.customers.rules.matching import Policies
from guibin.customers.rules.profile import Texts

CUSTOMER_TYPES = {
    "id": "int8",
    "number": "text",
    "serial": "int8",
    "status": "text",
    "kind": "text",
    "name_sealed": "bytea",
    "latin_name_sealed": "bytea",
    "details_sealed": "bytea",
    "id_number_sealed": "bytea",
    "id_number_index": "bytea",
    "gender": "text",
    "birth_calendar": "text",
    "birth_month": "int2",
    "birth_day": "int2",
    "birth_leap": "bool",
    "age_band": "text",
    "province": "text",
    "city": "text",
    "joined_on": "date",
    "joined_store_id": "int8",
    "source": "text",
    "import_id": "int8",
    "revision": "int4",
    "created_by": "text",
    "created_at": "timestamptz",
    "updated_at": "timestamptz",
}
PROFILE_COLUMNS = tuple(CUSTOMER_TYPES)[4:20]


@dataclass(frozen=True, slots=True)
class Batch:
    """What all rows of one write share."""

    source: str
    actor: Actor
    at: datetime
    import_id: int | None


@dataclass(slots=True)
class NewPerson:
    """A person about to be written. Tags and attributes are (id, ...) of rows that exist."""

    texts: Texts
    contacts: Sequence[tuple[str, str]] = ()
    externals: Sequence[tuple[str, str]] = ()
    tag_ids: Sequence[int] = ()
    attributes: Mapping[int, str] = field(default_factory=dict)
    note: str = ""


def copy_rows(table: str, types: Mapping[str, str], rows: Iterable[tuple[Any, ...]]) -> int:
    """COPY ``rows`` in binary; column names come from this module only. Returns how many."""
    count = 0
    columns = ", ".join(types)
    statement = f"COPY {table} ({columns}) FROM STDIN (FORMAT BINARY)"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types(list(types.values()))
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def write_new(people: Sequence[NewPerson], batch: Batch) -> list[int]:
    """Create these people in order; returns their ids in the same order. Numbers follow the order."""
    if not people:
        return []
    ids = take_ids(len(people))
    keys = vault().create(ids)
    ready = [_customer_row(person, keys[pk], pk, batch) for pk, person in zip(ids, people, strict=True)]
    pairs = list(zip(ids, people, strict=True))
    policies = get_policies()
    serials, form = take_serials(len(people)), number_format()
    copy_rows(
        "customers_customer",
        CUSTOMER_TYPES,
        ((row[0], form.format(serial), serial, *row[1:]) for row, serial in zip(ready, serials, strict=True)),
    )
    copy_rows(
        "customers_searchtoken",
        {"customer_id": "int8", "name_tokens": "bytea", "phone_tokens": "bytea", "match_tokens": "bytea"},
        ((pk, *_tokens(person, batch.source, policies)) for pk, person in pairs),
    )
    write_contacts(((pk, keys[pk], person.contacts) for pk, person in pairs), batch)
    write_externals(((pk, keys[pk], person.externals) for pk, person in pairs), batch)
    write_tags(((pk, person.tag_ids) for pk, person in pairs), batch)
    write_attributes(((pk, keys[pk], person.attributes) for pk, person in pairs), batch)
    write_notes(((pk, keys[pk], person.note) for pk, person in pairs), batch)
    return ids


def _customer_row(person: NewPerson, key: SealKey, pk: int, batch: Batch) -> tuple[Any, ...]:
    columns = columns_of(person.texts, key)
    profile = (columns[name] for name in PROFILE_COLUMNS)
    return (pk, "active", *profile, batch.source, batch.import_id, 1, batch.actor.code, batch.at, batch.at)


def _tokens(person: NewPerson, source: str, policies: Policies) -> tuple[bytes, bytes, bytes]:
    names = sealed.name_tokens(person.texts.get("name", ""), person.texts.get("latin_name", ""))
    phones = sealed.phone_tokens(value for kind, value in person.contacts if kind == "phone")
    traits = traits_of_texts(person.texts, person.contacts, person.externals, source, policies)
    return wire.int8_array(names), wire.int8_array(phones), wire.int8_array(match_tokens(traits))


def write_contacts(people: Iterable[tuple[int, SealKey, Sequence[tuple[str, str]]]], batch: Batch) -> None:
    """Contact points in canonical form, none of which is there yet."""
    types = {
        "customer_id": "int8",
        "kind": "text",
        "value_sealed": "bytea",
        "value_index": "bytea",
        "label": "text",
        "is_preferred": "bool",
        "source": "text",
        "import_id": "int8",
        "added_at": "timestamptz",
    }
    copy_rows(
        "customers_contactpoint",
        types,
        (
            (
                pk,
                kind,
                key.seal(sealed.CONTACT, value),
                sealed.contact_index(kind, value),
                "",
                False,
                batch.source,
                batch.import_id,
                batch.at,
            )
            for pk, key, contacts in people
            for kind, value in contacts
        ),
    )


def write_externals(people: Iterable[tuple[int, SealKey, Sequence[tuple[str, str]]]], batch: Batch) -> None:
    """Ids of other systems, none of which is there yet."""
    types = {
        "customer_id": "int8",
        "source": "text",
        "value_sealed": "bytea",
        "value_index": "bytea",
        "import_id": "int8",
        "added_at": "timestamptz",
    }
    copy_rows(
        "customers_externalid",
        types,
        (
            (
                pk,
                source,
                key.seal(sealed.EXTERNAL, value),
                sealed.external_index(value),
                batch.import_id,
                batch.at,
            )
            for pk, key, externals in people
            for source, value in externals
        ),
    )


def write_tags(people: Iterable[tuple[int, Sequence[int]]], batch: Batch) -> None:
    types = {
        "customer_id": "int8",
        "tag_id": "int8",
        "added_by": "text",
        "added_at": "timestamptz",
        "import_id": "int8",
    }
    rows = [
        (pk, tag_id, batch.actor.code, batch.at, batch.import_id)
        for pk, tag_ids in people
        for tag_id in tag_ids
    ]
    if rows:
        copy_rows("customers_customertag", types, rows)


def write_attributes(people: Iterable[tuple[int, SealKey, Mapping[int, str]]], batch: Batch) -> None:
    types = {
        "customer_id": "int8",
        "definition_id": "int8",
        "value_sealed": "bytea",
        "import_id": "int8",
        "set_at": "timestamptz",
    }
    rows = [
        (pk, definition_id, key.seal(sealed.ATTRIBUTE, value), batch.import_id, batch.at)
        for pk, key, values in people
        for definition_id, value in values.items()
    ]
    if rows:
        copy_rows("customers_attributevalue", types, rows)


def write_notes(people: Iterable[tuple[int, SealKey, str]], batch: Batch) -> None:
    types = {
        "customer_id": "int8",
        "text_sealed": "bytea",
        "author": "text",
        "written_at": "timestamptz",
        "import_id": "int8",
    }
    rows = [
        (pk, key.seal(sealed.NOTE, note), batch.actor.code, batch.at, batch.import_id)
        for pk, key, note in people
        if note
    ]
    if rows:
        copy_rows("customers_note", types, rows)


def highest_serial() -> int:
    """The highest running number in use; 0 when there is none."""
    last = Customer.objects.order_by("-serial").values_list("serial", flat=True).first()
    return last or 0


def lock_counter() -> None:
    NumberCounter.objects.select_for_update().filter(pk=1).first()


def chunks(items: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
