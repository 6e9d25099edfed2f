"""Help for the import pages."""

from django.utils.translation import gettext_lazy as _

from guibin.core.manifest import HelpPage

HELP = (
    HelpPage(
        "integrations.list",
        _("Imports"),
        (
            _(
                "Every file that came in, with its result. Open one to see what became of each row, or to "
                "take it back."
            ),
        ),
    ),
    HelpPage(
        "integrations.start",
        _("Load a file"),
        (
            _(
                "Take the file as your till, shop system or spreadsheet exports it. There is no template "
                "to fill in."
            ),
            _(
                "The file is stored sealed and is deleted after 7 days. Nothing is written before your "
                "go-ahead."
            ),
        ),
        (
            _("Drop the file, or choose it."),
            _("Leave the kind to be recognised, or pick it."),
            _("Check the file."),
        ),
    ),
    HelpPage(
        "integrations.import",
        _("Map columns"),
        (
            _(
                "This step says what each column of your table is. Nothing is written yet, so feel free "
                "to change it."
            ),
            _(
                "Why no ID numbers? They are not needed to know a VIP. The law asks to collect only what "
                "is needed, so they are left out unless you choose otherwise."
            ),
            _(
                "Cancellations and negative lines become refunds. Where their purchase is found they "
                "point at it; where not, they count on their own date."
            ),
            _(
                "The same file twice, or two overlapping exports, change nothing: a line without a number "
                "is known by its order, its content and its count."
            ),
            _(
                "Rows with a problem can be put right here, cell by cell, or in their workbook, which you "
                "bring back on the same page."
            ),
            _(
                "Met twice: people the file repeats, and those you know already by phone, card or number. "
                "They are shown, not merged."
            ),
            _(
                "Something wrong? For 30 days every import can be taken back as a whole; what later "
                "records need is kept and listed."
            ),
        ),
        (
            _("Look at the columns marked for confirmation or with a problem."),
            _("Look at what the check-up found; what can be repaired has a button."),
            _("If the figures are plausible, go on to the dry run."),
        ),
    ),
)
