"""What one may be allowed to do in insight."""

from django.utils.translation import gettext_lazy as _

from guibin.core.permissions import Permission

VIEW_REPORTS = Permission(
    "insight.view_reports",
    _("See reports"),
    _("See the RFM diagnosis, concentration, lifecycle stages and purchase behaviour."),
)
EXPORT_REPORTS = Permission(
    "insight.export_reports", _("Export reports"), _("Download the figures and lists behind the reports.")
)
REFRESH_FACTS = Permission(
    "insight.refresh_facts", _("Refresh the numbers"), _("Make all figures anew from the latest data.")
)
CHANGE_THRESHOLDS = Permission(
    "insight.change_thresholds",
    _("Change report thresholds"),
    _("Set the lifecycle days and the RFM cut points."),
)
ALL = (VIEW_REPORTS, EXPORT_REPORTS, REFRESH_FACTS, CHANGE_THRESHOLDS)
