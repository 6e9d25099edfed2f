"""The running sums of orders are found by their whole key, not only by their day."""

from django.db import migrations, models
from django.db.models.functions import Coalesce


class Migration(migrations.Migration):
    dependencies = [("purchases", "0005_fold_what_is_new")]

    operations = [
        migrations.RemoveIndex(model_name="ordertally", name="purchases_ordertally_day"),
        migrations.AddIndex(
            model_name="ordertally",
            index=models.Index(
                "ordered_on", Coalesce("store_id", 0), "channel", "status", name="purchases_ordertally_key"
            ),
        ),
    ]
