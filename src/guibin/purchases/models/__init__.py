"""Tables of purchases: catalogue, orders with lines and payments, refunds, currency rates."""

from guibin.purchases.models.catalogue import Brand, Category, Product, SalesChannel
from guibin.purchases.models.orders import Order, OrderLine, Payment
from guibin.purchases.models.rates import CurrencyRate
from guibin.purchases.models.refunds import Refund, RefundLine
from guibin.purchases.models.tallies import OrderTally, ProductTally

__all__ = [
    "Brand",
    "Category",
    "CurrencyRate",
    "Order",
    "OrderLine",
    "OrderTally",
    "Payment",
    "Product",
    "ProductTally",
    "Refund",
    "RefundLine",
    "SalesChannel",
]
