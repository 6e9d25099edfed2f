"""The loyalty score, 0 to 100: six weighted parts of 0 to 1. Published in docs/reference/loyalty-score.md.

All arithmetic is on integers: a part is in ten-thousandths, the score in tenths of a point, both rounded
down. So the same facts give the same score in plain Python, in columns, and on every machine.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from guibin.loyalty.rules.facts import read_int

WHOLE = 10_000
PARTS = ("recency", "frequency", "tenure", "regularity", "breadth", "promotions")
COLUMNS: Mapping[str, str] = {
    "recency": "recency_days",
    "frequency": "orders_12m",
    "tenure": "tenure_days",
    "regularity": "months_active_12m",
    "breadth": "categories_count_12m",
    "promotions": "promotions_12m",
}
NEVER_DAYS = 1_000_000


def _weights() -> dict[str, int]:
    return {"recency": 25, "frequency": 25, "tenure": 15, "regularity": 15, "breadth": 10, "promotions": 10}


def _full() -> dict[str, int]:
    return {
        "recency": 30,
        "frequency": 12,
        "tenure": 1095,
        "regularity": 12,
        "breadth": 5,
        "promotions": 4,
    }


@dataclass(frozen=True, slots=True)
class ScoreFormula:
    """Weights of the parts, the input at which each part is full (1), and when recency is empty (0).

    `left_out`: parts the shop does not really record (categories, promotions): less than
    `measured_permille` of its purchases, or buyers, have any. They are not counted against anybody: the
    other weights share the 100 points.
    """

    weights: Mapping[str, int] = field(default_factory=_weights)
    full_at: Mapping[str, int] = field(default_factory=_full)
    recency_empty_days: int = 365
    left_out: tuple[str, ...] = ()
    measured_permille: int = 10

    def weight(self, part: str) -> int:
        """The part's weight; 0 when it is left out."""
        return 0 if part in self.left_out else self.weights[part]

    @property
    def weight_total(self) -> int:
        """Sum of the weights that count, at least 1."""
        return max(1, sum(self.weight(part) for part in PARTS))


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One part of a score: what went in, its share in ten-thousandths, its weight, its points in tenths."""

    part: str
    input: int | None
    share: int
    weight: int
    points_tenths: int


def fit_formula(formula: ScoreFormula, measured: Sequence[str]) -> ScoreFormula:
    """The formula with breadth and promotions left out where the shop does not record them."""
    absent = tuple(part for part in ("breadth", "promotions") if part not in measured)
    return replace(formula, left_out=absent)


def compute_share(formula: ScoreFormula, part: str, value: int | None) -> int:
    """Share of one part in ten-thousandths, 0 to 10,000. No value (never bought) is 0."""
    if value is None:
        return 0
    full = formula.full_at[part]
    if part == "recency":
        empty = formula.recency_empty_days
        if empty <= full:
            return WHOLE if value <= full else 0
        return min(WHOLE, max(0, (empty - value) * WHOLE // (empty - full)))
    return min(WHOLE, max(0, value) * WHOLE // max(1, full))


def compute_score_tenths(formula: ScoreFormula, inputs: Mapping[str, int | None]) -> int:
    """The score in tenths of a point, 0 to 1000, from {part: input}."""
    total = sum(formula.weight(part) * compute_share(formula, part, inputs.get(part)) for part in PARTS)
    return total * 1000 // (formula.weight_total * WHOLE)


def read_score_inputs(row: Mapping[str, object]) -> dict[str, int | None]:
    """{part: input} of one fact row."""
    return {part: read_int(row, column) for part, column in COLUMNS.items()}


def explain_score(formula: ScoreFormula, inputs: Mapping[str, int | None]) -> tuple[ScorePart, ...]:
    """Every part that counts, with its input, share, weight and points (each rounded down on its own)."""
    return tuple(
        ScorePart(
            part=part,
            input=inputs.get(part),
            share=(share := compute_share(formula, part, inputs.get(part))),
            weight=formula.weight(part),
            points_tenths=formula.weight(part) * share * 1000 // (formula.weight_total * WHOLE),
        )
        for part in PARTS
        if part not in formula.left_out
    )
