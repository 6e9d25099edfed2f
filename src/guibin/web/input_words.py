"""Why a program's input was refused, in our words: pydantic says it in English only.

What was sent is never repeated: it may be personal.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from guibin.core.errors import Text

# Kind of pydantic error → sentence; ``%(name)s`` are what pydantic gives along.
WORDS: dict[str, Text] = {
    "missing": _("It is missing."),
    "extra_forbidden": _("This field is not known here."),
    "string_too_short": _("It has fewer than %(min_length)s characters."),
    "string_too_long": _("It has more than %(max_length)s characters."),
    "string_pattern_mismatch": _("It is not written as expected."),
    "too_short": _("It has fewer than %(min_length)s entries."),
    "too_long": _("It has more than %(max_length)s entries."),
    "greater_than": _("It has to be greater than %(gt)s."),
    "greater_than_equal": _("It has to be at least %(ge)s."),
    "less_than": _("It has to be less than %(lt)s."),
    "less_than_equal": _("It has to be at most %(le)s."),
    "decimal_max_digits": _("It has more than %(max_digits)s digits."),
    "decimal_max_places": _("It has more than %(decimal_places)s digits after the point."),
    "decimal_whole_digits": _("It has more than %(whole_digits)s digits before the point."),
    "finite_number": _("It has to be a finite number."),
    "literal_error": _("It has to be one of these: %(expected)s."),
    "enum": _("It has to be one of these: %(expected)s."),
    "json_invalid": _("It is not valid JSON."),
}
TEXT, WHOLE, NUMBER = _("It has to be text."), _("It has to be a whole number."), _("It has to be a number.")
YES_NO, LIST, OBJECT = (
    _("It has to be true or false."),
    _("It has to be a list."),
    _("It has to be an object."),
)
DAY = _("It has to be a day, written as 2026-03-31.")
INSTANT = _("It has to be a date and time with its zone, written as 2026-03-31T18:00:00+08:00.")
# Beginnings of kinds, tried in this order: there are many of each.
FAMILIES: tuple[tuple[str, Text], ...] = (
    ("string_", TEXT),
    ("int_", WHOLE),
    ("float_", NUMBER),
    ("decimal_", NUMBER),
    ("bool_", YES_NO),
    ("list_", LIST),
    ("tuple_", LIST),
    ("set_", LIST),
    ("dict_", OBJECT),
    ("model_", OBJECT),
    ("mapping_", OBJECT),
    ("datetime_", INSTANT),
    ("timezone_", INSTANT),
    ("date_", DAY),
)
OTHERWISE = _("It is not of the kind that belongs here.")


def place(steps: Sequence[str | int]) -> str:
    """Where it is wrong, dotted: ``body.lines.0.sku``. An operation's parameter that is itself called
    ``body`` or ``query`` is no step of the caller's."""
    own = steps[1:] if len(steps) > 1 and steps[0] == steps[1] else steps
    return ".".join(map(str, own))


def why(error: Mapping[str, Any]) -> str:
    """The sentence for one of pydantic's errors, in the active language."""
    kind, given = str(error["type"]), error.get("ctx") or {}
    words = WORDS.get(kind)
    if words is None:
        words = next((said for start, said in FAMILIES if kind.startswith(start)), OTHERWISE)
    places = {name: str(value).replace(" or ", ", ") for name, value in given.items()}
    try:
        return str(words) % places if "%(" in str(words) else str(words)
    except KeyError:
        return str(OTHERWISE)
