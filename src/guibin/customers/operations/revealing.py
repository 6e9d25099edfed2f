"""Looking at unmasked personal data: with a permission, a reason, and a trace."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from guibin.core.events import Entry, record_many, subject
from guibin.core.permissions import Actor
from guibin.customers.errors import CustomerUnknown, ReasonUnknown
from guibin.customers.events import PersonalDataRevealed
from guibin.customers.permissions import REVEAL_CUSTOMER
from guibin.customers.queries.groups import group, groups
from guibin.customers.queries.labels import list_field_history
from guibin.customers.queries.people import get_cards, read_customer, visible
from guibin.customers.rules.values import REVEAL_REASONS, Card, Change, CustomerView


@transaction.atomic
def reveal_customer(*, customer_id: int, reason: str, actor: Actor, at: datetime) -> CustomerView:
    """Everything about one customer, unmasked. ``reason`` is one of ``REVEAL_REASONS``.

    Raises ``Forbidden``, ``ReasonUnknown`` or ``CustomerUnknown``.
    """
    _allow(reason, actor)
    view = read_customer(customer_id, actor=actor, masked=False)
    _trace([group(customer_id)], reason, actor=actor, at=at)
    return view


@transaction.atomic
def reveal_cards(
    *, customer_ids: Collection[int], reason: str, actor: Actor, at: datetime
) -> dict[int, Card]:
    """Cards with whole phone numbers, each look recorded. Raises as ``reveal_customer``."""
    _allow(reason, actor)
    cards = get_cards(customer_ids, masked=False, actor=actor)
    if not cards and customer_ids:
        raise CustomerUnknown(number="")
    people = {ids[0]: ids for ids in groups(cards).values()}
    _trace([people[head] for head in sorted(people)], reason, actor=actor, at=at)
    return cards


@transaction.atomic
def reveal_history(
    *, customer_id: int, reason: str, limit: int = 100, actor: Actor, at: datetime
) -> list[Change]:
    """Field history with its values, newest first; the look is recorded. Raises as ``reveal_customer``."""
    _allow(reason, actor)
    ids = group(customer_id)
    if not visible(actor).filter(pk=ids[0]).exists():
        raise CustomerUnknown(number=customer_id)
    changes = list_field_history(customer_id, limit=limit)
    if changes:
        _trace([ids], reason, actor=actor, at=at)
    return changes


def _allow(reason: str, actor: Actor) -> None:
    actor.require(REVEAL_CUSTOMER)
    if reason not in REVEAL_REASONS:
        raise ReasonUnknown


def _trace(people: Collection[Sequence[int]], reason: str, *, actor: Actor, at: datetime) -> None:
    """One event for each person, which names every id of theirs."""
    event = PersonalDataRevealed(reason=reason)
    entries = [Entry(event, [subject("customer", customer_id) for customer_id in ids]) for ids in people]
    record_many(entries, actor=actor, at=at, batch_id=None)
