"""Rows of a file into customers: matched, created or updated, set by set."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection, transaction

from guibin.core import preferences
from guibin.core.events import Entry, Origin, record_many, subject
from guibin.core.permissions import Actor
from guibin.customers.errors import MatchKeyUnknown
from guibin.customers.events import CustomerCreated, CustomerEdited, CustomersImported
from guibin.customers.models import AttributeDefinition, Tag
from guibin.customers.operations.bulk import Batch, NewPerson, write_new
from guibin.customers.operations.updating import Wish, update_people
from guibin.customers.permissions import IMPORT_CUSTOMER
from guibin.customers.queries.owners import Owners, find_owners
from guibin.customers.rules.attributes import normalise_attribute
from guibin.customers.rules.importing import CleanRow, Match, clean_external, clean_row, match_row, sort_key
from guibin.customers.rules.values import (
    CARD_SOURCE,
    MATCH_KEYS,
    CustomerRow,
    Foreseen,
    Outcome,
    Policy,
    RowOutcome,
)
from guibin.customers.settings import PHONE_REGION


@dataclass(slots=True)
class Decided:
    """What the rows of a batch come to, by kind."""

    outcomes: list[RowOutcome]
    new: list[CleanRow]
    matched: list[tuple[int, str, CleanRow]]
    twins: list[tuple[CleanRow, CleanRow]]


@transaction.atomic
def bulk_upsert(
    *,
    rows: Sequence[CustomerRow],
    match_keys: Sequence[str],
    policy: Policy,
    source: str,
    import_id: int | None,
    actor: Actor,
    at: datetime,
    origin: Origin = Origin.IMPORT,
) -> list[RowOutcome]:
    """Write one batch of a file; returns one outcome per row, in the order of ``rows``.

    See ``guibin.customers.api`` for the contract. Raises ``MatchKeyUnknown``.
    """
    actor.require(IMPORT_CUSTOMER)
    for key in match_keys:
        if key not in MATCH_KEYS:
            raise MatchKeyUnknown(key=key)
    region = preferences.get(PHONE_REGION)
    clean = [clean_row(row, source=source, match_keys=match_keys, region=region) for row in rows]
    _wait_for_others()
    attributes = _prepare_attributes(clean)
    clean.sort(key=sort_key)
    owners = find_owners(clean)
    decided = _decide(clean, owners, policy, import_id)
    batch = Batch(source, actor, at, import_id)
    tags = _tag_ids([*decided.new, *(row for _id, _key, row in decided.matched)], batch)
    people = [_person(row, tags, attributes) for row in decided.new]
    created = dict(zip((row.position for row in decided.new), write_new(people, batch), strict=True))
    wishes = [Wish(customer_id, *_parts(row, tags, attributes)) for customer_id, _key, row in decided.matched]
    changed = update_people(wishes, policy, batch) if wishes else {}
    _record(created.values(), changed, batch, origin)
    return _borne(_outcomes(rows, decided, created, changed), clean, owners)


def _wait_for_others() -> None:
    """Batches of two imports go in one after the other: who does not see that the other is just making a
    customer would make the same one again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('customers.import', 0))")


def foresee_upsert(
    *, rows: Sequence[CustomerRow], match_keys: Sequence[str], policy: Policy, source: str, actor: Actor
) -> list[Foreseen]:
    """What ``bulk_upsert`` would make of each row, in the order of ``rows``; reads only, takes no number.

    A known customer is ``updated`` whether or not the row brings anything new. Raises ``MatchKeyUnknown``.
    """
    actor.require(IMPORT_CUSTOMER)
    for key in match_keys:
        if key not in MATCH_KEYS:
            raise MatchKeyUnknown(key=key)
    region = preferences.get(PHONE_REGION)
    clean = [clean_row(row, source=source, match_keys=match_keys, region=region) for row in rows]
    _prepare_attributes(clean)
    clean.sort(key=sort_key)
    owners = find_owners(clean)
    decided = _decide(clean, owners, policy, None)
    found = {each.position: Foreseen(each) for each in decided.outcomes}
    for turn, row in enumerate(decided.new):
        claims = tuple(_claims(row))
        found[row.position] = Foreseen(RowOutcome(row.position, "created"), claims=claims, turn=turn)
    for customer_id, key, row in decided.matched:
        found[row.position] = Foreseen(RowOutcome(row.position, "updated", customer_id, matched=key))
    for row, twin in decided.twins:
        found[row.position] = Foreseen(RowOutcome(row.position, "duplicate", reason="in_file"), twin.position)
    borne = _borne([each.outcome for each in found.values()], clean, owners)
    outcomes = {each.position: each for each in borne}
    return [replace(found[row.position], outcome=outcomes[row.position]) for row in rows]


