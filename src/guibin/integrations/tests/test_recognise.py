"""What a column's content says of itself."""

import pytest

from guibin.integrations.mapping.recognise import said_currency

PRICE = [{"target": "amount"}]


@pytest.mark.parametrize(
    ("samples", "base", "said"),
    [
        (["￥128", "58元"], "GBP", "CNY"),
        (["￥128", "58元"], "CNY", ""),  # as the shop's own
        (["￥128", "58元"], "JPY", ""),
        (["HK$12", "HK$9.5"], "CNY", "HKD"),
        (["5800日元", "120日元"], "CNY", "JPY"),
        (["128", "58元", "9"], "GBP", ""),  # one of three says nothing of the others
    ],
)
def test_a_sign_says_the_currency(samples: list[str], base: str, said: str) -> None:
    assert said_currency([{"samples": samples}], PRICE, base=base) == said


def test_a_column_that_says_the_currency_is_believed() -> None:
    assert said_currency([{"samples": ["￥1"]}], [{"target": "currency"}], base="GBP") == ""
