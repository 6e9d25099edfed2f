"""The fact row: its columns, in order. Types are named, so that who only wants the names loads no Arrow."""

# What follows from the customer's own rows.
COUNTED: tuple[tuple[str, str], ...] = (
    ("customer_id", "int64"),
    ("number", "string"),
    ("first_order_on", "date32"),
    ("last_order_on", "date32"),
    ("recency_days", "int64"),
    ("orders_count", "int64"),
    ("gross_minor", "int64"),
    ("refund_minor", "int64"),
    ("net_minor", "int64"),
    ("orders_12m", "int64"),
    ("net_12m_minor", "int64"),
    ("gross_12m_minor", "int64"),
    ("refund_12m_minor", "int64"),
    ("net_year_minor", "int64"),
    ("profit_12m_minor", "int64"),
    ("months_active_12m", "int64"),
    ("months_net_minor", "list<int64>"),
    ("months_orders", "list<int64>"),
    ("orders_month_max", "int64"),
    ("average_order_minor", "int64"),
    ("purchase_days", "int64"),
    ("interval_days_mean", "float64"),
    ("interval_days_median", "float64"),
    ("interval_days_sd", "float64"),
    ("categories_count_12m", "int64"),
    ("categories_top", "list<int64>"),
    ("refunds_count", "int64"),
    ("promotions_12m", "int64"),
    ("tenure_days", "int64"),
)
# What follows from the customer beside all the others.
JUDGED: tuple[tuple[str, str], ...] = (
    ("stage", "string"),
    ("r_score", "int64"),
    ("f_score", "int64"),
    ("m_score", "int64"),
)
COUNTED_NAMES = tuple(name for name, _type in COUNTED)
JUDGED_NAMES = tuple(name for name, _type in JUDGED)
FACT_NAMES = COUNTED_NAMES + JUDGED_NAMES
