"""Pure decisions of this slice."""

from hypothesis import given
from hypothesis import strategies as st

from guibin.accounts import rules


@given(
    st.lists(st.text(min_size=1, max_size=50), max_size=30, unique_by=str.lower), st.sets(st.text(max_size=8))
)
def test_every_store_gets_a_code_nobody_has(names: list[str], taken: set[str]) -> None:
    codes = rules.compute_store_codes(names=names, taken=taken)
    lowered = [code.lower() for code in codes]
    assert len(set(lowered)) == len(names)
    assert not set(lowered) & {code.lower() for code in taken}
    assert all(0 < len(code) <= 40 for code in codes)


def test_a_name_that_looks_like_a_code_is_its_own_code() -> None:
    assert rules.compute_store_codes(names=["SH001", "湖滨店"], taken=["S004"]) == ["SH001", "S005"]


@given(
    st.dictionaries(st.sampled_from("abc"), st.sampled_from(["", "x", None]), min_size=3),
    st.dictionaries(st.sampled_from("abc"), st.sampled_from(["", "x", "y", None])),
)
def test_empty_incoming_values_change_nothing(old: dict[str, object], new: dict[str, object]) -> None:
    assert rules.decide_values(old=old, new=new, policy="skip") == {}
    filled = rules.decide_values(old=old, new=new, policy="fill")
    overwritten = rules.decide_values(old=old, new=new, policy="overwrite")
    assert filled.items() <= overwritten.items()
    assert all(old.get(name) in (None, "") for name in filled)
    assert all(value not in (None, "") and value != old.get(name) for name, value in overwritten.items())


@given(
    st.dictionaries(st.integers(1, 8), st.one_of(st.none(), st.integers(1, 8))),
    st.integers(1, 8),
    st.integers(1, 8),
)
def test_loops_are_found_and_the_search_ends(parents: dict[int, int | None], node: int, parent: int) -> None:
    inside = rules.is_inside(department_id=node, parent_id=parent, parents=parents)
    chain, seen = parent, set()
    while chain is not None and chain not in seen:
        seen.add(chain)
        chain = parents.get(chain)
    assert inside == (node in seen)


def test_a_key_is_split_into_prefix_and_secret() -> None:
    assert rules.split_key("gb_abcd1234_se_cr-et") == ("abcd1234", "se_cr-et")
    for broken in ("", "gb_", "gb__x", "xx_a_b", "gb_a_", "gb_a_" + "x" * 200):
        assert rules.split_key(broken) is None


@given(st.text(max_size=70))
def test_sign_in_names_hold_no_blanks(text: str) -> None:
    if rules.is_sign_in_name(text):
        assert 2 <= len(text) <= 60
        assert not any(letter.isspace() for letter in text)
