"""Order lines, orders and refunds: what each row means, and its exact amount."""

from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from guibin.integrations.staging.cleaners import PRICE, QUANTITY, to_utc
from guibin.integrations.staging.conventions import (
    CHARGE,
    DISCOUNT,
    FEE,
    GOODS,
    OTHER,
    TEST,
    code_kind,
    is_cancellation,
    method_of,
    reason_of,
    words_kind,
)
from guibin.integrations.staging.people import person_refs
from guibin.integrations.staging.plan import Plan, Typed, first_fault
from guibin.integrations.staging.verdicts import Mask, Staged, Verdicts, mask, reject_table

EXACT = pa.decimal128(36, 9)  # two places short of the most: a difference needs one more than its parts
ZERO = pa.scalar(Decimal(0), EXACT)
WHEN = {"order_lines": "ordered_at", "orders": "ordered_at", "refunds": "refunded_at"}
LINE_KINDS = (GOODS, FEE, DISCOUNT, OTHER)


def spread(column: Any, rule: Any, kind: pa.DataType | None = None) -> Any:
    """A pure function of one value over a column, once per distinct value."""
    encoded = column.dictionary_encode() if not pa.types.is_dictionary(column.type) else column
    found = pa.array([rule(value) for value in encoded.dictionary.to_pylist()], kind or pa.string())
    taken = found.take(encoded.indices)
    if column.null_count:
        missing = rule(None)
        if missing is not None:
            taken = pc.fill_null(taken, missing)
    return taken


