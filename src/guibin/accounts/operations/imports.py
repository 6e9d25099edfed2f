"""Stores and staff from files: set-based upserts, and taking a whole batch back."""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.contrib.auth.hashers import make_password
from django.db import models as db
from django.db import transaction

from guibin.accounts import models, queries, roles, rules, values
from guibin.accounts.events import (
    StaffChanged,
    StaffInvited,
    StaffRemoved,
    StoreChanged,
    StoreCreated,
    StoreRemoved,
)
from guibin.accounts.permissions import MANAGE_STAFF, MANAGE_STORES
from guibin.accounts.rules import UpsertPolicy
from guibin.accounts.values import BulkResult, RowResult, StaffRow, StoreRow, UndoResult
from guibin.core.events import Entry, Event, Origin, record_many, subject
from guibin.core.permissions import Actor

STORE_FIELDS = ("code", "name", "kind", "city")
STAFF_FIELDS = ("display_name", "email", "phone", "role_id", "store_id", "department_id")


def bulk_upsert_stores(
    *,
    rows: Sequence[StoreRow],
    policy: UpsertPolicy,
    actor: Actor,
    at: datetime,
    batch_id: uuid.UUID,
    origin: Origin = Origin.IMPORT,
) -> BulkResult:
    """Stores matched by code, else by name. Rejected: ``name_missing``, ``kind_unknown``, ``name_taken``."""
    actor.require(MANAGE_STORES)
    with transaction.atomic():
        models.Organisation.objects.select_for_update().get(pk=1)
        stored = list(models.Store.objects.select_for_update().order_by("pk"))
        taken = [row.code for row in stored]
        by_code = {row.code.lower(): row for row in stored}
        by_name = {row.name.lower(): row for row in stored}
        batch = _Batch(STORE_FIELDS)
        for row in rows:
            name = row.name.strip() or row.code.strip()
            if not name or (row.kind and row.kind not in models.STORE_KINDS):
                batch.reject("accounts.kind_unknown" if name else "accounts.name_missing")
                continue
            known = by_code.get(row.code.strip().lower()) or by_name.get(name.lower())
            if known is None:
                code = row.code.strip() or rules.compute_store_codes(names=[name], taken=taken)[0]
                known = models.Store(
                    code=code, name=name, kind=row.kind or "shop", city=row.city, created_at=at
                )
                taken.append(code)
                by_code[code.lower()] = by_name[name.lower()] = known
                batch.create(known)
            elif by_name.get(name.lower(), known) is not known:
                batch.reject("accounts.name_taken")
            else:
                new = {"name": name, "kind": row.kind, "city": row.city}
                batch.change(known, new, policy=policy)
                by_name[known.name.lower()] = known
        return batch.write(
            models.Store.objects,
            created=lambda row: StoreCreated(store_id=row.pk),
            changed=lambda row, fields: StoreChanged(store_id=row.pk, fields=fields),
            kind="store",
            actor=actor,
            at=at,
            origin=origin,
            batch_id=batch_id,
        )


def bulk_upsert_staff(
    *,
    rows: Sequence[StaffRow],
    policy: UpsertPolicy,
    actor: Actor,
    at: datetime,
    batch_id: uuid.UUID,
    origin: Origin = Origin.IMPORT,
) -> BulkResult:
    """Staff matched by sign-in name. New accounts wait for an invitation; nobody gets a wider role.

    Rejected: ``sign_in_name_invalid``, ``role_unknown``, ``role_above_own``, ``email_taken``,
    ``store_unknown``, ``department_unknown``, ``own_account``.
    """
    actor.require(MANAGE_STAFF)
    with transaction.atomic():
        models.Organisation.objects.select_for_update().get(pk=1)
        lookup = _StaffLookup(actor)
        batch = _Batch(STAFF_FIELDS)
        for row in rows:
            reason, new = lookup.read(row)
            known = lookup.by_name.get(row.sign_in_name.strip().lower())
            if not reason and known is not None:
                reason = lookup.refuse_change(known, new)
            if reason:
                batch.reject(reason)
            elif known is None:
                created = _new_staff(row, new, lookup.agent_id, at=at)
                lookup.remember(created)
                batch.create(created)
            else:
                batch.change(known, new, policy=policy)
                lookup.remember(known)
        return batch.write(
            models.Staff.objects,
            created=lambda row: StaffInvited(staff_id=row.pk, role=lookup.role_codes[row.role_id]),
            changed=lambda row, fields: StaffChanged(staff_id=row.pk, fields=fields),
            kind="staff",
            actor=actor,
            at=at,
            origin=origin,
            batch_id=batch_id,
        )


