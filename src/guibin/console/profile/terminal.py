"""A customer told at a terminal: who, figures and standing, one aligned line each, nothing that is empty."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from unicodedata import east_asian_width

from django.utils.translation import gettext as _

from guibin.core.money import Money
from guibin.customers import api as customers
from guibin.insight import api as insight
from guibin.loyalty import api as loyalty
from guibin.web import formats

Line = tuple[str, str]


def profile_lines(
    shown: Mapping[str, Any],
    facts: Mapping[str, Any] | None,
    standing: loyalty.StandingView | None,
    *,
    currency: str,
) -> Iterator[str]:
    """``shown`` is the customer as ``customers.as_plain`` gives it, with ``as_of``."""
    yield from aligned("", _who(shown))
    title = _("Figures up to and including %(day)s") % {"day": formats.day(shown["as_of"])}
    yield from aligned(title, _figures(facts, currency))
    if standing is not None:
        title = _("Standing as of %(day)s") % {"day": formats.day(standing.as_of)}
        yield from aligned(title, _stands(standing))


def aligned(title: str, lines: Iterator[Line]) -> Iterator[str]:
    """The lines of a section under its title, labels in one column and values in another."""
    if title:
        yield ""
        yield title
    told = [(label, value) for label, value in lines if value]
    wide = max((_cells(label) for label, _value in told), default=0)
    for label, value in told:
        yield f"  {label}{' ' * (wide - _cells(label))}  {value}"


def _cells(text: str) -> int:
    """Cells of the terminal that the text takes: Chinese characters take two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _who(shown: Mapping[str, Any]) -> Iterator[Line]:
    yield _("Number"), shown["number"]
    yield customers.field_word("name"), shown["name"]
    yield customers.field_word("latin_name"), shown["latin_name"]
    if shown["status"] != "active":
        yield _("State"), str(customers.STATUSES[shown["status"]])
    for contact in shown["contacts"]:
        yield customers.field_word(contact["kind"]), contact["value"]
    yield customers.field_word("gender"), str(customers.GENDERS.get(shown["gender"] or "", ""))
    yield _("Born"), _five_years(shown["age_band"])
    yield _("Tags"), ", ".join(shown["tags"])
    joined = shown["joined_on"]
    yield _("Joined"), formats.day(joined) if isinstance(joined, date) else ""
    if shown["masked"]:
        yield "", _("Masked; --reveal REASON shows it whole.")


def _five_years(band: str | None) -> str:
    """A band of ages is known by the first of its five years."""
    return f"{band}–{int(band) + 4}" if band else ""


def _figures(facts: Mapping[str, Any] | None, currency: str) -> Iterator[Line]:
    if facts is None:
        yield _("Nothing counted"), _("no figures for this customer on this day; guibin refresh makes them")
        return

    def money(name: str) -> str:
        return formats.money(Money(int(facts[name] or 0), currency))

    def day(name: str) -> str:
        return formats.day(facts[name]) if facts[name] else ""

    def count(name: str) -> str:
        return formats.number(int(facts[name] or 0))

    stage = facts["stage"]
    yield _("Stage"), str(insight.STAGE_LABELS.get(stage, stage)) if stage else ""
    yield _("First purchase"), day("first_order_on")
    yield _("Last purchase"), day("last_order_on")
    yield _("Purchases in all"), count("orders_count")
    yield _("Purchases in 12 months"), count("orders_12m")
    yield _("Months with a purchase, of 12"), count("months_active_12m")
    yield _("Net spend in all"), money("net_minor")
    yield _("Net spend in 12 months"), money("net_12m_minor")
    if facts["refunds_count"]:
        yield _("Refunded in all"), f"{money('refund_minor')} ({count('refunds_count')})"
    if facts["orders_count"]:
        yield _("Average purchase"), money("average_order_minor")
    if facts["r_score"]:
        yield "RFM", f"{facts['r_score']}-{facts['f_score']}-{facts['m_score']}"


def _stands(view: loyalty.StandingView) -> Iterator[Line]:
    yield _("Level"), str(view.level.name) if view.level else _("none")
    yield _("Next level"), str(view.next_level.name) if view.next_level else ""
    yield _("Since"), formats.day(view.since) if view.since else ""
    yield _("By"), f"{view.policy_code} {view.version}"
    yield _("Why"), loyalty.reason_sentence(view.receipt, view.level, view.currency)