class LineStager:
    """Batches of an order line, order or refund file, one after another."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def stage(self, batch: pa.RecordBatch, typed: Typed) -> Staged:
        rows = _Rows(batch, typed, self.plan)
        verdicts = rows.judge()
        staged = Staged(counts=verdicts.counts())
        outcome = verdicts.column()
        staged.sums = _sums(rows.exact, outcome)
        rejected = verdicts.where("rejected_")
        if rejected.any():
            reasons = pc.utf8_slice_codeunits(outcome, len("rejected_"))
            staged.rejects = reject_table(batch, reasons, rows.places, rejected)
        sales, backs = verdicts.where("sale"), verdicts.where("refund")
        if sales.any():
            staged.streams["lines"] = rows.sale_table(sales)
        if backs.any():
            staged.streams["refunds"] = rows.refund_table(backs)
        people = rows.people(sales | backs)
        if people.num_rows:
            staged.streams["people"] = people
        days = pc.min_max(rows.on.filter(pa.array(sales | backs)))
        staged.first_on, staged.last_on = days["min"].as_py(), days["max"].as_py()
        return staged


def _sums(exact: Any, outcome: Any) -> dict[str, Decimal]:
    table = pa.table({"outcome": outcome, "amount": pc.fill_null(exact, ZERO)})
    grouped = table.group_by("outcome").aggregate([("amount", "sum")])
    return dict(zip(grouped["outcome"].to_pylist(), grouped["amount_sum"].to_pylist(), strict=True))


class _Rows:
    """One batch with its derived columns."""

    def __init__(self, batch: pa.RecordBatch, typed: Typed, plan: Plan) -> None:
        self.batch, self.typed, self.plan = batch, typed, plan
        self.size = batch.num_rows
        self.number = typed.get("refund_number" if plan.kind == "refunds" else "order_number")
        self.wall = typed.get(WHEN[plan.kind], pa.timestamp("us"))
        self.on = self.wall.cast(pa.date32())
        self.sku = typed.get("sku")
        self.quantity, self.price, self.discount = self._amounts()
        self.exact = self._exact()
        self.refs = person_refs(typed)
        self.codes, self.places = first_fault(batch, typed)
        self.kind = self._kinds()

    def _amounts(self) -> tuple[Any, Any, Any]:
        """(quantity, unit price, discount) with what is missing worked out from what is there."""
        typed, one = self.typed, pa.scalar(Decimal(1), QUANTITY)
        if self.plan.kind == "orders":
            quantity = pa.repeat(one, self.size)
            return quantity, typed.get("amount", PRICE), pa.nulls(self.size, PRICE)
        quantity = (
            pc.fill_null(typed.get("quantity", QUANTITY), one)
            if typed.has("quantity")
            else pa.repeat(one, self.size)
        )
        price, discount = typed.get("unit_price", PRICE), typed.get("discount", PRICE)
        if typed.has("amount"):
            amount = typed.get("amount", PRICE)
            if not typed.has("unit_price"):
                price = _divide(amount, quantity)
            elif not typed.has("discount"):
                price, discount = _reconcile(quantity, price, amount)
        return quantity, price, discount

    def _exact(self) -> Any:
        """Quantity times price, exactly, before any rounding, less the discount. What is given back is below
        zero, as in a file of purchases, however a file of refunds writes it."""
        gross = pc.multiply(
            self.quantity.cast(pa.decimal128(18, 3)), self.price.cast(pa.decimal128(18, 6))
        ).cast(EXACT)
        if self.plan.kind == "refunds":
            return pc.negate(pc.abs(gross))
        if self.discount.null_count == self.size:
            return gross
        return pc.subtract(gross, pc.fill_null(self.discount.cast(EXACT), ZERO)).cast(EXACT)

    def _kinds(self) -> Any:
        conventions = self.plan.conventions
        kinds = spread(self.sku, lambda sku: code_kind(sku, conventions))
        if self.typed.has("description"):
            words = spread(self.typed.get("description"), words_kind)
            plain = pc.equal(kinds, GOODS)
            if conventions:
                plain = pc.and_(plain, pc.is_null(self.sku))
            kinds = pc.if_else(plain, words, kinds)
        return kinds

    def judge(self) -> Verdicts:
        verdicts = Verdicts(self.size)
        verdicts.give_each(self.codes)
        if self.plan.kind != "orders":
            verdicts.give(mask(pc.is_null(self.number)), "rejected_number_missing")
        verdicts.give(mask(pc.is_null(self.wall)), "rejected_date_missing")
        verdicts.give(mask(pc.is_null(self.price)), "rejected_amount_missing")
        self._judge_currency(verdicts)
        if self.plan.kind == "refunds":
            verdicts.give(mask(pc.equal(self.exact, ZERO)), "rejected_amount_zero")
            verdicts.give(verdicts.open, "refund")
            return verdicts
        return self._judge_sales(verdicts)

    def _judge_currency(self, verdicts: Verdicts) -> None:
        """Rows in a currency that has no rate yet on their day."""
        if self.plan.rates is None:
            return
        given = pc.fill_null(self.typed.get("currency"), self.plan.currency)
        for currency in pc.unique(given).to_pylist():
            first = self.plan.rates.get(currency)
            hit = mask(pc.equal(given, currency)) & verdicts.open
            if first is not None:
                hit &= mask(pc.less(self.on, pa.scalar(first, pa.date32())))
            if hit.any():
                verdicts.give(hit, "rejected_rate_missing")
                self.places = pc.if_else(pa.array(hit), pa.scalar("currency"), self.places)

    def _judge_sales(self, verdicts: Verdicts) -> Verdicts:
        nobody = mask(pc.is_null(self.refs))
        back, negative = mask(pc.less(self.quantity, 0)), mask(pc.less(self.price, 0))
        free, kinds = mask(pc.equal(self.price, 0)), self.kind
        verdicts.give(mask(pc.equal(self.quantity, 0)), "rejected_quantity_zero")
        verdicts.give(mask(pc.equal(kinds, TEST)), "excluded_test")
        cancelled = self._cancelled()
        verdicts.give(nobody & free & back, "excluded_stock_write_off")
        verdicts.give(
            nobody & free & (self.plan.kind == "order_lines") & ~mask(pc.equal(kinds, DISCOUNT)),
            "excluded_no_price_no_customer",
        )
        verdicts.give(free & back, "excluded_no_value")
        verdicts.give(nobody & mask(pc.equal(kinds, CHARGE)) & negative, "excluded_bad_debt")
        verdicts.give(nobody & mask(pc.equal(kinds, CHARGE)), "excluded_own_charge")
        verdicts.give(cancelled & ~back & ~negative, "excluded_cancellation_not_negative")
        verdicts.give(back & negative, "rejected_both_negative")
        verdicts.give(back | (negative & ~mask(pc.equal(kinds, DISCOUNT))), "refund")
        verdicts.give(verdicts.open, "sale")
        return verdicts

    def _cancelled(self) -> Mask:
        conventions = self.plan.conventions
        return mask(spread(self.number, lambda number: is_cancellation(number, conventions), pa.bool_()))

    def _shared(self, where: Any) -> dict[str, Any]:
        typed = self.typed

        def take(column: Any) -> Any:
            return column.filter(where)

        return {
            "row": take(self.batch.column(0)),
            "line_id": take(typed.get("line_id")),
            "person": take(self.refs),
            "store": take(typed.get("store")),
            "channel": take(typed.get("channel")),
            "currency": take(typed.get("currency")),
            "sku": take(self.sku),
            "description": take(typed.get("description")),
        }

    def _order_numbers(self) -> Any:
        """Files of orders without numbers: the content names them; repeats are counted when they run."""
        if self.typed.has("order_number"):
            return self.number
        parts = [
            pc.fill_null(self.refs, ""),
            pc.strftime(self.wall, format="%Y%m%d%H%M%S"),
            pc.fill_null(self.price.cast(pa.string()), ""),
            pc.fill_null(self.typed.get("items", QUANTITY).cast(pa.string()), ""),
            pc.fill_null(self.typed.get("store"), ""),
        ]
        return pc.binary_join_element_wise(*parts, "\x1f")

    def sale_table(self, sales: Mask) -> pa.Table:
        where, typed = pa.array(sales), self.typed
        kinds = spread(
            self.kind.filter(where),
            lambda kind: kind if kind in LINE_KINDS and kind != GOODS else (FEE if kind == CHARGE else None),
        )
        discount = self._minor(self.discount.filter(where))
        return pa.table(
            self._shared(where)
            | {
                "order_number": self._order_numbers().filter(where),
                "ordered_at": to_utc(self.wall.filter(where), self.plan.zone),
                "ordered_on": self.on.filter(where),
                "status": typed.get("status").filter(where),
                **self._paid(where),
                "carrier": typed.get("carrier").filter(where),
                "tracking": typed.get("tracking").filter(where),
                "kind": kinds,
                "quantity": self.quantity.filter(where).cast(QUANTITY),
                "unit_price": self.price.filter(where).cast(PRICE),
                "discount_minor": discount,
                "unit_cost": typed.get("unit_cost", PRICE).filter(where),
                "category": typed.get("category").filter(where),
                "brand": typed.get("brand").filter(where),
            }
        )

    def _paid(self, where: Any) -> dict[str, Any]:
        """What rows say was paid for their order; a method alone stands for the whole order."""
        typed, size = self.typed, int(pc.sum(where).as_py() or 0)
        said = typed.get("payment_method").filter(where)
        if typed.has("paid"):
            amount = self._minor(typed.get("paid", PRICE).filter(where))
            is_said = pc.fill_null(pc.greater(amount, 0), pa.scalar(value=False))
        else:
            amount, is_said = pa.nulls(size, pa.int64()), pc.is_valid(said)
        paid_at = typed.get("paid_at", pa.timestamp("us")).filter(where)
        return {
            "payment_method": pc.if_else(is_said, spread(said, method_of), pa.scalar(None, pa.string())),
            "paid_minor": amount,
            "paid_at": to_utc(paid_at, self.plan.zone),
        }

    def refund_table(self, backs: Mask) -> pa.Table:
        where, typed = pa.array(backs), self.typed
        return pa.table(
            self._shared(where)
            | {
                "refund_number": (
                    self._order_numbers() if self.plan.kind == "orders" else self.number
                ).filter(where),
                "order_number": (
                    typed.get("order_number")
                    if self.plan.kind == "refunds"
                    else pa.nulls(self.size, pa.string())
                ).filter(where),
                "refunded_at": to_utc(self.wall.filter(where), self.plan.zone),
                "refunded_on": self.on.filter(where),
                "quantity": pc.abs(self.quantity.filter(where)).cast(QUANTITY),
                "unit_price": pc.abs(self.price.filter(where)).cast(PRICE),
                "reason": spread(typed.get("reason").filter(where), reason_of)
                if typed.has("reason")
                else pa.nulls(int(backs.sum()), pa.string()),
            }
        )

    def people(self, where: Mask) -> pa.Table:
        """Distinct people of the rows kept, with what the rows say about them."""
        taken = pa.array(where & mask(pc.is_valid(self.refs)))
        table = pa.table(
            {"person": self.refs.filter(taken), "on": self.on.filter(taken)}
            | {
                name: self.typed.get(f"customer_{name}").filter(taken)
                for name in ("name", "phone", "email", "card")
            }
            | {"store": self.typed.get("store").filter(taken)}
        )
        return table.group_by("person").aggregate(
            [
                ("on", "min"),
                ("name", "min"),
                ("phone", "min"),
                ("email", "min"),
                ("card", "min"),
                ("store", "min"),
            ]
        )

    def _minor(self, column: Any) -> Any:
        scaled = pc.multiply(
            column.cast(pa.decimal128(18, 6)),
            pa.scalar(Decimal(10) ** self.plan.minor_digits, pa.decimal128(5, 0)),
        )
        return pc.round(scaled.cast(pa.decimal128(24, 6)), 0, "half_to_even").cast(pa.int64(), safe=False)


def _divide(amount: Any, quantity: Any) -> Any:
    """Unit price from a line's amount, to six decimals: exact again once multiplied and rounded."""
    amounts, quantities = amount.to_pylist(), quantity.to_pylist()
    prices = [
        None if a is None or not q else round(a / q, 6) for a, q in zip(amounts, quantities, strict=True)
    ]
    return pa.array(prices, PRICE)


def _reconcile(quantity: Any, price: Any, amount: Any) -> tuple[Any, Any]:
    """A stated line amount below quantity times price means a discount; above it, the price was other."""
    gross = pc.multiply(quantity.cast(QUANTITY), price.cast(PRICE)).cast(EXACT)
    stated = pc.fill_null(amount.cast(EXACT), gross)
    less = pc.subtract(gross, stated).cast(EXACT)
    cent = pa.scalar(Decimal("0.01"), EXACT)
    is_discount = mask(pc.greater_equal(less, cent))
    dearer = mask(pc.less_equal(less, pc.negate(cent)))
    sold = mask(pc.greater(quantity, 0))
    kept = pc.if_else(pa.array(is_discount & sold), less, pa.scalar(None, EXACT))
    discount = pc.round(kept, 6, "half_to_even").cast(PRICE)
    if (dearer & sold).any():
        price = pc.if_else(pa.array(dearer & sold), _divide(amount, quantity), price)
    return price, discount


def occurrence_numbers(keys: list[str]) -> list[int]:
    """1 for the first of equal keys, 2 for the next …"""
    seen: dict[str, int] = {}
    found = []
    for key in keys:
        seen[key] = seen.get(key, 0) + 1
        found.append(seen[key])
    return found
