"""What the run-time role may touch: everything but the past.

Called after each migration by the owner role. Append-only tables (named in manifests) get SELECT
and INSERT only, so that even a leaked web process cannot rewrite them.
"""

from typing import Any

from psycopg import sql

from guibin.core.manifest import manifests


def append_only_tables() -> list[str]:
    return sorted({table for manifest in manifests() for table in manifest.append_only})


def grant_runtime_role(connection: Any, role: str) -> None:
    """Give ``role`` its rights on all tables, sequences and functions of the public schema."""
    who = sql.Identifier(role)
    statements = [
        sql.SQL("GRANT USAGE ON SCHEMA public TO {who}"),
        sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {who}"),
        sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {who}"),
        sql.SQL("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {who}"),
    ]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.format(who=who))
        for table in append_only_tables():
            cursor.execute(
                sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {who}").format(
                    table=sql.Identifier(table), who=who
                )
            )
