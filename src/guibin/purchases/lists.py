"""The lists of orders and products: columns and filters, and what a list's state asks of the queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from guibin.accounts import api as accounts
from guibin.core.money import Money, to_minor
from guibin.core.permissions import Actor
from guibin.customers import api as customers
from guibin.purchases import words
from guibin.purchases.permissions import EXPORT_ORDERS
from guibin.purchases.queries.catalogue import (
    ProductFilter,
    ProductRow,
    find_product_ids,
    list_brands,
    list_categories,
    list_channels,
)
from guibin.purchases.queries.orders import OrderFilter, list_sources
from guibin.purchases.queries.rates import base_currency
from guibin.purchases.queries.rows import OrderRow
from guibin.web.asked import read_all
from guibin.web.links import link_url
from guibin.web.listing.spec import Column, Empty, Filter, ListSpec
from guibin.web.listing.state import ListState

STATUS_KINDS = {"placed": "warn", "paid": "info", "shipped": "info", "completed": "good", "cancelled": "bad"}


@dataclass(frozen=True, slots=True)
class ShownOrder:
    """An order with the words a list shows beside it."""

    order: OrderRow
    store: str
    channel_name: str
    status_name: str
    source_name: str
    customer_name: str
    customer_number: str

    def __getattr__(self, name: str) -> Any:
        return getattr(self.order, name)

    @property
    def status_kind(self) -> str:
        return STATUS_KINDS.get(self.order.status, "")


def order_url(row: OrderRow | ShownOrder) -> str:
    """The page of an order."""
    return link_url("purchases.order", order_id=row.id)


def customer_url(row: ShownOrder) -> str:
    """The page of the customer, empty for an anonymous sale."""
    return link_url("customers.profile", number=row.customer_number) if row.customer_number else ""


def show_orders(rows: Iterable[OrderRow]) -> list[ShownOrder]:
    """Orders with names of stores, channels and customers, in the same few queries for any number."""
    listed = list(rows)
    stores = {int(store.id): store.name for store in accounts.list_stores()}
    channels = {channel.code: str(channel.label) for channel in list_channels()}
    cards = customers.get_cards({row.customer_id for row in listed if row.customer_id is not None})
    shown = []
    for row in listed:
        card = cards.get(row.customer_id or 0)
        shown.append(
            ShownOrder(
                order=row,
                store=stores.get(row.store_id or 0, ""),
                channel_name=channels.get(row.channel, row.channel),
                status_name=str(words.STATUSES[row.status]),
                source_name=str(words.SOURCES.get(row.source, row.source)),
                customer_name="" if card is None else card.name or card.latin_name or card.number,
                customer_number="" if card is None else card.number,
            )
        )
    return shown


def _stores() -> list[tuple[str, str]]:
    return [(str(store.id), store.name) for store in accounts.list_stores()]


def _sources() -> list[tuple[str, str]]:
    return [(source, str(words.SOURCES.get(source, source))) for source in list_sources()]


def _channels() -> list[tuple[str, str]]:
    return [(channel.code, str(channel.label)) for channel in list_channels()]


ORDERS = ListSpec(
    name="purchases.orders",
    unit=_("orders"),
    title=_("Purchases"),
    caption=_("Orders, newest first"),
    columns=[
        Column("number", _("Order"), sort=True, primary=True, url=order_url),
        Column("ordered_at", _("When"), kind="moment", sort=True),
        Column(
            "customer_name",
            _("Customer"),
            template="purchases/cell_customer.html",
            url=customer_url,
            export=lambda row: row.customer_number,
        ),
        Column("store", _("Store")),
        Column("channel_name", _("Channel")),
        Column(
            "status",
            _("Status"),
            template="purchases/cell_status.html",
            export=lambda row: row.status_name,
        ),
        Column("total", _("Total"), kind="money", sort=True),
        Column("refunded", _("Refunded"), kind="money", hidden=True),
        Column("net", _("After refunds"), kind="money", hidden=True),
        Column("discount", _("Discount"), kind="money", hidden=True),
        Column("promoted", _("With a promotion"), kind="yes_no", hidden=True),
        Column("source_name", _("Source"), hidden=True, export=lambda row: row.source),
    ],
    filters=[
        Filter.text("number", _("Order number")),
        Filter.day("ordered", _("When"), pinned=True),
        Filter.choice("store", _("Store"), _stores, pinned=True),
        Filter.choice("channel", _("Channel"), _channels),
        Filter.choice("status", _("Status"), tuple(words.STATUSES.items()), pinned=True),
        Filter.number("amount", _("Total")),
        Filter.yes_no("refunded", _("With a refund")),
        Filter.yes_no("anonymous", _("Without a customer")),
        Filter.text("customer", _("Customer number")),
        Filter.text("sku", _("Product code")),
        Filter.choice("source", _("Source"), _sources),
    ],
    sort="-ordered_at",
    export=EXPORT_ORDERS,
    empty=Empty(
        _("No purchases yet"),
        _("Load the file your till or shop exports, and every order appears here with its customer."),
        button=_("Load a file"),
        link="integrations.start",
        icon="shopping-bag",
    ),
)


def ids_of(number: str, *, actor: Actor) -> tuple[int, ...]:
    """All ids of the person with this number; one that nobody has where there is none to be seen."""
    customer_id = customers.find_id(number, actor=actor)
    return (0,) if customer_id is None else customers.group(customer_id)


def order_filter(state: ListState, *, actor: Actor) -> OrderFilter:
    """What the state of the list asks for. An unknown customer or product finds nothing."""
    days, amount = state.get("ordered"), state.get("amount")
    customer, sku, source = state.get("customer"), state.get("sku"), state.get("source")
    base = base_currency() if amount is not None else ""
    return OrderFilter(
        number=state.get("number") or "",
        first_on=days.first if days else None,
        last_on=days.last if days else None,
        store_ids=read_all(state.get("store") or ()),
        channels=tuple(state.get("channel") or ()),
        statuses=tuple(state.get("status") or ()),
        customer_ids=ids_of(customer, actor=actor) if customer else (),
        is_anonymous=state.get("anonymous"),
        amount_min=to_minor(amount.low, base) if amount and amount.low is not None else None,
        amount_max=to_minor(amount.high, base) if amount and amount.high is not None else None,
        has_refund=state.get("refunded"),
        sources=tuple(source or ()),
        product_id=find_product_ids([sku.strip()]).get(sku.strip(), 0) if sku else None,
    )


@dataclass(frozen=True, slots=True)
class ShownProduct:
    """A product with the words a list shows beside it."""

    product: ProductRow
    kind_name: str
    status_name: str
    sales: Money
    price: Money | None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.product, name)

    @property
    def shown_name(self) -> str:
        return self.product.name or self.product.name_en or self.product.sku


def show_products(rows: Iterable[ProductRow]) -> list[ShownProduct]:
    """Products with their words, sales in the base currency."""
    base = base_currency()
    return [
        ShownProduct(
            product=row,
            kind_name=str(words.KINDS[row.kind]),
            status_name=str(words.PRODUCT_STATUSES[row.status]),
            sales=Money(row.sales_base_minor, base),
            price=None if row.list_price is None else Money(to_minor(row.list_price, base), base),
        )
        for row in rows
    ]


def _product_url(row: ShownProduct) -> str:
    return link_url("purchases.product", product_id=row.id)


def _sold_url(row: ShownProduct) -> str:
    return f"{link_url('purchases.list')}?sku={row.sku}" if row.lines else ""


def _categories() -> list[tuple[str, str]]:
    return [(str(row.id), row.path) for row in list_categories()]


def _brands() -> list[tuple[str, str]]:
    return [(str(row.id), row.name) for row in list_brands()]


PRODUCTS = ListSpec(
    name="purchases.products",
    unit=_("products"),
    title=_("Products"),
    caption=_("Products by code"),
    columns=[
        Column("shown_name", _("Product"), primary=True, url=_product_url),
        Column("sku", _("Code"), sort=True),
        Column("category", _("Category"), sort=True),
        Column("brand", _("Brand"), hidden=True),
        Column("kind_name", _("Kind"), hidden=True),
        Column("price", _("List price"), kind="money", hidden=True),
        Column("lines", _("Times sold"), kind="number", url=_sold_url),
        Column("quantity", _("Sold"), kind="number", value=lambda row: _trimmed(row.quantity)),
        Column("sales", _("Sales"), kind="money"),
        Column("last_sold_on", _("Last sold"), kind="day"),
        Column("status_name", _("Status"), hidden=True),
    ],
    filters=[
        Filter.text("q", _("Name or code")),
        Filter.choice("category", _("Category"), _categories, pinned=True),
        Filter.choice("brand", _("Brand"), _brands),
        Filter.choice("kind", _("Kind"), tuple(words.KINDS.items())),
        Filter.choice("status", _("Status"), tuple(words.PRODUCT_STATUSES.items())),
    ],
    sort="sku",
    export=EXPORT_ORDERS,
    empty=Empty(
        _("No products yet"),
        _("Products appear by themselves when order lines name them. You can also add one here."),
        button=_("New product"),
        link="purchases.new_product",
        icon="package",
    ),
)


def _trimmed(quantity: Decimal) -> Decimal | int:
    return int(quantity) if quantity == int(quantity) else quantity.normalize()


def product_filter(state: ListState) -> ProductFilter:
    """What the state of the list asks for."""
    return ProductFilter(
        text=state.get("q") or "",
        category_ids=read_all(state.get("category") or ()),
        brand_ids=read_all(state.get("brand") or ()),
        kinds=tuple(state.get("kind") or ()),
        statuses=tuple(state.get("status") or ()),
    )
