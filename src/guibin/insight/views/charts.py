"""Charts that several pages draw."""

from django.utils.translation import gettext as _

from guibin.insight import api
from guibin.insight.views.pages import Day, members_url
from guibin.insight.wording import GROUP_LABELS
from guibin.web import formats
from guibin.web.charts import Chart, Flow, Mark

# Movement is drawn between five bands, from best to worst; the first two going down is cooling.
BANDS = (
    ("key_value",),
    ("key_grow",),
    ("key_keep", "key_rescue"),
    ("plain_value", "plain_grow", "plain_keep"),
    ("plain_rescue",),
    ("outside",),
)
SHOWN_SHARE = 200  # flows below one in so many customers are left out of the picture


def pareto_chart(curve: "api.Curve", what: str, day: Day) -> Chart:
    """The concentration curve, with its finding as title."""
    share = formats.percent(curve.top20 / 1000, 1)
    return Chart(
        kind="curve",
        title=_("The first 20%% of customers bring %(share)s") % {"share": share},
        unit=what,
        period=_("12 months to %(day)s") % {"day": formats.day(day.day)},
        note=_("From who spends most to the right. The dashed line: if everybody spent the same."),
        points=[(point.customers / 1000, point.amount / 1000) for point in curve.points],
        marks=[
            Mark(0.05, curve.top5 / 1000, _("first 5%%: %(share)s") % {"share": _per_mille(curve.top5)}),
            Mark(0.2, curve.top20 / 1000, _("first 20%%: %(share)s") % {"share": _per_mille(curve.top20)}),
        ]
        if curve.customers
        else [],
        axis=_("customers, most money first"),
        vertical=what,
        format="percent",
    )


def _per_mille(share: int) -> str:
    return formats.percent(share / 1000, 1)


def band_label(band: tuple[str, ...]) -> str:
    if band == BANDS[2]:
        return _("Key, cooling")
    if band == BANDS[3]:
        return _("Other ordinary")
    if band == ("outside",):
        return _("Not buying")
    return str(GROUP_LABELS[band[0]])


def flow_chart(migration: "api.Migration", day: Day) -> Chart:
    """Who went where between the two days."""
    place = {code: number for number, band in enumerate(BANDS) for code in band}
    totals: dict[tuple[int, int], int] = {}
    for flow in migration.flows:
        if flow.source in place and flow.target in place:
            key = (place[flow.source], place[flow.target])
            totals[key] = totals.get(key, 0) + flow.customers
    everybody = sum(totals.values())
    # Who stayed comes first: it puts both sides of the picture in the order of the bands.
    ordered = sorted(totals.items(), key=lambda item: (item[0][0] != item[0][1], item[0]))
    shown = {
        (then, now): count
        for (then, now), count in ordered
        if then == now or count * SHOWN_SHARE >= everybody
    }
    better = sum(count for (then, now), count in totals.items() if now < then)
    worse = sum(count for (then, now), count in totals.items() if now > then)
    return Chart(
        kind="sankey",
        title=_("%(better)s customers moved up, %(worse)s down")
        % {"better": formats.number(better), "worse": formats.number(worse)},
        unit=_("customers"),
        period=_("%(before)s to %(after)s")
        % {"before": formats.day(migration.from_day), "after": formats.day(migration.to_day)},
        note=_("Green is better, red is colder. Small flows are left out; click a flow to see who it is."),
        flows=[
            Flow(
                band_label(BANDS[then]),
                band_label(BANDS[now]),
                count,
                url=members_url(
                    day,
                    since=migration.from_day.isoformat(),
                    was=list(BANDS[then]),
                    group=list(BANDS[now]),
                ),
                role="same" if then == now else "better" if now < then else "worse",
            )
            for (then, now), count in shown.items()
        ],
    )
