"""One page of a list, with the total behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
S = TypeVar("S")
REACH = 10_000
"""Rows one can turn pages to; older ones are found by filters, which cost the same in any shop."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """``rows`` of page ``number`` (from 1) at ``size`` rows a page, out of ``total``.

    Where ``is_exact`` is false there are more than ``total``: counting stopped there.
    """

    rows: Sequence[T]
    total: int
    number: int
    size: int
    is_exact: bool = True

    @property
    def pages(self) -> int:
        """Pages one can turn to."""
        return max(1, -(-min(self.total, REACH) // self.size))

    @property
    def is_cut(self) -> bool:
        """Whether there is more than one can turn pages to."""
        return not self.is_exact or self.total > REACH

    def showing(self, rows: Sequence[S]) -> "Page[S]":
        """The same place in the list with its rows dressed for showing."""
        return Page(rows, self.total, self.number, self.size, self.is_exact)

    @property
    def first(self) -> int:
        """Position of the first row shown, from 1; 0 when there is none."""
        return (self.number - 1) * self.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return (self.number - 1) * self.size + len(self.rows)
