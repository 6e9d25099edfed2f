"""The RFM diagnosis."""

from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from guibin.insight import api
from guibin.insight.permissions import VIEW_REPORTS
from guibin.insight.rules.scores import GROUPS, SCORES, group_of
from guibin.insight.views.charts import flow_chart, pareto_chart
from guibin.insight.views.pages import Day, day_of, major, members_url, money_format, needs_facts, page
from guibin.insight.wording import GROUP_ADVICE, GROUP_LABELS, GROUP_TRAITS
from guibin.web import formats
from guibin.web.access import requires
from guibin.web.charts import Cell, Chart

OUTLINED = "key_keep"
RISING_IS_GOOD = frozenset(("key_value", "key_grow", "plain_value", "plain_grow"))
RISING_IS_BAD = frozenset(("key_keep", "key_rescue"))


@requires(VIEW_REPORTS)
@needs_facts("rfm")
def diagnosis(request: HttpRequest) -> HttpResponse:
    """Cells, named groups, concentration and movement, as of a day."""
    day = day_of(request)
    report = api.rfm_report(as_of=day.day)
    show = "money" if request.GET.get("show") == "money" else "people"
    group = request.GET.get("group", OUTLINED)
    group = group if group in GROUPS else OUTLINED
    worth = api.concentration(as_of=day.day)
    context = page(
        "rfm",
        day,
        report=report,
        title=finding(report),
        show=show,
        group=group,
        shows=[(code, label, address(day, show=code, group=group)) for code, label in switch()],
        heat=heat_chart(report, day, show, group),
        groups=group_rows(report, day, show, group),
        pareto=pareto_chart(worth.sales, _("Spending"), day),
        outside_url=members_url(day, group="outside"),
    )
    if report.compared_with is not None:
        context["flow"] = flow_chart(api.migration(report.compared_with, day.day), day)
    return render(request, "insight/rfm.html", context)


def switch() -> list[tuple[str, str]]:
    return [("people", _("Customers")), ("money", _("Spend"))]


def address(day: Day, **query: str) -> str:
    return f"{reverse('insight:rfm')}?{urlencode({**day.query, **query})}"


def finding(report: api.RfmReport) -> str:
    """The report in a sentence."""
    best = next(group for group in report.groups if group.code == "key_value")
    cooling = next(group for group in report.groups if group.code == "key_keep")
    if not report.customers:
        return _("Nobody bought in this period")
    return _("%(share)s of customers bring %(sales)s of spending; %(cooling)s regulars are cooling off") % {
        "share": formats.percent(best.share / 1000),
        "sales": formats.percent(best.net_share / 1000),
        "cooling": formats.number(cooling.customers),
    }


def heat_chart(report: api.RfmReport, day: Day, show: str, group: str) -> Chart:
    """Five heat maps, the most recent customers first."""
    currency = page("rfm", day)["currency"]
    cells = [
        Cell(
            x=cell.f - 1,
            y=cell.m - 1,
            value=cell.customers if show == "people" else round(major(cell.net_minor, currency)),
            url=members_url(day, r=cell.r, f=cell.f, m=cell.m),
            facet=5 - cell.r,
            outlined=group_of(cell.r, cell.f, cell.m) == group,
        )
        for cell in report.cells
    ]
    unit = _("customers") if show == "people" else formats.currency_symbol(currency)
    return Chart(
        kind="heatmap",
        id="rfm-cells",
        title=_("How many are in each cell") if show == "people" else _("What each cell spends"),
        unit=unit,
        period=str(_("outlined: %(group)s") % {"group": GROUP_LABELS[group]}),
        note=_("F grows to the right, M upwards; R falls from left to right. Click a cell to see who it is."),
        categories=[f"F{score}" for score in SCORES],
        rows=[f"M{score}" for score in SCORES],
        facets=recency_labels(report.cuts.recency),
        cells=sorted(cells, key=lambda cell: cell.outlined),  # the outline is drawn over its neighbours
        format="number" if show == "people" else money_format(currency),
        height="l",
    )


def recency_labels(cuts: tuple[int, ...]) -> list[str]:
    """``R5  within 30 days`` to ``R1  211 days or more``."""
    labels = ["R5  " + _("within %(days)s days") % {"days": cuts[0]}]
    for score, (low, high) in enumerate(pairwise(cuts)):
        labels.append(f"R{4 - score}  " + _("%(low)s to %(high)s days") % {"low": low + 1, "high": high})
    labels.append("R1  " + _("%(days)s days or more") % {"days": cuts[3] + 1})
    return labels


def group_rows(report: api.RfmReport, day: Day, show: str, chosen: str) -> list[dict[str, Any]]:
    """The named groups as the table shows them."""
    rows = []
    for group in report.groups:
        change = group.change
        mood = ""
        if change and group.code in RISING_IS_GOOD | RISING_IS_BAD:
            mood = "good" if (change > 0) == (group.code in RISING_IS_GOOD) else "bad"
        rows.append(
            {
                "code": group.code,
                "label": GROUP_LABELS[group.code],
                "trait": GROUP_TRAITS[group.code],
                "advice": GROUP_ADVICE[group.code],
                "customers": group.customers,
                "share": group.share / 1000,
                "net_share": group.net_share / 1000,
                "net_minor": group.net_minor,
                "change": None if change is None else f"{change:+,}".replace("-", "\u2212"),
                "mood": mood,
                "chosen": group.code == chosen,
                "outline_url": address(day, show=show, group=group.code),
                "url": members_url(day, group=group.code),
            }
        )
    return rows
