"""Policies and their versions."""

from collections.abc import Sequence
from datetime import date

from guibin.customers import api as customers
from guibin.loyalty.errors import PolicyInactive, PolicyUnknown
from guibin.loyalty.models import ListMember, Policy, PolicyVersion
from guibin.loyalty.rules.tree import Rules
from guibin.loyalty.values import PolicyView, VersionView


def as_version(row: PolicyVersion, policy: Policy) -> VersionView:
    """A version row as a frozen value, its rules checked again."""
    return VersionView(
        id=row.pk,
        policy_code=policy.code,
        policy_name=policy.name,
        number=row.number,
        rules=Rules.model_validate(row.rules),
        currency=row.currency,
        effective_from=row.effective_from,
        superseded_on=row.superseded_on,
        saved_by=row.saved_by,
        saved_at=row.saved_at,
        preview=row.preview,
    )


def _as_policy(row: Policy) -> PolicyView:
    versions = sorted(row.versions.all(), key=lambda version: -version.number)
    return PolicyView(
        id=row.pk,
        code=row.code,
        name=row.name,
        preset=row.preset,
        active=row.active,
        versions=tuple(as_version(version, row) for version in versions),
    )


def list_policies() -> tuple[PolicyView, ...]:
    """Every policy, the one in force first, with its versions newest first."""
    rows = Policy.objects.prefetch_related("versions").order_by("-active", "code")
    return tuple(_as_policy(row) for row in rows)


def get_policy(code: str) -> PolicyView:
    """Raises `PolicyUnknown`."""
    row = Policy.objects.prefetch_related("versions").filter(code=code).first()
    if row is None:
        raise PolicyUnknown(policy=code)
    return _as_policy(row)


def find_active_policy() -> PolicyView | None:
    """The policy in force, if any."""
    row = Policy.objects.prefetch_related("versions").filter(active=True).first()
    return _as_policy(row) if row else None


def get_version_in_force(as_of: date) -> VersionView:
    """The active policy's version of that day; before the first one, the first. Raises `PolicyInactive`."""
    policy = find_active_policy()
    if policy is None:
        raise PolicyInactive
    return version_on(policy, as_of)


def version_on(policy: PolicyView, day: date) -> VersionView:
    """The version in force on `day`; days before the policy began are decided by its first version."""
    for version in policy.versions:
        ended = version.superseded_on is not None and version.superseded_on <= day
        if version.effective_from <= day and not ended:
            return version
    lasting = [v for v in policy.versions if v.superseded_on is None or v.superseded_on > v.effective_from]
    return lasting[-1]


def find_listed_customers() -> frozenset[int]:
    """The ids that somebody put on a list of any policy, merged or not."""
    return frozenset(ListMember.objects.values_list("customer_id", flat=True))


def list_ids(policy_code: str, list_code: str) -> frozenset[int]:
    """The ids on a list as they were put there, merged or not."""
    rows = ListMember.objects.filter(policy__code=policy_code, list=list_code)
    return frozenset(rows.values_list("customer_id", flat=True))


def list_members(policy_code: str, customer_ids: Sequence[int] | None = None) -> dict[str, frozenset[int]]:
    """{list code: who is on it} of a policy's own lists; only of these customers, if given.

    A list that names any id of a person names the person, by the id that stands for them.
    """
    rows = ListMember.objects.filter(policy__code=policy_code)
    if customer_ids is not None:
        own = customers.groups(customer_ids).values()
        rows = rows.filter(customer_id__in={each for ids in own for each in ids})
    found = list(rows.values_list("list", "customer_id"))
    stands = customers.resolve({customer_id for _code, customer_id in found})
    members: dict[str, set[int]] = {}
    for code, customer_id in found:
        members.setdefault(code, set()).add(stands[customer_id])
    return {code: frozenset(ids) for code, ids in members.items()}
