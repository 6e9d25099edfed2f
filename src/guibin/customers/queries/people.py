"""Reading customers: one, many as cards, and lists."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

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
from guibin.customers.queries.labels import as_attribute, as_tag
from guibin.customers.queries.matching import narrowed
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


def visible(actor: Actor) -> QuerySet[Customer]:
    """The customers this actor may see: all, or those who joined through their stores."""
    rows = Customer.objects.all()
    return rows if actor.store_ids is None else rows.filter(joined_store_id__in=actor.store_ids)


def find_id(number: str, *, actor: Actor) -> int | None:
    """The id behind a customer number, merged numbers resolved; None when there is none to be seen."""
    into = CustomerAlias.objects.filter(customer_id=OuterRef("pk")).values("into_id")
    stands_for = Coalesce(Subquery(into), F("pk"), output_field=BigIntegerField())
    rows = visible(actor).filter(number=number.strip().upper())
    return rows.values_list(stands_for, flat=True).first()


def get_id(number: str, *, actor: Actor) -> int:
    """Raises ``CustomerUnknown``."""
    found = find_id(number, actor=actor)
    if found is None:
        raise CustomerUnknown(number=number)
    return found


def get_bearer(number: str, *, actor: Actor) -> int:
    """Who bears this number, whoever stands for them since a merge: what is new about them is written to it.
    Raises ``CustomerUnknown``."""
    found = visible(actor).filter(number=number.strip().upper()).values_list("pk", flat=True).first()
    if found is None:
        raise CustomerUnknown(number=number)
    return found


def read_customer(customer_id: int, *, actor: Actor, masked: bool) -> CustomerView:
    """Everything about one customer. Raises ``CustomerUnknown``."""
    row = visible(actor).filter(pk=customer_id).first()
    if row is None:
        raise CustomerUnknown(number=customer_id)
    keys = vault().load([customer_id])
    texts = sealed.open_texts(row, keys.get(customer_id))
    if masked:
        texts |= _masked(texts)
    return CustomerView(
        id=row.pk,
        number=row.number,
        status=row.status,
        revision=row.revision,
        profile=as_profile(_with_coarse_birthday(texts, row)),
        age_band=row.age_band,
        contacts=_contacts(customer_id, keys, masked=masked),
        external_ids=_external_ids(customer_id, keys, masked=masked),
        tags=tags_of([customer_id]).get(customer_id, ()),
        attributes=_attributes(customer_id, keys, masked=masked),
        source=row.source,
        created_at=row.created_at,
        updated_at=row.updated_at,
        erased_at=row.erased_at,
        is_masked=masked,
    )


def _masked(texts: Texts) -> Texts:
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


def _contacts(customer_id: int, keys: PersonKeys, *, masked: bool) -> tuple[Contact, ...]:
    key = keys.get(customer_id)
    if key is None:
        return ()
    rows = ContactPoint.objects.filter(customer_id=customer_id).order_by("-is_preferred", "kind", "pk")
    return tuple(
        Contact(
            id=row.pk,
            kind=row.kind,  # type: ignore[arg-type]  # checked by the database
            value=show_contact(row.kind, key.open(sealed.CONTACT, row.value_sealed), masked=masked),
            label=row.label,
            is_preferred=row.is_preferred,
            hour_from=row.hour_from,
            hour_until=row.hour_until,
            source=row.source,
            added_at=row.added_at,
            is_masked=masked,
        )
        for row in rows
    )


def _external_ids(customer_id: int, keys: PersonKeys, *, masked: bool) -> tuple[ExternalRef, ...]:
    key = keys.get(customer_id)
    if key is None:
        return ()
    rows = ExternalId.objects.filter(customer_id=customer_id).order_by("source", "pk")
    opened = ((row.source, key.open(sealed.EXTERNAL, row.value_sealed)) for row in rows)
    return tuple(
        ExternalRef(source, f"****{value[-4:]}" if masked and source == "card" else value)
        for source, value in opened
    )


def _attributes(customer_id: int, keys: PersonKeys, *, masked: bool) -> tuple[AttributeFact, ...]:
    key = keys.get(customer_id)
    if key is None:
        return ()
    rows = (
        AttributeValue.objects.filter(customer_id=customer_id, definition__is_archived=False)
        .select_related("definition")
        .order_by("definition__position", "definition_id")
    )
    facts = []
    for row in rows:
        hidden = masked and row.definition.privacy == "sensitive"
        value = None if hidden else key.open(sealed.ATTRIBUTE, row.value_sealed)
        facts.append(AttributeFact(as_attribute(row.definition), value, is_masked=hidden))
    return tuple(facts)


def tags_of(customer_ids: Collection[int]) -> dict[int, tuple[TagView, ...]]:
    """The tags each customer wears, by name; one query."""
    found: dict[int, list[TagView]] = defaultdict(list)
    rows = (
        CustomerTag.objects.filter(customer_id__in=customer_ids, tag__is_archived=False)
        .select_related("tag")
        .order_by("tag__name")
    )
    for row in rows:
        found[row.customer_id].append(as_tag(row.tag))
    return {customer_id: tuple(tags) for customer_id, tags in found.items()}


def get_cards(
    customer_ids: Iterable[int], *, masked: bool = True, actor: Actor | None = None
) -> dict[int, Card]:
    """Cards by id in four queries, however many; unknown ids are absent, and with ``actor`` those out of
    their sight."""
    seen = Customer.objects.all() if actor is None else visible(actor)
    rows = seen.filter(pk__in=list(customer_ids)).defer(
        "details_sealed", "id_number_sealed", "id_number_index"
    )
    return {card.id: card for card in _cards(list(rows), masked=masked)}


def _cards(rows: Sequence[Customer], *, masked: bool) -> list[Card]:
    ids = [row.pk for row in rows]
    if not ids:
        return []
    keys = vault().load(ids)
    phones = _phones(ids, keys)
    tags = tags_of(ids)
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
            )
        )
    return cards


def _phones(customer_ids: Collection[int], keys: PersonKeys) -> dict[int, str]:
    """One phone per customer: the preferred one, else the first."""
    rows = (
        ContactPoint.objects.filter(customer_id__in=customer_ids, kind="phone")
        .order_by("customer_id", "-is_preferred", "pk")
        .distinct("customer_id")
        .values_list("customer_id", "value_sealed")
    )
    return {owner: keys[owner].open(sealed.CONTACT, value) for owner, value in rows if owner in keys}


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
    chosen = rows.defer("details_sealed", "id_number_sealed", "id_number_index").order_by(*order)
    return Page(_cards(list(chosen[start : start + size]), masked=True), total, page, size)


def list_cards_below(filters: Filters, *, below: int | None, limit: int, actor: Actor) -> list[Card]:
    """Up to ``limit`` masked cards with an id under ``below``, newest first: for cursors."""
    rows = filtered(filters, actor=actor)
    if below is not None:
        rows = rows.filter(pk__lt=below)
    chosen = rows.defer("details_sealed", "id_number_sealed", "id_number_index").order_by("-pk")
    return _cards(list(chosen[:limit]), masked=True)


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
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    if filters.tag_ids:
        rows = rows.filter(
            pk__in=CustomerTag.objects.filter(tag_id__in=filters.tag_ids).values("customer_id")
        )
    if filters.text.strip():
        values = preferences.get_many(PHONE_REGION, NUMBER_PREFIX)
        question = read_question(
            filters.text, region=str(values[PHONE_REGION.key]), number_prefix=str(values[NUMBER_PREFIX.key])
        )
        rows = narrowed(rows, question)
    return rows


def count_customers(*, status: str = "active") -> int:
    """How many customers there are with ``status``; empty counts all."""
    rows = Customer.objects.exclude(pk__in=CustomerAlias.objects.values("customer_id"))
    return rows.filter(status=status).count() if status else rows.count()


def list_cities(*, limit: int = 200) -> list[str]:
    """Cities that occur, most customers first."""
    rows = Customer.objects.exclude(city="").values("city").annotate(n=Count("pk")).order_by("-n", "city")
    return [row["city"] for row in rows[:limit]]
