"""Refunds and the lines they take back. Amounts are positive minor units of the refund's currency."""

from django.db import models
from django.db.models import Q

from guibin.core.changes import ChangeTracked
from guibin.purchases.models.orders import Order, OrderLine
from guibin.purchases.rules.words import REFUND_REASONS


class Refund(ChangeTracked):
    """Money given back on its own date, whether or not its lines point at what was bought.

    ``order`` is the order that most of the amount came from, or that an import's refund names; null when
    it is not known.
    ``cost_base_minor`` is the cost of the goods that came back, null when unknown.
    """

    source = models.CharField(max_length=40, db_collation="C")
    number = models.CharField(max_length=80, db_collation="C")
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="refunds")
    customer = models.ForeignKey("customers.Customer", null=True, on_delete=models.PROTECT, related_name="+")
    store_id = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=40)
    refunded_at = models.DateTimeField()
    refunded_on = models.DateField()
    currency = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=18, decimal_places=8)
    amount_minor = models.BigIntegerField()
    amount_base_minor = models.BigIntegerField()
    cost_base_minor = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=20)
    import_id = models.BigIntegerField(null=True)
    idempotency_key = models.CharField(max_length=255, null=True)
    input_hash = models.BinaryField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["source", "number"], name="purchases_refund_number_once"),
            models.UniqueConstraint(fields=["idempotency_key"], name="purchases_refund_key_once"),
            models.CheckConstraint(
                condition=~Q(source="") & ~Q(number=""), name="purchases_refund_number_given"
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0, amount_base_minor__gte=0), name="purchases_refund_sign"
            ),
            models.CheckConstraint(
                condition=Q(reason__in=REFUND_REASONS), name="purchases_refund_reason_known"
            ),
            models.CheckConstraint(condition=Q(rate__gt=0), name="purchases_refund_rate_sign"),
        )
        indexes = (
            models.Index(fields=["customer", "-refunded_at", "-id"], name="purchases_refund_customer"),
            models.Index(fields=["-refunded_at", "-id"], name="purchases_refund_newest"),
            models.Index(
                fields=["import_id"], name="purchases_refund_import", condition=Q(import_id__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"{self.source} {self.number}"


class RefundLine(models.Model):
    """What came back, or what was given back for it; ``order_line`` is null when nothing matched.

    A price adjustment gives money back without goods: its quantity is 0.
    """

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="lines", db_index=False)
    line_key = models.CharField(max_length=255, db_collation="C")
    order_line = models.ForeignKey(OrderLine, null=True, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey("purchases.Product", null=True, on_delete=models.PROTECT, related_name="+")
    order_number = models.CharField(max_length=80, db_default="", default="", blank=True)
    sku = models.CharField(max_length=80, db_default="", default="", blank=True)
    description = models.TextField(db_default="", default="", blank=True)
    quantity = models.DecimalField(max_digits=18, decimal_places=3)
    unit_price = models.DecimalField(max_digits=18, decimal_places=6)
    amount_minor = models.BigIntegerField()
    amount_base_minor = models.BigIntegerField()
    cost_base_minor = models.BigIntegerField(null=True)
    import_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["refund", "line_key"], name="purchases_refund_line_key_once"),
            models.CheckConstraint(
                condition=Q(quantity__gte=0, amount_minor__gte=0, unit_price__gte=0),
                name="purchases_refund_line_sign",
            ),
        )

    def __str__(self) -> str:
        return f"{self.refund_id} {self.line_key}"
