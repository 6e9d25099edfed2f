"""Writing down how somebody likes to be contacted."""

from datetime import datetime

from django.db import transaction

from guibin.core.events import record, subject
from guibin.core.permissions import Actor
from guibin.customers import errors
from guibin.customers.events import ContactPreferenceSet
from guibin.customers.models import ContactPreference, Relation
from guibin.customers.operations.locking import lock_person
from guibin.customers.permissions import EDIT_CUSTOMER
from guibin.customers.queries.reaching import as_preference
from guibin.customers.rules.reaching import Preference, is_possible, pack_days


@transaction.atomic
def set_contact_preference(
    *, customer_id: int, preference: Preference, relation_id: int | None = None, actor: Actor, at: datetime
) -> bool:
    """Write how somebody likes to be contacted, with ``relation_id`` in their place in that company; an empty
    preference takes it away. Returns whether anything changed.

    Raises ``Forbidden``, ``CustomerUnknown``, ``CustomerErased``, ``PreferenceInvalid`` or
    ``RelationUnknown`` when the relation is not one by which this person works for a company.
    """
    actor.require(EDIT_CUSTOMER)
    if not is_possible(preference):
        raise errors.PreferenceInvalid
    person = lock_person(customer_id, actor=actor)
    head, ids = person.row.pk, person.ids
    if relation_id is None:
        held = ContactPreference.objects.filter(customer_id__in=ids, relation=None)
    else:
        if not Relation.objects.filter(pk=relation_id, kind="works_for", one_id__in=ids).exists():
            raise errors.RelationUnknown
        held = ContactPreference.objects.filter(relation_id=relation_id)
    rows = {row.customer_id: row for row in held}
    if preference.is_empty:
        held.delete()
    before = rows.get(head) if relation_id is None else next(iter(rows.values()), None)
    if preference == (as_preference(before) if before else Preference()) and not (
        preference.is_empty and rows
    ):
        return False
    if not preference.is_empty:
        _write(before, head, relation_id, preference, actor, at)
    record(
        ContactPreferenceSet(channel=preference.channel, relation_id=relation_id),
        subjects=[subject("customer", head)],
        actor=actor,
        at=at,
    )
    return True


def _write(
    before: ContactPreference | None,
    head: int,
    relation_id: int | None,
    preference: Preference,
    actor: Actor,
    at: datetime,
) -> None:
    columns = {
        "channel": preference.channel,
        "days": pack_days(preference.days),
        "hour_from": preference.hour_from,
        "hour_until": preference.hour_until,
        "language": preference.language,
        "quiet_from": preference.quiet_from,
        "quiet_until": preference.quiet_until,
        "set_by": actor.code,
        "set_at": at,
    }
    if before is None:
        ContactPreference.objects.create(customer_id=head, relation_id=relation_id, **columns)
    else:
        ContactPreference.objects.filter(pk=before.pk).update(**columns)
