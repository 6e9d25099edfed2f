"""Customers for programs, under ``/api/v1/customers``."""

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from guibin.core.clock import now
from guibin.customers import api
from guibin.customers.errors import RequirementTypeUnknown
from guibin.customers.permissions import ARCHIVE_CUSTOMER, EDIT_CUSTOMER, REVEAL_CUSTOMER, VIEW_CUSTOMER
from guibin.customers.rest_merging import router as merging
from guibin.customers.rest_pairs import router as pairs
from guibin.customers.rest_ties import router as ties
from guibin.customers.rules.plain import as_plain
from guibin.customers.rules.values import Birthday, Card, NewContact, Profile
from guibin.web.access import actor_of, requires
from guibin.web.once import answers_anew, reads_only
from guibin.web.rest import CursorParams, Slice, slice_of

router = Router(tags=["customers"])
router.add_router("", ties)
router.add_router("", pairs)
router.add_router("", merging)


class CardOut(Schema):
    """A customer in a line, the phone masked."""

    number: str
    kind: str
    status: str
    name: str
    latin_name: str
    phone: str
    gender: str
    city: str
    joined_on: date | None
    joined_store_id: int | None
    tags: list[str]

    @staticmethod
    def of(card: Card) -> "CardOut":
        return CardOut(
            number=card.number,
            kind=card.kind,
            status=card.status,
            name=card.name,
            latin_name=card.latin_name,
            phone=card.phone,
            gender=card.gender,
            city=card.city,
            joined_on=card.joined_on,
            joined_store_id=card.joined_store_id,
            tags=[tag.name for tag in card.tags],
        )


class BirthdayIn(Schema):
    """``year`` may be absent; by the lunar calendar all numbers are lunar."""

    month: int = Field(ge=1, le=12)
    day: int = Field(ge=1, le=31)
    year: int | None = Field(None, ge=1900, le=2100)
    calendar: Literal["solar", "lunar"] = "solar"
    is_leap: bool = False


class ContactIn(Schema):
    kind: Literal["phone", "email", "wechat"]
    value: str = Field(max_length=254)
    label: str = Field("", max_length=20)
    is_preferred: bool = False
    hour_from: int | None = Field(None, ge=0, le=23)
    hour_until: int | None = Field(None, ge=1, le=24)


class ProfileIn(Schema):
    """Fields that are absent stay as they are; empty ones are emptied. The ``id_number`` of a company is its
    unified social credit code."""

    kind: Literal["person", "company"] = "person"
    name: str = Field("", max_length=60)
    latin_name: str = Field("", max_length=60)
    gender: Literal["", "female", "male", "other"] = ""
    birthday: BirthdayIn | None = None
    province: str = Field("", max_length=40)
    city: str = Field("", max_length=80)
    address: str = Field("", max_length=300)
    occupation: str = Field("", max_length=120)
    interests: str = Field("", max_length=500)
    id_number: str = Field("", max_length=30)
    joined_on: date | None = None
    joined_store_id: int | None = Field(None, ge=1)

    def profile(self) -> Profile:
        values = {name: getattr(self, name) for name in ProfileIn.model_fields if name != "birthday"}
        birthday = Birthday(**self.birthday.model_dump()) if self.birthday else None
        return Profile(**values, birthday=birthday)


class CustomerIn(ProfileIn):
    contacts: list[ContactIn] = Field(default_factory=list, max_length=20)
    card: str = Field("", max_length=120)


class CustomerPatch(ProfileIn):
    attributes: dict[str, str] = Field(default_factory=dict)
    revision: int | None = None


class NoteIn(Schema):
    text: str = Field(min_length=1, max_length=4000)


class SearchIn(Schema):
    text: str = Field(min_length=1, max_length=120)
    limit: int = Field(20, ge=1, le=100)


class RevealIn(Schema):
    reason: Literal["contact", "verify", "correct", "complaint", "other"]


def _one(request: HttpRequest, customer_id: int) -> dict[str, Any]:
    view = api.get_customer(customer_id, actor=actor_of(request))
    return as_plain(view) | {"revision": view.revision}


@router.get("/customers", response=Slice[CardOut], summary="List customers")
@requires(VIEW_CUSTOMER)
def list_customers(
    request: HttpRequest,
    params: Query[CursorParams],
    status: str = "active",
    city: str = "",
    tag_id: int | None = None,
    kind: Literal["", "person", "company"] = "",
    staff_id: int | None = None,
    requirement: str = "",
) -> dict[str, Any]:
    """Newest number first; phones are masked. ``staff_id`` is who looks after them, ``requirement`` the code
    of a kind of requirement they have."""
    after = params.after()
    filters = api.Filters(
        statuses=(status,) if status else (),
        cities=(city,) if city else (),
        tag_ids=(tag_id,) if tag_id else (),
        kinds=(kind,) if kind else (),
        staff_ids=(staff_id,) if staff_id else (),
        requirement_ids=_kind_ids(requirement) if requirement else (),
    )
    below = int(after[0]) if after else None
    cards = api.list_cards_below(filters, below=below, limit=params.limit + 1, actor=actor_of(request))
    rows = slice_of(cards, params.limit, lambda card: [card.id])
    return rows | {"rows": [CardOut.of(card) for card in rows["rows"]]}


