"""What a dry run sees beyond the file itself: who of it is here already, and who comes twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Foresight:
    """``outcomes`` of the staged rows (they add up to them) with their exact ``sums``, figures for the page,
    and some of the people met twice: {row, other (a row), customer (an id), by (a key)}."""

    figures: Mapping[str, Any] = field(default_factory=dict)
    outcomes: Mapping[str, int] = field(default_factory=dict)
    sums: Mapping[str, Decimal] = field(default_factory=dict)
    same: Sequence[Mapping[str, Any]] = ()


class Register:
    """Ids by 64-bit hashes, in two sorted arrays: 16 bytes each."""

    def __init__(self) -> None:
        self._hashes: NDArray[np.uint64] = np.zeros(0, dtype=np.uint64)
        self._ids: NDArray[np.int64] = np.zeros(0, dtype=np.int64)

    def find(self, hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
        """The id of each hash, -1 where there is none."""
        places = np.searchsorted(self._hashes, hashes)
        found = np.full(len(hashes), -1, dtype=np.int64)
        inside = np.flatnonzero(places < len(self._hashes))
        hit = inside[self._hashes[places[inside]] == hashes[inside]]
        found[hit] = self._ids[places[hit]]
        return found

    def add(self, hashes: NDArray[np.uint64], ids: NDArray[np.int64]) -> None:
        """A hash that is here already keeps its id."""
        every = np.concatenate([self._hashes, hashes])
        self._hashes, firsts = np.unique(every, return_index=True)
        self._ids = np.concatenate([self._ids, ids])[firsts]


class Met:
    """64-bit hashes met so far, in 8 bytes each."""

    def __init__(self) -> None:
        self._known: NDArray[np.uint64] = np.zeros(0, dtype=np.uint64)

    def __len__(self) -> int:
        return len(self._known)

    def which(self, hashes: Sequence[int]) -> NDArray[np.bool_]:
        """Which of ``hashes`` were met before."""
        wanted = np.array(hashes, dtype=np.uint64)
        places = np.searchsorted(self._known, wanted)
        found: NDArray[np.bool_] = np.zeros(len(wanted), dtype=bool)
        inside = places < len(self._known)
        found[inside] = self._known[places[inside]] == wanted[inside]
        return found

    def add(self, hashes: Sequence[int]) -> None:
        self._known = np.union1d(self._known, np.array(hashes, dtype=np.uint64))
