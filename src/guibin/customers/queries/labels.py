"""Reading tags, own fields, notes and field history."""

from collections.abc import Iterable

from django.db import connection
from django.db.models import Count, Q
from django.utils.translation import get_language

from guibin.core.sealing import vault
from guibin.customers.errors import AttributeUnknown, TagUnknown
from guibin.customers.models import AttributeDefinition, CustomerTag, FieldChange, Merge, Note, Tag
from guibin.customers.queries import sealed
from guibin.customers.queries.groups import group
from guibin.customers.rules.values import Attribute, Change, NoteView, TagView


def as_tag(row: Tag, customers: int | None = None) -> TagView:
    return TagView(row.pk, row.name, row.colour, row.is_archived, customers)


def list_tags(*, archived: bool = False) -> list[TagView]:
    """Tags by name with how many customers wear each; archived ones only when asked."""
    rows = Tag.objects.filter(Q() if archived else Q(is_archived=False)).order_by("is_archived", "name")
    counts = dict(CustomerTag.objects.values_list("tag_id").annotate(n=Count("pk")))
    twice = _worn_twice()
    return [as_tag(row, counts.get(row.pk, 0) - twice.get(row.pk, 0)) for row in rows]


WORN_TWICE = """
SELECT w.tag_id, count(*) - count(DISTINCT a.into_id)
       + count(DISTINCT a.into_id) FILTER (WHERE h.customer_id IS NOT NULL)
FROM customers_customeralias a
JOIN customers_customertag w ON w.customer_id = a.customer_id
LEFT JOIN customers_customertag h ON h.customer_id = a.into_id AND h.tag_id = w.tag_id
GROUP BY w.tag_id
"""


def _worn_twice() -> dict[int, int]:
    """By tag, how often it is worn by a further id of a person who wears it already."""
    with connection.cursor() as cursor:
        cursor.execute(WORN_TWICE)
        return dict(cursor.fetchall())


def get_tag(tag_id: int) -> TagView:
    """Raises ``TagUnknown``."""
    row = Tag.objects.filter(pk=tag_id).first()
    if row is None:
        raise TagUnknown
    return as_tag(row)


def as_attribute(row: AttributeDefinition) -> Attribute:
    return Attribute(
        id=row.pk,
        code=row.code,
        label_zh=row.label_zh,
        label_en=row.label_en,
        kind=row.kind,
        unit=row.unit,
        choices=tuple((choice["code"], choice["zh"], choice.get("en", "")) for choice in row.choices),
        privacy=row.privacy,
        position=row.position,
        is_archived=row.is_archived,
    )


def attribute_label(attribute: Attribute) -> str:
    """Its name in the language spoken now."""
    english = (get_language() or "").startswith("en")
    return attribute.label_en or attribute.label_zh if english else attribute.label_zh


def choice_label(attribute: Attribute, code: str) -> str:
    """The name of one choice in the language spoken now; the code itself when it is gone."""
    english = (get_language() or "").startswith("en")
    for known, zh, en in attribute.choices:
        if known == code:
            return en or zh if english else zh
    return code


def list_attributes(*, archived: bool = False) -> list[Attribute]:
    """Own fields in the order of the form."""
    rows = AttributeDefinition.objects.filter(Q() if archived else Q(is_archived=False))
    return [as_attribute(row) for row in rows.order_by("is_archived", "position", "pk")]


def get_attribute(code: str) -> Attribute:
    """Raises ``AttributeUnknown``."""
    row = AttributeDefinition.objects.filter(code=code).first()
    if row is None:
        raise AttributeUnknown(code=code)
    return as_attribute(row)


def list_notes(customer_id: int, *, limit: int = 50) -> list[NoteView]:
    """Newest first, of all ids of the person."""
    keys = vault().load(group(customer_id))
    if not keys:
        return []
    rows = Note.objects.filter(customer_id__in=keys).order_by("-written_at", "-pk")[:limit]
    return [
        NoteView(row.pk, keys[row.customer_id].open(sealed.NOTE, row.text_sealed), row.author, row.written_at)
        for row in rows
    ]


def list_field_history(customer_id: int, *, fields: Iterable[str] = (), limit: int = 100) -> list[Change]:
    """Newest first, of all ids of the person; only ``fields`` when given. Empty once they are erased. What a
    merge brought that was taken back is another person's: that it was there is told, not what it said."""
    keys = vault().load(group(customer_id))
    if not keys:
        return []
    rows = FieldChange.objects.filter(customer_id__in=keys).exclude(field__startswith="_")
    wanted = list(fields)
    if wanted:
        rows = rows.filter(field__in=wanted)
    found = list(rows.order_by("-pk")[:limit])
    brought, given_back = _sources_undone({row.source for row in found})
    return [
        Change(
            field=row.field,
            old=(
                None
                if row.source in given_back
                else keys[row.customer_id].open_or_none(sealed.HISTORY, row.old_sealed)
            ),
            new=(
                None
                if row.source in brought
                else keys[row.customer_id].open_or_none(sealed.HISTORY, row.new_sealed)
            ),
            source=row.source,
            import_id=row.import_id,
            changed_by=row.changed_by,
            changed_at=row.changed_at,
        )
        for row in found
    ]


def _sources_undone(sources: Iterable[str]) -> tuple[set[str], set[str]]:
    """Of the sources of history lines those of merges that were taken back, and of their taking back."""
    named = [source.partition(":") for source in sources]
    ids = {int(number) for what, _colon, number in named if what in ("merge", "unmerge") and number.isdigit()}
    if not ids:
        return set(), set()
    undone = Merge.objects.filter(pk__in=ids, undone_at__isnull=False).values_list("pk", flat=True)
    return {f"merge:{pk}" for pk in undone}, {f"unmerge:{pk}" for pk in undone}
