"""Who of the house looks after whom: the fragment on the customer's page, and many at once from the list."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from guibin.accounts import api as accounts
from guibin.core.clock import now
from guibin.core.errors import DomainError
from guibin.core.ids import StaffId
from guibin.customers import api, relation_words
from guibin.customers.permissions import EDIT_CUSTOMER, VIEW_CUSTOMER
from guibin.customers.queries.days import business_day
from guibin.customers.relation_forms import StaffForm
from guibin.customers.views.choosing import list_chosen
from guibin.web.access import actor_of, requires
from guibin.web.errors import add_domain_error
from guibin.web.links import link_url

Told = tuple[api.StaffLinkView, str, str, str]


@requires(VIEW_CUSTOMER)
@require_GET
@never_cache
def staff(request: HttpRequest, number: str) -> HttpResponse:
    """Who looks after this customer, and who did."""
    return _panel(request, number)


@requires(EDIT_CUSTOMER)
@require_POST
@never_cache
def assign(request: HttpRequest, number: str) -> HttpResponse:
    """Assign somebody, or give somebody assigned another role."""
    actor = actor_of(request)
    customer_id = api.get_id(number, actor=actor)
    form = StaffForm(request.POST, auto_id="id_staff_%s")
    if not form.is_valid():
        return _panel(request, number, form)
    data = form.cleaned_data
    try:
        api.assign_staff(
            customer_ids=[customer_id],
            **data | {"since": data["since"] or business_day()},
            actor=actor,
            at=now(),
        )
    except DomainError as error:
        add_domain_error(form, error, field="staff_id")
        return _panel(request, number, form)
    return _panel(request, number)


@requires(EDIT_CUSTOMER)
@require_POST
@never_cache
def release(request: HttpRequest, number: str, staff_id: int) -> HttpResponse:
    """From today on this member of staff no longer looks after the customer."""
    actor = actor_of(request)
    api.release_staff(
        customer_ids=[api.get_id(number, actor=actor)],
        staff_id=staff_id,
        until=business_day(),
        actor=actor,
        at=now(),
    )
    return _panel(request, number)


def _panel(request: HttpRequest, number: str, form: StaffForm | None = None) -> HttpResponse:
    actor = actor_of(request)
    view = api.get_customer(api.get_id(number, actor=actor), actor=actor)
    told = list_told(api.staff_of([view.id], past=True)[view.id])
    context = {
        "customer": view,
        "links": [one for one in told if one[0].until is None],
        "past": [one for one in told if one[0].until is not None],
        "may_edit": actor.may(EDIT_CUSTOMER) and view.status != "erased",
        "form": form or StaffForm(initial={"since": business_day()}, auto_id="id_staff_%s"),
    }
    return render(request, "customers/panels/staff.html", context)


def list_told(links: list[api.StaffLinkView]) -> list[Told]:
    """Each link with the name, the role and the period in words."""
    people = accounts.get_staff_by_ids([StaffId(link.staff_id) for link in links])
    return [
        (
            link,
            people[StaffId(link.staff_id)].display_name,
            str(relation_words.STAFF_ROLES[link.role]),
            relation_words.period_words(link.since, link.until),
        )
        for link in links
    ]


@requires(EDIT_CUSTOMER)
@require_POST
def bulk_staff(request: HttpRequest) -> HttpResponse:
    """First ask who, then assign them to the chosen customers."""
    actor = actor_of(request)
    chosen = list_chosen(request)
    asked = "staff_id" in request.POST
    form = StaffForm(
        request.POST if asked else None,
        initial={"since": business_day(), "is_main": True},
        auto_id="id_staff_%s",
    )
    if asked and form.is_valid():
        data = form.cleaned_data
        try:
            count = api.assign_staff(
                customer_ids=chosen,
                **data | {"since": data["since"] or business_day()},
                actor=actor,
                at=now(),
            )
        except DomainError as error:
            add_domain_error(form, error, field="staff_id")
        else:
            said = ngettext("%(count)s customer assigned.", "%(count)s customers assigned.", count)
            messages.success(request, said % {"count": count})
            return redirect("customers:list")
    context = {
        "page_key": "customers.bulk_staff",
        "menu_key": "customers.list",
        "crumbs": [(_("Customers"), link_url("customers.list"))],
        "form": form,
        "count": len(chosen),
        "ids": request.POST.getlist("ids"),
        "everything": request.POST.get("everything", ""),
        "state": request.POST.get("state", ""),
        "words": request.POST.get("q", ""),
    }
    return render(request, "customers/bulk_staff.html", context, status=422 if form.errors else 200)
