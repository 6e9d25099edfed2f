"""setup, migrate, run and demo: from nothing to a product that answers."""

import os
import sys

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guibin.config.cli import environment, running
from guibin.core.cli import command, json_option, option, print_json, say


@command(
    "setup",
    help=_(
        "Make everything the product needs: keys, database, tables, static files. Quick and harmless again."
    ),
)
@option(
    "--owner",
    default="",
    metavar="NAME",
    help=_("Also make the first account, with this sign-in name, and print its one-time link."),
)
@json_option
def setup(*, owner: str, as_json: bool) -> None:
    from guibin.config import install

    done = install.install(say)
    link = _invite_owner(owner) if owner else ""
    if as_json:
        print_json({**done.as_json(), **({"owner_link": link} if link else {})})
        return
    for step in done.next_steps:
        say(f"  {step}")
    if link:
        say(_("Open this behind the address, once, to choose the owner's password:"))
        say(f"  {link}")


def _invite_owner(name: str) -> str:
    """The path of a one-time link; a repeat before it is used gives a new one."""
    from guibin.accounts.api import invite_first_owner
    from guibin.core.clock import now

    return invite_first_owner(sign_in_name=name, display_name=name, at=now()).path


@command("migrate", help=_("Bring the tables up to date, as the role that owns them."))
@json_option
def migrate_command(*, as_json: bool) -> None:
    from guibin.config.migration import migrate

    applied = migrate()
    if as_json:
        print_json({"applied": applied})
    else:
        say(_("%(count)s migrations applied.") % {"count": applied})


@command("run", help=_("Set up and serve: open the address and begin with your own file."))
@running.host_option
@running.port_option
def run(*, host: str, port: int) -> None:
    from guibin.config import install

    running.check_free(host, port)
    install.install(say)
    running.serve_until_ended(host, port)


@command("demo", help=_("Set up, make a lifelike shop (once), and serve it."))
@running.host_option
@running.port_option
@option("--no-serve", is_flag=True, help=_("Only make the shop."))
@option(
    "--reset",
    is_flag=True,
    help=_("Begin anew: the demo shop as it is now is set aside in a folder, not deleted."),
)
def demo(*, host: str, port: int, no_serve: bool, reset: bool) -> None:
    from guibin.config import install
    from guibin.config.demo.diary import diary_path
    from guibin.config.demo.load import load_shop

    if not no_serve:
        running.check_free(host, port)
    if reset:
        _begin_anew()
    install.install(say)
    shop = load_shop(progress=say)
    if shop.made:
        hints = running.sign_in_lines([(one.role, one.name, one.password) for one in shop.sign_ins])
    else:
        names = {"names": ", ".join(one.name for one in shop.sign_ins), "file": diary_path()}
        hints = [gettext("    Sign in as %(names)s; the passwords are in %(file)s") % names]
    if no_serve:
        for line in hints:
            say(line)
    else:
        running.serve_until_ended(host, port, hints=hints)


def _begin_anew() -> None:
    """Set the demo shop aside, then start this command again: keys and passwords of the database are new."""
    from guibin.config.demo.anew import set_aside
    from guibin.core.clock import now

    ours = environment.use_database()
    if ours is not None:
        ours.release()  # else the server would run on for us
    aside = set_aside(home=environment.home(), embedded=ours is not None, at=now())
    words = _("The shop as it was lies in %(folder)s. Delete that folder when you no longer need it.")
    say(words % {"folder": aside})
    rest = [word for word in sys.argv[1:] if word != "--reset"]
    for name in ("DATABASE_URL", "GUIBIN_OWNER_URL", environment.EMBEDDED):
        os.environ.pop(name, None)
    os.execv(sys.executable, [sys.executable, "-m", "guibin", *rest])  # noqa: S606 - ourselves, as we were called
