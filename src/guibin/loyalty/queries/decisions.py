"""Rules over a facts table: who is in, who is near, and what it would change. Nothing is written."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from guibin.loyalty.rules.columns import Frame, Outcome, Rows, column, evaluate_frame, measured_parts, prepare
from guibin.loyalty.rules.facts import FACTS
from guibin.loyalty.rules.receipts import make_receipt
from guibin.loyalty.rules.score import COLUMNS, ScoreFormula, fit_formula
from guibin.loyalty.rules.tree import Rules, used_facts
from guibin.loyalty.values import Decided, Member, level_view

Lists = Mapping[str, frozenset[int]]
READ = (
    {"customer_id", "number", "net_12m_minor", *COLUMNS.values()}
    | {fact.column for fact in FACTS.values()}
    | {fact.over for fact in FACTS.values()}
)


class Decider:
    """One set of rules over one facts table: columns decided at once, receipts made where asked."""

    def __init__(self, rules: Rules, facts: pa.Table, formula: ScoreFormula, lists: Lists) -> None:
        self.rules = rules
        self.facts = prepare(facts, rules)
        self.formula = fit_formula(formula, measured_parts(facts, formula))
        self.lists = lists
        self.ids, _ = column(facts, "customer_id")
        self.spend, _ = column(facts, "net_12m_minor")
        members = {code: np.isin(self.ids, list(ids)) for code, ids in lists.items()}
        self.frame = Frame(self.facts, self.formula, members)
        self.outcome: Outcome = evaluate_frame(rules, self.frame)
        self._used = used_facts(rules)

    def vips(self) -> Rows:
        """Row numbers of everybody with a level: highest rank, then highest spend, then id."""
        rows = np.flatnonzero(self.outcome.level >= 0)
        order = np.lexsort((self.ids[rows], -self.spend[rows], -self.outcome.level[rows]))
        return rows[order]

    def near(self, permille: int) -> Rows:
        """Row numbers of everybody just below the next line, nearest first."""
        close = (self.outcome.gap > 0) & (self.outcome.gap * 1000 <= permille)
        rows = np.flatnonzero(close)
        return rows[np.lexsort((self.ids[rows], self.outcome.gap[rows]))]

    def members(self, rows: Sequence[int] | Rows) -> list[Member]:
        """Receipts for these rows, in this order."""
        kept = [name for name in self.facts.column_names if name in READ]
        picked = self.facts.select(kept).take(pa.array(rows, pa.int64()))
        return [self._member(row) for row in picked.to_pylist()]

    def _member(self, row: dict[str, object]) -> Member:
        customer_id = int(str(row["customer_id"]))
        on = frozenset(code for code, ids in self.lists.items() if customer_id in ids)
        receipt = make_receipt(self.rules, self.formula, row, on, self._used)
        held, ahead = receipt.decision.level, receipt.decision.next_level
        return Member(
            customer_id=customer_id,
            number=str(row.get("number") or customer_id),
            level=level_view(self.rules.level(held)) if held else None,
            next_level=level_view(self.rules.level(ahead)) if ahead else None,
            spend_12m_minor=int(str(row.get("net_12m_minor") or 0)),
            receipt=receipt,
        )

    def stored(self, rows: Rows) -> list[dict[str, object]]:
        """What is kept of each row's receipt."""
        kept = self.frame.stored(self.rules, rows)
        if self.lists:
            for one, customer_id in zip(kept, self.ids[rows].tolist(), strict=True):
                on = sorted(code for code, ids in self.lists.items() if customer_id in ids)
                if on:
                    one["lists"] = on
        return kept

    def counts(self) -> dict[str, int]:
        """{level code: customers}, levels from the lowest up."""
        return {
            level.code: int(np.count_nonzero(self.outcome.level == at))
            for at, level in enumerate(self.rules.levels)
        }


def decide_table(
    *, rules: Rules, facts: pa.Table, formula: ScoreFormula, lists: Lists, near_permille: int
) -> Decided:
    """Everybody with a level, and everybody just below a line, each with a receipt."""
    decider = Decider(rules, facts, formula, lists)
    return Decided(
        rules=rules,
        customers=facts.num_rows,
        counts=decider.counts(),
        members=decider.members(decider.vips()),
        near=decider.members(decider.near(near_permille)),
    )
