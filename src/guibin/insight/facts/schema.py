"""The fact row: its columns, in order, with Arrow types."""

import pyarrow as pa

INT = pa.int64()

# What follows from the customer's own rows.
COUNTED: tuple[tuple[str, pa.DataType], ...] = (
    ("customer_id", INT),
    ("number", pa.string()),
    ("first_order_on", pa.date32()),
    ("last_order_on", pa.date32()),
    ("recency_days", INT),
    ("orders_count", INT),
    ("gross_minor", INT),
    ("refund_minor", INT),
    ("net_minor", INT),
    ("orders_12m", INT),
    ("net_12m_minor", INT),
    ("gross_12m_minor", INT),
    ("refund_12m_minor", INT),
    ("net_year_minor", INT),
    ("profit_12m_minor", INT),
    ("months_active_12m", INT),
    ("months_net_minor", pa.list_(INT)),
    ("months_orders", pa.list_(INT)),
    ("orders_month_max", INT),
    ("average_order_minor", INT),
    ("purchase_days", INT),
    ("interval_days_mean", pa.float64()),
    ("interval_days_median", pa.float64()),
    ("interval_days_sd", pa.float64()),
    ("categories_count_12m", INT),
    ("categories_top", pa.list_(INT)),
    ("refunds_count", INT),
    ("promotions_12m", INT),
    ("tenure_days", INT),
)
# What follows from the customer beside all the others.
JUDGED: tuple[tuple[str, pa.DataType], ...] = (
    ("stage", pa.string()),
    ("r_score", INT),
    ("f_score", INT),
    ("m_score", INT),
)
COUNTED_SCHEMA = pa.schema(list(COUNTED))
FACT_SCHEMA = pa.schema([*COUNTED, *JUDGED])
COUNTED_NAMES = tuple(name for name, _type in COUNTED)
JUDGED_NAMES = tuple(name for name, _type in JUDGED)
FACT_NAMES = tuple(name for name, _type in (*COUNTED, *JUDGED))
