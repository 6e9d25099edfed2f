"""What a role may do: starter roles follow the manifests, own roles list their codes."""

from collections.abc import Mapping
from functools import cache

from django.utils.translation import gettext_lazy as _

from guibin.core.errors import Text
from guibin.core.manifest import all_permissions, manifests

OWNER = "owner"
STARTER_NAMES: Mapping[str, Text] = {OWNER: _("Owner"), "manager": _("Manager"), "agent": _("Agent")}


@cache
def starter_permissions(code: str) -> frozenset[str]:
    """The permission codes of a starter role: everything for the owner, what manifests list otherwise."""
    if code == OWNER:
        return frozenset(permission.code for permission in all_permissions())
    return frozenset(
        permission.code for manifest in manifests() for permission in manifest.roles.get(code, ())
    )


@cache
def declared_codes() -> frozenset[str]:
    return frozenset(permission.code for permission in all_permissions())


def role_permissions(*, code: str, follows_manifests: bool, stored: list[str]) -> frozenset[str]:
    """Codes in force now. A stored code that no slice declares any more gives nothing."""
    return starter_permissions(code) if follows_manifests else frozenset(stored) & declared_codes()


def role_name(*, code: str, name: str, follows_manifests: bool) -> Text:
    return STARTER_NAMES.get(code, name) if follows_manifests else name
