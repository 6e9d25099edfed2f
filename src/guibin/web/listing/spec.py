"""What a list is: its columns, filters and actions, declared once beside the view."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from guibin.core.errors import Text
from guibin.core.permissions import Actor, Permission

ColumnKind = Literal[
    "text", "number", "money", "percent", "share", "points", "day", "moment", "ago", "yes_no", "tags", "phone"
]
FilterKind = Literal["text", "choice", "number", "day", "one_day", "yes_no"]
Choices = Sequence[tuple[str, Text]]
RIGHT = frozenset({"number", "money", "percent", "points"})


def read(row: Any, key: str) -> Any:
    """A row's value called ``key``: mapping item or attribute, None when it has neither."""
    if isinstance(row, Mapping):
        return row.get(key)
    return getattr(row, key, None)


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``value`` defaults to the row's item or attribute called ``key``.

    ``kind`` decides how it is written and aligned; ``template`` draws the cell itself from ``row`` and
    ``value``. ``hidden`` columns appear only when picked. ``primary`` is bold, opens ``url`` and heads the
    card on a phone. ``export`` gives the exported value where it differs.
    """

    key: str
    label: Text
    kind: ColumnKind = "text"
    sort: bool = False
    primary: bool = False
    hidden: bool = False
    value: Callable[[Any], Any] | None = None
    url: Callable[[Any], str] | None = None
    template: str | None = None
    export: Callable[[Any], Any] | None = None
    currency: str = "CNY"
    digits: int | None = None
    note: Callable[[Any], str] | None = None
    permission: Permission | None = None

    @property
    def right(self) -> bool:
        return self.kind in RIGHT

    def read(self, row: Any) -> Any:
        return self.value(row) if self.value is not None else read(row, self.key)


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter; made by the constructors below. ``personal`` words never enter an address."""

    key: str
    label: Text
    kind: FilterKind
    choices: Choices | Callable[[], Choices] = ()
    unit: Text = ""
    personal: bool = False
    pinned: bool = False

    @classmethod
    def text(cls, key: str, label: Text, *, personal: bool = False) -> "Filter":
        """Words to search for."""
        return cls(key, label, "text", personal=personal, pinned=True)

    @classmethod
    def choice(
        cls, key: str, label: Text, choices: Choices | Callable[[], Choices], *, pinned: bool = False
    ) -> "Filter":
        """Any of several codes; ``choices`` may be a function when they come from the database."""
        return cls(key, label, "choice", choices=choices, pinned=pinned)

    @classmethod
    def number(cls, key: str, label: Text, *, unit: Text = "", pinned: bool = False) -> "Filter":
        """From and to, both inclusive, either may be open."""
        return cls(key, label, "number", unit=unit, pinned=pinned)

    @classmethod
    def day(cls, key: str, label: Text, *, pinned: bool = False) -> "Filter":
        """First and last day, both inclusive, either may be open."""
        return cls(key, label, "day", pinned=pinned)

    @classmethod
    def one_day(cls, key: str, label: Text, *, pinned: bool = False) -> "Filter":
        """One day, as an ISO date."""
        return cls(key, label, "one_day", pinned=pinned)

    @classmethod
    def yes_no(cls, key: str, label: Text, *, pinned: bool = False) -> "Filter":
        """Yes, no, or either."""
        return cls(key, label, "yes_no", pinned=pinned)

    def options(self) -> list[tuple[str, str]]:
        """Codes and labels, in the active language."""
        choices = self.choices() if callable(self.choices) else self.choices
        return [(code, str(label)) for code, label in choices]


@dataclass(frozen=True, slots=True)
class RowAction:
    """Something to do with one row. ``url`` may give ``""`` where it does not apply."""

    label: Text
    url: Callable[[Any], str]
    icon: str = ""
    permission: Permission | None = None
    method: Literal["get", "post"] = "get"
    confirm: Text = ""
    strong: bool = False


@dataclass(frozen=True, slots=True)
class BulkAction:
    """To do with the chosen rows: POSTs ``ids``, or ``everything=1`` with ``state``, to ``link``."""

    code: str
    label: Text
    link: str
    icon: str = ""
    permission: Permission | None = None
    confirm: Text = ""


@dataclass(frozen=True, slots=True)
class Empty:
    """What an empty list teaches: what would be here, and the one button that starts it."""

    title: Text
    text: Text
    button: Text = ""
    link: str = ""
    icon: str = "inbox"


@dataclass(frozen=True, slots=True)
class ListSpec:
    """A list. ``unit`` is the word after the total; ``row_id`` names the id for bulk actions."""

    name: str
    columns: Sequence[Column]
    unit: Text
    empty: Empty
    filters: Sequence[Filter] = ()
    sort: str = ""
    size: int = 50
    row_id: str = "id"
    actions: Sequence[RowAction] = ()
    bulk: Sequence[BulkAction] = ()
    export: Permission | None = None
    caption: Text = ""
    title: Text = ""
    filter_by_key: Mapping[str, Filter] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "filter_by_key", {filter_.key: filter_ for filter_ in self.filters})

    @property
    def element_id(self) -> str:
        """The id of the list's element on the page."""
        return "list-" + self.name.replace(".", "-").replace("_", "-")

    @property
    def personal(self) -> bool:
        """Whether any filter holds words about a person, so that the form must not use the address."""
        return any(filter_.personal for filter_ in self.filters)

    def sortable(self) -> frozenset[str]:
        return frozenset(column.key for column in self.columns if column.sort)

    def columns_for(self, actor: Actor) -> list[Column]:
        """The columns ``actor`` may see."""
        return [c for c in self.columns if c.permission is None or actor.may(c.permission)]
