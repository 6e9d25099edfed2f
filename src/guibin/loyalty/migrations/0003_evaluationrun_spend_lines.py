"""Where the places by spend begin is kept with each evaluation, so that one customer is placed alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0002_evaluationrun_left_out")]

    operations = [
        migrations.AddField(
            model_name="evaluationrun",
            name="spend_lines",
            field=models.JSONField(null=True),
        ),
    ]
