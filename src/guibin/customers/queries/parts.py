"""What customers adds to a composed read: the masked head of one person's profile."""

from dataclasses import dataclass

from guibin.core.composed import ReadPart, Row, text
from guibin.core.permissions import Actor
from guibin.core.sealing import vault
from guibin.customers.queries import sealed
from guibin.customers.rules.contact import show_contact

COLUMNS = (
    "id",
    "number",
    "status",
    "joined_on",
    "store_id",
    "asked_store_id",
    "name_sealed",
    "latin_name_sealed",
    "epoch",
    "wrapped",
    "phone_sealed",
    "tags",
)
RAW = frozenset({"name_sealed", "latin_name_sealed", "wrapped", "phone_sealed"})


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
    """The person whose number is ``$2`` or was it before a merge, under the name ``person``."""
    return ReadPart(
        name="person",
        sql="""
            SELECT p.id, p.number, p.status, p.joined_on, p.joined_store_id AS store_id,
                   b.joined_store_id AS asked_store_id, p.name_sealed, p.latin_name_sealed,
                   k.epoch, k.wrapped,
                   (SELECT c.value_sealed FROM customers_contactpoint c
                    WHERE c.customer_id = p.id AND c.kind = 'phone'
                    ORDER BY c.is_preferred DESC, c.id LIMIT 1) AS phone_sealed,
                   (SELECT json_agg(t.name ORDER BY t.name) FROM customers_customertag w
                    JOIN customers_tag t ON t.id = w.tag_id AND NOT t.is_archived
                    WHERE w.customer_id = p.id) AS tags
            FROM customers_customer b
            LEFT JOIN customers_customeralias a ON a.customer_id = b.id
            JOIN customers_customer p ON p.id = coalesce(a.into_id, b.id)
            LEFT JOIN core_personkey k ON k.person_id = p.id
            WHERE b.number = $2""",
        columns=COLUMNS,
        raw=RAW,
    )


def read_head(row: Row, *, actor: Actor) -> Head | None:
    """None when there is no such person, or the actor may not see them. Raises ``SealBroken``."""
    person, number, status, joined_on, store, asked_store, name, latin, epoch, wrapped, phone, tags = row
    if person is None or not (_may_see(asked_store, actor) and _may_see(store, actor)):
        return None
    shown, masked = text(number), ""
    if epoch is not None and wrapped is not None:
        key = vault().seal_key(int(person), int(epoch), wrapped)
        shown = (
            key.open_or_none(sealed.NAME, name) or key.open_or_none(sealed.LATIN_NAME, latin) or text(number)
        )
        masked = "" if phone is None else show_contact("phone", key.open(sealed.CONTACT, phone), masked=True)
    return Head(text(number), text(status), shown, masked, text(joined_on), text(tags) or "[]")


def _may_see(store_id: bytes | None, actor: Actor) -> bool:
    """As ``people.visible``: everybody, or who joined through the actor's stores."""
    return actor.store_ids is None or (store_id is not None and int(store_id) in actor.store_ids)
