"""Reading customers: one, many as cards, and lists."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from guibin.core import preferences
from guibin.core.paging import Page
from guibin.core.permissions import Actor
from guibin.core.sealing import PersonKeys, vault
from guibin.customers.errors import CustomerUnknown
from guibin.customers.models import (
    AttributeValue,
    ContactPoint,
    Customer,
    CustomerAlias,
    CustomerTag,
    ExternalId,
)
from guibin.customers.queries import sealed
from guibin.customers.queries.groups import group, groups
from guibin.customers.queries.labels import as_attribute, as_tag
from guibin.customers.queries.matching import narrowed
from guibin.customers.queries.narrowing import asking_for, looked_after_by
from guibin.customers.rules.contact import mask_text, show_contact
from guibin.customers.rules.finding import read_question
from guibin.customers.rules.identity import mask_id_number
from guibin.customers.rules.profile import Texts, as_profile
from guibin.customers.rules.values import (
    AttributeFact,
    Card,
    Contact,
    CustomerView,
    ExternalRef,
    Filters,
    TagView,
)
from guibin.customers.settings import NUMBER_PREFIX, PHONE_REGION

SORTS = {"number": "serial", "joined_on": "joined_on", "city": "city", "updated_at": "updated_at"}

NOT_IN_CARDS = ("details_sealed", "id_number_sealed", "id_number_index")


def visible(actor: Actor) -> QuerySet[Customer]:
    """The customers this actor may see: all, or those who joined through their stores."""
    rows = Customer.objects.all()
    return rows if actor.store_ids is None else rows.filter(joined_store_id__in=actor.store_ids)


def stands_for(column: str) -> Coalesce:
    """Who stands for the customer whose id is in ``column``, in a query."""
    into = CustomerAlias.objects.filter(customer_id=OuterRef(column)).values("into_id")
    return Coalesce(Subquery(into), F(column), output_field=BigIntegerField())


def find_id(number: str, *, actor: Actor) -> int | None:
    """The id that stands for the person a customer number belongs to, merged numbers too; None when there is
    none to be seen."""
    bearer = Customer.objects.filter(number=number.strip().upper()).values(person=stands_for("pk"))
    return visible(actor).filter(pk__in=bearer).values_list("pk", flat=True).first()


def get_id(number: str, *, actor: Actor) -> int:
    """Raises ``CustomerUnknown``."""
    found = find_id(number, actor=actor)
    if found is None:
        raise CustomerUnknown(number=number)
    return found


def get_bearer(number: str, *, actor: Actor) -> int:
    """Who bears this number, whoever stands for them since a merge: what is new about them is written to it.
    Raises ``CustomerUnknown``, also when the person may not be seen."""
    rows = Customer.objects.filter(number=number.strip().upper()).annotate(person=stands_for("pk"))
    found = rows.filter(person__in=visible(actor).values("pk")).values_list("pk", flat=True).first()
    if found is None:
        raise CustomerUnknown(number=number)
    return found


def read_customer(customer_id: int, *, actor: Actor, masked: bool) -> CustomerView:
    """Everything about one person, by whichever of their ids: profile and status of the id that stands for
    them, the rest of all. Raises ``CustomerUnknown``."""
    ids = group(customer_id)
    row = visible(actor).filter(pk=ids[0]).first()
    if row is None:
        raise CustomerUnknown(number=customer_id)
    keys = vault().load(ids)
    texts = sealed.open_texts(row, keys.get(row.pk))
    if len(ids) > 1 and not texts.get("id_number"):
        texts["id_number"] = find_id_number(ids, keys)[1]
    if masked:
        texts |= masked_texts(texts)
    return CustomerView(
        id=row.pk,
        number=row.number,
        status=row.status,
        revision=row.revision,
        profile=as_profile(_with_coarse_birthday(texts, row)),
        age_band=row.age_band,
        contacts=_contacts(ids, keys, masked=masked),
        external_ids=_external_ids(ids, keys, masked=masked),
        tags=tags_of({row.pk: ids}).get(row.pk, ()),
        attributes=_attributes(ids, keys, masked=masked),
        source=row.source,
        created_at=row.created_at,
        updated_at=row.updated_at,
        erased_at=row.erased_at,
        is_masked=masked,
    )


def find_id_number(ids: Sequence[int], keys: PersonKeys) -> tuple[int, str]:
    """Who of a group has the ID number, and the number; the first id and "" when nobody has one."""
    rows = Customer.objects.filter(pk__in=ids, id_number_sealed__isnull=False)
    held = dict(rows.values_list("pk", "id_number_sealed"))
    for customer_id in ids:
        if customer_id in held and customer_id in keys:
            return customer_id, keys[customer_id].open_or_none(sealed.ID_NUMBER, held[customer_id]) or ""
    return ids[0], ""


def masked_texts(texts: Texts) -> Texts:
    """What a masked profile shows instead: no year of birth, a hint of the address, the end of the id."""
    birthday = texts.get("birthday", "")
    if birthday:
        calendar, _colon, numbers = birthday.partition(":")
        birthday = f"{calendar}:-{numbers.split('-', 1)[1]}"
    return {
        "birthday": birthday,
        "address": mask_text(texts.get("address", "")),
        "id_number": mask_id_number(texts.get("id_number", "")),
    }


def _with_coarse_birthday(texts: Texts, row: Customer) -> Texts:
    """A birthday of which only the coarse parts are left still shows its day."""
    return texts if texts.get("birthday") or row.birth_month is None else texts | {"birthday": _coarse(row)}


def _coarse(row: Customer) -> str:
    leap = "*" if row.birth_leap else ""
    return f"{row.birth_calendar}:-{row.birth_month:02d}-{row.birth_day:02d}{leap}"


def _contacts(ids: Sequence[int], keys: PersonKeys, *, masked: bool) -> tuple[Contact, ...]:
    """Each value once; of several preferred ones that of the id that stands for the person is it."""
    own = ids[0]
    rows = ContactPoint.objects.filter(customer_id__in=ids)
    there = sorted(
        (row for row in rows if row.customer_id in keys),
        key=lambda row: (not row.is_preferred, row.customer_id != own, row.kind, row.pk),
    )
    once: dict[tuple[str, bytes], ContactPoint] = {}
    for row in there:
        once.setdefault((row.kind, bytes(row.value_index)), row)
    preferred = [row for row in once.values() if row.is_preferred][:1]
    others = [row for row in once.values() if row not in preferred]
    others.sort(key=lambda row: (row.kind, not row.is_preferred, row.customer_id != own))
    return tuple(
        Contact(
            id=row.pk,
            kind=row.kind,  # type: ignore[arg-type]  # checked by the database
            value=show_contact(
                row.kind, keys[row.customer_id].open(sealed.CONTACT, row.value_sealed), masked=masked
            ),
            label=row.label,
            is_preferred=row.is_preferred and place == 0,
            hour_from=row.hour_from,
            hour_until=row.hour_until,
            source=row.source,
            added_at=row.added_at,
            is_masked=masked,
        )
        for place, row in enumerate([*preferred, *others])
    )


def _external_ids(ids: Sequence[int], keys: PersonKeys, *, masked: bool) -> tuple[ExternalRef, ...]:
    rows = ExternalId.objects.filter(customer_id__in=ids).order_by("source", "pk")
    opened = (
        (row.source, keys[row.customer_id].open(sealed.EXTERNAL, row.value_sealed))
        for row in rows
        if row.customer_id in keys
    )
    return tuple(
        ExternalRef(source, f"****{value[-4:]}" if masked and source == "card" else value)
        for source, value in opened
    )


def _attributes(ids: Sequence[int], keys: PersonKeys, *, masked: bool) -> tuple[AttributeFact, ...]:
    rows = (
        AttributeValue.objects.filter(customer_id__in=ids, definition__is_archived=False)
        .select_related("definition")
        .order_by("definition__position", "definition_id")
    )
    held: dict[int, AttributeValue] = {}
    for row in sorted(rows, key=lambda row: (row.customer_id != ids[0], row.customer_id)):
        held.setdefault(row.definition_id, row)
    facts = []
    for row in rows:
        key = keys.get(row.customer_id)
        if key is None or held[row.definition_id] is not row:
            continue
        hidden = masked and row.definition.privacy == "sensitive"
        value = None if hidden else key.open(sealed.ATTRIBUTE, row.value_sealed)
        facts.append(AttributeFact(as_attribute(row.definition), value, is_masked=hidden))
    return tuple(facts)


def tags_of(people: Mapping[int, Sequence[int]]) -> dict[int, tuple[TagView, ...]]:
    """The tags each person wears, by name; ``people`` are all their ids by the one that stands for them. One
    query."""
    owners = {customer_id: person for person, ids in people.items() for customer_id in ids}
    found: dict[int, dict[int, TagView]] = defaultdict(dict)
    rows = (
        CustomerTag.objects.filter(customer_id__in=owners, tag__is_archived=False)
        .select_related("tag")
        .order_by("tag__name")
    )
    for row in rows:
        found[owners[row.customer_id]][row.tag_id] = as_tag(row.tag)
    return {person: tuple(tags.values()) for person, tags in found.items()}


def get_cards(
    customer_ids: Iterable[int], *, masked: bool = True, actor: Actor | None = None
) -> dict[int, Card]:
    """The card of the person by each id asked for, also one merged into another, in five queries, however
    many; unknown ids are absent, and with ``actor`` those out of their sight."""
    people = groups(customer_ids)
    seen = Customer.objects.all() if actor is None else visible(actor)
    rows = seen.filter(pk__in={ids[0] for ids in people.values()})
    cards = {card.id: card for card in _cards(list(rows.defer(*NOT_IN_CARDS)), people, masked=masked)}
    return {asked: cards[ids[0]] for asked, ids in people.items() if ids[0] in cards}


def _for_cards(rows: QuerySet[Customer]) -> QuerySet[Customer]:
    """Rows that stand for themselves, with what a card needs: ``others`` are the ids merged into each."""
    merged = CustomerAlias.objects.filter(into=OuterRef("pk")).order_by("customer_id").values("customer_id")
    return rows.defer(*NOT_IN_CARDS).annotate(others=ArraySubquery(merged))


def _ids_of(rows: Iterable[Customer]) -> dict[int, tuple[int, ...]]:
    return {row.pk: (row.pk, *row.others) for row in rows}  # type: ignore[attr-defined]  # by _for_cards


def _cards(rows: Sequence[Customer], people: Mapping[int, Sequence[int]], *, masked: bool) -> list[Card]:
    """Cards of rows that stand for themselves; ``people`` as ``groups`` gives it."""
    if not rows:
        return []
    mine = {ids[0]: ids for ids in people.values()}
    keys = vault().load([customer_id for ids in mine.values() for customer_id in ids])
    phones = _phones(mine, keys)
    tags = tags_of(mine)
    cards = []
    for row in rows:
        key = keys.get(row.pk)
        phone = phones.get(row.pk, "")
        cards.append(
            Card(
                id=row.pk,
                number=row.number,
                status=row.status,
                name=(key.open_or_none(sealed.NAME, row.name_sealed) or "") if key else "",
                latin_name=(key.open_or_none(sealed.LATIN_NAME, row.latin_name_sealed) or "") if key else "",
                phone=show_contact("phone", phone, masked=masked) if phone else "",
                gender=row.gender,
                city=row.city,
                joined_on=row.joined_on,
                joined_store_id=row.joined_store_id,
                tags=tags.get(row.pk, ()),
                kind=row.kind,
            )
        )
    return cards


def _phones(people: Mapping[int, Sequence[int]], keys: PersonKeys) -> dict[int, str]:
    """One phone per person: the preferred one, else the first; before others that of the id that stands for
    them."""
    owners = {customer_id: person for person, ids in people.items() for customer_id in ids}
    rows = (
        ContactPoint.objects.filter(customer_id__in=owners, kind="phone")
        .order_by("customer_id", "-is_preferred", "pk")
        .distinct("customer_id")
        .values_list("customer_id", "is_preferred", "pk", "value_sealed")
    )
    best: dict[int, tuple[tuple[bool, bool, int], int, bytes]] = {}
    for owner, preferred, pk, value in rows:
        rank = (not preferred, owner != owners[owner], pk)
        if owner in keys and (owners[owner] not in best or rank < best[owners[owner]][0]):
            best[owners[owner]] = (rank, owner, bytes(value))
    return {person: keys[owner].open(sealed.CONTACT, value) for person, (_rank, owner, value) in best.items()}


def list_customers(
    filters: Filters, *, actor: Actor, sort: str = "-number", page: int = 1, size: int = 50
) -> Page[Card]:
    """A page of cards (masked), newest number first unless ``sort`` says otherwise, with the total."""
    rows = filtered(filters, actor=actor)
    total = rows.count()
    descending = sort.startswith("-")
    column = SORTS.get(sort.lstrip("-"), "serial")
    order = [f"{'-' if descending else ''}{column}", "-serial" if descending else "serial"]
    start = (page - 1) * size
    chosen = list(_for_cards(rows).order_by(*order)[start : start + size])
    return Page(_cards(chosen, _ids_of(chosen), masked=True), total, page, size)


def list_cards_below(filters: Filters, *, below: int | None, limit: int, actor: Actor) -> list[Card]:
    """Up to ``limit`` masked cards with an id under ``below``, newest first: for cursors."""
    rows = filtered(filters, actor=actor)
    if below is not None:
        rows = rows.filter(pk__lt=below)
    chosen = list(_for_cards(rows).order_by("-pk")[:limit])
    return _cards(chosen, _ids_of(chosen), masked=True)


def list_ids(filters: Filters, *, actor: Actor) -> list[int]:
    """The ids of everybody who passes the filters, ascending: for bulk actions."""
    return list(filtered(filters, actor=actor).order_by("pk").values_list("pk", flat=True))


def find_visible_ids(actor: Actor) -> frozenset[int] | None:
    """Ids of the customers an actor may see; None means all."""
    return None if actor.store_ids is None else frozenset(list_ids(Filters(statuses=()), actor=actor))


def filtered(filters: Filters, *, actor: Actor) -> QuerySet[Customer]:
    """The rows that pass ``filters`` and that ``actor`` may see; merged-away rows never."""
    rows = visible(actor).exclude(pk__in=CustomerAlias.objects.values("customer_id"))
    wanted = {
        "status__in": filters.statuses,
        "joined_store_id__in": filters.store_ids,
        "gender__in": filters.genders,
        "birth_month__in": filters.birth_months,
        "city__in": filters.cities,
        "source__in": filters.sources,
        "joined_on__gte": filters.joined_from,
        "joined_on__lte": filters.joined_until,
        "kind__in": filters.kinds,
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    if filters.tag_ids:
        worn = CustomerTag.objects.filter(tag_id__in=filters.tag_ids)
        rows = rows.filter(pk__in=worn.values(person=stands_for("customer_id")))
    if filters.staff_ids:
        rows = looked_after_by(rows, filters.staff_ids)
    if filters.requirement_ids:
        rows = asking_for(rows, filters.requirement_ids)
    if filters.text.strip():
        values = preferences.get_many(PHONE_REGION, NUMBER_PREFIX)
        question = read_question(
            filters.text, region=str(values[PHONE_REGION.key]), number_prefix=str(values[NUMBER_PREFIX.key])
        )
        found = narrowed(Customer.objects.all(), question)
        rows = rows.filter(pk__in=found.values(person=stands_for("pk")))
    return rows


def count_customers(*, status: str = "active") -> int:
    """How many customers there are with ``status``; empty counts all."""
    rows = Customer.objects.exclude(pk__in=CustomerAlias.objects.values("customer_id"))
    return rows.filter(status=status).count() if status else rows.count()


def list_cities(*, limit: int = 200) -> list[str]:
    """Cities that occur, most customers first."""
    people = Customer.objects.exclude(pk__in=CustomerAlias.objects.values("customer_id"))
    rows = people.exclude(city="").values("city").annotate(n=Count("pk")).order_by("-n", "city")
    return [row["city"] for row in rows[:limit]]
