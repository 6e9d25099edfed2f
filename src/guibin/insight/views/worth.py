"""Value concentration, lifecycle stages, purchase behaviour."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from guibin.core import clock, preferences
from guibin.insight import api
from guibin.insight.forms import ThresholdsForm
from guibin.insight.permissions import CHANGE_THRESHOLDS, VIEW_REPORTS
from guibin.insight.preferences import ACTIVE_MONTHS, STAGE_DAYS
from guibin.insight.views.charts import pareto_chart
from guibin.insight.views.pages import Day, day_of, major, members_url, money_format, needs_facts, page
from guibin.insight.wording import STAGE_LABELS, STAGE_MEANINGS
from guibin.web import formats
from guibin.web.access import actor_of, requires
from guibin.web.charts import Chart, Series


@requires(VIEW_REPORTS)
@needs_facts("concentration")
def concentration(request: HttpRequest) -> HttpResponse:
    """What share of sales and profit the best customers bring."""
    day = day_of(request)
    worth = api.concentration(as_of=day.day)
    title = _("The first 20%% of customers bring %(share)s of sales") % {
        "share": formats.percent(worth.sales.top20 / 1000, 1)
    }
    context = page(
        "concentration",
        day,
        worth=worth,
        title=title if worth.sales.customers else _("Nobody bought in this period"),
        sales=pareto_chart(worth.sales, _("Sales"), day),
        profit=pareto_chart(worth.profit, _("Profit"), day) if worth.profit else None,
        profit_known=worth.profit_known / 1000,
        words={
            "top5": _("First 5% bring"),
            "top20": _("First 20% bring"),
            "best": _("80% of sales come from"),
        },
        top5=worth.sales.top5 / 1000,
        top20=worth.sales.top20 / 1000,
        best_share=worth.sales.customers_for_80 / worth.sales.customers if worth.sales.customers else 0,
    )
    return render(request, "insight/concentration.html", context)


@requires(VIEW_REPORTS)
@needs_facts("stages")
def stages(request: HttpRequest) -> HttpResponse:
    """Customers by lifecycle stage; the thresholds, shown and editable."""
    actor, day = actor_of(request), day_of(request)
    if request.method == "POST":
        actor.require(CHANGE_THRESHOLDS)
        form = ThresholdsForm(request.POST)
        if form.is_valid():
            at = clock.now()
            for setting in (*STAGE_DAYS, ACTIVE_MONTHS):
                value = form.cleaned_data[setting.key.rsplit(".", 1)[1]]
                preferences.set_value(key=setting.key, value=value, actor=actor, at=at)
            messages.success(request, _("Saved. The stages follow these days at once."))
            return redirect(request.get_full_path())
    else:
        form = ThresholdsForm(initial=ThresholdsForm.stored())
    report = api.stage_report(as_of=day.day)
    form.propose(report.derived)
    context = page(
        "stages",
        day,
        report=report,
        title=stage_finding(report),
        chart=stage_chart(report, day),
        rows=stage_rows(report, day),
        form=form,
        may_change=actor.may(CHANGE_THRESHOLDS),
    )
    return render(request, "insight/stages.html", context)


def stage_finding(report: api.StageReport) -> str:
    count = {row.stage: row.customers for row in report.stages}
    known = sum(count.values()) - count["none"]
    if not known:
        return _("Nobody has bought yet")
    return _("%(living)s of %(known)s customers still come, %(risk)s are at risk") % {
        "living": formats.number(count["new"] + count["active"] + count["intermittent"]),
        "known": formats.number(known),
        "risk": formats.number(count["at_risk"]),
    }


def stage_rows(report: api.StageReport, day: Day) -> list[dict[str, object]]:
    limits, total = report.limits, sum(row.customers for row in report.stages) or 1
    words = {
        "new_days": limits.new_days,
        "months": limits.active_months_min,
        "at_risk_days": limits.at_risk_days,
        "dormant_days": limits.dormant_days,
        "churned_days": limits.churned_days,
    }
    return [
        {
            "label": STAGE_LABELS[row.stage],
            "meaning": str(STAGE_MEANINGS[row.stage]) % words,
            "customers": row.customers,
            "share": row.customers / total,
            "net_minor": row.net_12m_minor,
            "url": members_url(day, stage=row.stage),
        }
        for row in report.stages
    ]


def stage_chart(report: api.StageReport, day: Day) -> Chart:
    return Chart(
        kind="bar",
        id="stages",
        title=_("Customers by stage"),
        unit=_("customers"),
        period=formats.day(day.day),
        categories=[STAGE_LABELS[row.stage] for row in report.stages],
        series=[Series(_("Customers"), [row.customers for row in report.stages], role="now")],
        links=[members_url(day, stage=row.stage) for row in report.stages],
        horizontal=True,
    )


@requires(VIEW_REPORTS)
@needs_facts("behaviour")
def behaviour(request: HttpRequest) -> HttpResponse:
    """How often, how much, how far apart, of what."""
    day = day_of(request)
    found = api.behaviour(as_of=day.day)
    title = _("%(share)s of buyers came back; half of them within %(days)s days") % {
        "share": formats.percent(found.repeat_share / 1000),
        "days": formats.number(round(found.interval_median_days or 0)),
    }
    context = page(
        "behaviour", day, found=found, title=title if found.buyers else _("Nobody bought in this period")
    )
    currency = context["currency"]
    context["average_orders"] = formats.number((found.average_orders_milli or 0) / 1000, 1)
    context["repeat"] = found.repeat_share / 1000
    context["charts"] = behaviour_charts(found, day, currency) if found.buyers else []
    return render(request, "insight/behaviour.html", context)


def behaviour_charts(found: api.Behaviour, day: Day, currency: str) -> list[Chart]:
    period = _("12 months to %(day)s") % {"day": formats.day(day.day)}
    format_, sign = money_format(currency), formats.currency_symbol(currency)
    return [
        Chart(
            kind="line", id="months", title=_("Net spend by month"), unit=sign, period=period,
            categories=[formats.day(month.until, "short") for month in found.months],
            series=[Series(_("Net spend"), [major(m.net_minor, currency) for m in found.months], role="now")],
            format=format_, digits=0, area=True, note=_("Each point is the month that ends on this day."),
        ),
        Chart(
            kind="bar", id="frequency", title=_("How often they buy"), unit=_("customers"), period=period,
            categories=[_range(b.low, b.high) for b in found.frequency],
            series=[Series(_("Customers"), [b.customers for b in found.frequency], role="now")],
            links=[members_url(day, orders_from=b.low, orders_to=b.high or "") for b in found.frequency],
            axis=_("orders in 12 months"),
        ),
        Chart(
            kind="bar", id="spend", title=_("How much they spend"), unit=_("customers"), period=period,
            categories=[_money_range(bucket, currency) for bucket in found.spend],
            series=[Series(_("Customers"), [b.customers for b in found.spend], role="now")],
            axis=_("net spend in 12 months"),
        ),
        Chart(
            kind="bar", id="intervals", title=_("How long between visits"), unit=_("customers"),
            period=period,
            categories=[_range(b.low, b.high) for b in found.intervals],
            series=[Series(_("Customers"), [b.customers for b in found.intervals], role="now")],
            axis=_("median days between purchases"),
        ),
        Chart(
            kind="bar", id="categories", title=_("What they buy"), unit=sign, period=period,
            categories=[c.name or _("No category") for c in found.categories],
            series=[
                Series(_("Sales"), [major(c.amount_minor, currency) for c in found.categories], role="now")
            ],
            format=format_, digits=0, horizontal=True,
        ),
    ]  # fmt: skip


def _money_range(bucket: api.Bucket, currency: str) -> str:
    high = None if bucket.high is None else round(major(bucket.high, currency))
    return _range(round(major(bucket.low, currency)), high)


def _range(low: int, high: int | None) -> str:
    if high is None:
        return _("%(low)s or more") % {"low": formats.number(low)}
    return formats.number(low) if low == high else f"{formats.number(low)}\u2013{formats.number(high)}"
