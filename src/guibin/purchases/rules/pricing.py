"""What the lines of one order amount to, with a discount on the whole order spread over them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from guibin.purchases.rules.amounts import AMOUNT_MINOR_MAX, allocate, compute_gross_minor
from guibin.purchases.rules.drafts import LineDraft
from guibin.purchases.rules.keys import line_key
from guibin.purchases.rules.words import LINE_KINDS


class PriceRefused(Exception):
    """An order that cannot be: ``code`` is empty, line, precision, discount, amount or kind."""

    def __init__(self, code: str, position: int = 0, word: str = "") -> None:
        super().__init__(code, position, word)
        self.code, self.position, self.word = code, position, word


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line with everything computed, ready to be written."""

    key: str
    sku: str
    description: str
    kind: str
    quantity: Decimal
    unit_price: Decimal
    gross_minor: int
    discount_minor: int
    amount_base_minor: int
    unit_cost: Decimal | None
    cost_base_minor: int | None

    @property
    def amount_minor(self) -> int:
        return self.gross_minor - self.discount_minor


def price_lines(
    drafts: Sequence[LineDraft],
    product_kinds: Mapping[str, str],
    order_discount_minor: int,
    digits: int,
    to_base: Callable[[int], int],
) -> list[PricedLine]:
    """The lines in the order given; ``to_base`` converts minor units at the order's rate.

    Raises ``PriceRefused``.
    """
    if not drafts:
        raise PriceRefused("empty")
    kinds = [draft.kind or product_kinds.get(draft.sku.strip(), "goods") for draft in drafts]
    grosses = [
        _gross(draft, kind, place, digits)
        for place, (draft, kind) in enumerate(zip(drafts, kinds, strict=True), 1)
    ]
    left = [max(0, gross - draft.discount_minor) for gross, draft in zip(grosses, drafts, strict=True)]
    if order_discount_minor < 0 or order_discount_minor > sum(left):
        raise PriceRefused("discount")
    shares = allocate(order_discount_minor, left) if order_discount_minor else [0] * len(left)
    priced = []
    for place, (draft, kind, gross, share) in enumerate(zip(drafts, kinds, grosses, shares, strict=True), 1):
        discount = draft.discount_minor + share
        cost = (
            None if draft.unit_cost is None else compute_gross_minor(draft.quantity, draft.unit_cost, digits)
        )
        priced.append(
            PricedLine(
                key=line_key(f"n{place}", (), 1, draft.line_id),
                sku=draft.sku.strip(),
                description=draft.description.strip(),
                kind=kind,
                quantity=draft.quantity,
                unit_price=draft.unit_price,
                gross_minor=gross,
                discount_minor=discount,
                amount_base_minor=to_base(gross - discount),
                unit_cost=draft.unit_cost,
                cost_base_minor=None if cost is None else to_base(cost),
            )
        )
    return priced


def _gross(draft: LineDraft, kind: str, place: int, digits: int) -> int:
    if kind not in LINE_KINDS:
        raise PriceRefused("kind", place, kind)
    cost_negative = draft.unit_cost is not None and draft.unit_cost < 0
    if (
        draft.quantity <= 0
        or (draft.unit_price < 0 and kind != "discount")
        or draft.discount_minor < 0
        or cost_negative
    ):
        raise PriceRefused("line", place)
    try:
        gross = compute_gross_minor(draft.quantity, draft.unit_price, digits)
    except ValueError as error:
        raise PriceRefused("precision", place) from error
    if abs(gross) > AMOUNT_MINOR_MAX:
        raise PriceRefused("amount")
    if draft.discount_minor > max(gross, 0):
        raise PriceRefused("discount")
    return gross
