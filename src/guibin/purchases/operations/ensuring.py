"""Doors for imports: products, categories, brands and channels that rows name are made where missing."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from django.db import transaction

from guibin.core.events import Origin, record, subject
from guibin.core.permissions import Actor
from guibin.purchases.errors import ShapeInvalid
from guibin.purchases.events import CatalogueSaved, ProductsImported
from guibin.purchases.operations.copying import fetch
from guibin.purchases.queries.catalogue import find_products
from guibin.purchases.rules.batches import CREATED, REFUSED, SKU_LENGTH_MAX, UNCHANGED, UPDATED, Verdict
from guibin.purchases.rules.channels import channel_code
from guibin.purchases.rules.columns import array, conform
from guibin.purchases.rules.frames import OUTCOME_CODES, OUTCOMES, PRODUCTS, REASON_CODES
from guibin.purchases.rules.products import ProductFields, compute_product, split_path
from guibin.purchases.rules.words import LINE_KINDS

Policy = Literal["skip", "fill", "overwrite"]
BEFORE = pa.schema(
    [
        ("product_id", pa.int64()),
        ("name", pa.string()),
        ("name_en", pa.string()),
        ("category_id", pa.int64()),
        ("brand_id", pa.int64()),
        ("kind", pa.string()),
        ("list_price", pa.decimal128(18, 6)),
        ("unit_cost", pa.decimal128(18, 6)),
    ]
)
FIELDS = tuple(BEFORE.names[1:])


@dataclass(frozen=True, slots=True)
class EnsureResult:
    """``outcomes`` has a row per row handed in; ``before`` the old values of updated products (shape
    ``BEFORE``), which ``undo_import`` puts back."""

    outcomes: pa.Table
    created: int
    updated: int
    unchanged: int
    refused: int
    before: pa.Table


def ensure_channels(
    words: Iterable[str],
    *,
    import_id: int | None,
    actor: Actor,
    at: datetime,
    origin: Origin = Origin.IMPORT,
) -> dict[str, str]:
    """The channel code of each word a source uses (``小程序`` is ``mini_program``); unknown ones are made."""
    codes = {word: channel_code(word) for word in words if word}
    named = {code: word for word, code in sorted(codes.items(), reverse=True)}
    with transaction.atomic():
        made = fetch(
            "INSERT INTO purchases_saleschannel (code, name, is_shipped, is_active, import_id)"
            " SELECT code, name, false, true, %s FROM unnest(%s::text[], %s::text[]) AS given (code, name)"
            " WHERE NOT EXISTS (SELECT FROM purchases_saleschannel c WHERE c.code = given.code)"
            " ON CONFLICT DO NOTHING RETURNING id",
            [import_id, list(named), [word[:80] for word in named.values()]],
        )
        for (channel_id,) in made:
            event = CatalogueSaved(what="channel", item_id=channel_id, is_new=True)
            record(event, subjects=[subject("channel", channel_id)], actor=actor, at=at, origin=origin)
    return codes


def create_missing(lines: pa.Table, *, import_id: int | None, at: datetime) -> dict[str, tuple[int, str]]:
    """Make a product for each sku in ``lines`` (sku, description, kind) and return id and kind by sku.

    It takes the description met most often; the orders' own events tell of it.
    """
    descriptions: dict[str, Counter[str]] = {}
    kinds: dict[str, str] = {}
    grouped = lines.group_by(["sku", "description", "kind"]).aggregate([([], "count_all")]).to_pylist()
    for row in grouped:
        descriptions.setdefault(row["sku"], Counter())[(row["description"] or "").strip()] += row["count_all"]
        kinds[row["sku"]] = min(kinds.get(row["sku"], row["kind"]), row["kind"])
    skus = sorted(descriptions)
    names = [
        min(descriptions[sku].items(), key=lambda item: (item[0] == "", -item[1], item[0]))[0] for sku in skus
    ]
    fetch(
        "INSERT INTO purchases_product (sku, name, name_en, kind, status, import_id, created_at)"
        " SELECT sku, name, '', kind, 'active', %s, %s FROM unnest(%s::text[], %s::text[], %s::text[])"
        " AS given (sku, name, kind) ON CONFLICT (sku) DO NOTHING RETURNING id",
        [import_id, at, skus, [name[:200] for name in names], [kinds[sku] for sku in skus]],
    )
    return find_products(skus)


def ensure_products(
    rows: pa.Table,
    *,
    import_id: int | None,
    policy: Policy = "fill",
    actor: Actor,
    at: datetime,
    origin: Origin = Origin.IMPORT,
) -> EnsureResult:
    """Make or change the products that ``rows`` (shape ``PRODUCTS``) name.

    ``policy`` for products that are here: skip them, fill only what is empty, or overwrite with every
    value given. A sku that comes twice takes the values of the last row number. Raises ``ShapeInvalid``.
    """
    try:
        rows = conform(rows, PRODUCTS).sort_by("row")
    except (ValueError, pa.ArrowInvalid) as error:
        raise ShapeInvalid from error
    given = [ProductFields.of(row) for row in rows.to_pylist()]
    verdict = _judge(given)
    with transaction.atomic():
        category_ids = _ensure_categories({fields.category for fields in given}, import_id)
        brand_ids = _ensure_brands({fields.brand for fields in given}, import_id)
        wanted = {
            fields.sku: fields.with_ids(category_ids.get(fields.category), brand_ids.get(fields.brand))
            for place, fields in enumerate(given)
            if verdict.outcome[place] == CREATED
        }
        before = _load(list(wanted))
        changes = {sku: compute_product(before.get(sku), fields, policy) for sku, fields in wanted.items()}
        _insert({sku: change for sku, change in changes.items() if sku not in before}, import_id, at)
        updated = [sku for sku in before if changes[sku] != before[sku]]
        _update([changes[sku] for sku in updated])
        for place, fields in enumerate(given):
            if verdict.outcome[place] == CREATED and fields.sku in before:
                verdict.outcome[place] = UPDATED if fields.sku in updated else UNCHANGED
        if updated or len(before) < len(wanted):
            event = ProductsImported(import_id, len(wanted) - len(before), len(updated))
            about = [subject("import", import_id)] if import_id is not None else []
            record(event, subjects=about, actor=actor, at=at, origin=origin)
    return _result(rows, verdict, [before[sku] for sku in updated])


def _judge(given: list[ProductFields]) -> Verdict:
    verdict = Verdict.of(len(given))
    verdict.turn_down(np.array([fields.sku == "" for fields in given], dtype=bool), "number_missing")
    verdict.turn_down(
        np.array([len(fields.sku) > SKU_LENGTH_MAX for fields in given], dtype=bool), "text_too_long"
    )
    unknown = [bool(fields.kind) and fields.kind not in LINE_KINDS for fields in given]
    verdict.turn_down(np.array(unknown, dtype=bool), "kind_unknown")
    negative = [(fields.list_price or 0) < 0 or (fields.unit_cost or 0) < 0 for fields in given]
    verdict.turn_down(np.array(negative, dtype=bool), "price_negative")
    return verdict


def _result(rows: pa.Table, verdict: Verdict, before: list[ProductFields]) -> EnsureResult:
    counts = np.bincount(verdict.outcome, minlength=len(OUTCOME_CODES)).tolist()
    outcomes = pa.Table.from_arrays(
        [
            array(rows, "row"),
            pa.DictionaryArray.from_arrays(pa.array(verdict.outcome), pa.array(OUTCOME_CODES)),
            pa.DictionaryArray.from_arrays(
                pa.array(verdict.reason, mask=verdict.reason == 0), pa.array(REASON_CODES)
            ),
            pa.array(np.zeros(rows.num_rows, dtype=np.int64)),
        ],
        schema=OUTCOMES,
    )
    old = [{"product_id": fields.id, **{name: getattr(fields, name) for name in FIELDS}} for fields in before]
    return EnsureResult(
        outcomes=outcomes,
        created=counts[CREATED],
        updated=counts[UPDATED],
        unchanged=counts[UNCHANGED],
        refused=counts[REFUSED],
        before=pa.Table.from_pylist(old, schema=BEFORE),
    )


def _load(skus: list[str]) -> dict[str, ProductFields]:
    """The products that are here, locked in id order."""
    rows = fetch(
        "SELECT sku, id, name, name_en, category_id, brand_id, kind, list_price, unit_cost"
        " FROM purchases_product WHERE sku = ANY(%s) ORDER BY id FOR UPDATE",
        [skus],
    )
    return {
        row[0]: ProductFields(sku=row[0], id=row[1], **dict(zip(FIELDS, row[2:], strict=True)))
        for row in rows
    }


def _columns(products: Iterable[ProductFields]) -> list[list[Any]]:
    listed = list(products)
    return [[getattr(fields, name) for fields in listed] for name in FIELDS]


def _insert(products: Mapping[str, ProductFields], import_id: int | None, at: datetime) -> None:
    if products:
        fetch(
            "INSERT INTO purchases_product (sku, name, name_en, category_id, brand_id, kind, list_price, "
            "unit_cost,"
            " status, import_id, created_at) SELECT g.*, 'active', %s, %s FROM unnest(%s::text[], %s::text[],"
            " %s::text[], %s::int8[], %s::int8[], %s::text[], %s::numeric[], %s::numeric[]) AS g "
            "RETURNING id",
            [import_id, at, list(products), *_columns(products.values())],
        )


def _update(products: list[ProductFields]) -> None:
    if products:
        restore_products([fields.id for fields in products if fields.id is not None], _columns(products))


def restore_products(ids: list[int], columns: list[list[Any]]) -> None:
    """Write ``columns`` (in the order of ``FIELDS``) over the products ``ids``."""
    fetch(
        "UPDATE purchases_product p SET name = g.name, name_en = g.name_en, category_id = g.category_id,"
        " brand_id = g.brand_id, kind = g.kind, list_price = g.list_price, unit_cost = g.unit_cost"
        " FROM unnest(%s::int8[], %s::text[], %s::text[], %s::int8[], %s::int8[], %s::text[], %s::numeric[],"
        " %s::numeric[]) AS g (id, name, name_en, category_id, brand_id, kind, list_price, unit_cost)"
        " WHERE p.id = g.id RETURNING p.id",
        [ids, *columns],
    )


def _ensure_categories(paths: set[str], import_id: int | None) -> dict[str, int]:
    """The id of each category path; missing nodes are made from the top down."""
    ids: dict[str, int] = {}
    nodes = sorted(
        {"/".join(split_path(path)[: depth + 1]) for path in paths for depth in range(len(split_path(path)))}
    )
    for code in nodes:
        parent, _slash, name = code.rpartition("/")
        ids[code] = _ensure_node(code[:120], name[:120], ids.get(parent), import_id)
    return {path: ids["/".join(split_path(path))] for path in paths if split_path(path)}


def _ensure_node(code: str, name: str, parent_id: int | None, import_id: int | None) -> int:
    fetch(
        "INSERT INTO purchases_category (code, name, parent_id, import_id) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (lower(code)) DO NOTHING RETURNING id",
        [code, name, parent_id, import_id],
    )
    return int(fetch("SELECT id FROM purchases_category WHERE lower(code) = lower(%s)", [code])[0][0])


def _ensure_brands(names: set[str], import_id: int | None) -> dict[str, int]:
    wanted = sorted(name for name in names if name)
    if not wanted:
        return {}
    codes = [name[:120] for name in wanted]
    fetch(
        "INSERT INTO purchases_brand (code, name, import_id) SELECT code, code, %s FROM "
        "unnest(%s::text[]) AS g (code)"
        " ON CONFLICT (lower(code)) DO NOTHING RETURNING id",
        [import_id, codes],
    )
    found = fetch(
        "SELECT g.name, b.id FROM unnest(%s::text[], %s::text[]) AS g (name, code)"
        " JOIN purchases_brand b ON lower(b.code) = lower(g.code)",
        [wanted, codes],
    )
    return dict(found)
