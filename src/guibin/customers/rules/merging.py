"""Joining two people and taking it back: whose value stands, and who stands for whom. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from guibin.customers.rules.profile import FIELDS, Texts

Side = Literal["kept", "absorbed"]
CHOSEN_FIELDS = tuple(name for name in FIELDS if name not in {"id_number", "kind"})
"""What a person has one of. The ID number is not chosen: it is shown from whoever of the group has it; person
or company is the same for all."""


def propose_choices(kept: Mapping[str, str], absorbed: Mapping[str, str]) -> dict[str, Side]:
    """Whose value stands, for each field in which the two differ: the kept one where there is one, and the
    earlier of two days of joining, with its store."""
    choices: dict[str, Side] = {}
    for name in CHOSEN_FIELDS:
        ours, theirs = kept.get(name, ""), absorbed.get(name, "")
        if ours != theirs:
            choices[name] = "kept" if ours else "absorbed"
    first, second = kept.get("joined_on", ""), absorbed.get("joined_on", "")
    if first and second and first != second:
        side: Side = "kept" if first < second else "absorbed"
        choices["joined_on"] = side
        if "joined_store_id" in choices:
            choices["joined_store_id"] = side
    return choices


def contradictions(one: Mapping[str, str], other: Mapping[str, str]) -> tuple[str, ...]:
    """The fields in which two profiles say that these are two: both have an ID number, and another; or one is
    a person and one a company."""
    fields = ("id_number", "kind")
    told = ((name, one.get(name, ""), other.get(name, "")) for name in fields)
    return tuple(name for name, first, second in told if first and second and first != second)


def warnings_about(one: Mapping[str, str], other: Mapping[str, str]) -> tuple[str, ...]:
    """Fields in which two profiles speak against being one person without proving it: both known, and
    different. Birthdays are compared by their day where one has no year."""
    told = []
    for name in ("name", "birthday", "gender"):
        first, second = one.get(name, ""), other.get(name, "")
        if first and second and first != second and not (name == "birthday" and _same_day(first, second)):
            told.append(name)
    return tuple(told)


def _same_day(first: str, second: str) -> bool:
    """Whether two encoded birthdays may be one: same calendar and day, and a year missing from one."""
    calendar, _colon, day = first.partition(":")
    other_calendar, _colon, other_day = second.partition(":")
    years = {day.split("-", 1)[0], other_day.split("-", 1)[0]}
    return calendar == other_calendar and day.split("-", 1)[1] == other_day.split("-", 1)[1] and "" in years


def fields_to_write(
    kept: Mapping[str, str], absorbed: Mapping[str, str], choices: Mapping[str, Side]
) -> Texts:
    """What the kept person's profile takes over; a field nobody chose follows the proposal."""
    decided = propose_choices(kept, absorbed) | dict(choices)
    return {
        name: absorbed.get(name, "")
        for name in CHOSEN_FIELDS
        if decided.get(name) == "absorbed" and kept.get(name, "") != absorbed.get(name, "")
    }


@dataclass(frozen=True, slots=True)
class Word:
    """One line of a field's history: ``before`` and ``after``, and the merge that wrote it (None for people
    and imports). ``derived`` marks what taking a merge back wrote: it follows from the other lines."""

    before: str
    after: str
    merge_id: int | None = None
    derived: bool = False


def value_that_stands(words: Sequence[Word], brought: Mapping[int, str]) -> str:
    """A field as the lines that still stand leave it: as if merges that were taken back had never been.

    ``words`` are all lines since the first merge that wrote the field, oldest first. ``brought`` is, for each
    merge in force, what the absorbed one has in this field now; a value it has lost is not brought any more.
    """
    value = words[0].before if words else ""
    for word in words:
        if word.derived:
            continue
        if word.merge_id is None:
            value = word.after
        elif word.merge_id in brought:
            now = brought[word.merge_id]
            if now or not word.after:
                value = now
    return value


def stand_for(merges: Mapping[int, int]) -> dict[int, int]:
    """Who stands for each absorbed id in the end. ``merges`` maps absorbed to kept; it has no circle, for
    only ids that stand for themselves are merged."""
    heads: dict[int, int] = {}
    for absorbed in merges:
        head, path = absorbed, list[int]()
        while head in merges and head not in heads:
            path.append(head)
            head = merges[head]
        head = heads.get(head, head)
        heads |= dict.fromkeys(path, head)
    return heads
