"""Help for each page of purchases."""

from django.utils.translation import gettext_lazy as _

from guibin.core.manifest import HelpPage

ALL = (
    HelpPage(
        "purchases.list",
        _("Purchases"),
        (
            _(
                "Every order that came in by file, by program or by hand. The sum above the list is of "
                "what the filters leave, before refunds; cancelled orders are not in it."
            ),
            _(
                "Totals are in each order's own currency; the sum is in the base currency, at the rate "
                "of the order's day."
            ),
        ),
        (
            _(
                "Narrow the list by day, store, channel or status. Every filter stays in the address, so "
                "you can send it to a colleague."
            ),
            _("Open an order to see its lines, payments, refunds and parcel."),
        ),
    ),
    HelpPage(
        "purchases.order",
        _("One order"),
        (
            _(
                "What was bought is never changed afterwards. Goods that come back are refunds, on their "
                "own day, and count against the customer from that day."
            ),
            _("An order nothing was refunded of can be cancelled: then it no longer counts at all."),
        ),
    ),
    HelpPage(
        "purchases.new",
        _("Record a purchase"),
        (
            _(
                "For sales that no till or shop reports. Leave the customer number empty when you do not "
                "know who bought."
            ),
            _("A product code that is not known yet becomes a product by itself."),
            _(
                "The discount on the whole order is spread over its lines in proportion, exact to the "
                "last cent."
            ),
        ),
    ),
    HelpPage(
        "purchases.refund",
        _("Refund"),
        (
            _(
                "Enter how many pieces of each line come back. The amount follows from what was paid; "
                "enter one only to give back something else."
            ),
            _("Quantity 0 with an amount gives money back without goods, for a price adjustment."),
            _(
                "Several refunds of one order never exceed what was bought, also when two people press "
                "the button at once."
            ),
        ),
        (
            _("Choose lines and a reason."),
            _("Check the preview."),
            _("Confirm. For a moment you can still take it back."),
        ),
    ),
    HelpPage(
        "purchases.products",
        _("Products"),
        (
            _(
                "Products come with files or appear by themselves when an order names a new code. Sales "
                "are before refunds, in the base currency."
            ),
        ),
    ),
    HelpPage(
        "purchases.product",
        _("One product"),
        (_("A new category counts for past sales too: reports by category follow it."),),
    ),
    HelpPage(
        "purchases.new_product",
        _("New product"),
        (
            _("Only the code is needed: it is what files and tills call the product."),
            _("With a unit cost, reports can tell profit from sales."),
        ),
    ),
    HelpPage(
        "purchases.categories",
        _("Categories and brands"),
        (
            _(
                "Categories may lie inside one another. Customers' favourite categories are counted by "
                "the category a product lies in."
            ),
        ),
    ),
    HelpPage(
        "purchases.channels",
        _("Sales channels"),
        (
            _(
                "How a purchase reached you. Words like 小程序 or website in a file are recognised; others "
                "become channels of your own."
            ),
        ),
    ),
    HelpPage(
        "purchases.rates",
        _("Currency rates"),
        (
            _(
                "A rate holds from its day until the next one. Orders already here keep the rate they "
                "were converted with."
            ),
            _("All thresholds, such as those of VIP policies, are numbers in the base currency."),
        ),
    ),
)
