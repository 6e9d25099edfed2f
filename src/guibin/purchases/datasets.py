"""What insight may copy: orders, lines, refunds, products, categories; base currency, no people."""

from guibin.core.manifest import Column, Dataset

ORDERS = Dataset(
    name="orders",
    table="purchases_order",
    columns=(
        Column("order_id", "int64", "t.id"),
        Column("customer_id", "int64", "t.customer_id"),
        Column("store_id", "int64", "t.store_id"),
        Column("channel", "string", "t.channel"),
        Column("ordered_on", "date32", "t.ordered_on"),
        Column("status", "string", "t.status"),
        Column("amount_base_minor", "int64", "t.amount_base_minor"),
        Column("promoted", "bool", "t.promoted"),
    ),
    key="order_id",
)
ORDER_LINES = Dataset(
    name="order_lines",
    table="purchases_orderline",
    source=(
        "purchases_orderline t JOIN purchases_order o ON o.id = t.order_id"
        " LEFT JOIN purchases_product p ON p.id = t.product_id"
    ),
    columns=(
        Column("line_id", "int64", "t.id"),
        Column("order_id", "int64", "t.order_id"),
        Column("customer_id", "int64", "o.customer_id"),
        Column("ordered_on", "date32", "o.ordered_on"),
        Column("product_id", "int64", "t.product_id"),
        Column("category_id", "int64", "p.category_id"),
        Column("kind", "string", "t.kind"),
        Column("quantity_milli", "int64", "(t.quantity * 1000)::int8"),
        Column("amount_base_minor", "int64", "t.amount_base_minor"),
        Column("cost_base_minor", "int64", "t.cost_base_minor"),
    ),
    key="line_id",
)
REFUNDS = Dataset(
    name="refunds",
    table="purchases_refund",
    columns=(
        Column("refund_id", "int64", "t.id"),
        Column("order_id", "int64", "t.order_id"),
        Column("customer_id", "int64", "t.customer_id"),
        Column("refunded_on", "date32", "t.refunded_on"),
        Column("amount_base_minor", "int64", "t.amount_base_minor"),
        Column("cost_base_minor", "int64", "t.cost_base_minor"),
    ),
    key="refund_id",
)
PRODUCTS = Dataset(
    name="products",
    table="purchases_product",
    columns=(
        Column("product_id", "int64", "t.id"),
        Column("sku", "string", "t.sku"),
        Column("name", "string", "CASE WHEN t.name <> '' THEN t.name ELSE t.name_en END"),
        Column("category_id", "int64", "t.category_id"),
        Column("brand_id", "int64", "t.brand_id"),
    ),
    key="product_id",
)
CATEGORIES = Dataset(
    name="categories",
    table="purchases_category",
    columns=(Column("category_id", "int64", "t.id"), Column("name", "string", "t.name")),
    key="category_id",
)
ALL = (ORDERS, ORDER_LINES, REFUNDS, PRODUCTS, CATEGORIES)
