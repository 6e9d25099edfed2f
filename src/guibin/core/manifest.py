"""What a slice offers the house. ``slice/manifest.py`` holds one ``MANIFEST``."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from django.conf import settings

from guibin.core.errors import Text
from guibin.core.permissions import Permission
from guibin.core.preferences import Setting
from guibin.core.privacy import PersonalData

if TYPE_CHECKING:
    from guibin.core.events import Event


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A line of the side menu: ``section`` groups (1 work, 2 means, 3 house), ``order`` sorts."""

    section: int
    order: int
    icon: str
    label: Text
    link: str
    permission: Permission | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A page others may point at by ``name``; ``url_name`` and its arguments stay the slice's affair.

    ``search`` words (with the label) let the search box find it; None keeps it out.
    """

    name: str
    url_name: str
    label: Text
    permission: Permission | None = None
    icon: str = ""
    search: Text | None = None


@dataclass(frozen=True, slots=True)
class HelpPage:
    """Help for one page (``key`` is its link name): a title, paragraphs, and numbered steps."""

    key: str
    title: Text
    paragraphs: Sequence[Text]
    steps: Sequence[Text] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A warehouse column: ``type`` is a PyArrow type name (int64, date32, string, bool, timestamp)."""

    name: str
    type: str
    sql: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """What insight may copy: ``columns`` of ``source`` (a FROM clause whose base table is aliased ``t``),
    keyed by ``key``; rows changed are found by ``t.changed_xid`` and deletions in the log of ``table``.
    """

    name: str
    table: str
    columns: Sequence[Column]
    key: str
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """See architecture, idea 5: declare, don't hunt. ``quick`` are ``module:name``."""

    slice: str
    permissions: Sequence[Permission] = ()
    roles: Mapping[str, Sequence[Permission]] = field(default_factory=dict)
    events: "Sequence[type[Event]]" = ()
    menu: Sequence[MenuEntry] = ()
    links: Sequence[Link] = ()
    help: Sequence[HelpPage] = ()
    settings: Sequence[Setting[Any]] = ()
    datasets: Sequence[Dataset] = ()
    personal_data: PersonalData = field(default_factory=PersonalData)
    append_only: Sequence[str] = ()
    search: Sequence[Callable[..., Any]] = ()
    quick: Sequence[str] = ()


@cache
def manifests() -> tuple[Manifest, ...]:
    """The manifests of all installed slices, bottom floor first."""
    found = [_core_manifest()]
    for name in settings.SLICES:
        module = f"guibin.{name}.manifest"
        if name != "core" and find_spec(module) is not None:
            found.append(import_module(module).MANIFEST)
    return tuple(found)


def all_permissions() -> tuple[Permission, ...]:
    return tuple(permission for manifest in manifests() for permission in manifest.permissions)


def _core_manifest() -> Manifest:
    from guibin.core.core_events import SettingChanged
    from guibin.core.personal_data import PERSONAL_DATA

    return Manifest(
        slice="core",
        events=[SettingChanged],
        personal_data=PERSONAL_DATA,
        append_only=["core_loggedevent", "core_deletion"],
    )
