"""The organisation's numbers: presets with them filled in, and the score's formula."""

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guibin.core import preferences
from guibin.core.composed import ReadPart
from guibin.core.errors import Text
from guibin.core.money import minor_digits
from guibin.loyalty import preferences as own
from guibin.loyalty.errors import PresetUnknown
from guibin.loyalty.rules.presets import CODES, NUMBERS, build_preset
from guibin.loyalty.rules.score import ScoreFormula
from guibin.loyalty.rules.tree import Rules
from guibin.loyalty.values import NumberView, Preset

SCORE_NUMBERS: tuple[preferences.Setting[Any], ...] = (
    *own.WEIGHTS.values(),
    *own.FULL_AT.values(),
    own.RECENCY_EMPTY,
    own.MEASURED_FROM,
)
WORDS: dict[str, tuple[Text, Text]] = {
    "cumulative": (
        gettext_lazy("Lifetime spend"),
        gettext_lazy("Everything a customer has ever spent. Simple to explain, and nobody drops out."),
    ),
    "annual": (
        gettext_lazy("12-month spend"),
        gettext_lazy("What a customer spent in the last 12 months. For large amounts and corporate buyers."),
    ),
    "monthly": (
        gettext_lazy("Monthly average"),
        gettext_lazy("The last 12 months divided by 12. For steady spenders."),
    ),
    "frequency": (
        gettext_lazy("How often"),
        gettext_lazy("Many purchases, or one in every month: loyal customers with small baskets."),
    ),
    "score": (
        gettext_lazy("Loyalty score"),
        gettext_lazy("A score of 0 to 100 over six habits of loyal customers."),
    ),
    "combined": (
        gettext_lazy("Combined"),
        gettext_lazy("Amount, frequency and loyalty score together, in four levels."),
    ),
    "tiers": (
        gettext_lazy("Silver, gold, diamond"),
        gettext_lazy("By place among all buyers of the last 12 months; diamond also asks for activity."),
    ),
}


def get_numbers() -> dict[str, float]:
    """{settings key: value} of every number of the presets."""
    values = preferences.get_many(*own.PRESET_NUMBERS)
    return {key: float(str(value)) for key, value in values.items()}


def get_formula() -> ScoreFormula:
    """The loyalty score's formula with the organisation's numbers. Parts are left out per facts table."""
    return _formula_of(preferences.get_many(*SCORE_NUMBERS))


def formula_part() -> ReadPart:
    """The formula's numbers and what the last evaluation left out, as part of a composed read."""
    stored = preferences.stored_part((*SCORE_NUMBERS, own.NEAR))
    return ReadPart(
        name="formula",
        sql=f"""
            SELECT s.changed, (SELECT n.left_out FROM loyalty_evaluationrun n ORDER BY n.id DESC LIMIT 1)
                   AS left_out
            FROM ({stored.sql}) s""",  # noqa: S608 - our own statement
        columns=("changed", "left_out"),
    )


@lru_cache(maxsize=16)
def read_formula(row: tuple[bytes | None, bytes | None]) -> ScoreFormula | None:
    """The formula that decided last, from the row of ``formula_part``; None while nobody was decided.

    Which parts a shop has no data for is seen from everybody's facts, never from one customer's.
    """
    changed, left_out = row
    if left_out is None:
        return None
    formula = _formula_of(preferences.read_stored(changed, SCORE_NUMBERS))
    return replace(formula, left_out=tuple(json.loads(left_out)))


@lru_cache(maxsize=16)
def read_near_permille(row: tuple[bytes | None, bytes | None]) -> int:
    """``get_near_permille`` from the row of ``formula_part``."""
    return round(float(preferences.read_stored(row[0], (own.NEAR,))[own.NEAR.key]) * 10)


def _formula_of(values: Mapping[str, object]) -> ScoreFormula:
    return ScoreFormula(
        weights={part: int(str(values[setting.key])) for part, setting in own.WEIGHTS.items()},
        full_at={part: int(str(values[setting.key])) for part, setting in own.FULL_AT.items()},
        recency_empty_days=int(str(values[own.RECENCY_EMPTY.key])),
        measured_permille=round(float(str(values[own.MEASURED_FROM.key])) * 10),
    )


def get_near_permille() -> int:
    """How far below a line counts as just below it."""
    return round(preferences.get(own.NEAR) * 10)


def get_preset_rules(code: str, currency: str, changed: dict[str, float] | None = None) -> Rules:
    """A preset's rules in `currency`, some numbers changed. Raises `PresetUnknown`."""
    if code not in CODES:
        raise PresetUnknown(preset=code, presets=", ".join(CODES))
    return build_preset(code, {**get_numbers(), **(changed or {})}, minor_digits(currency))


def list_presets(currency: str) -> tuple[Preset, ...]:
    """Every preset with the organisation's numbers, in the active language."""
    numbers = get_numbers()
    settings = {setting.key: setting for setting in own.PRESET_NUMBERS}
    return tuple(
        Preset(
            code=code,
            name=str(WORDS[code][0]),
            summary=str(WORDS[code][1]),
            numbers=tuple(
                NumberView(key, str(settings[key].label), str(settings[key].help), numbers[key])
                for key in NUMBERS[code]
            ),
            rules=build_preset(code, numbers, minor_digits(currency)),
        )
        for code in CODES
    )


def currency_warning(currency: str) -> str:
    """A sentence when the presets' numbers, meant for yuan, are read in another currency; else empty."""
    if currency == "CNY":
        return ""
    return _(
        "The presets' amounts were written for yuan; here they are read as %(currency)s. Check each number."
    ) % {"currency": currency}
