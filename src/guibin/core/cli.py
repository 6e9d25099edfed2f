"""The command line's grammar: click commands whose help is a lazy message, exit codes with a meaning.

A slice writes its commands in ``commands.py`` and names them in its manifest::

    @command("refresh", help=_("Count everything anew."))
    @option("--as-of", help=_("..."))
    @json_option
    def refresh(as_of: date | None, as_json: bool) -> Exit | None: ...

``print_json`` is the only thing that writes to stdout under ``--json``; ``say`` speaks on stderr.
A command that returns None is done; it may return another ``Exit``. One that is refused raises its
``DomainError``: ``run`` says the sentence and, under ``--json``, prints one object with ``error``.
"""

import gettext
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from datetime import date, datetime
from enum import IntEnum
from pathlib import Path
from typing import Any

import click
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

import guibin
from guibin.core.errors import DomainError, NotFound, Text
from guibin.core.postgres.errors import PostgresError, gettext_noop

LANGUAGES = {"zh": "zh-hans", "en": "en"}
WIDTH_MAX = 100

# Click's own words, which it looks up in the catalogue that ``speak`` names.
CLICK_WORDS = (
    gettext_noop("Usage:"),
    gettext_noop("Options"),
    gettext_noop("Commands"),
    gettext_noop("Positional arguments"),
    gettext_noop("Show this message and exit."),
    gettext_noop("Error: {message}"),
    gettext_noop("Try '{command} {option}' for help."),
    gettext_noop("Missing command."),
    gettext_noop("Missing argument"),
    gettext_noop("Missing option"),
    gettext_noop("Invalid value: {message}"),
    gettext_noop("Invalid value for {param_hint}: {message}"),
    gettext_noop("No such option {name!r}."),
    gettext_noop("No such command {name!r}."),
    gettext_noop("{value!r} is not a valid {number_type}."),
    gettext_noop("{name} {filename!r} does not exist."),
    gettext_noop("{name} {filename!r} is a directory."),
    gettext_noop("{name} {filename!r} is not readable."),
    gettext_noop("file"),
    gettext_noop("path"),
    gettext_noop("required"),
    gettext_noop("default: {default}"),
    gettext_noop("env var: {var}"),
    gettext_noop("Aborted!"),
    gettext_noop("{value} is not in the range {range}."),
    ngettext_lazy("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
    ngettext_lazy("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
    ngettext_lazy("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
)
Function = Callable[..., Any]


class Exit(IntEnum):
    """What the exit status says."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NOTHING = 3
    NO_DATABASE = 4


class _Worded:
    """``help`` kept as the lazy message it is, and read in the language spoken when it is shown."""

    _words: Text | None = None

    @property
    def help(self) -> str | None:
        return None if self._words is None else str(self._words)

    @help.setter
    def help(self, words: Text | None) -> None:
        self._words = words


class Option(_Worded, click.Option):
    def __init__(self, *arguments: Any, help: Text | None = None, **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.help = help


class Argument(_Worded, click.Argument):
    def __init__(self, *arguments: Any, help: Text | None = None, **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.help = help


class Command(_Worded, click.Command):
    """``needs_database`` (the default) has the database started or checked before the command runs."""

    def __init__(
        self,
        *arguments: Any,
        help: Text | None = None,
        needs_database: bool = True,
        **attributes: Any,
    ) -> None:
        super().__init__(*arguments, **attributes)
        self.help = help
        self.needs_database = needs_database

    def invoke(self, ctx: click.Context) -> Any:
        prepare = ctx.find_root().obj
        if self.needs_database and callable(prepare):
            prepare()
        return super().invoke(ctx)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _localised(super().get_help_option(ctx))

    def get_short_help_str(self, limit: int = 45) -> str:
        return _first_sentence(self.help)


class Group(_Worded, click.Group):
    command_class = Command
    group_class = type

    def __init__(self, *arguments: Any, help: Text | None = None, **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.help = help

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _localised(super().get_help_option(ctx))

    def get_short_help_str(self, limit: int = 45) -> str:
        return _first_sentence(self.help)


def _localised(option: click.Option | None) -> click.Option | None:
    """The help option itself, in the language spoken now (click fixes it at import)."""
    if option is not None:
        option.help = gettext.gettext("Show this message and exit.")
    return option


def _first_sentence(text: str | None) -> str:
    """A command's line in a list: the first paragraph of its help, unshortened."""
    return " ".join((text or "").strip().partition("\n\n")[0].split())


def command(name: str | None = None, *, help: Text, **attributes: Any) -> Callable[[Function], Command]:
    """Like ``click.command``, its help a lazy message."""
    return click.command(name, cls=Command, help=help, **attributes)


def group(name: str | None = None, *, help: Text, **attributes: Any) -> Callable[[Function], Group]:
    """Like ``click.group``; ``@that_group.command("x", help=_("..."))`` adds to it."""
    return click.group(name, cls=Group, help=help, **attributes)


def option(*names: str, help: Text, **attributes: Any) -> Callable[[Function], Function]:
    """Like ``click.option``, its help a lazy message."""
    return click.option(*names, cls=Option, help=help, **attributes)


def argument(*names: str, help: Text | None = None, **attributes: Any) -> Callable[[Function], Function]:
    """Like ``click.argument``, its help a lazy message."""
    return click.argument(*names, cls=Argument, help=help, **attributes)


class _Day(click.ParamType[date]):
    """A day as YYYY-MM-DD."""

    name = "yyyy-mm-dd"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(
                str(_("%(value)s is not a day; write it like 2025-12-31.") % {"value": value}), param, ctx
            )


DAY = _Day()


def json_option(function: Function) -> Function:
    """``--json``, handed over as ``as_json``: one JSON object on stdout and nothing else there."""
    return option("--json", "as_json", is_flag=True, help=_("Print one JSON object for programs to read."))(
        function
    )


def version_option(function: Function) -> Function:
    """``--version``: the product's version and nothing else."""

    def show(context: click.Context, _option: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click's shape
        if wanted:
            click.echo(f"guibin {guibin.__version__}")
            context.exit()

    words = _("Print the version.")
    return option("--version", is_flag=True, is_eager=True, expose_value=False, callback=show, help=words)(
        function
    )


def as_of_option(function: Function) -> Function:
    """``--as-of DAY``, handed over as ``as_of: date | None``; None means the shop's day: the one fixed at
    set-up or in the settings, else today."""
    words = _("Count up to and including this day; left out, the day fixed in the settings, else today.")
    return option("--as-of", type=DAY, help=words)(function)


def print_json(value: Mapping[str, object]) -> None:
    """One JSON object on stdout: dates as ISO text, no ASCII escapes."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=_plain) + "\n")
    sys.stdout.flush()


Known = Callable[[], Mapping[str, object]]
_known: ContextVar[Known | None] = ContextVar("known", default=None)


def answer_so_far(known: Known) -> None:
    """Should this command be refused from now on, ``known()`` is part of its JSON, beside ``error``."""
    _known.set(known)


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether a command line asks for JSON, read before any command is."""
    words = list(arguments)
    return "--json" in (words[: words.index("--")] if "--" in words else words)


def refuse(arguments: Sequence[str], code: str, sentence: Text) -> None:
    """The sentence on stderr; under ``--json`` also one object on stdout, with what is known by now."""
    say(sentence)
    _print_refusal(arguments, code, sentence)


def _print_refusal(arguments: Sequence[str], code: str, sentence: Text) -> None:
    if wants_json(arguments):
        print_json({**_read_known(), "error": {"code": code, "message": str(sentence)}})


def _read_known() -> Mapping[str, object]:
    known = _known.get()
    try:
        return known() if known else {}
    except DomainError:
        return {}
    except _database_errors():
        return {}  # what stopped the command also keeps us from reading


def _plain(value: object) -> object:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)


def say(text: Text) -> None:
    """A line for the person at the terminal, on stderr."""
    click.echo(str(text), err=True)


def language_from(arguments: Sequence[str], environment: Mapping[str, str]) -> tuple[str, list[str]]:
    """The language to speak ("zh-hans" or "en") and the arguments without ``--lang``.

    Order: ``--lang``, ``GUIBIN_LANG``, then the terminal's LC_ALL, LC_MESSAGES, LANG; English otherwise.
    """
    rest: list[str] = []
    asked = ""
    words = iter(arguments)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word == "--lang":
            asked = next(words, "")
        elif word.startswith("--lang="):
            asked = word.partition("=")[2]
        else:
            rest.append(word)
    names = (environment.get(name, "") for name in ("GUIBIN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"))
    wanted = asked or next((name for name in names if name), "")
    return LANGUAGES.get(wanted[:2].lower(), "en"), rest


def speak(language: str) -> None:
    """Make click's own words, and ours from before Django is up, come out in ``language``."""
    os.environ["LANGUAGE"] = "zh_Hans" if language == "zh-hans" else "en"
    gettext.bindtextdomain("django", str(Path(__file__).parent / "locale"))
    gettext.textdomain("django")


def run(root: click.Group, arguments: Sequence[str], *, prepare: Callable[[], object] | None = None) -> int:
    """Run one command line; every refusal is one sentence on stderr and an ``Exit``;
    under ``--json`` also an object on stdout.

    ``prepare`` is called before a command that needs the database.
    """
    _known.set(None)
    try:
        result = root.main(list(arguments), prog_name="guibin", standalone_mode=False, obj=prepare)
    except click.ClickException as error:
        error.show()
        _print_refusal(arguments, "core.usage", error.format_message())
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        refuse(arguments, "core.aborted", gettext.gettext("Aborted!"))
        return Exit.FAILED
    except PostgresError as error:
        refuse(arguments, error.code, error.sentence(gettext.gettext))
        return Exit.NO_DATABASE
    except DomainError as error:
        refuse(arguments, error.code, error.sentence)
        return Exit.NOTHING if isinstance(error, NotFound) else Exit.FAILED
    except BrokenPipeError:
        return _pipe_closed()
    except _database_errors() as error:
        words = _("The database cannot be reached: %(reason)s")
        refuse(arguments, "core.no_database", words % {"reason": str(error).strip().splitlines()[0]})
        return Exit.NO_DATABASE
    return result if isinstance(result, int) else Exit.DONE


def refuse_to_run() -> None:
    """``prepare`` where only help was asked for: an option took ``--help`` for its value."""
    raise click.UsageError(gettext.gettext("Missing command."))


def _database_errors() -> tuple[type[Exception], ...]:
    from django.db import OperationalError
    from psycopg import OperationalError as DriverError

    return OperationalError, DriverError


def _pipe_closed() -> int:
    """The reader of our output went away (``| head``): no traceback, and none at shutdown either."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return Exit.FAILED
