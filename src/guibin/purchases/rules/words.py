"""The closed vocabularies of purchases: codes as stored."""

LINE_KINDS = ("goods", "fee", "discount", "other")
PRODUCT_STATUSES = ("active", "retired")
ORDER_STATUSES = ("placed", "paid", "shipped", "completed", "cancelled")
PAYMENT_METHODS = (
    "cash",
    "card",
    "wechat_pay",
    "alipay",
    "transfer",
    "stored_value",
    "voucher",
    "points",
    "other",
)
REFUND_REASONS = ("returned", "damaged", "wrong_item", "price_adjusted", "cancelled", "other")
SHIPPED_CHANNELS = ("store", "web", "app", "mini_program", "wechat", "phone", "marketplace")

MANUAL_SOURCE = "manual"
"""The source of orders and refunds recorded by hand."""
