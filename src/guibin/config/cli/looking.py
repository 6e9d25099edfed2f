"""doctor, shell, version: looking at an installation."""

import platform
from importlib.metadata import version as version_of

import click
from django.utils.translation import gettext_lazy as _

import guibin
from guibin.core.cli import Exit, command, json_option, option, print_json


@command(
    "doctor",
    needs_database=False,
    help=_(
        "Check this installation and say what to do.\n\n"
        "Exit status: 0 all well (advice may be given), 1 something must be mended, 4 no database."
    ),
)
@option("--sums", is_flag=True, help=_("Add up every order and line too; some seconds in a large shop."))
@json_option
def doctor(*, sums: bool, as_json: bool) -> Exit:
    from guibin.config import doctor as practice

    findings = practice.examine(sums=sums)
    if as_json:
        print_json(practice.as_json(findings))
    else:
        for finding in findings:
            click.echo(practice.line(finding))
    return practice.exit_status(findings)


@command("shell", help=_("Open a Python shell with the product's models at hand."))
def shell() -> None:
    from django.core.management import call_command

    call_command("shell")


@command(
    "django",
    hidden=True,
    help=_("Run a management command of Django, for development."),
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def django_command(*, words: tuple[str, ...]) -> None:
    from django.core.management import execute_from_command_line

    from guibin.config.lifeline import follow_lifeline

    follow_lifeline()
    execute_from_command_line(["guibin django", *words])


@command("version", needs_database=False, help=_("Print the versions of the product and what it stands on."))
@json_option
def version(*, as_json: bool) -> None:
    versions = {
        "guibin": guibin.__version__,
        "python": platform.python_version(),
        **{name: version_of(name) for name in ("django", "duckdb", "psycopg", "granian")},
    }
    if as_json:
        print_json(versions)
    else:
        click.echo("\n".join(f"{name} {number}" for name, number in versions.items()))
