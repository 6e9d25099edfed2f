"""Saved views of lists. (Floors below staff accounts: the owner is a plain id.)"""

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
