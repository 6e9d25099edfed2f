"""Tables of people: who they are, how to reach them, what they are called elsewhere.

Personal text is sealed under the person's own key; what is plain is coarse and nulled on erasure.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from guibin.core.changes import ChangeTracked
from guibin.customers.rules.values import (
    ATTRIBUTE_KINDS,
    ATTRIBUTE_PRIVACY,
    CALENDARS,
    CONTACT_KINDS,
    GENDERS,
    KINDS,
    STATUSES,
    TAG_COLOURS,
)


class NumberCounter(models.Model):
    """The last customer number given out (row 1). A row, not a sequence: an import that is
    interrupted and repeated, or undone, gives the same people the same numbers."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    last_serial = models.BigIntegerField(default=0)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(id=1), name="customers_numbercounter_single"),)

    def __str__(self) -> str:
        return str(self.last_serial)


class Customer(ChangeTracked):
    """Somebody who buys, or might: a person or a company. The id is also the id of the key. ``id_number`` is
    the ID number of a person and the unified social credit code of a company."""

    number = models.CharField(max_length=24)
    serial = models.BigIntegerField()
    kind = models.CharField(max_length=8, default="person", db_default="person")
    status = models.CharField(max_length=10, default="active")
    name_sealed = models.BinaryField(null=True)
    latin_name_sealed = models.BinaryField(null=True)
    details_sealed = models.BinaryField(null=True)
    id_number_sealed = models.BinaryField(null=True)
    id_number_index = models.BinaryField(null=True)
    gender = models.CharField(max_length=8, default="", blank=True)
    birth_calendar = models.CharField(max_length=5, default="", blank=True)
    birth_month = models.PositiveSmallIntegerField(null=True)
    birth_day = models.PositiveSmallIntegerField(null=True)
    birth_leap = models.BooleanField(default=False)
    age_band = models.CharField(max_length=4, default="", blank=True)
    province = models.CharField(max_length=40, default="", blank=True)
    city = models.CharField(max_length=80, default="", blank=True)
    joined_on = models.DateField(null=True)
    joined_store_id = models.BigIntegerField(null=True)
    source = models.CharField(max_length=40)
    import_id = models.BigIntegerField(null=True)
    revision = models.PositiveIntegerField(default=1)
    created_by = models.CharField(max_length=40)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["status", "-id"], name="customers_customer_by_status"),
            models.Index(fields=["joined_store_id", "-id"], name="customers_customer_by_store"),
            models.Index(fields=["joined_on"], name="customers_customer_by_joined"),
            models.Index(fields=["birth_month", "birth_day"], name="customers_customer_by_birthday"),
            models.Index(
                fields=["import_id"],
                name="customers_customer_by_import",
                condition=Q(import_id__isnull=False),
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=["number"], name="customers_customer_number_once"),
            models.UniqueConstraint(fields=["serial"], name="customers_customer_serial_once"),
            models.UniqueConstraint(
                fields=["id_number_index"],
                name="customers_customer_id_number_once",
                condition=Q(id_number_index__isnull=False),
            ),
            models.CheckConstraint(condition=Q(status__in=STATUSES), name="customers_customer_status_known"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="customers_customer_kind_known"),
            models.CheckConstraint(
                condition=Q(gender="") | Q(gender__in=GENDERS), name="customers_customer_gender_known"
            ),
            models.CheckConstraint(
                condition=Q(birth_calendar="", birth_month=None, birth_day=None, birth_leap=False)
                | Q(
                    birth_calendar__in=CALENDARS,
                    birth_month__gte=1,
                    birth_month__lte=12,
                    birth_day__gte=1,
                    birth_day__lte=31,
                ),
                name="customers_customer_birthday_whole",
            ),
            models.CheckConstraint(
                condition=Q(birth_leap=False) | Q(birth_calendar="lunar"),
                name="customers_customer_leap_is_lunar",
            ),
            models.CheckConstraint(
                condition=Q(id_number_sealed__isnull=True, id_number_index__isnull=True)
                | Q(id_number_sealed__isnull=False, id_number_index__isnull=False),
                name="customers_customer_id_number_findable",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True)
                | Q(name_sealed__isnull=True, details_sealed__isnull=True, id_number_sealed__isnull=True),
                name="customers_customer_erased_is_empty",
            ),
        )

    def __str__(self) -> str:
        return self.number


