from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibin.core.money import CurrencyMismatch, Money, from_minor, minor_digits, to_minor


@pytest.mark.parametrize(("currency", "digits"), [("CNY", 2), ("GBP", 2), ("JPY", 0), ("KWD", 3)])
def test_minor_digits_follow_the_currency(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits


@pytest.mark.parametrize(
    ("amount", "minor"), [("0.005", 0), ("0.015", 2), ("0.025", 2), ("-0.015", -2), ("1.2349", 123)]
)
def test_halves_round_to_even(amount: str, minor: int) -> None:
    assert to_minor(Decimal(amount), "CNY") == minor


@given(st.integers(-(10**15), 10**15), st.sampled_from(["CNY", "JPY", "KWD"]))
def test_minor_units_come_back_exactly(minor: int, currency: str) -> None:
    assert to_minor(from_minor(minor, currency), currency) == minor


def test_currencies_do_not_mix() -> None:
    assert Money(100, "CNY") - Money(30, "CNY") == Money(70, "CNY")
    assert (-Money(5, "CNY")).amount == Decimal("-0.05")
    with pytest.raises(CurrencyMismatch):
        Money(1, "CNY") + Money(1, "GBP")
