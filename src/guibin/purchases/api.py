"""The door of purchases: orders, refunds, products, channels and rates, as frozen values and ids.

Money is minor units of the currency named beside it; ``base`` amounts are in the organisation's
base currency. ``at`` is the instant of the write, passed in from the edge.
"""

from guibin.purchases.operations.ensuring import EnsureResult, ensure_channels, ensure_products
from guibin.purchases.operations.importing import ImportResult, import_orders
from guibin.purchases.operations.importing_refunds import import_refunds
from guibin.purchases.operations.matching import MatchResult, match_cancellations
from guibin.purchases.operations.undoing import Kept, UndoResult, undo_import
from guibin.purchases.queries.dependence import customers_with_purchases, has_purchases, stores_with_purchases
from guibin.purchases.rules.frames import ORDER_LINES, OUTCOMES, PRODUCTS, REFUND_LINES

__all__ = [
    "ORDER_LINES",
    "OUTCOMES",
    "PRODUCTS",
    "REFUND_LINES",
    "EnsureResult",
    "ImportResult",
    "Kept",
    "MatchResult",
    "UndoResult",
    "customers_with_purchases",
    "ensure_channels",
    "ensure_products",
    "has_purchases",
    "import_orders",
    "import_refunds",
    "match_cancellations",
    "stores_with_purchases",
    "undo_import",
]
