"""What the customer page adds to console's manifest."""

from django.utils.translation import gettext_lazy as _

from guibin.console.profile.thresholds import SETTINGS
from guibin.core.manifest import HelpPage, Link
from guibin.customers.permissions import VIEW_CUSTOMER

__all__ = ["HELP", "LINKS", "QUICK", "SETTINGS"]

LINKS = (
    Link("customers.profile", "console-profile", _("Customer"), VIEW_CUSTOMER),
    Link("customers.profile_timeline", "console-profile-timeline", _("Timeline"), VIEW_CUSTOMER),
)
QUICK = ("guibin.console.profile.quick:PROFILE", "guibin.console.profile.quick_page:PAGE")
HELP = (
    HelpPage(
        "customers.profile",
        _("One customer"),
        (
            _("The first lines say who this is, what they are worth, and why they have their level."),
            _(
                "The bar shows how far it is to the next level; the dashed box is the receipt of the "
                "decision."
            ),
            _("Phone numbers are hidden. Showing one asks for a reason and is written down."),
        ),
        (
            _("Timeline: what happened, newest first; narrow it with the chips."),
            _("Insight: where the customer lies among all, and what to do."),
            _("Profile: contact points, own fields, tags, notes, and where each value came from."),
        ),
    ),
)
