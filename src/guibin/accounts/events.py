"""What happens to the house's own people and places."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from guibin.core.events import Event


@dataclass(frozen=True)
class StaffInvited(Event):
    name: ClassVar[str] = "accounts.staff_invited"
    wording = _("Invited to work here")
    icon = "ti-user-plus"

    staff_id: int
    role: str


@dataclass(frozen=True)
class StaffChanged(Event):
    name: ClassVar[str] = "accounts.staff_changed"
    wording = _("Account changed")
    icon = "ti-user-edit"

    staff_id: int
    fields: tuple[str, ...]


@dataclass(frozen=True)
class StaffDeactivated(Event):
    name: ClassVar[str] = "accounts.staff_deactivated"
    wording = _("Account switched off")
    icon = "ti-user-off"

    staff_id: int


@dataclass(frozen=True)
class StaffReactivated(Event):
    name: ClassVar[str] = "accounts.staff_reactivated"
    wording = _("Account switched on")
    icon = "ti-user-check"

    staff_id: int


@dataclass(frozen=True)
class StaffRemoved(Event):
    name: ClassVar[str] = "accounts.staff_removed"
    wording = _("Account from an import taken back")
    icon = "ti-user-minus"

    staff_id: int


@dataclass(frozen=True)
class LinkIssued(Event):
    name: ClassVar[str] = "accounts.link_issued"
    wording = _("One-time sign-in link handed out")
    icon = "ti-link"

    staff_id: int


@dataclass(frozen=True)
class SignedIn(Event):
    name: ClassVar[str] = "accounts.signed_in"
    wording = _("Signed in")
    icon = "ti-login"

    staff_id: int


@dataclass(frozen=True)
class SignInFailed(Event):
    name: ClassVar[str] = "accounts.sign_in_failed"
    wording = _("Sign-in failed")
    icon = "ti-lock-exclamation"

    staff_id: int


@dataclass(frozen=True)
class PasswordChanged(Event):
    name: ClassVar[str] = "accounts.password_changed"
    wording = _("Password changed")
    icon = "ti-key"

    staff_id: int


@dataclass(frozen=True)
class StoreCreated(Event):
    name: ClassVar[str] = "accounts.store_created"
    wording = _("Store added")
    icon = "ti-building-store"

    store_id: int


@dataclass(frozen=True)
class StoreChanged(Event):
    name: ClassVar[str] = "accounts.store_changed"
    wording = _("Store changed")
    icon = "ti-building-store"

    store_id: int
    fields: tuple[str, ...]


@dataclass(frozen=True)
class StoreRemoved(Event):
    name: ClassVar[str] = "accounts.store_removed"
    wording = _("Store from an import taken back")
    icon = "ti-building-store"

    store_id: int


@dataclass(frozen=True)
class DepartmentCreated(Event):
    name: ClassVar[str] = "accounts.department_created"
    wording = _("Department added")
    icon = "ti-sitemap"

    department_id: int


@dataclass(frozen=True)
class DepartmentChanged(Event):
    name: ClassVar[str] = "accounts.department_changed"
    wording = _("Department changed")
    icon = "ti-sitemap"

    department_id: int


@dataclass(frozen=True)
class DepartmentRemoved(Event):
    name: ClassVar[str] = "accounts.department_removed"
    wording = _("Department removed")
    icon = "ti-sitemap"

    department_id: int


@dataclass(frozen=True)
class KeyCreated(Event):
    name: ClassVar[str] = "accounts.key_created"
    wording = _("API key created")
    icon = "ti-key"

    key_id: int
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class KeyRevoked(Event):
    name: ClassVar[str] = "accounts.key_revoked"
    wording = _("API key withdrawn")
    icon = "ti-key-off"

    key_id: int


@dataclass(frozen=True)
class OrganisationChanged(Event):
    name: ClassVar[str] = "accounts.organisation_changed"
    wording = _("Shop details changed")
    icon = "ti-settings"

    fields: tuple[str, ...]


@dataclass(frozen=True)
class SetupFinished(Event):
    name: ClassVar[str] = "accounts.setup_finished"
    wording = _("Set-up finished")
    icon = "ti-flag-check"


ALL = (
    StaffInvited,
    StaffChanged,
    StaffDeactivated,
    StaffReactivated,
    StaffRemoved,
    LinkIssued,
    SignedIn,
    SignInFailed,
    PasswordChanged,
    StoreCreated,
    StoreChanged,
    StoreRemoved,
    DepartmentCreated,
    DepartmentChanged,
    DepartmentRemoved,
    KeyCreated,
    KeyRevoked,
    OrganisationChanged,
    SetupFinished,
)
