"""The door of purchases: orders, refunds, products, channels and rates, as frozen values and ids.

Money is minor units of the currency named beside it; ``base`` amounts are in the organisation's
base currency. ``at`` is the instant of a write, passed in from the edge. Bulk doors take Arrow tables
of the shapes in ``rules.frames``; all lines of one order or refund must come in the same batch.
"""

from guibin.purchases.operations.catalogue import (
    ProductDraft,
    create_brand,
    create_category,
    create_channel,
    create_product,
    edit_brand,
    edit_category,
    edit_channel,
    edit_product,
)
from guibin.purchases.operations.checking import check_sums
from guibin.purchases.operations.ensuring import EnsureResult, ensure_channels, ensure_products
from guibin.purchases.operations.foreseeing import foresee_matches
from guibin.purchases.operations.importing import Foreseen, ImportResult, foresee_orders, import_orders
from guibin.purchases.operations.importing_refunds import foresee_refunds, import_refunds
from guibin.purchases.operations.matching import MatchResult, match_cancellations
from guibin.purchases.operations.orders import Placed, cancel_order, change_order_status, place_order
from guibin.purchases.operations.parcels import ParcelsNoted, note_parcels
from guibin.purchases.operations.paying import PaymentsTaken, add_payment, foresee_payments, import_payments
from guibin.purchases.operations.rates import set_rate
from guibin.purchases.operations.refunds import (
    Refunded,
    RefundPreview,
    preview_refund,
    refund_lines,
    undo_refund,
)
from guibin.purchases.operations.tallies import Mended, fold_tallies, rebuild_sums
from guibin.purchases.operations.undoing import Kept, UndoResult, undo_import
from guibin.purchases.permissions import VIEW_ORDERS
from guibin.purchases.queries.catalogue import (
    BrandRow,
    CategoryRow,
    ChannelRow,
    ProductFilter,
    ProductRow,
    find_product_ids,
    get_product,
    list_brands,
    list_categories,
    list_channels,
    list_products,
    products_by_id,
)
from guibin.purchases.queries.customers import (
    CustomerPurchases,
    count_orders_of,
    customers_with_orders,
    list_orders_of,
    list_refunds_of,
    main_items,
    purchases_of,
)
from guibin.purchases.queries.dependence import (
    customers_with_purchases,
    has_purchases,
    stores_with_purchases,
)
from guibin.purchases.queries.imports import ImportSums, find_broken_sums, import_sums
from guibin.purchases.queries.naming import owners_named
from guibin.purchases.queries.orders import (
    OrderFilter,
    find_order,
    get_order,
    list_orders,
    list_refunds,
    order_totals,
    orders_by_id,
)
from guibin.purchases.queries.parts import (
    STORES_OF_RECENT,
    RecentOrder,
    RecentRefund,
    read_recent,
    recent_part,
)
from guibin.purchases.queries.rates import RateRow, base_currency, list_rates
from guibin.purchases.queries.rows import LineRow, OrderDetail, OrderRow, PaymentRow, RefundLineRow, RefundRow
from guibin.purchases.queries.sums import find_last_check
from guibin.purchases.queries.tallies import OrderTotals, find_broken_tallies
from guibin.purchases.rules.channels import channel_code
from guibin.purchases.rules.drafts import LineDraft, PaymentDraft, RefundDraft
from guibin.purchases.rules.frames import (
    ORDER_LINES,
    OUTCOME_CODES,
    OUTCOMES,
    PAYMENTS,
    PRODUCTS,
    REASON_CODES,
    REFUND_LINES,
)
from guibin.purchases.rules.matching import Waiting
from guibin.purchases.words import channel_label

__all__ = [
    "ORDER_LINES",
    "OUTCOMES",
    "OUTCOME_CODES",
    "PAYMENTS",
    "PRODUCTS",
    "REASON_CODES",
    "REFUND_LINES",
    "STORES_OF_RECENT",
    "VIEW_ORDERS",
    "BrandRow",
    "CategoryRow",
    "ChannelRow",
    "CustomerPurchases",
    "EnsureResult",
    "Foreseen",
    "ImportResult",
    "ImportSums",
    "Kept",
    "LineDraft",
    "LineRow",
    "MatchResult",
    "Mended",
    "OrderDetail",
    "OrderFilter",
    "OrderRow",
    "OrderTotals",
    "ParcelsNoted",
    "PaymentDraft",
    "PaymentRow",
    "PaymentsTaken",
    "Placed",
    "ProductDraft",
    "ProductFilter",
    "ProductRow",
    "RateRow",
    "RecentOrder",
    "RecentRefund",
    "RefundDraft",
    "RefundLineRow",
    "RefundPreview",
    "RefundRow",
    "Refunded",
    "UndoResult",
    "Waiting",
    "add_payment",
    "base_currency",
    "cancel_order",
    "change_order_status",
    "channel_code",
    "channel_label",
    "check_sums",
    "count_orders_of",
    "create_brand",
    "create_category",
    "create_channel",
    "create_product",
    "customers_with_orders",
    "customers_with_purchases",
    "edit_brand",
    "edit_category",
    "edit_channel",
    "edit_product",
    "ensure_channels",
    "ensure_products",
    "find_broken_sums",
    "find_broken_tallies",
    "find_last_check",
    "find_order",
    "find_product_ids",
    "fold_tallies",
    "foresee_matches",
    "foresee_orders",
    "foresee_payments",
    "foresee_refunds",
    "get_order",
    "get_product",
    "has_purchases",
    "import_orders",
    "import_payments",
    "import_refunds",
    "import_sums",
    "list_brands",
    "list_categories",
    "list_channels",
    "list_orders",
    "list_orders_of",
    "list_products",
    "list_rates",
    "list_refunds",
    "list_refunds_of",
    "main_items",
    "match_cancellations",
    "note_parcels",
    "order_totals",
    "orders_by_id",
    "owners_named",
    "place_order",
    "preview_refund",
    "products_by_id",
    "purchases_of",
    "read_recent",
    "rebuild_sums",
    "recent_part",
    "refund_lines",
    "set_rate",
    "stores_with_purchases",
    "undo_import",
    "undo_refund",
]
