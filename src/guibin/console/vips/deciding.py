"""Facts from insight handed to loyalty: previews, decisions, and writing them down."""

from dataclasses import dataclass
from datetime import date, datetime

import pyarrow as pa

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


def evaluate_now(*, actor: Actor, at: datetime, as_of: date | None = None) -> loyalty.Evaluation:
    """Decide everybody by the policy in force and keep it, for the day that was refreshed last when none is
    named: standing and published facts speak of one day. Raises `PolicyInactive`, `NeverRefreshed`."""
    ground = stand_on(as_of or insight.find_published_day())
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