def _new_staff(row: StaffRow, new: Mapping[str, Any], agent_id: int, *, at: datetime) -> models.Staff:
    name = row.sign_in_name.strip()
    known = {key: value for key, value in new.items() if value not in (None, "")}
    return models.Staff(
        **{"display_name": name, "role_id": agent_id, **known},
        sign_in_name=name,
        password=make_password(None),
        created_at=at,
    )


class _StaffLookup:
    """Everything a staff row may point at, read once."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        stored = models.Staff.objects.select_for_update(of=("self",)).order_by("pk")
        self.by_name = {row.sign_in_name.lower(): row for row in stored}
        self.by_email = {row.email.lower(): row for row in self.by_name.values() if row.email}
        role_rows = list(models.Role.objects.all())
        self.role_ids = {role.code: role.pk for role in role_rows}
        self.role_codes = {role.pk: role.code for role in role_rows}
        self.agent_id = self.role_ids["agent"]
        self.too_wide = {
            role.pk
            for role in role_rows
            if actor.kind != "system"
            and not rules.is_within(
                roles.role_permissions(
                    code=role.code, follows_manifests=role.follows_manifests, stored=role.permission_codes
                ),
                actor.permissions,
            )
        }
        self.stores: dict[str, int] = {}
        for store in queries.list_stores():
            self.stores[store.name.lower()] = store.id
            self.stores[store.code.lower()] = store.id
        self.departments = {d.name.lower(): d.id for d in queries.list_departments()}

    def read(self, row: StaffRow) -> tuple[str, dict[str, object]]:
        """(reason for rejection or "", new values of ``STAFF_FIELDS``)."""
        role_id = self.role_ids.get(row.role_code) if row.role_code else None
        store_id = self.stores.get(rules.store_key(row.store))
        department_id = self.departments.get(row.department.strip().lower())
        owner_of_email = self.by_email.get(row.email.strip().lower())
        name = row.sign_in_name.strip()
        refusals = {
            "accounts.sign_in_name_invalid": not rules.is_sign_in_name(name),
            "accounts.role_unknown": bool(row.role_code) and role_id is None,
            "accounts.role_above_own": role_id in self.too_wide,
            "accounts.store_unknown": bool(row.store.strip()) and store_id is None,
            "accounts.department_unknown": bool(row.department.strip()) and department_id is None,
            "accounts.email_taken": owner_of_email is not None
            and owner_of_email.sign_in_name.lower() != name.lower(),
        }
        reason = next((code for code, refused in refusals.items() if refused), "")
        return reason, {
            "display_name": row.display_name.strip(),
            "email": row.email.strip().lower(),
            "phone": row.phone.strip(),
            "role_id": role_id,
            "store_id": store_id,
            "department_id": department_id,
        }

    def refuse_change(self, known: models.Staff, new: Mapping[str, object]) -> str:
        if known.role_id in self.too_wide:
            return "accounts.role_above_own"
        role_changes = new["role_id"] not in (None, known.role_id)
        if role_changes and (
            known.pk == self.actor.staff_id or self.role_codes[known.role_id] == roles.OWNER
        ):
            return "accounts.own_account"
        return ""

    def remember(self, row: models.Staff) -> None:
        self.by_name[row.sign_in_name.lower()] = row
        if row.email:
            self.by_email[row.email.lower()] = row


class _Batch:
    """Collects what each row does, then writes it with a handful of statements."""

    def __init__(self, fields: Sequence[str]) -> None:
        self.fields = fields
        self.plan: list[tuple[values.Outcome, Any, str]] = []
        self.new: list[Any] = []
        self.before: dict[int, dict[str, object]] = {}
        self.changed: dict[int, Any] = {}

    def reject(self, reason: str) -> None:
        self.plan.append(("rejected", None, reason))

    def create(self, row: Any) -> None:
        self.new.append(row)
        self.plan.append(("created", row, ""))

    def change(self, row: Any, new: Mapping[str, object], *, policy: UpsertPolicy) -> None:
        if row.pk is None:  # made by an earlier row of this very batch: the same file line twice
            self.plan.append(("unchanged", row, ""))
            return
        old = {field: getattr(row, field) for field in self.fields}
        changes = rules.decide_values(old=old, new=new, policy=policy)
        if not changes:
            self.plan.append(("skipped" if policy == "skip" else "unchanged", row, ""))
            return
        self.before.setdefault(row.pk, old)
        self.changed[row.pk] = row
        for field, value in changes.items():
            setattr(row, field, value)
        self.plan.append(("updated", row, ""))

    def write(
        self,
        table: db.Manager[Any],
        *,
        created: Any,
        changed: Any,
        kind: str,
        actor: Actor,
        at: datetime,
        origin: Origin,
        batch_id: uuid.UUID,
    ) -> BulkResult:
        table.bulk_create(self.new)
        if self.changed:
            table.bulk_update(list(self.changed.values()), list(self.fields))
        entries = [Entry(created(row), [subject(kind, row.pk)]) for row in self.new]
        after: dict[str, dict[str, object]] = {}
        for pk, row in self.changed.items():
            now = {field: getattr(row, field) for field in self.fields}
            differing = tuple(field for field in self.fields if now[field] != self.before[pk][field])
            after[str(pk)] = now
            entries.append(Entry(changed(row, differing), [subject(kind, pk)]))
        record_many(entries, actor=actor, at=at, origin=origin, batch_id=batch_id)
        undo = {
            "created": [row.pk for row in self.new],
            "before": {str(pk): old for pk, old in self.before.items()},
            "after": after,
        }
        results = [RowResult(outcome, getattr(row, "pk", None), reason) for outcome, row, reason in self.plan]
        return BulkResult(rows=results, undo=undo)


def undo_upsert_stores(
    *,
    undo: Mapping[str, object],
    in_use: Collection[int] = (),
    actor: Actor,
    at: datetime,
    batch_id: uuid.UUID,
) -> UndoResult:
    """Take a batch of stores back. Kept: changed since, people there, or ``in_use`` (the caller's facts)."""
    actor.require(MANAGE_STORES)
    made = _ids(undo)
    staffed = models.Staff.objects.filter(store_id__in=made).values_list("store_id", flat=True)
    needed = set(in_use) | {pk for pk in staffed if pk is not None}
    return _undo(STORE, undo, needed=needed, actor=actor, at=at, batch_id=batch_id)


def undo_upsert_staff(
    *,
    undo: Mapping[str, object],
    in_use: Collection[int] = (),
    actor: Actor,
    at: datetime,
    batch_id: uuid.UUID,
) -> UndoResult:
    """Take a batch of staff back. Kept: changed since, or who has come in already, or ``in_use``."""
    actor.require(MANAGE_STAFF)
    rows = models.Staff.objects.filter(pk__in=_ids(undo))
    came_in = {row.pk for row in rows if row.has_usable_password() or row.last_login is not None}
    return _undo(STAFF, undo, needed=came_in | set(in_use), actor=actor, at=at, batch_id=batch_id)


def _ids(undo: Mapping[str, object]) -> list[int]:
    return [int(pk) for pk in cast("Sequence[int]", undo["created"])]


@dataclass(frozen=True, slots=True)
class _Kind:
    """What can be taken back: its table, the subject of its events, and the events themselves."""

    table: db.Manager[Any]
    subject: str
    removed: Callable[[int], Event]
    changed: Callable[[int, tuple[str, ...]], Event]


STORE = _Kind(
    models.Store.objects,
    "store",
    removed=lambda pk: StoreRemoved(store_id=pk),
    changed=lambda pk, fields: StoreChanged(store_id=pk, fields=fields),
)
STAFF = _Kind(
    models.Staff.objects,
    "staff",
    removed=lambda pk: StaffRemoved(staff_id=pk),
    changed=lambda pk, fields: StaffChanged(staff_id=pk, fields=fields),
)


def _undo(
    kind: _Kind,
    undo: Mapping[str, object],
    *,
    needed: set[int],
    actor: Actor,
    at: datetime,
    batch_id: uuid.UUID,
) -> UndoResult:
    before = cast("Mapping[str, Mapping[str, object]]", undo["before"])
    after = cast("Mapping[str, Mapping[str, object]]", undo["after"])
    kept: list[tuple[int, str]] = []
    entries: list[Entry] = []
    with transaction.atomic():
        stored = kind.table.select_for_update().in_bulk([*_ids(undo), *map(int, before)])
        gone = [pk for pk in _ids(undo) if pk in stored and pk not in needed]
        kept += [(pk, "accounts.in_use") for pk in _ids(undo) if pk in stored and pk in needed]
        restored = []
        for key, old in before.items():
            row = stored.get(int(key))
            if row is None or any(getattr(row, field) != value for field, value in after[key].items()):
                kept.append((int(key), "accounts.changed_since"))
                continue
            fields = tuple(field for field, value in old.items() if getattr(row, field) != value)
            for field in fields:
                setattr(row, field, old[field])
            restored.append(row)
            entries.append(Entry(kind.changed(row.pk, fields), [subject(kind.subject, row.pk)]))
        if restored:
            kind.table.bulk_update(restored, list(next(iter(before.values()))))
        kind.table.filter(pk__in=gone).delete()
        entries += [Entry(kind.removed(pk), [subject(kind.subject, pk)]) for pk in gone]
        record_many(entries, actor=actor, at=at, origin=Origin.IMPORT, batch_id=batch_id)
    return UndoResult(taken_back=len(gone) + len(restored), kept=kept)
