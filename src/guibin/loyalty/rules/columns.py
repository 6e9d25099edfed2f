"""The same decisions over whole columns: an Arrow table of facts in, arrays out. Tested equal to plain.py."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from guibin.loyalty.rules.facts import FACTS, SCORE, Fact
from guibin.loyalty.rules.ground import PLACES
from guibin.loyalty.rules.plain import line_of
from guibin.loyalty.rules.score import COLUMNS, ScoreFormula
from guibin.loyalty.rules.score_columns import Ints, compute_score_column
from guibin.loyalty.rules.tree import EXCLUDE, All, AnyOf, Compare, Listed, Node, Rules, used_facts

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Members = Mapping[str, Bools]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Per customer, in the table's order: index of the level held (-1 none) and gap to the next one up."""

    level: npt.NDArray[np.int8]
    gap: Floats


def column(table: pa.Table, name: str) -> tuple[Ints, Bools]:
    """(values, known) of a whole-number column; a column the table lacks is unknown throughout."""
    if name not in table.column_names:
        return np.zeros(table.num_rows, dtype=np.int64), np.zeros(table.num_rows, dtype=np.bool_)
    array = table.column(name)
    if not pa.types.is_int64(array.type):
        array = pc.cast(array, pa.int64(), safe=False)
    known = pc.is_valid(array).to_numpy(zero_copy_only=False)
    values = pc.fill_null(array, 0).to_numpy(zero_copy_only=False)
    return values.astype(np.int64, copy=False), known.astype(np.bool_, copy=False)


def prepare(table: pa.Table, rules: Rules | None = None) -> pa.Table:
    """The facts table with the columns that facts lack and these rules (None: any) need."""
    used = set(FACTS) if rules is None else set(used_facts(rules))
    if "spend_top_12m" in used:
        table = _with_spend_rank(table)
    return _with_quietest_month(table) if "orders_month_min" in used else table


def _with_quietest_month(table: pa.Table) -> pa.Table:
    """The table with `orders_month_min`, the least of the twelve months' purchases."""
    if "orders_month_min" in table.column_names or "months_orders" not in table.column_names:
        return table
    months = table.column("months_orders").combine_chunks()
    least = [min(values) if values else 0 for values in months.to_pylist()]
    return table.append_column("orders_month_min", pa.array(least, pa.int64()))


