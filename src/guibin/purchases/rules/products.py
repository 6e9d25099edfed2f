"""What a product becomes when a row names it again."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any, Literal

Policy = Literal["skip", "fill", "overwrite"]


@dataclass(frozen=True, slots=True)
class ProductFields:
    """A product's own values; ``category`` is a path of names and ``brand`` a name, as a row gives them."""

    sku: str
    name: str = ""
    name_en: str = ""
    category: str = ""
    brand: str = ""
    kind: str = ""
    list_price: Decimal | None = None
    unit_cost: Decimal | None = None
    category_id: int | None = None
    brand_id: int | None = None
    id: int | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "ProductFields":
        """From a row of the shape ``PRODUCTS``, outer spaces dropped, texts cut to their columns."""

        def text(name: str, most: int = 200) -> str:
            return (row[name] or "").strip()[:most]

        return cls(
            sku=(row["sku"] or "").strip(),
            name=text("name"),
            name_en=text("name_en"),
            category="/".join(split_path(row["category"] or "")),
            brand=text("brand", 120),
            kind=text("kind", 20),
            list_price=row["list_price"],
            unit_cost=row["unit_cost"],
        )

    def with_ids(self, category_id: int | None, brand_id: int | None) -> "ProductFields":
        return replace(self, category_id=category_id, brand_id=brand_id)


def split_path(path: str) -> list[str]:
    """The names along a category path: ``Home / Candles`` is two."""
    return [name.strip() for name in path.replace(">", "/").replace("／", "/").split("/") if name.strip()]


def compute_product(before: ProductFields | None, given: ProductFields, policy: Policy) -> ProductFields:
    """The product after a row: as given when new, else by ``policy``. Nothing given never erases."""
    if before is None:
        return replace(given, category="", brand="", kind=given.kind or "goods")
    if policy == "skip":
        return before
    changed = {}
    for field in fields(ProductFields):
        if field.name in {"sku", "id", "category", "brand"}:
            continue
        old, new = getattr(before, field.name), getattr(given, field.name)
        is_empty = old in {None, ""}
        if new not in {None, ""} and (is_empty or policy == "overwrite"):
            changed[field.name] = new
    return replace(before, **changed)