def _kind_ids(code: str) -> tuple[int, ...]:
    """The id of a kind of requirement. Raises ``RequirementTypeUnknown``."""
    found = next((kind.id for kind in api.list_requirement_types(archived=True) if kind.code == code), None)
    if found is None:
        raise RequirementTypeUnknown
    return (found,)


@router.post("/customers/search", response=list[CardOut], summary="Search customers")
@requires(VIEW_CUSTOMER)
@reads_only
def search_customers(request: HttpRequest, body: SearchIn) -> list[CardOut]:
    """By name, pinyin, initials, phone (whole or last four), e-mail, number or card. A POST, so that
    personal words stay out of addresses; it writes nothing and needs no idempotency key."""
    hits = api.search(body.text, actor=actor_of(request), limit=body.limit)
    return [CardOut.of(hit.card) for hit in hits]


@router.post("/customers", response={201: dict[str, Any]}, summary="Create a customer")
@requires(EDIT_CUSTOMER)
def create_customer(request: HttpRequest, body: CustomerIn) -> Status[dict[str, Any]]:
    actor, at = actor_of(request), now()
    contacts = [NewContact(**contact.model_dump()) for contact in body.contacts]
    customer_id = api.create_customer(
        profile=body.profile(), contacts=contacts, card=body.card, source="rest", actor=actor, at=at
    )
    return Status(201, _one(request, customer_id))


@router.get("/customers/{number}", response=dict[str, Any], summary="One customer, masked")
@requires(VIEW_CUSTOMER)
def get_customer(request: HttpRequest, number: str) -> dict[str, Any]:
    return _one(request, api.get_id(number, actor=actor_of(request)))


@router.patch("/customers/{number}", response=dict[str, Any], summary="Change a customer")
@requires(EDIT_CUSTOMER)
def edit_customer(request: HttpRequest, number: str, body: CustomerPatch) -> dict[str, Any]:
    """Only the fields sent are written. ``revision`` refuses the write when somebody else was first."""
    actor, at = actor_of(request), now()
    customer_id = api.get_id(number, actor=actor)
    sent = body.model_fields_set - {"attributes", "revision"}
    api.edit_customer(
        customer_id=customer_id,
        profile=body.profile(),
        fields=sent,
        attributes=body.attributes,
        expected_revision=body.revision,
        source="rest",
        actor=actor,
        at=at,
    )
    return _one(request, customer_id)


@router.post("/customers/{number}/archive", response=dict[str, Any], summary="Archive a customer")
@requires(ARCHIVE_CUSTOMER)
def archive_customer(request: HttpRequest, number: str) -> dict[str, Any]:
    actor, at = actor_of(request), now()
    customer_id = api.get_id(number, actor=actor)
    api.archive_customer(customer_id=customer_id, actor=actor, at=at)
    return _one(request, customer_id)


@router.post("/customers/{number}/contacts", response={201: dict[str, Any]}, summary="Add a contact point")
@requires(EDIT_CUSTOMER)
def add_contact(request: HttpRequest, number: str, body: ContactIn) -> Status[dict[str, Any]]:
    actor, at = actor_of(request), now()
    customer_id = api.get_id(number, actor=actor)
    contact = NewContact(**body.model_dump())
    api.add_contact(customer_id=customer_id, contact=contact, source="rest", actor=actor, at=at)
    return Status(201, _one(request, customer_id))


@router.post("/customers/{number}/notes", response={201: dict[str, int]}, summary="Write a note")
@requires(EDIT_CUSTOMER)
def write_note(request: HttpRequest, number: str, body: NoteIn) -> Status[dict[str, int]]:
    actor, at = actor_of(request), now()
    customer_id = api.get_id(number, actor=actor)
    note_id = api.write_note(customer_id=customer_id, text=body.text, actor=actor, at=at)
    return Status(201, {"id": note_id})


@router.post("/customers/{number}/reveal", response=dict[str, Any], summary="One customer, unmasked")
@requires(REVEAL_CUSTOMER)
@answers_anew
def reveal_customer(request: HttpRequest, number: str, body: RevealIn) -> dict[str, Any]:
    """Needs a reason; each look is recorded, a repeated one too, and what was shown is never kept."""
    actor = actor_of(request)
    customer_id = api.get_id(number, actor=actor)
    view = api.reveal_customer(customer_id=customer_id, reason=body.reason, actor=actor, at=now())
    return as_plain(view) | {"revision": view.revision}
