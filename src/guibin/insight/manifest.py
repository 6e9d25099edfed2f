"""What insight offers the house."""

from django.utils.translation import gettext_lazy as _

from guibin.core.manifest import Link, Manifest, MenuEntry
from guibin.insight import events, permissions, preferences
from guibin.insight.help import HELP
from guibin.insight.personal_data import PERSONAL_DATA

LINKS = (
    Link(
        "insight.rfm",
        "insight:rfm",
        _("RFM customer value"),
        permissions.VIEW_REPORTS,
        "grid-dots",
        _("recency frequency money cells groups value"),
    ),
    Link(
        "insight.concentration",
        "insight:concentration",
        _("Value concentration"),
        permissions.VIEW_REPORTS,
        "chart-arcs",
        _("pareto lorenz share of sales profit top 20"),
    ),
    Link(
        "insight.stages",
        "insight:stages",
        _("Lifecycle stages"),
        permissions.VIEW_REPORTS,
        "route",
        _("new active at risk dormant lost churn"),
    ),
    Link(
        "insight.behaviour",
        "insight:behaviour",
        _("Purchase behaviour"),
        permissions.VIEW_REPORTS,
        "basket",
        _("frequency interval repeat average spend categories"),
    ),
    Link(
        "insight.freshness",
        "insight:freshness",
        _("Data freshness"),
        permissions.VIEW_REPORTS,
        "refresh",
        _("refresh update warehouse"),
    ),
    Link("insight.members", "insight:members", _("Customers behind a number"), permissions.VIEW_REPORTS),
)

MANIFEST = Manifest(
    slice="insight",
    permissions=permissions.ALL,
    roles={"manager": permissions.ALL},
    events=(events.FactsRefreshed,),
    menu=(MenuEntry(2, 30, "chart-dots", _("Insight"), "insight.rfm", permissions.VIEW_REPORTS),),
    links=LINKS,
    help=HELP,
    settings=preferences.ALL,
    personal_data=PERSONAL_DATA,
)
