"""The door of loyalty: who is a VIP, by which rule, why, and how far it is to the next level.

Facts come in as an Arrow table made by insight; loyalty reads nobody else's rows. Money is in minor units
of `currency`, the organisation's base currency, which callers hand in.

What works on whole tables is imported by the functions that do it: Arrow and NumPy take a quarter of a second
to load, and most processes only read one customer's standing.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import override
from pydantic import ValidationError

from guibin.core.events import Origin
from guibin.core.permissions import Actor
from guibin.loyalty import wording
from guibin.loyalty.errors import (
    EffectiveDatePast,
    ListUnknown,
    PolicyCodeTaken,
    PolicyInactive,
    PolicyUnknown,
    PresetUnknown,
    PreviewNeeded,
    RulesInvalid,
)
from guibin.loyalty.operations.lists import add_list_members, remove_list_members
from guibin.loyalty.operations.live import evaluate_some
from guibin.loyalty.operations.policies import activate_policy, create_policy, save_policy_version
from guibin.loyalty.operations.standings import forget_standings, lock_standings
from guibin.loyalty.permissions import EDIT_LISTS, EDIT_POLICIES, VIEW_POLICIES, VIEW_VIPS
from guibin.loyalty.queries.numbers import (
    currency_warning,
    formula_part,
    get_formula,
    get_near_permille,
    get_preset_rules,
    list_presets,
    read_formula,
    read_near_permille,
)
from guibin.loyalty.queries.parts import (
    Stand,
    StandWords,
    names_part,
    read_names,
    read_stand,
    read_stand_words,
    standing_part,
)
from guibin.loyalty.queries.policies import (
    find_active_policy,
    find_listed_customers,
    get_policy,
    get_version_in_force,
    list_members,
    list_policies,
    version_on,
)
from guibin.loyalty.queries.standing import (
    count_levels,
    find_latest_evaluation,
    find_standings,
    list_changes,
    list_current_levels,
    list_vips,
)
from guibin.loyalty.queries.standing import count_near_misses as _count_near_misses
from guibin.loyalty.queries.standing import list_near_misses as _list_near_misses
from guibin.loyalty.rule_words import diff_words, leaf_words, level_words, list_name
from guibin.loyalty.rules.facts import FACTS, Fact, Unit
from guibin.loyalty.rules.groups import Groups, TooIntricate, from_groups, to_groups
from guibin.loyalty.rules.plain import ConditionResult
from guibin.loyalty.rules.presets import CODES, scale_of, to_scaled
from guibin.loyalty.rules.receipts import Receipt
from guibin.loyalty.rules.score import ScoreFormula
from guibin.loyalty.rules.tree import (
    All,
    AnyOf,
    Compare,
    Leaf,
    Level,
    Listed,
    Node,
    Op,
    Rules,
    digest,
    used_lists,
)
from guibin.loyalty.values import (
    ChangeView,
    Decided,
    Evaluation,
    LevelPreview,
    LevelView,
    Member,
    NumberView,
    PolicyView,
    Preset,
    Preview,
    StandingFilter,
    StandingView,
    VersionView,
    level_view,
)
from guibin.loyalty.wording import (
    FACT_LABELS,
    OP_SIGNS,
    condition_words,
    next_sentence,
    part_label,
    reason_phrases,
    reason_sentence,
)

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "CODES",
    "EDIT_LISTS",
    "EDIT_POLICIES",
    "FACTS",
    "FACT_LABELS",
    "OP_SIGNS",
    "VIEW_POLICIES",
    "VIEW_VIPS",
    "All",
    "AnyOf",
    "ChangeView",
    "Compare",
    "ConditionResult",
    "Decided",
    "EffectiveDatePast",
    "Evaluation",
    "Fact",
    "Groups",
    "Leaf",
    "Level",
    "LevelPreview",
    "LevelView",
    "ListUnknown",
    "Listed",
    "Member",
    "Node",
    "NumberView",
    "Op",
    "PolicyCodeTaken",
    "PolicyInactive",
    "PolicyUnknown",
    "PolicyView",
    "Preset",
    "PresetUnknown",
    "Preview",
    "PreviewNeeded",
    "Receipt",
    "Rules",
    "RulesInvalid",
    "ScoreFormula",
    "Stand",
    "StandWords",
    "StandingFilter",
    "StandingView",
    "TooIntricate",
    "Unit",
    "VersionView",
    "activate_policy",
    "add_list_members",
    "condition_words",
    "count_levels",
    "count_near_misses",
    "create_policy",
    "currency_warning",
    "decide",
    "diff_words",
    "digest",
    "evaluate",
    "evaluate_some",
    "find_active_policy",
    "find_latest_evaluation",
    "find_listed_customers",
    "find_standings",
    "forget_standings",
    "formula_part",
    "from_groups",
    "get_formula",
    "get_near_permille",
    "get_policy",
    "get_preset_rules",
    "get_version_in_force",
    "leaf_words",
    "level_view",
    "level_words",
    "list_changes",
    "list_members",
    "list_name",
    "list_near_misses",
    "list_policies",
    "list_presets",
    "list_vips",
    "lock_standings",
    "loyalty_score",
    "loyalty_scores",
    "names_part",
    "next_sentence",
    "parse_rules",
    "part_label",
    "preset_rules",
    "presets",
    "preview_policies",
    "preview_policy",
    "read_formula",
    "read_names",
    "read_near_permille",
    "read_stand",
    "read_stand_words",
    "reason_phrases",
    "reason_sentence",
    "receipt_json",
    "remove_list_members",
    "save_policy_version",
    "scale_of",
    "standing",
    "standing_part",
    "to_groups",
    "to_scaled",
    "used_lists",
    "version_on",
]

presets = list_presets
preset_rules = get_preset_rules


def parse_rules(data: Mapping[str, Any]) -> Rules:
    """Rules from their JSON. Raises `RulesInvalid` with the first problem said."""
    try:
        return Rules.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RulesInvalid(problem=f"{where}: {first['msg']}") from error


def evaluate(
    *, facts: "pa.Table", as_of: date, actor: Actor, at: datetime, origin: Origin = Origin.LIVE
) -> Evaluation:
    """Decide every customer of `facts` by the policy version in force on `as_of`.

    Raises `PolicyInactive`. Customers missing from the facts lose their standing.
    """
    from guibin.loyalty.operations import evaluation

    return evaluation.evaluate(facts=facts, as_of=as_of, actor=actor, at=at, origin=origin)


def preview_policy(
    *, rules: Rules, facts: "pa.Table", as_of: date, currency: str, policy_code: str = ""
) -> Preview:
    """Counts per level, new and lost against today, money share, samples, warnings, and the token to save.

    `policy_code`: an existing policy whose lists take part.
    """
    from guibin.loyalty.queries.preview import preview_rules

    return preview_rules(
        rules=rules,
        facts=facts,
        as_of=as_of,
        currency=currency,
        formula=get_formula(),
        lists=list_members(policy_code) if policy_code else {},
        near_permille=get_near_permille(),
    )


def preview_policies(
    *, rules: Sequence[Rules], facts: "pa.Table", as_of: date, currency: str
) -> list[Preview]:
    """`preview_policy` of several sets of rules, what they share read once."""
    from guibin.loyalty.queries.preview import preview_rules

    formula, near, present = get_formula(), get_near_permille(), list_current_levels()
    return [
        preview_rules(
            rules=each,
            facts=facts,
            as_of=as_of,
            currency=currency,
            formula=formula,
            lists={},
            near_permille=near,
            present=present,
        )
        for each in rules
    ]


def decide(*, rules: Rules, facts: "pa.Table", policy_code: str = "") -> Decided:
    """Everybody with a level (highest first) and everybody just below a line, with receipts; no write."""
    from guibin.loyalty.queries.decisions import decide_table

    return decide_table(
        rules=rules,
        facts=facts,
        formula=get_formula(),
        lists=list_members(policy_code) if policy_code else {},
        near_permille=get_near_permille(),
    )


def standing(customer_ids: Sequence[int]) -> dict[int, StandingView]:
    """{customer id: where they stand}; customers far from any line are absent."""
    return find_standings(customer_ids)


def list_near_misses(**options: Any) -> Any:
    """Page of standings just below the next line, nearest first; options as `list_vips`, sort `gap`."""
    return _list_near_misses(near_permille=get_near_permille(), **options)


def count_near_misses(*, customer_ids: frozenset[int] | None = None) -> int:
    """How many customers are just below the next line."""
    return _count_near_misses(near_permille=get_near_permille(), customer_ids=customer_ids)


def loyalty_scores(facts: "pa.Table") -> "pa.Array":
    """The loyalty score of every row of a facts table, in tenths of a point (int64)."""
    import pyarrow as pa

    from guibin.loyalty.rules.columns import measured_parts, score_column
    from guibin.loyalty.rules.score import fit_formula

    formula = get_formula()
    return pa.array(score_column(facts, fit_formula(formula, measured_parts(facts, formula))), pa.int64())


def loyalty_score(facts: Mapping[str, object], formula: ScoreFormula) -> float:
    """The loyalty score of one fact row, 0 to 100, by the formula of ``read_formula``: the same number
    that ``loyalty_scores`` gives the customer in the table of everybody."""
    from guibin.loyalty.rules.score import compute_score_tenths, read_score_inputs

    return compute_score_tenths(formula, read_score_inputs(facts)) / 10


def receipt_json(
    receipt: Receipt,
    *,
    level: LevelView | None,
    next_level: LevelView | None,
    currency: str,
    policy: str,
    version: int | None,
    rules_digest: str,
    as_of: date,
) -> dict[str, Any]:
    """A receipt for programs: rule, inputs, thresholds, distances as integers in their unit, sentences."""
    ahead = receipt.decision.of(next_level.code) if next_level else None
    return {
        "rule": {"policy": policy, "version": version, "digest": rules_digest, "as_of": as_of.isoformat()},
        "level": level.code if level else None,
        "conditions": [
            {"level": result.level, **_condition_json(condition)}
            for result in receipt.decision.levels
            for condition in result.conditions
        ],
        "next": None
        if next_level is None or ahead is None
        else {
            "level": next_level.code,
            "gap": round(ahead.gap, 4),
            "needs": [_condition_json(need) for need in ahead.needs],
        },
        "score": [
            {"part": p.part, "input": p.input, "share": p.share / 10_000, "weight": p.weight,
             "points": p.points_tenths / 10}
            for p in receipt.score
        ],
        "score_left_out": list(receipt.left_out),
        "cuts_on": receipt.cuts_on or None,
        "lists": list(receipt.lists),
        "sentence": {
            short: _sentences(code, receipt, level, next_level, currency)
            for short, code in (("zh", "zh-hans"), ("en", "en"))
        },
    }  # fmt: skip


def _condition_json(condition: ConditionResult) -> dict[str, Any]:
    if condition.list:
        return {"list": condition.list, "inside": condition.op == "in", "met": condition.met}
    fact = FACTS[condition.fact]
    return {
        "fact": condition.fact,
        "unit": fact.unit.value,
        "value": condition.value
        if condition.value is None
        else condition.value / fact.divisor
        if fact.divisor > 1
        else condition.value,
        "op": condition.op,
        "threshold": condition.threshold,
        "met": condition.met,
        "missing": condition.missing,
    }


def _sentences(
    language: str, receipt: Receipt, level: LevelView | None, next_level: LevelView | None, currency: str
) -> str:
    with override(language):
        why = wording.reason_sentence(receipt, level, currency)
        ahead = wording.next_sentence(receipt, next_level, currency)
    return f"{why} {ahead}".strip() if language == "en" else f"{why}{ahead}"
