"""What accounts adds to a composed read: who a key belongs to, and the name of a store."""

import json
from datetime import datetime
from functools import lru_cache

from guibin.accounts import roles, rules
from guibin.accounts.operations.keys import USED_EVERY, touch_key
from guibin.core.composed import ReadPart, Row, text
from guibin.core.ids import ApiKeyId
from guibin.core.permissions import Actor

KEY_COLUMNS = (
    "id",
    "secret_hash",
    "scopes",
    "store_ids",
    "ended",
    "expires",
    "used",
    "maker",
    "maker_active",
    "role",
    "follows",
    "codes",
)


def key_part() -> ReadPart:
    """The key whose prefix is ``$1``, with what its maker may do now."""
    return ReadPart(
        name="key",
        sql="""
            SELECT k.id, k.secret_hash, to_json(k.scopes) AS scopes, to_json(k.store_ids) AS store_ids,
                   k.revoked_at IS NOT NULL AS ended, extract(epoch FROM k.expires_at) AS expires,
                   extract(epoch FROM k.last_used_at) AS used, k.created_by_id AS maker,
                   s.is_active AS maker_active, r.code AS role, r.follows_manifests AS follows,
                   CASE WHEN r.follows_manifests THEN NULL ELSE to_json(r.permission_codes) END AS codes
            FROM accounts_apikey k
            LEFT JOIN accounts_staff s ON s.id = k.created_by_id
            LEFT JOIN accounts_role r ON r.id = s.role_id
            WHERE k.prefix = $1""",
        columns=KEY_COLUMNS,
    )


def read_key(row: Row, *, secret: str, at: datetime) -> Actor | None:
    """The actor of the key in ``row`` if it is in force and ``secret`` is its own; as ``authenticate_key``,
    but that its use is yet to be remembered (``remember_use``)."""
    key_id, stored, scopes, store_ids, ended, expires, _used, maker, active, role, follows, codes = row
    if key_id is None or not rules.is_same_hash(text(stored), secret):
        return None
    if ended == b"true" or (expires is not None and float(expires) <= at.timestamp()):
        return None
    if maker is not None and active != b"true":
        return None
    granted = _granted(text(scopes), maker is not None, text(role), follows == b"true", codes)
    return Actor(
        kind="key",
        id=int(key_id),
        permissions=granted,
        store_ids=None if store_ids is None else frozenset(json.loads(store_ids)),
    )


@lru_cache(maxsize=1024)
def _granted(
    scopes: str,
    made: bool,  # noqa: FBT001 - a cached function has positional arguments only
    role: str,
    follows: bool,  # noqa: FBT001 - as above
    codes: bytes | None,
) -> frozenset[str]:
    """The same as ``queries.actor_for_key`` computes, by the texts it is computed from."""
    granted = frozenset(json.loads(scopes)) & roles.declared_codes()
    if not made:
        return granted
    stored = [] if codes is None else json.loads(codes)
    return granted & roles.role_permissions(code=role, follows_manifests=follows, stored=stored)


def remember_use(row: Row, *, at: datetime) -> None:
    """Note that the key in ``row`` was used, at most every few minutes."""
    key_id, used = row[0], row[6]
    if key_id is not None and (used is None or float(used) < at.timestamp() - USED_EVERY.total_seconds()):
        touch_key(key_id=ApiKeyId(int(key_id)), at=at)


def place_part(store_id: str) -> ReadPart:
    """The organisation's currency, and the name of the store whose id is the SQL expression ``store_id``."""
    return ReadPart(
        name="place",
        sql=f"""
            SELECT o.base_currency, s.name AS store
            FROM accounts_organisation o LEFT JOIN accounts_store s ON s.id = {store_id}
            WHERE o.id = 1""",  # noqa: S608 - the expression is the caller's code, no input
        columns=("base_currency", "store"),
    )


def stores_part(ids: str) -> ReadPart:
    """The names of the stores whose ids the SQL query ``ids`` gives."""
    return ReadPart(
        name="stores",
        sql=f"SELECT json_object_agg(s.id, s.name) AS names FROM accounts_store s WHERE s.id IN ({ids})",  # noqa: S608 - the caller's code
        columns=("names",),
    )


def staff_part(codes: str) -> ReadPart:
    """The names of the staff among the actor codes (``staff:12``) that the SQL query ``codes`` gives."""
    return ReadPart(
        name="people",
        sql=f"""
            SELECT json_object_agg(s.id, s.display_name) AS names FROM accounts_staff s
            WHERE s.id IN (SELECT substr(c, 7)::bigint FROM ({codes}) AS named(c) WHERE c LIKE 'staff:%')""",  # noqa: S608 - the caller's code
        columns=("names",),
    )


def read_names(row: Row) -> dict[int, str]:
    """{id: name} of stores or staff."""
    return {int(key): name for key, name in json.loads(row[0]).items()} if row[0] else {}


SESSION_COLUMNS = (
    "data",
    "expires",
    "staff",
    "password",
    "epoch",
    "active",
    "name",
    "language",
    "theme",
    "store",
    "store_name",
    "zone",
    "house_zone",
    "narrowed",
    "role",
    "role_name",
    "follows",
    "codes",
)


def session_part(*, session: str, staff: str) -> ReadPart:
    """The session with this key, and who it is believed to belong to; both SQL expressions."""
    return ReadPart(
        name="session",
        sql=f"""
            SELECT d.session_data AS data, extract(epoch FROM d.expire_date) AS expires, s.id AS staff,
                   s.password, s.session_epoch AS epoch, s.is_active AS active, s.display_name AS name,
                   s.language, s.theme, s.store_id AS store, t.name AS store_name, t.time_zone AS zone,
                   o.time_zone AS house_zone, r.own_store_only AS narrowed, r.code AS role,
                   r.name AS role_name, r.follows_manifests AS follows,
                   CASE WHEN r.follows_manifests THEN NULL ELSE to_json(r.permission_codes) END AS codes
            FROM django_session d
            JOIN accounts_staff s ON s.id = {staff}::bigint
            JOIN accounts_role r ON r.id = s.role_id
            LEFT JOIN accounts_store t ON t.id = s.store_id
            LEFT JOIN accounts_organisation o ON o.id = 1
            WHERE d.session_key = {session}""",  # noqa: S608 - the caller's code
        columns=SESSION_COLUMNS,
    )
