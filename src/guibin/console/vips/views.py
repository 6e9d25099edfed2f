"""VIP list, near misses, policies and the editor. Each view makes one query or one operation."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guibin.accounts import api as accounts
from guibin.console.vips import deciding, editor, lists, policies
from guibin.core import clock
from guibin.core.errors import DomainError
from guibin.customers import api as customers
from guibin.loyalty import api as loyalty
from guibin.web import formats
from guibin.web.access import actor_of, requires
from guibin.web.links import link_url
from guibin.web.listing.page import render_list

READ_OR_FILTER = ("GET", "HEAD", "POST")


def _tabs(selected: str, vips: int, near: int) -> list[tuple[str, str, bool, str]]:
    return [
        (_("All VIPs"), link_url("console.vips"), selected == "vips", formats.number(vips)),
        (_("Just below the line"), link_url("console.vips_near"), selected == "near", formats.number(near)),
    ]


def _list_context(request: HttpRequest, selected: str) -> dict[str, Any] | None:
    """Title, tabs and levels over both lists; None while no policy has decided anything."""
    run = loyalty.find_latest_evaluation()
    if run is None or loyalty.find_active_policy() is None:
        return None
    visible = customers.find_visible_ids(actor_of(request))
    levels = policies.level_shares(visible)
    vips = sum(level.count for level in levels)
    near = loyalty.count_near_misses(customer_ids=visible)
    return {
        "page_key": "console.vips",
        "run": run,
        "scoped": visible is not None,
        "visible": visible,
        "levels": levels,
        "vips": vips,
        "near": near,
        "share": run.share_12m,
        "tabs": _tabs(selected, vips, near),
    }


@requires(loyalty.VIEW_VIPS)
@require_http_methods(READ_OR_FILTER)
def vip_list(request: HttpRequest) -> HttpResponseBase:
    """Who the VIPs are, and why."""
    context = _list_context(request, "vips")
    if context is None:
        return _start(request)
    visible, currency = context["visible"], context["run"].currency
    return render_list(
        request,
        lists.VIPS,
        lambda state: lists.fetch_vips(state, visible=visible, currency=currency),
        template="console/vips/list.html",
        context=context,
    )


@requires(loyalty.VIEW_VIPS)
@require_http_methods(READ_OR_FILTER)
def near_list(request: HttpRequest) -> HttpResponseBase:
    """Who is just below the next line."""
    context = _list_context(request, "near")
    if context is None:
        return _start(request)
    visible, currency = context["visible"], context["run"].currency
    return render_list(
        request,
        lists.NEAR,
        lambda state: lists.fetch_near(state, visible=visible, currency=currency),
        template="console/vips/list.html",
        context=context,
    )


def _start(request: HttpRequest) -> HttpResponse:
    """No policy in force yet: the presets with what each would give, if there are facts to count on."""
    context = {
        "page_key": "console.vips",
        "menu_key": "console.vips",
        "choices": policies.preset_choices(),
        **policies.preset_ground(),
    }
    return render(request, "console/vips/start.html", context)


@requires(loyalty.EDIT_POLICIES)
@require_POST
def decide_again(request: HttpRequest) -> HttpResponse:
    """Decide everybody by the policy in force."""
    run = deciding.evaluate_now(actor=actor_of(request), at=clock.now())
    messages.success(request, policies.run_words(run))
    return redirect(link_url("console.vips"))


@requires(loyalty.VIEW_POLICIES)
@require_safe
def policy_list(request: HttpRequest) -> HttpResponse:
    """Every policy, the one in force first."""
    today = _today()
    context = {
        "page_key": "console.policies",
        "menu_key": "console.vips",
        "policies": [policies.policy_lines(policy, today) for policy in loyalty.list_policies()],
        "crumbs": [(_("VIPs"), link_url("console.vips")), (_("VIP policies"), "")],
    }
    return render(request, "console/vips/policies.html", context)


@requires(loyalty.VIEW_POLICIES)
@require_safe
def policy_detail(request: HttpRequest, code: str) -> HttpResponse:
    """One policy: its rules in words, its versions with what changed, its lists."""
    policy = loyalty.get_policy(code)
    context = {
        "page_key": "console.policies",
        "menu_key": "console.vips",
        "policy": policies.policy_lines(policy, _today()),
        "may_edit": editor.may_show(policy.latest.rules),
        "versions": policies.version_lines(policy, _today()),
        "lists": policies.list_lines(policy),
        "crumbs": [*_policy_crumbs(), (policy.name, "")],
    }
    return render(request, "console/vips/policy.html", context)


def _today() -> date:
    return clock.today(accounts.organisation().time_zone)


def _policy_crumbs() -> list[tuple[str, str]]:
    return [
        (_("VIPs"), link_url("console.vips")),
        (_("VIP policies"), link_url("console.policies")),
    ]


@requires(loyalty.EDIT_POLICIES)
@require_http_methods(["GET", "POST"])
def policy_new(request: HttpRequest) -> HttpResponse:
    """Choose a preset, then edit every number; saving makes the policy and its first version."""
    if request.method == "POST":
        return _save(request, None)
    preset = request.GET.get("preset", "")
    if not preset:
        context = {
            "page_key": "console.policies",
            "menu_key": "console.vips",
            "choices": policies.preset_choices(),
            **policies.preset_ground(),
            "crumbs": [*_policy_crumbs(), (_("New policy"), "")],
        }
        return render(request, "console/vips/choose.html", context)
    currency = accounts.organisation().base_currency
    rules = loyalty.preset_rules("cumulative" if preset == "own" else preset, currency)
    name = next((p.name for p in loyalty.presets(currency) if p.code == preset), _("Our own policy"))
    form = editor.show_rules(rules, currency)
    return _editor(
        request, None, form, {"name": name, "preset": preset, "effective_from": _today(), "activate": "1"}
    )


@requires(loyalty.EDIT_POLICIES)
@require_http_methods(["GET", "POST"])
def policy_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Edit a policy: saving makes its next version; the one before stays as it was."""
    policy = loyalty.get_policy(code)
    if request.method == "POST":
        return _save(request, policy)
    if not editor.may_show(policy.latest.rules):
        return redirect(link_url("console.policy", code=code))
    form = editor.show_rules(policy.latest.rules, policy.latest.currency)
    values = {"name": policy.name, "preset": policy.preset, "effective_from": _today(), "activate": "1"}
    return _editor(request, policy, form, values)


