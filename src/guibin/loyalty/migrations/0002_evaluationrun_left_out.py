"""What the loyalty score left out is kept with each evaluation, so that pages score as the list does."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="evaluationrun",
            name="left_out",
            field=models.JSONField(null=True),
        ),
    ]
