"""Tables of the core: the log, deletions, reaction cursors, settings, person keys, job runs."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from guibin.core.fields import Xid8Field, current_xid


class LoggedEvent(models.Model):
    """One row of the one log. Append-only: triggers and the run-time role's grants refuse the rest."""

    xid = Xid8Field(db_default=current_xid(), editable=False)
    at = models.DateTimeField()
    name = models.CharField(max_length=80)
    origin = models.CharField(max_length=10)
    actor = models.CharField(max_length=40)
    request_id = models.UUIDField(null=True)
    batch_id = models.UUIDField(null=True)
    subjects = ArrayField(models.TextField())
    data = models.JSONField()

    class Meta:
        indexes = (
            models.Index(fields=["xid", "id"], name="core_event_commit_order"),
            models.Index(fields=["name", "-id"], name="core_event_by_name"),
            GinIndex(fields=["subjects"], name="core_event_subjects"),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(origin__in=["live", "import", "backfill"]), name="core_event_origin_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"


class Deletion(models.Model):
    """An id that is gone from a tracked table, for the warehouse. Written by trigger only."""

    table_name = models.CharField(max_length=63)
    row_id = models.BigIntegerField()
    xid = Xid8Field()

    class Meta:
        indexes = (models.Index(fields=["table_name", "xid"], name="core_deletion_by_table"),)

    def __str__(self) -> str:
        return f"{self.table_name} {self.row_id}"


class ReactionCursor(models.Model):
    """How far a reaction has read the log, in commit order."""

    reaction = models.CharField(max_length=80, primary_key=True)
    xid = models.BigIntegerField(default=0)
    event_id = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return self.reaction


class ReactionFailure(models.Model):
    """An event a reaction could not digest: kept, retried, shown by doctor."""

    reaction = models.CharField(max_length=80)
    event_id = models.BigIntegerField()
    error_code = models.CharField(max_length=120)
    attempts = models.PositiveSmallIntegerField(default=1)
    next_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["reaction", "event_id"], name="core_reactionfailure_once"),
        )

    def __str__(self) -> str:
        return f"{self.reaction} {self.event_id}"


class PreferenceValue(models.Model):
    """A setting the organisation has changed from its default."""

    key = models.CharField(max_length=80, primary_key=True)
    value = models.JSONField()
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key


class PersonKey(models.Model):
    """A person's own data key, wrapped under an epoch key that is not in the database."""

    person_id = models.BigIntegerField(primary_key=True)
    epoch = models.PositiveSmallIntegerField()
    wrapped = models.BinaryField()

    def __str__(self) -> str:
        return str(self.person_id)


class JobRun(models.Model):
    """Progress of one long job, for people who wait for it."""

    kind = models.CharField(max_length=80)
    state = models.CharField(max_length=12, default="queued")
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=40)
    result = models.JSONField(default=dict)
    error_code = models.CharField(max_length=120, default="", blank=True)
    queued_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    cancel_asked = models.BooleanField(default=False)

    class Meta:
        indexes = (models.Index(fields=["kind", "-id"], name="core_jobrun_by_kind"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "running", "done", "failed", "cancelled"]),
                name="core_jobrun_state_known",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
