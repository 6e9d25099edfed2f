"""The profile for programs in one statement: the key is checked and everything read at once.

The same answer as ``console.rest.get_profile``, which gives every other answer to this question.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from json.encoder import encode_basestring_ascii as quoted

from guibin.accounts import api as accounts
from guibin.core.composed import ComposedRead, text
from guibin.customers import api as customers
from guibin.insight import api as insight
from guibin.loyalty import api as loyalty
from guibin.web.quick import Quick, QuickRoute


@cache
def statement() -> ComposedRead:
    """``$1`` is the prefix of a key, ``$2`` a customer's number."""
    return ComposedRead(
        [
            accounts.key_part(),
            customers.head_part(),
            accounts.place_part("person.store_id"),
            insight.facts_part("person.id"),
            loyalty.standing_part("person.id"),
        ]
    )


def answer(groups: Mapping[str, str], token: str, at: datetime) -> Quick | None:
    """The profile of the customer numbered ``groups["number"]``, for the holder of a key in force."""
    parts = accounts.split_key(token)
    if parts is None:
        return None
    prefix, secret = parts
    rows = statement().run(prefix.encode(), groups["number"].upper().encode())
    key, person, place, facts, standing = rows
    actor = accounts.read_key(key, secret=secret, at=at)
    if actor is None or not actor.may(customers.VIEW_CUSTOMER):
        return None
    head = customers.read_head(person, actor=actor)
    if head is None:
        return None
    accounts.remember_use(key, at=at)
    stand = loyalty.read_stand(standing) if actor.may(loyalty.VIEW_VIPS) else None
    body = (
        f'{{"number": {quoted(head.number)}, "status": {quoted(head.status)}, "name": {quoted(head.name)}, '
        f'"phone": {quoted(head.phone)}, "store": {quoted(text(place[1]))}, '
        f'"joined_on": {_day(head.joined_on)}, '
        f'"tags": {head.tags}, "currency": {quoted(text(place[0]))}, '
        f'"as_of": {_day(insight.read_facts_day(facts))}, "facts": {insight.read_facts(facts)}, '
        f'"standing": {_standing(stand)}}}'
    )
    return Quick(actor=actor, body=body.encode())


def _day(iso: str) -> str:
    return f'"{iso}"' if iso else "null"


def _standing(stand: loyalty.Stand | None) -> str:
    if stand is None:
        return "null"
    return (
        f'{{"level": {_code(stand.level)}, "next_level": {_code(stand.next_level)}, '
        f'"gap_permille": {stand.gap_permille}, "since": {_day(stand.since)}, "as_of": {_day(stand.as_of)}, '
        f'"policy": {quoted(stand.policy)}, "version": {stand.version}, "why": {quoted(stand.why)}}}'
    )


def _code(code: str | None) -> str:
    return "null" if code is None else quoted(code)


PROFILE = QuickRoute(re.compile(r"/customers/(?P<number>[A-Za-z0-9-]{1,24})/profile"), answer)
