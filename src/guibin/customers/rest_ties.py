"""Relations, staff, contact wishes and requirements of customers for programs."""

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from guibin.core.clock import now
from guibin.customers import api, errors
from guibin.customers.permissions import EDIT_CUSTOMER, MANAGE_ATTRIBUTES, REVEAL_CUSTOMER, VIEW_CUSTOMER
from guibin.customers.queries.days import business_day
from guibin.customers.queries.ties import plain_link, plain_preference, plain_relation, plain_requirement
from guibin.web.access import actor_of, requires
from guibin.web.once import answers_anew

router = Router(tags=["customers"])

Role = Literal[
    "spouse",
    "parent",
    "child",
    "sibling",
    "relative",
    "guardian",
    "ward",
    "referrer",
    "referred",
    "employee",
    "employer",
]
ContactRole = Literal["", "executive", "buyer", "finance", "assistant", "user", "other"]
StaffRole = Literal["manager", "deputy", "service", "sales", "other"]
Channel = Literal["", "phone", "sms", "wechat", "email", "visit"]
Language = Literal["", "zh", "en", "yue", "ja", "ko", "fr", "de", "es", "ru"]


class PreferenceIn(Schema):
    """Days 0 (Monday) to 6, none for any; hours local; all empty takes the wish away."""

    channel: Channel = ""
    days: list[int] = Field(default_factory=list, max_length=7)
    hour_from: int | None = Field(None, ge=0, le=23)
    hour_until: int | None = Field(None, ge=1, le=24)
    language: Language = ""
    quiet_from: int | None = Field(None, ge=0, le=23)
    quiet_until: int | None = Field(None, ge=1, le=24)

    def preference(self) -> api.Preference:
        values = self.model_dump() | {"days": tuple(sorted(set(self.days)))}
        return api.Preference(**values)


class RelationDetailsIn(Schema):
    since: date | None = None
    until: date | None = None
    contact_role: ContactRole = ""
    decides: bool = False
    title: str = Field("", max_length=60)
    remark: str = Field("", max_length=500)


class RelationIn(RelationDetailsIn):
    """``number`` is the other customer's; ``role`` what they are to this one."""

    number: str = Field(max_length=24)
    role: Role


class RelationChange(RelationDetailsIn):
    """All of it is written; ``revision`` refuses the write when somebody else was first."""

    revision: int | None = None


class StaffIn(Schema):
    staff_id: int = Field(ge=1)
    role: StaffRole = "manager"
    is_main: bool = False
    since: date | None = None


class AboutIn(Schema):
    kind: str = Field(max_length=30)
    id: int = Field(ge=1)


class RequirementChange(Schema):
    """``revision`` refuses the write when somebody else was first."""

    text: str = Field(min_length=1, max_length=1000)
    valid_until: date | None = None
    revision: int | None = None


class RequirementIn(Schema):
    """``kind`` is the code of a kind; ``about`` names what it is about, such as an order."""

    kind: str = Field(max_length=40)
    text: str = Field(min_length=1, max_length=1000)
    valid_until: date | None = None
    about: AboutIn | None = None


class RequirementTypeIn(Schema):
    label_zh: str = Field(min_length=1, max_length=60)
    label_en: str = Field("", max_length=60)
    privacy: Literal["personal", "sensitive"] = "personal"
    position: int = Field(0, ge=0, le=999)
    is_archived: bool = False


class RevealIn(Schema):
    reason: Literal["contact", "verify", "correct", "complaint", "other"]


def _id(request: HttpRequest, number: str) -> int:
    return api.get_id(number, actor=actor_of(request))


def _relations(request: HttpRequest, customer_id: int) -> list[dict[str, Any]]:
    views = api.list_relations(customer_id)
    cards = api.get_cards([view.other_id for view in views], actor=actor_of(request))
    places = api.place_preferences([view.id for view in views])
    return [plain_relation(view, {pk: card.number for pk, card in cards.items()}, places) for view in views]


def _relation(request: HttpRequest, number: str, relation_id: int) -> api.RelationView:
    views = api.list_relations(_id(request, number))
    found = next((view for view in views if view.id == relation_id), None)
    if found is None:
        raise errors.RelationUnknown
    return found


def _staff(customer_id: int) -> list[dict[str, Any]]:
    return [plain_link(link) for link in api.staff_of([customer_id], past=True)[customer_id]]


def _requirements(customer_id: int) -> list[dict[str, Any]]:
    return [plain_requirement(one) for one in api.list_requirements(customer_id)]


def _own(request: HttpRequest, number: str, requirement_id: int) -> int:
    """The customer's id. Raises ``RequirementUnknown`` unless the requirement is one of theirs."""
    customer_id = _id(request, number)
    if requirement_id not in {one.id for one in api.list_requirements(customer_id)}:
        raise errors.RequirementUnknown
    return customer_id


