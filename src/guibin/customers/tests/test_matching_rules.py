"""Two people compared: symmetric, honest about contradictions, and nobody missed by what is looked for."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibin.customers.rules.matching import (
    AGAINST,
    POINTS,
    Policies,
    Traits,
    compare,
    is_given_out_again,
    pieces_of,
    read_address,
    read_birthday,
    read_names,
    traits_of,
)
from guibin.customers.rules.values import Birthday

PLAIN = Policies()
DAY = date(2026, 11, 1)
HAN_NAMES = ("张伟", "張偉", "王芳", "王方", "李娜", "王女士", "")
LATIN_NAMES = ("Zhang Wei", "Wei Zhang", "David Chan", "")
BIRTHDAYS = (
    None,
    Birthday(5, 20, 1990),
    Birthday(5, 20),
    Birthday(5, 21, 1990),
    Birthday(8, 15, 1985, "lunar"),
    Birthday(9, 28, 1985),
)
PHONES = ("+8613800138000", "+8613900138000", "+8613812345678")


@st.composite
def people(draw: st.DrawFn) -> Traits:
    since = DAY - timedelta(days=draw(st.integers(0, 600)))
    contacts = [("phone", phone, "pos") for phone in draw(st.sets(st.sampled_from(PHONES), max_size=2))]
    contacts += [("email", mail, "shop") for mail in draw(st.sets(st.sampled_from(["a@b.cn"]), max_size=1))]
    systems = st.tuples(st.sampled_from(["pos", "unionid", "card"]), st.sampled_from(["1", "2"]))
    texts = {
        "name": draw(st.sampled_from(HAN_NAMES)),
        "latin_name": draw(st.sampled_from(LATIN_NAMES)),
        "gender": draw(st.sampled_from(["", "male", "female"])),
        "city": draw(st.sampled_from(["", "杭州", "杭州市"])),
        "address": draw(st.sampled_from(["", "杭州市西湖区龙井路18号", "西湖区龙井路 18 号"])),
        "id_number": draw(st.sampled_from(["", "11010519491231002X", "440308199901101512"])),
    }
    return traits_of(
        texts=texts,
        birthday=draw(st.sampled_from(BIRTHDAYS)),
        contacts=contacts,
        externals=draw(st.sets(systems, max_size=2)),
        source="pos",
        policies=PLAIN,
        since=since,
        last_active=since + timedelta(days=draw(st.integers(0, 300))),
    )


def person(**more: object) -> Traits:
    fields = ("name", "latin_name", "gender", "id_number", "address", "city")
    texts = {name: str(more.pop(name)) for name in fields if name in more}
    given_ = {"birthday": None, "contacts": [], "externals": [], "since": DAY, "last_active": DAY} | more
    return traits_of(texts=texts, source="pos", policies=PLAIN, **given_)  # type: ignore[arg-type]


@given(people(), people())
def test_whichever_is_named_first_makes_no_difference(one: Traits, other: Traits) -> None:
    assert compare(one, other, PLAIN) == compare(other, one, PLAIN)


@given(people(), people())
def test_the_score_is_the_sum_of_what_is_said(one: Traits, other: Traits) -> None:
    verdict = compare(one, other, PLAIN)
    assert verdict.score == max(0, min(100, sum(points for _code, points in verdict.grounds)))
    assert {code for code, _points in verdict.evidence} <= POINTS.keys()
    assert {code for code, _points in verdict.contradictions} <= AGAINST.keys()


@given(people(), people())
def test_whoever_may_be_the_same_shares_something_they_are_looked_for_by(one: Traits, other: Traits) -> None:
    if compare(one, other, PLAIN).verdict != "apart":
        assert set(pieces_of(one)) & set(pieces_of(other))


@given(people(), people())
def test_a_contradiction_never_raises_the_score_nor_joins(one: Traits, other: Traits) -> None:
    before = compare(one, other, PLAIN)
    silent = replace(one, gender=""), replace(other, gender="")
    against = replace(one, gender="male"), replace(other, gender="female")
    assert compare(*against, PLAIN).score <= compare(*silent, PLAIN).score
    assert compare(*against, PLAIN).verdict != "join"
    named = (
        replace(one, keys=one.keys | {("id_number", "X", "")}),
        replace(
            other, keys=frozenset(k for k in other.keys if k[0] != "id_number") | {("id_number", "Y", "")}
        ),
    )
    if not any(key == "id_number" for key, _value, _source in one.keys):
        assert compare(*named, PLAIN).verdict == "apart"
        assert compare(*named, PLAIN).score <= before.score


@given(people(), people(), st.integers(91, 3000))
def test_a_number_given_out_again_never_joins(one: Traits, other: Traits, silent: int) -> None:
    phone = ("phone", "+8613700000001", "pos")
    old = replace(one, keys=frozenset({phone}), last_active=one.since)
    assert one.since is not None
    later = one.since + timedelta(days=silent)
    new = replace(other, keys=frozenset({phone}), since=later, last_active=later)
    verdict = compare(old, new, PLAIN)
    assert verdict.verdict != "join"
    assert ("given_out_again", AGAINST["given_out_again"]) in verdict.contradictions


def test_a_phone_joins_while_its_owner_is_about_and_names_do_not_disagree() -> None:
    phone = [("phone", "+8613800138000", "pos")]
    old = person(
        name="张伟", contacts=phone, since=DAY - timedelta(days=400), last_active=DAY - timedelta(days=30)
    )
    assert compare(old, person(name="張偉", contacts=phone), PLAIN).verdict == "join"
    assert compare(old, person(contacts=phone), PLAIN).verdict == "join"
    assert compare(old, person(name="Zhang Wei", contacts=phone), PLAIN).verdict == "join"
    family = compare(old, person(name="李娜", contacts=phone), PLAIN)
    assert (family.verdict, family.contradictions) == ("review", (("name_differs", -30),))
    assert compare(old, person(name="张伟", birthday=Birthday(1, 2), contacts=phone), PLAIN).verdict == "join"
    silent = replace(old, last_active=old.since)
    assert compare(silent, person(name="张伟", contacts=phone), PLAIN).verdict == "review"


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("李女士", "apart"),
        ("王太太", "review"),
        ("李娜", "review"),
        ("李*", "review"),
        ("王*", "join"),
        ("王芳", "join"),
        ("王先生", "join"),
        ("", "join"),
    ],
)
def test_a_couple_with_one_phone_is_not_joined_by_titles(name: str, verdict: str) -> None:
    phone = [("phone", "+8613800138000", "pos")]
    told = compare(person(name="王先生", contacts=phone), person(name=name, contacts=phone), PLAIN)
    assert told.verdict == verdict


def test_policies_say_what_a_key_is_worth_and_the_stricter_source_counts() -> None:
    one = person(name="张伟", contacts=[("phone", "+8613800138000", "pos")])
    other = person(name="张伟", contacts=[("phone", "+8613800138000", "till")])
    assert compare(one, other, PLAIN).verdict == "join"
    assert compare(one, other, Policies({("till", "phone"): "review"})).verdict == "review"
    assert compare(one, other, Policies({("till", "phone"): "ignore"})).verdict == "apart"
    assert (
        compare(one, other, Policies({("", "phone"): "ignore", ("pos", "phone"): "join"})).verdict == "apart"
    )


def test_ids_of_other_systems_count_only_where_they_are_union_ids() -> None:
    one = person(name="小张", externals=[("unionid", "o1"), ("pos", "17")])
    other = person(name="张伟", externals=[("wechat_unionid", "o1"), ("shop", "17")])
    verdict = compare(one, other, PLAIN)
    assert verdict.verdict == "join"  # a nickname beside a union id says nothing
    assert [code for code, _points in verdict.evidence] == ["external_id"]
    plain = person(name="张伟", externals=[("pos", "17")])
    assert compare(plain, person(name="李娜", externals=[("shop", "17")]), PLAIN).verdict == "apart"


def test_names_with_something_beside_them_are_put_to_a_person() -> None:
    born = Birthday(8, 15, 1985, "lunar")
    solar = Birthday(9, 29, 1985)
    verdict = compare(
        person(name="张伟", birthday=born), person(latin_name="Wei Zhang", birthday=solar), PLAIN
    )
    assert read_birthday(born)[1] == date(1985, 9, 29)
    assert verdict.verdict == "review"
    assert verdict.evidence == (("name_sound", 20), ("birthday", 30))
    assert compare(person(name="张伟"), person(name="张伟", city="杭州"), PLAIN).verdict == "apart"
    other = person(name="张伟", birthday=Birthday(12, 1, 1970))
    assert compare(person(name="张伟", birthday=born), other, PLAIN).verdict == "apart"


@pytest.mark.parametrize(
    ("name", "han", "spelled"),
    [
        ("王女士", set(), set()),
        ("张*", set(), set()),
        ("張偉 先生", {"张伟"}, {"zhangwei"}),
        ("吕布", {"吕布"}, {"lvbu"}),
        ("Lü Bu", set(), {"lvbu", "bulv"}),
        ("Lyu Bu", set(), {"lvbu", "bulv"}),
    ],
)
def test_names_are_read(name: str, han: set[str], spelled: set[str]) -> None:
    assert read_names([name]) == (frozenset(han), frozenset(spelled))


def test_addresses_are_read_without_the_places_before_them() -> None:
    assert read_address("浙江省杭州市西湖区龙井路 18 号", "浙江", "杭州") == "西湖区龙井路18号"
    assert read_address("西湖区龙井路１８号", "浙江", "杭州") == "西湖区龙井路18号"
    assert read_address("西湖", "浙江", "杭州") == ""


def test_unknown_days_count_as_silence() -> None:
    assert is_given_out_again(person(since=None, last_active=None), person(), PLAIN)
