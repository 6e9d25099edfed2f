"""Facts from insight handed to loyalty: previews, decisions, and writing them down."""

from dataclasses import dataclass, replace
from datetime import date, datetime

import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction

from guibin.accounts import api as accounts
from guibin.core.permissions import Actor
from guibin.insight import api as insight
from guibin.loyalty import api as loyalty


@dataclass(frozen=True, slots=True)
class Ground:
    """What a decision stands on: the facts, the day they speak of, and the base currency."""

    facts: pa.Table
    as_of: date
    currency: str


def stand_on(as_of: date | None = None) -> Ground:
    """The facts of a day (`insight.current_day` when none is named). Raises `insight` `NeverRefreshed`."""
    day = as_of or insight.current_day()
    return Ground(insight.facts_table(as_of=day), day, accounts.organisation().base_currency)


def stand_on_newest(facts_day: date, live_day: date) -> Ground:
    """The facts of a day, those of customers who bought since the copy they rest on counted anew, as of
    ``live_day``."""
    buyers = insight.find_live_buyers()
    ground = stand_on(facts_day)
    if not buyers:
        return ground
    facts = ground.facts
    fresh = insight.live_facts_for(buyers, as_of=live_day)
    others = pc.invert(pc.is_in(facts["customer_id"], value_set=pa.array(buyers, pa.int64())))
    anew = pa.Table.from_pylist([dict(row) for row in fresh.values()], schema=facts.schema)
    return replace(ground, facts=pa.concat_tables([facts.filter(others), anew]))


def evaluate_now(*, actor: Actor, at: datetime, as_of: date | None = None) -> loyalty.Evaluation:
    """Decide everybody by the policy in force and keep it, for the day that was refreshed last when none is
    named: standing and published facts speak of one day. Raises `PolicyInactive`, `NeverRefreshed`.

    Who was decided after a purchase meanwhile (`live.evaluate_live`) is decided by the newer purchases.
    """
    with transaction.atomic():
        loyalty.lock_standings()
        day = insight.current_day()
        ground = stand_on_newest(as_of or insight.find_published_day() or day, as_of or day)
        return loyalty.evaluate(facts=ground.facts, as_of=ground.as_of, actor=actor, at=at)


def preview(rules: loyalty.Rules, ground: Ground, policy_code: str = "") -> loyalty.Preview:
    """What these rules would do on this ground."""
    return loyalty.preview_policy(
        rules=rules,
        facts=ground.facts,
        as_of=ground.as_of,
        currency=ground.currency,
        policy_code=policy_code,
    )
