"""What the front pages add to console's manifest."""

from django.utils.translation import gettext_lazy as _

from guibin.console.permissions import VIEW_HOME
from guibin.core.manifest import HelpPage, Link, MenuEntry

LINKS = (
    Link("console.home", "console-home", _("Today"), VIEW_HOME, "sun", _("home start work")),
    Link("console.search", "console-search", _("Search"), VIEW_HOME),
    Link("console.results", "console-results", _("Search results"), VIEW_HOME, "search", _("find")),
    Link("console.settings", "console-settings", _("Settings"), VIEW_HOME, "settings", _("set up change")),
    Link(
        "console.welcome",
        "console-welcome",
        _("Guided first run"),
        None,
        "flag",
        _("set-up begin start"),
    ),
)
MENU = (
    MenuEntry(1, 0, "sun", _("Today"), "console.home", VIEW_HOME),
    MenuEntry(3, 90, "settings", _("Settings"), "console.settings", VIEW_HOME),
)
HELP = (
    HelpPage(
        "console.home",
        _("Today"),
        (
            _(
                "On the left is what waits for you; each line has one button. What nobody has to act on is "
                "not here."
            ),
            _("On the right are the few numbers of your role. Each opens the list behind it."),
            _(
                "“Just below” are customers who need little for the next level; “fading” are good ones who "
                "stay away."
            ),
        ),
        (
            _("Start at the top: imports that wait and figures that are old."),
            _("Then open the people, and note what you agreed with them."),
        ),
    ),
    HelpPage(
        "console.results",
        _("Search"),
        (
            _(
                "Customers are found by name, pinyin, initials, the whole phone or its last four digits, "
                "number, or an id."
            ),
            _("What you type is never part of an address and is not kept."),
        ),
    ),
    HelpPage(
        "console.settings",
        _("Settings"),
        (_("Everything that is set up once and changed seldom. You see the pages your role may open."),),
    ),
)