@router.get("/customers/{number}/relations", response=list[dict[str, Any]], summary="List relations")
@requires(VIEW_CUSTOMER)
def list_relations(request: HttpRequest, number: str) -> list[dict[str, Any]]:
    """What others are to this customer. Somebody out of sight has no number, title, remark or wish."""
    return _relations(request, _id(request, number))


@router.post(
    "/customers/{number}/relations", response={201: list[dict[str, Any]]}, summary="Relate a customer"
)
@requires(EDIT_CUSTOMER)
def add_relation(request: HttpRequest, number: str, body: RelationIn) -> Status[list[dict[str, Any]]]:
    customer_id = _id(request, number)
    api.relate_customers(
        customer_id=customer_id,
        other_id=_id(request, body.number),
        relation=api.NewRelation(**body.model_dump(exclude={"number"})),
        actor=actor_of(request),
        at=now(),
    )
    return Status(201, _relations(request, customer_id))


@router.put(
    "/customers/{number}/relations/{int:relation_id}",
    response=list[dict[str, Any]],
    summary="Change a relation",
)
@requires(EDIT_CUSTOMER)
def edit_relation(
    request: HttpRequest, number: str, relation_id: int, body: RelationChange
) -> list[dict[str, Any]]:
    view = _relation(request, number, relation_id)
    api.edit_relation(
        relation_id=relation_id,
        **body.model_dump(exclude={"revision"}),
        expected_revision=body.revision,
        actor=actor_of(request),
        at=now(),
    )
    return _relations(request, view.customer_id)


@router.delete(
    "/customers/{number}/relations/{int:relation_id}",
    response=list[dict[str, Any]],
    summary="Remove a relation",
)
@requires(EDIT_CUSTOMER)
def remove_relation(request: HttpRequest, number: str, relation_id: int) -> list[dict[str, Any]]:
    view = _relation(request, number, relation_id)
    api.remove_relation(relation_id=relation_id, actor=actor_of(request), at=now())
    return _relations(request, view.customer_id)


@router.put(
    "/customers/{number}/relations/{int:relation_id}/contact-preference",
    response=list[dict[str, Any]],
    summary="How to contact somebody in their company",
)
@requires(EDIT_CUSTOMER)
def set_place_preference(
    request: HttpRequest, number: str, relation_id: int, body: PreferenceIn
) -> list[dict[str, Any]]:
    view = _relation(request, number, relation_id)
    api.set_contact_preference(
        customer_id=view.customer_id if view.role == "employer" else view.other_id,
        preference=body.preference(),
        relation_id=relation_id,
        actor=actor_of(request),
        at=now(),
    )
    return _relations(request, view.customer_id)


@router.get(
    "/customers/{number}/contact-preference",
    response=dict[str, Any] | None,
    summary="How somebody likes to be contacted",
)
@requires(VIEW_CUSTOMER)
def get_preference(request: HttpRequest, number: str) -> dict[str, Any] | None:
    """Null when no wish was told."""
    customer_id = _id(request, number)
    return plain_preference(api.contact_preferences([customer_id]).get(customer_id))


@router.put(
    "/customers/{number}/contact-preference",
    response=dict[str, Any] | None,
    summary="Write how somebody likes to be contacted",
)
@requires(EDIT_CUSTOMER)
def set_preference(request: HttpRequest, number: str, body: PreferenceIn) -> dict[str, Any] | None:
    customer_id = _id(request, number)
    api.set_contact_preference(
        customer_id=customer_id, preference=body.preference(), actor=actor_of(request), at=now()
    )
    return plain_preference(api.contact_preferences([customer_id]).get(customer_id))


@router.get("/customers/{number}/staff", response=list[dict[str, Any]], summary="Who looks after a customer")
@requires(VIEW_CUSTOMER)
def list_staff(request: HttpRequest, number: str) -> list[dict[str, Any]]:
    """The main one first; those with ``until`` did so once."""
    return _staff(_id(request, number))


@router.post(
    "/customers/{number}/staff", response={201: list[dict[str, Any]]}, summary="Assign a member of staff"
)
@requires(EDIT_CUSTOMER)
def assign_staff(request: HttpRequest, number: str, body: StaffIn) -> Status[list[dict[str, Any]]]:
    """Also changes the role of somebody assigned, or makes them the main one."""
    customer_id = _id(request, number)
    api.assign_staff(
        customer_ids=[customer_id],
        **body.model_dump() | {"since": body.since or business_day()},
        actor=actor_of(request),
        at=now(),
    )
    return Status(201, _staff(customer_id))


