"""How much of a line may be taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from guibin.purchases.rules.amounts import divide_half_even
from guibin.purchases.rules.drafts import RefundDraft


@dataclass(frozen=True, slots=True)
class RefundableLine:
    """A line sold: how much of it, what was paid for it, what has been taken back already."""

    id: int
    quantity: Decimal
    amount_minor: int
    refunded_quantity: Decimal = Decimal(0)
    refunded_minor: int = 0

    @property
    def quantity_left(self) -> Decimal:
        return self.quantity - self.refunded_quantity

    @property
    def minor_left(self) -> int:
        return self.amount_minor - self.refunded_minor


@dataclass(frozen=True, slots=True)
class RefundPart:
    """What a refund takes back of one line."""

    line_id: int
    quantity: Decimal
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a refund is not possible: a code, and the line it is about (None: the whole)."""

    code: str
    line_id: int | None = None


def compute_refund_minor(line: RefundableLine, quantity: Decimal) -> int:
    """What ``quantity`` more units of ``line`` are worth: the difference of two rounded shares.

    Taking a line back piece by piece gives exactly what was paid, in any order of pieces.
    """
    if quantity >= line.quantity_left:
        return max(0, line.minor_left)
    after = _share(line, line.refunded_quantity + quantity)
    before = _share(line, line.refunded_quantity)
    return max(0, min(after - before, line.minor_left))


def _share(line: RefundableLine, quantity: Decimal) -> int:
    share = Fraction(quantity) * line.amount_minor / Fraction(line.quantity)
    return divide_half_even(share.numerator, share.denominator)


def decide_refund(
    lines: Mapping[int, RefundableLine], drafts: Sequence[RefundDraft]
) -> list[RefundPart] | Refusal:
    """The parts a refund consists of, or why it cannot be."""
    if not drafts:
        return Refusal("nothing")
    if len({draft.line_id for draft in drafts}) != len(drafts):
        return Refusal("line_twice")
    parts = []
    for draft in drafts:
        line = lines.get(draft.line_id)
        if line is None:
            return Refusal("line_unknown", draft.line_id)
        part = _decide_part(line, draft)
        if isinstance(part, Refusal):
            return part
        parts.append(part)
    return parts


def _decide_part(line: RefundableLine, draft: RefundDraft) -> RefundPart | Refusal:
    if draft.quantity < 0 or (draft.amount_minor is not None and draft.amount_minor < 0):
        return Refusal("negative", line.id)
    if draft.quantity == 0 and not draft.amount_minor:
        return Refusal("nothing", line.id)
    if draft.quantity > line.quantity_left:
        return Refusal("too_many", line.id)
    amount = compute_refund_minor(line, draft.quantity) if draft.amount_minor is None else draft.amount_minor
    if amount > max(0, line.minor_left):
        return Refusal("too_much", line.id)
    return RefundPart(line.id, draft.quantity, amount)
