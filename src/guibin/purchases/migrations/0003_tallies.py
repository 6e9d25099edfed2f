"""Running sums behind the lists, and indexes for what the lists sort and filter by."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0002_writekey"),
        ("purchases", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="OrderTally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ordered_on", models.DateField()),
                ("store_id", models.BigIntegerField(null=True)),
                ("channel", models.CharField(max_length=40)),
                ("status", models.CharField(max_length=12)),
                ("orders", models.BigIntegerField()),
                ("amount_base_minor", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="ProductTally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("product_id", models.BigIntegerField()),
                ("sold_on", models.DateField()),
                ("lines", models.BigIntegerField()),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=24)),
                ("amount_base_minor", models.BigIntegerField()),
            ],
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["number", "id"], name="purchases_order_by_number"),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["amount_base_minor", "id"], name="purchases_order_amount"),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("status", "completed"), _negated=True),
                fields=["-ordered_at", "-id"],
                name="purchases_order_open",
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("refunded_minor__gt", 0)),
                fields=["-ordered_at", "-id"],
                name="purchases_order_refunded",
            ),
        ),
        migrations.AddIndex(
            model_name="ordertally",
            index=models.Index(fields=["ordered_on"], name="purchases_ordertally_day"),
        ),
        migrations.AddIndex(
            model_name="producttally",
            index=models.Index(fields=["product_id", "sold_on"], name="purchases_producttally_key"),
        ),
    ]
