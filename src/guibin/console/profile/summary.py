"""The header of a customer's page: who, how valuable, where they stand and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import pyarrow as pa
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guibin.accounts import api as accounts
from guibin.core.ids import StoreId
from guibin.core.money import Money
from guibin.core.permissions import Actor
from guibin.customers import api as customers
from guibin.insight import api as insight
from guibin.loyalty import api as loyalty
from guibin.web import formats
from guibin.web.links import link_url

Facts = Mapping[str, insight.Fact]


@dataclass(frozen=True, slots=True)
class Stat:
    """One figure of the header row."""

    label: str
    value: str
    note: str = ""
    url: str = ""
    tag: str = ""
    tag_kind: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the customer stands in words. ``reached`` of the next level, 0 to 1."""

    badge: str
    level: str
    why: str
    ahead: str
    next_badge: str
    next_level: str
    reached: float
    since: date | None
    as_of: date
    policy: str


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything the header draws. ``facts`` and ``standing`` None where there is nothing yet."""

    customer: customers.CustomerView
    store: str
    phone: str
    facts: Facts | None
    stats: list[Stat]
    standing: Standing | None
    view: loyalty.StandingView | None
    currency: str

    @property
    def name(self) -> str:
        profile = self.customer.profile
        return profile.name or profile.latin_name or self.customer.number


def read_summary(number: str, *, actor: Actor, at: datetime, drawn: bool = True) -> Summary | None:
    """None when there is no such customer, or the actor may not see them. Unless ``drawn``, without the
    figures and sentences that only a page shows."""
    customer = customers.find_by_number(number, actor=actor)
    if customer is None:
        return None
    facts = insight.facts_for([customer.id]).get(customer.id)
    view = loyalty.standing([customer.id]).get(customer.id) if actor.may(loyalty.VIEW_VIPS) else None
    currency = accounts.organisation().base_currency
    store_id = customer.profile.joined_store_id
    store = accounts.get_stores([store_id]).get(StoreId(store_id)) if store_id else None
    phone = next((contact.value for contact in customer.contacts if contact.kind == "phone"), "")
    return Summary(
        customer=customer,
        store=store.name if store else "",
        phone=phone,
        facts=facts,
        stats=list_stats(facts, currency=currency, customer=customer) if drawn else [],
        standing=describe_standing(view) if drawn else None,
        view=view,
        currency=currency,
    )


def list_stats(facts: Facts | None, *, currency: str, customer: customers.CustomerView) -> list[Stat]:
    """The row of figures; empty for somebody who never bought."""
    if facts is None or not facts["orders_count"]:
        return []
    purchases = link_url("customers.profile", number=customer.number) + "?tab=purchases"
    stage = str(facts["stage"])
    return [
        Stat(
            _("Spend, 12 months"),
            _money(facts["net_12m_minor"], currency),
            _("%(sum)s in all") % {"sum": _money(facts["net_minor"], currency)},
            purchases,
        ),
        Stat(
            _("Purchases, 12 months"),
            formats.number(_int(facts["orders_12m"])),
            _("%(count)s in all") % {"count": formats.number(_int(facts["orders_count"]))},
            purchases,
        ),
        Stat(_("Average purchase"), _money(facts["average_order_minor"], currency)),
        Stat(_("Last purchase"), _days_ago(facts["recency_days"]), _rhythm(facts)),
        Stat(_("Loyalty score"), formats.number(read_score(facts), 1), _("of 100")),
        Stat(
            _("Stage"),
            str(insight.STAGE_LABELS.get(stage, stage)),
            _("customer for %(time)s") % {"time": _tenure(_int(facts["tenure_days"]))},
            link_url("insight.stages"),
        ),
    ]


def read_score(facts: Facts) -> float:
    """The loyalty score, 0 to 100, of one fact row."""
    columns = {name: [facts[name]] for name in insight.FACT_NAMES if name in facts}
    fields = [field for field in insight.FACT_SCHEMA if field.name in columns]
    table = pa.table(columns, schema=pa.schema(fields))
    return float(loyalty.loyalty_scores(table)[0].as_py() or 0) / 10


def describe_standing(view: loyalty.StandingView | None) -> Standing | None:
    """A standing in the words of the active language."""
    if view is None:
        return None
    level, ahead = view.level, view.next_level
    return Standing(
        badge=level.badge if level else "",
        level=level.name if level else "",
        why=loyalty.reason_sentence(view.receipt, level, view.currency),
        ahead=loyalty.next_sentence(view.receipt, ahead, view.currency),
        next_badge=ahead.badge if ahead else "",
        next_level=ahead.name if ahead else "",
        reached=1 - view.gap_permille / 1000,
        since=view.since,
        as_of=view.as_of,
        policy=view.policy_name,
    )


def _money(minor: insight.Fact, currency: str) -> str:
    return formats.money(Money(_int(minor), currency))


def _int(value: insight.Fact) -> int:
    return int(value) if isinstance(value, int | float) else 0


def _days_ago(value: insight.Fact) -> str:
    days = _int(value)
    if days == 0:
        return _("today")
    return ngettext("%(days)s day ago", "%(days)s days ago", days) % {"days": formats.number(days)}


def _rhythm(facts: Facts) -> str:
    mean = facts.get("interval_days_mean")
    if not isinstance(mean, int | float) or mean < 1:
        return ""
    days = round(mean)
    return ngettext("every %(days)s day on average", "every %(days)s days on average", days) % {
        "days": formats.number(days)
    }


def _tenure(days: int) -> str:
    years, months = days // 365, days % 365 // 30
    parts = []
    if years:
        parts.append(ngettext("%(n)s year", "%(n)s years", years) % {"n": years})
    if months or not years:
        parts.append(ngettext("%(n)s month", "%(n)s months", months) % {"n": months})
    return " ".join(parts)
