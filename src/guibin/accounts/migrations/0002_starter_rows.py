"""The organisation's row, the three starter roles, and change capture of stores."""

from django.db import migrations

from guibin.core.changes import track_changes


def add_rows(apps, schema_editor):
    apps.get_model("accounts", "Organisation").objects.get_or_create(id=1)
    Role = apps.get_model("accounts", "Role")
    for code, own_store_only in (("owner", False), ("manager", False), ("agent", True)):
        Role.objects.get_or_create(
            code=code, defaults={"name": code, "follows_manifests": True, "own_store_only": own_store_only}
        )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [track_changes("accounts_store"), migrations.RunPython(add_rows, migrations.RunPython.noop)]
