"""Pages of customers: the list, new, edit, archive, bulk tags."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guibin.accounts import api as accounts
from guibin.core.clock import now
from guibin.core.errors import DomainError
from guibin.core.ids import StaffId
from guibin.core.paging import Page
from guibin.core.permissions import Actor
from guibin.customers import api, errors, lists
from guibin.customers.forms import SECRET_FIELDS, AttributesForm, NewCustomerForm, ProfileForm
from guibin.customers.permissions import (
    ARCHIVE_CUSTOMER,
    EDIT_CUSTOMER,
    MERGE_CUSTOMER,
    REVEAL_CUSTOMER,
    VIEW_CUSTOMER,
)
from guibin.customers.rules.values import Card
from guibin.customers.views.choosing import list_chosen
from guibin.web.access import actor_of, requires
from guibin.web.asked import read_whole
from guibin.web.errors import add_domain_error
from guibin.web.links import link_url
from guibin.web.listing.page import render_list
from guibin.web.listing.state import ListState

# Which form field an error belongs to.
ERROR_FIELDS = {
    errors.PhoneInvalid: "phone",
    errors.EmailInvalid: "email",
    errors.WechatInvalid: "wechat",
    errors.IdNumberInvalid: "id_number",
    errors.CreditCodeInvalid: "id_number",
    errors.KindFixed: "kind",
    errors.GenderInvalid: "gender",
    errors.BirthdayInvalid: "birth_day",
    errors.IdNumberTaken: "id_number",
    errors.NameMissing: "name",
    errors.ExternalIdTaken: "card",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A card with the name of its store and of who mainly looks after them, for the list."""

    card: Card
    store: str
    manager: str

    def __getattr__(self, name: str) -> Any:
        return getattr(self.card, name)


