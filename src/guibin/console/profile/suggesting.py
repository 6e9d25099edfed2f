"""What to do next for a customer: a few fixed rules over known facts, each with the fact it follows from."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guibin.console.profile.summary import Facts, Summary
from guibin.console.profile.thresholds import Thresholds
from guibin.customers import api as customers
from guibin.web import formats


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A thing to do, the fact behind it, and where that fact is seen."""

    title: str
    because: str
    evidence: str
    url: str


def list_suggestions(summary: Summary, *, today: date) -> list[Suggestion]:
    """The most pressing first, as many as the organisation wants to see; none for somebody archived."""
    if summary.customer.status == "archived":
        return []
    numbers = summary.thresholds
    found = [
        *_birthday(summary.customer, today, numbers),
        *_near(summary),
        *_away(summary.facts, numbers),
        *_refunds(summary.facts, numbers),
    ]
    return found[: numbers.shown_max]


def _birthday(customer: customers.Sheet, today: date, numbers: Thresholds) -> Iterator[Suggestion]:
    if customer.birthday is None:
        return
    day = customers.next_occurrence(customer.birthday, today)
    days = (day - today).days
    if days > numbers.birthday_days:
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


def _away(facts: Facts | None, numbers: Thresholds) -> Iterator[Suggestion]:
    """Longer away than the customer's own rhythm: so many times as long, and beyond its usual spread."""
    if facts is None:
        return
    recency, mean, spread = (
        _number(facts, name) for name in ("recency_days", "interval_days_mean", "interval_days_sd")
    )
    many = _number(facts, "orders_count") >= numbers.rhythm_orders and mean >= 1
    if (
        many
        and recency > max(mean * numbers.overdue_times, mean + spread)
        and facts.get("stage") != "churned"
    ):
        because = _(
            "Last purchase %(recency)s days ago; so far %(count)s purchases, every %(mean)s days on average."
        ) % {
            "recency": formats.number(int(recency)),
            "count": formats.number(int(_number(facts, "orders_count"))),
            "mean": formats.number(round(mean)),
        }
        yield Suggestion(_("Longer away than usual"), because, _("Purchases"), "?tab=purchases")


def _refunds(facts: Facts | None, numbers: Thresholds) -> Iterator[Suggestion]:
    """Many refunds in twelve months, and many times as many as before."""
    if facts is None:
        return
    now, before = _refund_shares(facts)
    many = now > 0 and now >= numbers.refund_share
    if many and before is not None and now >= numbers.refund_times * before:
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
