"""Customers as they are compared: opened in batches, a person with all ids of the group."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from guibin.core import preferences
from guibin.core.sealing import PersonKeys, token, vault
from guibin.customers import ports
from guibin.customers.models import ContactPoint, Customer, CustomerAlias, ExternalId, KeyPolicy
from guibin.customers.queries import sealed
from guibin.customers.rules.birthday import decode_birthday
from guibin.customers.rules.matching import Policies, Traits, pieces_of, traits_of
from guibin.customers.rules.profile import Texts
from guibin.customers.settings import RECYCLE_DAYS, REVIEW_FROM


def get_policies() -> Policies:
    """What the organisation decided about keys."""
    rows = KeyPolicy.objects.values_list("source", "key", "policy")
    values = preferences.get_many(RECYCLE_DAYS, REVIEW_FROM)
    return Policies(
        {(source, key): policy for source, key, policy in rows},
        recycle_days=int(values[RECYCLE_DAYS.key]),
        review_from=int(values[REVIEW_FROM.key]),
    )


def match_tokens(traits: Traits) -> list[int]:
    """The keyed tokens of a person, sorted so that their order tells nothing."""
    return sorted({token(field, piece) for field, piece in pieces_of(traits)})


def traits_of_texts(
    texts: Mapping[str, str],
    contacts: Iterable[tuple[str, str]],
    externals: Iterable[tuple[str, str]],
    source: str,
    policies: Policies,
) -> Traits:
    """A person about to be written."""
    born = texts.get("birthday", "")
    return traits_of(
        texts=texts,
        birthday=decode_birthday(born) if born else None,
        contacts=((kind, value, source) for kind, value in contacts),
        externals=externals,
        source=source,
        policies=policies,
    )


@dataclass(slots=True)
class _Opened:
    """What is stored of some customers, opened."""

    rows: Mapping[int, Customer]
    keys: PersonKeys
    contacts: Mapping[int, Sequence[tuple[str, str, str, date | None]]]
    externals: Mapping[int, Sequence[tuple[str, str]]]


def load_traits(customer_ids: Collection[int], policies: Policies) -> dict[int, Traits]:
    """Each customer alone, as their tokens are made; erased ones are absent."""
    opened = _open(customer_ids)
    return {pk: _traits(pk, (pk,), opened, policies, {}) for pk in opened.rows}


def load_people(heads: Collection[int], policies: Policies) -> dict[int, Traits]:
    """People as they are compared: the profile of the id that stands for them, keys and activity of the whole
    group. Erased ones are absent."""
    under: dict[int, list[int]] = defaultdict(list)
    aliases = CustomerAlias.objects.filter(into_id__in=heads).values_list("into_id", "customer_id")
    for head, customer_id in aliases:
        under[head].append(customer_id)
    everybody = [*heads, *(pk for ids in under.values() for pk in ids)]
    opened = _open(everybody)
    active = ports.find_last_active(everybody)
    return {
        head: _traits(head, (head, *under.get(head, ())), opened, policies, active)
        for head in heads
        if head in opened.rows
    }


def _open(customer_ids: Collection[int]) -> _Opened:
    ids = list(customer_ids)
    keys = vault().load(ids)
    rows = {row.pk: row for row in Customer.objects.filter(pk__in=ids) if row.pk in keys}
    contacts: dict[int, list[tuple[str, str, str, date | None]]] = defaultdict(list)
    points = ContactPoint.objects.filter(customer_id__in=ids)
    for owner, kind, value, source, import_id, added_at in points.values_list(
        "customer_id", "kind", "value_sealed", "source", "import_id", "added_at"
    ):
        if owner in rows:
            told = added_at.date() if import_id is None else None
            contacts[owner].append((kind, keys[owner].open(sealed.CONTACT, value), source, told))
    externals: dict[int, list[tuple[str, str]]] = defaultdict(list)
    known = ExternalId.objects.filter(customer_id__in=ids)
    for owner, source, value in known.values_list("customer_id", "source", "value_sealed"):
        if owner in rows:
            externals[owner].append((source, keys[owner].open(sealed.EXTERNAL, value)))
    return _Opened(rows, keys, contacts, externals)


def _traits(
    head: int, ids: Sequence[int], opened: _Opened, policies: Policies, active: Mapping[int, date]
) -> Traits:
    there = [pk for pk in ids if pk in opened.rows]
    row = opened.rows[head]
    texts = sealed.open_texts(row, opened.keys[head])
    born = texts.get("birthday", "")
    contacts = [each for pk in there for each in opened.contacts.get(pk, ())]
    began = [opened.rows[pk].joined_on or opened.rows[pk].created_at.date() for pk in there]
    seen = [day for *_rest, day in contacts if day] + [active[pk] for pk in there if pk in active]
    return traits_of(
        texts=_with_id_number(texts, there, opened),
        birthday=decode_birthday(born) if born else None,
        contacts=((kind, value, source) for kind, value, source, _told in contacts),
        externals=[each for pk in there for each in opened.externals.get(pk, ())],
        source=row.source,
        policies=policies,
        since=min(began),
        last_active=max(*began, *seen) if len(began) + len(seen) > 1 else began[0],
    )


def _with_id_number(texts: Texts, ids: Iterable[int], opened: _Opened) -> Texts:
    """The ID number of whoever of the group has it."""
    for pk in ids:
        if texts.get("id_number"):
            break
        number = opened.rows[pk].id_number_sealed
        texts["id_number"] = opened.keys[pk].open_or_none(sealed.ID_NUMBER, number) or ""
    return texts
