"""Rules: columns equal plain, presets on their boundaries, monotone, receipts decide the same again."""

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guibin.loyalty.rules.columns import Frame, column, evaluate, measured_parts, prepare, score_column
from guibin.loyalty.rules.facts import FACTS, SCORE
from guibin.loyalty.rules.groups import from_groups, to_groups
from guibin.loyalty.rules.plain import decide, read_inputs
from guibin.loyalty.rules.presets import CODES, DEFAULTS, NUMBERS, build_preset, to_scaled
from guibin.loyalty.rules.receipts import make_receipt, reread
from guibin.loyalty.rules.score import ScoreFormula, compute_score_tenths, fit_formula, read_score_inputs
from guibin.loyalty.rules.tree import AnyOf, Compare, Level, Listed, Op, Rules, digest

COLUMNS = sorted(
    ({fact.column for fact in FACTS.values()} | {fact.over for fact in FACTS.values()})
    - {"", "loyalty_score_tenths", "spend_top_permille"}
)
FORMULA = ScoreFormula()

small = st.integers(min_value=0, max_value=40)
money = st.integers(min_value=-500_000, max_value=80_000_000)


def _value(name: str) -> st.SearchStrategy[int | None]:
    if name.endswith("_minor"):
        values = money
    elif name.endswith("_days"):
        values = st.integers(min_value=0, max_value=2000)
    else:
        values = small
    return st.none() | values


rows = st.fixed_dictionaries({name: _value(name) for name in COLUMNS})
tables = st.lists(rows, min_size=1, max_size=12)
leaf = st.builds(
    Compare,
    fact=st.sampled_from(sorted(FACTS)),
    op=st.sampled_from(list(Op)),
    value=st.integers(min_value=-10, max_value=40) | st.integers(min_value=0, max_value=10_000_000),
) | st.builds(Listed, list=st.sampled_from(["invited", "staff", "exclude"]), inside=st.booleans())


@st.composite
def trees(draw: Any, depth: int = 3) -> Any:
    if depth == 0 or draw(st.booleans()):
        return draw(leaf)
    parts = draw(st.lists(trees(depth - 1), min_size=1, max_size=3))
    kind = draw(st.sampled_from(["all", "any"]))
    return {"kind": kind, "of": [part if isinstance(part, dict) else part.model_dump() for part in parts]}


@st.composite
def rule_sets(draw: Any) -> Rules:
    ranks = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4, unique=True))
    levels = []
    for rank in ranks:
        node = draw(trees())
        node = node if isinstance(node, dict) else node.model_dump()
        levels.append({"code": f"l{rank}", "name_zh": "级", "name_en": "Level", "rank": rank, "when": node})
    return Rules.model_validate({"levels": levels})


def as_table(some: list[dict[str, int | None]]) -> pa.Table:
    return pa.table({name: pa.array([row[name] for row in some], pa.int64()) for name in COLUMNS})


def row_of(**facts: int) -> dict[str, object]:
    return dict(facts)


def level_of(preset: str, row: dict[str, object], numbers: dict[str, float] | None = None) -> str | None:
    rules = build_preset(preset, numbers or {}, 2)
    return decide(rules, read_inputs(rules, FORMULA, row)).level


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rule_sets(), tables, st.data())
def test_columns_decide_as_plain(rules: Rules, some: list[dict[str, int | None]], data: Any) -> None:
    table = prepare(as_table(some))
    formula = fit_formula(FORMULA, measured_parts(table, FORMULA))
    on = [data.draw(st.frozensets(st.sampled_from(["invited", "staff", "exclude"]))) for _ in some]
    members = {
        code: pa.array([code in codes for codes in on]).to_numpy(zero_copy_only=False)
        for code in ("invited", "staff", "exclude")
    }
    outcome = evaluate(rules, table, formula, members)
    for at, row in enumerate(table.to_pylist()):
        decision = decide(rules, read_inputs(rules, formula, row), on[at])
        held = rules.levels[outcome.level[at]].code if outcome.level[at] >= 0 else None
        assert held == decision.level
        assert float(outcome.gap[at]) == decision.gap
    stored = Frame(table, formula, members).stored(rules, np.arange(table.num_rows))
    for row, kept in zip(table.to_pylist(), stored, strict=True):
        assert kept == make_receipt(rules, formula, row).stored()


@settings(max_examples=60, deadline=None)
@given(rule_sets(), rows, st.frozensets(st.sampled_from(["invited", "staff", "exclude"])))
def test_receipt_decides_the_same_again(
    rules: Rules, row: dict[str, int | None], lists: frozenset[str]
) -> None:
    formula = fit_formula(FORMULA, ("breadth",))
    receipt = make_receipt(rules, formula, row, lists)
    again = reread(rules, formula, receipt.stored())
    assert again == receipt


