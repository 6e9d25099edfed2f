"""What answers a search: customers first, then pages and actions the reader may open."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from guibin.core.permissions import Actor
from guibin.customers import api as customers
from guibin.web.links import find_pages, link_url

CUSTOMERS_IN_BOX = 8
CUSTOMERS_ON_PAGE = 50
TEXT_MAX = 100


@dataclass(frozen=True, slots=True)
class Item:
    """One answer."""

    title: str
    note: str
    url: str
    icon: str


@dataclass(frozen=True, slots=True)
class Group:
    """Answers of one sort."""

    label: str
    items: list[Item]


def search(text: str, *, actor: Actor, limit: int = CUSTOMERS_IN_BOX) -> list[Group]:
    """Groups with at least one answer; customers only for who may see them."""
    words = text.strip()[:TEXT_MAX]
    if not words:
        return []
    groups = [
        Group(_("Customers"), _find_customers(words, actor=actor, limit=limit)),
        Group(_("Pages and actions"), [Item(p.label, "", p.url, p.icon) for p in find_pages(actor, words)]),
    ]
    return [group for group in groups if group.items]


def _find_customers(words: str, *, actor: Actor, limit: int) -> list[Item]:
    if not actor.may(customers.VIEW_CUSTOMER):
        return []
    found = []
    for hit in customers.search(words, actor=actor, limit=limit):
        card = hit.card
        note = " · ".join(part for part in (card.number, card.phone, card.city) if part)
        url = link_url("customers.profile", number=card.number)
        found.append(Item(card.name or card.latin_name or card.number, note, url, "user"))
    return found
