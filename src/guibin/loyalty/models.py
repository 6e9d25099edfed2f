"""VIP policies, their versions and lists, and each customer's standing with its history."""

from django.db import models
from django.db.models import F, Q


class Policy(models.Model):
    """A VIP policy. At most one is in force for the organisation."""

    code = models.CharField(max_length=32)
    name = models.CharField(max_length=80)
    preset = models.CharField(max_length=32, blank=True)
    active = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["code"], name="loyalty_policy_code"),
            models.UniqueConstraint(
                fields=["active"], condition=Q(active=True), name="loyalty_policy_one_active"
            ),
        )

    def __str__(self) -> str:
        return self.code


class PolicyVersion(models.Model):
    """One version of a policy's rules, in force from `effective_from` until before `superseded_on`."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    rules = models.JSONField()
    rules_digest = models.CharField(max_length=64)
    currency = models.CharField(max_length=3)
    preview = models.JSONField()
    effective_from = models.DateField()
    superseded_on = models.DateField(null=True)
    saved_by = models.CharField(max_length=40)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["policy", "number"], name="loyalty_policyversion_number"),
            models.UniqueConstraint(
                fields=["policy"], condition=Q(superseded_on=None), name="loyalty_policyversion_one_open"
            ),
            models.CheckConstraint(
                condition=Q(superseded_on=None) | Q(superseded_on__gte=F("effective_from")),
                name="loyalty_policyversion_period",
            ),
        )

    def __str__(self) -> str:
        return f"{self.policy_id} v{self.number}"


class ListMember(models.Model):
    """A customer on one of a policy's lists: `exclude` (never a VIP) or one its rules name."""

    policy = models.ForeignKey(Policy, on_delete=models.CASCADE, related_name="members")
    list = models.CharField(max_length=32)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["policy", "list", "customer"], name="loyalty_listmember_once"),
        )

    def __str__(self) -> str:
        return f"{self.list} {self.customer_id}"


class Standing(models.Model):
    """Where a customer stands under the policy in force: a level, or rank 0 just below the line."""

    customer = models.OneToOneField("customers.Customer", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=32, blank=True)
    rank = models.PositiveSmallIntegerField()
    next_level = models.CharField(max_length=32, blank=True)
    gap_permille = models.PositiveSmallIntegerField()
    since = models.DateField(null=True)
    as_of = models.DateField()
    spend_12m_minor = models.BigIntegerField()
    receipt = models.JSONField()

    class Meta:
        indexes = (
            models.Index(fields=["-rank", "-spend_12m_minor"], name="loyalty_standing_list"),
            models.Index(fields=["gap_permille"], name="loyalty_standing_near"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(level="", rank=0, since=None)
                | (Q(rank__gte=1, since__isnull=False) & ~Q(level="")),
                name="loyalty_standing_level",
            ),
        )

    def __str__(self) -> str:
        return f"{self.customer_id} {self.level}"


class StandingChange(models.Model):
    """A level gained, changed or lost, with the receipt of that decision."""

    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    level_from = models.CharField(max_length=32, blank=True)
    level_to = models.CharField(max_length=32, blank=True)
    as_of = models.DateField()
    at = models.DateTimeField()
    receipt = models.JSONField()

    class Meta:
        indexes = (models.Index(fields=["customer", "-id"], name="loyalty_change_customer"),)
        constraints = (
            models.CheckConstraint(condition=~Q(level_from=F("level_to")), name="loyalty_change_moves"),
        )

    def __str__(self) -> str:
        return f"{self.customer_id} {self.level_from} {self.level_to}"


class EvaluationRun(models.Model):
    """One evaluation of everybody: which version, for which day, and what it changed."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    as_of = models.DateField()
    at = models.DateTimeField()
    customers = models.PositiveIntegerField()
    vips = models.PositiveIntegerField()
    near = models.PositiveIntegerField()
    vip_spend_12m_minor = models.BigIntegerField()
    total_12m_minor = models.BigIntegerField()
    gained = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()
    lost = models.PositiveIntegerField()
    # Parts of the loyalty score that nobody's facts had anything for; null before they were kept.
    left_out = models.JSONField(null=True)
    # Where the places by spend begin (`rules.ground.Ground`); null before they were kept. Pages defer it.
    spend_lines = models.JSONField(null=True)

    def __str__(self) -> str:
        return f"{self.version_id} {self.as_of}"
