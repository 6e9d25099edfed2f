"""What customers ask for: codes and frozen values. Pure."""

import re
from dataclasses import dataclass
from datetime import date, datetime

TEXT_LENGTH_MAX = 1000
SUBJECT = re.compile(r"[a-z][a-z_]{0,29}", re.ASCII)
STAFF_ROLES = ("manager", "deputy", "service", "sales", "other")


@dataclass(frozen=True, slots=True)
class RequirementKind:
    """A kind of requirement, as the organisation defines it; ``privacy`` is ``personal`` or ``sensitive``."""

    id: int
    code: str
    label_zh: str
    label_en: str
    privacy: str
    position: int
    is_archived: bool


@dataclass(frozen=True, slots=True)
class RequirementView:
    """Something a person asks for. ``text`` is None when it is sensitive and masked; ``subject_kind`` and
    ``subject_id`` say what it is about (such as ``order`` 17), empty for the person in general."""

    id: int
    customer_id: int
    kind: RequirementKind
    text: str | None
    valid_until: date | None
    subject_kind: str
    subject_id: int | None
    revision: int
    written_by: str
    written_at: datetime

    @property
    def is_masked(self) -> bool:
        return self.text is None


@dataclass(frozen=True, slots=True)
class StaffLinkView:
    """Somebody of the house who looks after a customer. ``until`` is the day on which it was over."""

    id: int
    customer_id: int
    staff_id: int
    role: str
    since: date
    until: date | None
    is_main: bool
    assigned_by: str
    assigned_at: datetime