@settings(max_examples=60, deadline=None)
@given(rule_sets(), rows, st.frozensets(st.sampled_from(["invited", "staff"])))
def test_the_editors_groups_decide_the_same(
    rules: Rules, row: dict[str, int | None], lists: frozenset[str]
) -> None:
    try:
        levels = [
            level.model_copy(update={"when": from_groups(to_groups(level.when))}) for level in rules.levels
        ]
        edited = Rules(levels=tuple(levels))  # several levels together may pass the limit of conditions
    except ValueError:
        return
    inputs = read_inputs(rules, FORMULA, row)
    assert decide(edited, inputs, lists).level == decide(rules, inputs, lists).level


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([code for code in CODES if code != "tiers"]), rows, st.integers(1, 90_000_000))
def test_more_spend_never_lowers_the_level(preset: str, row: dict[str, int | None], more: int) -> None:
    rules = build_preset(preset, {}, 2)
    richer = {
        name: (value or 0) + more if name.startswith(("net_", "gross_")) else value
        for name, value in row.items()
    }
    rank = {None: 0} | {level.code: level.rank for level in rules.levels}
    before = decide(rules, read_inputs(rules, FORMULA, row))
    after = decide(rules, read_inputs(rules, FORMULA, richer))
    assert rank[after.level] >= rank[before.level]
    for was, now in zip(before.levels, after.levels, strict=True):
        assert now.gap <= was.gap


@settings(max_examples=60, deadline=None)
@given(tables)
def test_score_columns_equal_plain_and_stay_in_bounds(some: list[dict[str, int | None]]) -> None:
    table = as_table(some)
    formula = fit_formula(FORMULA, measured_parts(table, FORMULA))
    scores = score_column(table, formula)
    for row, score in zip(some, scores, strict=True):
        assert compute_score_tenths(formula, read_score_inputs(row)) == int(score)
        assert 0 <= int(score) <= 1000


@pytest.mark.parametrize(
    ("preset", "facts", "level"),
    [
        ("cumulative", {"net_minor": 999_999}, None),
        ("cumulative", {"net_minor": 1_000_000}, "vip"),
        ("cumulative", {"net_minor": 4_999_999}, "vip"),
        ("cumulative", {"net_minor": 5_000_000}, "senior"),
        ("annual", {"net_12m_minor": 10_000_000}, None),
        ("annual", {"net_12m_minor": 10_000_001}, "vip"),
        ("annual", {"net_12m_minor": 50_000_000}, "vip"),
        ("annual", {"net_12m_minor": 50_000_001}, "high"),
        ("monthly", {"net_12m_minor": 5_999_999}, None),
        ("monthly", {"net_12m_minor": 6_000_000}, "high"),
        ("frequency", {"orders_12m": 10, "months_active_12m": 10}, None),
        ("frequency", {"orders_12m": 11, "months_active_12m": 1}, "potential"),
        ("frequency", {"orders_12m": 10, "months_active_12m": 12}, "potential"),
        ("tiers", {"orders_12m": 1}, "silver"),
        ("tiers", {"orders_12m": 1, "spend_top_permille": 500}, "gold"),
        ("tiers", {"orders_12m": 1, "spend_top_permille": 501}, "silver"),
        ("tiers", {"orders_12m": 4, "spend_top_permille": 50, "months_active_12m": 3}, "gold"),
        ("tiers", {"orders_12m": 4, "spend_top_permille": 50, "months_active_12m": 4}, "diamond"),
        ("combined", {"orders_12m": 11}, "potential"),
        ("combined", {"net_minor": 1_000_000}, "vip"),
        ("combined", {"net_minor": 6_000_000, "net_12m_minor": 6_000_000}, "senior"),
        ("combined", {"net_minor": 60_000_000, "net_12m_minor": 50_000_001}, "high"),
    ],
)
def test_presets_on_their_lines(preset: str, facts: dict[str, int], level: str | None) -> None:
    assert level_of(preset, row_of(**facts)) == level


def test_score_must_be_over_the_line_not_on_it() -> None:
    rules = build_preset("score", {}, 2)
    assert decide(rules, {SCORE: 800}).level is None
    assert decide(rules, {SCORE: 801}).level == "loyal"


def test_the_perfect_customer_scores_100_and_a_stranger_0() -> None:
    best = row_of(
        recency_days=0, orders_12m=12, tenure_days=1095, months_active_12m=12,
        categories_count_12m=5, promotions_12m=4,
    )  # fmt: skip
    assert compute_score_tenths(FORMULA, read_score_inputs(best)) == 1000
    assert compute_score_tenths(FORMULA, read_score_inputs({})) == 0


def test_a_part_the_shop_never_records_is_not_held_against_anybody() -> None:
    row = row_of(recency_days=0, orders_12m=12, tenure_days=1095, months_active_12m=12)
    assert compute_score_tenths(FORMULA, read_score_inputs(row)) == 800
    assert compute_score_tenths(fit_formula(FORMULA, ()), read_score_inputs(row)) == 1000


