from django.db import migrations


class Migration(migrations.Migration):
    """Idempotency keys are the REST envelope's, for all slices."""

    dependencies = [("customers", "0002_writekey")]
    operations = [migrations.DeleteModel(name="WriteKey")]
