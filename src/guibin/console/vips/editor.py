"""The editor's form: rules as rows of a page, and back. Numbers are in natural units (yuan, points, %)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guibin.core.errors import Invalid
from guibin.core.money import minor_digits
from guibin.loyalty import api as loyalty
from guibin.web.asked import read_all, read_whole
from guibin.web.formats import currency_symbol

ON_LIST, OFF_LIST = "@in", "@out"
INVITED = "invited"
LEVELS_MAX = 4
PLACE = re.compile(r"l(\d{1,4})-g(\d{1,4})-c(\d{1,4})-fact")
FIRST = {"fact": "net_12m", "op": "gte", "value": "10000"}
UNIT_WORDS = {
    loyalty.Unit.ORDERS: gettext_lazy("purchases"),
    loyalty.Unit.MONTHS: gettext_lazy("months"),
    loyalty.Unit.DAYS: gettext_lazy("days"),
    loyalty.Unit.TENTHS: gettext_lazy("points"),
    loyalty.Unit.PERMILLE: "%",
    loyalty.Unit.COUNT: "",
    loyalty.Unit.STEP: "",
}
HIDDEN_FACTS = ("orders_month_min",)


class NumberInvalid(Invalid):
    code = "console.number_invalid"
    message = gettext_lazy("%(value)s is not a number this condition can be compared with.")


class NumberMissing(NumberInvalid):
    code = "console.number_missing"
    message = gettext_lazy("A number is missing here.")


@dataclass(frozen=True, slots=True)
class ConditionForm:
    """One condition as its three fields hold it. `fact` may be `@in` or `@out` (the invitation list)."""

    fact: str
    op: str
    value: str
    currency: str = "CNY"
    problem: str = ""

    @property
    def listed(self) -> bool:
        """Whether it asks for a list instead of a number."""
        return self.fact in (ON_LIST, OFF_LIST)

    @property
    def unit(self) -> str:
        """The unit shown behind the number."""
        if self.listed:
            return ""
        unit = loyalty.FACTS[self.fact].unit
        if unit is loyalty.Unit.MINOR:
            return currency_symbol(self.currency)
        return str(UNIT_WORDS[unit])


@dataclass(frozen=True, slots=True)
class LevelForm:
    """A level: all `groups` must hold, one condition of each is enough."""

    code: str
    name_zh: str
    name_en: str
    rank: str
    groups: tuple[tuple[ConditionForm, ...], ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class RulesForm:
    """The whole editor, highest level first."""

    levels: tuple[LevelForm, ...]
    currency: str
    open_facts: Sequence[tuple[str, str]] = field(default_factory=tuple)

    @property
    def wrong(self) -> bool:
        """Whether a level or a number is marked as wrong."""
        return any(
            level.problem or any(condition.problem for group in level.groups for condition in group)
            for level in self.levels
        )

    @property
    def may_grow(self) -> bool:
        """Whether another level fits."""
        return len(self.levels) < LEVELS_MAX


def fact_choices(columns: Sequence[str]) -> list[tuple[str, str]]:
    """(code, label) of the facts that the shop's facts table has, and the invitation list."""
    derived = {"loyalty_score_tenths", "spend_top_permille"}
    known = [
        (code, str(loyalty.FACT_LABELS[code]))
        for code, fact in loyalty.FACTS.items()
        if (fact.column in columns or fact.column in derived) and code not in HIDDEN_FACTS
    ]
    return [*known, (ON_LIST, _("on the invitation list")), (OFF_LIST, _("not on the invitation list"))]


def show_rules(rules: loyalty.Rules, currency: str) -> RulesForm:
    """Rules as the editor shows them. Raises `TooIntricate` for a tree that is too much for it."""
    levels = tuple(
        LevelForm(
            code=level.code,
            name_zh=level.name_zh,
            name_en=level.name_en,
            rank=str(level.rank),
            groups=tuple(
                tuple(_show_leaf(leaf, currency) for leaf in group) for group in loyalty.to_groups(level.when)
            ),
        )
        for level in reversed(rules.levels)
    )
    return RulesForm(levels, currency)


def may_show(rules: loyalty.Rules) -> bool:
    """Whether the editor can show these rules."""
    try:
        for level in rules.levels:
            loyalty.to_groups(level.when)
    except loyalty.TooIntricate:
        return False
    return True


def _show_leaf(leaf: loyalty.Leaf, currency: str) -> ConditionForm:
    if isinstance(leaf, loyalty.Listed):
        return ConditionForm(ON_LIST if leaf.inside else OFF_LIST, "gte", "", currency)
    scale = loyalty.scale_of(leaf.fact, minor_digits(currency))
    number = Decimal(leaf.value) / scale
    text = f"{number.normalize():,f}"
    return ConditionForm(leaf.fact, leaf.op.value, text, currency)


def read_form(data: Mapping[str, str], currency: str) -> RulesForm:
    """What was posted, before it is checked: fields `l0-name_zh`, `l0-g1-c2-fact` and so on."""
    places: dict[int, dict[int, list[int]]] = {}
    for name in data:
        match = PLACE.fullmatch(name)
        if match:
            level, group, condition = map(int, match.groups())
            places.setdefault(level, {}).setdefault(group, []).append(condition)
    levels = tuple(_read_level(data, at, places[at], currency) for at in sorted(places)[:LEVELS_MAX])
    return RulesForm(levels, currency)


