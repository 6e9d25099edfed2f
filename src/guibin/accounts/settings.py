"""Numbers of this slice that an organisation may change."""

from django.utils.translation import gettext_lazy as _

from guibin.core.preferences import Setting

LINK_HOURS = Setting(
    key="accounts.link_hours",
    default=72,
    label=_("One-time links stay open"),
    help=_("How long an invitation or password link works before it has to be handed out again."),
    unit=_("hours"),
    minimum=1,
    maximum=720,
)
ALL = (LINK_HOURS,)
