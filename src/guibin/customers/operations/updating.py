"""Updating many known customers from a file: opened, compared, sealed and written in sets."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F

from guibin.core.sealing import PersonKeys, SealKey, vault
from guibin.customers.models import (
    AttributeDefinition,
    AttributeValue,
    ContactPoint,
    Customer,
    CustomerAlias,
    CustomerTag,
    ExternalId,
    SearchToken,
)
from guibin.customers.operations.bulk import (
    CUSTOMER_TYPES,
    PROFILE_COLUMNS,
    Batch,
    write_attributes,
    write_contacts,
    write_externals,
    write_notes,
    write_tags,
)
from guibin.customers.operations.matching import TOKEN_FIELDS, renew_match_tokens
from guibin.customers.operations.recording import HistoryRow, Provenance, change_row, keep_history
from guibin.customers.operations.sealing import columns_of
from guibin.customers.queries import sealed
from guibin.customers.rules.profile import Texts, plan_fields
from guibin.customers.rules.values import Policy

# A line of history that only undo reads: revision and time of the last change before the import.
BEFORE = "_before"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a row of a file says about a known customer."""

    customer_id: int
    texts: Mapping[str, str]
    contacts: Sequence[tuple[str, str]]
    externals: Sequence[tuple[str, str]]
    tag_ids: Sequence[int]
    attributes: Mapping[int, str]
    note: str


@dataclass(slots=True)
class Held:
    """What these customers have already: contact and external indexes, tags, attribute values, notes."""

    contacts: Mapping[int, set[tuple[str, bytes]]]
    externals: Mapping[int, set[tuple[str, bytes]]]
    tags: Mapping[int, set[int]]
    attributes: Mapping[tuple[int, int], AttributeValue]
    codes: Mapping[int, str]


@dataclass(slots=True)
class Plan:
    """One customer's changes, decided but not written."""

    wish: Wish
    key: SealKey
    before: Texts
    after: Texts
    fields: Texts
    contacts: list[tuple[str, str]]
    externals: list[tuple[str, str]]
    tag_ids: list[int]
    attributes: dict[int, str]

    @property
    def codes(self) -> list[str]:
        """Field codes of everything that changes."""
        codes = [*self.fields, *dict.fromkeys(kind for kind, _value in self.contacts)]
        codes += [part for part in ("externals", "tag_ids", "attributes") if getattr(self, part)]
        return codes


def update_people(wishes: Sequence[Wish], policy: Policy, batch: Batch) -> dict[int, list[str]]:
    """Apply wishes; returns the changed field codes by customer (empty when nothing changed). Notes are
    only written together with another change, so that the same file twice changes nothing."""
    ids = sorted({wish.customer_id for wish in wishes})
    rows = {row.pk: row for row in Customer.objects.filter(pk__in=ids).order_by("pk").select_for_update()}
    keys = vault().load(ids)
    held = _held(ids, wishes)
    plans = [
        _plan(wish, rows[wish.customer_id], keys[wish.customer_id], held, policy)
        for wish in wishes
        if wish.customer_id in keys
    ]
    plans = sorted((plan for plan in plans if plan.codes), key=lambda plan: plan.wish.customer_id)
    if plans:
        _write(plans, rows, held, keys, batch)
    return {plan.wish.customer_id: plan.codes for plan in plans}


def _held(ids: Sequence[int], wishes: Sequence[Wish]) -> Held:
    merged = dict(CustomerAlias.objects.filter(into_id__in=ids).values_list("customer_id", "into_id"))
    everybody = [*ids, *merged]
    contacts: dict[int, set[tuple[str, bytes]]] = defaultdict(set)
    rows = ContactPoint.objects.filter(customer_id__in=everybody)
    for owner, kind, index in rows.values_list("customer_id", "kind", "value_index"):
        contacts[merged.get(owner, owner)].add((kind, bytes(index)))
    externals: dict[int, set[tuple[str, bytes]]] = defaultdict(set)
    external_rows = ExternalId.objects.filter(customer_id__in=everybody)
    for owner, source, index in external_rows.values_list("customer_id", "source", "value_index"):
        externals[merged.get(owner, owner)].add((source, bytes(index)))
    tags: dict[int, set[int]] = defaultdict(set)
    if any(wish.tag_ids for wish in wishes):
        for owner, tag_id in CustomerTag.objects.filter(customer_id__in=ids).values_list(
            "customer_id", "tag_id"
        ):
            tags[owner].add(tag_id)
    values, codes = {}, {}
    if any(wish.attributes for wish in wishes):
        values = {
            (row.customer_id, row.definition_id): row
            for row in AttributeValue.objects.filter(customer_id__in=ids)
        }
        codes = dict(AttributeDefinition.objects.values_list("pk", "code"))
    return Held(contacts, externals, tags, values, codes)


def _plan(wish: Wish, row: Customer, key: SealKey, held: Held, policy: Policy) -> Plan:
    before = sealed.open_texts(row, key)
    fields = plan_fields(before, wish.texts, policy)
    mine = held.contacts.get(wish.customer_id, set())
    theirs = held.externals.get(wish.customer_id, set())
    return Plan(
        wish,
        key,
        before,
        {**before, **fields},
        fields,
        [pair for pair in wish.contacts if (pair[0], sealed.contact_index(*pair)) not in mine],
        [pair for pair in wish.externals if (pair[0], sealed.external_index(pair[1])) not in theirs],
        [tag_id for tag_id in wish.tag_ids if tag_id not in held.tags.get(wish.customer_id, set())],
        {
            definition_id: value
            for definition_id, value in wish.attributes.items()
            if _attribute_changes(held.attributes.get((wish.customer_id, definition_id)), key, value, policy)
        },
    )


