"""Delimiter, quote and heading row, judged from the first lines."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

DELIMITERS = (",", "\t", ";", "|", "，")
LOOK_ROWS = 40
VALUE = re.compile(
    r"[\s¥￥$€£+\-(]*[\d０-９][\d０-９.,:/\- ()年月日时分元%TZ]*|[^@\s]+@[^@\s]+|\d{4}年.*|true|false|是|否",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """``header`` is the record number of the headings, or 0 where there are none."""

    delimiter: str
    quote: str = '"'
    header: int = 1


def detect_delimiter(sample: str) -> tuple[str, str]:
    """(delimiter, quote): the one that cuts most lines into the same number of cells, more than one."""
    if (first := sample[:8].lower()).startswith("sep=") and len(first) > 4:
        return sample[4], '"'
    lines = sample.splitlines(keepends=True)[:200]
    csv.field_size_limit(len(sample) + 1)
    best, score = ",", 0.0
    for candidate in DELIMITERS:
        widths = [len(row) for row in csv.reader(lines, delimiter=candidate) if row]
        if not widths:
            continue
        width, count = max(Counter(widths).items(), key=lambda item: (item[1] * min(item[0], 4), item[0]))
        value = count / len(widths) * min(width, 12) if width > 1 else 0.0
        if value > score:
            best, score = candidate, value
    return best, '"'


def detect_header(rows: Sequence[tuple[int, list[str]]], known: frozenset[str] = frozenset()) -> int:
    """The record number of the heading row, or 0.

    Title lines above it are narrower than the table; headings are filled, distinct and no values,
    and ``known`` words (normalised) settle it at once.
    """
    if not rows:
        return 0
    width = Counter(_filled(cells) for _n, cells in rows).most_common(1)[0][0]
    for number, cells in rows[:LOOK_ROWS]:
        words = [cell.strip() for cell in cells if cell.strip()]
        if known and len(words) > 1 and sum(normalise_heading(w) in known for w in words) * 2 >= len(words):
            return number
    for number, cells in rows[:LOOK_ROWS]:
        filled = [cell.strip() for cell in cells if cell.strip()]
        if len(filled) < max(1, width - max(1, width // 4)) or (len(filled) == 1 and width > 1):
            continue
        values = sum(bool(VALUE.fullmatch(cell)) for cell in filled)
        return number if values * 4 <= len(filled) and len(set(filled)) * 2 > len(filled) else 0
    return 0


def _filled(cells: list[str]) -> int:
    return sum(1 for cell in cells if cell.strip())


_NOISE = re.compile(r"[\s_\-./\\:：*＊#（）()\[\]【】\"'“”]+")


def normalise_heading(text: str) -> str:
    """Lower case, half width, without blanks and marks: ``Customer ID`` and ``customer_id`` are one."""
    import unicodedata

    return _NOISE.sub("", unicodedata.normalize("NFKC", text).lower().lstrip("\ufeff"))


def name_columns(cells: Sequence[str], width: int) -> list[str]:
    """Headings made whole: empty ones get a number, repeated ones a counter."""
    names: list[str] = []
    seen: Counter[str] = Counter()
    for position in range(width):
        raw = cells[position].strip().lstrip("\ufeff") if position < len(cells) else ""
        name = " ".join(raw.split())[:120] or f"#{position + 1}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names
