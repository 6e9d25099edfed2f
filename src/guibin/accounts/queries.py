"""Reads: get_ raises, find_ may return None, list_ is ordered."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from guibin.accounts import models, roles, rules, values
from guibin.accounts.errors import KeyRejected, StaffUnknown, StoreUnknown
from guibin.core.ids import ApiKeyId, DepartmentId, RoleId, StaffId, StoreId
from guibin.core.manifest import all_permissions
from guibin.core.paging import Page
from guibin.core.permissions import Actor


def get_organisation() -> values.Organisation:
    row = models.Organisation.objects.get(pk=1)
    return values.Organisation(
        name=row.name,
        base_currency=row.base_currency,
        time_zone=row.time_zone,
        as_of_on=row.as_of_on,
        is_set_up=row.setup_finished_at is not None,
    )


def has_staff() -> bool:
    return models.Staff.objects.exists()


# -- staff


def as_staff(row: models.Staff) -> values.Staff:
    """A row fetched with role, store and department."""
    return values.Staff(
        id=StaffId(row.pk),
        sign_in_name=row.sign_in_name,
        display_name=row.display_name,
        email=row.email,
        phone=row.phone,
        role_code=row.role.code,
        role_name=roles.role_name(
            code=row.role.code, name=row.role.name, follows_manifests=row.role.follows_manifests
        ),
        store_id=None if row.store is None else StoreId(row.store.pk),
        store_name="" if row.store is None else row.store.name,
        department_id=None if row.department is None else DepartmentId(row.department.pk),
        department_name="" if row.department is None else row.department.name,
        language=row.language,
        theme=row.theme,
        is_active=row.is_active,
        has_password=row.has_usable_password(),
        last_sign_in_at=row.last_login,
    )


def _staff_rows() -> QuerySet[models.Staff]:
    return models.Staff.objects.select_related("role", "store", "department")


def get_staff(staff_id: StaffId) -> values.Staff:
    """Raises ``StaffUnknown``."""
    row = _staff_rows().filter(pk=staff_id).first()
    if row is None:
        raise StaffUnknown
    return as_staff(row)


def find_staff(sign_in_name: str) -> values.Staff | None:
    row = _staff_rows().filter(sign_in_name__iexact=sign_in_name).first()
    return None if row is None else as_staff(row)


def get_staff_by_ids(ids: Collection[StaffId]) -> dict[StaffId, values.Staff]:
    """Those that exist, by id, in one query."""
    return {StaffId(row.pk): as_staff(row) for row in _staff_rows().filter(pk__in=ids)} if ids else {}


STAFF_SORTS = {
    "name": ("display_name", "id"),
    "role": ("role__code", "display_name", "id"),
    "store": ("store__name", "display_name", "id"),
    "last_sign_in": ("last_login", "id"),
}


def list_staff(
    *,
    text: str = "",
    role_codes: Collection[str] = (),
    store_ids: Collection[int] = (),
    is_active: bool | None = None,
    sort: str = "name",
    descending: bool = False,
    number: int = 1,
    size: int = 50,
) -> Page[values.Staff]:
    """Staff by part of a name, sign-in name or e-mail, role, store and state."""
    rows = _staff_rows()
    if text:
        rows = rows.filter(
            Q(display_name__icontains=text) | Q(sign_in_name__icontains=text) | Q(email__icontains=text)
        )
    if role_codes:
        rows = rows.filter(role__code__in=role_codes)
    if store_ids:
        rows = rows.filter(store_id__in=store_ids)
    if is_active is not None:
        rows = rows.filter(is_active=is_active)
    order = [f"-{field}" if descending else field for field in STAFF_SORTS[sort]]
    start = (number - 1) * size
    total = rows.count()
    page = [as_staff(row) for row in rows.order_by(*order)[start : start + size]]
    return Page(rows=page, total=total, number=number, size=size)


# -- places


def as_store(row: models.Store) -> values.Store:
    return values.Store(
        id=StoreId(row.pk),
        code=row.code,
        name=row.name,
        kind=row.kind,
        city=row.city,
        time_zone=row.time_zone,
        is_active=row.is_active,
    )


def list_stores(*, active_only: bool = False) -> list[values.Store]:
    """All stores by name."""
    rows = models.Store.objects.all()
    if active_only:
        rows = rows.filter(is_active=True)
    return [as_store(row) for row in rows.order_by("name", "id")]


def get_store(store_id: StoreId) -> values.Store:
    """Raises ``StoreUnknown``."""
    row = models.Store.objects.filter(pk=store_id).first()
    if row is None:
        raise StoreUnknown
    return as_store(row)


def get_stores(ids: Iterable[int]) -> dict[StoreId, values.Store]:
    """Those that exist, by id, in one query."""
    wanted = set(ids)
    if not wanted:
        return {}
    return {StoreId(row.pk): as_store(row) for row in models.Store.objects.filter(pk__in=wanted)}


def find_store(text: str) -> values.Store | None:
    """The store whose code or name is ``text``, case aside; a code wins over a name."""
    found = find_stores([text])
    return found.get(text)


def find_stores(texts: Collection[str]) -> dict[str, values.Store]:
    """Stores by code or name, for many texts at once, in one query over the (short) table."""
    if not texts:
        return {}
    by_text: dict[str, values.Store] = {}
    stores = list_stores()
    for store in stores:
        by_text.setdefault(store.name.lower(), store)
    for store in stores:
        by_text[store.code.lower()] = store
    return {text: by_text[rules.store_key(text)] for text in texts if rules.store_key(text) in by_text}


def list_departments() -> list[values.Department]:
    """The tree, each node after its parent, siblings by name."""
    people = models.Staff.objects.filter(department__isnull=False, is_active=True)
    counts = dict(
        people.order_by().values("department_id").annotate(n=Count("id")).values_list("department_id", "n")
    )
    children: dict[int | None, list[models.Department]] = {}
    for row in models.Department.objects.order_by("name", "id"):
        children.setdefault(row.parent_id, []).append(row)
    ordered: list[values.Department] = []
    waiting = [(row, 0) for row in reversed(children.get(None, []))]
    while waiting:
        row, depth = waiting.pop()
        parent_id = None if row.parent_id is None else DepartmentId(row.parent_id)
        ordered.append(
            values.Department(
                id=DepartmentId(row.pk),
                name=row.name,
                parent_id=parent_id,
                depth=depth,
                people=counts.get(row.pk, 0),
            )
        )
        waiting += [(child, depth + 1) for child in reversed(children.get(row.pk, []))]
    return ordered


# -- roles and actors


def list_roles() -> list[values.Role]:
    """All roles, widest first, each with what it allows in plain words."""
    permissions = all_permissions()
    people = models.Staff.objects.filter(is_active=True).order_by().values("role_id").annotate(n=Count("id"))
    counts = dict(people.values_list("role_id", "n"))
    found = []
    for row in models.Role.objects.all():
        held = _permissions_of(row)
        grants = tuple(
            values.RoleGrant(code=p.code, label=p.label, sentence=p.sentence)
            for p in permissions
            if p.code in held
        )
        name = roles.role_name(code=row.code, name=row.name, follows_manifests=row.follows_manifests)
        found.append(
            values.Role(
                id=RoleId(row.pk),
                code=row.code,
                name=name,
                own_store_only=row.own_store_only,
                grants=grants,
                people=counts.get(row.pk, 0),
            )
        )
    return sorted(found, key=lambda role: (-len(role.grants), role.code))


def _permissions_of(role: models.Role) -> frozenset[str]:
    return roles.role_permissions(
        code=role.code, follows_manifests=role.follows_manifests, stored=role.permission_codes
    )


def actor_of(staff: models.Staff) -> Actor:
    """The actor of a row fetched with its role. Who has no store is not narrowed to one."""
    narrowed = staff.role.own_store_only and staff.store_id is not None
    return Actor(
        kind="staff",
        id=staff.pk,
        permissions=_permissions_of(staff.role),
        store_ids=frozenset({staff.store_id}) if narrowed and staff.store_id is not None else None,
    )


def actor_for_staff(staff_id: StaffId) -> Actor:
    """The actor of an active member of staff. Raises ``StaffUnknown``."""
    row = models.Staff.objects.select_related("role").filter(pk=staff_id, is_active=True).first()
    if row is None:
        raise StaffUnknown
    return actor_of(row)


# -- keys


def as_key(row: models.ApiKey) -> values.ApiKey:
    return values.ApiKey(
        id=ApiKeyId(row.pk),
        name=row.name,
        prefix=row.prefix,
        scopes=tuple(row.scopes),
        store_ids=None if row.store_ids is None else tuple(StoreId(i) for i in row.store_ids),
        created_at=row.created_at,
        created_by="" if row.created_by is None else row.created_by.display_name,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )


def list_keys() -> Sequence[values.ApiKey]:
    """All keys, those in force first, newest first."""
    rows = models.ApiKey.objects.select_related("created_by").order_by("-created_at", "-id")
    return sorted((as_key(row) for row in rows), key=lambda key: key.revoked_at is not None)


def actor_for_key(token: str, *, at: datetime) -> Actor:
    """The actor of a key in force; it never does more than its maker may do now. Raises ``KeyRejected``."""
    parts = rules.split_key(token)
    if parts is None:
        raise KeyRejected
    prefix, secret = parts
    row = models.ApiKey.objects.select_related("created_by__role").filter(prefix=prefix).first()
    if row is None or not _is_in_force(row, secret=secret, at=at):
        raise KeyRejected
    scopes = frozenset(row.scopes)
    if row.created_by is not None:
        scopes &= _permissions_of(row.created_by.role)
    return Actor(
        kind="key",
        id=row.pk,
        permissions=scopes & roles.declared_codes(),
        store_ids=None if row.store_ids is None else frozenset(row.store_ids),
    )


def _is_in_force(row: models.ApiKey, *, secret: str, at: datetime) -> bool:
    if not rules.is_same_hash(row.secret_hash, secret):
        return False
    if row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= at):
        return False
    return row.created_by is None or row.created_by.is_active
