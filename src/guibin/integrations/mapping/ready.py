"""Ready templates: column names and conventions of well-known files. Facts of names, no content."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ReadyTemplate:
    """``mapping`` is column name to target; ``rules`` names the row conventions in ``staging.lines``."""

    name: str
    kind: str
    mapping: Mapping[str, str]
    options: Mapping[str, object] = field(default_factory=dict)
    currency: str = ""


ONLINE_RETAIL = ReadyTemplate(
    name="online_retail",
    kind="order_lines",
    mapping={
        "Invoice": "order_number",
        "StockCode": "sku",
        "Description": "description",
        "Quantity": "quantity",
        "InvoiceDate": "ordered_at",
        "Price": "unit_price",
        "Customer ID": "customer",
        "Country": "",
    },
    currency="GBP",
)
CDNOW = ReadyTemplate(
    name="cdnow",
    kind="orders",
    mapping={
        "customer_id": "customer",
        "date": "ordered_at",
        "number_of_cds": "items",
        "dollar_value": "amount",
    },
    currency="USD",
)
READY = {template.name: template for template in (ONLINE_RETAIL, CDNOW)}
ALIASES = {"InvoiceNo": "Invoice", "UnitPrice": "Price", "CustomerID": "Customer ID"}
