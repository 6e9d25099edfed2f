"""Finding people: the search box, and ids by what other systems call them, in batch."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import BooleanField, Case, When

from guibin.core import preferences
from guibin.core.permissions import Actor
from guibin.core.sealing import vault
from guibin.customers.models import ContactPoint, Customer, CustomerAlias, ExternalId
from guibin.customers.queries import sealed
from guibin.customers.queries.groups import resolve
from guibin.customers.queries.matching import narrowed
from guibin.customers.queries.people import get_cards, visible
from guibin.customers.rules.contact import normalise_email, normalise_phone
from guibin.customers.rules.finding import Question, is_whole_name, matches_name, read_question
from guibin.customers.rules.importing import clean_external
from guibin.customers.rules.values import Card
from guibin.customers.settings import NUMBER_PREFIX, PHONE_REGION

CANDIDATES_MAX = 200


@dataclass(frozen=True, slots=True)
class Hit:
    """A customer who answers a search. ``why`` is ``number``, ``phone``, ``email``, ``id`` or ``name``."""

    card: Card
    why: str


def ask(text: str) -> Question:
    """A search text read with the organisation's settings."""
    values = preferences.get_many(PHONE_REGION, NUMBER_PREFIX)
    return read_question(
        text, region=str(values[PHONE_REGION.key]), number_prefix=str(values[NUMBER_PREFIX.key])
    )


def search(text: str, *, actor: Actor, limit: int = 20) -> list[Hit]:
    """People found by name, pinyin, initials, phone (whole or last four), e-mail, number, or an id of another
    system, of whichever of their ids. Whole names first, then active customers, then the newest."""
    question = ask(text)
    if not question.text:
        return []
    met = _find_merged(question)
    shown = _candidates(question, met, actor)
    if not _needs_opening(question):
        shown = shown[:limit]
    cards = get_cards(shown)
    others = _other_names([each for pk in shown for each in met.get(pk, ())])
    hits, whole = [], set()
    for pk in shown:
        also = [others[each] for each in met.get(pk, ()) if each in others]
        hit = Hit(cards[pk], _why(question, cards[pk], also))
        names = [(hit.card.name, hit.card.latin_name), *((name, latin) for _number, name, latin in also)]
        if hit.why != "name" or any(matches_name(question, name, latin) for name, latin in names):
            hits.append(hit)
        if any(is_whole_name(question, name) for name, _latin in names):
            whole.add(pk)
    hits.sort(key=lambda hit: (hit.why != "number", hit.card.id not in whole))
    return hits[:limit]


def _find_merged(question: Question) -> dict[int, list[int]]:
    """Who was merged and answers, by the id that stands for them."""
    found = CustomerAlias.objects.filter(customer__in=narrowed(Customer.objects.all(), question))
    met: dict[int, list[int]] = defaultdict(list)
    for into, merged in found.order_by("-into_id", "pk").values_list("into_id", "customer_id")[
        :CANDIDATES_MAX
    ]:
        met[into].append(merged)
    return met


def _candidates(question: Question, met: Collection[int], actor: Actor) -> list[int]:
    """Who may answer, each person once: found themselves, or by an id that was merged into them."""
    active = Case(When(status="active", then=True), default=False, output_field=BooleanField())
    seen = visible(actor).exclude(status="erased")
    own = narrowed(seen.exclude(pk__in=CustomerAlias.objects.values("customer_id")), question)
    own = own.order_by(active.desc(), "-pk")
    found = list(own.values_list("status", "pk")[:CANDIDATES_MAX])
    if met:
        found += seen.filter(pk__in=met).values_list("status", "pk")
    found = sorted(set(found), key=lambda row: (row[0] != "active", -row[1]))
    return [pk for _status, pk in found][:CANDIDATES_MAX]


def _other_names(merged: Collection[int]) -> dict[int, tuple[str, str, str]]:
    """Number, name and spelled name that merged customers had for themselves."""
    if not merged:
        return {}
    keys = vault().load(merged)
    rows = Customer.objects.filter(pk__in=merged).values_list(
        "pk", "number", "name_sealed", "latin_name_sealed"
    )
    return {
        pk: (
            number,
            keys[pk].open_or_none(sealed.NAME, name) or "",
            keys[pk].open_or_none(sealed.LATIN_NAME, latin) or "",
        )
        for pk, number, name, latin in rows
        if pk in keys
    }


