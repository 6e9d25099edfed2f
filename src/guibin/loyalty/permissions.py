"""What staff may do with VIP policies and standing."""

from django.utils.translation import gettext_lazy as _

from guibin.core.permissions import Permission

VIEW_VIPS = Permission(
    "loyalty.view_vips", _("See VIPs"), _("See who the VIPs are, why, and who is just below the line.")
)
VIEW_POLICIES = Permission(
    "loyalty.view_policies", _("See VIP policies"), _("See the VIP policies and their versions.")
)
EDIT_POLICIES = Permission(
    "loyalty.edit_policies",
    _("Change VIP policies"),
    _("Write VIP policies, preview them and put them in force."),
)
EDIT_LISTS = Permission(
    "loyalty.edit_lists",
    _("Keep VIP lists"),
    _("Put customers on a policy's lists, or take them off: always in, or never."),
)
PERMISSIONS = (VIEW_VIPS, VIEW_POLICIES, EDIT_POLICIES, EDIT_LISTS)
