"""Dated exchange rates into the base currency."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from guibin.core.events import record, subject
from guibin.core.permissions import Actor
from guibin.purchases.errors import CurrencyInvalid, RateInvalid
from guibin.purchases.events import RateSet
from guibin.purchases.models import CurrencyRate
from guibin.purchases.queries.rates import base_currency
from guibin.purchases.rules.rates import is_rate


def set_rate(*, currency: str, valid_from: date, rate: Decimal, actor: Actor, at: datetime) -> None:
    """Set what one unit of ``currency`` is worth in the base currency from a day on.

    Orders that are here keep the rate they were converted with. Raises ``CurrencyInvalid``, ``RateInvalid``.
    """
    code = currency.strip().upper()
    if len(code) != 3 or not code.isascii() or not code.isalpha():
        raise CurrencyInvalid(currency=currency)
    if code == base_currency() or not is_rate(rate):
        raise RateInvalid
    with transaction.atomic():
        CurrencyRate.objects.update_or_create(currency=code, valid_from=valid_from, defaults={"rate": rate})
        event = RateSet(currency=code, valid_from=valid_from, rate=f"{rate.normalize():f}")
        record(event, subjects=[subject("currency", code)], actor=actor, at=at)
