"""Tables of the import clinic: what was imported, how, and how far. Never what the file said."""

from django.db import models
from django.db.models import Q

from guibin.integrations.rules.states import KINDS, POLICIES, STATES


class ImportRun(models.Model):
    """One file on its way in. Rows, samples and the file's name are sealed files beside the database."""

    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=10, default="uploaded")
    source = models.CharField(max_length=40)
    actor = models.CharField(max_length=40)
    file_digest = models.CharField(max_length=64)
    file_bytes = models.BigIntegerField()
    options = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    template = models.CharField(max_length=80, default="", blank=True)
    policy = models.CharField(max_length=10, default="fill")
    match_keys = models.JSONField(default=list)
    currency = models.CharField(max_length=3, default="", blank=True)
    as_of = models.DateField(null=True)
    rows_total = models.BigIntegerField(null=True)
    rows_done = models.BigIntegerField(default=0)
    outcomes = models.JSONField(default=dict)
    figures = models.JSONField(default=dict)
    cursor = models.JSONField(default=dict)
    kept = models.JSONField(default=list)
    job_id = models.BigIntegerField(null=True)
    error_code = models.CharField(max_length=80, default="", blank=True)
    error_data = models.JSONField(default=dict)
    seconds = models.FloatField(default=0)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    files_gone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["state", "-id"], name="integrations_run_by_state"),
            models.Index(fields=["file_digest"], name="integrations_run_by_file"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="integrations_run_kind_known"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="integrations_run_state_known"),
            models.CheckConstraint(condition=Q(policy__in=POLICIES), name="integrations_run_policy_known"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class ImportTemplate(models.Model):
    """A mapping kept for the next file with the same headings (``fingerprint``)."""

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12)
    fingerprint = models.CharField(max_length=64)
    mapping = models.JSONField()
    options = models.JSONField(default=dict)
    created_by = models.CharField(max_length=40)
    created_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["fingerprint"], name="integrations_template_by_heads"),)
        constraints = (
            models.UniqueConstraint(fields=["name"], name="integrations_template_name_once"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="integrations_template_kind"),
        )

    def __str__(self) -> str:
        return self.name
