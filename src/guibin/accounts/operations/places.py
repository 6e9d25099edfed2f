"""Stores and departments."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from guibin.accounts import models, queries, rules, values
from guibin.accounts.errors import (
    DepartmentInUse,
    DepartmentLoop,
    DepartmentNameTaken,
    DepartmentUnknown,
    StoreNameTaken,
    StoreUnknown,
    ValueInvalid,
)
from guibin.accounts.events import (
    DepartmentChanged,
    DepartmentCreated,
    DepartmentRemoved,
    StoreChanged,
    StoreCreated,
)
from guibin.accounts.operations.organisation import is_zone
from guibin.accounts.permissions import MANAGE_STORES
from guibin.core.errors import DomainError, constraint_errors
from guibin.core.events import Entry, Origin, record, record_many, subject
from guibin.core.ids import DepartmentId, StoreId
from guibin.core.permissions import Actor


def store_constraints() -> dict[str, DomainError]:
    return {"accounts_store_code_once": StoreNameTaken(), "accounts_store_name_once": StoreNameTaken()}


def create_store(
    *,
    name: str,
    code: str = "",
    kind: str = "shop",
    city: str = "",
    time_zone: str = "",
    actor: Actor,
    at: datetime,
) -> values.Store:
    """A new store; without a ``code`` it gets the next free one.

    Raises ``StoreNameTaken``, ``ValueInvalid``.
    """
    actor.require(MANAGE_STORES)
    name = name.strip()
    _check_store(name=name, kind=kind, time_zone=time_zone)
    with transaction.atomic(), constraint_errors(store_constraints()):
        taken = list(models.Store.objects.values_list("code", flat=True))
        row = models.Store.objects.create(
            code=code.strip() or rules.compute_store_codes(names=[name], taken=taken)[0],
            name=name,
            kind=kind,
            city=city.strip(),
            time_zone=time_zone,
            created_at=at,
        )
        record(StoreCreated(store_id=row.pk), subjects=[subject("store", row.pk)], actor=actor, at=at)
    return queries.as_store(row)


def update_store(
    *,
    store_id: StoreId,
    name: str,
    code: str,
    kind: str,
    city: str,
    time_zone: str,
    is_active: bool,
    actor: Actor,
    at: datetime,
) -> values.Store:
    """Raises ``StoreUnknown``, ``StoreNameTaken``, ``ValueInvalid``."""
    actor.require(MANAGE_STORES)
    name, code = name.strip(), code.strip()
    _check_store(name=name, kind=kind, time_zone=time_zone)
    if not code:
        raise ValueInvalid(value="-")
    wanted: dict[str, object] = {
        "name": name,
        "code": code,
        "kind": kind,
        "city": city.strip(),
        "time_zone": time_zone,
        "is_active": is_active,
    }
    with transaction.atomic(), constraint_errors(store_constraints()):
        row = models.Store.objects.select_for_update().filter(pk=store_id).first()
        if row is None:
            raise StoreUnknown
        changed = [field for field, value in wanted.items() if getattr(row, field) != value]
        if changed:
            for field in changed:
                setattr(row, field, wanted[field])
            row.save(update_fields=changed)
            event = StoreChanged(store_id=row.pk, fields=tuple(changed))
            record(event, subjects=[subject("store", row.pk)], actor=actor, at=at)
    return queries.as_store(row)


def ensure_stores(
    *, texts: Collection[str], actor: Actor, at: datetime, origin: Origin = Origin.IMPORT
) -> dict[str, StoreId]:
    """The store of each code or name, made if there is none; set-based, blank texts left out.

    Whoever may import purchases may have stores appear, so the caller's own permission counts.
    """
    wanted = {text: rules.store_key(text) for text in texts if text.strip()}
    with transaction.atomic():
        models.Organisation.objects.select_for_update().get(pk=1)
        found = {text: store.id for text, store in queries.find_stores(wanted).items()}
        missing = {key: text.strip() for text, key in wanted.items() if text not in found}
        made = _create_stores(missing, actor=actor, at=at, origin=origin)
        return {text: found[text] if text in found else made[key] for text, key in wanted.items()}


def _create_stores(
    missing: dict[str, str], *, actor: Actor, at: datetime, origin: Origin
) -> dict[str, StoreId]:
    """Stores named by the values of ``missing``; their ids by its keys."""
    if not missing:
        return {}
    names = [name[: rules.STORE_NAME_MAX] for name in missing.values()]
    taken = list(models.Store.objects.values_list("code", flat=True))
    codes = rules.compute_store_codes(names=names, taken=taken)
    rows = models.Store.objects.bulk_create(
        [models.Store(code=code, name=name, created_at=at) for code, name in zip(codes, names, strict=True)]
    )
    entries = [Entry(StoreCreated(store_id=row.pk), [subject("store", row.pk)]) for row in rows]
    record_many(entries, actor=actor, at=at, origin=origin, batch_id=None)
    return {key: StoreId(row.pk) for key, row in zip(missing, rows, strict=True)}


def _check_store(*, name: str, kind: str, time_zone: str) -> None:
    if not name:
        raise ValueInvalid(value="-")
    if kind not in models.STORE_KINDS:
        raise ValueInvalid(value=kind)
    if time_zone and not is_zone(time_zone):
        raise ValueInvalid(value=time_zone)


def create_department(
    *, name: str, parent_id: DepartmentId | None = None, actor: Actor, at: datetime
) -> DepartmentId:
    """Raises ``DepartmentNameTaken``, ``DepartmentUnknown`` (the parent), ``ValueInvalid``."""
    actor.require(MANAGE_STORES)
    if not name.strip():
        raise ValueInvalid(value="-")
    with transaction.atomic(), constraint_errors({"accounts_department_name_once": DepartmentNameTaken()}):
        _require_departments(parent_id)
        row = models.Department.objects.create(name=name.strip(), parent_id=parent_id, created_at=at)
        event = DepartmentCreated(department_id=row.pk)
        record(event, subjects=[subject("department", row.pk)], actor=actor, at=at)
    return DepartmentId(row.pk)


def update_department(
    *, department_id: DepartmentId, name: str, parent_id: DepartmentId | None, actor: Actor, at: datetime
) -> None:
    """Rename or move. Raises ``DepartmentUnknown``, ``DepartmentLoop``, ``DepartmentNameTaken``."""
    actor.require(MANAGE_STORES)
    if not name.strip():
        raise ValueInvalid(value="-")
    with transaction.atomic(), constraint_errors({"accounts_department_name_once": DepartmentNameTaken()}):
        rows = {row.pk: row for row in models.Department.objects.select_for_update().order_by("pk")}
        if department_id not in rows or (parent_id is not None and parent_id not in rows):
            raise DepartmentUnknown
        parents = {pk: row.parent_id for pk, row in rows.items()}
        if rules.is_inside(department_id=department_id, parent_id=parent_id, parents=parents):
            raise DepartmentLoop
        row = rows[department_id]
        row.name, row.parent_id = name.strip(), parent_id
        row.save(update_fields=["name", "parent"])
        event = DepartmentChanged(department_id=row.pk)
        record(event, subjects=[subject("department", row.pk)], actor=actor, at=at)


def remove_department(*, department_id: DepartmentId, actor: Actor, at: datetime) -> None:
    """Raises ``DepartmentUnknown``, ``DepartmentInUse``."""
    actor.require(MANAGE_STORES)
    with transaction.atomic():
        row = models.Department.objects.select_for_update().filter(pk=department_id).first()
        if row is None:
            raise DepartmentUnknown
        children = models.Department.objects.filter(parent=row).exists()
        if children or models.Staff.objects.filter(department=row).exists():
            raise DepartmentInUse
        row.delete()
        event = DepartmentRemoved(department_id=department_id)
        record(event, subjects=[subject("department", department_id)], actor=actor, at=at)


def _require_departments(parent_id: DepartmentId | None) -> None:
    if parent_id is not None and not models.Department.objects.filter(pk=parent_id).exists():
        raise DepartmentUnknown
