"""The editor's form: what is shown is what is read, and its buttons change only what they say."""

import pytest

from guibin.console.vips.editor import (
    NumberInvalid,
    RulesForm,
    change_form,
    parse_form,
    read_form,
    show_rules,
)
from guibin.loyalty import api as loyalty


def posted(form: RulesForm) -> dict[str, str]:
    """The fields a browser would send for a form."""
    data: dict[str, str] = {}
    for at, level in enumerate(form.levels):
        data |= {
            f"l{at}-code": level.code,
            f"l{at}-name_zh": level.name_zh,
            f"l{at}-name_en": level.name_en,
            f"l{at}-rank": level.rank,
        }
        for group, conditions in enumerate(level.groups):
            for place, condition in enumerate(conditions):
                key = f"l{at}-g{group}-c{place}-"
                data |= {
                    f"{key}fact": condition.fact,
                    f"{key}op": condition.op,
                    f"{key}value": condition.value,
                }
    return data


pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("code", loyalty.CODES)
@pytest.mark.parametrize("currency", ["CNY", "JPY"])
def test_a_preset_survives_the_form(code: str, currency: str) -> None:
    rules = loyalty.preset_rules(code, currency)
    form = show_rules(rules, currency)
    assert parse_form(read_form(posted(form), currency)) == rules


def test_buttons_add_and_remove() -> None:
    form = show_rules(loyalty.preset_rules("cumulative", "CNY"), "CNY")
    grown = change_form(change_form(form, "condition:0:0"), "group:1")
    assert [[len(group) for group in level.groups] for level in grown.levels] == [[2], [1, 1]]
    assert change_form(grown, "drop:0:0:1") == change_form(form, "group:1")
    assert len(change_form(form, "level").levels) == 3
    assert len(change_form(form, "drop_level:0").levels) == 1
    alone = change_form(form, "drop_level:0")
    assert change_form(alone, "drop_level:0") == alone
    assert change_form(alone, "drop:0:0:0") == alone


@pytest.mark.parametrize("wish", ["", "nonsense", "condition:9:9", "drop:0:9:9", "drop_level:7", "group:x"])
def test_a_senseless_wish_changes_nothing(wish: str) -> None:
    form = show_rules(loyalty.preset_rules("cumulative", "CNY"), "CNY")
    assert change_form(form, wish) == form


def test_numbers_are_read_with_separators_and_refused_otherwise() -> None:
    form = show_rules(loyalty.preset_rules("cumulative", "CNY"), "CNY")
    data = posted(form) | {"l0-g0-c0-value": "1，234,500.5"}
    level = parse_form(read_form(data, "CNY")).level("senior")
    assert level.when == loyalty.Compare(fact="net_lifetime", op=loyalty.Op.GTE, value=123_450_050)
    for wrong in ("", "many", "1e400", "NaN"):
        with pytest.raises(NumberInvalid):
            parse_form(read_form(data | {"l0-g0-c0-value": wrong}, "CNY"))


def test_two_levels_with_one_badge_are_refused() -> None:
    data = posted(show_rules(loyalty.preset_rules("cumulative", "CNY"), "CNY")) | {"l0-rank": "2"}
    with pytest.raises(loyalty.RulesInvalid):
        parse_form(read_form(data, "CNY"))


def test_the_invitation_list_can_be_a_condition() -> None:
    data = posted(show_rules(loyalty.preset_rules("monthly", "CNY"), "CNY")) | {
        "l0-g0-c1-fact": "@in",
        "l0-g0-c1-op": "gte",
    }
    rules = parse_form(read_form(data, "CNY"))
    assert loyalty.used_lists(rules) == ("exclude", "invited")
    assert parse_form(show_rules(rules, "CNY")) == rules