def _borne(outcomes: Iterable[RowOutcome], clean: Iterable[CleanRow], owners: Owners) -> list[RowOutcome]:
    """The outcomes with whose key each row was found by."""
    bearers = {row.position: owners.bearer(row) for row in clean}
    return [
        replace(
            each, bearer_id=None if each.outcome == "invalid" else bearers[each.position] or each.customer_id
        )
        for each in outcomes
    ]


def _decide(clean: Sequence[CleanRow], owners: Owners, policy: Policy, import_id: int | None) -> Decided:
    decided = Decided([], [], [], [])
    first: dict[tuple[str, str], CleanRow] = {}
    taken: dict[int, CleanRow] = {}
    for row in clean:
        if row.problem:
            decided.outcomes.append(RowOutcome(row.position, "invalid", reason=row.problem))
            continue
        match = match_row(row, owners.find)
        twin = next((first[key] for key in _claims(row) if key in first), None)
        if twin is None and match.customer_id is not None:
            twin = taken.get(match.customer_id)
        if twin is not None:
            decided.twins.append((row, twin))
            continue
        outcome = _settled(row, match, owners, policy, import_id)
        if outcome is not None:
            decided.outcomes.append(outcome)
        elif match.customer_id is None:
            decided.new.append(row)
        else:
            decided.matched.append((match.customer_id, match.key, row))
        if not match.conflict:
            first |= {key: row for key in _claims(row) if key not in first}
            if match.customer_id is not None:
                taken[match.customer_id] = row
    return decided


def _settled(
    row: CleanRow, match: Match, owners: Owners, policy: Policy, import_id: int | None
) -> RowOutcome | None:
    """The outcome of a row that writes nothing; None for one to be written."""
    if match.conflict:
        return RowOutcome(row.position, "conflict", reason=match.conflict, matched=match.key)
    if match.customer_id is None:
        return None
    if import_id is not None and owners.made_by.get(match.customer_id) == import_id:
        return RowOutcome(row.position, "duplicate", match.customer_id, "in_file", match.key)
    if _has_other_id(row, match.customer_id, owners):
        return RowOutcome(row.position, "conflict", match.customer_id, "other_external_id", match.key)
    if policy == "skip":
        return RowOutcome(row.position, "skipped", match.customer_id, matched=match.key)
    return None


def _has_other_id(row: CleanRow, customer_id: int, owners: Owners) -> bool:
    """Whether the row brings a new id of a system that knows this customer by another one: two members who
    share a phone, say. They are shown, not merged. Several cards of one person are fine."""
    return any(
        where != CARD_SOURCE
        and (where, customer_id) in owners.holders
        and not owners.find(f"external:{where}", value)
        for where, value in row.externals
    )


def _claims(row: CleanRow) -> Iterable[tuple[str, str]]:
    """The keys two rows of one file may not share: what they are matched by, and what belongs to one."""
    yield from row.keys
    for where, value in row.externals:
        yield f"external:{where}", value
    if row.texts.get("id_number"):
        yield "id_number", row.texts["id_number"]


def _prepare_attributes(clean: Sequence[CleanRow]) -> Mapping[str, int]:
    """Attribute values in canonical form; definition ids by code. Rows with a value that does not fit, or a
    field that is not there, get a problem."""
    if not any(row.attributes for row in clean):
        return {}
    definitions = {row.code: row for row in AttributeDefinition.objects.all()}
    for row in clean:
        values = {}
        for code, text in row.attributes.items():
            definition = definitions.get(code)
            choices = [choice["code"] for choice in definition.choices] if definition else []
            value = normalise_attribute(definition.kind, text, choices) if definition else None
            if value is None:
                row.problem = row.problem or "invalid_attribute"
            elif value:
                values[code] = value
        row.attributes = values
    return {code: definition.pk for code, definition in definitions.items()}


def _tag_ids(rows: Sequence[CleanRow], batch: Batch) -> Mapping[str, int]:
    """Ids of the tags that rows name, by folded name; missing tags are made in order of name."""
    wanted = {tag.lower(): tag for row in rows for tag in row.tags}
    if not wanted:
        return {}
    known = {name.lower(): pk for pk, name in Tag.objects.values_list("pk", "name")}
    missing = [wanted[folded] for folded in sorted(wanted) if folded not in known]
    made = Tag.objects.bulk_create(
        Tag(name=name, created_at=batch.at, import_id=batch.import_id) for name in missing
    )
    return known | {tag.name.lower(): tag.pk for tag in made}


