"""Pages on which two customers become one person, and are taken apart again."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from guibin.core.clock import now
from guibin.core.errors import DomainError
from guibin.customers import api, errors, match_words, words
from guibin.customers.permissions import MERGE_CUSTOMER, VIEW_CUSTOMER
from guibin.customers.queries.merges import (
    Belongings,
    Identity,
    MergePreview,
    MergeView,
    get_merge,
    list_identities,
    list_merges,
    preview_merge,
    preview_undo,
)
from guibin.customers.views.panels import ChangeWords, staff_names
from guibin.web.access import actor_of, requires
from guibin.web.asked import read_whole
from guibin.web.links import link_url

UNDO_SECONDS = 20
REFUSALS = {
    "two_people": errors.TwoPeople,
    "person_and_company": errors.PersonAndCompany,
    "kept_apart": errors.KeptApart,
}


@dataclass(frozen=True, slots=True)
class Line:
    """A field in which the two differ, in words."""

    field: str
    label: str
    kept: str
    absorbed: str
    chosen: str
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class MergeLine:
    """A merge in words."""

    view: MergeView
    who: str
    why: str
    evidence: str
    undone_by: str


@requires(MERGE_CUSTOMER)
@never_cache
def merge(request: HttpRequest, number: str) -> HttpResponse:
    """Choose whom this customer is one person with; then see what that would do, and do it."""
    if request.method == "POST":
        return _merge(request, number)
    actor = actor_of(request)
    kept = api.get_customer(api.get_id(number, actor=actor), actor=actor)
    wanted = request.GET.get("with", "").strip()
    if kept.number != number and not wanted:
        return redirect("customers:merge", number=kept.number)
    if not wanted:
        return _ask(request, kept)
    other = api.find_id(wanted, actor=actor)
    if other is None:
        return _ask(request, kept, wanted, str(errors.CustomerUnknown(number=wanted).sentence))
    if other == kept.id:
        return _ask(request, kept, wanted, _("These are the same person already. Choose somebody else."))
    return _compare(request, kept.id, other)


def _ask(request: HttpRequest, kept: api.CustomerView, wanted: str = "", problem: str = "") -> HttpResponse:
    picks = api.find_picks([wanted], actor=actor_of(request)) if wanted else []
    context = _page(kept) | {"customer": kept, "chosen": picks, "problem": problem}
    return render(request, "customers/merge_choose.html", context, status=422 if problem else 200)


def _compare(
    request: HttpRequest, kept_id: int, absorbed_id: int, problem: str = "", status: int = 200
) -> HttpResponse:
    actor = actor_of(request)
    preview = preview_merge(kept_id, absorbed_id, actor=actor)
    numbers = {"one": preview.kept.number, "other": preview.absorbed.number}
    refused = REFUSALS[preview.refusal](**numbers).sentence if preview.refusal else ""
    context = _page(
        preview.kept,
        preview=preview,
        sides=[(preview.kept, _brings(preview.brings[0])), (preview.absorbed, _brings(preview.brings[1]))],
        lines=_lines(preview, request.POST),
        warnings=[match_words.WARNINGS[code] for code in preview.warnings],
        refused=refused,
        problem=problem,
    )
    return render(request, "customers/merge.html", context, status=status)


def _lines(preview: MergePreview, chosen: Any) -> list[Line]:
    in_words = ChangeWords.now()
    lines = []
    for choice in preview.choices:
        kept, absorbed = (in_words.value(choice.field, text) for text in (choice.kept, choice.absorbed))
        side = chosen.get(f"field-{choice.field}", "")
        lines.append(
            Line(
                choice.field,
                words.field_word(choice.field),
                kept,
                absorbed,
                side if side in ("kept", "absorbed") else choice.proposed,
                is_hidden=kept == absorbed,
            )
        )
    return lines


def _brings(has: Belongings) -> list[tuple[str, int]]:
    own = [
        (_("Contact points"), has.contacts),
        (_("Cards and other ids"), has.externals),
        (_("Tags"), has.tags),
        (_("Notes"), has.notes),
    ]
    return [*has.elsewhere, *own]


def _merge(request: HttpRequest, number: str) -> HttpResponse:
    """Merge the two that were looked at; who became one person meanwhile is gone to."""
    actor = actor_of(request)
    kept_id = api.get_bearer(number, actor=actor)
    absorbed_id = api.get_bearer(request.POST.get("with", ""), actor=actor)
    revisions = [read_whole(request.POST.get(f"revision-{side}")) for side in ("kept", "absorbed")]
    choices: Any = {
        name.removeprefix("field-"): side for name, side in request.POST.items() if name.startswith("field-")
    }
    try:
        merge_id = api.merge_customers(
            kept_id=kept_id,
            absorbed_id=absorbed_id,
            choices=choices,
            expected_revisions=(revisions[0] or 0, revisions[1] or 0),
            actor=actor,
            at=now(),
        )
    except errors.MergedAlready as error:
        heads = api.resolve([kept_id, absorbed_id])
        if heads[kept_id] != heads[absorbed_id]:
            return _refused(request, kept_id, absorbed_id, error)
        messages.info(request, _("These two are one person already."))
        return redirect(_profile(api.find_numbers([kept_id])[kept_id]))
    except DomainError as error:
        return _refused(request, kept_id, absorbed_id, error)
    numbers = api.find_numbers([kept_id])
    said = _("%(absorbed)s and %(kept)s are one person now.") % {
        "absorbed": request.POST.get("with", "").strip().upper(),
        "kept": numbers[kept_id],
    }
    undo = reverse("customers:unmerge", kwargs={"merge_id": merge_id})
    messages.success(request, said, extra_tags=f"undo:{undo}:{UNDO_SECONDS}")
    return redirect(_profile(numbers[kept_id]))


def _refused(request: HttpRequest, kept_id: int, absorbed_id: int, error: DomainError) -> HttpResponse:
    """The comparison as it is now, with the reason; the page of the error where nothing is to compare."""
    heads = api.resolve([kept_id, absorbed_id])
    if heads[kept_id] == heads[absorbed_id] or isinstance(error, errors.CustomerErased):
        raise error
    return _compare(request, heads[kept_id], heads[absorbed_id], error.sentence, error.status)


@requires(MERGE_CUSTOMER)
@never_cache
def unmerge(request: HttpRequest, merge_id: int) -> HttpResponse:
    """What taking a merge apart would do; then do it. The bar after merging posts here, too: without
    ``apart`` the two may be proposed again."""
    actor = actor_of(request)
    seen = get_merge(merge_id, actor=actor)
    if request.method == "POST":
        api.undo_merge(merge_id=merge_id, keep_apart=bool(request.POST.get("apart")), actor=actor, at=now())
        messages.success(
            request,
            _("%(kept)s and %(absorbed)s are two people again.")
            % {"kept": seen.kept, "absorbed": seen.absorbed},
        )
        return redirect(_profile(seen.kept))
    if seen.undone_at is not None:
        raise errors.MergeUndoneAlready
    preview = preview_undo(merge_id, actor=actor)
    person = api.get_customer(api.get_id(preview.person, actor=actor), actor=actor)
    context = _page(
        person,
        preview=preview,
        person=person,
        line=_in_words([preview.merge])[0],
        leaves=_has_words(preview.leaves),
        stays=_has_words(preview.stays),
        back=[words.field_word(field) for field in preview.written],
        changed=[words.field_word(field) for field in preview.changed_since],
    )
    return render(request, "customers/unmerge.html", context)


@requires(VIEW_CUSTOMER)
@require_GET
@never_cache
def identity(request: HttpRequest, number: str) -> HttpResponse:
    """The ids under this person, and every merge that made them one."""
    actor = actor_of(request)
    customer_id = api.get_id(number, actor=actor)
    ids = api.group(customer_id)
    context = {
        "number": api.find_numbers([customer_id])[customer_id],
        "identities": _has_words(list_identities(ids)),
        "merges": _in_words(list_merges(customer_id, actor=actor)),
        "may_merge": actor.may(MERGE_CUSTOMER),
    }
    return render(request, "customers/panels/identity.html", context)


def _has_words(identities: Iterable[Identity]) -> list[tuple[Identity, str, str]]:
    return [(each, words.source_word(each.source), _count_words(each.has)) for each in identities]


def _count_words(has: Belongings) -> str:
    """``3 orders, 2 contact points``, what there is none of left out."""
    own = [
        ngettext("%(n)s contact point", "%(n)s contact points", has.contacts) % {"n": has.contacts}
        if has.contacts
        else "",
        ngettext("%(n)s card or id", "%(n)s cards and ids", has.externals) % {"n": has.externals}
        if has.externals
        else "",
        ngettext("%(n)s tag", "%(n)s tags", has.tags) % {"n": has.tags} if has.tags else "",
        ngettext("%(n)s note", "%(n)s notes", has.notes) % {"n": has.notes} if has.notes else "",
    ]
    elsewhere = [_("%(what)s: %(n)s") % {"what": what, "n": count} for what, count in has.elsewhere if count]
    return " · ".join(filter(None, [*elsewhere, *own]))


def _in_words(views: list[MergeView]) -> list[MergeLine]:
    names = staff_names({code for view in views for code in (view.merged_by, view.undone_by) if code})
    return [
        MergeLine(
            view,
            names.get(view.merged_by, ""),
            str(match_words.REASONS.get(view.reason, view.reason)),
            ", ".join(match_words.evidence_word(code) for code, _points in view.evidence),
            names.get(view.undone_by, ""),
        )
        for view in views
    ]


def _profile(number: str) -> str:
    return link_url("customers.profile", number=number) or reverse("customers:list")


def _page(customer: api.CustomerView, **context: Any) -> dict[str, Any]:
    name = customer.profile.name or customer.profile.latin_name or customer.number
    crumbs = [(_("Customers"), link_url("customers.list")), (name, _profile(customer.number))]
    return {"page_key": "customers.merge", "menu_key": "customers.list", "crumbs": crumbs, **context}
