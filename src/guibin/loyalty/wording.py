"""Receipts in words: why a customer has a level, and what the next one still needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from guibin.core.errors import Text
from guibin.core.money import Money, minor_digits
from guibin.loyalty.preferences import PART_LABELS
from guibin.loyalty.rules.facts import FACTS, Unit
from guibin.loyalty.rules.plain import ConditionResult
from guibin.loyalty.rules.receipts import Receipt
from guibin.loyalty.values import LevelView
from guibin.web import formats

FACT_LABELS: Mapping[str, Text] = {
    "net_lifetime": gettext_lazy("lifetime spend"),
    "gross_lifetime": gettext_lazy("lifetime spend before refunds"),
    "net_12m": gettext_lazy("spend in 12 months"),
    "gross_12m": gettext_lazy("spend in 12 months before refunds"),
    "net_year": gettext_lazy("spend this calendar year"),
    "net_month_average": gettext_lazy("average spend a month"),
    "profit_12m": gettext_lazy("profit in 12 months"),
    "average_order": gettext_lazy("average purchase"),
    "orders_12m": gettext_lazy("purchases in 12 months"),
    "orders_lifetime": gettext_lazy("purchases so far"),
    "orders_month_min": gettext_lazy("purchases in the quietest month"),
    "months_active_12m": gettext_lazy("months with a purchase in 12"),
    "loyalty_score": gettext_lazy("loyalty score"),
    "recency_days": gettext_lazy("days since the last purchase"),
    "tenure_days": gettext_lazy("days as a customer"),
    "categories_12m": gettext_lazy("categories bought in 12 months"),
    "promotions_12m": gettext_lazy("purchases with a promotion in 12 months"),
    "refunds_count": gettext_lazy("refunds so far"),
    "refund_share_12m": gettext_lazy("share refunded in 12 months"),
    "spend_top_12m": gettext_lazy("place by spend in 12 months, from the top"),
    "r_score": gettext_lazy("recency step, 1 to 5"),
    "f_score": gettext_lazy("frequency step, 1 to 5"),
    "m_score": gettext_lazy("spend step, 1 to 5"),
}
OP_SIGNS = {"gte": "≥", "gt": ">", "lte": "≤", "lt": "<"}


@dataclass(frozen=True, slots=True)
class ConditionWords:
    """A condition as a receipt prints it."""

    label: str
    value: str
    sign: str
    threshold: str
    met: bool
    missing: str


def fact_value(fact: str, value: int | None, currency: str) -> str:
    """A fact's integer as people read it, in the active language."""
    if value is None:
        return pgettext("figure", "unknown")
    definition = FACTS[fact]
    if definition.unit is Unit.MINOR:
        return formats.money(Money(value // definition.divisor, currency))
    if definition.unit is Unit.TENTHS:
        return formats.number(value / 10, 0 if value % 10 == 0 else 1)
    if definition.unit is Unit.PERMILLE:
        return formats.percent(value / 1000, 0 if value % 10 == 0 else 1)
    return formats.number(value)


def threshold_value(fact: str, threshold: int, currency: str) -> str:
    """A threshold as people read it: whole money without the cents."""
    definition = FACTS[fact]
    if definition.unit is Unit.MINOR:
        money = Money(threshold, currency)
        return formats.money(money, whole=money.amount == int(money.amount))
    return fact_value(fact, threshold, currency)


def condition_words(condition: ConditionResult, currency: str) -> ConditionWords:
    """One condition in words."""
    if condition.list:
        label = _("on the list %(list)s") if _inside(condition) else _("not on the list %(list)s")
        return ConditionWords(
            label % {"list": condition.list},
            pgettext("condition", "yes") if condition.met else pgettext("condition", "no"),
            "",
            "",
            condition.met,
            "",
        )
    return ConditionWords(
        label=str(FACT_LABELS[condition.fact]),
        value=fact_value(condition.fact, condition.value, currency),
        sign=OP_SIGNS[condition.op],
        threshold=threshold_value(condition.fact, condition.threshold, currency),
        met=condition.met,
        missing="" if condition.met else need_phrase(condition, currency),
    )


def _inside(condition: ConditionResult) -> bool:
    return condition.op == "in"


def reason_phrase(condition: ConditionResult, currency: str) -> str:
    """A met condition as part of a sentence."""
    words = condition_words(condition, currency)
    if condition.list:
        return words.label
    value = _without_cents(condition, currency) or words.value
    data = {"label": words.label, "value": value, "threshold": words.threshold}
    if condition.op == "gte":
        return _("%(label)s %(value)s, at least %(threshold)s") % data
    if condition.op == "gt":
        return _("%(label)s %(value)s, more than %(threshold)s") % data
    return _("%(label)s %(value)s, at most %(threshold)s") % data


def _without_cents(condition: ConditionResult, currency: str) -> str:
    """A sum above its line without the cents, cut off and never rounded up; empty for anything else."""
    fact = FACTS[condition.fact]
    if fact.unit is not Unit.MINOR or condition.value is None or condition.op not in ("gte", "gt"):
        return ""
    unit = 10 ** minor_digits(currency)
    value = condition.value // fact.divisor
    return formats.money(Money(value - value % unit, currency), whole=True)


def need_phrase(condition: ConditionResult, currency: str) -> str:
    """What is still missing for an unmet condition, as part of a sentence."""
    if condition.list:
        return _("a place on the list %(list)s") % {"list": condition.list}
    unit = FACTS[condition.fact].unit
    missing = condition.missing
    if missing is not None and condition.op in ("gte", "gt"):
        if unit is Unit.MINOR:
            return _("spend %(amount)s more") % {"amount": formats.money(Money(missing, currency))}
        if unit is Unit.ORDERS:
            return ngettext("%(count)s more purchase", "%(count)s more purchases", missing) % {
                "count": missing
            }
        if unit is Unit.MONTHS:
            return ngettext(
                "a purchase in %(count)s more month", "a purchase in %(count)s more months", missing
            ) % {"count": missing}
        if unit is Unit.TENTHS:
            return _("%(points)s more points of loyalty score") % {"points": formats.number(missing / 10, 1)}
    return _("%(label)s %(sign)s %(threshold)s (now %(value)s)") % {
        "label": FACT_LABELS[condition.fact],
        "sign": OP_SIGNS[condition.op],
        "threshold": threshold_value(condition.fact, condition.threshold, currency),
        "value": fact_value(condition.fact, condition.value, currency),
    }


def reason_sentence(receipt: Receipt, level: LevelView | None, currency: str) -> str:
    """Why this level, in one sentence of the active language."""
    if receipt.decision.excluded:
        return _("Kept out of the VIPs by the policy's own list.")
    result = receipt.decision.of(level.code) if level else None
    if level is None or result is None:
        return _("Has no VIP level.")
    return _("%(level)s, because of %(reasons)s.") % {
        "level": level.name,
        "reasons": pgettext("between reasons", "; ").join(reason_phrases(receipt, level, currency)),
    }


def reason_phrases(receipt: Receipt, level: LevelView | None, currency: str) -> list[str]:
    """The met conditions of a level, one phrase each, and by whose cut points; empty without a level."""
    result = receipt.decision.of(level.code) if level else None
    if result is None or receipt.decision.excluded:
        return []
    phrases = [reason_phrase(condition, currency) for condition in result.conditions if condition.met]
    if receipt.cuts_on:
        day = formats.day(date.fromisoformat(receipt.cuts_on))
        phrases.append(_("measured by everybody on %(day)s") % {"day": day})
    return phrases


def next_sentence(receipt: Receipt, next_level: LevelView | None, currency: str) -> str:
    """What the next level still needs; empty when there is none above."""
    result = receipt.decision.of(next_level.code) if next_level else None
    if next_level is None or result is None or receipt.decision.excluded:
        return ""
    return _("For %(level)s: %(needs)s.") % {
        "level": next_level.name,
        "needs": pgettext("between reasons", "; ").join(need_phrase(need, currency) for need in result.needs),
    }


def next_marks(
    receipt: Receipt, levels: Mapping[str, LevelView], next_code: str, currency: str
) -> tuple[tuple[float, str], ...]:
    """Places on the bar to the next level, 0 to 1, each with the level and line that lies there.

    The bar measures the condition that is furthest off. It begins at nothing and ends at that condition's
    line; a lower level has a mark where it asks for less of the same. Empty where the bar measures nothing
    that grows from nothing, such as a place on a list or days since the last purchase.
    """
    result = receipt.decision.of(next_code)
    if result is None or receipt.decision.excluded or next_code not in levels:
        return ()
    far = max(result.needs, key=_far_off, default=None)
    if far is None or far.list or far.op not in ("gte", "gt") or not far.threshold > 0:
        return ()
    lines: dict[int, str] = {}
    for lower in receipt.decision.levels:
        if lower.level == next_code:
            break
        asked = [c.threshold for c in lower.conditions if (c.fact, c.op) == (far.fact, far.op)]
        if asked and 0 < min(asked) < far.threshold:
            lines[min(asked)] = levels[lower.level].name
    lines[far.threshold] = levels[next_code].name
    return (
        (0.0, threshold_value(far.fact, 0, currency)),
        *(
            (line / far.threshold, f"{name} {threshold_value(far.fact, line, currency)}")
            for line, name in sorted(lines.items())
        ),
    )


def _far_off(need: ConditionResult) -> float:
    """How far a need is from its line, 0 to 1; nothing known is furthest."""
    if need.missing is None or not need.fact:
        return 1.0
    return need.missing / max(1, abs(need.threshold * FACTS[need.fact].divisor))


def part_label(part: str) -> str:
    """Name of a part of the loyalty score."""
    return str(PART_LABELS[part])
