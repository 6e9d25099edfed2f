"""What loyalty tells the house."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from guibin.core.errors import Text
from guibin.core.events import Event


@dataclass(frozen=True)
class PolicyVersionSaved(Event):
    name: ClassVar[str] = "loyalty.policy_version_saved"
    wording: ClassVar[Text] = _("VIP policy %(policy)s: version %(version)s saved, from %(effective_from)s")
    icon: ClassVar[str] = "ti-scale"
    policy: str
    version: int
    effective_from: str


@dataclass(frozen=True)
class PolicyActivated(Event):
    name: ClassVar[str] = "loyalty.policy_activated"
    wording: ClassVar[Text] = _("VIP policy %(policy)s put in force")
    icon: ClassVar[str] = "ti-scale"
    policy: str


@dataclass(frozen=True)
class StandingGained(Event):
    name: ClassVar[str] = "loyalty.standing_gained"
    wording: ClassVar[Text] = _("Became a VIP: %(level)s")
    icon: ClassVar[str] = "ti-diamond"
    policy: str
    version: int
    level: str
    as_of: str


@dataclass(frozen=True)
class StandingChanged(Event):
    name: ClassVar[str] = "loyalty.standing_changed"
    wording: ClassVar[Text] = _("VIP level changed from %(level_from)s to %(level_to)s")
    icon: ClassVar[str] = "ti-diamond"
    policy: str
    version: int
    level_from: str
    level_to: str
    as_of: str


@dataclass(frozen=True)
class StandingLost(Event):
    name: ClassVar[str] = "loyalty.standing_lost"
    wording: ClassVar[Text] = _("No longer a VIP, was %(level)s")
    icon: ClassVar[str] = "ti-diamond-off"
    policy: str
    version: int
    level: str
    as_of: str


@dataclass(frozen=True)
class StandingMerged(Event):
    name: ClassVar[str] = "loyalty.standing_merged"
    wording: ClassVar[Text] = _(
        "No level of its own any more, was %(level)s: decided together since the merge"
    )
    icon: ClassVar[str] = "ti-diamond"
    policy: str
    version: int
    level: str
    as_of: str


@dataclass(frozen=True)
class StandingEvaluated(Event):
    name: ClassVar[str] = "loyalty.standing_evaluated"
    wording: ClassVar[Text] = _(
        "VIPs decided for %(as_of)s: %(gained)s new, %(changed)s changed, %(lost)s no longer"
    )
    icon: ClassVar[str] = "ti-scale"
    policy: str
    version: int
    as_of: str
    gained: int
    changed: int
    lost: int


@dataclass(frozen=True)
class ListMemberAdded(Event):
    name: ClassVar[str] = "loyalty.list_member_added"
    wording: ClassVar[Text] = _("Put on the list %(list)s of %(policy)s")
    icon: ClassVar[str] = "ti-list-check"
    policy: str
    list: str


@dataclass(frozen=True)
class ListMemberRemoved(Event):
    name: ClassVar[str] = "loyalty.list_member_removed"
    wording: ClassVar[Text] = _("Taken off the list %(list)s of %(policy)s")
    icon: ClassVar[str] = "ti-list"
    policy: str
    list: str


EVENTS = (
    PolicyVersionSaved,
    PolicyActivated,
    StandingGained,
    StandingChanged,
    StandingLost,
    StandingMerged,
    StandingEvaluated,
    ListMemberAdded,
    ListMemberRemoved,
)
