"""Invented customers and figures for the gallery. Nobody in them exists."""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guibin.core.money import Money
from guibin.core.paging import Page
from guibin.web import formats
from guibin.web.charts import Cell, Chart, Flow, Mark, Series
from guibin.web.listing import BulkAction, Column, Empty, Filter, ListSpec, ListState, RowAction
from guibin.web.permissions import VIEW_GALLERY
from guibin.web.picking import Pick

LAST_DAY = date(2026, 11, 22)
FAMILY = "林周何顾许郑陆陈江沈苏叶"
GIVEN = ("婉清", "慕白", "砚秋", "予宁", "清如", "怀远", "知言", "若冰", "叙白", "知微", "晚晴", "景行")
CITIES = ("杭州", "上海", "苏州", "南京", "宁波")
TIERS = (
    ("silver", gettext_lazy("Silver")),
    ("gold", gettext_lazy("Gold")),
    ("platinum", gettext_lazy("Platinum")),
    ("diamond", gettext_lazy("Diamond")),
)
STAGES = (
    ("active", gettext_lazy("Active")),
    ("at_risk", gettext_lazy("At risk")),
    ("dormant", gettext_lazy("Dormant")),
)


@dataclass(frozen=True, slots=True)
class Sample:
    """One invented customer."""

    id: int
    name: str
    tier: str
    stage: str
    spend: Money
    orders: int
    share: float
    last_on: date
    city: str
    archived: bool


