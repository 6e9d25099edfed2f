"""The door of insight: refresh, facts, and the reports made of them.

Everything takes an as-of day; None means the organisation's day (see ``current_day``).

What counts facts or opens the warehouse is imported by the functions that do it: Arrow, DuckDB and Ibis take
more than a second to load, and most processes only read what was published.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from guibin.core import clock, jobs
from guibin.core.paging import Page
from guibin.core.permissions import SYSTEM, Actor
from guibin.insight import queueing
from guibin.insight.errors import CutsInvalid, EngineMissing, EngineUnknown, GroupUnknown, NeverRefreshed
from guibin.insight.parts import facts_part, read_fact_row, read_facts, read_facts_day
from guibin.insight.permissions import REFRESH_FACTS, VIEW_REPORTS
from guibin.insight.queries import freshness as fresh
from guibin.insight.queries import live, published
from guibin.insight.queries.live import LIVE_EVENTS
from guibin.insight.reports import (
    Behaviour,
    Bucket,
    Cell,
    Concentration,
    Curve,
    Flow,
    Freshness,
    Group,
    Member,
    Migration,
    RefreshResult,
    RfmReport,
    StageReport,
)
from guibin.insight.rules.count import Fact
from guibin.insight.rules.fact_row import FACT_NAMES
from guibin.insight.rules.scores import GROUPS, Cuts, group_of
from guibin.insight.rules.stages import Stage, StageThresholds
from guibin.insight.wording import GROUP_ADVICE, GROUP_LABELS, GROUP_TRAITS, STAGE_LABELS

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "FACT_NAMES",
    "GROUPS",
    "GROUP_ADVICE",
    "GROUP_LABELS",
    "GROUP_TRAITS",
    "LIVE_EVENTS",
    "REFRESH_FACTS",
    "STAGE_LABELS",
    "VIEW_REPORTS",
    "Behaviour",
    "Bucket",
    "Cell",
    "Concentration",
    "Curve",
    "Cuts",
    "CutsInvalid",
    "EngineMissing",
    "EngineUnknown",
    "Fact",
    "Flow",
    "Freshness",
    "Group",
    "GroupUnknown",
    "Member",
    "Migration",
    "NeverRefreshed",
    "RefreshResult",
    "RfmReport",
    "Stage",
    "StageReport",
    "StageThresholds",
    "behaviour",
    "cell_members",
    "concentration",
    "current_day",
    "data_last_day",
    "facts_for",
    "facts_part",
    "facts_table",
    "find_live_buyers",
    "find_published_day",
    "find_running_refresh",
    "freshness",
    "group_members",
    "group_of",
    "live_facts",
    "live_facts_for",
    "load_engine",
    "migration",
    "queue_refresh",
    "read_fact_row",
    "read_facts",
    "read_facts_day",
    "refresh",
    "rfm_report",
    "stage_members",
    "stage_report",
    "stage_thresholds",
]

Progress = Callable[[int, int], None]


def refresh(
    *,
    as_of: date | None = None,
    engine: str | None = None,
    progress: Progress | None = None,
    actor: Actor = SYSTEM,
    at: datetime | None = None,
) -> RefreshResult:
    """Bring the warehouse up to date, count and publish the facts as of a day.

    Copies what changed since the last run (everything the first time), then swaps the new version in.
    Concurrent calls wait for each other. ``engine`` is ``duckdb`` (default, or ``GUIBIN_ENGINE``) or
    ``spark``; ``progress(done, total)`` is called between steps. Call it outside a transaction: it
    reads committed data on its own connection. Raises ``EngineUnknown``, ``EngineMissing``.
    """
    from guibin.insight import operations

    return operations.refresh(
        actor=actor, at=at or clock.now(), as_of=as_of, engine=engine, progress=progress
    )


def load_engine() -> None:
    """Import what counts facts, a second's work, so that no page waits for it."""
    from guibin.insight.facts import engine
    from guibin.insight.queries import behaviour, facts, rfm, worth

    _ = engine, behaviour, facts, rfm, worth


def queue_refresh(*, actor: Actor = SYSTEM) -> int:
    """Queue a refresh in the caller's transaction unless one already waits; returns the run to watch.

    For reactions (after an import) and buttons; the refresh itself runs in the worker.
    """
    return queueing.queue_refresh(actor=actor, at=clock.now())


def find_published_day() -> date | None:
    """The day the published facts speak of; None before the first refresh. One query, unlike `freshness`."""
    return published.find_published_day()


def find_running_refresh() -> jobs.Progress | None:
    """The refresh that waits its turn or runs now, None when there is none."""
    return queueing.find_running()


def current_day() -> date:
    """The day reports speak of when none is named: the organisation's setting, or today."""
    return published.get_current_day()


def data_last_day() -> date | None:
    """The day of the last order or refund in the database, None for an empty shop."""
    return fresh.find_data_last_day()


def freshness() -> Freshness:
    """When the numbers were made, as of which day, and how many changed rows wait for the next refresh."""
    return fresh.get_freshness()


