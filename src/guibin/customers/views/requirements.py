"""What customers ask for: the fragment on the customer's page, and the page that sets up the kinds."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from guibin.core.clock import now
from guibin.core.errors import DomainError
from guibin.customers import api, errors, words
from guibin.customers.permissions import EDIT_CUSTOMER, MANAGE_ATTRIBUTES, REVEAL_CUSTOMER, VIEW_CUSTOMER
from guibin.customers.queries.days import business_day
from guibin.customers.relation_forms import RequirementForm, RequirementTypeForm
from guibin.web.access import actor_of, requires
from guibin.web.asked import read_whole
from guibin.web.errors import add_domain_error
from guibin.web.links import link_url

EDITED, NEW = "id_requirement_%s", "id_new_requirement_%s"


@requires(VIEW_CUSTOMER)
@require_GET
@never_cache
def requirements(request: HttpRequest, number: str) -> HttpResponse:
    """What this customer asks for, what is sensitive masked; ``edit`` opens one that is not."""
    return _panel(request, number, edited=read_whole(request.GET.get("edit")))


@requires(REVEAL_CUSTOMER)
@require_POST
@never_cache
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Everything, for a reason; the look is recorded. ``edit`` opens one."""
    shown = _reveal(request, number, request.POST.get("reason", ""))
    return _panel(request, number, shown=shown, edited=read_whole(request.POST.get("edit")))


def _reveal(request: HttpRequest, number: str, reason: str) -> list[api.RequirementView]:
    actor = actor_of(request)
    customer_id = api.get_id(number, actor=actor)
    return api.reveal_requirements(customer_id=customer_id, reason=reason, actor=actor, at=now())


@requires(EDIT_CUSTOMER)
@require_POST
@never_cache
def add(request: HttpRequest, number: str) -> HttpResponse:
    """Write down something the customer asks for."""
    actor = actor_of(request)
    customer_id = api.get_id(number, actor=actor)
    form = RequirementForm(request.POST, auto_id=NEW)
    if not form.is_valid():
        return _panel(request, number, form=form)
    try:
        api.add_requirement(customer_id=customer_id, **form.cleaned_data, actor=actor, at=now())
    except DomainError as error:
        add_domain_error(form, error, field="text")
        return _panel(request, number, form=form)
    return _panel(request, number)


@requires(EDIT_CUSTOMER)
@require_POST
@never_cache
def edit(request: HttpRequest, number: str, requirement_id: int) -> HttpResponse:
    """Change what the customer asks for, or until when."""
    actor = actor_of(request)
    _own(number, requirement_id, request)
    form = RequirementForm(request.POST, fixed=True, auto_id=EDITED)
    if form.is_valid():
        try:
            api.edit_requirement(
                requirement_id=requirement_id,
                **form.cleaned_data,
                expected_revision=read_whole(request.POST.get("revision")),
                actor=actor,
                at=now(),
            )
            return _panel(request, number)
        except DomainError as error:
            add_domain_error(form, error)
    shown = _reveal(request, number, "correct") if actor.may(REVEAL_CUSTOMER) else None
    return _panel(request, number, shown=shown, edited=requirement_id, edit_form=form)


@requires(EDIT_CUSTOMER)
@require_POST
@never_cache
def remove(request: HttpRequest, number: str, requirement_id: int) -> HttpResponse:
    """Take a requirement away; what it said stays in the history of changes."""
    _own(number, requirement_id, request)
    api.remove_requirement(requirement_id=requirement_id, actor=actor_of(request), at=now())
    return _panel(request, number)


def _own(number: str, requirement_id: int, request: HttpRequest) -> None:
    """Raises ``RequirementUnknown`` unless it is one of this customer's."""
    customer_id = api.get_id(number, actor=actor_of(request))
    if requirement_id not in {one.id for one in api.list_requirements(customer_id)}:
        raise errors.RequirementUnknown


def _panel(
    request: HttpRequest,
    number: str,
    *,
    edited: int | None = None,
    shown: list[api.RequirementView] | None = None,
    form: RequirementForm | None = None,
    edit_form: RequirementForm | None = None,
) -> HttpResponse:
    actor = actor_of(request)
    view = api.get_customer(api.get_id(number, actor=actor), actor=actor)
    asked = api.list_requirements(view.id) if shown is None else shown
    opened = next((one for one in asked if one.id == edited and not one.is_masked), None)
    if opened is not None and edit_form is None:
        initial = {"text": opened.text, "valid_until": opened.valid_until}
        edit_form = RequirementForm(initial=initial, fixed=True, auto_id=EDITED)
    today = business_day()
    context = {
        "customer": view,
        "asked": [
            (
                one,
                api.requirement_label(one.kind),
                _about(one),
                one.valid_until is not None and one.valid_until < today,
            )
            for one in asked
        ],
        "hidden": any(one.is_masked for one in asked),
        "opened": opened,
        "opened_label": api.requirement_label(opened.kind) if opened else "",
        "edit_form": edit_form,
        "form": form or RequirementForm(auto_id=NEW),
        "may_edit": actor.may(EDIT_CUSTOMER) and view.status != "erased",
        "may_reveal": actor.may(REVEAL_CUSTOMER) and view.status != "erased",
        "reasons": list(words.REASONS.items()),
    }
    return render(request, "customers/panels/requirements.html", context)


def _about(one: api.RequirementView) -> str:
    """What a requirement is about; orders are named, other things by their code."""
    if one.subject_id is None:
        return ""
    if one.subject_kind == "order":
        return _("for order %(id)s") % {"id": one.subject_id}
    return f"{one.subject_kind} {one.subject_id}"


@requires(MANAGE_ATTRIBUTES)
def types(request: HttpRequest) -> HttpResponse:
    """All kinds of requirements, and a form for a new one."""
    return _type_page(request, None)


@requires(MANAGE_ATTRIBUTES)
def one_type(request: HttpRequest, code: str) -> HttpResponse:
    """Change one kind; its code stays."""
    return _type_page(request, code)


def _type_page(request: HttpRequest, code: str | None) -> HttpResponse:
    everything = api.list_requirement_types(archived=True)
    known = next((each for each in everything if each.code == code), None)
    if code is not None and known is None:
        raise errors.RequirementTypeUnknown
    names = ("code", "label_zh", "label_en", "privacy", "position")
    initial = {name: getattr(known, name) for name in names} if known else {"position": len(everything)}
    form = RequirementTypeForm(request.POST or None, initial=initial)
    if known is not None:
        form.fields["code"].disabled = True
    if request.method == "POST" and form.is_valid():
        try:
            api.save_requirement_type(
                **form.cleaned_data, is_new=known is None, actor=actor_of(request), at=now()
            )
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("customers:requirement_types")
    context = {
        "page_key": "customers.requirement_types",
        "menu_key": "console.settings",
        "crumbs": [(_("Settings"), link_url("console.settings"))],
        "rows": [(each, api.requirement_label(each)) for each in everything],
        "form": form,
        "known": known,
    }
    status = 422 if form.errors else 200
    return render(request, "customers/requirement_types.html", context, status=status)


@requires(MANAGE_ATTRIBUTES)
@require_POST
def switch_type(request: HttpRequest, code: str) -> HttpResponse:
    """Archive a kind, or bring it back."""
    archived = request.POST.get("archived") == "1"
    api.archive_requirement_type(code=code, archived=archived, actor=actor_of(request), at=now())
    messages.success(request, _("Archived.") if archived else _("Back in use."))
    return redirect("customers:requirement_types")
