"""All commands: those of the house first, then those of the slices in the order of their floors."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec

import click
from django.utils.translation import gettext_lazy as _

from guibin.config.cli import looking, running, setting_up
from guibin.config.slices import SLICES
from guibin.core.cli import Group, option, version_option

HELP = _(
    "Guibin, the open VIP customer platform.\n\n"
    "Exit status: 0 done, 1 refused (the reason is on standard error), 2 wrong usage, 3 nothing to do or "
    "nothing found, 4 the database cannot be used."
)
OURS = (
    setting_up.demo,
    setting_up.run,
    setting_up.setup,
    setting_up.migrate_command,
    running.serve,
    running.worker,
    looking.doctor,
    looking.shell,
    looking.django_command,
    looking.version,
)


class InOrder(Group):
    """Lists its commands in the order they were added."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@cache
def command_tree() -> Group:
    """The root command with everything under it. Modules of commands import what they do only when they
    do it, so this is quick and needs no Django set up."""

    @click.group("guibin", cls=InOrder, help=HELP)
    @version_option
    @option("--lang", help=_("Speak zh or en; GUIBIN_LANG and the terminal's LANG decide otherwise."))
    def root(lang: str | None) -> None:
        """``--lang`` has been taken out of the arguments before; it stands here to be documented."""

    for command in OURS:
        root.add_command(command)
    for name in SLICES:
        if find_spec(f"guibin.{name}.commands") is not None:
            for command in import_module(f"guibin.{name}.commands").COMMANDS:
                _add(root, command)
    return root


def _add(root: Group, command: click.Command) -> None:
    """Groups of one name are joined: a higher floor adds to what a lower one says, or says it better."""
    there = root.commands.get(command.name or "")
    if not (isinstance(there, click.Group) and isinstance(command, click.Group)):
        root.add_command(command)
        return
    for child in command.commands.values():
        there.add_command(child)
