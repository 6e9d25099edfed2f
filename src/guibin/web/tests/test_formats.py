from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from babel.numbers import format_currency, format_decimal, get_currency_symbol
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from guibin.core.money import Money
from guibin.web import formats
from guibin.web.pinyin import name_pinyin, pinyin_letters

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture(params=["zh-hans", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    with translation.override(request.param):
        yield request.param


def pick(language: str, zh: str, en: str) -> str:
    return zh if language == "zh-hans" else en


def test_money(language: str) -> None:
    assert formats.money(Money(1_280_000, "CNY")) == "¥12,800.00"
    assert formats.money(Money(-25_200, "CNY")) == "−¥252.00"
    assert formats.money(Money(1_280_050, "CNY"), whole=True) in {"¥12,800", "¥12,801"}
    assert formats.money(Money(500, "JPY")) == "JP¥500"
    assert "12.00" in formats.money(Money(1200, "USD"))


def test_numbers(language: str) -> None:
    assert formats.number(1284600) == "1,284,600"
    assert formats.number(Decimal("-3.14159"), 2) == "−3.14"
    assert formats.percent(0.068, 1) == "6.8%"
    assert formats.change(0.182) == "+18.2%"
    assert formats.change(-0.03) == "−3.0%"
    assert formats.change(0, 0) == "0%"
    assert formats.compact(1284600) == pick(language, "128.5万", "1.3M")


def test_days(language: str) -> None:
    on = date(2026, 11, 14)
    assert formats.day(on) == pick(language, "2026年11月14日", "14 Nov 2026")
    assert formats.day(on, "short") == pick(language, "11月14日", "14 Nov")
    assert formats.day(on, "weekday") == pick(language, "11月14日，星期六", "Saturday 14 November")
    assert formats.day(on, "month") == pick(language, "2026年11月", "November 2026")


def test_instants_in_the_zone_of_the_reader_and_of_the_store(language: str) -> None:
    late = datetime(2026, 11, 14, 17, 30, tzinfo=UTC)
    assert formats.business_day(late, "Asia/Shanghai") == formats.day(date(2026, 11, 15))
    with timezone.override("Asia/Shanghai"):
        assert formats.moment(late) == pick(language, "2026年11月15日 01:30", "15 Nov 2026 01:30")
        assert formats.clock_time(late) == "01:30"
        assert formats.day(late) == formats.day(date(2026, 11, 15))


def test_distances(language: str) -> None:
    assert formats.ago(NOW - timedelta(days=9), NOW) == pick(language, "9天前", "9 days ago")
    assert formats.ago(NOW - timedelta(seconds=5), NOW) == pick(language, "刚刚", "just now")
    assert formats.ago(date(2026, 11, 23), NOW) == pick(language, "今天", "today")
    assert formats.ago(date(2026, 11, 22), NOW) == pick(language, "昨天", "yesterday")
    assert formats.ago(date(2026, 11, 26), NOW) == pick(language, "3天后", "in 3 days")
    assert formats.duration(4080) == pick(language, "1 小时 08 分", "1 h 08 min")
    assert formats.duration(timedelta(days=2, hours=3)) == pick(language, "2 天 3 小时", "2 d 3 h")
    assert formats.duration(65) == pick(language, "1 分 05 秒", "1 min 05 s")


def test_a_discount_as_shops_say_it(language: str) -> None:
    assert formats.discount(0.8) == pick(language, "8折", "20% off")
    assert formats.discount(Decimal("0.85")) == pick(language, "8.5折", "15% off")
    assert formats.discount(1) == pick(language, "原价", "full price")


def test_phones_are_masked() -> None:
    assert formats.masked_phone("+8613800004417") == "138 **** 4417"
    assert formats.masked_phone("13800004417") == "138 **** 4417"
    assert formats.masked_phone("+442071234567") == "+44 **** 4567"
    assert formats.masked_phone("123") == "****"


def test_pinyin_of_names_and_labels() -> None:
    assert name_pinyin("林婉清") == "Lín Wǎnqīng"
    assert name_pinyin("单雄信") == "Shàn Xióngxìn"
    assert name_pinyin("欧阳修") == "Ōuyáng Xiū"
    assert name_pinyin("Anna") == ""
    assert pinyin_letters("客户") == ("kehu", "kh")
    assert formats.initial("  林婉清") == "林"
    assert formats.initial("") == "·"


@given(
    minor=st.integers(-(10**12), 10**12),
    currency=st.sampled_from(["CNY", "USD", "JPY", "EUR", "KWD", "HKD"]),
    language=st.sampled_from(["zh-hans", "en"]),
)
def test_money_is_written_as_cldr_writes_it(minor: int, currency: str, language: str) -> None:
    with translation.override(language):
        locale = formats.active_locale()
        value = Money(minor, currency)
        for whole in (False, True):
            text = format_currency(
                value.amount, currency, locale=locale, currency_digits=not whole,
                decimal_quantization=True, format="¤#,##0" if whole else None,
            )  # fmt: skip
            symbol = get_currency_symbol(currency, locale=locale)
            expected = text.replace(symbol, formats.currency_symbol(currency)).replace("-", formats.MINUS)
            assert formats.money(value, whole=whole) == expected


@given(
    value=st.one_of(
        st.integers(-(10**9), 10**9),
        st.floats(-1e9, 1e9, allow_nan=False),
        st.decimals(-(10**9), 10**9, places=4),
    ),
    digits=st.sampled_from([None, 0, 1, 2]),
    language=st.sampled_from(["zh-hans", "en"]),
)
def test_numbers_are_written_as_cldr_writes_them(
    value: formats.Number, digits: int | None, language: str
) -> None:
    with translation.override(language):
        pattern = None if digits is None else "#,##0" + ("." + "0" * digits if digits else "")
        expected = format_decimal(value, format=pattern, locale=formats.active_locale())
        assert formats.number(value, digits) == expected.replace("-", formats.MINUS)
