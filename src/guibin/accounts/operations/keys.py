"""Keys for programs."""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from guibin.accounts import models, queries, roles, rules, values
from guibin.accounts.errors import KeyUnknown, ScopeAboveOwn, ValueInvalid
from guibin.accounts.events import KeyCreated, KeyRevoked
from guibin.accounts.permissions import MANAGE_KEYS
from guibin.core.events import record, subject
from guibin.core.ids import ApiKeyId, StoreId
from guibin.core.permissions import Actor

USED_EVERY = timedelta(minutes=5)  # how exact "last used" is; spares a write on most requests


def create_key(
    *,
    name: str,
    scopes: Collection[str],
    store_ids: Sequence[StoreId] | None = None,
    expires_at: datetime | None = None,
    actor: Actor,
    at: datetime,
) -> values.NewApiKey:
    """A key with permission codes as ``scopes``; its token is returned once.

    Raises ``ValueInvalid`` (no name, no or unknown scope, expired), ``ScopeAboveOwn``.
    """
    actor.require(MANAGE_KEYS)
    _check(name=name, scopes=scopes, store_ids=store_ids, expires_at=expires_at, actor=actor, at=at)
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    with transaction.atomic():
        row = models.ApiKey.objects.create(
            name=name.strip(),
            prefix=prefix,
            secret_hash=rules.hash_secret(secret),
            scopes=sorted(set(scopes)),
            store_ids=None if store_ids is None else sorted(set(store_ids)),
            created_by_id=actor.staff_id,
            created_at=at,
            expires_at=expires_at,
        )
        event = KeyCreated(key_id=row.pk, scopes=tuple(row.scopes))
        record(event, subjects=[subject("key", row.pk)], actor=actor, at=at)
    return values.NewApiKey(key=queries.as_key(row), token=f"gb_{prefix}_{secret}")


def _check(
    *,
    name: str,
    scopes: Collection[str],
    store_ids: Sequence[StoreId] | None,
    expires_at: datetime | None,
    actor: Actor,
    at: datetime,
) -> None:
    unknown = set(scopes) - roles.declared_codes()
    if not name.strip() or not scopes or unknown:
        raise ValueInvalid(value=", ".join(sorted(unknown)) or name or "-")
    if expires_at is not None and expires_at <= at:
        raise ValueInvalid(value=expires_at.date().isoformat())
    if actor.kind == "system":
        return
    if not rules.is_within(scopes, actor.permissions):
        raise ScopeAboveOwn
    if actor.store_ids is not None and (store_ids is None or not set(store_ids) <= actor.store_ids):
        raise ScopeAboveOwn


def revoke_key(*, key_id: ApiKeyId, actor: Actor, at: datetime) -> None:
    """Withdraw a key for ever; a repeat changes nothing. Raises ``KeyUnknown``."""
    actor.require(MANAGE_KEYS)
    with transaction.atomic():
        row = models.ApiKey.objects.select_for_update().filter(pk=key_id).first()
        if row is None:
            raise KeyUnknown
        if row.revoked_at is not None:
            return
        row.revoked_at = at
        row.save(update_fields=["revoked_at"])
        record(KeyRevoked(key_id=row.pk), subjects=[subject("key", row.pk)], actor=actor, at=at)


def touch_key(*, key_id: ApiKeyId, at: datetime) -> None:
    """Remember that a key was used, at most every few minutes. No event: reading is not a change."""
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=at - USED_EVERY)
    models.ApiKey.objects.filter(stale, pk=key_id).update(last_used_at=at)
