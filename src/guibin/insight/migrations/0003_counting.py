"""A refresh says which code counted it. Those before say nothing (0), so the next one counts everybody."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("insight", "0002_digest_without_numbers")]

    operations = [
        migrations.AddField(
            "refresh", "counting", models.PositiveIntegerField(default=0), preserve_default=False
        )
    ]
