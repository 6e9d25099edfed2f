"""The base currency and the dated rates into it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from guibin.accounts import api as accounts
from guibin.purchases.errors import RateMissing
from guibin.purchases.models import CurrencyRate
from guibin.purchases.rules.rates import Rates, find_rate


@dataclass(frozen=True, slots=True)
class RateRow:
    """One unit of ``currency`` is ``rate`` units of the base currency from ``valid_from`` on."""

    id: int
    currency: str
    valid_from: date
    rate: Decimal


def base_currency() -> str:
    """The organisation's base currency (ISO 4217)."""
    return accounts.organisation().base_currency


def list_rates() -> list[RateRow]:
    """All rates, newest first within a currency."""
    rows = CurrencyRate.objects.order_by("currency", "-valid_from")
    return [RateRow(row.id, row.currency, row.valid_from, row.rate) for row in rows]


def rates_of(currencies: Iterable[str]) -> dict[str, Rates]:
    """The dated rates of each currency, ascending."""
    wanted = list(currencies)
    found: dict[str, list[tuple[date, Decimal]]] = {currency: [] for currency in wanted}
    if wanted:
        rows = CurrencyRate.objects.filter(currency__in=wanted).order_by("currency", "valid_from")
        for row in rows:
            found[row.currency].append((row.valid_from, row.rate))
    return dict(found)


def get_rate(currency: str, base: str, on: date) -> Decimal:
    """Base units per unit of ``currency`` on a day. Raises ``RateMissing``."""
    if currency == base:
        return Decimal(1)
    rate = find_rate(rates_of([currency])[currency], on)
    if rate is None:
        raise RateMissing(currency=currency, day=on.isoformat())
    return rate
