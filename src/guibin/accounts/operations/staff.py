"""Inviting, changing, switching off and on; one-time links."""

from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction

from guibin.accounts import links, models, queries, roles, rules, values
from guibin.accounts.errors import (
    EmailTaken,
    LastOwner,
    OwnAccount,
    RoleAboveOwn,
    RoleUnknown,
    SignInNameInvalid,
    SignInNameTaken,
    StaffInactive,
    StaffUnknown,
    ValueInvalid,
)
from guibin.accounts.events import (
    LinkIssued,
    StaffChanged,
    StaffDeactivated,
    StaffInvited,
    StaffReactivated,
)
from guibin.accounts.permissions import MANAGE_STAFF, USE_ACCOUNT
from guibin.accounts.settings import LINK_HOURS
from guibin.core import preferences
from guibin.core.errors import DomainError, constraint_errors
from guibin.core.events import record, subject
from guibin.core.ids import DepartmentId, StaffId, StoreId
from guibin.core.permissions import Actor


def create_staff(
    *,
    sign_in_name: str,
    display_name: str,
    role_code: str,
    store_id: StoreId | None = None,
    department_id: DepartmentId | None = None,
    email: str = "",
    phone: str = "",
    language: str = "zh-hans",
    password: str | None = None,
    actor: Actor,
    at: datetime,
) -> values.Staff:
    """A new account, with a ``password`` or without one (it then waits for an invitation).

    Raises ``SignInNameInvalid``, ``SignInNameTaken``, ``EmailTaken``, ``RoleUnknown``, ``RoleAboveOwn``.
    The password is not checked for strength here: pages and links do that with the validators.
    """
    actor.require(MANAGE_STAFF)
    sign_in_name = sign_in_name.strip()
    if not rules.is_sign_in_name(sign_in_name):
        raise SignInNameInvalid
    role = find_grantable_role(role_code, actor=actor)
    with transaction.atomic(), constraint_errors(staff_constraints(sign_in_name)):
        row = models.Staff.objects.create(
            sign_in_name=sign_in_name,
            display_name=display_name.strip() or sign_in_name,
            role=role,
            store_id=store_id,
            department_id=department_id,
            email=email.strip().lower(),
            phone=phone.strip(),
            language=_known_language(language),
            password=make_password(password),
            created_at=at,
        )
        record(
            StaffInvited(staff_id=row.pk, role=role.code),
            subjects=[subject("staff", row.pk)],
            actor=actor,
            at=at,
        )
    return queries.get_staff(StaffId(row.pk))


def invite_staff(
    *,
    sign_in_name: str,
    display_name: str,
    role_code: str,
    store_id: StoreId | None = None,
    department_id: DepartmentId | None = None,
    email: str = "",
    phone: str = "",
    language: str = "zh-hans",
    actor: Actor,
    at: datetime,
) -> values.Invitation:
    """A new account and the one-time link to hand over. Raises as ``create_staff``."""
    with transaction.atomic():
        staff = create_staff(
            sign_in_name=sign_in_name,
            display_name=display_name,
            role_code=role_code,
            store_id=store_id,
            department_id=department_id,
            email=email,
            phone=phone,
            language=language,
            actor=actor,
            at=at,
        )
        return issue_link(staff_id=staff.id, actor=actor, at=at)


def issue_link(*, staff_id: StaffId, actor: Actor, at: datetime) -> values.Invitation:
    """A one-time link to set a new password; voids every earlier link of this person.

    Raises ``StaffUnknown``, ``StaffInactive``, ``RoleAboveOwn`` (a link is as good as the account).
    """
    actor.require(MANAGE_STAFF)
    with transaction.atomic():
        row = lock_manageable(staff_id, actor=actor)
        if not row.is_active:
            raise StaffInactive
        row.link_serial += 1
        row.link_expires_at = at + timedelta(hours=preferences.get(LINK_HOURS))
        row.save(update_fields=["link_serial", "link_expires_at"])
        record(LinkIssued(staff_id=row.pk), subjects=[subject("staff", row.pk)], actor=actor, at=at)
    return values.Invitation(staff_id=staff_id, path=links.make_path(row), expires_at=row.link_expires_at)


def update_staff(
    *,
    staff_id: StaffId,
    display_name: str,
    role_code: str,
    store_id: StoreId | None,
    department_id: DepartmentId | None,
    email: str,
    phone: str,
    actor: Actor,
    at: datetime,
) -> values.Staff:
    """Change an account. The role counts from the next request on. Raises as ``create_staff``, and
    ``OwnAccount`` (own role) and ``LastOwner``."""
    actor.require(MANAGE_STAFF)
    with transaction.atomic(), constraint_errors(staff_constraints("")):
        row = lock_manageable(staff_id, actor=actor)
        role = find_grantable_role(role_code, actor=actor)
        if role.pk != row.role_id:
            _refuse_own(row, actor)
            if row.role.code == roles.OWNER:
                _require_other_owner(row)
        wanted = {
            "display_name": display_name.strip() or row.sign_in_name,
            "role_id": role.pk,
            "store_id": store_id,
            "department_id": department_id,
            "email": email.strip().lower(),
            "phone": phone.strip(),
        }
        _write_changes(row, wanted, actor=actor, at=at)
    return queries.get_staff(staff_id)


