"""The published facts: which day they speak of, and the rows of a few customers. Loads no Arrow."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from guibin.accounts import api as accounts
from guibin.core import clock
from guibin.insight.models import CustomerFacts, Refresh
from guibin.insight.preferences import get_wishes
from guibin.insight.rules.count import Fact
from guibin.insight.rules.fact_row import FACT_NAMES
from guibin.insight.rules.wishes import Wishes

DAYS = frozenset(("first_order_on", "last_order_on"))


def get_day_of(at: datetime) -> date:
    """The organisation's fixed day, else the business day of ``at`` in its zone."""
    organisation = accounts.organisation()
    return organisation.as_of_on or clock.business_day(at, organisation.time_zone)


def get_current_day() -> date:
    return get_day_of(clock.now())


def get_wishes_now() -> Wishes:
    return get_wishes(accounts.organisation().base_currency)


def find_published_day() -> date | None:
    """The day the published facts speak of; None before the first refresh."""
    return Refresh.objects.order_by("-id").values_list("as_of", flat=True).first()


def get_published_facts(customer_ids: Sequence[int], day: date) -> dict[int, dict[str, Fact]]:
    """{customer id: fact row} of the day last published."""
    rows = CustomerFacts.objects.filter(customer_id__in=list(customer_ids))
    return {row.customer_id: _published(row, day) for row in rows}


def _published(row: CustomerFacts, as_of: date) -> dict[str, Fact]:
    stored: dict[str, Any] = {**row.facts, "customer_id": row.customer_id}
    for name in DAYS:
        stored[name] = None if stored[name] is None else date.fromisoformat(stored[name])
    last = stored["last_order_on"]
    stored["recency_days"] = None if last is None else (as_of - last).days
    stored["tenure_days"] = None if row.began_on is None else max(0, (as_of - row.began_on).days)
    return {name: stored[name] for name in FACT_NAMES}
