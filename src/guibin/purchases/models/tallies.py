"""Running sums of what was sold, kept by statement triggers, so that a list page never adds up a shop.

Rows are differences: a statement appends what it changed, a job folds rows of one key into one. Readers add
up whatever rows there are, so a sum is exact at every moment and writers never wait for each other.
``folded`` rows are those the job left; it begins at the others.
"""

from django.db import models
from django.db.models.functions import Coalesce


class OrderTally(models.Model):
    """Orders of one day, store, channel and status: how many, and their base minor units before refunds."""

    ordered_on = models.DateField()
    store_id = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=40)
    status = models.CharField(max_length=12)
    orders = models.BigIntegerField()
    amount_base_minor = models.BigIntegerField()
    folded = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = (
            models.Index(
                "ordered_on", Coalesce("store_id", 0), "channel", "status", name="purchases_ordertally_key"
            ),
            models.Index(fields=["id"], name="purchases_ordertally_new", condition=models.Q(folded=False)),
        )

    def __str__(self) -> str:
        return f"{self.ordered_on} {self.orders}"


class ProductTally(models.Model):
    """Lines of one product on one day, but for cancelled orders; before refunds, in base minor units."""

    product_id = models.BigIntegerField()
    sold_on = models.DateField()
    lines = models.BigIntegerField()
    quantity = models.DecimalField(max_digits=24, decimal_places=3)
    amount_base_minor = models.BigIntegerField()
    folded = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = (
            models.Index(fields=["product_id", "sold_on"], name="purchases_producttally_key"),
            models.Index(fields=["id"], name="purchases_producttally_new", condition=models.Q(folded=False)),
        )

    def __str__(self) -> str:
        return f"{self.product_id} {self.sold_on} {self.lines}"
