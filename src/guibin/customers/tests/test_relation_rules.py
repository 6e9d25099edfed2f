"""Rules of relations, companies and contact wishes, by properties."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibin.customers import relation_words
from guibin.customers.rules.company import CHARACTERS, credit_check, normalise_credit_code
from guibin.customers.rules.profile import clean_profile
from guibin.customers.rules.reaching import (
    Preference,
    is_possible,
    is_quiet,
    is_welcome,
    pack_days,
    unpack_days,
)
from guibin.customers.rules.relations import (
    EITHER_WAY,
    NEAR,
    RELATION_KINDS,
    ROLES,
    SIDES,
    Bond,
    bond_of,
    overlap,
    problem_of,
    role_seen,
)
from guibin.customers.rules.values import Profile

DAY = date(2026, 1, 1)
days = st.none() | st.integers(0, 60).map(lambda n: DAY + timedelta(days=n))
people = st.integers(1, 4)
KINDS = {1: "person", 2: "person", 3: "person", 4: "company"}
wishes = st.builds(
    lambda role, me, them, since, until: bond_of(role, me=me, them=them, since=since, until=until),
    st.sampled_from(ROLES),
    people,
    people,
    days,
    days,
)


def test_the_example_of_the_standard_and_known_codes() -> None:
    # The worked example of GB 32100-2015: 91350100M000100Y4 has the check character 3.
    assert credit_check("91350100M000100Y4") == "3"
    assert normalise_credit_code("91350100m000100y43") == "91350100M000100Y43"
    assert normalise_credit_code("9135 0100 M000 1００Y43") == "91350100M000100Y43"
    for wrong in ("91350100M000100Y4Z", "9135010OM000100Y43", "", "91350100M000100Y4", "甲350100M000100Y43"):
        assert normalise_credit_code(wrong) is None


@given(
    st.text(CHARACTERS, min_size=2, max_size=2),
    st.integers(0, 999_999),
    st.text(CHARACTERS, min_size=9, max_size=9),
)
def test_one_wrong_character_is_always_noticed(head: str, region: int, body: str) -> None:
    code = f"{head}{region:06d}{body}"
    whole = code + credit_check(code)
    assert normalise_credit_code(whole) == whole
    for place in range(18):
        for other in "0A7Y":
            if other != whole[place]:
                assert normalise_credit_code(whole[:place] + other + whole[place + 1 :]) is None


def test_a_company_is_checked_as_a_company() -> None:
    texts, problem = clean_profile(Profile(name="栖木", kind="company", id_number="91350100m000100y43"))
    assert (texts["id_number"], problem) == ("91350100M000100Y43", "")
    assert clean_profile(Profile(kind="company", id_number="11010519491231002X"))[1] == "id_number"
    assert clean_profile(Profile(id_number="91350100M000100Y43"))[1] == "id_number"
    assert clean_profile(Profile(kind="company", gender="female"))[1] == "gender"
    assert clean_profile(Profile(kind="robot"))[1] == "kind"


@given(st.sampled_from(ROLES), st.integers(1, 9), st.integers(10, 19))
def test_both_sides_write_the_same_and_read_their_own(role: str, me: int, them: int) -> None:
    bond = bond_of(role, me=me, them=them)
    assert role_seen(bond.kind, from_first=bond.one == me) == role
    back = role_seen(bond.kind, from_first=bond.one == them)
    assert bond_of(back, me=them, them=me) == bond
    assert (bond.one < bond.other) or bond.kind not in EITHER_WAY


@given(wishes, wishes)
def test_overlapping_is_mutual(first: Bond, second: Bond) -> None:
    assert overlap(first, second) == overlap(second, first)


@given(st.lists(wishes, max_size=14))
def test_what_is_let_in_never_contradicts_itself(asked: list[Bond]) -> None:
    held: list[Bond] = []
    for bond in asked:
        if not problem_of(bond, held, KINDS):
            held.append(bond)
    for one in held:
        assert one.one != one.other
        assert (KINDS[one.one], KINDS[one.other]) == ("person", "company") or one.kind != "works_for"
        if one.kind not in {"works_for", "referrer"}:
            assert 4 not in {one.one, one.other}
        for other in held:
            if other is one or not overlap(one, other):
                continue
            same = {one.one, one.other} == {other.one, other.other}
            assert not (same and one.kind == other.kind)
            assert not (same and {one.kind, other.kind} <= NEAR)
            if one.kind == other.kind == "spouse":
                assert not {one.one, one.other} & {other.one, other.other}
    referred = [bond.other for bond in held if bond.kind == "referrer"]
    assert len(referred) == len(set(referred))


@given(st.lists(wishes, max_size=8), wishes)
def test_what_is_refused_does_not_depend_on_who_wrote_first(held: list[Bond], new: Bond) -> None:
    assert (
        problem_of(new, held, KINDS) == problem_of(new, held[::-1], KINDS)
        or len({problem_of(new, [one], KINDS) for one in held} - {""}) > 1
    )


@pytest.mark.parametrize(
    ("role", "them", "held", "problem"),
    [
        ("spouse", 1, [], "itself"),
        ("employer", 2, [], "unsuitable"),
        ("parent", 4, [], "unsuitable"),
        ("employer", 4, [], ""),
        ("spouse", 2, [Bond(1, 2, "spouse")], "known"),
        ("spouse", 3, [Bond(1, 2, "spouse")], "spouse_taken"),
        ("spouse", 3, [Bond(1, 2, "spouse", None, DAY)], "spouse_taken"),
        ("child", 2, [Bond(2, 1, "parent")], "contradicts"),
        ("sibling", 2, [Bond(2, 1, "parent", None, DAY)], "contradicts"),
        ("referrer", 3, [Bond(2, 1, "referrer")], "referrer_taken"),
        ("relative", 2, [Bond(1, 2, "spouse")], ""),
    ],
)
def test_cases(role: str, them: int, held: list[Bond], problem: str) -> None:
    assert problem_of(bond_of(role, me=1, them=them), held, KINDS) == problem


def test_somebody_marries_again_after_the_end() -> None:
    held = [Bond(1, 2, "spouse", None, DAY)]
    assert problem_of(bond_of("spouse", me=1, them=3, since=DAY), held, KINDS) == ""
    back = bond_of("spouse", me=1, them=3, since=DAY, until=DAY - timedelta(days=1))
    assert problem_of(back, [], KINDS) == "period"


def test_every_role_and_kind_has_words() -> None:
    assert set(SIDES) == set(RELATION_KINDS)
    assert set(relation_words.ROLES) == set(ROLES) == set(relation_words.ROLE_ICONS)
    assert set(relation_words.PERSON_ROLES) | set(relation_words.COMPANY_ROLES) == set(ROLES)


@given(st.sets(st.integers(0, 6)))
def test_days_are_packed_and_unpacked(week: set[int]) -> None:
    assert set(unpack_days(pack_days(week))) == (week if len(week) < 7 else set())


@given(st.integers(0, 23), st.integers(1, 24), st.integers(0, 23))
def test_quiet_hours_may_run_past_midnight(begin: int, end: int, hour: int) -> None:
    wish = Preference(quiet_from=begin, quiet_until=end)
    if begin == end:
        assert not is_possible(wish)
        return
    assert is_possible(wish)
    hours = range(begin, end) if begin < end else [*range(begin, 24), *range(end)]
    assert is_quiet(wish, hour) == (hour in hours)
    assert is_welcome(wish, weekday=0, hour=hour) == (hour not in hours)


def test_a_wish_is_welcome_on_its_days_and_hours_only() -> None:
    wish = Preference("wechat", (0, 1, 2, 3, 4), 10, 18, quiet_from=12, quiet_until=14)
    assert is_welcome(wish, weekday=0, hour=10)
    assert not is_welcome(wish, weekday=5, hour=10)
    assert not is_welcome(wish, weekday=0, hour=18)
    assert not is_welcome(wish, weekday=0, hour=13)
    for wrong in (
        Preference("pigeon"),
        Preference(days=(7,)),
        Preference(hour_from=9),
        Preference(language="x"),
    ):
        assert not is_possible(wrong)


def test_a_wish_is_one_sentence() -> None:
    from django.utils.translation import override

    wish = Preference("wechat", (0, 1, 2, 3, 4), 10, 18, "en", 12, 14)
    with override("en"):
        said = relation_words.preference_sentence(wish)
        assert said == "WeChat, weekdays 10:00–18:00, in English; do not disturb 12:00–14:00"
        assert relation_words.preference_sentence(Preference(quiet_from=22, quiet_until=8)) == (
            "do not disturb 22:00–8:00"
        )
    assert relation_words.preference_sentence(None) == ""