@router.delete(
    "/customers/{number}/staff/{staff_id}", response=list[dict[str, Any]], summary="Release a member of staff"
)
@requires(EDIT_CUSTOMER)
def release_staff(request: HttpRequest, number: str, staff_id: int) -> list[dict[str, Any]]:
    customer_id = _id(request, number)
    released = api.release_staff(
        customer_ids=[customer_id],
        staff_id=staff_id,
        until=business_day(),
        actor=actor_of(request),
        at=now(),
    )
    if not released:
        raise errors.StaffLinkUnknown
    return _staff(customer_id)


@router.get("/customers/{number}/requirements", response=list[dict[str, Any]], summary="List requirements")
@requires(VIEW_CUSTOMER)
def list_requirements(request: HttpRequest, number: str) -> list[dict[str, Any]]:
    """Texts of sensitive kinds are null."""
    return _requirements(_id(request, number))


@router.post(
    "/customers/{number}/requirements", response={201: list[dict[str, Any]]}, summary="Add a requirement"
)
@requires(EDIT_CUSTOMER)
def add_requirement(request: HttpRequest, number: str, body: RequirementIn) -> Status[list[dict[str, Any]]]:
    customer_id = _id(request, number)
    api.add_requirement(
        customer_id=customer_id,
        kind=body.kind,
        text=body.text,
        valid_until=body.valid_until,
        about=(body.about.kind, body.about.id) if body.about else None,
        actor=actor_of(request),
        at=now(),
    )
    return Status(201, _requirements(customer_id))


@router.put(
    "/customers/{number}/requirements/{int:requirement_id}",
    response=list[dict[str, Any]],
    summary="Change a requirement",
)
@requires(EDIT_CUSTOMER)
def edit_requirement(
    request: HttpRequest, number: str, requirement_id: int, body: RequirementChange
) -> list[dict[str, Any]]:
    """A sensitive one needs the permission to see it, too."""
    customer_id = _own(request, number, requirement_id)
    api.edit_requirement(
        requirement_id=requirement_id,
        text=body.text,
        valid_until=body.valid_until,
        expected_revision=body.revision,
        actor=actor_of(request),
        at=now(),
    )
    return _requirements(customer_id)


@router.delete(
    "/customers/{number}/requirements/{int:requirement_id}",
    response=list[dict[str, Any]],
    summary="Remove a requirement",
)
@requires(EDIT_CUSTOMER)
def remove_requirement(request: HttpRequest, number: str, requirement_id: int) -> list[dict[str, Any]]:
    customer_id = _own(request, number, requirement_id)
    api.remove_requirement(requirement_id=requirement_id, actor=actor_of(request), at=now())
    return _requirements(customer_id)


@router.post(
    "/customers/{number}/requirements/reveal",
    response=list[dict[str, Any]],
    summary="Requirements, sensitive ones too",
)
@requires(REVEAL_CUSTOMER)
@answers_anew
def reveal_requirements(request: HttpRequest, number: str, body: RevealIn) -> list[dict[str, Any]]:
    """Needs a reason; each look is recorded, a repeated one too, and what was shown is never kept."""
    shown = api.reveal_requirements(
        customer_id=_id(request, number), reason=body.reason, actor=actor_of(request), at=now()
    )
    return [plain_requirement(one) for one in shown]


@router.get("/requirement-types", response=list[dict[str, Any]], summary="List kinds of requirements")
@requires(VIEW_CUSTOMER)
def list_types(request: HttpRequest) -> list[dict[str, Any]]:
    return _types()


@router.put(
    "/requirement-types/{code}", response=list[dict[str, Any]], summary="Define a kind of requirement"
)
@requires(MANAGE_ATTRIBUTES)
def save_type(request: HttpRequest, code: str, body: RequirementTypeIn) -> list[dict[str, Any]]:
    """Makes the kind, or changes it; archived ones are hidden."""
    actor, at = actor_of(request), now()
    known = {kind.code: kind for kind in api.list_requirement_types(archived=True)}.get(code)
    values = body.model_dump(exclude={"is_archived"})
    api.save_requirement_type(code=code, **values, is_new=known is None, actor=actor, at=at)
    if body.is_archived != (known is not None and known.is_archived):
        api.archive_requirement_type(code=code, archived=body.is_archived, actor=actor, at=at)
    return _types()


def _types() -> list[dict[str, Any]]:
    return [
        {
            "code": kind.code,
            "label_zh": kind.label_zh,
            "label_en": kind.label_en,
            "privacy": kind.privacy,
            "position": kind.position,
            "is_archived": kind.is_archived,
        }
        for kind in api.list_requirement_types(archived=True)
    ]