def facts_table(*, as_of: date | None = None, columns: Sequence[str] | None = None) -> "pa.Table":
    """One row per customer (``FACT_NAMES``), ordered by customer id; made on demand and kept per
    warehouse version. Raises ``NeverRefreshed``."""
    from guibin.insight.queries.facts import get_facts_table

    return get_facts_table(as_of=as_of, columns=columns)


def facts_for(customer_ids: Sequence[int], *, as_of: date | None = None) -> Mapping[int, Mapping[str, Fact]]:
    """Fact rows of a few customers by id; customers without facts are left out. One indexed query for
    the published day. ``as_of`` None means the day last published."""
    day = published.find_published_day()
    if day is None:
        return {}
    if as_of is None or as_of == day:
        return published.get_published_facts(customer_ids, day)
    from guibin.insight.queries.facts import get_facts_of_day

    return get_facts_of_day(customer_ids, as_of)


def live_facts(customer_id: int, *, as_of: date | None = None) -> Mapping[str, Fact] | None:
    """As ``live_facts_for`` of one customer; None for an unknown one."""
    return live.find_live_facts([customer_id], as_of=as_of).get(customer_id)


def live_facts_for(
    customer_ids: Sequence[int], *, as_of: date | None = None
) -> Mapping[int, Mapping[str, Fact]]:
    """Fact rows of few people by the id that stands for each (any of their ids may be named), counted now
    from the database, judged by the thresholds and cut points last published.

    For a decision right after a change; runs in the caller's transaction. Customers who are unknown, or
    were none yet on ``as_of``, are left out, and everybody before the first refresh.
    """
    return live.find_live_facts(customer_ids, as_of=as_of)


def find_live_buyers() -> list[int]:
    """Ids of customers with purchases (``LIVE_EVENTS``) that the facts table may not know yet; never one
    too few. Ask before the table is read: a refresh may end in between."""
    return live.find_live_buyers()


def stage_thresholds(*, as_of: date | None = None) -> StageThresholds:
    """The lifecycle thresholds in force: the organisation's own, else derived from its intervals."""
    from guibin.insight.queries.worth import get_thresholds

    return get_thresholds(as_of=as_of)


def stage_report(*, as_of: date | None = None) -> StageReport:
    """Customers and sales by lifecycle stage, with the thresholds in force and those the data propose."""
    from guibin.insight.queries.worth import get_stage_report

    return get_stage_report(as_of=as_of)


def rfm_report(
    *, as_of: date | None = None, method: str | None = None, cuts: Cuts | None = None
) -> RfmReport:
    """The RFM diagnosis. ``method`` is ``quintiles`` or ``own`` (needs ``cuts``, or those of the
    settings); compared with three months earlier where there were customers then."""
    from guibin.insight.queries.rfm import get_rfm_report

    return get_rfm_report(as_of=as_of, method=method, cuts=cuts)


def concentration(*, as_of: date | None = None) -> Concentration:
    """What share of the year's sales, and of profit where costs are known, the best customers bring."""
    from guibin.insight.queries.worth import get_concentration

    return get_concentration(as_of=as_of)


def migration(from_day: date, to_day: date) -> Migration:
    """How customers moved between the named groups."""
    from guibin.insight.queries.rfm import get_migration

    return get_migration(from_day, to_day)


def behaviour(*, as_of: date | None = None) -> Behaviour:
    """Frequency, spend, intervals, repeat purchases, categories and months of the last year."""
    from guibin.insight.queries.behaviour import get_behaviour

    return get_behaviour(as_of=as_of)


def cell_members(
    *,
    as_of: date | None = None,
    actor: Actor,
    r: int | None,
    f: int | None,
    m: int | None,
    page: int = 1,
    size: int = 50,
) -> Page[Member]:
    """The customers of a cell (None: any score) whom ``actor`` may see, most net spend first."""
    from guibin.customers import api as customers
    from guibin.insight.queries import rfm

    only = [(score,) if score is not None else () for score in (r, f, m)]
    chosen = rfm.Chosen(r=only[0], f=only[1], m=only[2], customer_ids=customers.find_visible_ids(actor))
    return rfm.list_members(as_of=as_of, chosen=chosen, page=page, size=size)


def group_members(
    group: str, *, actor: Actor, as_of: date | None = None, page: int = 1, size: int = 50
) -> Page[Member]:
    """The customers of a named group (``GROUPS``) whom ``actor`` may see, most net spend
    first. Raises ``GroupUnknown``."""
    from guibin.customers import api as customers
    from guibin.insight.queries import rfm

    chosen = rfm.Chosen(groups=(group,), customer_ids=customers.find_visible_ids(actor))
    return rfm.list_members(as_of=as_of, chosen=chosen, page=page, size=size)


def stage_members(
    stage: Stage, *, actor: Actor, as_of: date | None = None, page: int = 1, size: int = 50
) -> Page[Member]:
    """The customers of a lifecycle stage whom ``actor`` may see, most net spend first."""
    from guibin.customers import api as customers
    from guibin.insight.queries import rfm

    chosen = rfm.Chosen(stages=(stage.value,), customer_ids=customers.find_visible_ids(actor))
    return rfm.list_members(as_of=as_of, chosen=chosen, page=page, size=size)
