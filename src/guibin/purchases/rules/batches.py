"""What a batch of imported lines means: which rows can be taken, what they amount to, which orders they form.

Pure and over columns. Nothing here depends on the order of the rows.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from guibin.purchases.rules.amounts import AMOUNT_MINOR_MAX, Integers, gross_minor_column
from guibin.purchases.rules.columns import Booleans, Coded, array, coded, decimals, integers, is_blank
from guibin.purchases.rules.frames import OUTCOME_CODES, REASON_CODES
from guibin.purchases.rules.keys import KEY_LENGTH_MAX, keys_column, labels_column
from guibin.purchases.rules.words import LINE_KINDS, ORDER_STATUSES

NULL_ID = np.iinfo(np.int64).max
"""Stands for a missing id in int64 columns: larger than any, so that a minimum prefers a real one."""

SKU_LENGTH_MAX = NUMBER_LENGTH_MAX = 80
LINE_ID_LENGTH_MAX = KEY_LENGTH_MAX - len("id:")

CREATED, UNCHANGED, CONFLICT, REFUSED, UPDATED = range(len(OUTCOME_CODES))
REASONS = {code: position for position, code in enumerate(REASON_CODES)}


@dataclass(slots=True)
class Verdict:
    """What becomes of each row: an outcome and a reason, as positions in the code lists."""

    outcome: NDArray[np.int8]
    reason: NDArray[np.int8]

    @classmethod
    def of(cls, count: int) -> "Verdict":
        return cls(np.zeros(count, dtype=np.int8), np.zeros(count, dtype=np.int8))

    def turn_down(self, where: Booleans, reason: str, outcome: int = REFUSED) -> None:
        """Rows in ``where`` that are still accepted get ``outcome`` for ``reason``."""
        hit = where & (self.outcome == CREATED)
        self.outcome[hit] = outcome
        self.reason[hit] = REASONS[reason]

    @property
    def accepted(self) -> Booleans:
        result: Booleans = self.outcome == CREATED
        return result


@dataclass(frozen=True, slots=True)
class Lines:
    """Columns of a batch, decoded once. ``kind`` is a position in ``LINE_KINDS``, or -1 when unknown."""

    numbers: Coded
    currency: Coded
    kind: Integers
    quantity: Integers
    price: Integers
    discount: Integers
    gross: Integers

    @property
    def amount(self) -> Integers:
        return self.gross - self.discount


def decode_lines(batch: pa.Table, *, product_kinds: Mapping[str, str], digits: Mapping[str, int]) -> Lines:
    """The numbers of a batch of ``ORDER_LINES`` whose currencies are all given; ``digits`` of each."""
    currency = coded(array(batch, "currency"))
    places = np.array([digits[value] for value in currency.values], dtype=np.int64)
    quantity, price = decimals(array(batch, "quantity")), decimals(array(batch, "unit_price"))
    return Lines(
        numbers=coded(array(batch, "order_number")),
        currency=currency,
        kind=_kinds(batch, product_kinds),
        quantity=quantity,
        price=price,
        discount=integers(array(batch, "discount_minor"), 0),
        gross=gross_minor_column(quantity, price, places[currency.codes]),
    )


def _kinds(batch: pa.Table, product_kinds: Mapping[str, str]) -> Integers:
    positions = {kind: place for place, kind in enumerate(LINE_KINDS)}
    given = coded(array(batch, "kind"))
    of_product = coded(array(batch, "sku")).mapped(
        {sku: positions[kind] for sku, kind in product_kinds.items()}, positions["goods"]
    )
    own = np.array([positions.get(value, -1) for value in given.values] + [0], dtype=np.int64)[given.codes]
    result: Integers = np.where(given.codes < 0, of_product, own)
    return result


def judge_lines(batch: pa.Table, lines: Lines) -> Verdict:
    """Refuse the rows that no order can hold, each with its first reason."""
    verdict = Verdict.of(batch.num_rows)
    is_discount = lines.kind == LINE_KINDS.index("discount")
    verdict.turn_down(lines.numbers.codes < 0, "number_missing")
    verdict.turn_down(_is_null(batch, "ordered_at") | _is_null(batch, "ordered_on"), "day_missing")
    verdict.turn_down(lines.kind < 0, "kind_unknown")
    verdict.turn_down(_unknown(coded(array(batch, "status")), ORDER_STATUSES), "status_unknown")
    verdict.turn_down(lines.quantity <= 0, "quantity_not_positive")
    verdict.turn_down((lines.price < 0) & ~is_discount, "price_negative")
    verdict.turn_down(np.abs(lines.gross) > AMOUNT_MINOR_MAX, "amount_too_large")
    verdict.turn_down((lines.discount < 0) | ((lines.amount < 0) & ~is_discount), "discount_too_large")
    too_long = _longer(batch, "order_number", NUMBER_LENGTH_MAX) | _longer(batch, "sku", SKU_LENGTH_MAX)
    verdict.turn_down(too_long | _longer(batch, "line_id", LINE_ID_LENGTH_MAX), "text_too_long")
    return verdict


def _is_null(batch: pa.Table, name: str) -> Booleans:
    result: Booleans = array(batch, name).is_null().to_numpy(zero_copy_only=False)
    return result


def _unknown(column: Coded, allowed: Sequence[str]) -> Booleans:
    bad = np.array([value not in allowed for value in column.values] + [False])
    result: Booleans = bad[column.codes]
    return result


def _longer(batch: pa.Table, name: str, most: int) -> Booleans:
    lengths = pc.fill_null(pc.utf8_length(array(batch, name)), 0).to_numpy(zero_copy_only=False)
    result: Booleans = lengths > most
    return result


@dataclass(frozen=True, slots=True)
class Orders:
    """The orders that the accepted rows of a batch form, by order code; text as codes (-1: not given)."""

    present: Integers
    customer: Integers
    store: Integers
    channel: Integers
    currency: Integers
    status: Integers
    at: Integers
    on: Integers
    promoted: Booleans


def group_orders(
    batch: pa.Table,
    lines: Lines,
    channel: Coded,
    status: Coded,
    verdict: Verdict,
    *,
    are_others: Callable[[Integers, Integers], Booleans] = np.not_equal,
) -> Orders:
    """What the lines of each order say together; lines that contradict the order turn to conflicts.

    The order is of the smallest customer id and currency code named, at the earliest instant. ``are_others``
    says where two columns of customer ids speak of two people.
    """
    customer = integers(array(batch, "customer_id"), NULL_ID)
    count = len(lines.numbers.values)

    def least(column: Integers, of: Booleans) -> Integers:
        found = np.full(count, NULL_ID, dtype=np.int64)
        np.minimum.at(found, lines.numbers.codes[of], column[of])
        return found

    taken = verdict.accepted
    owner, currency = least(customer, taken), least(lines.currency.codes, taken)
    safe = np.maximum(lines.numbers.codes, 0)
    theirs = np.where(customer == NULL_ID, customer, owner[safe])
    verdict.turn_down(are_others(customer, theirs), "customer_differs", CONFLICT)
    verdict.turn_down(lines.currency.codes != currency[safe], "currency_differs", CONFLICT)
    taken = verdict.accepted
    promoted = np.zeros(count, dtype=bool)
    promoted[lines.numbers.codes[taken & _promoted(batch, lines)]] = True
    return Orders(
        present=np.unique(lines.numbers.codes[taken]),
        customer=owner,
        store=least(integers(array(batch, "store_id"), NULL_ID), taken),
        channel=least(np.where(channel.codes < 0, NULL_ID, channel.codes), taken),
        currency=currency,
        status=least(np.where(status.codes < 0, NULL_ID, status.codes), taken),
        at=least(integers(array(batch, "ordered_at"), NULL_ID), taken),
        on=least(integers(array(batch, "ordered_on"), NULL_ID), taken),
        promoted=promoted,
    )


def _promoted(batch: pa.Table, lines: Lines) -> Booleans:
    said = array(batch, "promoted")
    discounted = (lines.discount > 0) | (lines.kind == LINE_KINDS.index("discount"))
    given = said.is_valid().to_numpy(zero_copy_only=False)
    true = pc.equal(said.cast(pa.int8()).fill_null(0), 1).to_numpy(zero_copy_only=False)
    result: Booleans = np.where(given, true, discounted)
    return result


def key_lines(batch: pa.Table, lines: Lines, verdict: Verdict) -> Any:
    """The key of every accepted row (an Arrow text array); rows that are not accepted get null.

    A source id that comes twice in one order is settled here: equal content counts once, other
    content is a conflict for all but the smallest.
    """
    taken = np.flatnonzero(verdict.accepted)
    part = batch.take(pa.array(taken))
    line_ids = array(part, "line_id")
    numbers = [column[taken] for column in (lines.quantity, lines.price, lines.discount)]
    labels = labels_column(array(part, "sku"), array(part, "description"))
    keys = keys_column(lines.numbers.codes[taken], labels, numbers, line_ids)
    if not np.all(is_blank(line_ids)):
        _settle_repeated(lines.numbers.codes[taken], keys, labels, numbers, taken, verdict)
    return spread(keys, taken, batch.num_rows)


def _settle_repeated(
    orders: Integers, keys: Any, labels: Any, numbers: Sequence[Integers], taken: Integers, verdict: Verdict
) -> None:
    groups = [orders, coded(keys).codes]
    content = [coded(labels).codes, *numbers]
    order = np.lexsort([*reversed(content), *reversed(groups)])
    same_key = np.zeros(len(order), dtype=bool)
    same_key[1:] = np.logical_and.reduce([group[order][1:] == group[order][:-1] for group in groups])
    heads = np.maximum.accumulate(np.where(same_key, 0, np.arange(len(order))))
    equal = np.logical_and.reduce([column[order] == column[order][heads] for column in content])
    verdict.outcome[taken[order[same_key & equal]]] = UNCHANGED
    differing = taken[order[same_key & ~equal]]
    verdict.outcome[differing] = CONFLICT
    verdict.reason[differing] = REASONS["content_differs"]


def spread(values: Any, taken: Integers, count: int) -> Any:
    """``values`` of the rows ``taken`` put back at their rows of ``count``, null elsewhere."""
    places = np.full(count, -1, dtype=np.int64)
    places[taken] = np.arange(len(taken))
    return values.take(pa.array(places, mask=places < 0))
