"""Frozen values that the door hands out."""

from dataclasses import dataclass
from datetime import date, datetime

from guibin.insight.rules.scores import Cuts
from guibin.insight.rules.stages import StageThresholds


@dataclass(frozen=True, slots=True)
class RefreshResult:
    """What a refresh did. ``orders`` count (not cancelled, up to ``as_of``) with and without a customer;
    ``changed`` published rows were written; ``digest`` is over every fact row."""

    engine: str
    as_of: date
    customers: int
    orders: int
    orders_anonymous: int
    changed: int
    mode: str
    seconds: float
    digest: str
    version: str


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old the published numbers are. ``last`` None: never refreshed."""

    refreshed_at: datetime | None
    as_of: date | None
    last: RefreshResult | None
    data_last_day: date | None
    rows_waiting: int


@dataclass(frozen=True, slots=True)
class Cell:
    r: int
    f: int
    m: int
    customers: int
    net_minor: int


@dataclass(frozen=True, slots=True)
class Group:
    """A named group: ``share`` of customers and ``net_share`` of sales in per mille; ``change`` in
    customers against the comparison day (None: nothing to compare)."""

    code: str
    customers: int
    share: int
    net_minor: int
    net_share: int
    change: int | None


@dataclass(frozen=True, slots=True)
class RfmReport:
    """The diagnosis as of a day. ``outside`` customers bought nothing in the window and have no cell."""

    as_of: date
    window: str
    window_after: date | None
    method: str
    cuts: Cuts
    customers: int
    outside: int
    net_minor: int
    cells: tuple[Cell, ...]
    groups: tuple[Group, ...]
    compared_with: date | None


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """The first ``customers`` per mille (most money first) bring ``amount`` per mille."""

    customers: int
    amount: int


@dataclass(frozen=True, slots=True)
class Curve:
    """A concentration curve over the customers with money in the window; shares in per mille."""

    customers: int
    total_minor: int
    points: tuple[CurvePoint, ...]
    top5: int
    top20: int
    customers_for_80: int


@dataclass(frozen=True, slots=True)
class Concentration:
    """``profit`` None when no customer's profit is known; ``profit_known`` is the per mille of sales by
    customers whose costs are known; ``anonymous_minor`` sales without a customer are in no curve."""

    as_of: date
    window_after: date
    sales: Curve
    profit: Curve | None
    profit_known: int
    anonymous_minor: int


@dataclass(frozen=True, slots=True)
class Flow:
    source: str
    target: str
    customers: int


@dataclass(frozen=True, slots=True)
class Migration:
    """How customers moved between named groups (``outside``: no purchase in the window; ``absent``: not
    yet a customer) from one day to another."""

    from_day: date
    to_day: date
    flows: tuple[Flow, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A row of a list behind a number."""

    customer_id: int
    number: str
    stage: str
    r: int | None
    f: int | None
    m: int | None
    last_order_on: date | None
    recency_days: int | None
    orders_12m: int
    net_12m_minor: int
    net_minor: int


@dataclass(frozen=True, slots=True)
class StageCount:
    stage: str
    customers: int
    net_12m_minor: int


@dataclass(frozen=True, slots=True)
class StageReport:
    as_of: date
    limits: StageThresholds
    derived: StageThresholds
    stages: tuple[StageCount, ...]


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bar: values from ``low`` to ``high`` inclusive (None: open)."""

    low: int
    high: int | None
    customers: int
    net_12m_minor: int


@dataclass(frozen=True, slots=True)
class CategorySales:
    category_id: int | None
    name: str
    customers: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class MonthSales:
    """Net sales of one of the twelve months ``(after, until]``."""

    after: date
    until: date
    net_minor: int
    orders: int
    customers: int


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Purchase behaviour in the last twelve months. Averages are over buyers; shares in per mille."""

    as_of: date
    buyers: int
    average_spend_minor: int | None
    average_order_minor: int | None
    average_orders_milli: int | None
    repeat_share: int
    interval_median_days: float | None
    frequency: tuple[Bucket, ...]
    spend: tuple[Bucket, ...]
    intervals: tuple[Bucket, ...]
    categories: tuple[CategorySales, ...]
    months: tuple[MonthSales, ...]