def _read_level(
    data: Mapping[str, str], at: int, groups: Mapping[int, Sequence[int]], currency: str
) -> LevelForm:
    def condition(group: int, place: int) -> ConditionForm:
        key = f"l{at}-g{group}-c{place}-"
        fact = data.get(f"{key}fact", "")
        known = fact in loyalty.FACTS or fact in (ON_LIST, OFF_LIST)
        return ConditionForm(
            fact if known else FIRST["fact"],
            data.get(f"{key}op", "gte"),
            data.get(f"{key}value", ""),
            currency,
        )

    return LevelForm(
        code=data.get(f"l{at}-code", ""),
        name_zh=data.get(f"l{at}-name_zh", "").strip(),
        name_en=data.get(f"l{at}-name_en", "").strip(),
        rank=data.get(f"l{at}-rank", ""),
        groups=tuple(
            tuple(condition(group, place) for place in sorted(groups[group])) for group in sorted(groups)
        ),
    )


def change_form(form: RulesForm, wish: str) -> RulesForm:
    """The form after a button: `condition:0:1`, `group:0`, `level`, `drop:0:1:2`, `drop_level:0`."""
    verb, *numbers = wish.split(":")
    places = read_all(numbers)
    fresh = ConditionForm(FIRST["fact"], FIRST["op"], FIRST["value"], form.currency)
    levels = list(form.levels)
    if verb == "level" and form.may_grow:
        free = sorted({1, 2, 3, 4} - set(read_all(level.rank for level in levels)))
        levels.append(LevelForm("", _("New level"), "New level", str(free[0] if free else 1), ((fresh,),)))
    elif verb == "drop_level" and len(levels) > 1 and places and places[0] < len(levels):
        del levels[places[0]]
    elif places and places[0] < len(levels):
        groups = [list(group) for group in levels[places[0]].groups]
        _change_groups(groups, verb, places[1:], fresh)
        levels[places[0]] = replace(levels[places[0]], groups=tuple(tuple(g) for g in groups if g))
    return replace(form, levels=tuple(levels))


def _change_groups(
    groups: list[list[ConditionForm]], verb: str, places: Sequence[int], fresh: ConditionForm
) -> None:
    if verb == "group":
        groups.append([fresh])
    elif verb == "condition" and places and places[0] < len(groups):
        groups[places[0]].append(fresh)
    elif verb == "drop" and len(places) == 2 and sum(map(len, groups)) > 1:
        group, condition = places
        if group < len(groups) and condition < len(groups[group]):
            del groups[group][condition]


def parse_form(form: RulesForm) -> loyalty.Rules:
    """The rules the form holds. Raises `RulesInvalid` or `NumberInvalid`."""
    taken: set[str] = set()
    levels = []
    for level in form.levels:
        code = level.code or next(code for code in _codes() if code not in taken)
        taken.add(code)
        groups = [[_parse_leaf(condition) for condition in group] for group in level.groups if group]
        levels.append(
            {
                "code": code,
                "name_zh": level.name_zh or level.name_en,
                "name_en": level.name_en or level.name_zh,
                "rank": read_whole(level.rank) or 0,
                "when": loyalty.from_groups(groups).model_dump() if groups else None,
            }
        )
    return loyalty.parse_rules({"levels": levels})


def mark_wrong(form: RulesForm) -> RulesForm:
    """The form as it was typed, with what is wrong said at the level and the number it is about."""
    ranks = [level.rank for level in form.levels]
    return replace(
        form,
        levels=tuple(
            replace(
                level,
                problem=_level_problem(level, twice=ranks.count(level.rank) > 1),
                groups=tuple(
                    tuple(replace(condition, problem=_number_problem(condition)) for condition in group)
                    for group in level.groups
                ),
            )
            for level in form.levels
        ),
    )


def _level_problem(level: LevelForm, *, twice: bool) -> str:
    if not (level.name_zh or level.name_en):
        return _("A level needs a name.")
    return _("Another level has this badge too. Choose one that is free.") if twice else ""


def _number_problem(condition: ConditionForm) -> str:
    try:
        _parse_leaf(condition)
    except NumberInvalid as error:
        return error.sentence
    return ""


def _codes() -> Iterator[str]:
    yield from (f"level{number}" for number in range(1, 100))


def _parse_leaf(condition: ConditionForm) -> loyalty.Leaf:
    if condition.listed:
        return loyalty.Listed(list=INVITED, inside=condition.fact == ON_LIST)
    if not condition.value.strip():
        raise NumberMissing
    try:
        number = Decimal(condition.value.replace(",", "").replace("，", "").strip())
        op = loyalty.Op(condition.op)
    except (InvalidOperation, ValueError) as error:
        raise NumberInvalid(value=condition.value) from error
    scaled = number * loyalty.scale_of(condition.fact, minor_digits(condition.currency))
    if not number.is_finite() or abs(scaled) > 2**52:
        raise NumberInvalid(value=condition.value)
    return loyalty.Compare(fact=condition.fact, op=op, value=int(scaled.to_integral_value()))
