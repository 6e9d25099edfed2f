"""Staff pages: list, invite, edit, one-time links, off and on."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from guibin.accounts import forms, queries, values
from guibin.accounts.operations import staff as operations
from guibin.accounts.pages import settings_page
from guibin.accounts.permissions import MANAGE_STAFF, VIEW_STAFF
from guibin.core.clock import now
from guibin.core.errors import DomainError
from guibin.core.ids import StaffId
from guibin.core.paging import Page
from guibin.web import formats
from guibin.web.access import actor_of, requires
from guibin.web.errors import add_domain_error
from guibin.web.links import link_url
from guibin.web.listing import Column, Empty, Filter, ListSpec, ListState, render_list

STATE_WORDS = {
    "active": gettext_lazy("In use"),
    "invited": gettext_lazy("Invited"),
    "off": gettext_lazy("Switched off"),
}


def _role_choices() -> list[tuple[str, str]]:
    return [(role.code, str(role.name)) for role in queries.list_roles()]


def _store_choices() -> list[tuple[str, str]]:
    return [(str(store.id), store.name) for store in queries.list_stores()]


LIST = ListSpec(
    name="accounts.staff",
    unit=gettext_lazy("people"),
    columns=[
        Column(
            "display_name",
            gettext_lazy("Full name"),
            primary=True,
            sort=True,
            url=lambda row: link_url("accounts.staff_member", staff_id=row.id),
        ),
        Column("sign_in_name", gettext_lazy("Sign-in name")),
        Column("role_name", gettext_lazy("Role"), sort=True),
        Column(
            "store_name",
            gettext_lazy("Store"),
            sort=True,
            value=lambda row: row.store_name or _("All stores"),
        ),
        Column("department_name", gettext_lazy("Department"), hidden=True),
        Column("email", gettext_lazy("E-mail"), hidden=True),
        Column("state", gettext_lazy("State"), template="accounts/cell_state.html"),
        Column("last_sign_in_at", gettext_lazy("Last here"), kind="ago", sort=True),
    ],
    filters=[
        Filter.text("q", gettext_lazy("Name or sign-in name"), personal=True),
        Filter.choice("role", gettext_lazy("Role"), _role_choices),
        Filter.choice("store", gettext_lazy("Store"), _store_choices),
        Filter.yes_no("active", gettext_lazy("Switched on")),
    ],
    sort="display_name",
    empty=Empty(
        gettext_lazy("Nobody matches"),
        gettext_lazy("Everybody who signs in here is listed: with role, store and when they last came in."),
        button=gettext_lazy("Invite somebody"),
        link="accounts.invite",
        icon="users",
    ),
)
SORTS = {
    "display_name": "name",
    "role_name": "role",
    "store_name": "store",
    "last_sign_in_at": "last_sign_in",
}


def _fetch(state: ListState) -> Page[values.Staff]:
    return queries.list_staff(
        text=state.get("q") or "",
        role_codes=state.get("role") or (),
        store_ids=[int(text) for text in state.get("store") or ()],
        is_active=state.get("active"),
        sort=SORTS.get(state.sort, "name"),
        descending=state.descending,
        number=state.page,
        size=state.size,
    )


@requires(VIEW_STAFF)
def staff_list(request: HttpRequest) -> HttpResponseBase:
    context = settings_page("accounts.staff")
    return render_list(request, LIST, _fetch, template="accounts/staff_list.html", context=context)


@requires(MANAGE_STAFF)
@never_cache
def invite(request: HttpRequest) -> HttpResponse:
    """Make an account; answers with the one-time link, which is shown this once."""
    actor = actor_of(request)
    form = forms.StaffForm(request.POST or None, actor=actor, is_new=True, initial={"role_code": "agent"})
    if request.method == "POST" and form.is_valid():
        try:
            invitation = operations.invite_staff(**form.cleaned_data, actor=actor, at=now())
        except DomainError as error:
            add_domain_error(form, error)
        else:
            return _show_link(request, invitation)
    return render(request, "accounts/invite.html", _below_staff(form=form))


@requires(VIEW_STAFF)
def staff_member(request: HttpRequest, staff_id: int) -> HttpResponse:
    """One account; who may manage it can change it here."""
    actor = actor_of(request)
    staff = queries.get_staff(StaffId(staff_id))
    initial = {
        name: getattr(staff, name)
        for name in ("display_name", "role_code", "store_id", "department_id", "email", "phone")
    }
    form = forms.StaffForm(request.POST or None, actor=actor, is_new=False, initial=initial)
    if request.method == "POST" and actor.may(MANAGE_STAFF) and form.is_valid():
        try:
            operations.update_staff(staff_id=staff.id, **form.cleaned_data, actor=actor, at=now())
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:staff_member", staff_id=staff_id)
    context = _below_staff(
        staff=staff,
        form=form,
        facts=_facts(staff),
        state_facts=_state_facts(staff),
        may_manage=actor.may(MANAGE_STAFF) and _is_manageable(staff, form),
        is_self=staff.id == actor.staff_id,
    )
    return render(request, "accounts/staff_member.html", context)


def _below_staff(**context: Any) -> dict[str, Any]:
    return settings_page("accounts.staff", (_("Staff"), reverse("accounts:staff")), **context)


def _facts(staff: values.Staff) -> list[tuple[str, str]]:
    return [
        (_("Sign-in name"), staff.sign_in_name),
        (_("Role"), str(staff.role_name)),
        (_("Store"), staff.store_name or _("All stores")),
        (_("Department"), staff.department_name or "–"),
        (_("E-mail"), staff.email or "–"),
        (_("Phone"), staff.phone or "–"),
    ]


def _state_facts(staff: values.Staff) -> list[tuple[str, str]]:
    last = formats.ago(staff.last_sign_in_at, now()) if staff.last_sign_in_at else _("never")
    return [
        (_("State"), str(STATE_WORDS[staff.state])),
        (_("Sign-in name"), staff.sign_in_name),
        (_("Last here"), last),
    ]


def _is_manageable(staff: values.Staff, form: forms.StaffForm) -> bool:
    """Whether the role this person has is among those one may give."""
    choices = getattr(form.fields["role_code"], "choices", ())
    return staff.role_code in {code for code, _label in choices}


@requires(MANAGE_STAFF)
@require_POST
@never_cache
def make_link(request: HttpRequest, staff_id: int) -> HttpResponse:
    invitation = operations.issue_link(staff_id=StaffId(staff_id), actor=actor_of(request), at=now())
    return _show_link(request, invitation)


@requires(MANAGE_STAFF)
@require_POST
def deactivate(request: HttpRequest, staff_id: int) -> HttpResponse:
    operations.deactivate_staff(staff_id=StaffId(staff_id), actor=actor_of(request), at=now())
    messages.success(request, _("Switched off. Nobody can use this account any more."))
    return redirect("accounts:staff_member", staff_id=staff_id)


@requires(MANAGE_STAFF)
@require_POST
def reactivate(request: HttpRequest, staff_id: int) -> HttpResponse:
    operations.reactivate_staff(staff_id=StaffId(staff_id), actor=actor_of(request), at=now())
    messages.success(request, _("Switched on. The old password works again."))
    return redirect("accounts:staff_member", staff_id=staff_id)


def _show_link(request: HttpRequest, invitation: values.Invitation) -> HttpResponse:
    context = _below_staff(
        staff=queries.get_staff(invitation.staff_id),
        url=request.build_absolute_uri(invitation.path),
        expires_at=invitation.expires_at,
    )
    return render(request, "accounts/link.html", context)
