"""What is sold, and through which channel."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from guibin.core.changes import ChangeTracked
from guibin.purchases.rules.words import LINE_KINDS, PRODUCT_STATUSES


class Category(ChangeTracked):
    """A node of the category tree."""

    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=120)
    name = models.CharField(max_length=120)
    import_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(Lower("code"), name="purchases_category_code_once"),
            models.CheckConstraint(condition=~Q(code=""), name="purchases_category_code_given"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="purchases_category_not_own_parent"),
        )

    def __str__(self) -> str:
        return self.code


class Brand(models.Model):
    """Whose name a product carries."""

    code = models.CharField(max_length=120)
    name = models.CharField(max_length=120)
    import_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(Lower("code"), name="purchases_brand_code_once"),
            models.CheckConstraint(condition=~Q(code=""), name="purchases_brand_code_given"),
        )

    def __str__(self) -> str:
        return self.code


class Product(ChangeTracked):
    """Something sold under one sku, or a fee or discount that appears as a line of an order.

    ``list_price`` and ``unit_cost`` are per unit in the organisation's base currency.
    """

    sku = models.CharField(max_length=80, db_collation="C")
    name = models.CharField(max_length=200, default="", blank=True)
    name_en = models.CharField(max_length=200, default="", blank=True)
    category = models.ForeignKey(Category, null=True, on_delete=models.PROTECT, related_name="+")
    brand = models.ForeignKey(Brand, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, default="goods")
    list_price = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    unit_cost = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    status = models.CharField(max_length=10, default="active")
    import_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["sku"], name="purchases_product_sku_once"),
            models.CheckConstraint(condition=~Q(sku=""), name="purchases_product_sku_given"),
            models.CheckConstraint(condition=Q(kind__in=LINE_KINDS), name="purchases_product_kind_known"),
            models.CheckConstraint(
                condition=Q(status__in=PRODUCT_STATUSES), name="purchases_product_status_known"
            ),
            models.CheckConstraint(condition=Q(list_price__gte=0), name="purchases_product_price_sign"),
            models.CheckConstraint(condition=Q(unit_cost__gte=0), name="purchases_product_cost_sign"),
        )

    def __str__(self) -> str:
        return self.sku


class SalesChannel(models.Model):
    """How a purchase came in. Shipped channels have an empty name until somebody gives one."""

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=80, default="", blank=True)
    is_shipped = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    import_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["code"], name="purchases_channel_code_once"),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[a-z0-9_]{1,40}$"), name="purchases_channel_code_form"
            ),
        )

    def __str__(self) -> str:
        return self.code
