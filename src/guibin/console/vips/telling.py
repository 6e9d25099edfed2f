"""Who the VIPs are, told at a terminal: as one JSON object, or as a table."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import click
from django.utils.translation import gettext as _

from guibin.console.vips import deciding
from guibin.core.cli import say
from guibin.core.money import Money
from guibin.customers import api as customers
from guibin.insight import api as insight
from guibin.loyalty import api as loyalty
from guibin.web import formats

SHOWN_MAX = 50


@dataclass(frozen=True, slots=True)
class Answer:
    """What was decided, over what ground, by which policy; a preset has no version."""

    decided: loyalty.Decided
    ground: deciding.Ground
    name: str
    version: int | None


def decide(code: str, as_of: date | None) -> Answer:
    """Decide by a preset, a saved policy, or the one in force; nothing is written."""
    day = as_of or insight.current_day()
    ground = deciding.stand_on_newest(day, day)
    rules, version, name = _find_rules(code, ground)
    decided = loyalty.decide(rules=rules, facts=ground.facts, policy_code=name if version is not None else "")
    return Answer(decided, ground, name, version)


def _find_rules(code: str, ground: deciding.Ground) -> tuple[loyalty.Rules, int | None, str]:
    """(rules, version, name); a preset has no version. Raises `PolicyInactive`, `PresetUnknown`."""
    if not code:
        version = loyalty.get_version_in_force(ground.as_of)
        return version.rules, version.number, version.policy_code
    saved = {policy.code: policy for policy in loyalty.list_policies()}
    if code in loyalty.CODES or code not in saved:
        return loyalty.preset_rules(code, ground.currency), None, code
    version = loyalty.version_on(saved[code], ground.as_of)
    return version.rules, version.number, code


def as_json(answer: Answer) -> dict[str, Any]:
    """Every member with a receipt, for programs."""
    decided, ground, name, version = answer.decided, answer.ground, answer.name, answer.version
    digest = loyalty.digest(decided.rules)

    def member(one: loyalty.Member) -> dict[str, Any]:
        return {
            "number": one.number,
            "level": one.level.code if one.level else None,
            "receipt": loyalty.receipt_json(
                one.receipt,
                level=one.level,
                next_level=one.next_level,
                currency=ground.currency,
                policy=name,
                version=version,
                rules_digest=digest,
                as_of=ground.as_of,
            ),
        }

    return {
        "policy": name,
        "version": version,
        "as_of": ground.as_of,
        "currency": ground.currency,
        "customers": decided.customers,
        "counts": dict(decided.counts),
        "members": [member(one) for one in decided.members],
        "near": [member(one) for one in decided.near],
        "warnings": [words for words in (loyalty.currency_warning(ground.currency),) if words],
    }


def print_table(answer: Answer) -> None:
    """Counts by level, then the first VIPs with their reasons."""
    decided, ground, name = answer.decided, answer.ground, answer.name
    warning = loyalty.currency_warning(ground.currency)
    if warning:
        say(warning)
    data = {"policy": name, "day": formats.day(ground.as_of), "customers": formats.number(decided.customers)}
    click.echo(_("VIPs by %(policy)s on %(day)s, of %(customers)s customers") % data)
    for level in reversed(decided.rules.levels):
        view = loyalty.level_view(level)
        click.echo(f"  {view.name}: {formats.number(decided.counts[level.code])}")
        click.echo(f"    {loyalty.level_words(level, ground.currency)}")
    cards = customers.get_cards([one.customer_id for one in decided.members[:SHOWN_MAX]])
    for one in decided.members[:SHOWN_MAX]:
        card = cards.get(one.customer_id)
        spend = formats.money(Money(one.spend_12m_minor, ground.currency))
        click.echo(f"{one.number}  {card.name if card else ''}  {spend}")
        click.echo(f"    {loyalty.reason_sentence(one.receipt, one.level, ground.currency)}")
    rest = len(decided.members) - SHOWN_MAX
    if rest > 0:
        click.echo(_("… and %(count)s more; --json prints all.") % {"count": formats.number(rest)})
    near = formats.number(len(decided.near))
    click.echo(_("Just below the line: %(count)s") % {"count": near})
