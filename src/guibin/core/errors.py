"""The one error base: a stable code, a translatable sentence, an HTTP status, small data.

A slice names its errors for the wish that failed and subclasses one of the four families.
Anything that is not a ``DomainError`` is a bug and becomes a 500.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import ClassVar

from django.db import IntegrityError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class DomainError(Exception):
    """A refusal the user can understand. ``data`` fills the ``%(name)s`` places of ``message``."""

    code: ClassVar[str] = "core.error"
    message: ClassVar[Text] = _("That did not work.")
    status: ClassVar[int] = 400

    def __init__(self, **data: object) -> None:
        self.data = data
        super().__init__(self.code, data)

    @property
    def sentence(self) -> str:
        """The message in the active language, its places filled."""
        return str(self.message) % self.data if self.data else str(self.message)

    def __str__(self) -> str:
        return self.sentence


class NotFound(DomainError):
    code = "core.not_found"
    message = _("There is nothing here, or you may not see it.")
    status = 404


class Forbidden(DomainError):
    code = "core.forbidden"
    message = _("You do not have the permission to do this.")
    status = 403


class Invalid(DomainError):
    code = "core.invalid"
    message = _("Something in this input is not right.")
    status = 422


class Conflict(DomainError):
    code = "core.conflict"
    message = _("This has been changed in the meantime, or contradicts what is there.")
    status = 409


class WordUnknown(Invalid):
    """A word in the environment is none of those it may be."""

    code = "core.word_unknown"
    message = _("%(name)s=%(value)s: expected one of %(words)s.")


class FileUnreadable(Invalid):
    """A file that the environment names cannot be read."""

    code = "core.file_unreadable"
    message = _("%(name)s names the file %(path)s, which cannot be read (%(reason)s).")


@contextmanager
def constraint_errors(errors: Mapping[str, DomainError]) -> Iterator[None]:
    """Turn violations of named database constraints into domain errors.

    Raises the error mapped to the violated constraint; any other integrity error passes through,
    because it is a bug.
    """
    try:
        yield
    except IntegrityError as violation:
        cause = violation.__cause__
        diagnostics = getattr(cause, "diag", None)
        name = str(getattr(diagnostics, "constraint_name", ""))
        if name in errors:
            raise errors[name] from violation
        raise