def _parts(
    row: CleanRow, tags: Mapping[str, int], attributes: Mapping[str, int]
) -> tuple[
    Mapping[str, str],
    Sequence[tuple[str, str]],
    Sequence[tuple[str, str]],
    Sequence[int],
    Mapping[int, str],
    str,
]:
    tag_ids = sorted({tags[tag.lower()] for tag in row.tags})
    values = {attributes[code]: value for code, value in sorted(row.attributes.items())}
    return row.texts, row.contacts, row.externals, tag_ids, values, row.note


def _person(row: CleanRow, tags: Mapping[str, int], attributes: Mapping[str, int]) -> NewPerson:
    texts, contacts, externals, tag_ids, values, note = _parts(row, tags, attributes)
    return NewPerson(dict(texts), contacts, externals, tag_ids, values, note)


def _record(
    created: Iterable[int], changed: Mapping[int, Sequence[str]], batch: Batch, origin: Origin
) -> None:
    event = CustomerCreated(source=batch.source, import_id=batch.import_id)
    entries = [Entry(event, [subject("customer", customer_id)]) for customer_id in created]
    count = len(entries)
    for customer_id, fields in sorted(changed.items()):
        if fields:
            edited = CustomerEdited(fields=tuple(fields), source=batch.source, import_id=batch.import_id)
            entries.append(Entry(edited, [subject("customer", customer_id)]))
    if entries:
        total = CustomersImported(created=count, updated=len(entries) - count, source=batch.source)
        about = subject("import", batch.import_id) if batch.import_id else subject("source", batch.source)
        entries.append(Entry(total, [about]))
        record_many(entries, actor=batch.actor, at=batch.at, origin=origin, batch_id=uuid.uuid4())


def _outcomes(
    rows: Sequence[CustomerRow],
    decided: Decided,
    created: Mapping[int, int],
    changed: Mapping[int, Sequence[str]],
) -> list[RowOutcome]:
    found = {outcome.position: outcome for outcome in decided.outcomes}
    for position, customer_id in created.items():
        found[position] = RowOutcome(position, "created", customer_id)
    for customer_id, key, row in decided.matched:
        kind: Outcome = "updated" if changed.get(customer_id) else "unchanged"
        found[row.position] = RowOutcome(row.position, kind, customer_id, matched=key)
    for row, twin in decided.twins:
        owner = found[twin.position].customer_id if twin.position in found else None
        found[row.position] = RowOutcome(row.position, "duplicate", owner, "in_file")
    return [found[row.position] for row in rows]


@transaction.atomic
def ensure_by_external(
    *,
    source: str,
    values: Iterable[str],
    import_id: int | None,
    actor: Actor,
    at: datetime,
    origin: Origin = Origin.IMPORT,
) -> dict[str, int]:
    """The customer who bears each id that ``source`` uses (since a merge perhaps not the one who stands for
    the person), making a bare customer for each unknown one.

    Numbers are given in sorted order (ids of digits by size), so hand over all ids of a file in one call,
    or in that order, and any permutation of the file gives the same customers.
    """
    actor.require(IMPORT_CUSTOMER)
    wanted: dict[str, list[str]] = defaultdict(list)
    for written in values:
        wanted[clean_external(written)].append(written)
    wanted.pop("", None)
    clean = [
        CleanRow(position, {}, externals=[(source, value)], keys=[(f"external:{source}", value)])
        for position, value in enumerate(wanted)
    ]
    _wait_for_others()
    owners = find_owners(clean)
    found = {row.externals[0][1]: owners.find(*row.keys[0]) for row in clean}
    missing = sorted((value for value, people in found.items() if not people), key=external_order)
    batch = Batch(source, actor, at, import_id)
    ids = write_new([NewPerson({}, externals=[(source, value)]) for value in missing], batch)
    _record(ids, {}, batch, origin)
    known = {value: owners.bearers[f"external:{source}", value] for value, people in found.items() if people}
    known |= zip(missing, ids, strict=True)
    return {written: known[value] for value, each in wanted.items() for written in each}


def external_order(value: str) -> tuple[int, str]:
    """Ids of digits by size, others after their length and letters: the order numbers are given in."""
    return (len(value) if value.isdigit() else 0, value)
