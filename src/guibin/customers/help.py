"""Help written for each page of this slice."""

from django.utils.translation import gettext_lazy as _

from guibin.core.manifest import HelpPage

ALL = (
    HelpPage(
        "customers.list",
        _("Customers"),
        (
            _("Everybody you know. Archived customers are hidden until you filter for them."),
            _(
                "Search by name, pinyin (zhangwei), initials (zw), the whole phone or its last four digits, "
                "e-mail, number or card. What you type never appears in the address of the page."
            ),
            _("Phones are masked. Whoever may see them whole gives a reason, and the look is recorded."),
        ),
        (
            _(
                "Narrow the list with the filters above it; "
                "they stay in the address, so you can bookmark them."
            ),
            _("Tick customers to tag them together."),
            _("The arrow pointing down exports exactly what is shown."),
        ),
    ),
    HelpPage(
        "customers.new",
        _("New customer"),
        (
            _("A name or one way to reach the person is enough. The number is given by itself."),
            _("Phones may be written any way you like; abroad they begin with + and the country."),
            _("A lunar birthday is kept as such and found on the right day each year."),
        ),
    ),
    HelpPage(
        "customers.edit",
        _("Edit a customer"),
        (
            _("Every change keeps the old value, sealed, with who made it and when."),
            _("If somebody else saved in the meantime you are told, and nothing is lost."),
            _("Archiving hides a customer and keeps everything; it can be taken back."),
        ),
    ),
    HelpPage(
        "customers.merge",
        _("Merge and take apart"),
        (
            _(
                "When two records are the same person, merging makes one page of them. "
                "Nothing is moved or lost."
            ),
            _("For each field in which they differ you say whose value stands; what is empty is filled in."),
            _("Different ID numbers are two people, and so are two you once took apart."),
        ),
        (
            _("Find the other one by name, pinyin, phone or number."),
            _("Keep the other one turns it round: its number stays, and the other goes into it."),
            _("Undo is in the bar that follows; later, Take apart is on the page, under Details, Identity."),
        ),
    ),
    HelpPage(
        "customers.tags",
        _("Tags"),
        (
            _(
                "Tags group customers the way you speak of them. "
                "Anybody who may edit customers can put one on."
            ),
            _("An archived tag disappears from lists and can be brought back with everyone who wore it."),
        ),
    ),
    HelpPage(
        "customers.attributes",
        _("Customer fields"),
        (
            _(
                "Add what your trade needs to know: sizes, styles, wishes. "
                "The field appears on every customer."
            ),
            _(
                "Values are stored encrypted, whatever the kind. A sensitive field is hidden until "
                "somebody gives a reason."
            ),
            _("The code is used in files and cannot change later; names, choices and order can."),
        ),
    ),
    HelpPage(
        "customers.requirement_types",
        _("Kinds of requirements"),
        (
            _("What customers ask for is noted on their page by kind: sizes, tastes, allergies, wishes."),
            _(
                "What is noted under a sensitive kind is hidden until somebody gives a reason, and the look "
                "is recorded."
            ),
            _("An archived kind disappears with what was noted, and can be brought back with all of it."),
        ),
    ),
    HelpPage(
        "customers.bulk_staff",
        _("Assign a member of staff"),
        (
            _("Several of the house may look after one customer; one of them is mainly responsible."),
            _("Whoever was mainly responsible before stays, beside the new one."),
            _("The filter My customers shows everybody you look after."),
        ),
    ),
    HelpPage(
        "customers.pairs",
        _("Possible duplicates"),
        (
            _(
                "Customers who may be one person, the surest first. What speaks for it is green, "
                "what speaks against it red; the points add up."
            ),
            _("Joining moves nothing and can be taken apart at any time. Never the same is remembered."),
            _("A phone given to somebody else never joins by itself: the evidence says so."),
        ),
        (
            _("Compare the two columns; open a name to see more."),
            _("Answer, or tick pairs nothing speaks against and decide them together."),
            _("Compare everybody once, to find those who were there before."),
        ),
    ),
    HelpPage(
        "customers.told_apart",
        _("Never the same"),
        (_("Pairs somebody told apart, by hand or by taking a merge apart. They are not brought up again."),),
    ),
    HelpPage(
        "customers.matching",
        _("Matching rules"),
        (
            _("For each key and source: join at once, ask somebody, or ignore."),
            _("A change holds for whoever comes from now on; compare everybody to apply it to all."),
        ),
    ),
)
