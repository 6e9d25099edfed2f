"""Dated rates into the organisation's base currency."""

from django.db import models
from django.db.models import Q


class CurrencyRate(models.Model):
    """One unit of ``currency`` is ``rate`` units of the base currency from ``valid_from`` on."""

    currency = models.CharField(max_length=3)
    valid_from = models.DateField()
    rate = models.DecimalField(max_digits=18, decimal_places=8)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["currency", "valid_from"], name="purchases_rate_day_once"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="purchases_rate_sign"),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="purchases_rate_currency"
            ),
        )

    def __str__(self) -> str:
        return f"{self.currency} {self.valid_from}"