def keep_look(*, language: str | None, theme: str | None, actor: Actor, at: datetime) -> None:
    """One's own language and look; None leaves it as it is. Raises ``ValueInvalid``."""
    actor.require(USE_ACCOUNT)
    wanted: dict[str, object] = {}
    if theme is not None:
        if theme not in models.THEMES:
            raise ValueInvalid(value=theme)
        wanted["theme"] = theme
    if language is not None:
        wanted["language"] = _known_language(language)
    with transaction.atomic():
        row = models.Staff.objects.select_for_update().filter(pk=actor.staff_id or 0).first()
        if row is None:
            raise StaffUnknown
        _write_changes(row, wanted, actor=actor, at=at)


def deactivate_staff(*, staff_id: StaffId, actor: Actor, at: datetime) -> None:
    """Switch an account off: its sessions end with the next request. Raises ``OwnAccount``, ``LastOwner``."""
    actor.require(MANAGE_STAFF)
    with transaction.atomic():
        row = lock_manageable(staff_id, actor=actor)
        _refuse_own(row, actor)
        if row.role.code == roles.OWNER:
            _require_other_owner(row)
        if not row.is_active:
            raise StaffInactive
        row.is_active = False
        row.session_epoch += 1
        row.link_serial += 1
        row.save(update_fields=["is_active", "session_epoch", "link_serial"])
        record(StaffDeactivated(staff_id=row.pk), subjects=[subject("staff", row.pk)], actor=actor, at=at)


def reactivate_staff(*, staff_id: StaffId, actor: Actor, at: datetime) -> None:
    """Switch an account on again; its old password works, its old sessions do not."""
    actor.require(MANAGE_STAFF)
    with transaction.atomic():
        row = lock_manageable(staff_id, actor=actor)
        row.is_active = True
        row.save(update_fields=["is_active"])
        record(StaffReactivated(staff_id=row.pk), subjects=[subject("staff", row.pk)], actor=actor, at=at)


# -- shared with the other writers of staff rows


def staff_constraints(sign_in_name: str) -> dict[str, DomainError]:
    """The named constraints of the staff table as refusals."""
    return {
        "accounts_staff_sign_in_name_exact": SignInNameTaken(name=sign_in_name),
        "accounts_staff_sign_in_name_once": SignInNameTaken(name=sign_in_name),
        "accounts_staff_email_once": EmailTaken(),
    }


def find_grantable_role(role_code: str, *, actor: Actor) -> models.Role:
    """The role, if it may do no more than the giver. Raises ``RoleUnknown``, ``RoleAboveOwn``."""
    role = models.Role.objects.filter(code=role_code).first()
    if role is None:
        raise RoleUnknown(role=role_code)
    _require_not_above(role, actor)
    return role


def lock_manageable(staff_id: StaffId, *, actor: Actor) -> models.Staff:
    """The locked row of somebody who may do no more than the actor."""
    rows = models.Staff.objects.select_for_update(of=("self",)).select_related("role")
    row = rows.filter(pk=staff_id).first()
    if row is None:
        raise StaffUnknown
    _require_not_above(row.role, actor)
    return row


def _require_not_above(role: models.Role, actor: Actor) -> None:
    held = roles.role_permissions(
        code=role.code, follows_manifests=role.follows_manifests, stored=role.permission_codes
    )
    if actor.kind != "system" and not rules.is_within(held, actor.permissions):
        raise RoleAboveOwn


def _require_other_owner(row: models.Staff) -> None:
    owners = models.Staff.objects.select_for_update(of=("self",)).filter(role=row.role, is_active=True)
    if not any(owner.pk != row.pk for owner in owners.order_by("pk")):
        raise LastOwner


def _refuse_own(row: models.Staff, actor: Actor) -> None:
    if row.pk == actor.staff_id:
        raise OwnAccount


def _known_language(language: str) -> str:
    if language not in models.LANGUAGES:
        raise ValueInvalid(value=language)
    return language


def _write_changes(row: models.Staff, wanted: dict[str, object], *, actor: Actor, at: datetime) -> None:
    changed = [name for name, value in wanted.items() if getattr(row, name) != value]
    if not changed:
        return
    for name in changed:
        setattr(row, name, wanted[name])
    row.save(update_fields=changed)
    record(
        StaffChanged(staff_id=row.pk, fields=tuple(changed)),
        subjects=[subject("staff", row.pk)],
        actor=actor,
        at=at,
    )
