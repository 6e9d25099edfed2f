"""Command line: the sums behind orders and lists, checked and counted anew."""

from django.utils.translation import gettext_lazy as _

from guibin.core.cli import Exit, group, json_option, print_json, say
from guibin.core.errors import Text


@group("sums", help=_("The sums of orders, and the running sums behind the lists."))
def sums() -> None:
    pass


@sums.command(
    "rebuild",
    help=_(
        "Count sums anew where they differ from the orders and lines themselves.\n\n"
        "The shop may go on selling meanwhile. Exit status 3 when all sums were right."
    ),
)
@json_option
def rebuild(*, as_json: bool) -> Exit | None:
    from guibin.core import clock
    from guibin.core.permissions import SYSTEM
    from guibin.purchases import api

    mended = api.rebuild_sums(actor=SYSTEM, at=clock.now())
    if as_json:
        print_json({"orders": mended.orders, "running_sums": mended.tallies})
    if not (mended.orders or mended.tallies):
        well: Text = _("All sums are right.")
        say(well)
        return Exit.NOTHING
    say(
        _("Counted anew: orders %(orders)s, running sums %(tallies)s.")
        % {"orders": mended.orders, "tallies": mended.tallies}
    )
    return None


COMMANDS = (sums,)