def sample(index: int) -> Sample:
    """Customer number ``index``, always the same."""
    turn = (index * 7919) % 997
    return Sample(
        id=20400 + index,
        name=FAMILY[index % len(FAMILY)] + GIVEN[(index * 5 + index // 12) % len(GIVEN)],
        tier=TIERS[turn % 4][0],
        stage=STAGES[turn % 3][0],
        spend=Money(turn * 12_345 + 99_00, "CNY"),
        orders=turn % 23 + 1,
        share=turn / 997,
        last_on=LAST_DAY - timedelta(days=turn % 180),
        city=CITIES[turn % len(CITIES)],
        archived=turn % 11 == 0,
    )


SAMPLES = [sample(index) for index in range(1, 241)]


def picks(words: str) -> list[Pick]:
    """What the picker finds: names that hold the words, numbers that begin with them."""
    wanted = words.strip()
    found = (row for row in SAMPLES if wanted and (wanted in row.name or str(row.id).startswith(wanted)))
    return [Pick(str(row.id), row.name, f"{row.id} · {row.city}") for row in islice(found, 8)]


def fetch(state: ListState) -> Page[Sample]:
    """What a slice's query would do, over the samples."""
    found = [row for row in SAMPLES if _fits(row, state)]
    if state.sort:
        found.sort(key=lambda row: _sort_key(row, state.sort), reverse=state.descending)
    start = (state.page - 1) * state.size
    return Page(found[start : start + state.size], len(found), state.page, state.size)


def _sort_key(row: Sample, key: str) -> Any:
    value = getattr(row, key)
    return value.minor if isinstance(value, Money) else value


def _fits(row: Sample, state: ListState) -> bool:
    words, tiers, spend = state.get("q"), state.get("tier"), state.get("spend")
    if words and words not in f"{row.name} {row.id}":
        return False
    if tiers and row.tier not in tiers:
        return False
    if spend and not (spend.low or 0) <= row.spend.amount <= (spend.high or math.inf):
        return False
    days, archived = state.get("last_on"), state.get("archived")
    if days and not (days.first or date.min) <= row.last_on <= (days.last or date.max):
        return False
    return archived is None or row.archived == archived


def sample_list() -> ListSpec:
    """A list with every kind of column, filter and action."""
    return ListSpec(
        name="web.gallery",
        title=_("A list"),
        unit=_("customers"),
        columns=[
            Column(
                "name",
                _("Customer"),
                primary=True,
                url=lambda row: f"#{row.id}",
                note=lambda row: f"GB-{row.id}",
            ),
            Column("tier", _("Tier"), template="web/gallery_tier.html"),
            Column("stage", _("Stage"), value=lambda row: dict(STAGES)[row.stage]),
            Column("spend", _("Spend, 12 months"), kind="money", sort=True),
            Column("orders", _("Orders"), kind="number", sort=True),
            Column("share", _("Share of spend"), kind="share"),
            Column("last_on", _("Last purchase"), kind="day", sort=True),
            Column("city", _("City"), hidden=True),
        ],
        filters=[
            Filter.text("q", _("Name or number"), personal=True),
            Filter.choice("tier", _("Tier"), TIERS),
            Filter.number("spend", _("Spend"), unit="¥"),
            Filter.day("last_on", _("Last purchase")),
            Filter.yes_no("archived", _("Archived")),
        ],
        sort="-spend",
        size=25,
        export=VIEW_GALLERY,
        actions=[
            RowAction(_("Call"), url=lambda row: f"#call-{row.id}", icon="phone"),
        ],
        bulk=[BulkAction("tag", _("Add a tag"), link="web.gallery_bulk", icon="tag")],
        empty=Empty(
            _("No customers yet"),
            _("They appear here once you have loaded a file or added the first by hand."),
        ),
    )


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=gettext_lazy("Name of the customer"), max_length=60)
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        required=False,
        help_text=gettext_lazy("Mainland numbers need no country code."),
    )
    amount = forms.DecimalField(label=gettext_lazy("Amount"), initial="1680.00")
    birthday = forms.DateField(
        label=gettext_lazy("Birthday"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    tier = forms.ChoiceField(label=gettext_lazy("Tier"), choices=TIERS)
    calendar = forms.ChoiceField(
        label=gettext_lazy("Calendar of the birthday"),
        choices=[("solar", gettext_lazy("Solar")), ("lunar", gettext_lazy("Lunar"))],
        initial="lunar",
        widget=forms.RadioSelect,
    )
    channels = forms.MultipleChoiceField(
        label=gettext_lazy("May be contacted by"),
        choices=[
            ("wechat", gettext_lazy("WeChat")),
            ("phone", gettext_lazy("Phone")),
            ("sms", gettext_lazy("SMS")),
        ],
        initial=["wechat"],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    vip = forms.BooleanField(label=gettext_lazy("Add to the list of VIPs"), required=False)


def charts() -> list[Chart]:
    """One chart of each kind."""
    return [_line(), _bar(), _heat(), _sankey(), _curve()]


def _line() -> Chart:
    now = [round(4.2 * n + 8 * math.sin(n / 3) + n * n / 18, 1) for n in range(1, 24)]
    return Chart(
        kind="line",
        title=_("Sales are past the line of the target"),
        unit=_("thousand yuan"),
        period=_("November 2026, running total"),
        categories=[str(n) for n in range(1, 31)],
        series=[
            Series(_("This month"), [*now, *[None] * 7], role="now"),
            Series(_("Last year"), [round(4.4 * n, 1) for n in range(1, 31)], role="before"),
            Series(_("Target"), [round(4.8 * n, 1) for n in range(1, 31)], role="target"),
        ],
        axis=_("Day"),
        area=True,
        id="chart-line",
    )


def _bar() -> Chart:
    return Chart(
        kind="bar",
        title=_("Lakeside brings the most"),
        unit=_("yuan"),
        period=_("last 12 months"),
        categories=["湖滨", "静安", "平江", "新街口", "天一"],
        series=[Series(_("Sales"), [1284600, 986200, 742100, 518300, 276900], role="now")],
        links=["#1", "#2", "#3", "#4", "#5"],
        axis=_("Store"),
        horizontal=True,
        format="money",
        digits=0,
        id="chart-bar",
    )


def _heat() -> Chart:
    cells = [
        Cell(
            x,
            y,
            round(700 * math.exp(-((x - y) ** 2) / 2 - (facet + 3 - x) ** 2 / 4)),
            url=f"#r{5 - facet}f{x + 1}m{y + 1}",
            facet=facet,
            outlined=facet > 1 and x > 2 and y > 2,
        )
        for facet in range(3)
        for y in range(5)
        for x in range(5)
    ]
    return Chart(
        kind="heatmap",
        title=_("How many are in each cell"),
        unit=_("people"),
        period=_("outlined: worth keeping"),
        categories=[f"F{n}" for n in range(1, 6)],
        rows=[f"M{n}" for n in range(1, 6)],
        facets=["R5", "R4", "R3"],
        cells=cells,
        axis="F",
        vertical="M",
        note=_("Further right buys more often, further up spends more. A cell opens its list."),
        id="chart-heat",
    )


def _sankey() -> Chart:
    steps = [
        ("Active", "Active", 2660, "same"),
        ("Active", "At risk", 190, "worse"),
        ("At risk", "Active", 86, "better"),
        ("At risk", "Dormant", 214, "worse"),
        ("At risk", "At risk", 640, "same"),
        ("Dormant", "Dormant", 1720, "same"),
        ("Dormant", "Active", 131, "better"),
    ]
    names = {"Active": _("Active"), "At risk": _("At risk"), "Dormant": _("Dormant")}
    flows = [Flow(names[a], names[b], n, url=f"#{a}-{b}", role=role) for a, b, n, role in steps]  # type: ignore[arg-type]  # literals
    return Chart(
        kind="sankey",
        title=_("Where people went since last quarter"),
        unit=_("people"),
        flows=flows,
        id="chart-sankey",
    )


def _curve() -> Chart:
    points = [(n / 40, 1 - (1 - n / 40) ** 4.2) for n in range(41)]
    return Chart(
        kind="curve",
        title=_("The top 20% bring 61% of sales"),
        unit=_("running share"),
        points=points,
        marks=[Mark(0.2, 1 - 0.8**4.2, _("top 20%: 61%"))],
        axis=_("Customers, from the highest spend down"),
        vertical=_("Share of sales"),
        format="percent",
        id="chart-curve",
    )


def component_samples() -> dict[str, Any]:
    """Tabs, steps, facts, counts and jobs as a page would hand them over."""
    return {
        "tab_items": [
            (_("Timeline"), "#", True, None),
            (_("Purchases"), "#", False, 14),
            (_("Privacy"), "#", False, None),
        ],
        "step_items": [
            (_("Choose the file"), _("loaded, 1.8 MB"), "done"),
            (_("Check-up"), _("3 kinds of problems"), "done"),
            (_("Match the columns"), _("4 still to look at"), "now"),
            (_("Try it"), _("nothing is written"), ""),
            (_("Import"), _("can be taken back for 30 days"), ""),
        ],
        "facts": [
            (_("Favourite colours"), "松烟、月白", ""),
            (_("Fabric"), "真丝、羊绒", ""),
            (_("Order"), "HB-261114-0087", "#"),
        ],
        "counts": [
            (_("New customers"), "3,214", "#", "", ""),
            (_("Updated"), "812", "#", "", ""),
            (_("Look like the same person"), "37", "#", _("pairs"), ""),
            (_("Cannot be imported yet"), "25", "#", _("rows"), "bad"),
        ],
        "jobs": [
            {
                "state": "running",
                "done": 4088,
                "total": 6012,
                "text": _("4,088 of 6,012 rows checked"),
                "left": _("about 9 s left"),
                "cancel_url": "#",
            },
            {"state": "done", "done": 1, "total": 1, "text": _("Finished: 6,012 rows in 28 s")},
            {
                "state": "failed",
                "done": 2,
                "total": 5,
                "text": _("Stopped at row 2,410: the file ends in the middle of a line"),
            },
        ],
    }


def context() -> dict[str, Any]:
    """Everything the gallery shows that is not written in its template."""
    wrong = SampleForm({"name": "", "phone": "138", "amount": "x", "tier": "gold", "calendar": "lunar"})
    wrong.is_valid()
    drawn = charts()
    return {
        "form": SampleForm(),
        "wrong": wrong,
        "charts": drawn,
        "line": drawn[0],
        "bar": drawn[1],
        "heat": drawn[2],
        "sankey": drawn[3],
        "curve": drawn[4],
        "tiers": TIERS,
        "picked": picks("204")[:2],
        "people": {
            "lin": "林婉清",
            "zhou": "周慕白",
            "gu": "顾予宁",
            "chen": "陈若冰",
            "jiang": "江叙白",
            "was": "1.2万",
        },
        "notes": {
            "spend": f"{formats.percent(0.068, 1)} · {formats.change(0.182)}",
            "risk": f"{formats.percent(0.08)} ← {formats.percent(0.11)}",
        },
        "price": Money(1_280_000, "CNY"),
        "crumbs": [(_("Insight"), "#"), (_("Gallery"), "")],
        **component_samples(),
        "marks": [(0, "¥0"), (0.5, "¥50,000"), (1, "¥100,000")],
        "pages": Page([0] * 50, 12480, 7, 50),
        "rfm": [(24 + 25 * x, 4 + 25 * y, min(5, max(0, x + 4 - y - 2))) for y in range(5) for x in range(5)],
    }
