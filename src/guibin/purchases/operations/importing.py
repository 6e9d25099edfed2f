"""Bulk import of order lines: decided over columns, written by COPY, one event per order.

The same batch again, or an overlapping one, changes nothing: orders are known by source and number,
lines by their key within the order. The batch's orders are new or already here; new lines of
both kinds are appended by one COPY, and orders that grew have their sums counted again.
"""

import functools
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction

from guibin.core.events import Origin
from guibin.core.money import minor_digits
from guibin.core.permissions import Actor
from guibin.purchases.errors import CurrencyInvalid, RateMissing, ShapeInvalid
from guibin.purchases.operations.copying import (
    constant,
    copy_in,
    copy_out,
    execute,
    fetch,
    lock_source,
    take_ids,
)
from guibin.purchases.operations.ensuring import create_missing, ensure_channels
from guibin.purchases.operations.telling import Telling, tell_of_extended, tell_of_orders
from guibin.purchases.operations.totals import lock_orders, recount_orders
from guibin.purchases.queries.catalogue import find_products
from guibin.purchases.queries.persons import are_others
from guibin.purchases.queries.rates import base_currency, rates_of
from guibin.purchases.rules.amounts import Integers, base_minor_column, gross_minor_column
from guibin.purchases.rules.batches import (
    CONFLICT,
    CREATED,
    NULL_ID,
    REASONS,
    REFUSED,
    UNCHANGED,
    Lines,
    Orders,
    Verdict,
    decode_lines,
    group_orders,
    judge_lines,
    key_lines,
)
from guibin.purchases.rules.columns import array, coded, conform, decimals, fill_blank, integers, trim
from guibin.purchases.rules.frames import (
    INSTANT,
    ORDER_LINES,
    OUTCOME_CODES,
    OUTCOMES,
    QUANTITY,
    REASON_CODES,
    SOLD,
    UNIT_PRICE,
)
from guibin.purchases.rules.matching import Waiting
from guibin.purchases.rules.rates import find_rate
from guibin.purchases.rules.words import LINE_KINDS

EPOCH = date(1970, 1, 1).toordinal()
KNOWN_ORDERS = pa.schema(
    [("id", pa.int64()), ("number", pa.string()), ("customer_id", pa.int64()), ("currency", pa.string())]
)
KNOWN_LINES = pa.schema(
    [
        ("order_id", pa.int64()),
        ("line_key", pa.string()),
        ("sku", pa.string()),
        ("quantity", QUANTITY),
        ("unit_price", UNIT_PRICE),
        ("discount_minor", pa.int64()),
    ]
)