def test_a_handful_of_promotions_does_not_switch_the_part_on_for_everybody() -> None:
    def parts(promoted: int, with_category: int, measured_permille: int = 10) -> tuple[str, ...]:
        some = [
            row_of(
                orders_12m=1,
                promotions_12m=int(at < promoted),
                categories_count_12m=int(at < with_category),
            )
            for at in range(1000)
        ]
        formula = replace(FORMULA, measured_permille=measured_permille)
        found = measured_parts(prepare(pa.Table.from_pylist(some)), formula)
        return tuple(part for part in found if part in ("breadth", "promotions"))

    assert parts(9, 9) == ()
    assert parts(10, 9) == ("promotions",)
    assert parts(0, 10) == ("breadth",)
    assert parts(9, 0, measured_permille=9) == ("promotions",)
    assert parts(0, 0, measured_permille=0) == ()


def test_distance_is_what_is_still_to_spend() -> None:
    rules = build_preset("cumulative", {}, 2)
    decision = decide(rules, {"net_lifetime": 950_000})
    assert (decision.level, decision.next_level, round(decision.gap, 3)) == (None, "vip", 0.05)
    assert [need.missing for need in decision.levels[0].needs] == [50_000]
    monthly = build_preset("monthly", {}, 2)
    assert decide(monthly, {"net_month_average": 5_400_000}).levels[0].needs[0].missing == 600_000


def test_any_takes_the_nearest_way_and_all_needs_every_part() -> None:
    rules = build_preset("frequency", {}, 2)
    decision = decide(rules, {"orders_12m": 10, "months_active_12m": 3})
    assert [(need.fact, need.missing) for need in decision.levels[0].needs] == [("orders_12m", 1)]
    tiers = build_preset("tiers", {}, 2)
    needs = decide(tiers, {"net_12m": 0, "months_active_12m": 0, "spend_top_12m": None}).of("diamond")
    assert needs is not None
    assert {need.fact for need in needs.needs} == {"spend_top_12m", "months_active_12m"}


def test_the_exclude_list_beats_everything() -> None:
    rules = build_preset("cumulative", {}, 2)
    assert decide(rules, {"net_lifetime": 9_000_000}, {"exclude"}).level is None


def test_a_list_can_stand_beside_amounts() -> None:
    when = AnyOf(of=(Compare(fact="net_12m", op=Op.GT, value=100), Listed(list="friends")))
    rules = Rules(levels=(Level(code="vip", name_zh="贵", name_en="V", rank=2, when=when),))
    assert decide(rules, {"net_12m": 0}, {"friends"}).level == "vip"
    assert decide(rules, {"net_12m": 0}).level is None


def test_spend_rank_shares_the_better_place_and_leaves_out_non_buyers() -> None:
    table = prepare(pa.table({"net_12m_minor": [100, 50, 50, 10, 0]}))
    values, known = column(table, "spend_top_permille")
    assert values[:4].tolist() == [250, 500, 500, 1000]
    assert known.tolist() == [True, True, True, True, False]


def test_the_quietest_month_is_read_from_the_series() -> None:
    table = prepare(pa.table({"net_12m_minor": [1, 1, 1], "months_orders": [[2] * 12, [1, 3], None]}))
    assert column(table, "orders_month_min")[0].tolist() == [2, 1, 0]


@pytest.mark.parametrize("code", CODES)
def test_every_number_of_a_preset_can_be_changed(code: str) -> None:
    plain = build_preset(code, {}, 2)
    for key in NUMBERS[code]:
        assert digest(build_preset(code, {key: DEFAULTS[key] + 1}, 2)) != digest(plain)


def test_money_follows_the_currency_digits() -> None:
    assert to_scaled("net_lifetime", 10_000, 0) == 10_000
    assert to_scaled("net_lifetime", 10_000, 2) == 1_000_000
    assert to_scaled(SCORE, 80, 2) == 800


@pytest.mark.parametrize(
    "levels",
    [
        [],
        [("a", 1, {"kind": "compare", "fact": "nothing", "op": "gte", "value": 1})],
        [("a", 1, {"kind": "all", "of": []})],
        [("a", 5, {"kind": "listed", "list": "x"})],
        [("a", 1, {"kind": "listed", "list": "x"}), ("a", 2, {"kind": "listed", "list": "x"})],
        [("a", 1, {"kind": "listed", "list": "x"}), ("b", 1, {"kind": "listed", "list": "x"})],
    ],
)
def test_unsound_rules_are_refused(levels: list[tuple[str, int, object]]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Rules.model_validate(
            {
                "levels": [
                    {"code": code, "name_zh": "级", "name_en": "L", "rank": rank, "when": when}
                    for code, rank, when in levels
                ]
            }
        )
