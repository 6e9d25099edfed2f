"""Which customer ids are one person, since a merge: rows keep the id they were born with."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from guibin.customers import api as customers
from guibin.purchases.rules.amounts import Integers
from guibin.purchases.rules.batches import NULL_ID
from guibin.purchases.rules.columns import Booleans


def are_others(one: Integers, other: Integers) -> Booleans:
    """Where two columns of customer ids (``NULL_ID``: nobody) speak of two people. Only where the ids
    differ anybody is looked up."""
    differs: Booleans = one != other
    if differs.any():
        pair = np.stack([one[differs], other[differs]])
        ids = np.unique(pair[pair != NULL_ID])
        heads = customers.resolve(ids.tolist())
        known = np.array([*ids.tolist(), NULL_ID], dtype=np.int64)
        stands = np.array([*(heads[each] for each in ids.tolist()), NULL_ID], dtype=np.int64)
        first, second = stands[np.searchsorted(known, pair)]
        differs[differs] = first != second
    return differs


@dataclass(frozen=True, slots=True)
class Merged:
    """Those of some customers who have several ids: who stands for each id, and all ids of each."""

    stands: Mapping[int, int]
    ids: Mapping[int, tuple[int, ...]]

    def pairs(self) -> tuple[list[int], list[int]]:
        """Each customer named, beside every id of theirs."""
        found = [(named, each) for named, ids in sorted(self.ids.items()) for each in ids]
        return [named for named, _each in found], [each for _named, each in found]


def find_merged(customer_ids: Iterable[int | None]) -> Merged:
    """Of these customers, those with several ids."""
    named = {each for each in customer_ids if each is not None}
    several = {each: ids for each, ids in customers.groups(named).items() if len(ids) > 1} if named else {}
    return Merged({each: ids[0] for ids in several.values() for each in ids}, several)
