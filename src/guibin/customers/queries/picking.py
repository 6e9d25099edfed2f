"""Customers as a picker shows them: found by words, or named by their numbers. Phones are masked."""

from collections.abc import Iterable

from guibin.core.permissions import Actor
from guibin.customers.queries.finding import find_ids_by_numbers, search
from guibin.customers.queries.people import get_cards, visible
from guibin.customers.rules.values import Card
from guibin.web.picking import Pick

FOUND_MAX = 8
TEXT_MAX = 100


def search_picks(text: str, *, actor: Actor) -> list[Pick]:
    """Who answers these words, at most ``FOUND_MAX``: the same answers as the search box."""
    return [_pick(hit.card) for hit in search(text.strip()[:TEXT_MAX], actor=actor, limit=FOUND_MAX)]


def find_picks(numbers: Iterable[str], *, actor: Actor) -> list[Pick]:
    """These customers, in the order of their numbers; unknown ones and those out of sight are left out."""
    ids = find_ids_by_numbers(numbers)
    seen = set(visible(actor).filter(pk__in=ids.values()).values_list("pk", flat=True))
    cards = get_cards(seen)
    return [_pick(cards[customer_id]) for customer_id in dict.fromkeys(ids.values()) if customer_id in cards]


def _pick(card: Card) -> Pick:
    note = " · ".join(part for part in (card.number, card.phone, card.city) if part)
    return Pick(card.number, card.name or card.latin_name or card.number, note)