def _attribute_changes(held: AttributeValue | None, key: SealKey, value: str, policy: Policy) -> bool:
    if held is None:
        return True
    return policy == "overwrite" and key.open(sealed.ATTRIBUTE, held.value_sealed) != value


def _write(
    plans: Sequence[Plan], rows: Mapping[int, Customer], held: Held, keys: PersonKeys, batch: Batch
) -> None:
    provenance = Provenance(batch.source, batch.actor, batch.at, batch.import_id)
    keep_history(_history(plans, rows, held, provenance))
    update_profiles(
        [(plan.wish.customer_id, columns_of(plan.after, plan.key)) for plan in plans if plan.fields]
    )
    _touch([plan.wish.customer_id for plan in plans], batch)
    write_contacts(((plan.wish.customer_id, plan.key, plan.contacts) for plan in plans), batch)
    write_externals(((plan.wish.customer_id, plan.key, plan.externals) for plan in plans), batch)
    write_tags(((plan.wish.customer_id, plan.tag_ids) for plan in plans), batch)
    replaced = [
        held.attributes[plan.wish.customer_id, definition_id].pk
        for plan in plans
        for definition_id in plan.attributes
        if (plan.wish.customer_id, definition_id) in held.attributes
    ]
    if replaced:
        AttributeValue.objects.filter(pk__in=replaced).delete()
    write_attributes(((plan.wish.customer_id, plan.key, plan.attributes) for plan in plans), batch)
    write_notes(((plan.wish.customer_id, plan.key, plan.wish.note) for plan in plans), batch)
    _renew_tokens(plans)
    renew_match_tokens(
        [
            plan.wish.customer_id
            for plan in plans
            if plan.contacts or plan.externals or TOKEN_FIELDS & plan.fields.keys()
        ]
    )


def _stamp(row: Customer) -> str:
    return f"{row.revision} {row.updated_at.isoformat()}"


def _history(
    plans: Sequence[Plan], rows: Mapping[int, Customer], held: Held, provenance: Provenance
) -> list[HistoryRow]:
    changes = []
    for plan in plans:
        pk, key = plan.wish.customer_id, plan.key
        changes.append(change_row(pk, key, BEFORE, _stamp(rows[pk]), "", provenance))
        for name, new in plan.fields.items():
            changes.append(change_row(pk, key, name, plan.before.get(name, ""), new, provenance))
        changes += [change_row(pk, key, kind, "", value, provenance) for kind, value in plan.contacts]
        for definition_id, value in plan.attributes.items():
            row = held.attributes.get((pk, definition_id))
            old = key.open(sealed.ATTRIBUTE, row.value_sealed) if row else ""
            field = f"attribute:{held.codes[definition_id]}"
            changes.append(change_row(pk, key, field, old, value, provenance))
    return changes


def update_profiles(profiles: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
    """Write whole profiles, ascending by id, with one UPDATE over arrays."""
    if not profiles:
        return
    arrays = [[pk for pk, _columns in profiles]]
    arrays += [[columns[name] for _pk, columns in profiles] for name in PROFILE_COLUMNS]
    casts = ["%s::int8[]", *(f"%s::{CUSTOMER_TYPES[name]}[]" for name in PROFILE_COLUMNS)]
    names = ", ".join(PROFILE_COLUMNS)
    sets = ", ".join(f"{name} = n.{name}" for name in PROFILE_COLUMNS)
    statement = (
        f"UPDATE customers_customer c SET {sets} "  # noqa: S608 - names from constants
        f"FROM unnest({', '.join(casts)}) AS n(id, {names}) WHERE c.id = n.id"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, arrays)


def _touch(ids: Collection[int], batch: Batch) -> None:
    Customer.objects.filter(pk__in=ids).update(revision=F("revision") + 1, updated_at=batch.at)


def _renew_tokens(plans: Sequence[Plan]) -> None:
    """Names anew where they changed; phones anew where some were added."""
    names = {
        plan.wish.customer_id: sealed.name_tokens(
            plan.after.get("name", ""), plan.after.get("latin_name", "")
        )
        for plan in plans
        if plan.fields.keys() & {"name", "latin_name"}
    }
    phones = {
        plan.wish.customer_id: sealed.phone_tokens(value for kind, value in plan.contacts if kind == "phone")
        for plan in plans
        if any(kind == "phone" for kind, _value in plan.contacts)
    }
    rows = SearchToken.objects.filter(pk__in={*names, *phones}).order_by("pk").select_for_update()
    renewed = [
        (
            row.pk,
            _array_text(names.get(row.pk, row.name_tokens)),
            _array_text(sorted({*row.phone_tokens, *phones.get(row.pk, ())})),
        )
        for row in rows
    ]
    if renewed:
        with connection.cursor() as cursor:
            cursor.execute(RENEW_TOKENS, [list(column) for column in zip(*renewed, strict=True)])


RENEW_TOKENS = """
UPDATE customers_searchtoken t SET name_tokens = n.names::int8[], phone_tokens = n.phones::int8[]
FROM unnest(%s::int8[], %s::text[], %s::text[]) AS n (id, names, phones) WHERE t.customer_id = n.id
"""


def _array_text(numbers: Iterable[int]) -> str:
    """``numbers`` as the server writes an array."""
    return f"{{{','.join(map(str, numbers))}}}"
