"""Receipts: the inputs of a decision, kept so that the decision can be made again from them alone.

Stored are only numbers and codes: {"inputs": {fact: value}, "lists": [code], "score": {part: input},
"left_out": [part], "cuts_on": day}. With the rules of the version it names, `reread` gives the whole decision
back.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from guibin.loyalty.rules.facts import SCORE
from guibin.loyalty.rules.plain import Decision, decide, read_inputs
from guibin.loyalty.rules.score import ScoreFormula, ScorePart, explain_score, read_score_inputs
from guibin.loyalty.rules.tree import Rules, used_facts


@dataclass(frozen=True, slots=True)
class Receipt:
    """A decision with everything that went into it. `score` is empty where the rules do not use it.

    `cuts_on`: the day (ISO) of the evaluation of everybody whose cut points a customer decided alone was
    measured by; empty where the decision needed none, or was one of everybody's.
    """

    decision: Decision
    inputs: Mapping[str, int | None]
    lists: tuple[str, ...]
    score: tuple[ScorePart, ...]
    left_out: tuple[str, ...]
    cuts_on: str = ""

    @property
    def gap_permille(self) -> int:
        """Missing part of the next level's line, 0 to 1000, rounded up."""
        return min(1000, -int(-self.decision.gap * 1000 // 1))

    def stored(self) -> dict[str, Any]:
        """JSON to keep: numbers and codes only."""
        kept: dict[str, Any] = {"inputs": dict(self.inputs)}
        if self.lists:
            kept["lists"] = list(self.lists)
        if self.score:
            kept["score"] = {part.part: part.input for part in self.score}
            kept["left_out"] = list(self.left_out)
        if self.cuts_on:
            kept["cuts_on"] = self.cuts_on
        return kept


def make_receipt(
    rules: Rules,
    formula: ScoreFormula,
    row: Mapping[str, object],
    lists: Set[str] = frozenset(),
    used: Sequence[str] | None = None,
) -> Receipt:
    """Decide one fact row and keep what the decision saw. `used`: `used_facts(rules)`, if at hand."""
    used = used_facts(rules) if used is None else used
    inputs = read_inputs(rules, formula, row, used)
    score = explain_score(formula, read_score_inputs(row)) if SCORE in used else ()
    return Receipt(
        decision=decide(rules, inputs, lists),
        inputs=inputs,
        lists=tuple(sorted(lists)),
        score=score,
        left_out=formula.left_out if score else (),
    )


def reread(rules: Rules, formula: ScoreFormula, stored: Mapping[str, Any]) -> Receipt:
    """The receipt back from what was stored; the decision is made anew from the stored inputs."""
    inputs: dict[str, int | None] = dict(stored["inputs"])
    lists = frozenset(stored.get("lists", ()))
    parts: Mapping[str, int | None] = stored.get("score", {})
    left_out = tuple(stored.get("left_out", ()))
    used = ScoreFormula(formula.weights, formula.full_at, formula.recency_empty_days, left_out)
    return Receipt(
        decision=decide(rules, inputs, lists),
        inputs=inputs,
        lists=tuple(sorted(lists)),
        score=explain_score(used, parts) if parts else (),
        left_out=left_out,
        cuts_on=stored.get("cuts_on", ""),
    )
