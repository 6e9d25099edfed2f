"""Whole numbers as addresses and forms bring them: whatever stands there, never a failure."""

from collections.abc import Iterable

from guibin.core.paging import REACH

LARGEST = 2**63 - 1  # of an id in the database


def read_whole(text: str | None, *, largest: int = LARGEST) -> int | None:
    """A whole number from 0 to ``largest`` in plain digits; None for anything else."""
    if not text or not text.isascii() or not text.isdecimal() or len(text) > len(str(LARGEST)):
        return None
    number = int(text)
    return number if number <= largest else None


def read_all(texts: Iterable[str]) -> tuple[int, ...]:
    """The whole numbers among ``texts``."""
    found = (read_whole(text) for text in texts)
    return tuple(number for number in found if number is not None)


def read_page(text: str | None, *, size: int) -> int:
    """The page asked for: the first where none is, at most the last one can turn to."""
    return min(max(read_whole(text) or 1, 1), -(-REACH // size))
