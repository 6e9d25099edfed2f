"""Home, search, settings hub, guided first run."""

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guibin.accounts import api as accounts
from guibin.console.front import hub, numbers, searching, tasks, welcome
from guibin.console.permissions import VIEW_HOME
from guibin.core.clock import now
from guibin.core.errors import DomainError
from guibin.insight import api as insight
from guibin.purchases import api as purchases
from guibin.web import formats
from guibin.web.access import SignInNeeded, actor_of, public, requires
from guibin.web.errors import add_domain_error
from guibin.web.links import link_url


@requires(VIEW_HOME)
def home(request: HttpRequest) -> HttpResponse:
    """Today's work, then the few numbers of the role."""
    actor, at = actor_of(request), now()
    found = tasks.list_tasks(actor=actor, at=at)
    sections = [
        (_("To be done"), [task for task in found if task.section == "now"]),
        (_("People"), [task for task in found if task.section == "people"]),
    ]
    zone = accounts.organisation().time_zone
    context = {
        "page_key": "console.home",
        "greeting": _greeting(request, zone),
        "sub": _summary(len(found), zone),
        "sections": [(title, rows) for title, rows in sections if rows],
        "has_numbers": numbers.may_see(actor),
        "start_url": link_url("integrations.start", actor=actor),
    }
    return render(request, "console/home.html", context)


@requires(VIEW_HOME)
def home_numbers(request: HttpRequest) -> HttpResponse:
    """The numbers beside the work, as a fragment: counting a year must not hold up the page."""
    actor = actor_of(request)
    sales = numbers.read_sales() if numbers.may_see(actor) else None
    context = {
        "figures": numbers.list_figures(sales, actor=actor),
        "chart": numbers.sales_chart(sales),
        "may_see": numbers.may_see(actor),
    }
    return render(request, "console/home_numbers.html", context)


def _greeting(request: HttpRequest, zone: str) -> str:
    person = getattr(request, "person", None)
    name = person.name if person else ""
    hour = now().astimezone(ZoneInfo(zone)).hour
    words = _("Good morning, %(name)s") if hour < 12 else _("Good afternoon, %(name)s")
    if hour >= 18:
        words = _("Good evening, %(name)s")
    return words % {"name": name}


def _summary(count: int, zone: str) -> str:
    day = formats.business_day(now(), zone)
    if not count:
        return _("%(day)s. Nothing waits for you.") % {"day": day}
    return _("%(day)s. Things to look at today: %(count)s.") % {"day": day, "count": count}


@requires(VIEW_HOME)
@require_POST
def search(request: HttpRequest) -> JsonResponse:
    """The search box. Words come in the body, so that no name ends up in an address or a log."""
    groups = searching.search(request.POST.get("q", ""), actor=actor_of(request))
    body = [
        {
            "label": group.label,
            "items": [
                {"title": item.title, "note": item.note, "url": item.url, "icon": item.icon}
                for item in group.items
            ],
        }
        for group in groups
    ]
    return JsonResponse({"groups": body})


@requires(VIEW_HOME)
def results(request: HttpRequest) -> HttpResponse:
    """All answers on a page of their own."""
    words = request.POST.get("q", "")
    groups = searching.search(words, actor=actor_of(request), limit=searching.CUSTOMERS_ON_PAGE)
    context = {"page_key": "console.results", "words": words, "groups": groups}
    return render(request, "console/results.html", context)


@requires(VIEW_HOME)
def settings_hub(request: HttpRequest) -> HttpResponse:
    """What is set up once, and for who runs the house whether the sums are in order."""
    actor = actor_of(request)
    seen = purchases.find_last_check() if actor.may(accounts.MANAGE_ORGANISATION) else None
    context = {"page_key": "console.settings", "groups": hub.list_groups(actor), "sums": seen}
    return render(request, "console/settings.html", context)


@public
def welcome_page(request: HttpRequest) -> HttpResponse:
    """The guided first run. Open to the world only until there is an owner."""
    at, actor = now(), actor_of(request)
    progress = welcome.read_progress(at=at)
    if progress.step == 1:
        return _owner_step(request, progress)
    if actor.kind == "anonymous":
        raise SignInNeeded
    actor.require(accounts.MANAGE_ORGANISATION)
    if progress.step == 2 or "shop" in request.GET:
        return _shop_step(request, progress)
    context = {
        "progress": progress,
        "steps": welcome.list_steps(progress),
        "choices": welcome.list_choices(),
        "organisation": accounts.organisation(),
        "at": at,
    }
    return render(request, "console/welcome_data.html", context)


def _owner_step(request: HttpRequest, progress: welcome.Progress) -> HttpResponse:
    form = welcome.OwnerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        language = "en" if get_language() == "en" else "zh-hans"
        try:
            owner = accounts.create_first_owner(**form.cleaned_data, language=language, at=now())
        except accounts.PasswordTooWeak as error:
            add_domain_error(form, error, field="password")
        except DomainError as error:
            add_domain_error(form, error)
        else:
            accounts.start_session(request, staff_id=owner.id)
            return redirect("console-welcome")
    context = {"form": form, "steps": welcome.list_steps(progress)}
    return render(request, "console/welcome_owner.html", context)


def _shop_step(request: HttpRequest, progress: welcome.Progress) -> HttpResponse:
    known = accounts.organisation()
    initial = {"name": known.name, "base_currency": known.base_currency, "time_zone": known.time_zone}
    form = welcome.ShopForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            accounts.update_organisation(**form.cleaned_data, actor=actor_of(request), at=now())
        except DomainError as error:
            add_domain_error(form, error)
        else:
            return redirect("console-welcome")
    shown = welcome.Progress(step=2, propose_day=None, vips=0, has_data=progress.has_data)
    context = {"form": form, "steps": welcome.list_steps(shown)}
    return render(request, "console/welcome_shop.html", context)


@requires(accounts.MANAGE_ORGANISATION)
@require_POST
def welcome_day(request: HttpRequest) -> HttpResponse:
    """Count up to the data's last day, as proposed."""
    last_day = insight.data_last_day()
    accounts.set_as_of_day(day=last_day, actor=actor_of(request), at=now())
    if last_day is not None:
        messages.success(request, _("All figures now speak of %(day)s.") % {"day": formats.day(last_day)})
    return redirect("console-welcome")


@requires(accounts.MANAGE_ORGANISATION)
@require_POST
def welcome_finish(request: HttpRequest) -> HttpResponse:
    accounts.finish_setup(actor=actor_of(request), at=now())
    return redirect(link_url("console.vips") or link_url("console.home") or "/")
