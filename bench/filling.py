"""Filling the product's tables with a generated shop, by COPY of Arrow batches."""

import adbc_driver_postgresql.dbapi
import pyarrow as pa

from guibin.insight.warehouse.extract import conninfo

# table -> (staged dataset, columns of the table, expressions over the staged row)
TABLES = {
    "customers_customer": (
        "customers",
        "id, serial, number, status, gender, birth_calendar, birth_leap, age_band, province, city, source, "
        "revision, created_by, created_at, updated_at",
        "customer_id, customer_id, number, 'active', '', '', false, '', '', '', 'bench', 1, "
        "'system', now(), now()",
    ),
    "purchases_category": ("categories", "id, code, name", "category_id, category_id::text, name"),
    "purchases_product": (
        "products",
        "id, sku, name, name_en, kind, status, created_at, category_id",
        "product_id, product_id::text, '', '', 'goods', 'active', now(), category_id",
    ),
    "purchases_order": (
        "orders",
        "id, source, number, customer_id, channel, ordered_at, ordered_on, currency, rate, gross_minor, "
        "discount_minor, total_minor, amount_base_minor, status, promoted",
        "order_id, 'bench', order_id::text, customer_id, 'store', ordered_on, ordered_on, 'CNY', 1, "
        "amount_base_minor, 0, amount_base_minor, amount_base_minor, status, promoted",
    ),
    "purchases_orderline": (
        "order_lines",
        "id, order_id, line_key, product_id, kind, quantity, unit_price, gross_minor, discount_minor, "
        "amount_minor, amount_base_minor, cost_base_minor",
        "line_id, order_id, line_id::text, product_id, kind, 1, 1, amount_base_minor, 0, amount_base_minor, "
        "amount_base_minor, cost_base_minor",
    ),
    "purchases_refund": (
        "refunds",
        "id, source, number, order_id, customer_id, channel, refunded_at, refunded_on, currency, rate, "
        "amount_minor, amount_base_minor, cost_base_minor, reason",
        "refund_id, 'bench', refund_id::text, order_id, customer_id, 'store', refunded_on, refunded_on, "
        "'CNY', 1, "
        "greatest(1, amount_base_minor), greatest(1, amount_base_minor), cost_base_minor, 'returned'",
    ),
}


def fill(tables: dict[str, pa.Table]) -> None:
    """Stage each Arrow table by binary COPY and insert it set-based."""
    link = adbc_driver_postgresql.dbapi.connect(conninfo())
    for table, (staged, columns, values) in TABLES.items():
        with link.cursor() as cursor:
            cursor.execute("SET search_path TO public")
            cursor.adbc_ingest(f"bench_{staged}", tables[staged], mode="create", temporary=True)
            cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {values} FROM bench_{staged}")
            cursor.execute(f"DROP TABLE bench_{staged}")
        link.commit()
    link.close()
