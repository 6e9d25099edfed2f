"""What every command needs before it runs: addresses of the database, Django, and a running server."""

import atexit
import os
from collections.abc import Mapping, Sequence
from functools import cache
from gettext import gettext
from pathlib import Path

from guibin.config.catalogues import PACKAGE, compile_catalogues
from guibin.config.slices import SLICES
from guibin.core import cli
from guibin.core.cli import Exit
from guibin.core.errors import DomainError
from guibin.core.keyring import key_path
from guibin.core.postgres import Hold, PostgresError, check_server, default_home, embedded_urls, hold
from guibin.core.postgres.errors import UnsafeServer

SETTINGS = "guibin.config.settings"
EMBEDDED = "GUIBIN_EMBEDDED"


def words() -> Mapping[str, str]:
    return os.environ


def home() -> Path:
    return Path(os.environ["GUIBIN_HOME"])


QUESTIONS = {"--help", "--version"}


def is_question(words: Sequence[str]) -> bool:
    """Whether this command line only asks for words: help, or the version. ``guibin`` alone is one too."""
    asked = list(words)
    before = asked[: asked.index("--")] if "--" in asked else asked
    return not before or (before[0] != "django" and not QUESTIONS.isdisjoint(before))


def speak_only(language: str) -> None:
    """Our words in ``language`` and nothing else: no home, no keys, no database, no models."""
    from django.apps import apps
    from django.conf import settings
    from django.utils import translation

    _compile_catalogues()
    settings.configure(
        USE_I18N=True, LOCALE_PATHS=[PACKAGE / name / "locale" for name in ("config", *SLICES)]
    )
    apps.populate(())
    translation.activate(language)


_made: set[str] = set()


def keys_were_made() -> bool:
    """Whether ``prepare`` found no key file, so that this process made one."""
    return "keys" in _made


def prepare(language: str) -> None:
    """Name the database and set up Django; starts nothing. Raises a ``PostgresError`` or ``DomainError``."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    os.environ["GUIBIN_HOME"] = str(default_home().absolute())
    _compile_catalogues()
    if not os.environ.get("DATABASE_URL") and not os.environ.get("DATABASE_URL_FILE"):
        os.environ["DATABASE_URL"], os.environ["GUIBIN_OWNER_URL"] = embedded_urls(home())
        os.environ[EMBEDDED] = "1"
    if not key_path().exists():
        _made.add("keys")
    import django
    from django.utils import translation

    django.setup()
    translation.activate(language)


def _compile_catalogues() -> None:
    """In a source tree the catalogues may not be compiled yet; an installed package brings them along."""
    try:
        compile_catalogues()
    except PermissionError:
        return  # somebody else's tree: its owner compiles


def is_embedded() -> bool:
    """Whether we run the database ourselves (a child of ours inherits the answer)."""
    return bool(os.environ.get(EMBEDDED))


@cache
def use_database() -> Hold | None:
    """Start or join the embedded server, or check the given one; once per process.

    Raises a ``PostgresError`` when it cannot be used or is not safe to use.
    """
    if is_embedded():
        held = hold(home())
        atexit.register(held.release)
        return held
    from guibin.config import env

    found = check_server(env.text("DATABASE_URL"))
    if found:
        raise UnsafeServer(findings="; ".join(gettext(each.message) % each.data for each in found))
    return None


def refuse(error: PostgresError | DomainError, language: str, arguments: Sequence[str]) -> int:
    """Say why Django could not even be set up, in ``language``."""
    if isinstance(error, PostgresError):
        cli.refuse(arguments, error.code, error.sentence(gettext))
        return Exit.NO_DATABASE
    import django
    from django.conf import settings
    from django.utils import translation

    if not settings.configured:
        settings.configure(USE_I18N=True, LOCALE_PATHS=[PACKAGE / "core" / "locale"])
        django.setup()
    translation.activate(language)
    cli.refuse(arguments, error.code, error.sentence)
    return Exit.FAILED
