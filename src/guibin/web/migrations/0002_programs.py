from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("web", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="KeptAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("actor", models.CharField(max_length=40)),
                ("key", models.CharField(max_length=200)),
                ("request_index", models.BinaryField(null=True)),
                ("status", models.SmallIntegerField(null=True)),
                ("content_type", models.CharField(max_length=100)),
                ("body", models.BinaryField(null=True)),
                ("kept_at", models.DateTimeField()),
            ],
        ),
        migrations.AddConstraint(
            model_name="keptanswer",
            constraint=models.UniqueConstraint(fields=("actor", "key"), name="web_keptanswer_once"),
        ),
        migrations.AddIndex(
            model_name="keptanswer",
            index=models.Index(fields=["kept_at"], name="web_keptanswer_kept_at"),
        ),
        migrations.CreateModel(
            name="RequestCount",
            fields=[
                ("actor", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("minute", models.BigIntegerField()),
                ("used", models.IntegerField()),
                ("given", models.IntegerField()),
            ],
        ),
        # Counts of the running minute: not worth writing to the log, nor bringing back after a crash.
        migrations.RunSQL(
            "ALTER TABLE web_requestcount SET UNLOGGED", "ALTER TABLE web_requestcount SET LOGGED"
        ),
    ]
