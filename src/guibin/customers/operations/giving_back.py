"""What taking a merge back gives back: profile fields as the words that still stand leave them."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from guibin.core.sealing import PersonKeys, SealKey
from guibin.customers.models import Customer, FieldChange, Merge
from guibin.customers.operations.recording import Provenance
from guibin.customers.operations.writing import write_changes
from guibin.customers.queries import sealed
from guibin.customers.queries.merges import source_of
from guibin.customers.rules.merging import CHOSEN_FIELDS, Word, value_that_stands
from guibin.customers.rules.profile import Texts

MERGE, UNMERGE = "merge:", "unmerge:"


def give_back(
    merge: Merge, rows: Mapping[int, Customer], keys: PersonKeys, provenance: Provenance
) -> tuple[str, ...]:
    """Fields the undone ``merge`` wrote lose its word, in the kept one and in whoever took them over by a
    later merge that stands. ``rows`` and ``keys`` are of everybody in the group. Returns the fields of the
    kept one that changed."""
    texts = {pk: sealed.open_texts(row, keys[pk]) for pk, row in rows.items() if pk in keys}
    written = FieldChange.objects.filter(customer_id=merge.kept_id, source=source_of(merge.pk))
    fields = set(written.values_list("field", flat=True))
    back: tuple[str, ...] = ()
    person: int | None = merge.kept_id
    while person in texts and fields:
        changes = _restored(person, fields, texts, keys[person])
        if changes:
            write_changes(rows[person], keys[person], texts[person], changes, provenance)
            texts[person] |= changes
        if person == merge.kept_id:
            back = tuple(changes)
        fields = set(changes)
        later = Merge.objects.filter(absorbed_id=person, undone_at__isnull=True)
        person = later.values_list("kept_id", flat=True).first()
    return back


def _restored(person: int, fields: Collection[str], texts: Mapping[int, Texts], key: SealKey) -> Texts:
    """Those of ``fields`` that a merge once wrote and that come to something else now."""
    standing = dict(
        Merge.objects.filter(kept_id=person, undone_at__isnull=True).values_list("pk", "absorbed_id")
    )
    words: dict[str, list[Word]] = defaultdict(list)
    for row in FieldChange.objects.filter(customer_id=person, field__in=fields).order_by("pk"):
        if words[row.field] or row.source.startswith(MERGE):
            words[row.field].append(_word(row, key))
    changes = {}
    for field in CHOSEN_FIELDS:
        if not words.get(field):
            continue
        brought = {
            pk: texts[absorbed].get(field, "") for pk, absorbed in standing.items() if absorbed in texts
        }
        value = value_that_stands(words[field], brought)
        if value != texts[person].get(field, ""):
            changes[field] = value
    return changes


def _word(row: FieldChange, key: SealKey) -> Word:
    return Word(
        key.open_or_none(sealed.HISTORY, row.old_sealed) or "",
        key.open_or_none(sealed.HISTORY, row.new_sealed) or "",
        int(row.source.removeprefix(MERGE)) if row.source.startswith(MERGE) else None,
        derived=row.source.startswith(UNMERGE),
    )
