"""Money: an integer of minor units with its currency. Never a float."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from babel.numbers import get_currency_precision
from django.utils.translation import gettext_lazy as _

from guibin.core.errors import Invalid


class CurrencyMismatch(Invalid):
    code = "core.currency_mismatch"
    message = _("%(left)s and %(right)s cannot be added: they are different currencies.")


def minor_digits(currency: str) -> int:
    """Digits after the point of an ISO 4217 ``currency`` (CNY 2, JPY 0), from CLDR."""
    return int(get_currency_precision(currency))


def to_minor(amount: Decimal, currency: str) -> int:
    """``amount`` in major units as an integer of minor units, rounded half to even."""
    scaled = amount.scaleb(minor_digits(currency))
    return int(scaled.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def from_minor(minor: int, currency: str) -> Decimal:
    """Minor units as an exact decimal of major units."""
    return Decimal(minor).scaleb(-minor_digits(currency))


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """``minor`` units of ``currency`` (ISO 4217)."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        self._require_same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._require_same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    @property
    def amount(self) -> Decimal:
        """Major units, exact."""
        return from_minor(self.minor, self.currency)

    def _require_same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(left=self.currency, right=other.currency)