def _needs_opening(question: Question) -> bool:
    """Only text with several Chinese characters can rank or refuse by the whole name."""
    return len(question.text) > 1 and bool(question.names)


def _why(question: Question, card: Card, merged: Iterable[tuple[str, str, str]]) -> str:
    if question.number and question.number in {card.number, *(number for number, _name, _latin in merged)}:
        return "number"
    if question.email:
        return "email"
    if question.phone or question.last_four:
        return "phone"
    return "name" if question.names else "id"


def find_ids_by_external(source: str, values: Iterable[str]) -> dict[str, int]:
    """Customer id by each id that ``source`` uses; unknown ones are absent. Keys are as handed in."""
    by_index: dict[bytes, list[str]] = defaultdict(list)
    for value in values:
        by_index[sealed.external_index(clean_external(value))].append(value)
    rows = ExternalId.objects.filter(source=source, value_index__in=list(by_index))
    pairs = [(bytes(index), owner) for index, owner in rows.values_list("value_index", "customer_id")]
    return _by_value(by_index, {index: [owner] for index, owner in pairs})


def find_bearers_by_external(source: str, values: Iterable[str]) -> dict[str, int]:
    """As ``find_ids_by_external``, but who bears the id, whoever stands for them since a merge."""
    by_index: dict[bytes, list[str]] = defaultdict(list)
    for value in values:
        by_index[sealed.external_index(clean_external(value))].append(value)
    rows = ExternalId.objects.filter(source=source, value_index__in=list(by_index))
    pairs = rows.values_list("value_index", "customer_id")
    return {value: owner for index, owner in pairs for value in by_index[bytes(index)]}


def find_ids_by_phones(phones: Iterable[str]) -> dict[str, int]:
    """Customer id by phone as written; absent when unknown, impossible, or shared by several people."""
    region = preferences.get(PHONE_REGION)
    return _by_contact("phone", {phone: normalise_phone(phone, region) for phone in phones})


def find_ids_by_emails(emails: Iterable[str]) -> dict[str, int]:
    """As ``find_ids_by_phones`` for e-mail addresses."""
    return _by_contact("email", {email: normalise_email(email) for email in emails})


def _by_contact(kind: str, canonical: Mapping[str, str | None]) -> dict[str, int]:
    by_index: dict[bytes, list[str]] = defaultdict(list)
    for written, value in canonical.items():
        if value is not None:
            by_index[sealed.contact_index(kind, value)].append(written)
    owners: dict[bytes, list[int]] = defaultdict(list)
    rows = ContactPoint.objects.filter(kind=kind, value_index__in=list(by_index))
    for index, owner in rows.values_list("value_index", "customer_id"):
        owners[bytes(index)].append(owner)
    return _by_value(by_index, owners)


def _by_value(
    by_index: Mapping[bytes, Sequence[str]], owners: Mapping[bytes, Sequence[int]]
) -> dict[str, int]:
    merged = resolve({owner for each in owners.values() for owner in each})
    found: dict[str, int] = {}
    for index, each in owners.items():
        people = {merged[owner] for owner in each}
        if len(people) == 1:
            found |= dict.fromkeys(by_index[index], people.pop())
    return found


def find_ids_by_numbers(numbers: Iterable[str]) -> dict[str, int]:
    """Customer id by customer number as written; unknown ones are absent."""
    wanted = {number: number.strip().upper() for number in numbers}
    rows = dict(Customer.objects.filter(number__in=set(wanted.values())).values_list("number", "pk"))
    merged = resolve(rows.values())
    return {written: merged[rows[number]] for written, number in wanted.items() if number in rows}


def find_numbers(customer_ids: Iterable[int], *, actor: Actor | None = None) -> dict[int, str]:
    """The number of the person by each id asked for, also one merged into another; with ``actor`` those out
    of their sight are absent."""
    people = resolve(customer_ids)
    seen = Customer.objects.all() if actor is None else visible(actor)
    numbers = dict(seen.filter(pk__in=set(people.values())).values_list("pk", "number"))
    return {asked: numbers[person] for asked, person in people.items() if person in numbers}
