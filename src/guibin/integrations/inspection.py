"""What programs read about an import: the stable shape of ``--json`` and of REST."""

from typing import Any

from guibin.integrations.queries import RunView


def as_report(run: RunView, *, seconds: float = -1) -> dict[str, Any]:
    """``outcomes`` add up to ``rows_read``; amounts are exact decimal strings in ``currency``. ``orders`` and
    ``customers`` are those the import made, ``customers_met`` those its orders name, new or known.
    ``orders_paid_otherwise``: for how many orders the payments taken in are not what the order comes to;
    ``parcels_without_customer``: how many tracking numbers were left out."""
    money = dict(run.reconciliation) or {
        "amount_before_exclusions": run.figures.get("amount_before_exclusions")
    }
    return {
        "import": run.id,
        "kind": run.kind,
        "state": run.state,
        "template": run.template or None,
        "rows_read": run.rows_total or 0,
        "outcomes": dict(sorted(run.outcomes.items())),
        "amount_before_exclusions": money.get("amount_before_exclusions"),
        "amount_imported": money.get("amount_imported"),
        "amount_excluded": money.get("amount_excluded"),
        "excluded": money.get("excluded", {}),
        "rounding_difference": money.get("rounding_difference"),
        "currency": money.get("currency", run.currency or None),
        "as_of": run.as_of,
        "first_day": run.figures.get("first_on"),
        "orders": run.figures.get("orders_created", 0),
        "customers": run.figures.get("customers_created", 0),
        "customers_met": run.figures.get("customers_met", 0),
        "payments": run.figures.get("payments", 0),
        "orders_paid_otherwise": run.figures.get("orders_paid_otherwise", 0),
        "parcels_without_customer": run.figures.get("parcels_without_customer", 0),
        "seconds": round(run.seconds if seconds < 0 else seconds, 3),
        "error": run.error_code or None,
    }
