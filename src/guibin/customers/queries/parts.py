"""What customers adds to a composed read: the masked head of one person's profile."""

import json
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from guibin.core.composed import ReadPart, Row, text
from guibin.core.permissions import Actor
from guibin.core.sealing import SealKey, vault
from guibin.customers.queries import sealed
from guibin.customers.rules.birthday import decode_birthday
from guibin.customers.rules.contact import show_contact
from guibin.customers.rules.profile import unpack_details
from guibin.customers.rules.values import Attribute, AttributeFact, Birthday

COLUMNS = (
    "id",
    "number",
    "status",
    "joined_on",
    "store_id",
    "name_sealed",
    "latin_name_sealed",
    "epoch",
    "wrapped",
    "phone_sealed",
    "phone_owner",
    "phone_epoch",
    "phone_wrapped",
    "tags",
)
RAW = frozenset({"name_sealed", "latin_name_sealed", "wrapped", "phone_sealed", "phone_wrapped"})
TAGS = """(SELECT json_agg(DISTINCT t.name ORDER BY t.name) FROM customers_customertag w
                    JOIN customers_tag t ON t.id = w.tag_id AND NOT t.is_archived
                    WHERE w.customer_id = ANY(g.ids)) AS tags"""
# ``b`` bears the number asked for; ``p`` is the person it belongs to since a merge; ``g.ids`` is
# every id of this person, first the one that stands for them.
PERSON = """customers_customer b
            LEFT JOIN customers_customeralias a ON a.customer_id = b.id
            JOIN customers_customer p ON p.id = coalesce(a.into_id, b.id)
            CROSS JOIN array_prepend(p.id, ARRAY(
                SELECT o.customer_id FROM customers_customeralias o
                WHERE o.into_id = p.id ORDER BY o.customer_id)) AS g (ids)
            LEFT JOIN core_personkey k ON k.person_id = p.id"""


@dataclass(frozen=True, slots=True)
class Head:
    """Who a customer is in a line: the phone masked, ``joined_on`` as ISO text, ``tags`` as a JSON list."""

    number: str
    status: str
    name: str
    phone: str
    joined_on: str
    tags: str


def head_part() -> ReadPart:
    """The person whose number is ``$2`` or was it before a merge, under the name ``person``. Parts after it
    may use ``person.id`` (who stands for the person) and ``person.ids`` (bigint[], every id of theirs)."""
    return ReadPart(
        name="person",
        sql=f"""
            SELECT p.id, g.ids, p.number, p.status, p.joined_on, p.joined_store_id AS store_id,
                   p.name_sealed, p.latin_name_sealed, k.epoch, k.wrapped,
                   f.value_sealed AS phone_sealed, f.customer_id AS phone_owner,
                   n.epoch AS phone_epoch, n.wrapped AS phone_wrapped,
                   {TAGS}
            FROM {PERSON}
            LEFT JOIN customers_contactpoint f ON f.id = (
                SELECT c.id FROM customers_contactpoint c
                WHERE c.customer_id = ANY(g.ids) AND c.kind = 'phone'
                ORDER BY c.is_preferred DESC, (c.customer_id = p.id) DESC, c.id LIMIT 1)
            LEFT JOIN core_personkey n ON n.person_id = f.customer_id
            WHERE b.number = $2""",  # noqa: S608 - our own pieces
        columns=COLUMNS,
        raw=RAW,
    )


def read_head(row: Row, *, actor: Actor) -> Head | None:
    """None when there is no such person, or the actor may not see them. Raises ``SealBroken``."""
    person, number, status, joined_on, store, name, latin, epoch, wrapped, *phone, tags = row
    if person is None or not _may_see(store, actor):
        return None
    shown = text(number)
    key = _key(person, epoch, wrapped)
    if key is not None:
        shown = (
            key.open_or_none(sealed.NAME, name) or key.open_or_none(sealed.LATIN_NAME, latin) or text(number)
        )
    value, *owner = phone
    theirs = _key(*owner)
    masked = ""
    if theirs is not None and value is not None:
        masked = show_contact("phone", theirs.open(sealed.CONTACT, value), masked=True)
    return Head(text(number), text(status), shown, masked, text(joined_on), text(tags) or "[]")


def _key(person: bytes | None, epoch: bytes | None, wrapped: bytes | None) -> SealKey | None:
    """The key of a person from its columns; None once it is destroyed."""
    if person is None or epoch is None or wrapped is None:
        return None
    return vault().seal_key(int(person), int(epoch), wrapped)


def _may_see(store_id: bytes | None, actor: Actor) -> bool:
    """As ``people.visible``: everybody, or who joined through the actor's stores."""
    return actor.store_ids is None or (store_id is not None and int(store_id) in actor.store_ids)


@dataclass(frozen=True, slots=True)
class ContactLine:
    """A way to reach somebody, masked."""

    kind: str
    value: str
    is_preferred: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """Who a customer is on their page, masked. ``attributes`` hide what is sensitive; ``ids`` are all ids of
    the person, first the one that stands for them."""

    id: int
    number: str
    status: str
    name: str
    latin_name: str
    joined_on: date | None
    birthday: Birthday | None
    interests: str
    contacts: tuple[ContactLine, ...]
    tags: tuple[str, ...]
    attributes: tuple[AttributeFact, ...]
    ids: tuple[int, ...] = ()

    @property
    def shown_name(self) -> str:
        """The name, or what stands for it where there is none."""
        return self.name or self.latin_name or self.number

    @property
    def phone(self) -> str:
        return next((contact.value for contact in self.contacts if contact.kind == "phone"), "")


