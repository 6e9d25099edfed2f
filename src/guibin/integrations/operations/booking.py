"""The books of a run: every row under one outcome, every amount under one heading, exact."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from guibin.core.money import from_minor
from guibin.integrations.models import ImportRun
from guibin.integrations.operations.staging import STAGED, plain

IMPORTED = (
    "imported",
    "imported_anonymous",
    "refund_matched",
    "refund_unmatched",
    "refund_unfit",
    "refund_anonymous",
    "refund",
)
FORESEEN = ("payments", "orders_paid_otherwise", "parcels_without_customer")
"""Figures that the dry run says and the run counts itself."""
ZERO = Decimal(0)


def typed_outcomes(run: ImportRun) -> Mapping[str, int]:
    """The outcomes of the typed rows, before the dry run said what of them is here already."""
    found: Mapping[str, int] = run.figures.get("typed") or run.outcomes
    return found


class Books:
    """Works on ``run.outcomes`` and ``run.figures``; the caller saves the row."""

    def __init__(self, run: ImportRun) -> None:
        self.run = run

    def open(self) -> None:
        """Staged rows wait to be booked; what was turned down stays as it was counted."""
        figures = self.run.figures
        self.run.outcomes = dict(typed_outcomes(self.run))
        figures["staged"] = dict(self.run.outcomes)
        figures["sums"] = dict(figures.get("typed_sums") or figures.get("sums", {}))
        figures["staged_sums"] = dict(figures["sums"])
        for kind in STAGED:
            self.run.outcomes.pop(kind, None)
            figures.get("sums", {}).pop(kind, None)
        figures["imported_minor"] = 0
        for name in FORESEEN:
            figures.pop(name, None)

    def count(self, outcome: str, rows: int) -> None:
        if rows:
            self.run.outcomes[outcome] = self.run.outcomes.get(outcome, 0) + rows

    def move(self, outcome: str, other: str, rows: int) -> None:
        """Rows booked under ``outcome`` turn out to be ``other``."""
        rows = min(rows, self.run.outcomes.get(outcome, 0))
        if rows:
            self.run.outcomes[outcome] -= rows
            if not self.run.outcomes[outcome]:
                del self.run.outcomes[outcome]
            self.count(other, rows)

    def add_sum(self, outcome: str, amount: Decimal) -> None:
        """``amount`` exact, in major units."""
        if amount:
            sums = self.run.figures.setdefault("sums", {})
            sums[outcome] = plain(Decimal(sums.get(outcome, "0")) + amount)

    def add_minor(self, amount: int) -> None:
        """What was written, rounded as it is kept; refunds are negative."""
        self.run.figures["imported_minor"] = self.run.figures.get("imported_minor", 0) + amount

    def add_figure(self, name: str, count: int) -> None:
        if count:
            self.run.figures[name] = self.run.figures.get(name, 0) + count

    def close(self) -> None:
        """Draw up the reconciliation."""
        self.run.figures["reconciliation"] = reconcile(self.run.figures, self.run.currency)


def reconcile(figures: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """Source sum = imported sum + excluded sums - rounding difference, all exact decimal strings."""
    sums = {outcome: Decimal(amount) for outcome, amount in figures.get("sums", {}).items()}
    before = Decimal(figures.get("amount_before_exclusions", "0"))
    excluded = {outcome: amount for outcome, amount in sums.items() if outcome not in IMPORTED}
    imported = from_minor(int(figures.get("imported_minor", 0)), currency)
    exact = before - sum(excluded.values(), ZERO)
    return {
        "amount_before_exclusions": plain(before),
        "excluded": {outcome: plain(amount) for outcome, amount in sorted(excluded.items())},
        "amount_excluded": plain(sum(excluded.values(), ZERO)),
        "amount_exact": plain(exact),
        "rounding_difference": plain(imported - exact),
        "amount_imported": plain(imported),
        "currency": currency,
    }
