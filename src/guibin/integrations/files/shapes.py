"""What a column's cells look like over the whole file: counts of shapes, not the values themselves.

A shape has 9 for each run of digits' digit, A for Latin letters, 文 for Chinese ones, so that a
million rows fold into a few hundred shapes, and a date format is decided from all of them.
"""

import re
from collections import Counter
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

SHAPES_MAX = 400
SAMPLES_MAX = 200
THREE_PARTS = r"^\s*(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<c>\d{2}|\d{4})(?:\D.*)?$"
LEADING_ZERO = re.compile(r"0\d+")


@dataclass(slots=True)
class Shape:
    """Running figures of one column."""

    filled: int = 0
    empty: int = 0
    shapes: Counter[str] = field(default_factory=Counter)
    samples: dict[str, int] = field(default_factory=dict)
    first_max: int = 0
    second_max: int = 0
    third_max: int = 0
    length_max: int = 0
    leading_zeros: int = 0
    exponents: int = 0
    padded: int = 0

    def add(self, column: pa.StringArray) -> None:
        counts = pc.value_counts(column)
        values, weights = counts.field("values"), counts.field("counts").to_numpy()
        trimmed = pc.utf8_trim_whitespace(values)
        shapes = _shapes(trimmed)
        lengths = pc.max(pc.utf8_length(values)).as_py() or 0
        self.length_max = max(self.length_max, lengths)
        self.padded += int(weights[pc.not_equal(trimmed, values).to_numpy(zero_copy_only=False)].sum())
        for shape, weight in zip(shapes.to_pylist(), weights.tolist(), strict=True):
            if shape == "":
                self.empty += weight
            elif shape in self.shapes or len(self.shapes) < SHAPES_MAX:
                self.shapes[shape] += weight
            else:
                self.shapes["…"] += weight
        self.filled = sum(self.shapes.values())
        self._dates(trimmed)
        self._zeros(trimmed, weights)
        self._sample(trimmed)

    def _dates(self, values: pa.StringArray) -> None:
        parts = pc.extract_regex(values, THREE_PARTS)
        parts = parts.filter(parts.is_valid())
        if len(parts) == 0:
            return
        for name, attribute in (("a", "first_max"), ("b", "second_max"), ("c", "third_max")):
            top = pc.max(pc.cast(parts.field(name), pa.int32())).as_py()
            setattr(self, attribute, max(getattr(self, attribute), top))

    def _zeros(self, values: pa.StringArray, weights: object) -> None:
        zero = pc.match_substring_regex(values, r"^0\d+$").to_numpy(zero_copy_only=False)
        power = pc.match_substring_regex(values, r"^\d[.,]?\d*[eE]\+\d{2}$").to_numpy(zero_copy_only=False)
        self.leading_zeros += int(weights[zero].sum())  # type: ignore[index]  # a NumPy array
        self.exponents += int(weights[power].sum())  # type: ignore[index]  # a NumPy array

    def _sample(self, values: pa.StringArray) -> None:
        if len(self.samples) >= SAMPLES_MAX:
            return
        for value in values[: SAMPLES_MAX * 2].to_pylist():
            if value and len(self.samples) < SAMPLES_MAX:
                self.samples.setdefault(value[:200], 1)

    def as_json(self) -> dict[str, object]:
        return {
            "filled": self.filled,
            "empty": self.empty,
            "shapes": dict(self.shapes.most_common(60)),
            "samples": list(self.samples),
            "first_max": self.first_max,
            "second_max": self.second_max,
            "third_max": self.third_max,
            "length_max": self.length_max,
            "leading_zeros": self.leading_zeros,
            "exponents": self.exponents,
            "padded": self.padded,
        }


def _shapes(values: pa.StringArray) -> pa.StringArray:
    text = pc.replace_substring_regex(pc.utf8_slice_codeunits(values, 0, 48), r"[0-9]", "9")
    text = pc.replace_substring_regex(text, r"[A-Za-z]+", "A")
    text = pc.replace_substring_regex(text, r"\p{Han}{4,}", "文文文文")
    return pc.replace_substring_regex(text, r"A( A)+", "A A")
