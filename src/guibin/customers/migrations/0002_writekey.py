from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="WriteKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        primary_key=True, serialize=False, auto_created=True, verbose_name="ID"
                    ),
                ),
                ("actor", models.CharField(max_length=40)),
                ("key", models.CharField(max_length=80)),
                ("input_index", models.BinaryField()),
                ("result_id", models.BigIntegerField()),
                ("used_at", models.DateTimeField()),
            ],
        ),
        migrations.AddConstraint(
            model_name="writekey",
            constraint=models.UniqueConstraint(fields=("actor", "key"), name="customers_writekey_once"),
        ),
    ]
