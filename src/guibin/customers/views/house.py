"""Pages that set up tags and the organisation's own fields."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guibin.core.clock import now
from guibin.core.errors import DomainError
from guibin.customers import api, words
from guibin.customers.errors import AttributeUnknown, TagUnknown
from guibin.customers.forms import AttributeForm, TagForm
from guibin.customers.permissions import MANAGE_ATTRIBUTES
from guibin.web.access import actor_of, requires
from guibin.web.errors import add_domain_error
from guibin.web.links import link_url


@requires(MANAGE_ATTRIBUTES)
def tags(request: HttpRequest) -> HttpResponse:
    """All tags, and a form for a new one."""
    return _tag_page(request, None)


@requires(MANAGE_ATTRIBUTES)
def tag(request: HttpRequest, tag_id: int) -> HttpResponse:
    """Rename or recolour one tag."""
    return _tag_page(request, tag_id)


def _tag_page(request: HttpRequest, tag_id: int | None) -> HttpResponse:
    everything = api.list_tags(archived=True)
    known = next((each for each in everything if each.id == tag_id), None)
    if tag_id is not None and known is None:
        raise TagUnknown
    initial = {"name": known.name, "colour": known.colour} if known else {}
    form = TagForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            api.save_tag(**form.cleaned_data, tag_id=tag_id, actor=actor_of(request), at=now())
        except DomainError as error:
            add_domain_error(form, error, field="name")
        else:
            messages.success(request, _("Saved."))
            return redirect("customers:tags")
    context = _page("customers.tags", tags=everything, form=form, known=known, kinds=words.COLOUR_KINDS)
    return render(request, "customers/tags.html", context, status=422 if form.errors else 200)


@requires(MANAGE_ATTRIBUTES)
@require_POST
def switch_tag(request: HttpRequest, tag_id: int) -> HttpResponse:
    """Archive a tag, or bring it back."""
    archived = request.POST.get("archived") == "1"
    api.archive_tag(tag_id=tag_id, archived=archived, actor=actor_of(request), at=now())
    messages.success(request, _("Archived.") if archived else _("Back in use."))
    return redirect("customers:tags")


@requires(MANAGE_ATTRIBUTES)
def attributes(request: HttpRequest) -> HttpResponse:
    """All own fields, and a form for a new one."""
    return _attribute_page(request, None)


@requires(MANAGE_ATTRIBUTES)
def attribute(request: HttpRequest, code: str) -> HttpResponse:
    """Change one own field; its code and kind stay."""
    return _attribute_page(request, code)


def _attribute_page(request: HttpRequest, code: str | None) -> HttpResponse:
    everything = api.list_attributes(archived=True)
    known = next((each for each in everything if each.code == code), None)
    if code is not None and known is None:
        raise AttributeUnknown(code=code)
    form = AttributeForm(request.POST or None, initial=_initial(known))
    if known is not None:
        form.fields["code"].disabled = form.fields["kind"].disabled = True
    if request.method == "POST" and form.is_valid():
        data = {name: value for name, value in form.cleaned_data.items() if name != "choices"}
        try:
            api.save_attribute(
                **data,
                choices=form.parsed_choices(),
                is_new=known is None,
                actor=actor_of(request),
                at=now(),
            )
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("customers:attributes")
    rows = [
        (
            each,
            api.attribute_label(each),
            words.ATTRIBUTE_KINDS[each.kind],
            [api.choice_label(each, c[0]) for c in each.choices],
        )
        for each in everything
    ]
    context = _page("customers.attributes", rows=rows, form=form, known=known)
    return render(request, "customers/attributes.html", context, status=422 if form.errors else 200)


def _initial(known: api.Attribute | None) -> dict[str, object]:
    if known is None:
        return {}
    names = ("code", "label_zh", "label_en", "kind", "unit", "privacy", "position")
    return {name: getattr(known, name) for name in names} | {"choices": AttributeForm.written_choices(known)}


@requires(MANAGE_ATTRIBUTES)
@require_POST
def switch_attribute(request: HttpRequest, code: str) -> HttpResponse:
    """Archive an own field, or bring it back."""
    archived = request.POST.get("archived") == "1"
    api.archive_attribute(code=code, archived=archived, actor=actor_of(request), at=now())
    messages.success(request, _("Archived.") if archived else _("Back in use."))
    return redirect("customers:attributes")


def _page(key: str, **context: object) -> dict[str, object]:
    crumbs = [(_("Settings"), link_url("console.settings"))]
    return {"page_key": key, "menu_key": "console.settings", "crumbs": crumbs, **context}
