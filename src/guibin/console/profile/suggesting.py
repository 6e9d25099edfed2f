"""What to do next for a customer: a few fixed rules over known facts, each with the fact it follows from."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guibin.console.profile.summary import Facts, Summary
from guibin.customers import api as customers
from guibin.web import formats

BIRTHDAY_DAYS = 14
# Somebody's rhythm is known from so many purchases on; overdue is half as long again, and beyond the usual
# spread of their intervals.
RHYTHM_ORDERS = 4
OVERDUE_FACTOR = 1.5
# Refunds count as rising from this share of twelve months' spend on, when it is twice what it was before.
REFUND_SHARE = 0.10
REFUND_TIMES = 2
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A thing to do, the fact behind it, and where that fact is seen."""

    title: str
    because: str
    evidence: str
    url: str


def list_suggestions(summary: Summary, *, today: date) -> list[Suggestion]:
    """At most three, the most pressing first; none for somebody archived."""
    if summary.customer.status == "archived":
        return []
    found = [*_birthday(summary.customer, today), *_near(summary), *_facts(summary.facts)]
    return found[:SHOWN]


def _birthday(customer: customers.Sheet, today: date) -> Iterator[Suggestion]:
    if customer.birthday is None:
        return
    day = customers.next_occurrence(customer.birthday, today)
    days = (day - today).days
    if days > BIRTHDAY_DAYS:
        return
    title = _("Birthday on %(day)s") % {"day": formats.day(day, "weekday")}
    because = ngettext("In %(days)s day.", "In %(days)s days.", days) % {"days": days}
    if days == 0:
        title, because = _("Birthday today"), _("Today is the day.")
    if customer.birthday.calendar == "lunar":
        because = _("%(when)s Kept by the lunar calendar.") % {"when": because}
    yield Suggestion(title, because, _("How to reach them"), "?tab=details")


def _near(summary: Summary) -> Iterator[Suggestion]:
    standing = summary.standing
    if standing is None or not standing.next_level or not standing.ahead:
        return
    if 1 - standing.reached <= summary.near_permille / 1000:
        title = _("Just below %(level)s") % {"level": standing.next_level}
        yield Suggestion(title, standing.ahead, _("All figures"), "?tab=insight")


def _facts(facts: Facts | None) -> Iterator[Suggestion]:
    if facts is None:
        return
    recency, mean, spread = (
        _number(facts, name) for name in ("recency_days", "interval_days_mean", "interval_days_sd")
    )
    many = _number(facts, "orders_count") >= RHYTHM_ORDERS and mean >= 1
    if many and recency > max(mean * OVERDUE_FACTOR, mean + spread) and facts.get("stage") != "churned":
        because = _(
            "Last purchase %(recency)s days ago; so far %(count)s purchases, every %(mean)s days on average."
        ) % {
            "recency": formats.number(int(recency)),
            "count": formats.number(int(_number(facts, "orders_count"))),
            "mean": formats.number(round(mean)),
        }
        yield Suggestion(_("Longer away than usual"), because, _("Purchases"), "?tab=purchases")
    now, before = _refund_shares(facts)
    if now >= REFUND_SHARE and before is not None and now >= REFUND_TIMES * before:
        because = _("Refunded in 12 months: %(now)s of the spend; before that %(before)s.") % {
            "now": formats.percent(now, 1),
            "before": formats.percent(before, 1),
        }
        yield Suggestion(_("More refunds than before"), because, _("Purchases"), "?tab=purchases")


def _refund_shares(facts: Facts) -> tuple[float, float | None]:
    """(share of spend refunded in 12 months, share before them or None where nothing was bought before)."""
    spent, refunded = _number(facts, "gross_12m_minor"), _number(facts, "refund_12m_minor")
    earlier = _number(facts, "gross_minor") - spent
    share = refunded / spent if spent > 0 else 0.0
    return share, (_number(facts, "refund_minor") - refunded) / earlier if earlier > 0 else None


def _number(facts: Facts, name: str) -> float:
    value = facts.get(name)
    return float(value) if isinstance(value, int | float) else 0.0
