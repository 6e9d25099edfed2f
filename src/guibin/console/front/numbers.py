"""The few numbers of the home page, each opening the list behind it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from guibin.accounts import api as accounts
from guibin.core.money import Money
from guibin.core.permissions import Actor
from guibin.insight import api as insight
from guibin.loyalty import api as loyalty
from guibin.web import formats
from guibin.web.charts import Chart, Series
from guibin.web.links import link_url

ACTIVE_STAGES = ("new", "active")


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with its bar: ``ratio`` of ``target`` None for a plain number."""

    label: str
    value: str
    note: str
    url: str
    ratio: float | None = None

    @property
    def length(self) -> int:
        """The bar in thousandths of its full length."""
        return round(1000 * min(max(self.ratio or 0.0, 0.0), 1.0))


def may_see(actor: Actor) -> bool:
    """The numbers are over the whole shop, so only for who may see reports and all stores."""
    return actor.may(insight.VIEW_REPORTS) and actor.store_ids is None


def read_sales() -> insight.Behaviour | None:
    """The year's sales, None before the figures were first made."""
    return insight.behaviour() if insight.find_published_day() is not None else None


def list_figures(sales: insight.Behaviour | None, *, actor: Actor) -> list[Figure]:
    """The figures there are; before the first refresh none."""
    if sales is None:
        return []
    return [*_vip_share(actor), *_active(), *_month(sales)]


def _vip_share(actor: Actor) -> list[Figure]:
    latest = loyalty.find_latest_evaluation() if actor.may(loyalty.VIEW_VIPS) else None
    if latest is None or not latest.customers:
        return []
    note = _("%(vips)s VIPs of %(customers)s customers, last 12 months") % {
        "vips": formats.number(latest.vips),
        "customers": formats.number(latest.customers),
    }
    return [
        Figure(
            label=_("Sales by VIPs"),
            value=formats.percent(latest.share_12m, 1),
            note=note,
            url=link_url("console.vips"),
            ratio=latest.share_12m,
        )
    ]


def _active() -> list[Figure]:
    report = insight.stage_report()
    counts = {stage.stage: stage.customers for stage in report.stages}
    buyers = sum(count for stage, count in counts.items() if stage != "none")
    active = sum(counts.get(stage, 0) for stage in ACTIVE_STAGES)
    if not buyers:
        return []
    return [
        Figure(
            label=_("Active members"),
            value=formats.number(active),
            note=_("%(share)s of everybody who has bought") % {"share": formats.percent(active / buyers, 1)},
            url=link_url("insight.stages"),
            ratio=active / buyers,
        )
    ]


def _month(sales: insight.Behaviour) -> list[Figure]:
    months = sales.months
    if len(months) < 2:
        return []
    now, before = months[-1], months[-2]
    value = formats.money(Money(now.net_minor, accounts.organisation().base_currency), whole=True)
    if before.net_minor > 0:
        changed = formats.change((now.net_minor - before.net_minor) / before.net_minor)
        note = _("%(change)s against the month before; up to %(day)s") % {
            "change": changed,
            "day": formats.day(now.until),
        }
    else:
        note = _("up to %(day)s") % {"day": formats.day(now.until)}
    ratio = now.net_minor / before.net_minor if before.net_minor > 0 else None
    return [Figure(_("Net sales, last month"), value, note, link_url("purchases.orders"), ratio)]


def sales_chart(sales: insight.Behaviour | None) -> Chart | None:
    """Net sales of the last twelve months, where there are any."""
    if sales is None or not any(month.net_minor for month in sales.months):
        return None
    currency = accounts.organisation().base_currency
    values = [float(Money(month.net_minor, currency).amount) for month in sales.months]
    return Chart(
        kind="bar",
        title=_finding(values),
        unit=formats.currency_symbol(currency),
        period=_("12 months up to %(day)s") % {"day": formats.day(sales.as_of)},
        categories=[formats.day(month.until, "month") for month in sales.months],
        series=[Series(_("Net sales"), values, role="now")],
        format="money" if currency == "CNY" else "number",
        height="s",
    )


def _finding(values: list[float]) -> str:
    """The title says what the bars show."""
    last, rest = values[-1], values[:-1]
    if rest and last >= max(rest):
        return _("The last month sold more than any of the year")
    average = sum(rest) / len(rest) if rest else 0
    if average > 0 and last >= average:
        return _("The last month sold more than the year's average")
    return _("The last month sold less than the year's average")
