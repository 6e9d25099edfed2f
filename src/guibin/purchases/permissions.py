"""What one may be allowed to do with purchases."""

from django.utils.translation import gettext_lazy as _

from guibin.core.permissions import Permission

VIEW_ORDERS = Permission(
    "purchases.view_orders", _("See purchases"), _("See orders, their lines, payments and refunds.")
)
RECORD_ORDERS = Permission(
    "purchases.record_orders",
    _("Record purchases"),
    _("Record an order by hand, change its status and add a tracking number."),
)
REFUND_ORDERS = Permission(
    "purchases.refund_orders", _("Refund and cancel"), _("Refund lines of an order, or cancel the order.")
)
EXPORT_ORDERS = Permission(
    "purchases.export_orders", _("Export purchases"), _("Save lists of orders and products as a file.")
)
VIEW_PRODUCTS = Permission(
    "purchases.view_products", _("See products"), _("See products, categories, brands and channels.")
)
EDIT_PRODUCTS = Permission(
    "purchases.edit_products",
    _("Edit products"),
    _("Add and change products, categories, brands and sales channels."),
)
EDIT_RATES = Permission(
    "purchases.edit_rates", _("Set exchange rates"), _("Set the dated rates into the base currency.")
)

PERMISSIONS = (
    VIEW_ORDERS,
    RECORD_ORDERS,
    REFUND_ORDERS,
    EXPORT_ORDERS,
    VIEW_PRODUCTS,
    EDIT_PRODUCTS,
    EDIT_RATES,
)
AGENT = (VIEW_ORDERS, RECORD_ORDERS, VIEW_PRODUCTS)
