"""Tables of relations: between customers, to staff, how each likes to be contacted, what each asks for.

Rows keep the customer id they were born with; reads are over the group of a person.
"""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from guibin.customers.models.people import Customer
from guibin.customers.rules.reaching import CHANNELS
from guibin.customers.rules.relations import CONTACT_ROLES, EITHER_WAY, RELATION_KINDS
from guibin.customers.rules.requirements import STAFF_ROLES
from guibin.customers.rules.values import ATTRIBUTE_PRIVACY


class Relation(models.Model):
    """``one`` is the ``kind`` of ``other``: parent, guardian, referrer, works for; spouses and siblings by
    their ids. Title and remark are sealed under the keys of both, so erasing either erases them."""

    one = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    other = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    contact_role = models.CharField(max_length=12, default="", blank=True)
    decides = models.BooleanField(default=False)
    details_sealed = models.BinaryField(null=True)
    revision = models.PositiveIntegerField(default=1)
    added_by = models.CharField(max_length=40)
    added_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["one", "other", "kind"],
                name="customers_relation_once",
                condition=Q(until__isnull=True),
            ),
            models.CheckConstraint(condition=~Q(one=F("other")), name="customers_relation_not_itself"),
            models.CheckConstraint(condition=Q(kind__in=RELATION_KINDS), name="customers_relation_kind"),
            models.CheckConstraint(
                condition=~Q(kind__in=sorted(EITHER_WAY)) | Q(one__lt=F("other")),
                name="customers_relation_in_order",
            ),
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gte=F("since")),
                name="customers_relation_period",
            ),
            models.CheckConstraint(
                condition=Q(kind="works_for") & Q(contact_role__in=("", *CONTACT_ROLES))
                | Q(contact_role="", decides=False),
                name="customers_relation_contact_role",
            ),
        )
        indexes = (models.Index(fields=["one", "kind"], name="customers_relation_by_one"),)

    def __str__(self) -> str:
        return f"{self.one_id} {self.kind} of {self.other_id}"


class ContactPreference(models.Model):
    """How a person likes to be contacted; with ``relation``, in their place in that company."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    relation = models.ForeignKey(Relation, null=True, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=8, default="", blank=True)
    days = models.PositiveSmallIntegerField(default=0)
    hour_from = models.PositiveSmallIntegerField(null=True)
    hour_until = models.PositiveSmallIntegerField(null=True)
    language = models.CharField(max_length=8, default="", blank=True)
    quiet_from = models.PositiveSmallIntegerField(null=True)
    quiet_until = models.PositiveSmallIntegerField(null=True)
    set_by = models.CharField(max_length=40)
    set_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["customer"], name="customers_preference_once", condition=Q(relation__isnull=True)
            ),
            models.UniqueConstraint(
                fields=["relation"],
                name="customers_preference_place_once",
                condition=Q(relation__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(channel__in=("", *CHANNELS)), name="customers_preference_channel"
            ),
            models.CheckConstraint(condition=Q(days__lt=127), name="customers_preference_days"),
            models.CheckConstraint(
                condition=Q(hour_from=None, hour_until=None)
                | Q(hour_from__lt=F("hour_until"), hour_until__lte=24),
                name="customers_preference_hours",
            ),
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None)
                | (
                    Q(quiet_from__lte=23, quiet_until__gte=1, quiet_until__lte=24)
                    & ~Q(quiet_from=F("quiet_until"))
                ),
                name="customers_preference_quiet",
            ),
        )

    def __str__(self) -> str:
        return f"preference of {self.customer_id}"


class StaffLink(models.Model):
    """Somebody of the house looks after a customer, since a day, until another. One is the main one."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    staff = models.ForeignKey("accounts.Staff", on_delete=models.PROTECT, related_name="+", db_index=False)
    role = models.CharField(max_length=8)
    since = models.DateField()
    until = models.DateField(null=True)
    is_main = models.BooleanField(default=False)
    assigned_by = models.CharField(max_length=40)
    assigned_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["customer", "staff"], name="customers_stafflink_once", condition=Q(until__isnull=True)
            ),
            models.UniqueConstraint(
                fields=["customer"],
                name="customers_stafflink_one_main",
                condition=Q(until__isnull=True, is_main=True),
            ),
            models.CheckConstraint(condition=Q(role__in=STAFF_ROLES), name="customers_stafflink_role"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="customers_stafflink_period"
            ),
        )
        indexes = (
            models.Index(fields=["customer"], name="customers_stafflink_by_cust"),
            models.Index(
                fields=["staff", "customer"],
                name="customers_stafflink_by_staff",
                condition=Q(until__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.staff_id} for {self.customer_id}"


class RequirementType(models.Model):
    """A kind of requirement the organisation keeps: sizes, tastes, allergies."""

    code = models.CharField(max_length=40)
    label_zh = models.CharField(max_length=60)
    label_en = models.CharField(max_length=60, default="", blank=True)
    privacy = models.CharField(max_length=10, default="personal")
    position = models.PositiveIntegerField(default=0)
    is_archived = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["code"], name="customers_requirementtype_code_once"),
            models.UniqueConstraint(Lower("label_zh"), name="customers_requirementtype_label_once"),
            models.CheckConstraint(
                condition=Q(privacy__in=ATTRIBUTE_PRIVACY), name="customers_requirementtype_privacy"
            ),
        )

    def __str__(self) -> str:
        return self.code


class Requirement(models.Model):
    """What a person asks for, sealed; in general, or about something (``subject_kind`` and its id)."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    type = models.ForeignKey(RequirementType, on_delete=models.PROTECT, related_name="+", db_index=False)
    text_sealed = models.BinaryField()
    valid_until = models.DateField(null=True)
    subject_kind = models.CharField(max_length=30, default="", blank=True)
    subject_id = models.BigIntegerField(null=True)
    revision = models.PositiveIntegerField(default=1)
    written_by = models.CharField(max_length=40)
    written_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["type", "customer"], name="customers_requirement_by_type"),
            models.Index(
                fields=["subject_kind", "subject_id"],
                name="customers_requirement_by_subj",
                condition=Q(subject_id__isnull=False),
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(subject_kind="", subject_id=None)
                | (~Q(subject_kind="") & Q(subject_id__isnull=False)),
                name="customers_requirement_subject",
            ),
        )

    def __str__(self) -> str:
        return f"requirement {self.pk}"
