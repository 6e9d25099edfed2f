"""Products, categories, brands and channels."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet

from guibin.core.errors import Text
from guibin.core.paging import REACH, Page
from guibin.purchases.errors import ProductUnknown
from guibin.purchases.models import Brand, Category, Product, SalesChannel
from guibin.purchases.queries.tallies import Sold, sold_of
from guibin.purchases.words import channel_label


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product with what was sold of it: ``lines`` are times sold, cancelled orders left out.

    ``sales_base_minor`` is before refunds, in the base currency.
    """

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
    lines: int = 0
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


def find_product_ids(skus: Iterable[str]) -> dict[str, int]:
    """Product id by sku; unknown ones are absent."""
    return {sku: product_id for sku, (product_id, _kind) in find_products(skus).items()}


def _rows(products: Iterable[Product], *, with_sales: bool) -> list[ProductRow]:
    listed = list(products)
    sold = sold_of([product.id for product in listed]) if with_sales and listed else {}
    return [_row(product, sold.get(product.id, Sold())) for product in listed]


def _row(product: Product, sold: Sold) -> ProductRow:
    return ProductRow(
        id=product.id,
        sku=product.sku,
        name=product.name,
        name_en=product.name_en,
        category_id=product.category_id,
        category=product.category.name if product.category else "",
        brand_id=product.brand_id,
        brand=product.brand.name if product.brand else "",
        kind=product.kind,
        list_price=product.list_price,
        unit_cost=product.unit_cost,
        status=product.status,
        lines=sold.lines,
        quantity=sold.quantity,
        sales_base_minor=sold.amount_base_minor,
        last_sold_on=sold.last_on,
    )


def get_product(product_id: int) -> ProductRow:
    """Raises ``ProductUnknown``."""
    product = Product.objects.select_related("category", "brand").filter(id=product_id).first()
    if product is None:
        raise ProductUnknown(sku=str(product_id))
    return _rows([product], with_sales=True)[0]


def products_by_id(product_ids: Iterable[int]) -> dict[int, ProductRow]:
    """Products without their sales, by id, in one query; unknown ids are absent."""
    rows = Product.objects.select_related("category", "brand").filter(id__in=list(product_ids))
    return {row.id: row for row in _rows(rows, with_sales=False)}


PRODUCT_SORTS = {
    "sku": ("sku",),
    "name": ("name", "sku"),
    "category": ("category__name", "sku"),
    "list_price": ("list_price", "sku"),
    "status": ("status", "sku"),
}


def list_products(
    wanted: ProductFilter | None = None,
    *,
    sort: str = "sku",
    descending: bool = False,
    page: int = 1,
    size: int = 50,
) -> Page[ProductRow]:
    """Products with their sales, in three queries whatever the size of the page."""
    rows = _filtered(wanted or ProductFilter())
    order = [f"-{name}" if descending else name for name in PRODUCT_SORTS.get(sort, ("sku",))]
    start = (page - 1) * size
    found = rows.select_related("category", "brand").order_by(*order)[start : start + size]
    counted = rows.order_by().values("id")[: REACH + 1].count()
    is_exact = counted <= REACH
    return Page(_rows(found, with_sales=True), counted if is_exact else REACH, page, size, is_exact)


def products_after(*, after: Sequence[Any] | None, limit: int) -> list[ProductRow]:
    """The next ``limit`` products by sku, without their sales, behind ``after`` (a sku)."""
    rows = Product.objects.select_related("category", "brand")
    if after:
        rows = rows.filter(sku__gt=str(after[0]))
    return _rows(rows.order_by("sku")[:limit], with_sales=False)


def _filtered(wanted: ProductFilter) -> QuerySet[Product]:
    rows = Product.objects.all()
    if wanted.text:
        text = wanted.text.strip()
        rows = rows.filter(Q(sku__icontains=text) | Q(name__icontains=text) | Q(name_en__icontains=text))
    if wanted.category_ids:
        rows = rows.filter(category_id__in=wanted.category_ids)
    if wanted.brand_ids:
        rows = rows.filter(brand_id__in=wanted.brand_ids)
    if wanted.kinds:
        rows = rows.filter(kind__in=wanted.kinds)
    if wanted.statuses:
        rows = rows.filter(status__in=wanted.statuses)
    return rows


def list_categories() -> list[CategoryRow]:
    """The whole tree, each node after its parent, siblings by name."""
    nodes = list(Category.objects.order_by("name", "id"))
    counts = dict(
        Product.objects.filter(category__isnull=False)
        .values_list("category_id")
        .annotate(n=Count("id"))
        .order_by()
    )
    children: dict[int | None, list[Category]] = {}
    for node in nodes:
        children.setdefault(node.parent_id, []).append(node)
    found: list[CategoryRow] = []
    open_nodes = [(node, 0, "") for node in reversed(children.get(None, []))]
    while open_nodes:
        node, depth, above = open_nodes.pop()
        path = f"{above} / {node.name}" if above else node.name
        found.append(
            CategoryRow(node.id, node.parent_id, node.code, node.name, depth, counts.get(node.id, 0), path)
        )
        open_nodes += [(child, depth + 1, path) for child in reversed(children.get(node.id, []))]
    return found


def list_brands() -> list[BrandRow]:
    """All brands by name."""
    rows = Brand.objects.order_by("name", "id")
    counts = dict(
        Product.objects.filter(brand__isnull=False).values_list("brand_id").annotate(n=Count("id")).order_by()
    )
    return [BrandRow(row.id, row.code, row.name, counts.get(row.id, 0)) for row in rows]


def list_channels(*, active_only: bool = False) -> list[ChannelRow]:
    """Shipped channels first, then the organisation's own."""
    rows = SalesChannel.objects.order_by("-is_shipped", "id")
    if active_only:
        rows = rows.filter(is_active=True)
    return [
        ChannelRow(
            row.id, row.code, row.name, channel_label(row.code, row.name), row.is_shipped, row.is_active
        )
        for row in rows
    ]
