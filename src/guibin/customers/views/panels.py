"""Fragments about one customer: profile, contact points, tags, own fields, notes, history.

Each answers a GET with the panel alone, so that any page can load it by htmx; a POST does one thing and
answers with the panel again.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from guibin.accounts import api as accounts
from guibin.core import clock
from guibin.core.clock import now
from guibin.core.errors import DomainError
from guibin.core.ids import StaffId
from guibin.customers import api, relation_words, words
from guibin.customers.forms import ContactForm, ExternalForm, NoteForm
from guibin.customers.permissions import EDIT_CUSTOMER, REVEAL_CUSTOMER, VIEW_CUSTOMER
from guibin.customers.rules.birthday import decode_birthday
from guibin.customers.rules.contact import show_contact
from guibin.customers.rules.values import CARD_SOURCE, Birthday, CustomerView
from guibin.web import formats
from guibin.web.access import actor_of, requires
from guibin.web.asked import read_whole
from guibin.web.errors import add_domain_error

HISTORY_LINES = 40


@dataclass(frozen=True, slots=True)
class Line:
    """A line of field history, ready to read."""

    field: str
    old: str
    new: str
    source: str
    who: str
    at: object


def _view(request: HttpRequest, number: str) -> CustomerView:
    actor = actor_of(request)
    return api.get_customer(api.get_id(number, actor=actor), actor=actor)


def _draw(request: HttpRequest, name: str, view: CustomerView, **context: Any) -> HttpResponse:
    actor = actor_of(request)
    common = {
        "customer": view,
        "may_edit": actor.may(EDIT_CUSTOMER) and view.status != "erased",
        "may_reveal": actor.may(REVEAL_CUSTOMER) and view.status != "erased",
        "reasons": list(words.REASONS.items()),
    }
    return render(request, f"customers/panels/{name}.html", common | context)


@requires(VIEW_CUSTOMER)
@require_GET
@never_cache
def profile(request: HttpRequest, number: str) -> HttpResponse:
    """Who this is, masked."""
    return _profile_panel(request, _view(request, number), ExternalForm())


def _profile_panel(request: HttpRequest, view: CustomerView, form: ExternalForm) -> HttpResponse:
    return _draw(request, "profile", view, facts=profile_facts(view), external_form=form, open=form.is_bound)


@requires(EDIT_CUSTOMER)
@require_POST
@never_cache
def add_external(request: HttpRequest, number: str) -> HttpResponse:
    """Link a member card, or the id another system uses."""
    actor = actor_of(request)
    customer_id = api.get_id(number, actor=actor)
    form = ExternalForm(request.POST)
    if form.is_valid():
        source = form.cleaned_data["source"] or CARD_SOURCE
        try:
            api.add_external_id(
                customer_id=customer_id,
                source=source,
                value=form.cleaned_data["value"],
                actor=actor,
                at=now(),
            )
            form = ExternalForm()
        except DomainError as error:
            add_domain_error(form, error, field="value")
    return _profile_panel(request, api.get_customer(customer_id, actor=actor), form)


@requires(REVEAL_CUSTOMER)
@require_POST
@never_cache
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Profile and contact points unmasked, for a reason; the look is recorded."""
    actor = actor_of(request)
    customer_id = api.get_id(number, actor=actor)
    view = api.reveal_customer(
        customer_id=customer_id, reason=request.POST.get("reason", ""), actor=actor, at=now()
    )
    if request.POST.get("panel") == "contacts":
        return _contacts_panel(request, view, ContactForm())
    return _profile_panel(request, view, ExternalForm())


def profile_facts(view: CustomerView) -> list[tuple[str, str]]:
    """The profile as (term, value), unknown fields left out."""
    profile = view.profile
    store = ""
    if profile.joined_store_id:
        stores = {int(each.id): each.name for each in accounts.list_stores()}
        store = stores.get(profile.joined_store_id, "")
    values = {
        "latin_name": profile.latin_name,
        "gender": str(words.GENDERS.get(profile.gender, "")),
        "birthday": birthday_words(profile.birthday, view.age_band),
        "city": " ".join(filter(None, (profile.province, profile.city))),
        "address": profile.address,
        "occupation": profile.occupation,
        "interests": profile.interests,
        "id_number": profile.id_number,
        "joined_on": formats.day(profile.joined_on) if profile.joined_on else "",
        "joined_store_id": store,
    }
    facts = [(words.field_word(name), value) for name, value in values.items() if value]
    if profile.kind != "company":
        return facts
    terms = {words.field_word("id_number"): _("Unified social credit code")}
    kind = (words.field_word("kind"), str(relation_words.KINDS["company"]))
    return [kind, *((terms.get(term, term), value) for term, value in facts)]


