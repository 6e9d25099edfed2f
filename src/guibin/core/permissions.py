"""Who acts, and what they may do.

Slices declare ``Permission`` values in their ``permissions.py``; roles are sets of their codes.
"""

from dataclasses import dataclass, field
from typing import Literal

from guibin.core.errors import Forbidden, Text


@dataclass(frozen=True, slots=True)
class Permission:
    """``code`` is ``slice.verb_noun``; ``sentence`` says in plain words what it allows."""

    code: str
    label: Text
    sentence: Text

    def __str__(self) -> str:
        return self.code


ActorKind = Literal["staff", "key", "system", "anonymous"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts: a member of staff, an API key, or the product itself.

    ``store_ids`` None means every store; otherwise only rows of these stores are theirs.
    """

    kind: ActorKind
    id: int | None = None
    permissions: frozenset[str] = field(default_factory=frozenset)
    store_ids: frozenset[int] | None = None

    @property
    def code(self) -> str:
        """``staff:7``, ``key:3``, ``system``: how events name the actor."""
        return self.kind if self.id is None else f"{self.kind}:{self.id}"

    @property
    def staff_id(self) -> int | None:
        return self.id if self.kind == "staff" else None

    def may(self, permission: Permission) -> bool:
        return self.kind == "system" or permission.code in self.permissions

    def require(self, permission: Permission) -> None:
        """Raises ``Forbidden`` unless this actor holds ``permission``."""
        if not self.may(permission):
            raise Forbidden(permission=permission.code)


SYSTEM = Actor(kind="system")
ANONYMOUS = Actor(kind="anonymous")