@dataclass(frozen=True, slots=True)
class ImportResult:
    """``outcomes`` has a row per row handed in (shape ``OUTCOMES``); the counts add up to them.

    ``amount_base_minor`` is what the created lines amount to in the base currency.
    """

    outcomes: pa.Table
    created: int
    unchanged: int
    conflict: int
    refused: int
    documents_created: int
    amount_base_minor: int


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a batch would come to: ``outcomes`` as an import gives them (shape ``OUTCOMES``), and how many
    orders or refunds would be new. ``sold`` are the new lines asked for (shape ``SOLD``), ``waiting`` the
    new refund lines: ``foresee_matches`` says which of them find each other."""

    outcomes: pa.Table
    documents_new: int
    sold: pa.Table = field(default_factory=SOLD.empty_table)
    waiting: tuple[Waiting, ...] = ()


def outcome_table(rows: Any, verdict: Verdict, amount: Integers) -> pa.Table:
    """The verdict as a table of ``OUTCOMES``."""
    reasons = pa.array(verdict.reason, mask=verdict.reason == 0)
    return pa.Table.from_arrays(
        [
            rows,
            pa.DictionaryArray.from_arrays(pa.array(verdict.outcome), pa.array(OUTCOME_CODES)),
            pa.DictionaryArray.from_arrays(reasons, pa.array(REASON_CODES)),
            pa.array(amount),
        ],
        schema=OUTCOMES,
    )


def import_orders(
    batch: pa.Table,
    *,
    source: str,
    import_id: int | None,
    actor: Actor,
    at: datetime,
    origin: Origin = Origin.IMPORT,
) -> ImportResult:
    """Take in a batch of ``ORDER_LINES``; all lines of an order must be in the same batch.

    Raises ``ShapeInvalid`` (columns), ``CurrencyInvalid`` and ``RateMissing``; a row that cannot be
    taken is an outcome, not an error.
    """
    batch = _conformed(batch)
    with transaction.atomic():
        lock_source(source, exclusive=True)
        execute("SET LOCAL work_mem = '64MB'")  # the guards' transition tables stay in memory
        job = _OrderImport(batch, source=source, import_id=import_id)
        return job.run(actor=actor, at=at, origin=origin)


def foresee_orders(batch: pa.Table, *, source: str, skus: Collection[str] = ()) -> Foreseen:
    """What ``import_orders`` would make of each row of ``batch``, and its new lines of ``skus``; reads only.

    A customer who is not here yet may stand as any id above those that are. Raises ``ShapeInvalid`` and
    ``CurrencyInvalid``; rates are not looked at.
    """
    return _OrderImport(_conformed(batch), source=source, import_id=None).foresee(skus)


def _conformed(batch: pa.Table) -> pa.Table:
    try:
        return trim(conform(batch, ORDER_LINES), "order_number", "sku")
    except (ValueError, pa.ArrowInvalid) as error:
        raise ShapeInvalid from error


class _OrderImport:
    """One batch on its way in. The steps share its columns, so they share an object.

    "By code" arrays are indexed by the order codes of ``lines.numbers``.
    """

    def __init__(self, batch: pa.Table, *, source: str, import_id: int | None) -> None:
        self.source = source
        self.import_id = import_id
        self.base = base_currency()
        self.batch = batch = fill_blank(batch, "currency", self.base)
        self.skus = coded(array(batch, "sku"))
        self.channel = coded(array(batch, "channel"))
        self.status = coded(array(batch, "status"))
        self.products = find_products(self.skus.values)
        self.digits = self._digits()
        self.lines: Lines = decode_lines(
            batch,
            product_kinds={sku: kind for sku, (_id, kind) in self.products.items()},
            digits=self.digits,
        )
        self.verdict = judge_lines(batch, self.lines)
        self.orders: Orders = group_orders(
            batch, self.lines, self.channel, self.status, self.verdict, are_others=are_others
        )
        self.ids = np.full(len(self.lines.numbers.values), -1, dtype=np.int64)

    def _digits(self) -> Mapping[str, int]:
        currencies = {*array(self.batch, "currency").unique().to_pylist(), self.base}
        for currency in currencies:
            if len(currency) != 3 or not currency.isascii() or not currency.isupper():
                raise CurrencyInvalid(currency=currency)
        return {currency: minor_digits(currency) for currency in currencies}

    def run(self, *, actor: Actor, at: datetime, origin: Origin) -> ImportResult:
        known, keys = self._decide()
        taken = self._taken_by_order()
        fresh = self._fresh()
        self.ids[fresh] = take_ids("purchases_order", len(fresh))
        rates = self._rates()
        bases = self._base_amounts(self.lines.amount[taken], taken, rates)
        channels = ensure_channels(
            self.channel.values, import_id=self.import_id, actor=actor, at=at, origin=origin
        )
        grown, added = np.unique(self.ids[self.lines.numbers.codes[taken]], return_counts=True)
        is_old = np.isin(grown, known)
        lock_orders(grown[is_old])
        self._write_orders(fresh, taken, bases, rates, channels)
        self._write_lines(taken, keys, bases, rates, at)
        recount_orders(grown[is_old])
        telling = Telling(import_id=self.import_id, actor=actor, at=at, origin=origin, batch_id=uuid.uuid4())
        tell_of_orders(self.ids[fresh], telling)
        tell_of_extended(dict(zip(grown[is_old].tolist(), added[is_old].tolist(), strict=True)), telling)
        return count_outcomes(self.batch, self.verdict, self.lines.amount, len(fresh), int(bases.sum()))

    def foresee(self, skus: Collection[str]) -> Foreseen:
        known, keys = self._decide()
        return Foreseen(
            outcome_table(array(self.batch, "row"), self.verdict, self.lines.amount),
            documents_new=len(self._fresh()),
            sold=self._sold(known, keys, skus) if skus else SOLD.empty_table(),
        )

    def _sold(self, known: Integers, keys: Any, skus: Collection[str]) -> pa.Table:
        """The lines of ``skus`` that would be written, as those look who take them back."""
        orders, lines = self.orders, self.lines
        customer, store, at = orders.customer.copy(), orders.store.copy(), orders.at.copy()
        left, accepted = np.zeros(len(self.ids), dtype=np.int64), np.flatnonzero(self.verdict.accepted)
        np.add.at(left, lines.numbers.codes[accepted], lines.amount[accepted])
        says = (
            "SELECT number, customer_id, store_id, ordered_at, total_minor - refunded_minor, status"
            " FROM purchases_order WHERE id = ANY(%s)"
        )
        places = {number: code for code, number in enumerate(lines.numbers.values)}
        gone = np.zeros(len(places), dtype=bool)
        for number, customer_id, store_id, ordered_at, minor_left, status in fetch(says, [known.tolist()]):
            code = places[number]
            left[code] += minor_left
            customer[code] = NULL_ID if customer_id is None else customer_id
            store[code] = NULL_ID if store_id is None else store_id
            at[code] = pa.scalar(ordered_at, INSTANT).value
            gone[code] = status == "cancelled"
        cancelled = [code for code, word in enumerate(self.status.values) if word == "cancelled"]
        is_new = self.ids < 0
        gone |= is_new & np.isin(orders.status, cancelled)
        named = np.array([value in skus for value in self.skus.values] + [False])[self.skus.codes]
        taken = np.flatnonzero(self.verdict.accepted & named)
        taken = taken[~gone[lines.numbers.codes[taken]]]
        codes, rows = lines.numbers.codes[taken], pa.array(taken)
        columns = {
            "order_number": array(self.batch, "order_number").take(rows),
            "line_key": keys.take(rows),
            "customer_id": _nullable(customer[codes]),
            "store_id": _nullable(store[codes]),
            "ordered_at": pa.array(at[codes]).cast(INSTANT),
            "currency": array(self.batch, "currency").take(rows),
            "sku": array(self.batch, "sku").take(rows),
            "unit_price": array(self.batch, "unit_price").take(rows),
            "quantity": array(self.batch, "quantity").take(rows),
            "amount_minor": pa.array(lines.amount[taken]),
            "order_left": pa.array(left[codes]),
        }
        return pa.table(columns).cast(SOLD)

    def _decide(self) -> tuple[Integers, Any]:
        """Settle the verdict of every row; the ids of orders that are here already, and the lines' keys."""
        known = self._find_orders()
        keys = key_lines(self.batch, self.lines, self.verdict)
        self._settle_known_lines(known, keys)
        return known, keys

    def _fresh(self) -> Integers:
        """The codes of orders that are not here yet."""
        result: Integers = self.orders.present[self.ids[self.orders.present] < 0]
        return result

    def _find_orders(self) -> Integers:
        """Fill in the ids of orders that are here already; lines that contradict theirs are conflicts."""
        numbers = self.lines.numbers.values
        rows = copy_out(
            "SELECT id, number, customer_id, currency FROM purchases_order WHERE source = %s AND number "
            "= ANY(%s)",
            [self.source, list(numbers)],
            KNOWN_ORDERS,
        )
        if rows.num_rows == 0:
            return np.zeros(0, dtype=np.int64)
        places = {number: code for code, number in enumerate(numbers)}
        found = np.array([places[number] for number in rows.column("number").to_pylist()], dtype=np.int64)
        ids = integers(array(rows, "id"), -1)
        self.ids[found] = ids
        owner, currency = np.full(len(numbers), NULL_ID), np.full(len(numbers), -1, dtype=np.int64)
        owner[found] = integers(array(rows, "customer_id"), NULL_ID)
        positions = {value: place for place, value in enumerate(self.lines.currency.values)}
        currency[found] = [positions.get(value, -1) for value in rows.column("currency").to_pylist()]
        codes = np.maximum(self.lines.numbers.codes, 0)
        is_known = (self.lines.numbers.codes >= 0) & (self.ids[codes] >= 0)
        customer = integers(array(self.batch, "customer_id"), NULL_ID)
        theirs = np.where(is_known & (customer != NULL_ID), owner[codes], customer)
        self.verdict.turn_down(are_others(customer, theirs), "customer_differs", CONFLICT)
        other = is_known & (currency[codes] != self.lines.currency.codes)
        self.verdict.turn_down(other, "currency_differs", CONFLICT)
        return ids

    def _settle_known_lines(self, known: Integers, keys: Any) -> None:
        """Lines that are here already are unchanged; a source id with other content is a conflict."""
        if len(known) == 0:
            return
        here = copy_out(
            "SELECT order_id, line_key, sku, quantity, unit_price, discount_minor"
            " FROM purchases_orderline WHERE order_id = ANY(%s)",
            [known.tolist()],
            KNOWN_LINES,
        )
        places = np.flatnonzero(self.verdict.accepted)
        part = self.batch.take(pa.array(places))
        mine = pa.table(
            {
                "place": places,
                "order_id": self.ids[self.lines.numbers.codes[places]],
                "line_key": keys.take(pa.array(places)),
                "my_sku": part.column("sku"),
                "my_quantity": part.column("quantity"),
                "my_price": part.column("unit_price"),
                "my_discount": pc.fill_null(part.column("discount_minor"), 0),
            }
        )
        met = mine.join(here, keys=["order_id", "line_key"], join_type="inner")
        same = functools.reduce(
            pc.and_,
            [
                pc.equal(pc.fill_null(met["my_sku"], ""), pc.fill_null(met["sku"], "")),
                pc.equal(met["my_quantity"], met["quantity"]),
                pc.equal(met["my_price"], met["unit_price"]),
                pc.equal(met["my_discount"], met["discount_minor"]),
            ],
        )
        where = met["place"].to_numpy()
        equal = same.to_numpy()
        self.verdict.outcome[where] = np.where(equal, UNCHANGED, CONFLICT)
        self.verdict.reason[where] = np.where(equal, 0, REASONS["content_differs"])

    def _taken_by_order(self) -> Integers:
        """The places of the rows to write, those of one order together."""
        places = np.flatnonzero(self.verdict.accepted)
        result: Integers = places[np.argsort(self.lines.numbers.codes[places], kind="stable")]
        return result

    def _rates(self) -> dict[tuple[int, int], Decimal]:
        """The rate of each pair of currency code and day among the orders. Raises ``RateMissing``."""
        present, currencies = self.orders.present, self.lines.currency.values
        pairs = set(
            zip(self.orders.currency[present].tolist(), self.orders.on[present].tolist(), strict=True)
        )
        dated = rates_of({currencies[code] for code, _on in pairs} - {self.base})
        rates = {}
        for code, on in sorted(pairs):
            currency, day = currencies[code], date.fromordinal(EPOCH + on)
            rate = Decimal(1) if currency == self.base else find_rate(dated[currency], day)
            if rate is None:
                raise RateMissing(currency=currency, day=day.isoformat())
            rates[code, on] = rate
        return rates

    def _base_amounts(
        self, amounts: Integers, taken: Integers, rates: Mapping[tuple[int, int], Decimal]
    ) -> Integers:
        """``amounts`` of the rows ``taken`` in the base currency."""
        orders = self.lines.numbers.codes[taken]
        result = amounts.copy()
        for (code, on), rate in rates.items():
            currency = self.lines.currency.values[code]
            if currency != self.base:
                hit = (self.orders.currency[orders] == code) & (self.orders.on[orders] == on)
                result[hit] = base_minor_column(
                    amounts[hit], rate, self.digits[currency], self.digits[self.base]
                )
        return result

    def _write_orders(
        self,
        fresh: Integers,
        taken: Integers,
        bases: Integers,
        rates: Mapping[tuple[int, int], Decimal],
        channels: Mapping[str, str],
    ) -> None:
        orders, lines, count = self.orders, self.lines, len(self.ids)
        of_line = lines.numbers.codes[taken]

        def total(column: Integers) -> Integers:
            sums = np.zeros(count, dtype=np.int64)
            np.add.at(sums, of_line, column)
            return sums[fresh]

        def text(codes: Integers, words: Sequence[str], missing: str) -> list[str]:
            return [words[code] if 0 <= code < len(words) else missing for code in codes[fresh].tolist()]

        named = [channels[value] for value in self.channel.values]
        pairs = zip(orders.currency[fresh].tolist(), orders.on[fresh].tolist(), strict=True)
        fixed = {"source": pa.string(), "import_id": pa.int64()}
        columns = {
            "id": self.ids[fresh],
            "number": [lines.numbers.values[code] for code in fresh.tolist()],
            "customer_id": _nullable(orders.customer[fresh]),
            "store_id": _nullable(orders.store[fresh]),
            "channel": text(orders.channel, named, "store"),
            "ordered_at": pa.array(orders.at[fresh]).cast(INSTANT),
            "ordered_on": pa.array(orders.on[fresh]).cast(pa.int32()).cast(pa.date32()),
            "currency": text(orders.currency, lines.currency.values, self.base),
            "rate": [rates[pair] for pair in pairs],
            "gross_minor": total(lines.gross[taken]),
            "discount_minor": total(lines.discount[taken]),
            "total_minor": total(lines.amount[taken]),
            "amount_base_minor": total(bases),
            "status": text(orders.status, self.status.values, "completed"),
            "promoted": orders.promoted[fresh],
            "source": constant(self.source, fixed["source"], len(fresh)),
            "import_id": constant(self.import_id, fixed["import_id"], len(fresh)),
        }
        copy_in("purchases_order", pa.table(columns))

    def _write_lines(
        self,
        taken: Integers,
        keys: Any,
        bases: Integers,
        rates: Mapping[tuple[int, int], Decimal],
        at: datetime,
    ) -> None:
        lines, places = self.lines, pa.array(taken)
        part = self.batch.select(["sku", "description", "quantity", "unit_price", "unit_cost"]).take(places)
        sku = self.skus.codes[taken]
        kinds = pa.DictionaryArray.from_arrays(pa.array(lines.kind[taken]), pa.array(LINE_KINDS))
        products = self._products(part, sku, kinds, at)
        columns = {
            "order_id": self.ids[lines.numbers.codes[taken]],
            "line_key": keys.take(places),
            "product_id": _nullable(np.append(products, NULL_ID)[sku]),
            "sku": pc.fill_null(part.column("sku"), ""),
            "description": pc.fill_null(part.column("description"), ""),
            "kind": kinds.cast(pa.string()),
            "quantity": part.column("quantity"),
            "unit_price": part.column("unit_price"),
            "gross_minor": lines.gross[taken],
            "discount_minor": lines.discount[taken],
            "amount_minor": lines.amount[taken],
            "amount_base_minor": bases,
            "unit_cost": part.column("unit_cost"),
            "cost_base_minor": self._costs(part, taken, rates),
            "import_id": constant(self.import_id, pa.int64(), len(taken)),
        }
        copy_in("purchases_orderline", pa.table(columns))

    def _products(self, part: pa.Table, sku: Integers, kinds: Any, at: datetime) -> Integers:
        """The product id of each sku code; skus not met before become products."""
        missing = {self.skus.values[code] for code in np.unique(sku[sku >= 0])} - self.products.keys()
        if missing:
            named = part.select(["sku", "description"]).append_column("kind", kinds.cast(pa.string()))
            wanted = pc.is_in(named.column("sku"), pa.array(sorted(missing)))
            self.products |= create_missing(named.filter(wanted), import_id=self.import_id, at=at)
        ids = [self.products.get(value, (NULL_ID, ""))[0] for value in self.skus.values]
        return np.array(ids, dtype=np.int64)

    def _costs(self, part: pa.Table, taken: Integers, rates: Mapping[tuple[int, int], Decimal]) -> Any:
        given = array(part, "unit_cost")
        if given.null_count == len(given):
            return pa.nulls(len(given), pa.int64())
        codes = self.lines.currency.codes[taken]
        places = np.array([self.digits[name] for name in self.lines.currency.values], dtype=np.int64)[codes]
        costs = gross_minor_column(self.lines.quantity[taken], decimals(given), places)
        return pa.array(
            self._base_amounts(costs, taken, rates), mask=given.is_null().to_numpy(zero_copy_only=False)
        )


def _nullable(ids: Integers) -> Any:
    return pa.array(ids, mask=ids == NULL_ID)


def count_outcomes(
    batch: pa.Table, verdict: Verdict, amount: Integers, documents: int, base_minor: int
) -> ImportResult:
    """The result of a batch: its counts add up to its rows."""
    counts = [int(count) for count in np.bincount(verdict.outcome, minlength=len(OUTCOME_CODES))]
    return ImportResult(
        outcome_table(array(batch, "row"), verdict, amount),
        created=counts[CREATED],
        unchanged=counts[UNCHANGED],
        conflict=counts[CONFLICT],
        refused=counts[REFUSED],
        documents_created=documents,
        amount_base_minor=base_minor,
    )