def birthday_words(birthday: Birthday | None, age_band: str) -> str:
    """``农历八月十五 · 85后`` or ``20 May 1990``; empty when unknown."""
    if birthday is None:
        return ""
    day = _("%(month)s/%(day)s") % {"month": birthday.month, "day": birthday.day}
    if birthday.year:
        day = _("%(year)s-%(month)s-%(day)s") % {
            "year": birthday.year,
            "month": birthday.month,
            "day": birthday.day,
        }
    if birthday.calendar == "lunar":
        day = (_("lunar %(day)s, leap month") if birthday.is_leap else _("lunar %(day)s")) % {"day": day}
    if not age_band or birthday.year:
        return day
    cohort = _("born %(from)s–%(until)s") % {
        "from": age_band,
        "until": int(age_band) + 4,
        "short": age_band[2:],
    }
    return f"{day} · {cohort}"


@requires(VIEW_CUSTOMER)
@require_GET
@never_cache
def contacts(request: HttpRequest, number: str) -> HttpResponse:
    """How to reach this person."""
    return _contacts_panel(request, _view(request, number), ContactForm())


def _contacts_panel(request: HttpRequest, view: CustomerView, form: ContactForm) -> HttpResponse:
    points = [(point, words.source_word(point.source)) for point in view.contacts]
    return _draw(request, "contacts", view, points=points, form=form, open=form.is_bound)


@requires(EDIT_CUSTOMER)
@require_POST
def add_contact(request: HttpRequest, number: str) -> HttpResponse:
    """Add a way to reach this person."""
    actor = actor_of(request)
    customer_id = api.get_id(number, actor=actor)
    form = ContactForm(request.POST)
    if form.is_valid():
        try:
            api.add_contact(customer_id=customer_id, contact=form.contact(), actor=actor, at=now())
            form = ContactForm()
        except DomainError as error:
            add_domain_error(form, error, field="value")
    return _contacts_panel(request, api.get_customer(customer_id, actor=actor), form)


@requires(EDIT_CUSTOMER)
@require_POST
def prefer_contact(request: HttpRequest, number: str, contact_id: int) -> HttpResponse:
    """Make one way the preferred one; label and hours stay."""
    actor = actor_of(request)
    view = _view(request, number)
    point = next((each for each in view.contacts if each.id == contact_id), None)
    if point is not None:
        api.edit_contact(
            contact_id=contact_id,
            label=point.label,
            is_preferred=True,
            hour_from=point.hour_from,
            hour_until=point.hour_until,
            actor=actor,
            at=now(),
        )
    return _contacts_panel(request, _view(request, number), ContactForm())


@requires(EDIT_CUSTOMER)
@require_POST
def remove_contact(request: HttpRequest, number: str, contact_id: int) -> HttpResponse:
    """Take a way to reach this person away."""
    api.remove_contact(contact_id=contact_id, actor=actor_of(request), at=now())
    return _contacts_panel(request, _view(request, number), ContactForm())


@requires(VIEW_CUSTOMER)
@require_GET
def tags(request: HttpRequest, number: str) -> HttpResponse:
    """The tags this person wears, and those that could be added."""
    return _tags_panel(request, number)


@requires(EDIT_CUSTOMER)
@require_POST
def change_tag(request: HttpRequest, number: str) -> HttpResponse:
    """Put a tag on (a new name makes a new tag), or take one off."""
    actor, at = actor_of(request), now()
    customer_id = api.get_id(number, actor=actor)
    off, name = read_whole(request.POST.get("off")), request.POST.get("name", "").strip()
    problem = ""
    if off is not None:
        api.remove_tag(customer_ids=[customer_id], tag_id=off, actor=actor, at=at)
    elif name:
        try:
            api.tag_by_name(customer_id=customer_id, name=name, actor=actor, at=at)
        except DomainError as error:
            problem = error.sentence
    return _tags_panel(request, number, problem=problem)


def _tags_panel(request: HttpRequest, number: str, **context: Any) -> HttpResponse:
    view = _view(request, number)
    worn = {tag.id for tag in view.tags}
    others = [tag for tag in api.list_tags() if tag.id not in worn]
    return _draw(request, "tags", view, others=others, **context)


@requires(VIEW_CUSTOMER)
@require_GET
@never_cache
def own_fields(request: HttpRequest, number: str) -> HttpResponse:
    """The organisation's own fields of this person."""
    view = _view(request, number)
    return _draw(request, "fields", view, facts=attribute_facts(view))


