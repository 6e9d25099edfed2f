"""Carriers and tracking numbers that an import knows of its own orders."""

from collections.abc import Mapping
from dataclasses import dataclass

from guibin.core.sealing import vault
from guibin.purchases.operations.copying import execute, fetch
from guibin.purchases.queries.orders import TRACKING_COLUMN

CARRIER_MAX, TRACKING_MAX = 40, 60


@dataclass(frozen=True, slots=True)
class ParcelsNoted:
    """How many orders have a parcel now; how many tracking numbers were refused for want of a customer."""

    noted: int
    refused: int


def note_parcels(parcels: Mapping[str, tuple[str, str]], *, source: str, import_id: int) -> ParcelsNoted:
    """Keep (carrier, tracking number) of orders this import made, by order number.

    Orders known before keep what they say. A tracking number leads to a name and an address: it is personal
    and sealed under the customer's key, so that it goes when they are erased. An order without a customer has
    no such key and keeps its carrier alone.
    """
    if not parcels:
        return ParcelsNoted(0, 0)
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
    refused = sum(bool(parcels[number][1]) for _id, number, customer in found if customer is None)
    return ParcelsNoted(len(ids), refused)
