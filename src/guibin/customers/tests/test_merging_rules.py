"""Pure rules of merging: whose value stands, what is left of a field, who stands for whom."""

from hypothesis import given
from hypothesis import strategies as st

from guibin.customers.rules.merging import (
    Word,
    contradictions,
    fields_to_write,
    propose_choices,
    stand_for,
    value_that_stands,
    warnings_about,
)

values = st.sampled_from(["", "a", "b", "c"])
lines = st.lists(st.tuples(values, st.none() | st.integers(1, 3)), max_size=8)


def words_of(before: str, written: list[tuple[str, int | None]]) -> list[Word]:
    words, now = [], before
    for after, merge_id in written:
        words.append(Word(now, after, merge_id))
        now = after
    return words


@given(values, lines)
def test_with_every_merge_in_force_the_last_line_stands(
    before: str, written: list[tuple[str, int | None]]
) -> None:
    one_each = [(after, None if merge is None else place) for place, (after, merge) in enumerate(written)]
    words = words_of(before, one_each)
    brought = {word.merge_id: word.after for word in words if word.merge_id is not None}
    assert value_that_stands(words, brought) == (words[-1].after if words else "")


@given(values, lines)
def test_without_its_merges_a_field_is_as_people_left_it(
    before: str, written: list[tuple[str, int | None]]
) -> None:
    words = words_of(before, written)
    by_people = [after for after, merge in written if merge is None]
    expected = by_people[-1] if by_people else before if words else ""
    assert value_that_stands(words, {}) == expected


def test_a_value_the_absorbed_one_lost_is_not_brought() -> None:
    words = [Word("", "x", 1), Word("x", "y", 2)]
    assert value_that_stands(words, {1: "x", 2: ""}) == "x"
    assert value_that_stands(words, {1: "x", 2: "z"}) == "z"
    assert value_that_stands([Word("x", "", 1)], {1: ""}) == ""


def test_what_taking_apart_wrote_says_nothing_by_itself() -> None:
    words = [Word("a", "x", 1), Word("x", "a", derived=True), Word("a", "y", 2)]
    assert value_that_stands(words, {2: "y"}) == "y"
    assert value_that_stands(words, {}) == "a"


profiles = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["张伟", "张炜"]),
        "birthday": st.sampled_from(["solar:1990-05-20", "solar:-05-20", "solar:-05-21", "lunar:-05-20"]),
        "gender": st.sampled_from(["male", "female"]),
        "joined_on": st.sampled_from(["2020-01-01", "2021-01-01"]),
        "joined_store_id": st.sampled_from(["1", "2"]),
        "id_number": st.sampled_from(["1", "2"]),
    },
)


@given(profiles, profiles)
def test_what_speaks_against_two_being_one_does_not_depend_on_their_order(
    one: dict[str, str], other: dict[str, str]
) -> None:
    assert warnings_about(one, other) == warnings_about(other, one)
    assert contradictions(one, other) == contradictions(other, one)
    assert warnings_about(one, one) == contradictions(one, one) == ()


def test_a_birthday_without_a_year_is_no_other_birthday() -> None:
    assert warnings_about({"birthday": "solar:1990-05-20"}, {"birthday": "solar:-05-20"}) == ()
    assert warnings_about({"birthday": "solar:1990-05-20"}, {"birthday": "solar:1991-05-20"}) == ("birthday",)


@given(profiles, profiles)
def test_nothing_known_is_lost_by_the_proposal(kept: dict[str, str], absorbed: dict[str, str]) -> None:
    after = kept | fields_to_write(kept, absorbed, propose_choices(kept, absorbed))
    for name in {*kept, *absorbed} - {"id_number", "joined_store_id"}:
        assert after.get(name)
    if kept.get("joined_on") and absorbed.get("joined_on"):
        assert after["joined_on"] == min(kept["joined_on"], absorbed["joined_on"])


def test_chains_are_followed_to_the_end() -> None:
    assert stand_for({1: 2, 2: 3, 5: 3}) == {1: 3, 2: 3, 5: 3}
    assert stand_for({}) == {}
