"""What the policy pages show, and saving from the editor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from guibin.accounts import api as accounts
from guibin.console.vips import deciding, editor
from guibin.core.errors import Invalid
from guibin.core.money import Money
from guibin.core.permissions import Actor
from guibin.customers import api as customers
from guibin.insight import api as insight
from guibin.loyalty import api as loyalty
from guibin.web import formats
from guibin.web.links import link_url

BADGES = (
    ("4", pgettext_lazy("badge", "Diamond")),
    ("3", pgettext_lazy("badge", "Platinum")),
    ("2", pgettext_lazy("badge", "Gold")),
    ("1", pgettext_lazy("badge", "Silver")),
)
LIST_SHOWN_MAX = 200


class DayMissing(Invalid):
    code = "console.day_missing"
    message = gettext_lazy("Say from which day the rules are in force.")


@dataclass(frozen=True, slots=True)
class LevelShare:
    """A level over the list: how many, and their part of the VIPs' 12-month spend."""

    level: loyalty.LevelView
    count: int
    spend: Money
    share: float
    url: str


@dataclass(frozen=True, slots=True)
class PresetChoice:
    """A preset as a card: what it would give today; `counts` empty where there are no facts yet."""

    preset: loyalty.Preset
    rules: Sequence[tuple[loyalty.LevelView, str, int | None]]
    vips: int | None
    share: float | None


@dataclass(frozen=True, slots=True)
class PolicyLines:
    """A policy in words: the version that applies today, or the first one to come."""

    policy: loyalty.PolicyView
    version: loyalty.VersionView
    levels: Sequence[tuple[loyalty.LevelView, str]]


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version in words: what changed since the one before, and its state (now, later, over, never; rests
    while the policy is not in force)."""

    version: loyalty.VersionView
    changes: Sequence[str]
    state: str
    saved_by: str


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving did; `run` when the policy was also put in force."""

    words: str
    run: loyalty.Evaluation | None
    policy_code: str


def badge_choices() -> list[tuple[str, str]]:
    """Badges from the highest down."""
    return [(rank, str(label)) for rank, label in BADGES]


def fact_columns() -> Sequence[str]:
    """Columns a rule may look at."""
    return insight.FACT_NAMES


def level_shares(visible: frozenset[int] | None) -> list[LevelShare]:
    """Levels of the policy in force, highest first, with counts and spend."""
    policy = loyalty.find_active_policy()
    if policy is None:
        return []
    counts = loyalty.count_levels(visible)
    total = sum(spend for _count, spend in counts.values()) or 1
    base = link_url("console.vips")
    return [
        LevelShare(
            level=level,
            count=counts.get(level.code, (0, 0))[0],
            spend=Money(counts.get(level.code, (0, 0))[1], policy.latest.currency),
            share=counts.get(level.code, (0, 0))[1] / total,
            url=f"{base}?levels={level.code}",
        )
        for level in policy.latest.levels
    ]


def preset_choices() -> list[PresetChoice]:
    """Every preset with what it would give on today's facts."""
    currency = accounts.organisation().base_currency
    presets, day = loyalty.presets(currency), insight.find_published_day()
    previews: Sequence[loyalty.Preview | None] = [None] * len(presets)
    if day is not None:
        previews = loyalty.preview_policies(
            rules=[preset.rules for preset in presets],
            facts=insight.facts_table(as_of=day),
            as_of=day,
            currency=currency,
        )
    return [_choice(preset, seen, currency) for preset, seen in zip(presets, previews, strict=True)]


def preset_ground() -> dict[str, object]:
    """What the presets' counts stand on: the day counted up to, and a warning of the currency."""
    return {
        "counted_on": insight.find_published_day(),
        "warning": loyalty.currency_warning(accounts.organisation().base_currency),
    }


def _choice(preset: loyalty.Preset, seen: loyalty.Preview | None, currency: str) -> PresetChoice:
    counts = {level.level.code: level.count for level in seen.levels} if seen else {}
    return PresetChoice(
        preset=preset,
        rules=[(level, words, counts.get(level.code)) for level, words in rule_lines(preset.rules, currency)],
        vips=seen.vips if seen else None,
        share=seen.share_12m if seen else None,
    )


def rule_lines(rules: loyalty.Rules, currency: str) -> list[tuple[loyalty.LevelView, str]]:
    """(level, what it asks for), highest first."""
    return [
        (loyalty.level_view(level), loyalty.level_words(level, currency)) for level in reversed(rules.levels)
    ]


def policy_lines(policy: loyalty.PolicyView, today: date) -> PolicyLines:
    """A policy with the rules of today in words; those saved for a later day are told by its versions."""
    version = next((line for line in policy.versions if _state(line, today) == "now"), policy.latest)
    return PolicyLines(policy, version, rule_lines(version.rules, version.currency))


