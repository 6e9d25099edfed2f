"""What the VIP pages add to console's manifest."""

from django.utils.translation import gettext_lazy as _

from guibin.core.manifest import HelpPage, Link, MenuEntry
from guibin.loyalty.permissions import EDIT_POLICIES, VIEW_POLICIES, VIEW_VIPS

LINKS = (
    Link("console.vips", "console-vips", _("VIPs"), VIEW_VIPS, "diamond", _("vip list why reasons level")),
    Link(
        "console.vips_near",
        "console-vips-near",
        _("Just below the line"),
        VIEW_VIPS,
        "stairs-up",
        _("near vip almost next level"),
    ),
    Link("console.vips_decide", "console-vips-decide", _("Decide again"), EDIT_POLICIES),
    Link(
        "console.policies",
        "console-policies",
        _("VIP policies"),
        VIEW_POLICIES,
        "scale",
        _("rules thresholds who is a vip"),
    ),
    Link(
        "console.policy_new", "console-policy-new", _("New VIP policy"), EDIT_POLICIES, "plus", _("new rule")
    ),
    Link("console.policy", "console-policy", _("VIP policy"), VIEW_POLICIES),
    Link("console.policy_edit", "console-policy-edit", _("Edit the VIP policy"), EDIT_POLICIES),
    Link("console.policy_activate", "console-policy-activate", _("Put in force"), EDIT_POLICIES),
    Link("console.policy_lists", "console-policy-lists", _("Lists of the policy"), EDIT_POLICIES),
    Link("console.policy_rules", "console-policy-rules", _("Rules"), EDIT_POLICIES),
    Link("console.policy_preview", "console-policy-preview", _("Preview"), EDIT_POLICIES),
)
MENU = (MenuEntry(1, 30, "diamond", _("VIPs"), "console.vips", VIEW_VIPS),)
HELP = (
    HelpPage(
        "console.vips",
        _("Who the VIPs are, and why"),
        (
            _("Each line says which level a customer has, why, and what the next level needs."),
            _(
                "VIPs are decided by the policy in force, on the facts of the day named under the title. "
                "Nobody is put here by hand, unless the policy has a list."
            ),
            _(
                "“Just below the line” lists those who miss at most a tenth of the next line. "
                "A small nudge is often enough."
            ),
        ),
        (
            _("Choose a level, or narrow by spend."),
            _("Open a name to see everything about the customer."),
            _("Export gives exactly what is shown."),
        ),
    ),
    HelpPage(
        "console.policies",
        _("VIP policies"),
        (
            _("A policy says what makes a VIP. One is in force at a time; others may wait or rest."),
            _(
                "Levels are asked from the highest down. Within a level every group must hold; "
                "within a group one condition is enough."
            ),
            _(
                "Saving makes a new version from a day on. What was decided before stays as it was, "
                "with the version it was decided by."
            ),
        ),
        (
            _("Choose a preset."),
            _("Change any number; the preview counts along."),
            _("Save, and put it in force when it is right."),
        ),
    ),
)
