"""What goes through the door: frozen values, no models."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from guibin.core.errors import Text
from guibin.core.ids import ApiKeyId, DepartmentId, RoleId, StaffId, StoreId


@dataclass(frozen=True, slots=True)
class Organisation:
    """The one organisation. ``as_of_on`` is the day everything is counted at; None means today."""

    name: str
    base_currency: str
    time_zone: str
    as_of_on: date | None
    is_set_up: bool


@dataclass(frozen=True, slots=True)
class Store:
    id: StoreId
    code: str
    name: str
    kind: str
    city: str
    time_zone: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class Department:
    """A department with its depth in the tree (0 at the top) and how many people belong to it."""

    id: DepartmentId
    name: str
    parent_id: DepartmentId | None
    depth: int
    people: int


@dataclass(frozen=True, slots=True)
class RoleGrant:
    """One permission in a role, in plain words."""

    code: str
    label: Text
    sentence: Text


@dataclass(frozen=True, slots=True)
class Role:
    id: RoleId
    code: str
    name: Text
    own_store_only: bool
    grants: Sequence[RoleGrant]
    people: int


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff. ``has_password`` False: invited, has not come in yet."""

    id: StaffId
    sign_in_name: str
    display_name: str
    email: str
    phone: str
    role_code: str
    role_name: Text
    store_id: StoreId | None
    store_name: str
    department_id: DepartmentId | None
    department_name: str
    language: str
    theme: str
    is_active: bool
    has_password: bool
    last_sign_in_at: datetime | None

    @property
    def state(self) -> Literal["active", "invited", "off"]:
        if not self.is_active:
            return "off"
        return "active" if self.has_password else "invited"


@dataclass(frozen=True, slots=True)
class Invitation:
    """A one-time link (``path`` under the site's address) that lets ``staff_id`` set a password."""

    staff_id: StaffId
    path: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ApiKey:
    id: ApiKeyId
    name: str
    prefix: str
    scopes: tuple[str, ...]
    store_ids: tuple[StoreId, ...] | None
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """``token`` is shown once and kept nowhere."""

    key: ApiKey
    token: str


@dataclass(frozen=True, slots=True)
class StoreRow:
    """A store as an import reads it. Empty values never overwrite."""

    code: str
    name: str
    kind: str = ""
    city: str = ""


@dataclass(frozen=True, slots=True)
class StaffRow:
    """A member of staff as an import reads it; ``store`` is a code or a name."""

    sign_in_name: str
    display_name: str
    email: str = ""
    phone: str = ""
    role_code: str = ""
    store: str = ""
    department: str = ""


Outcome = Literal["created", "updated", "unchanged", "skipped", "rejected"]


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one import row; ``reason`` is an error code for rejected rows."""

    outcome: Outcome
    id: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BulkResult:
    """One result per row, in order, and ``undo``: plain JSON that takes the whole batch back."""

    rows: Sequence[RowResult]
    undo: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class UndoResult:
    """How many rows were taken back, and which ids were kept because of what (an error code)."""

    taken_back: int
    kept: Sequence[tuple[int, str]]
