"""The fragment about whom a customer is related to: family, company, referrers, people of a company."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from guibin.core.clock import now
from guibin.core.errors import DomainError
from guibin.core.permissions import Actor
from guibin.customers import api, errors, lists, relation_words
from guibin.customers.permissions import EDIT_CUSTOMER, VIEW_CUSTOMER
from guibin.customers.queries.days import business_day
from guibin.customers.relation_forms import PreferenceForm, RelationDetailsForm, RelationForm
from guibin.customers.rules.values import CustomerView
from guibin.web.access import actor_of, requires
from guibin.web.asked import read_whole
from guibin.web.errors import add_domain_error

ERROR_FIELDS = {
    errors.RelationPeriodInvalid: "until",
    errors.RelationWithItself: "number",
    errors.CustomerUnknown: "number",
    errors.CustomerErased: "number",
    errors.PhoneInvalid: "phone",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A relation, ready to read. ``card`` is None for somebody out of sight."""

    view: api.RelationView
    card: api.Card | None
    role: str
    icon: str
    period: str
    likes: str
    is_over: bool

    @property
    def name(self) -> str:
        return lists.shown_name(self.card) if self.card else _("A customer you may not see")

    @property
    def url(self) -> str:
        return lists.profile_url(self.card) if self.card else ""


@requires(VIEW_CUSTOMER)
@require_GET
@never_cache
def relations(request: HttpRequest, number: str) -> HttpResponse:
    """Whom this customer is related to; ``edit`` opens one of them."""
    return _panel(request, number, edited=read_whole(request.GET.get("edit")))


@requires(EDIT_CUSTOMER)
@require_POST
@never_cache
def add(request: HttpRequest, number: str) -> HttpResponse:
    """Relate somebody who is here, or somebody entered on the spot."""
    actor, at = actor_of(request), now()
    view = _view(number, actor)
    form = _new_form(view, request.POST)
    if not form.is_valid():
        return _panel(request, number, form=form)
    try:
        newcomer = form.newcomer()
        if newcomer is None:
            api.relate_customers(
                customer_id=view.id,
                other_id=api.get_id(form.cleaned_data["number"], actor=actor),
                relation=form.relation(),
                actor=actor,
                at=at,
            )
        else:
            api.relate_newcomer(
                customer_id=view.id,
                profile=newcomer,
                contacts=form.contacts(),
                relation=form.relation(),
                actor=actor,
                at=at,
            )
    except DomainError as error:
        add_domain_error(form, error, field=ERROR_FIELDS.get(type(error), "role"))
        return _panel(request, number, form=form)
    return _panel(request, number)


@requires(EDIT_CUSTOMER)
@require_POST
@never_cache
def edit(request: HttpRequest, number: str, relation_id: int) -> HttpResponse:
    """Change period, place in the company or remark."""
    actor = actor_of(request)
    _view(number, actor)
    form = RelationDetailsForm(request.POST, auto_id="id_relation_%s")
    if form.is_valid():
        try:
            api.edit_relation(
                relation_id=relation_id,
                **form.cleaned_data,
                expected_revision=read_whole(request.POST.get("revision")),
                actor=actor,
                at=now(),
            )
            return _panel(request, number)
        except errors.RelationUnknown:
            return _panel(request, number)
        except DomainError as error:
            add_domain_error(form, error, field=ERROR_FIELDS.get(type(error)))
    return _panel(request, number, edited=relation_id, edit_form=form)


@requires(EDIT_CUSTOMER)
@require_POST
@never_cache
def prefer(request: HttpRequest, number: str, relation_id: int) -> HttpResponse:
    """How somebody likes to be contacted in their place in this company."""
    actor = actor_of(request)
    view = _view(number, actor)
    line = next((one for one in api.list_relations(view.id) if one.id == relation_id), None)
    if line is None:
        return _panel(request, number)
    form = PreferenceForm(request.POST, auto_id="id_place_%s")
    if form.is_valid():
        try:
            api.set_contact_preference(
                customer_id=view.id if line.role == "employer" else line.other_id,
                preference=form.preference(),
                relation_id=relation_id,
                actor=actor,
                at=now(),
            )
            return _panel(request, number)
        except DomainError as error:
            add_domain_error(form, error, field="hour_until")
    return _panel(request, number, edited=relation_id, place_form=form)


