"""Standings: per customer in batches, and as lists."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Count, QuerySet, Sum

from guibin.core.paging import Page
from guibin.customers import api as customers
from guibin.loyalty.models import EvaluationRun, Standing, StandingChange
from guibin.loyalty.queries.numbers import get_formula
from guibin.loyalty.queries.policies import as_version
from guibin.loyalty.rules.ground import Ground
from guibin.loyalty.rules.receipts import reread
from guibin.loyalty.rules.score import ScoreFormula
from guibin.loyalty.values import ChangeView, Evaluation, StandingFilter, StandingView, VersionView

SORTS = {
    "level": ("rank", "spend_12m_minor", "id"),
    "spend": ("spend_12m_minor", "id"),
    "since": ("since", "id"),
    "gap": ("gap_permille", "id"),
}


class _Reader:
    """Turns rows into values, each version's rules read once."""

    def __init__(self) -> None:
        self._formula: ScoreFormula | None = None
        self._versions: dict[int, VersionView] = {}

    def version(self, row: Standing | StandingChange) -> VersionView:
        if row.version_id not in self._versions:
            self._versions[row.version_id] = as_version(row.version, row.version.policy)
        return self._versions[row.version_id]

    def standing(self, row: Standing) -> StandingView:
        version = self.version(row)
        if self._formula is None:
            self._formula = get_formula()
        return StandingView(
            customer_id=row.customer_id,
            level=version.level(row.level),
            next_level=version.level(row.next_level),
            gap_permille=row.gap_permille,
            since=row.since,
            as_of=row.as_of,
            spend_12m_minor=row.spend_12m_minor,
            currency=version.currency,
            policy_code=version.policy_code,
            policy_name=version.policy_name,
            version=version.number,
            receipt=reread(version.rules, self._formula, row.receipt),
        )

    def change(self, row: StandingChange) -> ChangeView:
        version = self.version(row)
        return ChangeView(
            customer_id=row.customer_id,
            level_from=version.level(row.level_from),
            level_to=version.level(row.level_to),
            as_of=row.as_of,
            at=row.at,
            policy_code=version.policy_code,
            version=version.number,
        )


def _rows() -> QuerySet[Standing]:
    return Standing.objects.select_related("version__policy")


def find_standings(customer_ids: Sequence[int]) -> dict[int, StandingView]:
    """{customer id: standing} for those who have one (a level, or just below the line).

    People are decided under the id that stands for them (`customers.resolve`); a merged id has none.
    """
    reader = _Reader()
    return {row.customer_id: reader.standing(row) for row in _rows().filter(customer_id__in=customer_ids)}


def _filtered(rows: QuerySet[Standing], wanted: StandingFilter) -> QuerySet[Standing]:
    if wanted.levels:
        rows = rows.filter(level__in=wanted.levels)
    if wanted.spend_min_minor is not None:
        rows = rows.filter(spend_12m_minor__gte=wanted.spend_min_minor)
    if wanted.spend_max_minor is not None:
        rows = rows.filter(spend_12m_minor__lte=wanted.spend_max_minor)
    if wanted.customer_ids is not None:
        rows = rows.filter(customer_id__in=wanted.customer_ids)
    return rows


def _page(
    rows: QuerySet[Standing], sort: str, number: int, size: int, *, descending: bool
) -> Page[StandingView]:
    reader = _Reader()
    sign = "-" if descending else ""
    ordered = rows.order_by(*(f"{sign}{name}" for name in SORTS[sort]))
    shown = ordered[(number - 1) * size : number * size]
    return Page([reader.standing(row) for row in shown], rows.count(), number, size)


def list_vips(
    *,
    wanted: StandingFilter | None = None,
    sort: str = "level",
    descending: bool = True,
    number: int = 1,
    size: int = 50,
) -> Page[StandingView]:
    """Everybody with a level. Sorts: level, spend, since, gap."""
    rows = _filtered(_rows().filter(rank__gte=1), wanted or StandingFilter())
    return _page(rows, sort, number, size, descending=descending)


def list_near_misses(
    *,
    near_permille: int,
    wanted: StandingFilter | None = None,
    sort: str = "gap",
    descending: bool = False,
    number: int = 1,
    size: int = 50,
) -> Page[StandingView]:
    """Everybody just below the line of a next level, with a level already or without; nearest first."""
    rows = _near_rows(near_permille)
    return _page(_filtered(rows, wanted or StandingFilter()), sort, number, size, descending=descending)


def _near_rows(near_permille: int) -> QuerySet[Standing]:
    return _rows().filter(gap_permille__gt=0, gap_permille__lte=near_permille).exclude(next_level="")


def count_near_misses(*, near_permille: int, customer_ids: frozenset[int] | None = None) -> int:
    """How many are just below the next line."""
    return _filtered(_near_rows(near_permille), StandingFilter(customer_ids=customer_ids)).count()


def count_levels(customer_ids: frozenset[int] | None = None) -> dict[str, tuple[int, int]]:
    """{level code: (customers, their 12-month net spend in minor units)}."""
    rows = _filtered(Standing.objects.filter(rank__gte=1), StandingFilter(customer_ids=customer_ids))
    grouped = rows.values("level").annotate(count=Count("id"), spend=Sum("spend_12m_minor")).order_by("level")
    return {row["level"]: (row["count"], row["spend"] or 0) for row in grouped}


def list_changes(customer_id: int, limit: int = 50) -> tuple[ChangeView, ...]:
    """A person's level changes under any id of theirs, newest first."""
    reader = _Reader()
    own = customers.group(customer_id)
    rows = StandingChange.objects.filter(customer_id__in=own).select_related("version__policy")
    return tuple(reader.change(row) for row in rows.order_by("-id")[:limit])


def find_latest_evaluation() -> Evaluation | None:
    """The last evaluation of everybody, if there was one."""
    rows = EvaluationRun.objects.select_related("version__policy").defer("spend_lines")
    row = rows.order_by("-id").first()
    return as_evaluation(row) if row else None


def find_ground() -> Ground | None:
    """What the last evaluation of everybody left for deciding one alone; None before there was one."""
    row = EvaluationRun.objects.order_by("-id").values_list("as_of", "left_out", "spend_lines").first()
    if row is None:
        return None
    as_of, left_out, lines = row
    if left_out is None or lines is None:  # decided before these were kept
        return None
    return Ground(as_of, tuple(left_out), lines)


def as_evaluation(row: EvaluationRun) -> Evaluation:
    """An evaluation row as a frozen value."""
    return Evaluation(
        policy_code=row.version.policy.code,
        policy_name=row.version.policy.name,
        version=row.version.number,
        currency=row.version.currency,
        as_of=row.as_of,
        at=row.at,
        customers=row.customers,
        vips=row.vips,
        near=row.near,
        gained=row.gained,
        changed=row.changed,
        lost=row.lost,
        vip_spend_12m_minor=row.vip_spend_12m_minor,
        total_12m_minor=row.total_12m_minor,
    )


def list_current_levels() -> dict[int, str]:
    """{customer id: level code} of everybody with a level today."""
    return dict(Standing.objects.filter(rank__gte=1).values_list("customer_id", "level"))


def get_as_of() -> date | None:
    """The day the standings speak of."""
    latest = find_latest_evaluation()
    return latest.as_of if latest else None
