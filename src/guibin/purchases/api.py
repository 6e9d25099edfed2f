"""The door of purchases: orders, refunds, products, channels and rates, as frozen values and ids.

Money is minor units of the currency named beside it; ``base`` amounts are in the organisation's
base currency. ``at`` is the instant of the write, passed in from the edge.
"""

from guibin.purchases.operations.catalogue import (
    create_brand,
    create_category,
    create_channel,
    create_product,
    edit_brand,
    edit_category,
    edit_channel,
    edit_product,
)
from guibin.purchases.operations.ensuring import EnsureResult, ensure_channels, ensure_products
from guibin.purchases.operations.importing import ImportResult, import_orders
from guibin.purchases.operations.importing_refunds import import_refunds
from guibin.purchases.operations.matching import MatchResult, match_cancellations
from guibin.purchases.operations.orders import Placed, cancel_order, change_order_status, place_order
from guibin.purchases.operations.rates import set_rate
from guibin.purchases.operations.refunds import Refunded, refund_lines
from guibin.purchases.operations.undoing import Kept, UndoResult, undo_import
from guibin.purchases.queries.catalogue import (
    ChannelRow,
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
    list_orders_of,
    purchases_of,
)
from guibin.purchases.queries.imports import ImportSums, find_conflicting_orders, import_sums
from guibin.purchases.queries.orders import (
    LineRow,
    OrderDetail,
    OrderFilter,
    OrderRow,
    OrderTotals,
    PaymentRow,
    RefundRow,
    find_order,
    get_order,
    list_orders,
    order_totals,
    orders_by_id,
)
from guibin.purchases.queries.rates import RateRow, base_currency, list_rates
from guibin.purchases.rules.drafts import LineDraft, PaymentDraft, RefundDraft
from guibin.purchases.rules.frames import ORDER_LINES, OUTCOMES, PRODUCTS, REFUND_LINES
