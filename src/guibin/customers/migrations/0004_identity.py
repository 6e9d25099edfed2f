"""One person, many ids: merges, pairs that may be one person, and what an exact key is worth."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

import guibin.core.fields
from guibin.core.changes import track_changes


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0003_answers_kept_by_web"),
    ]

    operations = [
        migrations.DeleteModel(name="CustomerAlias"),
        migrations.CreateModel(
            name="CustomerAlias",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "changed_xid",
                    guibin.core.fields.Xid8Field(
                        db_default=guibin.core.fields.current_xid(), db_index=True, editable=False
                    ),
                ),
                ("merged_at", models.DateTimeField()),
                (
                    "customer",
                    models.OneToOneField(
                        on_delete=models.deletion.PROTECT, related_name="+", to="customers.customer"
                    ),
                ),
                (
                    "into",
                    models.ForeignKey(
                        on_delete=models.deletion.PROTECT, related_name="+", to="customers.customer"
                    ),
                ),
            ],
            options={
                "constraints": (
                    models.CheckConstraint(
                        condition=~models.Q(customer=models.F("into")), name="customers_alias_not_itself"
                    ),
                ),
            },
        ),
        track_changes("customers_customeralias"),
        migrations.CreateModel(
            name="KeyPolicy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(blank=True, max_length=40)),
                ("key", models.CharField(max_length=12)),
                ("policy", models.CharField(max_length=8)),
            ],
        ),
        migrations.CreateModel(
            name="MatchPair",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("status", models.CharField(default="open", max_length=8)),
                ("score", models.PositiveSmallIntegerField(null=True)),
                ("evidence", models.JSONField(default=list)),
                ("found_at", models.DateTimeField()),
                ("decided_by", models.CharField(blank=True, default="", max_length=40)),
                ("decided_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Merge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=10)),
                ("score", models.PositiveSmallIntegerField(null=True)),
                ("evidence", models.JSONField(default=list)),
                ("choices", models.JSONField(default=dict)),
                ("merged_by", models.CharField(max_length=40)),
                ("merged_at", models.DateTimeField()),
                ("undone_by", models.CharField(blank=True, default="", max_length=40)),
                ("undone_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="searchtoken",
            name="match_tokens",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), db_default=[], default=list, size=None
            ),
        ),
        migrations.AddIndex(
            model_name="searchtoken",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["match_tokens"], name="customers_searchtoken_match"
            ),
        ),
        migrations.AddConstraint(
            model_name="keypolicy",
            constraint=models.UniqueConstraint(fields=("source", "key"), name="customers_keypolicy_once"),
        ),
        migrations.AddConstraint(
            model_name="keypolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("policy__in", ("join", "review", "ignore"))),
                name="customers_keypolicy_known",
            ),
        ),
        migrations.AddField(
            model_name="matchpair",
            name="high",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer"
            ),
        ),
        migrations.AddField(
            model_name="matchpair",
            name="low",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer"
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="absorbed",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer"
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="kept",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer"
            ),
        ),
        migrations.AddIndex(
            model_name="matchpair",
            index=models.Index(fields=["status", "-score", "id"], name="customers_matchpair_queue"),
        ),
        migrations.AddConstraint(
            model_name="matchpair",
            constraint=models.UniqueConstraint(fields=("low", "high"), name="customers_matchpair_once"),
        ),
        migrations.AddConstraint(
            model_name="matchpair",
            constraint=models.CheckConstraint(
                condition=models.Q(("low__lt", models.F("high"))), name="customers_matchpair_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="matchpair",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ("open", "merged", "never"))),
                name="customers_matchpair_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.CheckConstraint(
                condition=models.Q(("kept", models.F("absorbed")), _negated=True),
                name="customers_merge_not_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason__in", ("exact", "review", "staff", "import"))),
                name="customers_merge_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at__isnull", True)),
                fields=("absorbed",),
                name="customers_merge_absorbed_once",
            ),
        ),
    ]
