"""Reading how customers are related: over the group of each, from their side."""

import json
from base64 import b64decode
from collections.abc import Collection, Iterable, Mapping

from django.db.models import Q

from guibin.core.sealing import PersonKeys, vault
from guibin.customers.models import Relation
from guibin.customers.queries import sealed
from guibin.customers.queries.groups import groups, resolve
from guibin.customers.rules.relations import ROLES, Bond, RelationView, role_seen


def list_relations(customer_id: int) -> list[RelationView]:
    """``relations_of`` one."""
    return relations_of([customer_id])[customer_id]


def relations_of(customer_ids: Iterable[int]) -> dict[int, list[RelationView]]:
    """The relations of each, over all ids of the person: those in force first, in the order of ``ROLES``.
    Those that a merge made relations to oneself are left out, and rest in their rows."""
    people = groups(customer_ids)
    everybody = {one for ids in people.values() for one in ids}
    rows = list(find_rows(everybody))
    heads = resolve({pk for row in rows for pk in (row.one_id, row.other_id)})
    keys = vault().load(list(heads)) if rows else {}
    found: dict[int, list[RelationView]] = {}
    for customer_id, ids in people.items():
        views = [
            _view(row, ids[0], heads, keys)
            for row in rows
            if ids[0] in {heads[row.one_id], heads[row.other_id]} and heads[row.one_id] != heads[row.other_id]
        ]
        found[customer_id] = sorted(
            views, key=lambda view: (view.until is not None, ROLES.index(view.role), view.id)
        )
    return found


def find_rows(customer_ids: Collection[int]) -> Iterable[Relation]:
    """The rows that name any of these ids, oldest first."""
    return Relation.objects.filter(Q(one_id__in=customer_ids) | Q(other_id__in=customer_ids)).order_by("pk")


def bonds_of(customer_ids: Iterable[int], *, without: int | None = None) -> list[Bond]:
    """All relations of these people with ids that stand for them; ``without`` leaves one row out."""
    everybody = {one for ids in groups(customer_ids).values() for one in ids}
    rows = [row for row in find_rows(everybody) if row.pk != without]
    heads = resolve({pk for row in rows for pk in (row.one_id, row.other_id)})
    return [
        Bond(heads[row.one_id], heads[row.other_id], row.kind, row.since, row.until)
        for row in rows
        if heads[row.one_id] != heads[row.other_id]
    ]


def _view(row: Relation, me: int, heads: Mapping[int, int], keys: PersonKeys) -> RelationView:
    from_first = heads[row.one_id] == me
    title, remark = open_details(row, keys)
    return RelationView(
        id=row.pk,
        customer_id=me,
        born_id=row.one_id if from_first else row.other_id,
        other_id=heads[row.other_id if from_first else row.one_id],
        role=role_seen(row.kind, from_first=from_first),
        since=row.since,
        until=row.until,
        contact_role=row.contact_role,
        decides=row.decides,
        title=title,
        remark=remark,
        revision=row.revision,
        added_by=row.added_by,
        added_at=row.added_at,
    )


def open_details(row: Relation, keys: PersonKeys) -> tuple[str, str]:
    """Title and remark; empty where there are none, or one of the two is erased."""
    first, second = keys.get(row.one_id), keys.get(row.other_id)
    if row.details_sealed is None or first is None or second is None:
        return "", ""
    inner = b64decode(second.open(sealed.RELATION, row.details_sealed))
    title, remark = json.loads(first.open(sealed.RELATION, inner))
    return str(title), str(remark)
