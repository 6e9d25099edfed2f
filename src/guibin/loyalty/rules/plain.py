"""One customer's decision in plain Python: the reference the columns are tested against."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from guibin.loyalty.rules.facts import FACTS, SCORE, read_fact
from guibin.loyalty.rules.score import ScoreFormula, compute_score_tenths, read_score_inputs
from guibin.loyalty.rules.tree import (
    BRANCHES,
    EXCLUDE,
    All,
    Compare,
    Leaf,
    Listed,
    Node,
    Op,
    Rules,
    used_facts,
)

Inputs = Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class ConditionResult:
    """One condition, decided. `missing`: how much of the fact is still needed (or too much), 0 when met;
    of an average it is the whole sum still to spend. None where nothing countable would help."""

    fact: str
    op: str
    value: int | None
    threshold: int
    met: bool
    missing: int | None
    list: str = ""


@dataclass(frozen=True, slots=True)
class LevelResult:
    """One level, decided: every condition, how far it is (0 met, 1 far), and what the shortest way needs."""

    level: str
    met: bool
    gap: float
    conditions: tuple[ConditionResult, ...]
    needs: tuple[ConditionResult, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """The level a customer has (None: none), the next one up, and every level's account."""

    level: str | None
    next_level: str | None
    gap: float
    excluded: bool
    levels: tuple[LevelResult, ...]

    def of(self, code: str | None) -> LevelResult | None:
        """The account of one level."""
        return next((result for result in self.levels if result.level == code), None)


def read_inputs(
    rules: Rules, formula: ScoreFormula, row: Mapping[str, object], used: Sequence[str] | None = None
) -> dict[str, int | None]:
    """{fact: value} of a fact row for every fact the rules use, the loyalty score computed.

    `used`: `used_facts(rules)`, for callers with many rows.
    """
    return {
        code: compute_score_tenths(formula, read_score_inputs(row))
        if code == SCORE
        else read_fact(FACTS[code], row)
        for code in (used_facts(rules) if used is None else used)
    }


def decide(rules: Rules, inputs: Inputs, lists: Set[str] = frozenset()) -> Decision:
    """Decide one customer from fact values and the codes of the lists they are on."""
    excluded = EXCLUDE in lists
    results = tuple(_decide_level(level.code, level.when, inputs, lists) for level in rules.levels)
    held = max((at for at, result in enumerate(results) if result.met), default=-1)
    ahead = results[held + 1] if held + 1 < len(results) else None
    return Decision(
        level=results[held].level if held >= 0 else None,
        next_level=ahead.level if ahead else None,
        gap=ahead.gap if ahead else 1.0,
        excluded=excluded,
        levels=results,
    )


def _decide_level(code: str, node: Node, inputs: Inputs, lists: Set[str]) -> LevelResult:
    conditions: list[ConditionResult] = []
    met, gap, needs = _walk(node, inputs, lists, conditions)
    if EXCLUDE in lists:
        met, gap, needs = False, 1.0, ()
    return LevelResult(code, met, gap, tuple(conditions), needs)


def _walk(
    node: Node, inputs: Inputs, lists: Set[str], seen: list[ConditionResult]
) -> tuple[bool, float, tuple[ConditionResult, ...]]:
    """(met, gap, needs) of a node; every condition under it is appended to `seen`."""
    if not isinstance(node, BRANCHES):
        result, gap = _decide_leaf(node, inputs, lists)
        seen.append(result)
        return result.met, gap, () if result.met else (result,)
    parts = [_walk(part, inputs, lists, seen) for part in node.of]
    if isinstance(node, All):
        needs = tuple(need for _, _, part_needs in parts for need in part_needs)
        return all(met for met, _, _ in parts), max(gap for _, gap, _ in parts), needs
    met = any(met for met, _, _ in parts)
    _, gap, needs = min(parts, key=lambda part: part[1])
    return met, gap, () if met else needs


def _decide_leaf(leaf: Leaf, inputs: Inputs, lists: Set[str]) -> tuple[ConditionResult, float]:
    if isinstance(leaf, Listed):
        met = (leaf.list in lists) is leaf.inside
        result = ConditionResult("", "in" if leaf.inside else "not_in", None, 1, met, None, leaf.list)
        return result, 0.0 if met else 1.0
    value = inputs.get(leaf.fact)
    met, missing, gap = _measure(leaf, value)
    return ConditionResult(leaf.fact, leaf.op.value, value, leaf.value, met, missing), gap


def line_of(leaf: Compare) -> int:
    """The smallest (or, for limits, largest) value that meets the condition, on the compared scale."""
    line = leaf.value * FACTS[leaf.fact].divisor
    return line + (1 if leaf.op is Op.GT else -1 if leaf.op is Op.LT else 0)


def _measure(leaf: Compare, value: int | None) -> tuple[bool, int | None, float]:
    """(met, missing, gap). The gap is the missing part of the line, at most 1."""
    if value is None:
        return False, None, 1.0
    line = line_of(leaf)
    missing = max(0, line - value if leaf.grows else value - line)
    return missing == 0, missing, min(1.0, missing / max(1, abs(line)))
