"""Where a list stands: filters, sort, page and columns, read from the address and written back to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.http import urlencode

from guibin.web.asked import read_page, read_whole
from guibin.web.listing.spec import Column, Filter, ListSpec

SIZES = (25, 50, 100)
TEXT_LENGTH_MAX = 200
DIGITS_MAX = 15


@dataclass(frozen=True, slots=True)
class NumberRange:
    """Both ends inclusive; None is open."""

    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True, slots=True)
class DayRange:
    """Both days inclusive; None is open."""

    first: date | None = None
    last: date | None = None

    @property
    def end(self) -> date | None:
        """The day after the last: the exclusive end of the period."""
        return None if self.last is None else self.last + timedelta(days=1)


FilterValue = str | bool | tuple[str, ...] | NumberRange | DayRange


@dataclass(frozen=True, slots=True)
class ListState:
    """``filters`` holds the typed value of each active filter; ``sort`` a sortable column key or ``""``."""

    filters: Mapping[str, FilterValue] = field(default_factory=dict)
    sort: str = ""
    descending: bool = False
    page: int = 1
    size: int = 50
    columns: tuple[str, ...] = ()

    def get(self, key: str) -> Any:
        """The value of one filter, None when it is not set."""
        return self.filters.get(key)

    def at_page(self, page: int, size: int | None = None) -> "ListState":
        return replace(self, page=page, size=size or self.size)

    def without(self, key: str) -> "ListState":
        """The same with one filter taken off, from its first page."""
        return replace(self, filters={k: v for k, v in self.filters.items() if k != key}, page=1)

    def sorted_by(self, column: Column) -> "ListState":
        """Sorted by ``column``; a second time turns the direction."""
        turned = (
            not self.descending
            if self.sort == column.key
            else column.right or column.kind in {"day", "moment", "ago"}
        )
        return replace(self, sort=column.key, descending=turned, page=1)

    @classmethod
    def from_request(cls, request: HttpRequest, spec: ListSpec) -> "ListState":
        """Read the address; words about a person, and whole filter forms, come in the body."""
        data: QueryDict = request.GET
        if request.method == "POST" and "_list" in request.POST:
            data = request.POST
        elif request.method == "POST":
            data = merged = QueryDict(request.META.get("QUERY_STRING", ""), mutable=True)
            for filter_ in spec.filters:
                if filter_.personal and filter_.key in request.POST:
                    merged[filter_.key] = request.POST[filter_.key]
        return cls._from_data(data, spec, personal=request.method == "POST")

    @classmethod
    def from_query(cls, spec: ListSpec, query: str) -> "ListState":
        """Read a stored or posted query string."""
        return cls._from_data(QueryDict(query.lstrip("?")), spec, personal=False)

    @classmethod
    def _from_data(cls, data: QueryDict, spec: ListSpec, *, personal: bool) -> "ListState":
        filters = {}
        for filter_ in spec.filters:
            value = _parse(filter_, data) if personal or not filter_.personal else None
            if value is not None:
                filters[filter_.key] = value
        sort = data.get("sort") or spec.sort
        key = sort.lstrip("-")
        size = read_whole(data.get("size"))
        size = size if size is not None and size in SIZES else spec.size
        return cls(
            filters=filters,
            sort=key if key in spec.sortable() else "",
            descending=sort.startswith("-"),
            page=read_page(data.get("page"), size=size),
            size=size,
            columns=_picked(data, spec),
        )

    def query(self, spec: ListSpec, *, page: bool = True) -> str:
        """The query string of this state, without personal words and without what is default."""
        pairs: list[tuple[str, str]] = []
        for key, value in self.filters.items():
            filter_ = spec.filter_by_key.get(key)
            if filter_ is not None and not filter_.personal:
                pairs += _pairs(key, value)
        sort = f"-{self.sort}" if self.descending else self.sort
        pairs += [("sort", sort)] if sort and sort != spec.sort else []
        pairs += [("size", str(self.size))] if self.size != spec.size else []
        pairs += [("columns", ",".join(self.columns))] if self.columns else []
        pairs += [("page", str(self.page))] if page and self.page > 1 else []
        return urlencode(pairs)


def _picked(data: QueryDict, spec: ListSpec) -> tuple[str, ...]:
    """The columns asked for; none when they are those shown anyway."""
    names = set(",".join(data.getlist("columns")).split(","))
    picked = tuple(column.key for column in spec.columns if column.key in names and not column.primary)
    usual = tuple(column.key for column in spec.columns if not column.hidden and not column.primary)
    return () if picked == usual else picked


def _parse(filter_: Filter, data: QueryDict) -> FilterValue | None:
    key = filter_.key
    if filter_.kind == "text":
        return data.get(key, "").replace("\x00", "").strip()[:TEXT_LENGTH_MAX] or None
    if filter_.kind == "one_day":
        one = _date(data.get(key, ""))
        return None if one is None else one.isoformat()
    if filter_.kind == "choice":
        asked = dict.fromkeys(data.getlist(key))
        known = {code for code, _label in filter_.options()} if asked else set()
        return tuple(code for code in asked if code in known) or None
    if filter_.kind == "yes_no":
        return {"1": True, "0": False}.get(data.get(key, ""))
    low, high = data.get(f"{key}_from", ""), data.get(f"{key}_to", "")
    if filter_.kind == "number":
        numbers = NumberRange(_decimal(low), _decimal(high))
        return None if numbers == NumberRange() else numbers
    days = DayRange(_date(low), _date(high))
    return None if days == DayRange() else days


def _pairs(key: str, value: FilterValue) -> list[tuple[str, str]]:
    if isinstance(value, bool):
        return [(key, "1" if value else "0")]
    if isinstance(value, str):
        return [(key, value)]
    if isinstance(value, tuple):
        return [(key, code) for code in value]
    low, high = (value.low, value.high) if isinstance(value, NumberRange) else (value.first, value.last)
    ends = [(f"{key}_from", low), (f"{key}_to", high)]
    return [(name, str(end)) for name, end in ends if end is not None]


def _decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text.replace(",", "").strip()[:20])
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value.adjusted()) <= DIGITS_MAX else None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