def attribute_facts(view: CustomerView) -> list[tuple[str, str]]:
    """Own fields as (term, value), in words."""
    return [
        (api.attribute_label(fact.definition), _attribute_words(fact.definition, fact.value))
        for fact in view.attributes
    ]


def _attribute_words(definition: api.Attribute, value: str | None) -> str:
    if value is None:
        return "****"
    if definition.kind == "choice":
        return api.choice_label(definition, value)
    if definition.kind == "yes_no":
        return _("Yes") if value == "yes" else _("No")
    return f"{value} {definition.unit}".strip()


@requires(VIEW_CUSTOMER)
@require_GET
@never_cache
def notes(request: HttpRequest, number: str) -> HttpResponse:
    """What staff wrote down."""
    view = _view(request, number)
    return _notes_panel(request, view, NoteForm())


@requires(EDIT_CUSTOMER)
@require_POST
def write_note(request: HttpRequest, number: str) -> HttpResponse:
    """Write a note down."""
    view = _view(request, number)
    form = NoteForm(request.POST)
    if form.is_valid():
        try:
            api.write_note(
                customer_id=view.id, text=form.cleaned_data["text"], actor=actor_of(request), at=now()
            )
            form = NoteForm()
        except DomainError as error:
            add_domain_error(form, error, field="text")
    return _notes_panel(request, view, form)


def _notes_panel(request: HttpRequest, view: CustomerView, form: NoteForm) -> HttpResponse:
    written = api.list_notes(view.id)
    names = staff_names({note.author for note in written})
    lines = [(note, names.get(note.author, "")) for note in written]
    return _draw(request, "notes", view, notes=lines, form=form)


def staff_names(codes: set[str]) -> dict[str, str]:
    """Names of the staff behind actor codes (``staff:7``); others are described."""
    ids = {code: int(code.partition(":")[2]) for code in codes if code.startswith("staff:")}
    known = accounts.get_staff_by_ids([StaffId(staff_id) for staff_id in ids.values()])
    names = {code: known[StaffId(pk)].display_name for code, pk in ids.items() if StaffId(pk) in known}
    others = {"system": _("Guibin itself")} | {
        code: _("a program") for code in codes if code.startswith("key:")
    }
    return others | names


@requires(REVEAL_CUSTOMER)
@require_GET
@never_cache
def history(request: HttpRequest, number: str) -> HttpResponse:
    """What changed, from what to what, by whom. It shows values whole, so it is recorded as a look."""
    actor = actor_of(request)
    view = _view(request, number)
    changes = api.reveal_history(
        customer_id=view.id, reason="verify", limit=HISTORY_LINES, actor=actor, at=clock.now()
    )
    names = staff_names({change.changed_by for change in changes})
    words_of = ChangeWords.now()
    lines = [
        Line(
            words_of.field(change.field),
            words_of.value(change.field, change.old),
            words_of.value(change.field, change.new),
            words.source_word(change.source),
            names.get(change.changed_by, ""),
            change.changed_at,
        )
        for change in changes
    ]
    return _draw(request, "history", view, lines=lines)


@dataclass(frozen=True, slots=True)
class ChangeWords:
    """Turns stored texts into words: stores by id, own fields and kinds of requirements by code. What was
    asked for under a sensitive kind stays hidden here, for nobody gave a reason to see it."""

    stores: dict[str, str]
    own: dict[str, api.Attribute]
    asked: dict[str, api.RequirementKind]

    @classmethod
    def now(cls) -> "ChangeWords":
        return cls(
            {str(store.id): store.name for store in accounts.list_stores()},
            {each.code: each for each in api.list_attributes(archived=True)},
            {f"requirement:{each.code}": each for each in api.list_requirement_types(archived=True)},
        )

    def field(self, field: str) -> str:
        if field in self.asked:
            return f"{words.field_word(field)} · {api.requirement_label(self.asked[field])}"
        definition = self.own.get(field.partition(":")[2])
        return api.attribute_label(definition) if definition else words.field_word(field)

    def value(self, field: str, value: str | None) -> str:
        if not value:
            return ""
        if field in self.asked:
            return "****" if self.asked[field].privacy == "sensitive" else value
        definition = self.own.get(field.partition(":")[2])
        if definition:
            return _attribute_words(definition, value)
        if field in words.KINDS:
            return show_contact(field, value, masked=False)
        if field == "kind":
            return str(relation_words.KINDS.get(value, value))
        if field == "gender":
            return str(words.GENDERS.get(value, value))
        if field == "birthday":
            return birthday_words(decode_birthday(value), "")
        return self.stores.get(value, value) if field == "joined_store_id" else value
