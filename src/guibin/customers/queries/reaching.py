"""Reading how people like to be contacted."""

from collections.abc import Collection, Iterable

from guibin.customers.models import ContactPreference
from guibin.customers.queries.groups import groups
from guibin.customers.rules.reaching import Preference, unpack_days


def contact_preferences(customer_ids: Iterable[int]) -> dict[int, Preference]:
    """How each likes to be contacted; who told nothing is absent. Of a merged person the preference of the id
    that stands for them counts, else the latest."""
    people = groups(customer_ids)
    everybody = {one for ids in people.values() for one in ids}
    rows = ContactPreference.objects.filter(customer_id__in=everybody, relation=None).order_by("set_at", "pk")
    told = {row.customer_id: row for row in rows}
    found = {}
    for customer_id, ids in people.items():
        own = told.get(ids[0]) or max(
            (told[one] for one in ids if one in told), key=lambda row: (row.set_at, row.pk), default=None
        )
        if own is not None:
            found[customer_id] = as_preference(own)
    return found


def place_preferences(relation_ids: Collection[int]) -> dict[int, Preference]:
    """How people like to be contacted in their place in a company, by the id of that relation."""
    rows = ContactPreference.objects.filter(relation_id__in=relation_ids)
    return {row.relation_id: as_preference(row) for row in rows if row.relation_id is not None}


def as_preference(row: ContactPreference) -> Preference:
    return Preference(
        channel=row.channel,
        days=unpack_days(row.days),
        hour_from=row.hour_from,
        hour_until=row.hour_until,
        language=row.language,
        quiet_from=row.quiet_from,
        quiet_until=row.quiet_until,
    )