class ContactPoint(models.Model):
    """One way to reach a person. Several people may share one (a family's phone)."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=8)
    value_sealed = models.BinaryField()
    value_index = models.BinaryField()
    label = models.CharField(max_length=20, default="", blank=True)
    is_preferred = models.BooleanField(default=False)
    hour_from = models.PositiveSmallIntegerField(null=True)
    hour_until = models.PositiveSmallIntegerField(null=True)
    source = models.CharField(max_length=40)
    import_id = models.BigIntegerField(null=True)
    added_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["kind", "value_index"], name="customers_contact_by_value"),
            models.Index(
                fields=["import_id"], name="customers_contact_by_import", condition=Q(import_id__isnull=False)
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["customer", "kind", "value_index"], name="customers_contact_value_once"
            ),
            models.UniqueConstraint(
                fields=["customer"], name="customers_contact_one_preferred", condition=Q(is_preferred=True)
            ),
            models.CheckConstraint(condition=Q(kind__in=CONTACT_KINDS), name="customers_contact_kind_known"),
            models.CheckConstraint(
                condition=Q(hour_from=None, hour_until=None)
                | Q(hour_from__lt=models.F("hour_until"), hour_until__lte=24),
                name="customers_contact_hours_in_order",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class ExternalId(models.Model):
    """What another system calls a person: a shop system's member id, a card, a mini-program id."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=40)
    value_sealed = models.BinaryField()
    value_index = models.BinaryField()
    import_id = models.BigIntegerField(null=True)
    added_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(
                fields=["import_id"],
                name="customers_externalid_by_import",
                condition=Q(import_id__isnull=False),
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=["value_index", "source"], name="customers_externalid_once"),
        )

    def __str__(self) -> str:
        return f"{self.source} {self.pk}"


class SearchToken(models.Model):
    """Keyed tokens that make a sealed name and sealed phones findable, and those by which people who may be
    the same are looked for (``rules/matching.py``); deleted on erasure."""

    customer = models.OneToOneField(Customer, on_delete=models.PROTECT, related_name="+", primary_key=True)
    name_tokens = ArrayField(models.BigIntegerField(), default=list)
    phone_tokens = ArrayField(models.BigIntegerField(), default=list)
    match_tokens = ArrayField(models.BigIntegerField(), default=list, db_default=[])

    class Meta:
        indexes = (
            GinIndex(fields=["match_tokens"], name="customers_searchtoken_match"),
            GinIndex(fields=["name_tokens"], name="customers_searchtoken_names"),
            GinIndex(fields=["phone_tokens"], name="customers_searchtoken_phones"),
        )

    def __str__(self) -> str:
        return str(self.pk)


class AttributeDefinition(models.Model):
    """A field the organisation added itself. ``choices`` is a list of {code, zh, en}."""

    code = models.CharField(max_length=40)
    label_zh = models.CharField(max_length=60)
    label_en = models.CharField(max_length=60, default="", blank=True)
    kind = models.CharField(max_length=8)
    unit = models.CharField(max_length=20, default="", blank=True)
    choices = models.JSONField(default=list, blank=True)
    privacy = models.CharField(max_length=10, default="personal")
    position = models.PositiveIntegerField(default=0)
    is_archived = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["code"], name="customers_attribute_code_once"),
            models.UniqueConstraint(Lower("label_zh"), name="customers_attribute_label_once"),
            models.CheckConstraint(
                condition=Q(kind__in=ATTRIBUTE_KINDS), name="customers_attribute_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(privacy__in=ATTRIBUTE_PRIVACY), name="customers_attribute_privacy_known"
            ),
        )

    def __str__(self) -> str:
        return self.code


class AttributeValue(models.Model):
    """A person's value of an own field, sealed whatever its kind."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    definition = models.ForeignKey(AttributeDefinition, on_delete=models.PROTECT, related_name="+")
    value_sealed = models.BinaryField()
    import_id = models.BigIntegerField(null=True)
    set_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(
                fields=["import_id"],
                name="customers_attrvalue_by_import",
                condition=Q(import_id__isnull=False),
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=["customer", "definition"], name="customers_attrvalue_once"),
        )

    def __str__(self) -> str:
        return f"{self.definition_id} of {self.customer_id}"


class Note(models.Model):
    """What staff wrote down about a person."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    text_sealed = models.BinaryField()
    author = models.CharField(max_length=40)
    written_at = models.DateTimeField()
    import_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["customer", "-written_at"], name="customers_note_by_customer"),
            models.Index(
                fields=["import_id"], name="customers_note_by_import", condition=Q(import_id__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"note {self.pk}"


class Tag(models.Model):
    """A free label of the organisation."""

    name = models.CharField(max_length=40)
    colour = models.CharField(max_length=10, default="grey")
    is_archived = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    import_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(Lower("name"), name="customers_tag_name_once"),
            models.CheckConstraint(condition=Q(colour__in=TAG_COLOURS), name="customers_tag_colour_known"),
        )

    def __str__(self) -> str:
        return self.name


class CustomerTag(models.Model):
    """A person wears a tag."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="+")
    added_by = models.CharField(max_length=40)
    added_at = models.DateTimeField()
    import_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["import_id"],
                name="customers_customertag_by_imp",
                condition=Q(import_id__isnull=False),
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=["customer", "tag"], name="customers_customertag_once"),
        )

    def __str__(self) -> str:
        return f"{self.tag_id} on {self.customer_id}"


class FieldChange(models.Model):
    """One field of one person before and after, both sealed; also what an undone import restores."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    field = models.CharField(max_length=60)
    old_sealed = models.BinaryField(null=True)
    new_sealed = models.BinaryField(null=True)
    source = models.CharField(max_length=40)
    import_id = models.BigIntegerField(null=True)
    changed_by = models.CharField(max_length=40)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["customer", "-id"], name="customers_change_by_customer"),
            models.Index(
                fields=["import_id"], name="customers_change_by_import", condition=Q(import_id__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"{self.field} of {self.customer_id}"
