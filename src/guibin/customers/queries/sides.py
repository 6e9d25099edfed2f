"""Two customers side by side: each masked, in a handful of queries however many there are."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from guibin.core.sealing import vault
from guibin.customers.models import ContactPoint, Customer, CustomerAlias
from guibin.customers.queries import sealed
from guibin.customers.rules.contact import show_contact
from guibin.customers.rules.values import CONTACT_KINDS, Birthday

SHOWN_MAX = 4


@dataclass(frozen=True, slots=True)
class Side:
    """A customer as one half of a pair. Contacts are masked; ``ids`` counts the ids under this person."""

    id: int
    number: str
    status: str
    name: str
    latin_name: str
    gender: str
    birthday: Birthday | None
    age_band: str
    province: str
    city: str
    phones: tuple[str, ...]
    emails: tuple[str, ...]
    wechats: tuple[str, ...]
    joined_on: date
    joined_store_id: int | None
    source: str
    ids: int


def list_sides(customer_ids: Collection[int]) -> dict[int, Side]:
    """By id; unknown and erased ones are absent. Contacts are those of the whole group."""
    aliases = CustomerAlias.objects.filter(into_id__in=customer_ids).values_list("customer_id", "into_id")
    heads = {head: head for head in customer_ids} | dict(aliases)
    keys = vault().load(heads)
    contacts: dict[tuple[int, str], list[str]] = defaultdict(list)
    points = ContactPoint.objects.filter(customer_id__in=heads).order_by("-is_preferred", "pk")
    for owner, kind, value in points.values_list("customer_id", "kind", "value_sealed"):
        if owner in keys:
            shown = show_contact(kind, keys[owner].open(sealed.CONTACT, value), masked=True)
            contacts[heads[owner], kind].append(shown)
    sides = {}
    for row in Customer.objects.filter(pk__in=customer_ids):
        key = keys.get(row.pk)
        if key is None:
            continue
        phones, emails, wechats = (
            tuple(dict.fromkeys(contacts[row.pk, kind]))[:SHOWN_MAX] for kind in CONTACT_KINDS
        )
        sides[row.pk] = Side(
            id=row.pk,
            number=row.number,
            status=row.status,
            name=key.open_or_none(sealed.NAME, row.name_sealed) or "",
            latin_name=key.open_or_none(sealed.LATIN_NAME, row.latin_name_sealed) or "",
            gender=row.gender,
            birthday=_birthday(row),
            age_band=row.age_band,
            province=row.province,
            city=row.city,
            phones=phones,
            emails=emails,
            wechats=wechats,
            joined_on=row.joined_on or row.created_at.date(),
            joined_store_id=row.joined_store_id,
            source=row.source,
            ids=sum(1 for head in heads.values() if head == row.pk),
        )
    return sides


def _birthday(row: Customer) -> Birthday | None:
    """The day without its year, as the coarse columns have it."""
    if row.birth_month is None or row.birth_day is None:
        return None
    if row.birth_calendar == "lunar":
        return Birthday(row.birth_month, row.birth_day, None, "lunar", row.birth_leap)
    return Birthday(row.birth_month, row.birth_day)
