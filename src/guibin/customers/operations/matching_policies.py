"""What exact keys are worth, per source."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from guibin.core import jobs
from guibin.core.events import record, subject
from guibin.core.permissions import Actor
from guibin.customers.errors import KeyPolicyUnknown
from guibin.customers.events import KeyPoliciesSet
from guibin.customers.models import KeyPolicy
from guibin.customers.permissions import MANAGE_ATTRIBUTES
from guibin.customers.queries.traits import get_policies
from guibin.customers.rules.matching import SHIPPED_POLICIES
from guibin.customers.rules.values import KEY_POLICIES, POLICY_KEYS

FILL = "customers.fill_match_tokens"
SOURCE_LENGTH_MAX = 40


@transaction.atomic
def save_key_policies(
    *, policies: Mapping[tuple[str, str], str], actor: Actor, at: datetime
) -> tuple[str, ...]:
    """Store what keys are worth by (source, key); an empty worth goes back to that of every other source.
    Returns what changed, as ``source key``. Where ids of a source are compared from now on, tokens are made
    anew in the background. Raises ``KeyPolicyUnknown``."""
    actor.require(MANAGE_ATTRIBUTES)
    for (source, key), policy in policies.items():
        if key not in POLICY_KEYS or policy not in ("", *KEY_POLICIES) or len(source) > SOURCE_LENGTH_MAX:
            raise KeyPolicyUnknown
    before = get_policies()
    changed = []
    for (source, key), policy in sorted(policies.items()):
        rows = KeyPolicy.objects.filter(source=source, key=key)
        stored = before.worth.get((source, key), "")
        if policy == (stored or SHIPPED_POLICIES.get((source, key), "")) or not (policy or stored):
            continue
        changed.append(f"{source} {key}".strip())
        if policy:
            KeyPolicy.objects.update_or_create(source=source, key=key, defaults={"policy": policy})
        else:
            rows.delete()
    if not changed:
        return ()
    after = get_policies()
    if any(before.is_shared(source) != after.is_shared(source) for source, _key in policies):
        jobs.defer(FILL, everybody=True)
    keys = tuple(sorted({each.split()[-1] for each in changed}))
    record(KeyPoliciesSet(keys=keys), subjects=[subject("organisation", 1)], actor=actor, at=at)
    return tuple(changed)
