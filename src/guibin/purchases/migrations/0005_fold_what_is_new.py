"""Running sums know which of their rows are folded already, so that folding begins at the others.

Whatever is here counts as new: the first folding after this looks at all of it once.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("purchases", "0004_keep_tallies")]

    operations = [
        migrations.AddField(
            model_name="ordertally",
            name="folded",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="producttally",
            name="folded",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name="ordertally",
            index=models.Index(
                condition=models.Q(("folded", False)), fields=["id"], name="purchases_ordertally_new"
            ),
        ),
        migrations.AddIndex(
            model_name="producttally",
            index=models.Index(
                condition=models.Q(("folded", False)), fields=["id"], name="purchases_producttally_new"
            ),
        ),
    ]
