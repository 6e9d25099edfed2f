"""The frozen values that go through loyalty's door."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import get_language

from guibin.loyalty.rules.receipts import Receipt
from guibin.loyalty.rules.tree import Level, Rules


@dataclass(frozen=True, slots=True)
class LevelView:
    """A level as pages show it: `badge` is silver, gold, platinum or diamond."""

    code: str
    name_zh: str
    name_en: str
    rank: int
    badge: str

    @property
    def name(self) -> str:
        """The name in the active language."""
        return self.name_en if get_language() == "en" else self.name_zh


def level_view(level: Level) -> LevelView:
    """A rule's level as pages show it."""
    return LevelView(level.code, level.name_zh, level.name_en, level.rank, level.badge.value)


@dataclass(frozen=True, slots=True)
class NumberView:
    """One editable number of a preset: its settings key, what it means, its value in natural units."""

    key: str
    label: str
    help: str
    value: float


@dataclass(frozen=True, slots=True)
class Preset:
    """A ready-made policy with the organisation's numbers in it."""

    code: str
    name: str
    summary: str
    numbers: Sequence[NumberView]
    rules: Rules


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version of a policy. In force from `effective_from` until before `superseded_on`."""

    id: int
    policy_code: str
    policy_name: str
    number: int
    rules: Rules
    currency: str
    effective_from: date
    superseded_on: date | None
    saved_by: str
    saved_at: datetime
    preview: Mapping[str, object]

    @property
    def levels(self) -> tuple[LevelView, ...]:
        """Levels from the highest down."""
        return tuple(level_view(level) for level in reversed(self.rules.levels))

    def level(self, code: str) -> LevelView | None:
        """The level of that code; None for no level or one that is gone."""
        return next((level for level in self.levels if level.code == code), None)


@dataclass(frozen=True, slots=True)
class PolicyView:
    """A policy with its versions, newest first."""

    id: int
    code: str
    name: str
    preset: str
    active: bool
    versions: Sequence[VersionView]

    @property
    def latest(self) -> VersionView:
        """The newest version, whether in force yet or not."""
        return self.versions[0]


@dataclass(frozen=True, slots=True)
class Member:
    """A customer decided from facts: `level` None is a near miss."""

    customer_id: int
    number: str
    level: LevelView | None
    next_level: LevelView | None
    spend_12m_minor: int
    receipt: Receipt

    @property
    def gap_permille(self) -> int:
        """Missing part of the next level's line, in permille."""
        return self.receipt.gap_permille


@dataclass(frozen=True, slots=True)
class Decided:
    """What rules make of a facts table: members by falling rank and spend, near misses by gap."""

    rules: Rules
    customers: int
    counts: Mapping[str, int]
    members: Sequence[Member]
    near: Sequence[Member]


@dataclass(frozen=True, slots=True)
class LevelPreview:
    """One level in a preview: how many, how many come and go against today, and their spend."""

    level: LevelView
    count: int
    entering: int
    leaving: int
    spend_12m_minor: int


@dataclass(frozen=True, slots=True)
class StandingFilter:
    """Which standings to list: levels (codes, empty = all), least 12-month spend, only these customers."""

    levels: tuple[str, ...] = ()
    spend_min_minor: int | None = None
    spend_max_minor: int | None = None
    customer_ids: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What rules would do, before they are saved. `token` must be handed back to save them.

    Money is 12-month net spend in minor units; `share_12m` the VIPs' part of it, 0 to 1. `samples` are a
    few members to look at; `new` and `lost` compare with the standings of today.
    """

    token: str
    as_of: date
    customers: int
    vips: int
    new: int
    lost: int
    near: int
    spend_12m_minor: int
    total_12m_minor: int
    levels: Sequence[LevelPreview]
    samples: Sequence[Member]
    warnings: Sequence[str]

    @property
    def share_12m(self) -> float:
        """The VIPs' part of the 12-month net spend."""
        return self.spend_12m_minor / self.total_12m_minor if self.total_12m_minor > 0 else 0.0


@dataclass(frozen=True, slots=True)
class StandingView:
    """Where one customer stands: `level` None is a near miss (just below the lowest line)."""

    customer_id: int
    level: LevelView | None
    next_level: LevelView | None
    gap_permille: int
    since: date | None
    as_of: date
    spend_12m_minor: int
    currency: str
    policy_code: str
    policy_name: str
    version: int
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A level gained, changed or lost."""

    customer_id: int
    level_from: LevelView | None
    level_to: LevelView | None
    as_of: date
    at: datetime
    policy_code: str
    version: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One evaluation of everybody, and what it wrote. Money is 12-month net spend in minor units."""

    policy_code: str
    policy_name: str
    version: int
    currency: str
    as_of: date
    at: datetime
    customers: int
    vips: int
    near: int
    gained: int
    changed: int
    lost: int
    vip_spend_12m_minor: int
    total_12m_minor: int

    @property
    def share_12m(self) -> float:
        """The VIPs' part of the 12-month net spend."""
        return self.vip_spend_12m_minor / self.total_12m_minor if self.total_12m_minor > 0 else 0.0