@requires(VIEW_CUSTOMER)
def customer_list(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Everybody, narrowed and sorted."""
    names = {store.id: store.name for store in accounts.list_stores()}

    def fetch(state: ListState) -> Page[Row]:
        page = api.list_customers(
            lists.filters_of(state, actor_of(request)),
            actor=actor_of(request),
            sort=lists.sort_of(state),
            page=state.page,
            size=state.size,
        )
        managers = _managers([card.id for card in page.rows]) if "manager" in state.columns else {}
        rows = [
            Row(card, names.get(card.joined_store_id or 0, ""), managers.get(card.id, ""))  # type: ignore[call-overload]
            for card in page.rows
        ]
        return Page(rows, page.total, page.number, page.size)

    actor = actor_of(request)
    context = {
        "page_key": "customers.list",
        "may_create": actor.may(EDIT_CUSTOMER),
        "may_merge": actor.may(MERGE_CUSTOMER),
        "duplicates": api.count_open_pairs(actor=actor) if actor.may(MERGE_CUSTOMER) else 0,
    }
    return render_list(request, lists.LIST, fetch, template="customers/list.html", context=context)


def _managers(customer_ids: list[int]) -> dict[int, str]:
    """The name of who mainly looks after each."""
    main = api.main_staff(customer_ids)
    people = accounts.get_staff_by_ids([StaffId(staff_id) for staff_id in main.values()])
    return {pk: people[StaffId(staff_id)].display_name for pk, staff_id in main.items()}


@requires(EDIT_CUSTOMER)
def new_customer(request: HttpRequest) -> HttpResponse:
    """Enter somebody by hand."""
    form = NewCustomerForm(request.POST or None, initial={"joined_on": now().date()})
    if request.method == "POST" and form.is_valid():
        actor, at = actor_of(request), now()
        try:
            customer_id = api.create_customer(
                profile=form.profile(),
                contacts=form.contacts(),
                card=form.cleaned_data["card"],
                actor=actor,
                at=at,
            )
        except DomainError as error:
            add_domain_error(form, error, field=ERROR_FIELDS.get(type(error)))
        else:
            (card,) = api.get_cards([customer_id]).values()
            messages.success(request, _("%(number)s is in.") % {"number": card.number})
            if met := _same_contacts(form.cleaned_data, card, actor_of(request)):
                said = _("The same phone or e-mail is here already, of %(numbers)s. Is it the same person?")
                messages.warning(request, said % {"numbers": ", ".join(met)})
            return redirect(lists.profile_url(card))
    context = _page("customers.new", form=form)
    return render(request, "customers/new.html", context, status=422 if form.errors else 200)


def _same_contacts(entered: Mapping[str, Any], card: Card, actor: Actor) -> list[str]:
    """Numbers of others, within sight, who have the phone or e-mail that was entered."""
    hits = [
        hit
        for value in (entered["phone"], entered["email"])
        if value
        for hit in api.search(value, actor=actor, limit=5)
        if hit.why in ("phone", "email") and hit.card.number != card.number
    ]
    return sorted({hit.card.number for hit in hits})


@requires(EDIT_CUSTOMER)
def edit_customer(request: HttpRequest, number: str) -> HttpResponse:
    """Correct a profile and fill in own fields."""
    actor, at = actor_of(request), now()
    customer_id = api.get_id(number, actor=actor)
    if request.method == "GET" and api.get_bearer(number, actor=actor) != customer_id:
        return redirect("customers:edit", number=api.find_numbers([customer_id])[customer_id])
    whole = actor.may(REVEAL_CUSTOMER)
    if request.method == "POST":
        seen = api.get_customer(customer_id, actor=actor)
    elif whole:
        seen = api.reveal_customer(customer_id=customer_id, reason="correct", actor=actor, at=at)
    else:
        seen = api.get_customer(customer_id, actor=actor)
    initial = ProfileForm.initial_of(seen.profile)
    form = ProfileForm(request.POST or None, initial=initial, whole=whole)
    attributes = [a for a in api.list_attributes() if whole or a.privacy != "sensitive"]
    held = {fact.definition.code: fact.value for fact in seen.attributes if fact.value is not None}
    own = AttributesForm(attributes, request.POST or None, initial=held, prefix="own")
    if request.method == "POST" and form.is_valid() and own.is_valid():
        try:
            _save(request, customer_id, form, own)
        except DomainError as error:
            add_domain_error(form, error, field=ERROR_FIELDS.get(type(error)))
        else:
            messages.success(request, _("Saved."))
            (card,) = api.get_cards([customer_id]).values()
            return redirect(lists.profile_url(card))
    context = _page(
        "customers.edit",
        form=form,
        own=own,
        customer=seen,
        may_archive=actor.may(ARCHIVE_CUSTOMER),
        whole=whole,
    )
    return render(request, "customers/edit.html", context, status=422 if form.errors or own.errors else 200)


def _save(request: HttpRequest, customer_id: int, form: ProfileForm, own: AttributesForm) -> None:
    """Write what the two forms hold. The year of birth is masked for whom may not see data whole, so
    such a person's form writes no birthday."""
    actor, at = actor_of(request), now()
    fields = form.written()
    if SECRET_FIELDS[0] not in form.fields:
        fields = [name for name in fields if name != "birthday"]
    api.edit_customer(
        customer_id=customer_id,
        profile=form.profile(),
        fields=fields,
        attributes=own.values(),
        expected_revision=read_whole(request.POST.get("revision")),
        actor=actor,
        at=at,
    )


def _page(key: str, **context: Any) -> dict[str, Any]:
    crumbs = [(_("Customers"), link_url("customers.list"))]
    return {"page_key": key, "menu_key": "customers.list", "crumbs": crumbs, **context}


@requires(ARCHIVE_CUSTOMER)
@require_POST
def archive(request: HttpRequest, number: str) -> HttpResponse:
    """Put somebody away; the bar that follows takes it back."""
    actor = actor_of(request)
    api.archive_customer(customer_id=api.get_id(number, actor=actor), actor=actor, at=now())
    undo = reverse("customers:restore", kwargs={"number": number})
    text = _("%(number)s is archived.") % {"number": number}
    messages.success(request, text, extra_tags=f"undo:{undo}:20")
    return redirect("customers:list")


@requires(ARCHIVE_CUSTOMER)
@require_POST
def restore(request: HttpRequest, number: str) -> HttpResponse:
    """Bring somebody back."""
    actor = actor_of(request)
    customer_id = api.get_id(number, actor=actor)
    api.restore_customer(customer_id=customer_id, actor=actor, at=now())
    messages.success(request, _("%(number)s is back.") % {"number": number})
    (card,) = api.get_cards([customer_id]).values()
    return redirect(lists.profile_url(card))


@requires(EDIT_CUSTOMER)
@require_POST
def bulk_tag(request: HttpRequest) -> HttpResponse:
    """First ask which tag, then put it on the chosen customers."""
    actor = actor_of(request)
    chosen = list_chosen(request)
    tag = read_whole(request.POST.get("tag"))
    if tag is not None:
        count = api.add_tag(customer_ids=chosen, tag_id=tag, actor=actor, at=now())
        messages.success(request, lists.tagged_words(count))
        return redirect("customers:list")
    context = _page(
        "customers.bulk_tag",
        tags=api.list_tags(),
        count=len(chosen),
        ids=request.POST.getlist("ids"),
        everything=request.POST.get("everything", ""),
        state=request.POST.get("state", ""),
        words=request.POST.get("q", ""),
    )
    return render(request, "customers/bulk_tag.html", context)
