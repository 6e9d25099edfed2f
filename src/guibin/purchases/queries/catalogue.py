"""Products, categories, brands and channels."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from guibin.core.errors import Text


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product with what was sold of it. ``sales_base_minor`` is before refunds, in the base currency."""

    id: int
    sku: str
    name: str
    name_en: str
    category_id: int | None
    category: str
    brand_id: int | None
    brand: str
    kind: str
    list_price: Decimal | None
    unit_cost: Decimal | None
    status: str
    orders: int = 0
    quantity: Decimal = Decimal(0)
    sales_base_minor: int = 0
    last_sold_on: date | None = None


@dataclass(frozen=True, slots=True)
class ProductFilter:
    """Nothing given means everything. ``text`` looks in sku and names."""

    text: str = ""
    category_ids: tuple[int, ...] = ()
    brand_ids: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category with its place in the tree and how many products lie directly in it."""

    id: int
    parent_id: int | None
    code: str
    name: str
    depth: int
    products: int
    path: str


@dataclass(frozen=True, slots=True)
class BrandRow:
    id: int
    code: str
    name: str
    products: int


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """``label`` is the given name, or the shipped one in the reader's language."""

    id: int
    code: str
    name: str
    label: Text
    is_shipped: bool
    is_active: bool


def find_products(skus: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Id and kind by sku, for the skus that are here, in one query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sku, id, kind FROM purchases_product WHERE sku = ANY(%s)", [list(skus)])
        return {sku: (product_id, kind) for sku, product_id, kind in cursor.fetchall()}
