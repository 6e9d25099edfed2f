"""Stores and departments."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guibin.accounts import forms, queries
from guibin.accounts.errors import DepartmentUnknown
from guibin.accounts.operations import places as operations
from guibin.accounts.pages import settings_page
from guibin.accounts.permissions import MANAGE_STORES, VIEW_STORES
from guibin.core.clock import now
from guibin.core.errors import DomainError
from guibin.core.ids import DepartmentId, StoreId
from guibin.web.access import actor_of, requires
from guibin.web.errors import add_domain_error


@requires(VIEW_STORES)
def stores(request: HttpRequest) -> HttpResponse:
    """All stores and the department tree on one page: both are short."""
    context = settings_page(
        "accounts.stores",
        stores=[(store, forms.KIND_WORDS[store.kind]) for store in queries.list_stores()],
        departments=queries.list_departments(),
        may_manage=actor_of(request).may(MANAGE_STORES),
    )
    return render(request, "accounts/stores.html", context)


def _below_stores(**context: Any) -> dict[str, Any]:
    crumb = (_("Stores and departments"), reverse("accounts:stores"))
    return settings_page("accounts.stores", crumb, **context)


@requires(MANAGE_STORES)
def new_store(request: HttpRequest) -> HttpResponse:
    form = forms.StoreForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = {key: value for key, value in form.cleaned_data.items() if key != "is_active"}
        try:
            operations.create_store(**values, actor=actor_of(request), at=now())
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("Store added."))
            return redirect("accounts:stores")
    return render(request, "accounts/store.html", _below_stores(form=form, store=None))


@requires(MANAGE_STORES)
def store(request: HttpRequest, store_id: int) -> HttpResponse:
    known = queries.get_store(StoreId(store_id))
    names = ("name", "code", "kind", "city", "time_zone", "is_active")
    form = forms.StoreForm(request.POST or None, initial={name: getattr(known, name) for name in names})
    if request.method == "POST" and form.is_valid():
        try:
            operations.update_store(store_id=known.id, **form.cleaned_data, actor=actor_of(request), at=now())
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:stores")
    return render(request, "accounts/store.html", _below_stores(form=form, store=known))


@requires(MANAGE_STORES)
def new_department(request: HttpRequest) -> HttpResponse:
    form = forms.DepartmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.create_department(**form.cleaned_data, actor=actor_of(request), at=now())
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("Department added."))
            return redirect("accounts:stores")
    return render(request, "accounts/department.html", _below_stores(form=form, department=None))


@requires(MANAGE_STORES)
def department(request: HttpRequest, department_id: int) -> HttpResponse:
    known = next((d for d in queries.list_departments() if d.id == department_id), None)
    if known is None:
        raise DepartmentUnknown
    initial = {"name": known.name, "parent_id": known.parent_id}
    form = forms.DepartmentForm(request.POST or None, initial=initial, without=department_id)
    if request.method == "POST" and form.is_valid():
        try:
            operations.update_department(
                department_id=known.id, **form.cleaned_data, actor=actor_of(request), at=now()
            )
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:stores")
    return render(request, "accounts/department.html", _below_stores(form=form, department=known))


@requires(MANAGE_STORES)
@require_POST
def remove_department(request: HttpRequest, department_id: int) -> HttpResponse:
    operations.remove_department(department_id=DepartmentId(department_id), actor=actor_of(request), at=now())
    messages.success(request, _("Department removed."))
    return redirect("accounts:stores")
