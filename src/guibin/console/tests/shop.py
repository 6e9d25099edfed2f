"""A small shop for the tests of the pages that mix slices."""

import itertools
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from guibin.accounts import api as accounts
from guibin.core.permissions import SYSTEM
from guibin.customers import api as customers
from guibin.insight import api as insight
from guibin.loyalty import api as loyalty
from guibin.purchases import api as purchases

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
_serial = itertools.count(1)


def store(name: str) -> int:
    return accounts.ensure_stores(texts=[name], actor=SYSTEM, at=NOW)[name]


def customer(name: str = "林婉清", phone: str = "", store_name: str = "湖滨店") -> str:
    """Returns the number."""
    profile = customers.Profile(name=name, joined_on=NOW.date(), joined_store_id=store(store_name))
    contacts = [customers.NewContact("phone", phone)] if phone else []
    customer_id = customers.create_customer(profile=profile, contacts=contacts, actor=SYSTEM, at=NOW)
    return customers.find_numbers([customer_id])[customer_id]


def order(number: str, yuan: int, *, days_ago: int = 3, in_store: bool = True) -> int:
    customer_id = customers.get_id(number, actor=SYSTEM)
    at = NOW - timedelta(days=days_ago)
    line = purchases.LineDraft(
        sku="", description="真丝衬衫", quantity=Decimal(1), unit_price=Decimal(yuan), kind="goods"
    )
    placed = purchases.place_order(
        number=f"T-{next(_serial)}",
        customer_id=customer_id,
        store_id=store("湖滨店") if in_store else None,
        ordered_at=at,
        currency="CNY",
        lines=[line],
        actor=SYSTEM,
        at=at,
    )
    return placed.order_id


def decide() -> None:
    """Count everybody and decide by the cumulative preset; needs committed rows."""
    today = NOW.date()
    insight.refresh(as_of=today, actor=SYSTEM, at=NOW)
    facts = insight.facts_table(as_of=today)
    rules = loyalty.preset_rules("cumulative", "CNY")
    preview = loyalty.preview_policy(rules=rules, facts=facts, as_of=today, currency="CNY")
    loyalty.create_policy(code="house", name="贵宾标准", preset="cumulative", actor=SYSTEM, at=NOW)
    loyalty.save_policy_version(
        policy_code="house",
        rules=rules,
        currency="CNY",
        effective_from=today,
        token=preview.token,
        today=today,
        actor=SYSTEM,
        at=NOW,
    )
    loyalty.activate_policy(policy_code="house", actor=SYSTEM, at=NOW)
    loyalty.evaluate(facts=facts, as_of=today, actor=SYSTEM, at=NOW)
