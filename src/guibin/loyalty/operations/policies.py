"""Saving versions of a policy and putting a policy in force."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from guibin.core.errors import constraint_errors
from guibin.core.events import record, subject
from guibin.core.permissions import Actor
from guibin.loyalty.errors import EffectiveDatePast, PolicyCodeTaken, PolicyUnknown
from guibin.loyalty.events import PolicyActivated, PolicyVersionSaved
from guibin.loyalty.models import Policy, PolicyVersion
from guibin.loyalty.permissions import EDIT_POLICIES
from guibin.loyalty.queries.policies import as_version
from guibin.loyalty.queries.tokens import read_token
from guibin.loyalty.rules.tree import Rules, digest
from guibin.loyalty.values import VersionView


def create_policy(*, code: str, name: str, preset: str, actor: Actor, at: datetime) -> int:
    """A policy without versions yet; returns its id. Raises `PolicyCodeTaken`."""
    actor.require(EDIT_POLICIES)
    taken = {"loyalty_policy_code": PolicyCodeTaken(policy=code)}
    with constraint_errors(taken), transaction.atomic():
        return Policy.objects.create(code=code, name=name, preset=preset, created_at=at).pk


def save_policy_version(
    *,
    policy_code: str,
    rules: Rules,
    currency: str,
    effective_from: date,
    token: str,
    today: date,
    actor: Actor,
    at: datetime,
) -> VersionView:
    """Save rules as the policy's next version.

    `token` is the one of the preview of exactly these rules. The first version may begin on any day, later
    ones today at the earliest. A version that had not begun yet is replaced without ever being in force.
    Raises `PolicyUnknown`, `PreviewNeeded`, `EffectiveDatePast`.
    """
    actor.require(EDIT_POLICIES)
    said = read_token(token, rules)
    with transaction.atomic():
        policy = Policy.objects.select_for_update().filter(code=policy_code).first()
        if policy is None:
            raise PolicyUnknown(policy=policy_code)
        earlier = list(policy.versions.select_for_update().order_by("number"))
        if earlier and effective_from < today:
            raise EffectiveDatePast(earliest=today.isoformat())
        _end_versions(earlier, effective_from)
        number = len(earlier) + 1
        row = PolicyVersion.objects.create(
            policy=policy,
            number=number,
            rules=rules.model_dump(mode="json"),
            rules_digest=digest(rules),
            currency=currency,
            preview=dict(said),
            effective_from=effective_from,
            saved_by=actor.code,
            saved_at=at,
        )
        record(
            PolicyVersionSaved(policy=policy.code, version=number, effective_from=effective_from.isoformat()),
            subjects=[subject("policy", policy.pk)],
            actor=actor,
            at=at,
        )
        return as_version(row, policy)


def _end_versions(versions: Iterable[PolicyVersion], day: date) -> None:
    """Let the versions end before `day`; one that would only have begun later never comes into force."""
    for version in versions:
        ends = max(version.effective_from, min(version.superseded_on or day, day))
        if version.superseded_on != ends:
            version.superseded_on = ends
            version.save(update_fields=["superseded_on"])


def activate_policy(*, policy_code: str, actor: Actor, at: datetime) -> None:
    """Put a policy in force; the one before rests. Standings change at the next evaluation."""
    actor.require(EDIT_POLICIES)
    with transaction.atomic():
        rows = list(Policy.objects.select_for_update().order_by("pk"))
        policy = next((row for row in rows if row.code == policy_code), None)
        if policy is None or not policy.versions.exists():
            raise PolicyUnknown(policy=policy_code)
        if policy.active:
            return
        Policy.objects.filter(active=True).update(active=False)
        policy.active = True
        policy.save(update_fields=["active"])
        record(
            PolicyActivated(policy=policy.code), subjects=[subject("policy", policy.pk)], actor=actor, at=at
        )
