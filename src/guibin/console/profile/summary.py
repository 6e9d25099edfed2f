"""The header of a customer's page: who, how valuable, where they stand and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guibin.accounts import api as accounts
from guibin.console.profile.thresholds import Thresholds, read_thresholds, thresholds_part
from guibin.core.composed import ReadPart, Row, text
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
class Summary:
    """Everything the header draws. ``facts`` and ``standing`` None where there is nothing yet."""

    customer: customers.Sheet
    store: str
    facts: Facts | None
    stats: list[Stat]
    standing: loyalty.StandWords | None
    currency: str
    near_permille: int
    thresholds: Thresholds


def summary_parts(number: str) -> list[ReadPart]:
    """What the header is read from, for the customer whose number is the SQL expression ``number``."""
    return [
        customers.sheet_part(number),
        accounts.place_part("person.store_id"),
        insight.facts_part("person.id"),
        loyalty.standing_part("person.id"),
        loyalty.formula_part(),
        thresholds_part(),
    ]


def read_summary(rows: Sequence[Row], *, actor: Actor) -> Summary | None:
    """The header from the rows of ``summary_parts``; None where the actor may not see the customer."""
    person, place, counted, standing, formula, chosen = rows
    customer = customers.read_sheet(person, actor=actor)
    if customer is None:
        return None
    facts = insight.read_fact_row(counted)
    currency = text(place[0])
    numbers = (formula[0], formula[1])
    known = loyalty.read_formula(numbers)
    score = loyalty.loyalty_score(facts, known) if facts and known else None
    return Summary(
        customer=customer,
        store=text(place[1]),
        facts=facts,
        stats=list_stats(facts, score=score, currency=currency, number=customer.number),
        standing=loyalty.read_stand_words(standing) if actor.may(loyalty.VIEW_VIPS) else None,
        currency=currency,
        near_permille=loyalty.read_near_permille(numbers),
        thresholds=read_thresholds(chosen),
    )


def list_stats(facts: Facts | None, *, score: float | None, currency: str, number: str) -> list[Stat]:
    """The row of figures; empty for somebody who never bought, without a score while nobody was decided."""
    if facts is None or not facts["orders_count"]:
        return []
    purchases = link_url("customers.profile", number=number) + "?tab=purchases"
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
        *([] if score is None else [Stat(_("Loyalty score"), formats.number(score, 1), _("of 100"))]),
        Stat(
            _("Stage"),
            str(insight.STAGE_LABELS.get(stage, stage)),
            _tenure(_int(facts["tenure_days"])),
            link_url("insight.stages"),
        ),
    ]


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
    """How long somebody has been a customer, in the units people say."""
    if days <= 0:
        return _("customer since today")
    years, months = days // 365, days % 365 // 30
    parts = []
    if years:
        parts.append(ngettext("%(n)s year", "%(n)s years", years) % {"n": years})
    if months:
        parts.append(ngettext("%(n)s month", "%(n)s months", months) % {"n": months})
    if not parts:
        parts.append(ngettext("%(n)s day", "%(n)s days", days) % {"n": days})
    return _("customer for %(time)s") % {"time": " ".join(parts)}
