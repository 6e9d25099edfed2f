"""Help written for each page of this slice."""

from django.utils.translation import gettext_lazy as _

from guibin.core.manifest import HelpPage

ALL = (
    HelpPage(
        "accounts.me",
        _("My account"),
        (
            _("Choose your language and the look of the pages. Both follow you to every device."),
            _(
                "A new password ends all your other sessions. Use at least 12 characters; a short sentence "
                "is easy to keep."
            ),
        ),
    ),
    HelpPage(
        "accounts.staff",
        _("Staff"),
        (
            _("Everybody who signs in here has an own account. Sharing one would hide who did what."),
            _(
                "An invitation is a one-time link that you hand over yourself, by chat or on a phone. No "
                "mail is needed."
            ),
            _("Switching an account off ends its sessions at once and keeps everything that person did."),
        ),
        (
            _('Press "Invite somebody" and fill in name, sign-in name and role.'),
            _("Copy the link and hand it over. It works once."),
            _("Somebody forgot the password: open the account and make a new link."),
        ),
    ),
    HelpPage(
        "accounts.stores",
        _("Stores and departments"),
        (
            _(
                "Purchases belong to a store. A store that a file names appears here by itself; give it a "
                "clear name."
            ),
            _("A closed store keeps its history. Departments say who belongs where."),
        ),
    ),
    HelpPage(
        "accounts.organisation",
        _("The shop"),
        (
            _("All amounts are compared in one currency. Change it only before the first file is loaded."),
            _(
                'The zone decides when a business day begins. "Count up to" fixes the day all figures '
                "speak of."
            ),
        ),
    ),
    HelpPage(
        "accounts.numbers",
        _("Numbers of the rules"),
        (
            _(
                "Each number says what it decides and what its default is. A change counts from the next "
                "calculation on."
            ),
            _("Every change is kept in the log with who made it."),
        ),
    ),
    HelpPage(
        "accounts.roles",
        _("Roles"),
        (
            _(
                "A role is a list of things one may do. Give everybody the narrowest role that lets them "
                "work."
            ),
            _("Nobody can hand out a role that may do more than their own."),
        ),
    ),
    HelpPage(
        "accounts.keys",
        _("API keys"),
        (
            _(
                "A key is for one program and allows only what you tick. It never does more than its maker "
                "may do."
            ),
            _("Withdraw a key as soon as its program is gone or the key may have been seen by others."),
        ),
    ),
)
