"""How customers are related, who looks after them, how they like to be contacted, what they ask for."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

STARTERS = (
    ("size", "尺寸与版型", "Size and fit", "personal"),
    ("taste", "口味与饮食", "Taste and diet", "personal"),
    ("allergy", "过敏与禁忌", "Allergies", "sensitive"),
    ("travel", "出行偏好", "Travel wishes", "personal"),
    ("gift", "送礼喜好", "Gifts", "personal"),
    ("occasion", "重要场合", "Occasions", "personal"),
    ("other", "其他要求", "Other wishes", "personal"),
)


def add_starters(apps, schema_editor):
    kinds = apps.get_model("customers", "RequirementType")
    for position, (code, label_zh, label_en, privacy) in enumerate(STARTERS):
        kinds.objects.create(
            code=code, label_zh=label_zh, label_en=label_en, privacy=privacy, position=position
        )


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0004_identity"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ContactPreference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("channel", models.CharField(blank=True, default="", max_length=8)),
                ("days", models.PositiveSmallIntegerField(default=0)),
                ("hour_from", models.PositiveSmallIntegerField(null=True)),
                ("hour_until", models.PositiveSmallIntegerField(null=True)),
                ("language", models.CharField(blank=True, default="", max_length=8)),
                ("quiet_from", models.PositiveSmallIntegerField(null=True)),
                ("quiet_until", models.PositiveSmallIntegerField(null=True)),
                ("set_by", models.CharField(max_length=40)),
                ("set_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Relation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=12)),
                ("since", models.DateField(null=True)),
                ("until", models.DateField(null=True)),
                ("contact_role", models.CharField(blank=True, default="", max_length=12)),
                ("decides", models.BooleanField(default=False)),
                ("details_sealed", models.BinaryField(null=True)),
                ("revision", models.PositiveIntegerField(default=1)),
                ("added_by", models.CharField(max_length=40)),
                ("added_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Requirement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text_sealed", models.BinaryField()),
                ("valid_until", models.DateField(null=True)),
                ("subject_kind", models.CharField(blank=True, default="", max_length=30)),
                ("subject_id", models.BigIntegerField(null=True)),
                ("revision", models.PositiveIntegerField(default=1)),
                ("written_by", models.CharField(max_length=40)),
                ("written_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="RequirementType",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40)),
                ("label_zh", models.CharField(max_length=60)),
                ("label_en", models.CharField(blank=True, default="", max_length=60)),
                ("privacy", models.CharField(default="personal", max_length=10)),
                ("position", models.PositiveIntegerField(default=0)),
                ("is_archived", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="StaffLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("role", models.CharField(max_length=8)),
                ("since", models.DateField()),
                ("until", models.DateField(null=True)),
                ("is_main", models.BooleanField(default=False)),
                ("assigned_by", models.CharField(max_length=40)),
                ("assigned_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="customer",
            name="kind",
            field=models.CharField(db_default="person", default="person", max_length=8),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ("person", "company"))), name="customers_customer_kind_known"
            ),
        ),
        migrations.AddField(
            model_name="contactpreference",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer"
            ),
        ),
        migrations.AddField(
            model_name="relation",
            name="one",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="customers.customer",
            ),
        ),
        migrations.AddField(
            model_name="relation",
            name="other",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer"
            ),
        ),
        migrations.AddField(
            model_name="contactpreference",
            name="relation",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="customers.relation",
            ),
        ),
        migrations.AddField(
            model_name="requirement",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer"
            ),
        ),
        migrations.AddConstraint(
            model_name="requirementtype",
            constraint=models.UniqueConstraint(fields=("code",), name="customers_requirementtype_code_once"),
        ),
        migrations.AddConstraint(
            model_name="requirementtype",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("label_zh"), name="customers_requirementtype_label_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="requirementtype",
            constraint=models.CheckConstraint(
                condition=models.Q(("privacy__in", ("personal", "sensitive"))),
                name="customers_requirementtype_privacy",
            ),
        ),
        migrations.AddField(
            model_name="requirement",
            name="type",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="customers.requirementtype",
            ),
        ),
        migrations.AddField(
            model_name="stafflink",
            name="customer",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="customers.customer",
            ),
        ),
        migrations.AddField(
            model_name="stafflink",
            name="staff",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="relation",
            index=models.Index(fields=["one", "kind"], name="customers_relation_by_one"),
        ),
        migrations.AddConstraint(
            model_name="relation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until__isnull", True)),
                fields=("one", "other", "kind"),
                name="customers_relation_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="relation",
            constraint=models.CheckConstraint(
                condition=models.Q(("one", models.F("other")), _negated=True),
                name="customers_relation_not_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="relation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        ("spouse", "parent", "sibling", "relative", "guardian", "referrer", "works_for"),
                    )
                ),
                name="customers_relation_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="relation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["relative", "sibling", "spouse"]), _negated=True),
                    ("one__lt", models.F("other")),
                    _connector="OR",
                ),
                name="customers_relation_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="relation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("since__isnull", True),
                    ("until__isnull", True),
                    ("until__gte", models.F("since")),
                    _connector="OR",
                ),
                name="customers_relation_period",
            ),
        ),
        migrations.AddConstraint(
            model_name="relation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", "works_for"),
                        (
                            "contact_role__in",
                            ("", "executive", "buyer", "finance", "assistant", "user", "other"),
                        ),
                    ),
                    models.Q(("contact_role", ""), ("decides", False)),
                    _connector="OR",
                ),
                name="customers_relation_contact_role",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactpreference",
            constraint=models.UniqueConstraint(
                condition=models.Q(("relation__isnull", True)),
                fields=("customer",),
                name="customers_preference_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactpreference",
            constraint=models.UniqueConstraint(
                condition=models.Q(("relation__isnull", False)),
                fields=("relation",),
                name="customers_preference_place_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactpreference",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ("", "phone", "sms", "wechat", "email", "visit"))),
                name="customers_preference_channel",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactpreference",
            constraint=models.CheckConstraint(
                condition=models.Q(("days__lt", 127)), name="customers_preference_days"
            ),
        ),
        migrations.AddConstraint(
            model_name="contactpreference",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("hour_from", None), ("hour_until", None)),
                    models.Q(("hour_from__lt", models.F("hour_until")), ("hour_until__lte", 24)),
                    _connector="OR",
                ),
                name="customers_preference_hours",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactpreference",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("quiet_from", None), ("quiet_until", None)),
                    models.Q(
                        ("quiet_from__lte", 23),
                        ("quiet_until__gte", 1),
                        ("quiet_until__lte", 24),
                        models.Q(("quiet_from", models.F("quiet_until")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="customers_preference_quiet",
            ),
        ),
        migrations.AddIndex(
            model_name="requirement",
            index=models.Index(fields=["type", "customer"], name="customers_requirement_by_type"),
        ),
        migrations.AddIndex(
            model_name="requirement",
            index=models.Index(
                condition=models.Q(("subject_id__isnull", False)),
                fields=["subject_kind", "subject_id"],
                name="customers_requirement_by_subj",
            ),
        ),
        migrations.AddConstraint(
            model_name="requirement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("subject_id", None), ("subject_kind", "")),
                    models.Q(models.Q(("subject_kind", ""), _negated=True), ("subject_id__isnull", False)),
                    _connector="OR",
                ),
                name="customers_requirement_subject",
            ),
        ),
        migrations.AddIndex(
            model_name="stafflink",
            index=models.Index(fields=["customer"], name="customers_stafflink_by_cust"),
        ),
        migrations.AddIndex(
            model_name="stafflink",
            index=models.Index(
                condition=models.Q(("until__isnull", True)),
                fields=["staff", "customer"],
                name="customers_stafflink_by_staff",
            ),
        ),
        migrations.AddConstraint(
            model_name="stafflink",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until__isnull", True)),
                fields=("customer", "staff"),
                name="customers_stafflink_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="stafflink",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_main", True), ("until__isnull", True)),
                fields=("customer",),
                name="customers_stafflink_one_main",
            ),
        ),
        migrations.AddConstraint(
            model_name="stafflink",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ("manager", "deputy", "service", "sales", "other"))),
                name="customers_stafflink_role",
            ),
        ),
        migrations.AddConstraint(
            model_name="stafflink",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"
                ),
                name="customers_stafflink_period",
            ),
        ),
        migrations.RunPython(add_starters, migrations.RunPython.noop),
    ]
