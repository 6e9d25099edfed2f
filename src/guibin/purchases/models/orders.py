"""Orders, their lines and payments. Amounts are minor units of the order's currency unless they say base."""

from django.db import models
from django.db.models import F, Q

from guibin.core.changes import ChangeTracked
from guibin.purchases.models.catalogue import Product
from guibin.purchases.rules.words import LINE_KINDS, ORDER_STATUSES, PAYMENT_METHODS


class Order(ChangeTracked):
    """One purchase. ``gross_minor`` is before, ``total_minor`` after discounts; both before refunds.

    ``amount_base_minor`` is the sum of the lines' base amounts at ``rate``, the dated rate of
    ``ordered_on``. ``touched_at`` is when somebody last changed it after it came in.
    ``tracking_sealed`` is sealed under the customer's key.
    """

    source = models.CharField(max_length=40, db_collation="C")
    number = models.CharField(max_length=80, db_collation="C")
    customer = models.ForeignKey("customers.Customer", null=True, on_delete=models.PROTECT, related_name="+")
    store_id = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=40)
    ordered_at = models.DateTimeField()
    ordered_on = models.DateField()
    currency = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=18, decimal_places=8)
    gross_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()
    amount_base_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField(default=0, db_default=0)
    status = models.CharField(max_length=12)
    carrier = models.CharField(max_length=40, default="", db_default="", blank=True)
    tracking_sealed = models.BinaryField(null=True)
    promoted = models.BooleanField(default=False)
    import_id = models.BigIntegerField(null=True)
    touched_at = models.DateTimeField(null=True)
    idempotency_key = models.CharField(max_length=255, null=True)
    input_hash = models.BinaryField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["source", "number"], name="purchases_order_number_once"),
            models.UniqueConstraint(fields=["idempotency_key"], name="purchases_order_key_once"),
            models.CheckConstraint(
                condition=~Q(source="") & ~Q(number=""), name="purchases_order_number_given"
            ),
            models.CheckConstraint(
                condition=Q(status__in=ORDER_STATUSES), name="purchases_order_status_known"
            ),
            models.CheckConstraint(
                condition=Q(total_minor=F("gross_minor") - F("discount_minor")), name="purchases_order_sum"
            ),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("total_minor"))
                | Q(refunded_minor=0),
                name="purchases_order_refund_within",
            ),
            models.CheckConstraint(condition=Q(rate__gt=0), name="purchases_order_rate_sign"),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="purchases_order_currency"
            ),
        )
        indexes = (
            models.Index(fields=["customer", "-ordered_at", "-id"], name="purchases_order_customer"),
            models.Index(fields=["-ordered_at", "-id"], name="purchases_order_newest"),
            models.Index(fields=["store_id", "-ordered_at", "-id"], name="purchases_order_store"),
            models.Index(
                fields=["import_id"], name="purchases_order_import", condition=Q(import_id__isnull=False)
            ),
            models.Index(fields=["number", "id"], name="purchases_order_by_number"),
            models.Index(fields=["amount_base_minor", "id"], name="purchases_order_amount"),
            models.Index(
                fields=["-ordered_at", "-id"],
                name="purchases_order_open",
                condition=~Q(status="completed"),
            ),
            models.Index(
                fields=["-ordered_at", "-id"],
                name="purchases_order_refunded",
                condition=Q(refunded_minor__gt=0),
            ),
        )

    def __str__(self) -> str:
        return f"{self.source} {self.number}"


class OrderLine(ChangeTracked):
    """One line. ``line_key`` names it within its order: the source's own id, or content and occurrence.

    ``order`` and ``product`` are kept true by set-based triggers (see the migration) that take the
    same locks as a foreign key but look once per statement, not once per row.
    ``quantity`` is positive; only a discount line may have a negative price.
    """

    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, related_name="lines", db_constraint=False, db_index=False
    )
    line_key = models.CharField(max_length=255, db_collation="C")
    product = models.ForeignKey(
        Product, null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    sku = models.CharField(max_length=80, db_default="", default="", blank=True)
    description = models.TextField(db_default="", default="", blank=True)
    kind = models.CharField(max_length=10, default="goods")
    quantity = models.DecimalField(max_digits=18, decimal_places=3)
    unit_price = models.DecimalField(max_digits=18, decimal_places=6)
    gross_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    amount_base_minor = models.BigIntegerField()
    unit_cost = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    cost_base_minor = models.BigIntegerField(null=True)
    refunded_quantity = models.DecimalField(max_digits=18, decimal_places=3, default=0, db_default=0)
    refunded_minor = models.BigIntegerField(default=0, db_default=0)
    import_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["order", "line_key"], name="purchases_line_key_once"),
            models.CheckConstraint(
                condition=Q(amount_minor=F("gross_minor") - F("discount_minor")), name="purchases_line_sum"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="purchases_line_quantity_sign"),
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0, unit_price__gte=0) | Q(kind="discount"),
                name="purchases_line_amount_sign",
            ),
            models.CheckConstraint(condition=Q(kind__in=LINE_KINDS), name="purchases_line_kind_known"),
            models.CheckConstraint(
                condition=Q(refunded_quantity__gte=0, refunded_quantity__lte=F("quantity")),
                name="purchases_line_refund_quantity",
            ),
            models.CheckConstraint(
                condition=Q(refunded_minor=0)
                | Q(refunded_minor__gte=0, refunded_minor__lte=F("amount_minor")),
                name="purchases_line_refund_amount",
            ),
            models.CheckConstraint(condition=Q(unit_cost__gte=0), name="purchases_line_cost_sign"),
        )

    def __str__(self) -> str:
        return f"{self.order_id} {self.line_key}"


class Payment(models.Model):
    """Money received for an order."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    method = models.CharField(max_length=20)
    amount_minor = models.BigIntegerField()
    paid_at = models.DateTimeField()
    import_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["import_id"], name="purchases_payment_import", condition=Q(import_id__isnull=False)
            ),
        )
        constraints = (
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="purchases_payment_sign"),
            models.CheckConstraint(
                condition=Q(method__in=PAYMENT_METHODS), name="purchases_payment_method_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.order_id} {self.method} {self.amount_minor}"
