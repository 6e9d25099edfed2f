"""Help for each page of insight."""

from django.utils.translation import gettext_lazy as _

from guibin.core.manifest import HelpPage

HELP = (
    HelpPage(
        "insight.rfm",
        _("How RFM works"),
        (
            _("R is days since the last purchase, F the number of orders, M net spend after refunds."),
            _(
                "Each is scored from 1 to 5. Five equal parts means: the customers who bought in the "
                "period are cut at 20, 40, 60 and 80 %. Equal values always get the same score, so parts may "
                "differ in size."
            ),
            _(
                "A score of 4 or 5 counts as recent, often, much. That gives eight named groups, each with "
                "something to do."
            ),
            _("Customers without a purchase in the period have no cell; find them under Lifecycle stages."),
        ),
        (
            _("Click a group to outline its cells."),
            _("Click a cell or a number to see who it is."),
            _("Choose another day to see the report as it would have been then."),
        ),
    ),
    HelpPage(
        "insight.concentration",
        _("How to read the curve"),
        (
            _(
                "Customers are lined up from the one who spends most to the one who spends least. The curve "
                "says what share of sales the first so many bring; the dashed line is what it would be if "
                "everybody spent the same."
            ),
            _(
                "Profit needs the cost of what was sold. Customers with a purchase of unknown cost are left "
                "out of the profit curve, and the page says how much of sales that concerns."
            ),
        ),
    ),
    HelpPage(
        "insight.stages",
        _("How stages are decided"),
        (
            _(
                "The days come from your own customers: half of those who bought again came back within the "
                "days for new, three quarters within at risk, 90 % within dormant, 97 % within lost."
            ),
            _("Type your own days to replace them; 0 goes back to what the data propose."),
        ),
    ),
    HelpPage(
        "insight.behaviour",
        _("What is counted here"),
        (
            _("Buyers of the last twelve months, their orders and net spend after refunds."),
            _("Intervals are the days between purchase days; two orders on one day are one purchase day."),
        ),
    ),
    HelpPage(
        "insight.freshness",
        _("Where the figures come from"),
        (
            _(
                "Reports read a copy of orders, refunds, products and customers without names. A refresh "
                "copies what changed and counts again; the old figures stay until the new ones are whole."
            ),
            _("It runs every night, after each import, and when you press the button."),
        ),
    ),
    HelpPage(
        "insight.members",
        _("The customers behind a number"),
        (_("Exactly the customers that the number counts, most net spend first."),),
    ),
)