def _with_spend_rank(table: pa.Table) -> pa.Table:
    """The table with `spend_top_permille`: a customer in the top 5 % by 12-month spend has 50 or less.

    Ranked among customers whose 12-month net spend is above zero (the rest have null); equal spend shares
    the better rank; rounded up, so that nobody enters a top share by rounding.
    """
    if "spend_top_permille" in table.column_names:
        return table
    spend, _ = column(table, "net_12m_minor")
    buyers = np.sort(spend[spend > 0])
    better = len(buyers) - np.searchsorted(buyers, spend, side="right")
    top = -((-(better + 1) * 1000) // max(1, len(buyers)))
    return table.append_column("spend_top_permille", pa.array(top, pa.int64(), mask=spend <= 0))


def find_spend_lines(spend: Ints) -> list[int | None]:
    """`Ground.spend_lines` of everybody's 12-month spend: where each of the thousand places begins."""
    buyers = np.sort(spend[spend > 0])
    counts = np.arange(1, PLACES + 1) * len(buyers) // PLACES
    return [int(buyers[-count]) if count else None for count in counts.tolist()]


def score_column(table: pa.Table, formula: ScoreFormula) -> Ints:
    """Loyalty score in tenths for every row of a facts table."""
    return compute_score_column(formula, {part: column(table, name) for part, name in COLUMNS.items()})


def measured_parts(table: pa.Table, formula: ScoreFormula) -> tuple[str, ...]:
    """Parts of the score that the shop really records, seen from everybody's facts (see `fit_formula`).

    Promotions: at least `measured_permille` of the window's purchases carry one; breadth: at least so many
    of its buyers have a category; any other part: somebody has something.
    """
    found = {part: column(table, name)[0] for part, name in COLUMNS.items()}
    bought = found["frequency"]
    of = {
        "promotions": (int(found["promotions"].sum()), int(bought.sum())),
        "breadth": (int(np.count_nonzero(found["breadth"] > 0)), int(np.count_nonzero(bought > 0))),
    }

    def is_measured(part: str) -> bool:
        some, whole = of.get(part, (1, 0))
        return bool(np.any(found[part] > 0)) and some * 1000 >= whole * formula.measured_permille

    return tuple(part for part in COLUMNS if is_measured(part))


def evaluate(rules: Rules, table: pa.Table, formula: ScoreFormula, members: Members | None = None) -> Outcome:
    """Decide every row. `members`: {list code: who is on it}, arrays in the table's order."""
    frame = Frame(table, formula, members or {})
    return evaluate_frame(rules, frame)


def evaluate_frame(rules: Rules, frame: "Frame") -> Outcome:
    """`evaluate` on columns already opened."""
    table = frame.table
    held = np.full(table.num_rows, -1, dtype=np.int8)
    gaps: list[Floats] = []
    for at, level in enumerate(rules.levels):
        met, gap = frame.walk(level.when)
        met &= ~frame.on_list(EXCLUDE)
        held[met] = at
        gaps.append(np.where(frame.on_list(EXCLUDE), 1.0, gap))
    gaps.append(np.ones(table.num_rows))
    ahead = np.choose(held.astype(np.int64) + 1, gaps)
    return Outcome(level=held, gap=ahead)


def _rows_of(columns: Mapping[str, tuple[Ints, Bools]], rows: Rows) -> list[dict[str, int | None]]:
    """The columns cut to `rows`, as one mapping per row; unknown values are None."""
    cut = []
    for values, known in columns.values():
        whole = values[rows].tolist()
        cut.append([value if is_known else None for value, is_known in zip(whole, known[rows], strict=True)])
    names = tuple(columns)
    if not names:
        return [{} for _ in rows]
    return [dict(zip(names, row, strict=True)) for row in zip(*cut, strict=True)]


class Frame:
    """Columns of one evaluation, each read once."""

    def __init__(self, table: pa.Table, formula: ScoreFormula, members: Members) -> None:
        self.table = table
        self.formula = formula
        self._members = members
        self._read: dict[str, tuple[Ints, Bools]] = {}

    def on_list(self, code: str) -> Bools:
        nobody = np.zeros(self.table.num_rows, dtype=np.bool_)
        return self._members.get(code, nobody)

    def fact(self, code: str) -> tuple[Ints, Bools]:
        if code not in self._read:
            self._read[code] = self._compute(FACTS[code])
        return self._read[code]

    def _compute(self, fact: Fact) -> tuple[Ints, Bools]:
        everybody = np.ones(self.table.num_rows, dtype=np.bool_)
        if fact.code == SCORE:
            return score_column(self.table, self.formula), everybody
        values, known = column(self.table, fact.column)
        if fact.over:
            whole, _ = column(self.table, fact.over)
            share = -((-values * 1000) // np.maximum(whole, 1))
            values = np.where(whole > 0, share, np.where(values > 0, 1000, 0))
            values = np.where(known, values, 0)
        return (values, everybody) if fact.unknown_is_zero else (values, known)

    def stored(self, rules: Rules, rows: Rows) -> list[dict[str, Any]]:
        """What a receipt keeps of each of these rows (`Receipt.stored`), lists left out."""
        used = used_facts(rules)
        kept = [{"inputs": inputs} for inputs in _rows_of({code: self.fact(code) for code in used}, rows)]
        if SCORE not in used:
            return kept
        parts = {
            part: column(self.table, name)
            for part, name in COLUMNS.items()
            if part not in self.formula.left_out
        }
        left_out = list(self.formula.left_out)
        scores = _rows_of(parts, rows)
        return [
            {**one, "score": score, "left_out": left_out} for one, score in zip(kept, scores, strict=True)
        ]

    def walk(self, node: Node) -> tuple[Bools, Floats]:
        """(met, gap) of a node for every row."""
        if isinstance(node, Listed):
            met = self.on_list(node.list) if node.inside else ~self.on_list(node.list)
            return met.copy(), np.where(met, 0.0, 1.0)
        if isinstance(node, Compare):
            return self._measure(node)
        parts = [self.walk(part) for part in node.of]
        mets, gaps = [met for met, _ in parts], [gap for _, gap in parts]
        if isinstance(node, All):
            return np.logical_and.reduce(mets), np.maximum.reduce(gaps)
        assert isinstance(node, AnyOf)
        return np.logical_or.reduce(mets), np.minimum.reduce(gaps)

    def _measure(self, leaf: Compare) -> tuple[Bools, Floats]:
        values, known = self.fact(leaf.fact)
        line = line_of(leaf)
        missing = np.maximum(0, line - values if leaf.grows else values - line)
        gap = np.where(known, np.minimum(1.0, missing / max(1, abs(line))), 1.0)
        return known & (missing == 0), gap
