"""The frozen values that go through the door, and the codes their fields may hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

STATUSES = ("active", "archived", "erased")
GENDERS = ("female", "male", "other")
KINDS = ("person", "company")
CALENDARS = ("solar", "lunar")
CONTACT_KINDS = ("phone", "email", "wechat")
ATTRIBUTE_KINDS = ("text", "number", "date", "choice", "yes_no")
ATTRIBUTE_PRIVACY = ("personal", "sensitive")
TAG_COLOURS = ("grey", "green", "blue", "amber", "red", "violet")
CARD_SOURCE = "card"
REVEAL_REASONS = ("contact", "verify", "correct", "complaint", "other")
MERGE_REASONS = ("exact", "review", "staff", "import")
PAIR_STATUSES = ("open", "merged", "never")
KEY_POLICIES = ("join", "review", "ignore")
POLICY_KEYS = ("id_number", "card", "external_id", "phone", "email", "wechat")
MATCH_KEYS = ("number", "external_id", "card", "phone", "email", "id_number")

ContactKind = Literal["phone", "email", "wechat"]
Policy = Literal["skip", "fill", "overwrite"]
Outcome = Literal["created", "updated", "unchanged", "skipped", "duplicate", "conflict", "invalid"]


@dataclass(frozen=True, slots=True)
class Birthday:
    """A day of birth by the solar or the lunar calendar; ``year`` None when it was not told.

    For a lunar birthday all three numbers are lunar and ``is_leap`` says the month is the leap one.
    """

    month: int
    day: int
    year: int | None = None
    calendar: Literal["solar", "lunar"] = "solar"
    is_leap: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of a person, in plain words; empty where unknown. ``joined_store_id`` is a store id.
    Of a company (``kind``) ``name`` is its name and ``id_number`` its unified social credit code."""

    name: str = ""
    latin_name: str = ""
    gender: str = ""
    birthday: Birthday | None = None
    province: str = ""
    city: str = ""
    address: str = ""
    occupation: str = ""
    interests: str = ""
    id_number: str = ""
    joined_on: date | None = None
    joined_store_id: int | None = None
    kind: str = "person"


@dataclass(frozen=True, slots=True)
class NewContact:
    """A contact point about to be added; ``value`` as the person wrote it. Hours 0–24, local."""

    kind: ContactKind
    value: str
    label: str = ""
    is_preferred: bool = False
    hour_from: int | None = None
    hour_until: int | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """A stored contact point; ``value`` is masked unless it was revealed."""

    id: int
    kind: ContactKind
    value: str
    label: str
    is_preferred: bool
    hour_from: int | None
    hour_until: int | None
    source: str
    added_at: datetime
    is_masked: bool


@dataclass(frozen=True, slots=True)
class TagView:
    id: int
    name: str
    colour: str
    is_archived: bool = False
    customers: int | None = None


@dataclass(frozen=True, slots=True)
class Attribute:
    """An organisation's own field. ``choices`` are (code, zh, en)."""

    id: int
    code: str
    label_zh: str
    label_en: str
    kind: str
    unit: str
    choices: tuple[tuple[str, str, str], ...]
    privacy: str
    position: int
    is_archived: bool


@dataclass(frozen=True, slots=True)
class AttributeFact:
    """A person's value of an own field: ``value`` is what the form takes, None when sensitive and masked."""

    definition: Attribute
    value: str | None
    is_masked: bool


@dataclass(frozen=True, slots=True)
class Card:
    """A customer in a line: the name is shown, the phone masked. An erased person has an empty name."""

    id: int
    number: str
    status: str
    name: str
    latin_name: str
    phone: str
    gender: str
    city: str
    joined_on: date | None
    joined_store_id: int | None
    tags: tuple[TagView, ...] = ()
    kind: str = "person"


@dataclass(frozen=True, slots=True)
class ExternalRef:
    source: str
    value: str


@dataclass(frozen=True, slots=True)
class CustomerView:
    """Everything about one customer. With ``is_masked`` the id number, street address, contact values
    and sensitive attributes are masked."""

    id: int
    number: str
    status: str
    revision: int
    profile: Profile
    age_band: str
    contacts: tuple[Contact, ...]
    external_ids: tuple[ExternalRef, ...]
    tags: tuple[TagView, ...]
    attributes: tuple[AttributeFact, ...]
    source: str
    created_at: datetime
    updated_at: datetime
    erased_at: datetime | None
    is_masked: bool


@dataclass(frozen=True, slots=True)
class NoteView:
    id: int
    text: str
    author: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """One line of field history. ``old`` and ``new`` are opened; None when there was none."""

    field: str
    old: str | None
    new: str | None
    source: str
    import_id: int | None
    changed_by: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of customers is narrowed by; empty means all, several values mean any of them.
    ``birth_months`` are months as told (solar or lunar); the joined days are both inclusive. ``staff_ids``
    are who looks after them now, ``requirement_ids`` the kinds of requirement they have."""

    statuses: tuple[str, ...] = ("active",)
    store_ids: tuple[int, ...] = ()
    tag_ids: tuple[int, ...] = ()
    genders: tuple[str, ...] = ()
    birth_months: tuple[int, ...] = ()
    cities: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    joined_from: date | None = None
    joined_until: date | None = None
    text: str = ""
    kinds: tuple[str, ...] = ()
    staff_ids: tuple[int, ...] = ()
    requirement_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """One row of a file about a person. Values may be as written; ``position`` is the row in the file.

    ``external_id`` belongs to the import's source; ``cards`` are member cards. ``attributes`` maps an
    attribute code to its text. ``extra_externals`` are (source, value) of further systems. An empty ``kind``
    is a person where the row makes somebody new, and changes nothing else.
    """

    position: int
    external_id: str = ""
    number: str = ""
    name: str = ""
    latin_name: str = ""
    gender: str = ""
    birthday: Birthday | None = None
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    wechats: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()
    extra_externals: tuple[tuple[str, str], ...] = ()
    province: str = ""
    city: str = ""
    address: str = ""
    occupation: str = ""
    interests: str = ""
    id_number: str = ""
    joined_on: date | None = None
    joined_store_id: int | None = None
    tags: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of a row. ``reason`` is a code (``invalid_phone``, ``several_match`` ...), else empty;
    ``matched`` says by which key it found its customer. ``bearer_id`` bears that key: the customer itself, or
    one merged into it; what else the row brings (orders) is written to it."""

    position: int
    outcome: Outcome
    customer_id: int | None = None
    reason: str = ""
    matched: str = ""
    bearer_id: int | None = None


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would become of a row. ``twin`` is the position of the row it repeats; ``claims`` are the keys,
    in canonical form, by which the person it would make is known to rows that come later; ``turn`` is its
    place among the people that would be made."""

    outcome: RowOutcome
    twin: int | None = None
    claims: tuple[tuple[str, str], ...] = ()
    turn: int | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """Something an undo left in place: ``reason`` is ``changed_later``, ``used_later`` or ``depended_on``."""

    customer_id: int
    reason: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class UndoReport:
    removed: int
    restored: int
    kept: Sequence[Kept]
    removed_ids: Sequence[int] = ()