def version_lines(policy: loyalty.PolicyView, today: date) -> list[VersionLine]:
    """Versions, newest first, each with what changed since the one before."""
    before = {version.number: version.rules for version in policy.versions}
    staff = {row.code: row.name for row in _authors(policy)}
    return [
        VersionLine(
            version=version,
            changes=loyalty.diff_words(before.get(version.number - 1), version.rules, version.currency),
            state=_state(version, today) if policy.active else "rests",
            saved_by=staff.get(version.saved_by, ""),
        )
        for version in policy.versions
    ]


@dataclass(frozen=True, slots=True)
class _Author:
    code: str
    name: str


def _authors(policy: loyalty.PolicyView) -> list[_Author]:
    """Staff who saved versions, by actor code."""
    codes = {version.saved_by for version in policy.versions}
    ids = [int(code.removeprefix("staff:")) for code in codes if code.startswith("staff:")]
    people = accounts.get_staff_by_ids(ids)  # type: ignore[arg-type]  # staff ids read back from actor codes
    return [_Author(f"staff:{key}", person.display_name) for key, person in people.items()]


def _state(version: loyalty.VersionView, today: date) -> str:
    ended = version.superseded_on
    if ended is not None and ended <= version.effective_from:
        return "never"
    if version.effective_from > today:
        return "later"
    return "over" if ended is not None and ended <= today else "now"


def list_lines(policy: loyalty.PolicyView) -> list[dict[str, Any]]:
    """The policy's lists with the people on them."""
    members = loyalty.list_members(policy.code)
    shown = []
    for code in loyalty.used_lists(policy.latest.rules):
        ids = sorted(members.get(code, frozenset()))
        cards = customers.get_cards(ids[:LIST_SHOWN_MAX])
        shown.append(
            {
                "code": code,
                "name": loyalty.list_name(code),
                "count": len(ids),
                "people": [
                    (card, link_url("customers.profile", number=card.number)) for card in cards.values()
                ],
            }
        )
    return shown


def sample_rows(seen: loyalty.Preview, ground: deciding.Ground) -> list[dict[str, Any]]:
    """The preview's samples with names and reasons."""
    cards = customers.get_cards([member.customer_id for member in seen.samples])
    return [
        {
            "name": cards[member.customer_id].name or member.number
            if member.customer_id in cards
            else member.number,
            "number": member.number,
            "level": member.level,
            "url": link_url("customers.profile", number=member.number),
            "reason": pgettext("between reasons", "; ").join(
                loyalty.reason_phrases(member.receipt, member.level, ground.currency)
            ),
        }
        for member in reversed(seen.samples)
    ]


def run_words(run: loyalty.Evaluation) -> str:
    """An evaluation in a sentence."""
    return _("VIPs: %(vips)s. New: %(gained)s, other level: %(changed)s, no longer: %(lost)s.") % {
        "vips": formats.number(run.vips),
        "gained": formats.number(run.gained),
        "changed": formats.number(run.changed),
        "lost": formats.number(run.lost),
    }


def read_day(text: str) -> date:
    """A day from a date field. Raises `DayMissing`."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise DayMissing from error


def save(
    *,
    policy: loyalty.PolicyView | None,
    form: editor.RulesForm,
    name: str,
    preset: str,
    effective_from: date,
    token: str,
    activate: bool,
    today: date,
    actor: Actor,
    at: datetime,
) -> Saved:
    """Save the form as a version, of a new policy when there is none; on request put it in force."""
    rules = editor.parse_form(form)
    with transaction.atomic():
        code = policy.code if policy else _new_policy(name, preset, actor, at)
        version = loyalty.save_policy_version(
            policy_code=code,
            rules=rules,
            currency=form.currency,
            effective_from=effective_from,
            token=token,
            today=today,
            actor=actor,
            at=at,
        )
        if activate:
            loyalty.activate_policy(policy_code=code, actor=actor, at=at)
    if activate or (policy is not None and policy.active and effective_from <= today):
        run = deciding.evaluate_now(actor=actor, at=at)
        return Saved(run_words(run), run, code)
    given = {"number": version.number, "day": formats.day(version.effective_from)}
    if policy is not None and policy.active:
        words = _("Version %(number)s is saved, in force from %(day)s.") % given
    else:
        words = (
            _("Version %(number)s is saved. The policy rests: it decides nobody until put in force.") % given
        )
    return Saved(words, None, code)


def _new_policy(name: str, preset: str, actor: Actor, at: datetime) -> str:
    taken = {policy.code for policy in loyalty.list_policies()}
    stem = preset if preset in loyalty.CODES else "own"
    code = next(made for number in range(1, 1000) if (made := f"{stem}-{number}") not in taken)
    known = name.strip() or _("VIP policy")
    loyalty.create_policy(code=code, name=known[:80], preset=preset[:32], actor=actor, at=at)
    return code
