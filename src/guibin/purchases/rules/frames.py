"""The Arrow shapes of a bulk import, frozen: what the import clinic hands in and what it gets back.

All lines of one order (or one refund document) come in the same batch, in any order; batches may
come in any order and again. Text is as given by the source; empty and null mean the same.
"""

import pyarrow as pa

MONEY = pa.int64()
QUANTITY = pa.decimal128(18, 3)
UNIT_PRICE = pa.decimal128(18, 6)
INSTANT = pa.timestamp("us", tz="UTC")

ORDER_LINES = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),  # the caller's number of the row, given back in outcomes
        pa.field("order_number", pa.string(), nullable=False),
        pa.field("line_id", pa.string()),  # the source's own id of the line, where it has one
        pa.field("customer_id", pa.int64()),  # null: an anonymous sale
        pa.field("store_id", pa.int64()),
        pa.field("channel", pa.string()),  # null: "store"
        pa.field("ordered_at", INSTANT, nullable=False),
        pa.field("ordered_on", pa.date32(), nullable=False),  # business day in the store's zone
        pa.field("currency", pa.string()),  # null: the base currency
        pa.field("status", pa.string()),  # null: "completed"
        pa.field("sku", pa.string()),
        pa.field("description", pa.string()),
        pa.field("kind", pa.string()),  # null: the product's kind, else "goods"
        pa.field("quantity", QUANTITY, nullable=False),  # > 0
        pa.field("unit_price", UNIT_PRICE, nullable=False),  # >= 0, but for kind "discount"
        pa.field("discount_minor", MONEY),  # of the line, >= 0
        pa.field("unit_cost", UNIT_PRICE),
        pa.field("promoted", pa.bool_()),  # null: when anything was discounted
    ]
)

REFUND_LINES = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("refund_number", pa.string(), nullable=False),
        pa.field("line_id", pa.string()),
        pa.field("order_number", pa.string()),  # the order it takes back, where the source says so
        pa.field("customer_id", pa.int64()),
        pa.field("store_id", pa.int64()),
        pa.field("channel", pa.string()),
        pa.field("refunded_at", INSTANT, nullable=False),
        pa.field("refunded_on", pa.date32(), nullable=False),
        pa.field("currency", pa.string()),
        pa.field("sku", pa.string()),
        pa.field("description", pa.string()),
        pa.field("quantity", QUANTITY, nullable=False),  # >= 0: what came back, not what was sold
        pa.field("unit_price", UNIT_PRICE, nullable=False),  # >= 0
        pa.field("reason", pa.string()),  # null: "returned"
    ]
)

SOLD = pa.schema(
    [
        pa.field("order_number", pa.string(), nullable=False),
        pa.field("line_key", pa.string(), nullable=False),
        pa.field("customer_id", pa.int64()),
        pa.field("store_id", pa.int64()),
        pa.field("ordered_at", INSTANT, nullable=False),
        pa.field("currency", pa.string(), nullable=False),
        pa.field("sku", pa.string(), nullable=False),
        pa.field("unit_price", UNIT_PRICE, nullable=False),
        pa.field("quantity", QUANTITY, nullable=False),
        pa.field("amount_minor", MONEY, nullable=False),
        pa.field("order_left", MONEY, nullable=False),  # what the whole order may give back
    ]
)
"""Lines that an import would bring, as cancellations look for them."""

PRODUCTS = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("sku", pa.string(), nullable=False),
        pa.field("name", pa.string()),
        pa.field("name_en", pa.string()),
        pa.field("category", pa.string()),  # a path: "Home / Candles"
        pa.field("brand", pa.string()),
        pa.field("kind", pa.string()),
        pa.field("list_price", UNIT_PRICE),
        pa.field("unit_cost", UNIT_PRICE),
    ]
)

PAYMENTS = pa.schema(
    [
        pa.field("order_number", pa.string(), nullable=False),
        pa.field("method", pa.string(), nullable=False),
        pa.field("amount_minor", pa.int64()),  # of the order's currency; null: the whole order
        pa.field("paid_at", INSTANT),  # null: when it was ordered
    ]
)

OUTCOMES = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("outcome", pa.dictionary(pa.int8(), pa.string()), nullable=False),
        pa.field("reason", pa.dictionary(pa.int8(), pa.string())),  # why a row is in conflict or refused
        pa.field("amount_minor", MONEY, nullable=False),  # in the row's currency, rounded half to even
    ]
)
"""One row per row handed in. ``outcome``: created, updated (products), unchanged, conflict, refused."""

OUTCOME_CODES = ("created", "unchanged", "conflict", "refused", "updated")
REASON_CODES = (
    "",
    "customer_differs",  # the order is already here for another customer, or its lines name several
    "currency_differs",  # the order is already here, or its lines come, in another currency
    "content_differs",  # the source's line id is already here with other content
    "quantity_not_positive",
    "price_negative",
    "discount_too_large",
    "amount_too_large",
    "text_too_long",
    "kind_unknown",
    "status_unknown",
    "number_missing",
    "day_missing",
    "order_ambiguous",  # several sources have an order of this number
)
