"""Change capture: which rows changed since a reader last looked, deletions included.

A tracked table has a ``changed_xid`` column that a trigger renews on each update, and a statement
trigger that logs deleted ids. Readers stop below ``pg_snapshot_xmin(pg_current_snapshot())``.
"""

from django.db import migrations, models

from guibin.core.fields import Xid8Field, current_xid


class ChangeTracked(models.Model):
    """Mixin for tables that insight copies. Add ``track_changes(table)`` to the migration."""

    changed_xid = Xid8Field(db_default=current_xid(), editable=False, db_index=True)

    class Meta:
        abstract = True


def track_changes(table: str) -> migrations.RunSQL:
    """The migration operation that puts the two triggers on ``table`` (its key column must be ``id``)."""
    return migrations.RunSQL(
        sql=f"""
        CREATE TRIGGER {table}_changed BEFORE UPDATE ON {table}
            FOR EACH ROW EXECUTE FUNCTION guibin_renew_changed_xid();
        CREATE TRIGGER {table}_deleted AFTER DELETE ON {table} REFERENCING OLD TABLE AS gone
            FOR EACH STATEMENT EXECUTE FUNCTION guibin_log_deletion();
        """,
        reverse_sql=f"DROP TRIGGER {table}_changed ON {table}; DROP TRIGGER {table}_deleted ON {table};",
    )


def append_only(table: str) -> migrations.RunSQL:
    """The migration operation that refuses UPDATE, DELETE and TRUNCATE on ``table`` for everybody."""
    return migrations.RunSQL(
        sql=f"""
        CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION guibin_refuse_change();
        CREATE TRIGGER {table}_append_only_row BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION guibin_refuse_change();
        """,
        reverse_sql=(
            f"DROP TRIGGER {table}_append_only ON {table}; DROP TRIGGER {table}_append_only_row ON {table};"
        ),
    )


FUNCTIONS_SQL = """
CREATE FUNCTION guibin_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION guibin_renew_changed_xid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_xid := pg_current_xact_id();
    RETURN NEW;
END $$;

CREATE FUNCTION guibin_log_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO core_deletion (table_name, row_id, xid)
        SELECT TG_TABLE_NAME, gone.id, pg_current_xact_id() FROM gone;
    RETURN NULL;
END $$;
"""
DROP_FUNCTIONS_SQL = """
DROP FUNCTION guibin_log_deletion();
DROP FUNCTION guibin_renew_changed_xid();
DROP FUNCTION guibin_refuse_change();
"""
