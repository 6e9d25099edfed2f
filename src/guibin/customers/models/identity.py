"""Tables of identity: which customers are one person, which never are, and which may be."""

from django.db import models
from django.db.models import F, Q

from guibin.core.changes import ChangeTracked
from guibin.customers.models.people import Customer
from guibin.customers.rules.values import KEY_POLICIES, MERGE_REASONS, PAIR_STATUSES


class CustomerAlias(ChangeTracked):
    """A customer id that now stands for another: reads resolve it, rows keep the id they were born with.

    What the merges in force come to, one step deep: ``into`` is never an alias itself.
    """

    customer = models.OneToOneField(Customer, on_delete=models.PROTECT, related_name="+")
    into = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    merged_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(customer=F("into")), name="customers_alias_not_itself"),
        )

    def __str__(self) -> str:
        return f"{self.customer_id} into {self.into_id}"


class Merge(models.Model):
    """Somebody, or a rule, said that ``absorbed`` is the same person as ``kept``; undone or in force.

    ``choices`` names per field whose value stands (``kept`` or ``absorbed``); what the merge wrote over is in
    the field history of ``kept`` under the source ``merge:<id>``. ``evidence`` are codes and points.
    """

    kept = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    absorbed = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=10)
    score = models.PositiveSmallIntegerField(null=True)
    evidence = models.JSONField(default=list)
    choices = models.JSONField(default=dict)
    merged_by = models.CharField(max_length=40)
    merged_at = models.DateTimeField()
    undone_by = models.CharField(max_length=40, default="", blank=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(kept=F("absorbed")), name="customers_merge_not_itself"),
            models.CheckConstraint(condition=Q(reason__in=MERGE_REASONS), name="customers_merge_reason"),
            models.UniqueConstraint(
                fields=["absorbed"], name="customers_merge_absorbed_once", condition=Q(undone_at__isnull=True)
            ),
        )

    def __str__(self) -> str:
        return f"{self.absorbed_id} into {self.kept_id}"


class MatchPair(models.Model):
    """Two customers who may be one person, and what was decided; ``never`` keeps them apart for good.

    ``evidence`` is a list of [code, points]; nothing in it tells what the values are.
    """

    low = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    high = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=8, default="open")
    score = models.PositiveSmallIntegerField(null=True)
    evidence = models.JSONField(default=list)
    found_at = models.DateTimeField()
    decided_by = models.CharField(max_length=40, default="", blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["status", "-score", "id"], name="customers_matchpair_queue"),)
        constraints = (
            models.UniqueConstraint(fields=["low", "high"], name="customers_matchpair_once"),
            models.CheckConstraint(condition=Q(low__lt=F("high")), name="customers_matchpair_in_order"),
            models.CheckConstraint(condition=Q(status__in=PAIR_STATUSES), name="customers_matchpair_status"),
        )

    def __str__(self) -> str:
        return f"{self.low_id} and {self.high_id}: {self.status}"


class KeyPolicy(models.Model):
    """What an exact key is worth when it comes from ``source`` ("" for every other source): ``join`` at once,
    put to a person for ``review``, or ``ignore`` it."""

    source = models.CharField(max_length=40, blank=True)
    key = models.CharField(max_length=12)
    policy = models.CharField(max_length=8)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["source", "key"], name="customers_keypolicy_once"),
            models.CheckConstraint(condition=Q(policy__in=KEY_POLICIES), name="customers_keypolicy_known"),
        )

    def __str__(self) -> str:
        return f"{self.source or '*'} {self.key}: {self.policy}"