@requires(EDIT_CUSTOMER)
@require_POST
@never_cache
def remove(request: HttpRequest, number: str, relation_id: int) -> HttpResponse:
    """Take a relation away that was a mistake."""
    actor = actor_of(request)
    _view(number, actor)
    api.remove_relation(relation_id=relation_id, actor=actor, at=now())
    return _panel(request, number)


def _view(number: str, actor: Actor) -> CustomerView:
    return api.get_customer(api.get_id(number, actor=actor), actor=actor)


def _new_form(view: CustomerView, data: Any = None) -> RelationForm:
    is_company = view.profile.kind == "company"
    roles = relation_words.COMPANY_ROLES if is_company else relation_words.PERSON_ROLES
    return RelationForm(roles, data, auto_id="id_new_relation_%s")


def _panel(request: HttpRequest, number: str, *, edited: int | None = None, **forms: Any) -> HttpResponse:
    actor = actor_of(request)
    view = _view(number, actor)
    lines = list_lines(view.id, actor=actor)
    opened = next((line for line in lines if line.view.id == edited and line.card), None)
    form = forms.get("form") or _new_form(view)
    context = {
        "customer": view,
        "is_company": view.profile.kind == "company",
        "may_edit": actor.may(EDIT_CUSTOMER) and view.status != "erased",
        "people": [line for line in lines if line.view.role == "employee"],
        "others": [line for line in lines if line.view.role != "employee"],
        "form": form,
        "chosen": api.find_picks([form["number"].value() or ""], actor=actor) if form.is_bound else (),
        "opened": opened,
        **(_edit_forms(opened, forms) if opened else {}),
    }
    return render(request, "customers/panels/relations.html", context)


def _edit_forms(opened: Line, forms: dict[str, Any]) -> dict[str, Any]:
    details = forms.get("edit_form") or RelationDetailsForm(
        initial={name: getattr(opened.view, name) for name in RelationDetailsForm.base_fields},
        auto_id="id_relation_%s",
    )
    if opened.view.role not in {"employee", "employer"}:
        return {"edit_form": details}
    wish = api.place_preferences([opened.view.id]).get(opened.view.id)
    place = PreferenceForm(initial=PreferenceForm.initial_of(wish), auto_id="id_place_%s")
    return {"edit_form": details, "place_form": forms.get("place_form") or place}


def list_lines(customer_id: int, *, actor: Actor) -> list[Line]:
    """The relations of a customer, ready to read; the same queries however many there are."""
    views = api.list_relations(customer_id)
    cards = api.get_cards([view.other_id for view in views], actor=actor) if views else {}
    views = [view if view.other_id in cards else replace(view, title="", remark="") for view in views]
    likes = _likes([view for view in views if view.other_id in cards])
    today = business_day()
    return [
        Line(
            view=view,
            card=cards.get(view.other_id),
            role=relation_words.role_words(view),
            icon=relation_words.ROLE_ICONS[view.role],
            period=relation_words.period_words(view.since, view.until),
            likes=relation_words.preference_sentence(likes.get(view.id)),
            is_over=view.is_over(today),
        )
        for view in views
    ]


def _likes(views: Sequence[api.RelationView]) -> dict[int, api.Preference]:
    """How those who work somewhere like to be contacted: in that place, else in general."""
    work = [view for view in views if view.role in {"employee", "employer"}]
    if not work:
        return {}
    there = api.place_preferences([view.id for view in work])
    general = api.contact_preferences([view.other_id for view in work if view.role == "employee"])
    told = {view.id: there.get(view.id) or general.get(view.other_id) for view in work}
    return {relation_id: wish for relation_id, wish in told.items() if wish is not None}