def _editor(
    request: HttpRequest,
    policy: loyalty.PolicyView | None,
    form: editor.RulesForm,
    values: Mapping[str, Any],
    error: DomainError | None = None,
) -> HttpResponse:
    if error is not None:
        form = editor.mark_wrong(form)
    of_day = isinstance(error, policies.DayMissing | loyalty.EffectiveDatePast)
    name = policy.name if policy else _("New policy")
    context = {
        "page_key": "console.policies",
        "menu_key": "console.vips",
        "policy": policy,
        "form": form,
        "values": values,
        "problem": error.sentence if error and not (of_day or form.wrong) else "",
        "day_problem": error.sentence if error and of_day else "",
        "warning": loyalty.currency_warning(form.currency),
        "crumbs": [*_policy_crumbs(), (name, "")],
        **_choices(),
    }
    return render(request, "console/vips/editor.html", context, status=422 if error else 200)


def _choices() -> dict[str, Any]:
    return {
        "facts": editor.fact_choices(policies.fact_columns()),
        "ops": list(loyalty.OP_SIGNS.items()),
        "badges": policies.badge_choices(),
    }


def _save(request: HttpRequest, policy: loyalty.PolicyView | None) -> HttpResponse:
    currency = policy.latest.currency if policy else accounts.organisation().base_currency
    form = editor.read_form(request.POST, currency)
    values = {key: request.POST.get(key, "") for key in ("name", "preset", "effective_from", "activate")}
    try:
        saved = policies.save(
            policy=policy,
            form=form,
            name=values["name"],
            preset=values["preset"],
            effective_from=policies.read_day(values["effective_from"]),
            token=request.POST.get("token", ""),
            activate=bool(request.POST.get("activate")),
            today=_today(),
            actor=actor_of(request),
            at=clock.now(),
        )
    except DomainError as error:
        return _editor(request, policy, form, values, error=error)
    messages.success(request, saved.words)
    target = link_url("console.vips") if saved.run else link_url("console.policy", code=saved.policy_code)
    return redirect(target)


@requires(loyalty.EDIT_POLICIES)
@require_POST
def policy_rules(request: HttpRequest) -> HttpResponse:
    """The rows of the editor after one of its buttons."""
    currency = accounts.organisation().base_currency
    form = editor.change_form(editor.read_form(request.POST, currency), request.POST.get("do", ""))
    response = render(request, "console/vips/rules.html", {"form": form, **_choices()})
    response["HX-Trigger-After-Settle"] = "rules-changed"
    return response


@requires(loyalty.EDIT_POLICIES)
@require_POST
def policy_preview(request: HttpRequest) -> HttpResponse:
    """What the rules in the form would do, on the facts of today."""
    form = editor.read_form(request.POST, accounts.organisation().base_currency)
    try:
        rules = editor.parse_form(form)
        ground = deciding.stand_on()
        seen = deciding.preview(rules, ground, request.POST.get("policy", ""))
    except DomainError as error:
        return render(request, "console/vips/preview.html", {"problem": error.sentence})
    context = {"preview": seen, "currency": ground.currency, "samples": policies.sample_rows(seen, ground)}
    return render(request, "console/vips/preview.html", context)


@requires(loyalty.EDIT_POLICIES)
@require_POST
def policy_activate(request: HttpRequest, code: str) -> HttpResponse:
    """Put a policy in force and decide everybody by it."""
    actor, at = actor_of(request), clock.now()
    loyalty.activate_policy(policy_code=code, actor=actor, at=at)
    run = deciding.evaluate_now(actor=actor, at=at)
    messages.success(request, policies.run_words(run))
    return redirect(link_url("console.vips"))


@requires(loyalty.EDIT_LISTS)
@require_POST
def policy_lists(request: HttpRequest, code: str) -> HttpResponse:
    """Put customers on a list by their numbers, or take one off."""
    actor, at = actor_of(request), clock.now()
    numbers = request.POST.get("numbers", "").replace("，", " ").replace(",", " ").split()
    ids = {number: customers.find_id(number, actor=actor) for number in numbers[:1000]}
    known = frozenset(found for found in ids.values() if found is not None)
    change = loyalty.remove_list_members if request.POST.get("remove") else loyalty.add_list_members
    count = change(
        policy_code=code, list_code=request.POST.get("list", ""), customer_ids=known, actor=actor, at=at
    )
    missing = [number for number, found in ids.items() if found is None]
    if missing:
        messages.warning(
            request,
            _("Not found: %(numbers)s") % {"numbers": pgettext("between names", ", ").join(missing[:20])},
        )
    messages.success(request, _("Customers changed: %(count)s") % {"count": count})
    return redirect(link_url("console.policy", code=code))
