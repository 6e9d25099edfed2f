"""The ``guibin`` command line: our own commands and those the slices declare."""

import sys
from collections.abc import Sequence

from guibin.core import cli
from guibin.core.errors import DomainError
from guibin.core.postgres import PostgresError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit status (see ``core.cli.Exit``)."""
    from guibin.config.cli import environment
    from guibin.config.cli.tree import command_tree

    language, rest = cli.language_from(sys.argv[1:] if arguments is None else arguments, environment.words())
    cli.speak(language)
    if environment.is_question(rest):
        environment.speak_only(language)
        return cli.run(command_tree(), rest, prepare=cli.refuse_to_run)
    try:
        environment.prepare(language)
    except (PostgresError, DomainError) as error:
        return environment.refuse(error, language, rest)
    return cli.run(command_tree(), rest, prepare=environment.use_database)
