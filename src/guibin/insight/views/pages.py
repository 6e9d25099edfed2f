"""What the pages share: the day they speak of, the tabs, links to lists, refusal before the first refresh."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from guibin.accounts import api as accounts
from guibin.core.money import Money
from guibin.insight import api
from guibin.insight.errors import DayInvalid, NeverRefreshed
from guibin.insight.permissions import REFRESH_FACTS
from guibin.web.access import actor_of
from guibin.web.charts import ValueFormat

View = Callable[..., HttpResponseBase]
TABS = (
    ("rfm", "insight:rfm"),
    ("concentration", "insight:concentration"),
    ("stages", "insight:stages"),
    ("behaviour", "insight:behaviour"),
    ("freshness", "insight:freshness"),
)


@dataclass(frozen=True, slots=True)
class Day:
    """The day a page speaks of; ``asked`` when the address names it."""

    day: date
    asked: bool

    @property
    def query(self) -> dict[str, str]:
        return {"day": self.day.isoformat()} if self.asked else {}


def day_of(request: HttpRequest) -> Day:
    """``?day=``, else the current day. Raises ``DayInvalid``."""
    text = request.GET.get("day", "").strip()
    if not text:
        return Day(api.current_day(), asked=False)
    try:
        return Day(date.fromisoformat(text), asked=True)
    except ValueError as error:
        raise DayInvalid(day=text) from error


def page(key: str, day: Day | None, **context: Any) -> dict[str, Any]:
    """The context every insight page needs."""
    labels = {
        "rfm": _("RFM customer value"),
        "concentration": _("Value concentration"),
        "stages": _("Lifecycle stages"),
        "behaviour": _("Purchase behaviour"),
        "freshness": _("Data freshness"),
    }
    query = f"?{urlencode(day.query)}" if day is not None and day.query else ""
    return {
        "page_key": f"insight.{key}",
        "menu_key": "insight.rfm",
        "day": day,
        "currency": accounts.organisation().base_currency,
        "crumbs": [(_("Insight"), reverse("insight:rfm")), (labels.get(key, _("Customers")), "")],
        "tabs": [(labels[code], reverse(name) + query, code == key) for code, name in TABS],
        **context,
    }


def members_url(day: Day, **chosen: object) -> str:
    """The list of the customers behind a number."""
    return f"{reverse('insight:members')}?{urlencode({**chosen, 'day': day.day.isoformat()}, doseq=True)}"


def major(minor: int, currency: str) -> float:
    """Minor units for a chart, which draws major ones."""
    return float(Money(minor, currency).amount)


def money_format(currency: str) -> ValueFormat:
    """How a chart writes money: its ¥ is for yuan only, other currencies are named beside the title."""
    return "money" if currency == "CNY" else "number"


def needs_facts(key: str) -> Callable[[View], View]:
    """Before the first refresh a report teaches instead of failing."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                return view(request, *args, **kwargs)
            except NeverRefreshed:
                may = actor_of(request).may(REFRESH_FACTS)
                return render(request, "insight/never.html", page(key, None, may_refresh=may))

        return guarded

    return decorate
