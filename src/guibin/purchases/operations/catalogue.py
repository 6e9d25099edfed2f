"""Products, categories, brands and channels, kept by hand."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import models, transaction

from guibin.core.errors import DomainError, constraint_errors
from guibin.core.events import record, subject
from guibin.core.ids import BrandId, CategoryId, ProductId
from guibin.core.permissions import Actor
from guibin.purchases.errors import (
    BrandUnknown,
    CategoryLoop,
    CategoryUnknown,
    ChannelUnknown,
    CodeInvalid,
    CodeTaken,
    LineInvalid,
    ProductUnknown,
    SkuTaken,
    WordUnknown,
)
from guibin.purchases.events import CatalogueSaved, ProductSaved, plain_number
from guibin.purchases.models import Brand, Category, Product, SalesChannel
from guibin.purchases.operations.copying import execute
from guibin.purchases.rules.channels import is_channel_code
from guibin.purchases.rules.words import LINE_KINDS, PRODUCT_STATUSES


@dataclass(frozen=True, slots=True)
class ProductDraft:
    """A product as somebody wants it. Prices are per unit in the base currency."""

    sku: str
    name: str = ""
    name_en: str = ""
    category_id: int | None = None
    brand_id: int | None = None
    kind: str = "goods"
    list_price: Decimal | None = None
    unit_cost: Decimal | None = None
    status: str = "active"


def create_product(*, draft: ProductDraft, actor: Actor, at: datetime) -> ProductId:
    """Raises ``SkuTaken``, ``CodeInvalid``, ``WordUnknown``, ``CategoryUnknown``, ``BrandUnknown``."""
    with transaction.atomic():
        product = Product(created_at=at)
        _save_product(product, draft)
        _record_product(product, actor=actor, at=at, is_new=True)
    return ProductId(product.id)


def edit_product(*, product_id: int, draft: ProductDraft, actor: Actor, at: datetime) -> None:
    """Raises as ``create_product``, and ``ProductUnknown``. A new category counts for past sales too."""
    with transaction.atomic():
        product = Product.objects.select_for_update().filter(id=product_id).first()
        if product is None:
            raise ProductUnknown(sku=draft.sku)
        is_moved = product.category_id != draft.category_id
        _save_product(product, draft)
        if is_moved:  # the lines' dataset names the category, so they have changed for insight
            execute("UPDATE purchases_orderline SET sku = sku WHERE product_id = %s", [product.id])
        _record_product(product, actor=actor, at=at, is_new=False)


def _save_product(product: Product, draft: ProductDraft) -> None:
    if not draft.sku.strip():
        raise CodeInvalid
    if draft.kind not in LINE_KINDS or draft.status not in PRODUCT_STATUSES:
        raise WordUnknown(word=draft.kind if draft.kind not in LINE_KINDS else draft.status)
    if (draft.list_price or 0) < 0 or (draft.unit_cost or 0) < 0:
        raise LineInvalid(position=1)
    if draft.category_id is not None and not Category.objects.filter(id=draft.category_id).exists():
        raise CategoryUnknown
    if draft.brand_id is not None and not Brand.objects.filter(id=draft.brand_id).exists():
        raise BrandUnknown
    product.sku, product.name, product.name_en = draft.sku.strip(), draft.name.strip(), draft.name_en.strip()
    product.category_id, product.brand_id = draft.category_id, draft.brand_id
    product.kind, product.status = draft.kind, draft.status
    product.list_price, product.unit_cost = draft.list_price, draft.unit_cost
    with constraint_errors({"purchases_product_sku_once": SkuTaken()}):
        product.save()


def _record_product(product: Product, *, actor: Actor, at: datetime, is_new: bool) -> None:
    event = ProductSaved(product_id=product.id, sku=plain_number(product.sku), is_new=is_new)
    record(event, subjects=[subject("product", product.id)], actor=actor, at=at)


def create_category(
    *, code: str, name: str, parent_id: int | None = None, actor: Actor, at: datetime
) -> CategoryId:
    """Raises ``CodeTaken``, ``CodeInvalid``, ``CategoryUnknown``."""
    with transaction.atomic():
        _check_parent(None, parent_id)
        category = Category(code=code.strip() or name.strip(), name=name.strip(), parent_id=parent_id)
        _save(category, "category", {"purchases_category_code_once": CodeTaken()}, actor, at)
    return CategoryId(category.id)


def edit_category(
    *, category_id: int, code: str, name: str, parent_id: int | None, actor: Actor, at: datetime
) -> None:
    """Raises as ``create_category``, and ``CategoryLoop``."""
    with transaction.atomic():
        category = Category.objects.select_for_update().filter(id=category_id).first()
        if category is None:
            raise CategoryUnknown
        _check_parent(category_id, parent_id)
        category.code, category.name, category.parent_id = (
            code.strip() or name.strip(),
            name.strip(),
            parent_id,
        )
        _save(category, "category", {"purchases_category_code_once": CodeTaken()}, actor, at)


def _check_parent(category_id: int | None, parent_id: int | None) -> None:
    """Walk up from the new parent, with the tree locked, so that no loop can close."""
    parents = dict(Category.objects.select_for_update().order_by("id").values_list("id", "parent_id"))
    node = parent_id
    if node is not None and node not in parents:
        raise CategoryUnknown
    while node is not None:
        if node == category_id:
            raise CategoryLoop
        node = parents[node]


def create_brand(*, code: str, name: str, actor: Actor, at: datetime) -> BrandId:
    """Raises ``CodeTaken`` and ``CodeInvalid``."""
    with transaction.atomic():
        brand = Brand(code=code.strip() or name.strip(), name=name.strip())
        _save(brand, "brand", {"purchases_brand_code_once": CodeTaken()}, actor, at)
    return BrandId(brand.id)


def edit_brand(*, brand_id: int, code: str, name: str, actor: Actor, at: datetime) -> None:
    """Raises ``BrandUnknown``, ``CodeTaken`` and ``CodeInvalid``."""
    with transaction.atomic():
        brand = Brand.objects.select_for_update().filter(id=brand_id).first()
        if brand is None:
            raise BrandUnknown
        brand.code, brand.name = code.strip() or name.strip(), name.strip()
        _save(brand, "brand", {"purchases_brand_code_once": CodeTaken()}, actor, at)


def create_channel(*, code: str, name: str, actor: Actor, at: datetime) -> int:
    """Raises ``CodeTaken`` and ``CodeInvalid``. Returns the channel's id."""
    if not is_channel_code(code.strip()):
        raise CodeInvalid
    with transaction.atomic():
        channel = SalesChannel(code=code.strip(), name=name.strip())
        _save(channel, "channel", {"purchases_channel_code_once": CodeTaken()}, actor, at)
    return int(channel.id)


def edit_channel(*, code: str, name: str, is_active: bool, actor: Actor, at: datetime) -> None:
    """Rename a channel or take it out of forms; its code stays, because orders hold it.

    Raises ``ChannelUnknown``.
    """
    with transaction.atomic():
        channel = SalesChannel.objects.select_for_update().filter(code=code).first()
        if channel is None:
            raise ChannelUnknown(code=code)
        channel.name, channel.is_active = name.strip(), is_active
        _save(channel, "channel", {}, actor, at)


def _save(row: models.Model, what: str, taken: dict[str, DomainError], actor: Actor, at: datetime) -> None:
    if not getattr(row, "code", ""):
        raise CodeInvalid
    is_new = row.pk is None
    with constraint_errors(taken):
        row.save()
    event = CatalogueSaved(what=what, item_id=row.pk, is_new=is_new)
    record(event, subjects=[subject(what, row.pk)], actor=actor, at=at)
