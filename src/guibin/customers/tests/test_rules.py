"""Pure rules: contact values, identity numbers, birthdays, names and rows."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibin.customers.rules.attributes import normalise_attribute
from guibin.customers.rules.birthday import (
    age_band,
    decode_birthday,
    encode_birthday,
    is_possible,
    next_occurrence,
    parse_birthday,
)
from guibin.customers.rules.contact import (
    mask_phone,
    normalise_email,
    normalise_phone,
    normalise_wechat,
    show_contact,
)
from guibin.customers.rules.finding import matches_name, name_pieces, read_question, spell
from guibin.customers.rules.identity import check_digit, normalise_id_number
from guibin.customers.rules.profile import as_profile, as_texts, clean_profile, parse_gender, plan_fields
from guibin.customers.rules.values import Birthday, Profile

MOBILE = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
HAN = st.text(
    st.sampled_from("张王李赵单曾欧阳伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明乐长雪吕"), min_size=1, max_size=4
)


@given(MOBILE, st.sampled_from(["", "+86", "86", "0086", "+86 "]), st.sampled_from(["", " ", "-"]))
def test_a_mobile_is_the_same_however_written(mobile: str, prefix: str, gap: str) -> None:
    written = f"{prefix}{mobile[:3]}{gap}{mobile[3:7]}{gap}{mobile[7:]}"
    wide = written.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789"})
    assert normalise_phone(written) == normalise_phone(wide) == f"+86{mobile}"


@given(st.text(max_size=60))
def test_no_text_breaks_the_normalisers(text: str) -> None:
    for normalise in (normalise_phone, normalise_email, normalise_wechat, normalise_id_number):
        value = normalise(text)
        assert value is None or normalise(value) == value
    parse_birthday(text)
    parse_gender(text)
    read_question(text)
    name_pieces(text)


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("0571-87654321", "+8657187654321"),
        ("(010) 6552 9988", "+861065529988"),
        ("+44 20 7946 0958", "+442079460958"),
        ("+852 2345 6789", "+85223456789"),
        ("13800138000.0", "+8613800138000"),
        ("1.38E+10", None),
        ("12345", None),
        ("23800138000", None),
        ("", None),
    ],
)
def test_phones(text: str, phone: str | None) -> None:
    assert normalise_phone(text) == phone


@given(MOBILE)
def test_a_masked_phone_hides_the_middle(mobile: str) -> None:
    shown = mask_phone(f"+86{mobile}")
    assert shown == f"{mobile[:3]} **** {mobile[-4:]}"
    assert show_contact("phone", f"+86{mobile}", masked=False).replace(" ", "") == mobile


@given(st.from_regex(r"11010519[4-9][0-9]0[1-9]1[0-9][0-9]{3}", fullmatch=True))
def test_one_wrong_digit_of_an_id_number_is_noticed(first: str) -> None:
    number = first + check_digit(first)
    assert normalise_id_number(number.lower()) == number
    for at, digit in enumerate(first):
        wrong = first[:at] + str((int(digit) + 1) % 10) + first[at + 1 :] + number[17]
        assert normalise_id_number(wrong) is None


@given(st.from_regex(r"11010519[4-9][0-9]0[1-9]1[0-9][0-9]{3}", fullmatch=True), st.integers(0, 15))
def test_swapped_neighbours_of_an_id_number_are_noticed(first: str, at: int) -> None:
    number = first + check_digit(first)
    swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    assert swapped == number or normalise_id_number(swapped) is None


def test_id_numbers_of_the_standard() -> None:
    # The worked examples of GB 11643-1999.
    assert normalise_id_number("11010519491231002X") == "11010519491231002X"
    assert normalise_id_number("４４０５２４１８８００１０１００１４") == "440524188001010014"
    assert normalise_id_number("110105194902310028") is None
    assert normalise_id_number("99010519491231002X") is None


BIRTHDAYS = st.builds(
    Birthday,
    month=st.integers(1, 12),
    day=st.integers(1, 31),
    year=st.none() | st.integers(1920, 2020),
    calendar=st.sampled_from(["solar", "lunar"]),
    is_leap=st.booleans(),
).filter(is_possible)


@given(BIRTHDAYS)
def test_a_birthday_survives_its_encoding(birthday: Birthday) -> None:
    assert decode_birthday(encode_birthday(birthday)) == birthday


@given(BIRTHDAYS, st.dates(date(2000, 1, 1), date(2050, 1, 1)))
def test_the_next_birthday_is_within_thirteen_lunar_months(birthday: Birthday, on: date) -> None:
    found = next_occurrence(birthday, on)
    assert on <= found <= on + timedelta(days=385)
    if birthday.calendar == "solar" and (birthday.month, birthday.day) != (2, 29):
        assert (found.month, found.day) == (birthday.month, birthday.day)


def test_birthdays_people_write() -> None:
    assert next_occurrence(Birthday(8, 15, calendar="lunar"), date(2026, 1, 1)) == date(2026, 9, 25)
    assert next_occurrence(Birthday(2, 29, 2000), date(2026, 1, 1)) == date(2026, 2, 28)
    assert parse_birthday("农历八月十五") == Birthday(8, 15, calendar="lunar")
    assert parse_birthday("农历2020年闰四月初三") == Birthday(4, 3, 2020, "lunar", is_leap=True)
    assert parse_birthday("农历2021年闰四月初三") is None
    assert parse_birthday("1990年5月20日") == parse_birthday("19900520") == Birthday(5, 20, 1990)
    assert parse_birthday("5月20日") == Birthday(5, 20)
    assert parse_birthday("1990-02-30") is None
    assert age_band(Birthday(5, 20, 1989)) == "1985"


@given(HAN)
def test_a_name_is_found_by_all_its_pieces(name: str) -> None:
    pieces = name_pieces(name)
    spelled = spell(name)
    questions = [
        name,
        *name,
        *(name[at : at + 2] for at in range(len(name) - 1)),
        spelled,
        spelled.replace(" ", ""),
    ]
    if len(name) > 1:
        questions.append("".join(word[0] for word in spelled.split()))
    for text in questions:
        question = read_question(text)
        assert any(alternative <= pieces for alternative in question.names), text
        assert matches_name(question, name, "")


@given(HAN, st.sampled_from("周吴郑冯陈褚卫蒋沈韩"))
def test_a_name_is_not_found_by_a_character_it_lacks(name: str, other: str) -> None:
    question = read_question(other)
    assert not any(alternative <= name_pieces(name) for alternative in question.names)


def test_readings_of_surnames_and_foreign_names() -> None:
    assert spell("單雄信") == "Shan Xiong Xin"
    assert spell("万俟雪") == "Mo Qi Xue"
    assert "p:lvbu" in name_pieces("吕布")
    assert any(pieces <= name_pieces("吕布") for pieces in read_question("lyubu").names)
    assert any(pieces <= name_pieces("吕布") for pieces in read_question("lubu").names)
    assert {"p:john", "p:smith", "p:johnsmith", "p:js"} <= name_pieces("John Smith")
    assert name_pieces("張偉") == name_pieces("张伟")


def test_questions_are_read_as_what_they_may_be() -> None:
    assert read_question("8000").last_four == "8000"
    assert read_question("138 0013 8000").phone == "+8613800138000"
    assert read_question("gb-12").number == "GB-000012"
    assert read_question("A@B.cn").email == "a@b.cn"
    assert read_question("   ").text == ""


PROFILES = st.builds(
    Profile,
    name=st.text(max_size=20),
    gender=st.sampled_from(["", "female", "male", "other"]),
    birthday=st.none() | BIRTHDAYS,
    city=st.text(max_size=20),
    address=st.text(max_size=20),
    joined_on=st.none() | st.dates(),
    joined_store_id=st.none() | st.integers(1, 9),
)


@given(PROFILES)
def test_a_profile_survives_as_texts_and_cleaning_is_stable(profile: Profile) -> None:
    assert as_profile(as_texts(profile)) == profile
    texts, problem = clean_profile(profile)
    assert problem in {"", "text_too_long"}
    assert clean_profile(as_profile(texts)) == (texts, problem)


@given(PROFILES, PROFILES)
def test_policies_never_empty_and_forms_take_everything(old: Profile, new: Profile) -> None:
    current, wanted = as_texts(old), as_texts(new)
    assert plan_fields(current, wanted, "skip") == {}
    assert {**current, **plan_fields(current, wanted, None)} == wanted
    for policy in ("fill", "overwrite"):
        after = {**current, **plan_fields(current, wanted, policy)}  # type: ignore[arg-type]
        for name, text in current.items():
            expected = (text or wanted[name]) if policy == "fill" else (wanted[name] or text)
            assert after[name] == expected
        assert plan_fields(after, wanted, policy) == {}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("number", "1,234.50", "1234.5"),
        ("number", "１２", "12"),
        ("number", "0.00", "0"),
        ("number", "1e99", None),
        ("number", "nan", None),
        ("date", "2026/1/5", None),
        ("date", "2026/01/05", "2026-01-05"),
        ("yes_no", "是", "yes"),
        ("yes_no", "maybe", None),
        ("choice", "silk", "silk"),
        ("choice", "wool", None),
        ("text", "  真丝  好 ", "真丝 好"),
        ("number", " ", ""),
    ],
)
def test_own_fields(kind: str, text: str, value: str | None) -> None:
    assert normalise_attribute(kind, text, ["silk"]) == value
