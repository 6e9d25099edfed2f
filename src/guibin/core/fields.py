"""PostgreSQL column types that Django lacks."""

from typing import Any

from django.db import models
from django.db.models.expressions import RawSQL


class Xid8Field(models.BigIntegerField):  # type: ignore[type-arg]  # the stubs' parameters follow the parent
    """A full transaction id (``xid8``): never wraps, and orders commits where identities cannot."""

    def db_type(self, connection: Any) -> str:
        return "xid8"

    def rel_db_type(self, connection: Any) -> str:
        return "xid8"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: Any = None) -> Any:
        return value if value is None or hasattr(value, "resolve_expression") else str(value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> int | None:
        return None if value is None else int(value)


def current_xid() -> RawSQL:
    """The id of the writing transaction, as a column default."""
    return RawSQL("pg_current_xact_id()", ())
