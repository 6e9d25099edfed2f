"""What purchases offers the house."""

from django.utils.translation import gettext_lazy as _

from guibin.core.manifest import Link, Manifest, MenuEntry
from guibin.purchases import datasets, events, help, permissions, settings
from guibin.purchases.personal_data import PERSONAL_DATA

VIEW, RECORD, REFUND = permissions.VIEW_ORDERS, permissions.RECORD_ORDERS, permissions.REFUND_ORDERS
PRODUCTS, EDIT = permissions.VIEW_PRODUCTS, permissions.EDIT_PRODUCTS
LINKS = (
    Link(
        "purchases.list", "purchases:list", _("Purchases"), VIEW, "shopping-bag", _("orders sales receipts")
    ),
    Link(
        "purchases.new",
        "purchases:new",
        _("Record a purchase"),
        RECORD,
        "shopping-bag-plus",
        _("enter an order sale"),
    ),
    Link("purchases.order", "purchases:order", _("One order"), VIEW, "receipt"),
    Link("purchases.refund", "purchases:refund", _("Refund"), REFUND, "receipt-refund"),
    Link(
        "purchases.products",
        "purchases:products",
        _("Products"),
        PRODUCTS,
        "package",
        _("goods articles sku"),
    ),
    Link("purchases.new_product", "purchases:new_product", _("New product"), EDIT, "package", _("add goods")),
    Link("purchases.product", "purchases:product", _("One product"), PRODUCTS, "package"),
    Link(
        "purchases.categories",
        "purchases:categories",
        _("Categories and brands"),
        PRODUCTS,
        "category",
        _("tree brand"),
    ),
    Link(
        "purchases.channels",
        "purchases:channels",
        _("Sales channels"),
        PRODUCTS,
        "route",
        _("store web app mini program"),
    ),
    Link(
        "purchases.rates",
        "purchases:rates",
        _("Currency rates"),
        permissions.EDIT_RATES,
        "currency-yuan",
        _("exchange money"),
    ),
)
MANIFEST = Manifest(
    slice="purchases",
    permissions=permissions.PERMISSIONS,
    roles={"owner": permissions.PERMISSIONS, "manager": permissions.PERMISSIONS, "agent": permissions.AGENT},
    events=events.EVENTS,
    menu=(
        MenuEntry(1, 30, "shopping-bag", _("Purchases"), "purchases.list", VIEW),
        MenuEntry(2, 40, "package", _("Products"), "purchases.products", PRODUCTS),
    ),
    links=LINKS,
    help=help.ALL,
    settings=settings.ALL,
    datasets=datasets.ALL,
    personal_data=PERSONAL_DATA,
)
