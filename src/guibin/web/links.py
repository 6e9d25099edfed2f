"""Pages by registered name: ``customers.profile`` -> its address, as manifests declare them.

A name whose slice is not installed, or a page the actor may not open, gives an empty address, so that
pages show plain text instead of a link that leads nowhere.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language

from guibin.core.manifest import Link, MenuEntry, manifests
from guibin.core.permissions import Actor
from guibin.web.pinyin import pinyin_letters


@dataclass(frozen=True, slots=True)
class FoundPage:
    """A page that answers a search: its label in the active language and its address."""

    label: str
    url: str
    icon: str


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A line of the side menu, ready to draw."""

    label: str
    url: str
    icon: str
    current: bool


@cache
def registered_links() -> dict[str, Link]:
    """All links of all manifests by name."""
    return {link.name: link for manifest in manifests() for link in manifest.links}


def link_url(name: str, *, actor: Actor | None = None, **arguments: object) -> str:
    """The address of the page called ``name``; ``""`` when there is none or ``actor`` may not open it."""
    link = registered_links().get(name)
    if link is None:
        return ""
    if actor is not None and link.permission is not None and not actor.may(link.permission):
        return ""
    quick = _quickly(link.url_name, arguments)
    if quick is not None:
        return quick
    try:
        return reverse(link.url_name, kwargs=arguments or None)
    except NoReverseMatch:
        if arguments:
            raise
        return ""


PLAIN = re.compile(r"[A-Za-z-]*[0-9][A-Za-z0-9-]*")
MARKS: dict[str, object] = {"int": 90_817_263_540, "str": "mark-90817263540"}


def _quickly(url_name: str, arguments: Mapping[str, object]) -> str | None:
    """The address with one plain argument, without asking the resolver anew; None for anything else."""
    if not arguments:
        return _fixed(url_name, settings.ROOT_URLCONF)
    if len(arguments) != 1:
        return None
    ((name, value),) = arguments.items()
    kind = type(value).__name__
    if kind not in MARKS or not PLAIN.fullmatch(str(value)):
        return None
    around = _around(url_name, name, kind, settings.ROOT_URLCONF)
    return None if around is None else f"{around[0]}{value}{around[1]}"


@cache
def _fixed(url_name: str, _urls: str) -> str | None:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return None


@cache
def _around(url_name: str, argument: str, kind: str, _urls: str) -> tuple[str, str] | None:
    """What stands before and after the argument in the address; None where such an argument does not fit."""
    try:
        pieces = reverse(url_name, kwargs={argument: MARKS[kind]}).split(str(MARKS[kind]))
    except NoReverseMatch:
        return None
    return (pieces[0], pieces[1]) if len(pieces) == 2 else None


def menu_sections(actor: Actor, current: str) -> list[list[MenuItem]]:
    """The side menu of ``actor`` by section; the entry whose link is ``current`` is marked."""
    sections: dict[int, list[MenuItem]] = {}
    entries = sorted(
        (entry for manifest in manifests() for entry in manifest.menu), key=lambda e: (e.section, e.order)
    )
    active = _active_entry(entries, current)
    for entry in entries:
        url = link_url(entry.link, actor=actor)
        if url and (entry.permission is None or actor.may(entry.permission)):
            item = MenuItem(str(entry.label), url, entry.icon, entry is active)
            sections.setdefault(entry.section, []).append(item)
    return list(sections.values())


def _active_entry(entries: list[MenuEntry], current: str) -> MenuEntry | None:
    """The entry of the page itself, else the first entry of the same slice."""
    exact = next((entry for entry in entries if entry.link == current), None)
    if exact is not None or not current:
        return exact
    slice_name = current.split(".", maxsplit=1)[0]
    return next((entry for entry in entries if entry.link.split(".")[0] == slice_name), None)


def find_pages(actor: Actor, words: str, *, limit: int = 6) -> list[FoundPage]:
    """Pages and actions whose label, search words or pinyin contain ``words``, best first."""
    wanted = words.strip().casefold()
    if not wanted:
        return []
    scored = []
    for link in registered_links().values():
        if link.search is None:
            continue
        url = link_url(link.name, actor=actor)
        rank = _rank(link, wanted)
        if url and rank is not None:
            scored.append(
                (rank, str(link.label), FoundPage(str(link.label), url, link.icon or "arrow-right"))
            )
    return [page for _rank_, _label, page in sorted(scored, key=lambda found: found[:2])[:limit]]


def _rank(link: Link, wanted: str) -> int | None:
    label, more = _search_text(link, get_language() or "zh-hans")
    if label.startswith(wanted):
        return 0
    if wanted in label:
        return 1
    return 2 if wanted in more else None


@cache
def _search_text(link: Link, _language: str) -> tuple[str, str]:
    label = str(link.label)
    full, initials = pinyin_letters(label)
    return label.casefold(), f"{str(link.search).casefold()} {full} {initials}"
