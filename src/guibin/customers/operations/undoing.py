"""Taking an import back: all that nothing later depends on; what stays is listed."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from guibin.core.events import Origin, record, subject
from guibin.core.permissions import Actor
from guibin.core.sealing import SealKey, vault
from guibin.customers.events import CustomersImportUndone
from guibin.customers.models import (
    AttributeValue,
    ContactPoint,
    Customer,
    CustomerAlias,
    CustomerTag,
    ExternalId,
    FieldChange,
    MatchPair,
    Merge,
    Note,
    SearchToken,
    Tag,
)
from guibin.customers.operations.bulk import chunks, highest_serial, lock_counter
from guibin.customers.operations.contacts import renew_phone_tokens
from guibin.customers.operations.forgetting import list_tied
from guibin.customers.operations.matching import renew_match_tokens
from guibin.customers.operations.matching_undo import part_imported
from guibin.customers.operations.numbering import give_back_serials
from guibin.customers.operations.sealing import columns_of
from guibin.customers.operations.updating import BEFORE, update_profiles
from guibin.customers.permissions import IMPORT_CUSTOMER
from guibin.customers.queries import sealed
from guibin.customers.rules.profile import FIELDS, Texts
from guibin.customers.rules.values import CONTACT_KINDS, Kept, UndoReport

CHUNK = 10_000
CHILDREN = (
    "customers_contactpoint",
    "customers_externalid",
    "customers_customertag",
    "customers_note",
    "customers_attributevalue",
    "customers_fieldchange",
)
OWN_ROWS = (ContactPoint, ExternalId, CustomerTag, Note)


@transaction.atomic
def undo_import(
    *, import_id: int, depended_on: Collection[int] = (), actor: Actor, at: datetime
) -> UndoReport:
    """Take back what an import did to customers; see ``guibin.customers.api`` for the contract."""
    actor.require(IMPORT_CUSTOMER)
    part_imported(import_id=import_id, staying=depended_on, at=at)
    made = list(
        Customer.objects.filter(import_id=import_id)
        .order_by("pk")
        .select_for_update()
        .values_list("pk", "revision")
    )
    kept = _kept(made, import_id, frozenset(depended_on))
    staying = {line.customer_id for line in kept}
    removed = [pk for pk, _revision in made if pk not in staying]
    restored, kept_fields = _restore_all(import_id, {pk for pk, _revision in made})
    for part in chunks(removed, CHUNK):
        _remove(part)
    _drop_tags(import_id)
    if removed:
        lock_counter()
        give_back_serials(highest_serial())
    report = UndoReport(len(removed), restored, [*kept, *kept_fields], tuple(removed))
    event = CustomersImportUndone(removed=report.removed, restored=restored, kept=len(report.kept))
    record(event, subjects=[subject("import", import_id)], actor=actor, at=at, origin=Origin.IMPORT)
    return report


def _kept(made: Sequence[tuple[int, int]], import_id: int, depended_on: frozenset[int]) -> list[Kept]:
    """Which of the created customers stay, and why."""
    ids = [pk for pk, _revision in made]
    used = _used_later(ids, import_id)
    kept = []
    for pk, revision in made:
        if pk in depended_on:
            kept.append(Kept(pk, "depended_on"))
        elif revision > 1:
            kept.append(Kept(pk, "changed_later"))
        elif pk in used:
            kept.append(Kept(pk, "used_later"))
    return kept


def _used_later(ids: Sequence[int], import_id: int) -> set[int]:
    """Those of ``ids`` who got anything from elsewhere than this import."""
    used: set[int] = set()
    for model, sides in ((CustomerAlias, ("customer", "into")), (Merge, ("kept", "absorbed"))):
        for side in sides:
            named = model.objects.filter(**{f"{side}_id__in": ids})
            used |= set(named.values_list(f"{side}_id", flat=True))
    for side in ("low", "high"):
        decided = MatchPair.objects.filter(**{f"{side}_id__in": ids}).exclude(status="open")
        used |= set(decided.values_list(f"{side}_id", flat=True))
    used |= list_tied(ids)
    with connection.cursor() as cursor:
        for table in CHILDREN:
            cursor.execute(
                f"SELECT DISTINCT customer_id FROM {table} "  # noqa: S608 - names from constants
                "WHERE customer_id = ANY(%s) AND import_id IS DISTINCT FROM %s",
                [list(ids), import_id],
            )
            used |= {row[0] for row in cursor.fetchall()}
    return used


def _remove(ids: Sequence[int]) -> None:
    """Delete these people and all that is theirs, the key included."""
    with connection.cursor() as cursor:
        for table, column in (
            *((table, "customer_id") for table in CHILDREN),
            ("customers_searchtoken", "customer_id"),
            ("customers_matchpair", "low_id"),
            ("customers_matchpair", "high_id"),
            ("customers_customer", "id"),
            ("core_personkey", "person_id"),
        ):
            cursor.execute(
                f"DELETE FROM {table} WHERE {column} = ANY(%s)",  # noqa: S608 - names from constants
                [list(ids)],
            )


def _drop_tags(import_id: int) -> None:
    worn = CustomerTag.objects.values("tag_id")
    Tag.objects.filter(import_id=import_id).exclude(pk__in=worn).delete()


@dataclass(slots=True)
class Restoration:
    """One updated customer on the way back."""

    row: Customer
    key: SealKey
    texts: Texts
    fields: Texts
    kept: list[Kept]


def _restore_all(import_id: int, made: Collection[int]) -> tuple[int, list[Kept]]:
    """Give updated customers back their earlier values; returns how many, and what had to stay."""
    changes: dict[int, list[FieldChange]] = defaultdict(list)
    for change in FieldChange.objects.filter(import_id=import_id).order_by("pk"):
        if change.customer_id not in made:
            changes[change.customer_id].append(change)
    extra = _extra_owners(import_id) - set(made)
    restored, kept = 0, []
    for ids in chunks(sorted({*changes, *extra}), CHUNK):
        lines = _restore(ids, changes, import_id)
        kept += lines
        restored += len(ids)
    return restored, kept


def _extra_owners(import_id: int) -> set[int]:
    return {
        owner
        for model in OWN_ROWS
        for owner in model.objects.filter(import_id=import_id).values_list("customer_id", flat=True)
    }


def _restore(ids: Sequence[int], changes: Mapping[int, Sequence[FieldChange]], import_id: int) -> list[Kept]:
    rows = {row.pk: row for row in Customer.objects.filter(pk__in=ids).order_by("pk").select_for_update()}
    keys = vault().load(ids)
    latest = _latest(ids)
    there = [pk for pk in ids if pk in keys and pk in rows]
    plans = [_plan(rows[pk], keys[pk], changes.get(pk, ()), latest) for pk in there]
    update_profiles(
        [(plan.row.pk, columns_of({**plan.texts, **plan.fields}, plan.key)) for plan in plans if plan.fields]
    )
    kept = [line for plan in plans for line in plan.kept]
    stuck = {(line.customer_id, line.field) for line in kept}
    _restore_attributes(plans, changes, stuck)
    for model in OWN_ROWS:
        later = {"is_preferred": True} if model is ContactPoint else {}
        gone = model.objects.filter(import_id=import_id, customer_id__in=ids)
        (gone.exclude(**later) if later else gone).delete()
    for plan in plans:
        _renew(plan, changes.get(plan.row.pk, ()))
    renew_match_tokens([plan.row.pk for plan in plans])
    done = [change.pk for pk in ids for change in changes.get(pk, ()) if (pk, change.field) not in stuck]
    FieldChange.objects.filter(pk__in=done).delete()
    return kept


def _latest(ids: Sequence[int]) -> dict[tuple[int, str], int]:
    """The newest line of history for each customer and field."""
    rows = FieldChange.objects.filter(customer_id__in=ids).order_by("pk")
    return {(owner, field): pk for pk, owner, field in rows.values_list("pk", "customer_id", "field")}


def _plan(
    row: Customer, key: SealKey, changes: Sequence[FieldChange], latest: Mapping[tuple[int, str], int]
) -> Restoration:
    plan = Restoration(row, key, sealed.open_texts(row, key), {}, [])
    for change in changes:
        if change.field == BEFORE or change.field in CONTACT_KINDS:
            continue
        if latest[row.pk, change.field] != change.pk:
            plan.kept.append(Kept(row.pk, "changed_later", change.field))
        elif change.field in FIELDS:
            plan.fields[change.field] = key.open_or_none(sealed.HISTORY, change.old_sealed) or ""
    return plan


def _restore_attributes(
    plans: Sequence[Restoration],
    changes: Mapping[int, Sequence[FieldChange]],
    stuck: Collection[tuple[int, str]],
) -> None:
    for plan in plans:
        for change in changes.get(plan.row.pk, ()):
            kind, _colon, code = change.field.partition(":")
            if kind != "attribute" or (plan.row.pk, change.field) in stuck:
                continue
            old = plan.key.open_or_none(sealed.HISTORY, change.old_sealed)
            rows = AttributeValue.objects.filter(customer_id=plan.row.pk, definition__code=code)
            if old:
                rows.update(value_sealed=plan.key.seal(sealed.ATTRIBUTE, old), import_id=None)
            else:
                rows.delete()


def _renew(plan: Restoration, changes: Sequence[FieldChange]) -> None:
    """Tokens, and revision and time of change when everything went back."""
    pk = plan.row.pk
    fields = {change.field for change in changes}
    if {"name", "latin_name"} & plan.fields.keys():
        texts = {**plan.texts, **plan.fields}
        tokens = sealed.name_tokens(texts.get("name", ""), texts.get("latin_name", ""))
        SearchToken.objects.filter(pk=pk).update(name_tokens=tokens)
    if "phone" in fields:
        renew_phone_tokens(pk, plan.key)
    stamp = next((change for change in changes if change.field == BEFORE), None)
    text = plan.key.open_or_none(sealed.HISTORY, stamp.old_sealed) if stamp else None
    if text and not plan.kept:
        revision, _blank, updated_at = text.partition(" ")
        if plan.row.revision == int(revision) + 1:
            Customer.objects.filter(pk=pk).update(
                revision=int(revision), updated_at=datetime.fromisoformat(updated_at)
            )
