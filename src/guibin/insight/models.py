"""Tables of insight: the refreshes that ran, and the published facts of each customer."""

from django.db import models


class Refresh(models.Model):
    """One finished refresh. Its ``version`` names the warehouse it left; a warehouse that no row names
    (after a restore, or of another database) is copied anew. ``counting`` tells which code counted."""

    version = models.CharField(max_length=40, unique=True)
    as_of = models.DateField()
    engine = models.CharField(max_length=10)
    mode = models.CharField(max_length=12)
    customers = models.BigIntegerField()
    orders = models.BigIntegerField()
    orders_anonymous = models.BigIntegerField()
    changed = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    judging = models.JSONField()
    counting = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["-finished_at", "-id"], name="insight_refresh_newest"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(mode__in=["full", "incremental"]), name="insight_refresh_mode_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.as_of} {self.version}"


class CustomerFacts(models.Model):
    """The published facts of one customer, for pages and programs that ask for few customers.

    As of the newest ``Refresh``. ``facts`` are the fact row, with days as ISO text, but for what grows
    with every day (days since the last purchase, tenure); ``began_on`` is where tenure starts.
    ``checksum`` tells which rows a refresh must write.
    """

    customer_id = models.BigIntegerField(primary_key=True)
    began_on = models.DateField(null=True)
    stage = models.CharField(max_length=12)
    r_score = models.PositiveSmallIntegerField(null=True)
    f_score = models.PositiveSmallIntegerField(null=True)
    m_score = models.PositiveSmallIntegerField(null=True)
    facts = models.JSONField()
    checksum = models.CharField(max_length=32)

    class Meta:
        indexes = (models.Index(fields=["r_score", "f_score", "m_score"], name="insight_facts_by_cell"),)

    def __str__(self) -> str:
        return str(self.customer_id)
