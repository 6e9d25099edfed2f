"""Saved views of lists, and what programs were answered. (Floors below staff: actors are plain ids.)"""

from django.db import models


class SavedView(models.Model):
    """A list's filters, sort and columns under a name, for one member of staff."""

    staff_id = models.BigIntegerField()
    list_name = models.CharField(max_length=80)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=2000)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["staff_id", "list_name", "name"], name="web_savedview_name"),
            models.CheckConstraint(condition=~models.Q(name=""), name="web_savedview_named"),
        ]

    def __str__(self) -> str:
        return f"{self.list_name}: {self.name} ({self.staff_id})"


class KeptAnswer(models.Model):
    """What a write under an idempotency key was answered; without a status while it is being done."""

    actor = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    request_index = models.BinaryField(null=True)
    status = models.SmallIntegerField(null=True)
    content_type = models.CharField(max_length=100)
    body = models.BinaryField(null=True)
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="web_keptanswer_once")]
        indexes = [models.Index(fields=["kept_at"], name="web_keptanswer_kept_at")]

    def __str__(self) -> str:
        return f"{self.actor} {self.key}"


class RequestCount(models.Model):
    """How many requests of an actor were given out in a minute (since 1970). An unlogged table: a crash
    empties it, and everybody begins the minute anew."""

    actor = models.CharField(max_length=40, primary_key=True)
    minute = models.BigIntegerField()
    used = models.IntegerField()
    given = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.actor}: {self.used}"
