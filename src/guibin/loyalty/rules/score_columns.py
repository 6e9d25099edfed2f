"""The loyalty score of whole columns: the same integers as score.py, row by row."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from guibin.loyalty.rules.score import PARTS, WHOLE, ScoreFormula

Ints = npt.NDArray[np.int64]


def compute_score_column(
    formula: ScoreFormula, columns: Mapping[str, tuple[Ints, npt.NDArray[np.bool_]]]
) -> Ints:
    """`compute_score_tenths` over columns: {part: (values, known)}; same integers, row by row."""
    rows = len(columns["recency"][0])
    total = np.zeros(rows, dtype=np.int64)
    for part in PARTS:
        values, known = columns[part]
        total += formula.weight(part) * np.where(known, _share_column(formula, part, values), 0)
    return total * 1000 // (formula.weight_total * WHOLE)


def _share_column(formula: ScoreFormula, part: str, values: Ints) -> Ints:
    full = formula.full_at[part]
    if part == "recency":
        empty = formula.recency_empty_days
        if empty <= full:
            return np.where(values <= full, WHOLE, 0).astype(np.int64)
        near = np.clip(values, full, empty)
        return (empty - near) * WHOLE // (empty - full)
    return np.clip(values, 0, max(1, full)) * WHOLE // max(1, full)
