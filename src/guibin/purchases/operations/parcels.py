"""Carriers and tracking numbers that an import knows of its own orders."""

from collections.abc import Mapping

from guibin.core.sealing import vault
from guibin.purchases.operations.copying import execute, fetch
from guibin.purchases.queries.orders import TRACKING_COLUMN

CARRIER_MAX, TRACKING_MAX = 40, 60


def note_parcels(parcels: Mapping[str, tuple[str, str]], *, source: str, import_id: int) -> int:
    """Keep (carrier, tracking number) of orders this import made, by order number; returns how many.

    Orders known before keep what they say. A tracking number is sealed under the customer's key; an order
    without a customer keeps its carrier alone.
    """
    if not parcels:
        return 0
    found = fetch(
        "SELECT id, number, customer_id FROM purchases_order WHERE source = %s AND number = ANY(%s)"
        " AND import_id = %s AND carrier = '' AND tracking_sealed IS NULL ORDER BY id",
        [source, list(parcels), import_id],
    )
    keys = vault().load(sorted({customer for _id, _number, customer in found if customer is not None}))
    ids, carriers, sealed = [], [], []
    for order_id, number, customer in found:
        carrier, tracking = parcels[number]
        key = keys.get(customer)
        ids.append(order_id)
        carriers.append(carrier.strip()[:CARRIER_MAX])
        sealed.append(
            key.seal(TRACKING_COLUMN, tracking.strip()[:TRACKING_MAX]) if key and tracking else None
        )
    if ids:
        execute(
            "UPDATE purchases_order o SET carrier = given.carrier, tracking_sealed = given.sealed"
            " FROM unnest(%s::bigint[], %s::text[], %s::bytea[]) AS given (id, carrier, sealed)"
            " WHERE o.id = given.id",
            [ids, carriers, sealed],
        )
    return len(ids)
