"""Who a session belongs to, for answers that are given before Django's handling begins.

The database is asked on every request; kept between requests is only which member of staff a session's
signed content names, and that content must still be the stored one.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils.crypto import constant_time_compare

from guibin.accounts import roles
from guibin.accounts.middleware import Person
from guibin.accounts.models import Staff
from guibin.core.composed import Row, text
from guibin.core.permissions import Actor

KEPT = 1024
PLAIN = frozenset(
    {
        SESSION_KEY,
        BACKEND_SESSION_KEY,
        HASH_SESSION_KEY,
        "_session_expiry",
        "account_authentication_methods",
        "account_authentication_methods_user",
    }
)
"""What the session of somebody who is simply signed in holds; anything else is for Django to handle."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody signed in, as the middleware would put them on the request."""

    actor: Actor
    person: Person
    language: str
    zone: ZoneInfo


_believed: dict[str, str] = {}


def believed_staff(session_key: str) -> str:
    """The id of the member of staff a session names; "" for none. Asks the database once per session."""
    staff = _believed.get(session_key)
    if staff is None:
        row = Session.objects.filter(pk=session_key).values_list("session_data", flat=True).first()
        named = None if row is None else _named(row)
        if named is None:
            return ""
        if len(_believed) >= KEPT:
            _believed.clear()
        staff = _believed[session_key] = named[0]
    return staff


@lru_cache(maxsize=KEPT)
def _named(data: str) -> tuple[str, str] | None:
    """(staff id, hash) of a session's content; None unless it is plain and signed by us."""
    content = SessionStore().decode(data)
    if (
        not content.keys() <= PLAIN
        or content.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS
    ):
        return None
    return str(content[SESSION_KEY]), str(content.get(HASH_SESSION_KEY, ""))


def read_session(row: Row, *, session_key: str, at: datetime) -> Visitor | None:
    """Who is signed in by the session in ``row`` of ``session_part``; None unless plainly so."""
    visitor = _visitor(row, at)
    if visitor is None:
        _believed.pop(session_key, None)
    return visitor


def _visitor(row: Row, at: datetime) -> Visitor | None:
    if row[0] is None:
        return None
    data, expires, staff, password, epoch, active, name, language, theme, store, place, zone, house, *role = (
        map(text, row)
    )
    named = _named(data)
    if named is None or named[0] != staff or active != "true" or float(expires) <= at.timestamp():
        return None
    if not constant_time_compare(named[1], _hash(password, int(epoch))):
        return None
    narrowed, code, role_name, follows, codes = role
    return Visitor(
        actor=Actor(
            kind="staff",
            id=int(staff),
            permissions=_permissions(code, follows, codes),
            store_ids=frozenset({int(store)}) if store and narrowed == "true" else None,
        ),
        person=Person(
            name=name,
            role=roles.role_name(code=code, name=role_name, follows_manifests=follows == "true"),
            place=place,
            theme=theme,
        ),
        language=language,
        zone=ZoneInfo(zone or house or "UTC"),
    )


_hashes: dict[bytes, str] = {}
"""Session hashes by the digest of what they are made of: no password hash outlives its request in memory."""


def _hash(password: str, epoch: int) -> str:
    key = sha256(f"{epoch} {password}".encode()).digest()
    found = _hashes.get(key)
    if found is None:
        if len(_hashes) >= KEPT:
            _hashes.clear()
        found = _hashes[key] = Staff(password=password, session_epoch=epoch).get_session_auth_hash()
    return found


@lru_cache(maxsize=KEPT)
def _permissions(code: str, follows: str, codes: str) -> frozenset[str]:
    return roles.role_permissions(
        code=code, follows_manifests=follows == "true", stored=json.loads(codes) if codes else []
    )