def joined_part(customer_id: str) -> ReadPart:
    """The day on which the customer whose id is the SQL expression ``customer_id`` joined, where known."""
    return ReadPart(
        name="joined",
        sql=f"SELECT c.joined_on FROM customers_customer c WHERE c.id = {customer_id}",  # noqa: S608 - as above
        columns=("joined_on",),
    )


SHEET_COLUMNS = (
    "id",
    "ids",
    "number",
    "status",
    "joined_on",
    "store_id",
    "name_sealed",
    "latin_name_sealed",
    "details_sealed",
    "epoch",
    "wrapped",
    "keys",
    "contacts",
    "tags",
    "attributes",
)
CONTACTS = """(SELECT json_agg(json_build_array(c.customer_id, c.kind, encode(c.value_sealed, 'base64'),
                                                     c.is_preferred)
                                    ORDER BY c.is_preferred DESC, (c.customer_id = p.id) DESC, c.kind, c.id)
                    FROM (SELECT DISTINCT ON (o.kind, o.value_index) o.* FROM customers_contactpoint o
                          WHERE o.customer_id = ANY(g.ids)
                          ORDER BY o.kind, o.value_index,
                                   o.is_preferred DESC, (o.customer_id = p.id) DESC, o.id) c) AS contacts"""
ATTRIBUTES = """(SELECT json_agg(json_build_array(d.id, d.code, d.label_zh, d.label_en, d.kind, d.unit,
                                                     d.choices, d.privacy, d.position, v.customer_id,
                                                     CASE WHEN d.privacy = 'sensitive' THEN NULL
                                                          ELSE encode(v.value_sealed, 'base64') END)
                                    ORDER BY d.position, d.id)
                    FROM (SELECT DISTINCT ON (o.definition_id) o.* FROM customers_attributevalue o
                          WHERE o.customer_id = ANY(g.ids)
                          ORDER BY o.definition_id, (o.customer_id = p.id) DESC, o.customer_id) v
                    JOIN customers_attributedefinition d ON d.id = v.definition_id AND NOT d.is_archived
                   ) AS attributes"""


def sheet_part(number: str) -> ReadPart:
    """The person whose number is the SQL expression ``number`` or was it before a merge, as ``person``, with
    ``person.ids`` as in ``head_part``."""
    return ReadPart(
        name="person",
        sql=f"""
            SELECT p.id, g.ids, p.number, p.status, p.joined_on, p.joined_store_id AS store_id,
                   p.name_sealed, p.latin_name_sealed, p.details_sealed, k.epoch, k.wrapped,
                   (SELECT json_agg(json_build_array(n.person_id, n.epoch, encode(n.wrapped, 'base64')))
                    FROM core_personkey n
                    WHERE cardinality(g.ids) > 1 AND n.person_id = ANY(g.ids[2:])) AS keys,
                   {CONTACTS},
                   {TAGS},
                   {ATTRIBUTES}
            FROM {PERSON}
            WHERE b.number = {number}""",  # noqa: S608 - the expression is the caller's code, no input
        columns=SHEET_COLUMNS,
        raw=frozenset({"name_sealed", "latin_name_sealed", "details_sealed", "wrapped"}),
    )


def read_sheet(row: Row, *, actor: Actor) -> Sheet | None:
    """None when there is no such person, or the actor may not see them. Raises ``SealBroken``."""
    person, ids, number, status, joined_on, store, name, latin, details, epoch, wrapped, *lists = row
    if person is None or not _may_see(store, actor):
        return None
    others, contacts, tags, attributes = (json.loads(each) if each else [] for each in lists)
    keys = {owner: vault().seal_key(owner, turn, b64decode(sealed_key)) for owner, turn, sealed_key in others}
    key = _key(person, epoch, wrapped)
    if key is not None:
        keys[int(person)] = key
    first = 1 if contacts and contacts[0][3] else 0
    contacts[first:] = sorted(
        contacts[first:], key=lambda each: (each[1], not each[3], each[0] != int(person))
    )
    known = {} if key is None else unpack_details(key.open_or_none(sealed.DETAILS, details))
    return Sheet(
        id=int(person),
        ids=tuple(int(each) for each in text(ids).strip("{}").split(",")),
        number=text(number),
        status=text(status),
        name=(key and key.open_or_none(sealed.NAME, name)) or "",
        latin_name=(key and key.open_or_none(sealed.LATIN_NAME, latin)) or "",
        joined_on=date.fromisoformat(text(joined_on)) if joined_on else None,
        birthday=decode_birthday(known["birthday"]) if known.get("birthday") else None,
        interests=known.get("interests", ""),
        contacts=tuple(
            _contact(keys[owner], kind, value, preferred=preferred and place == 0)
            for place, (owner, kind, value, preferred) in enumerate(contacts)
            if owner in keys
        ),
        tags=tuple(tags),
        attributes=tuple(_fact(keys[each[9]], each) for each in attributes if each[9] in keys),
    )


def _contact(key: SealKey, kind: str, value: str, *, preferred: bool) -> ContactLine:
    plain = key.open(sealed.CONTACT, b64decode(value))
    return ContactLine(kind, show_contact(kind, plain, masked=True), preferred)


def _fact(key: SealKey, row: Sequence[Any]) -> AttributeFact:
    number, code, zh, en, kind, unit, choices, privacy, position, _owner, value = row
    named = tuple((choice["code"], choice["zh"], choice.get("en", "")) for choice in choices)
    definition = Attribute(number, code, zh, en, kind, unit, named, privacy, position, is_archived=False)
    if value is None:
        return AttributeFact(definition, None, is_masked=True)
    return AttributeFact(definition, key.open(sealed.ATTRIBUTE, b64decode(value)), is_masked=False)
