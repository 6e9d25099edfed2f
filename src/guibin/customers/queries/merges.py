"""Merges: those that made a person, what a new one would do, and what taking one apart gives back."""

from collections.abc import Sequence

from guibin.core.sealing import PersonKeys
from guibin.customers.models import Customer, MatchPair
from guibin.customers.queries import sealed
from guibin.customers.queries.people import find_id_number
from guibin.customers.rules.profile import Texts


def source_of(merge_id: int) -> str:
    """The source under which the field history keeps what a merge wrote."""
    return f"merge:{merge_id}"


def open_person(row: Customer, ids: Sequence[int], keys: PersonKeys) -> Texts:
    """The profile of the id that stands for a person, with the ID number of whichever id has one."""
    texts = sealed.open_texts(row, keys.get(row.pk))
    if len(ids) > 1 and not texts.get("id_number"):
        texts["id_number"] = find_id_number(ids, keys)[1]
    return texts


def find_kept_apart(one: Sequence[int], other: Sequence[int]) -> tuple[int, int] | None:
    """Two ids, one of each group, of which it was decided that they are two people; None when there are
    none."""
    low = MatchPair.objects.filter(status="never", low_id__in=one, high_id__in=other)
    high = MatchPair.objects.filter(status="never", low_id__in=other, high_id__in=one)
    return low.union(high).values_list("low_id", "high_id").first()
