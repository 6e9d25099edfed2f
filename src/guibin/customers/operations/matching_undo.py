"""Before an import is taken back: what a rule joined because of it is taken apart again."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from guibin.core.events import Origin
from guibin.core.permissions import SYSTEM
from guibin.customers.models import Customer, FieldChange, MatchPair, Merge
from guibin.customers.operations.merging import undo_merge


def part_imported(*, import_id: int, staying: Collection[int], at: datetime) -> None:
    """Undo the merges by exact keys of customers this import made, but for those in ``staying``, the newest
    first, and leave no trace of them but in the event log: whoever is still there is compared anew."""
    made = set(Customer.objects.filter(import_id=import_id).values_list("pk", flat=True))
    if not made:
        return
    merges = Merge.objects.filter(Q(absorbed__in=made) | Q(kept__in=made), reason="exact")
    for merge in merges.filter(undone_at__isnull=True).order_by("-pk"):
        if not {merge.kept_id, merge.absorbed_id} & made - set(staying):
            continue
        undo_merge(merge_id=merge.pk, keep_apart=False, actor=SYSTEM, at=at, origin=Origin.IMPORT)
        _forget(merge, made)


def _forget(merge: Merge, made: Collection[int]) -> None:
    sources = (f"merge:{merge.pk}", f"unmerge:{merge.pk}")
    FieldChange.objects.filter(customer_id=merge.kept_id, source__in=sources).delete()
    imported = {merge.kept_id, merge.absorbed_id} & set(made)
    touched = FieldChange.objects.filter(customer_id__in=imported, import_id=None).values("customer_id")
    untouched = Customer.objects.filter(pk__in=imported, status="active").exclude(pk__in=touched)
    untouched.update(revision=1)  # merging passed them a higher one; as they came in they may go again
    low, high = sorted((merge.kept_id, merge.absorbed_id))
    MatchPair.objects.filter(low_id=low, high_id=high).exclude(status="never").delete()
    Merge.objects.filter(pk=merge.pk).delete()
