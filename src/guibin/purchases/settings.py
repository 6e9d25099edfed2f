"""Numbers of purchases that the organisation may change."""

from django.utils.translation import gettext_lazy as _

from guibin.core.preferences import Setting

REFUND_UNDO_MINUTES = Setting(
    "purchases.refund_undo_minutes",
    10,
    _("A refund can be taken back for"),
    _("Minutes during which a refund recorded by hand can be taken back, for slips of the hand."),
    unit=_("minutes"),
    minimum=0,
    maximum=1440,
)
ALL = (REFUND_UNDO_MINUTES,)
