"""Rows of a file: cleaned, ordered, matched. Pure: what the database knows is handed in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from guibin.customers.rules.contact import normalise_contact, plain_width
from guibin.customers.rules.profile import Texts, clean_profile, clean_text
from guibin.customers.rules.values import CARD_SOURCE, CustomerRow

EXTERNAL_LENGTH_MAX = 120
NOTE_LENGTH_MAX = 4000
TAG_LENGTH_MAX = 40


@dataclass(slots=True)
class CleanRow:
    """A row in canonical form. ``keys`` are the (key, value) pairs it may be matched by, in the order asked;
    ``externals`` are all its (source, value); ``problem`` a reason code, or empty."""

    position: int
    texts: Texts
    number: str = ""
    contacts: list[tuple[str, str]] = field(default_factory=list)
    externals: list[tuple[str, str]] = field(default_factory=list)
    tags: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    keys: list[tuple[str, str]] = field(default_factory=list)
    problem: str = ""


def clean_external(text: str) -> str:
    """An id of another system: ordinary width, no blanks at the ends, letter case kept."""
    return text.strip() if text.isascii() else plain_width(text)


def clean_row(row: CustomerRow, *, source: str, match_keys: Sequence[str], region: str) -> CleanRow:
    """One row cleaned. Problems: ``invalid_phone``, ``invalid_email``, ``invalid_wechat``,
    ``invalid_gender``, ``invalid_birthday``, ``invalid_id_number``, ``text_too_long``, ``no_match_key``."""
    texts, problem = clean_profile(row)
    clean = CleanRow(row.position, texts, number=row.number.strip().upper())
    if problem:
        clean.problem = problem if problem == "text_too_long" else f"invalid_{problem}"
        return clean
    clean.problem = _clean_contacts(row, clean, region) or _clean_externals(row, clean, source)
    clean.tags = tuple(dict.fromkeys(filter(None, map(clean_text, row.tags)))) if row.tags else ()
    clean.attributes = row.attributes
    clean.note = row.note.strip()
    if len(clean.note) > NOTE_LENGTH_MAX or any(len(tag) > TAG_LENGTH_MAX for tag in clean.tags):
        clean.problem = clean.problem or "text_too_long"
    clean.keys = [pair for key in match_keys for pair in _key_values(clean, key, source)]
    if not clean.keys and not clean.problem:
        clean.problem = "no_match_key"
    return clean


def _clean_contacts(row: CustomerRow, clean: CleanRow, region: str) -> str:
    for kind, values in (("phone", row.phones), ("email", row.emails), ("wechat", row.wechats)):
        for written in values:
            if not written:
                continue
            value = normalise_contact(kind, written, region)
            if value is None:
                return f"invalid_{kind}"
            if (kind, value) not in clean.contacts:
                clean.contacts.append((kind, value))
    return ""


def _clean_externals(row: CustomerRow, clean: CleanRow, source: str) -> str:
    pairs = [(source, row.external_id), *((CARD_SOURCE, card) for card in row.cards), *row.extra_externals]
    for where, written in pairs:
        value = clean_external(written)
        if len(value) > EXTERNAL_LENGTH_MAX:
            return "text_too_long"
        if value and (where, value) not in clean.externals:
            clean.externals.append((where, value))
    return ""


def _key_values(clean: CleanRow, key: str, source: str) -> list[tuple[str, str]]:
    if key == "number":
        return [("number", clean.number)] if clean.number else []
    if key == "id_number":
        return [("id_number", clean.texts["id_number"])] if clean.texts["id_number"] else []
    if key in {"phone", "email"}:
        return [(key, value) for kind, value in clean.contacts if kind == key]
    wanted = CARD_SOURCE if key == "card" else source
    return [(f"external:{where}", value) for where, value in clean.externals if where == wanted]


def sort_key(clean: CleanRow) -> tuple[object, ...]:
    """The order in which rows are taken, whatever the file's order: by their keys (numbers by size),
    then by content. Feed batches in this order and any permutation of a file gives the same result."""
    return (
        [(key, len(value) if value.isdigit() else 0, value) for key, value in clean.keys],
        tuple(clean.texts.values()),
        clean.contacts,
        clean.externals,
        clean.tags,
        sorted(clean.attributes.items()) if clean.attributes else (),
        clean.note,
    )


@dataclass(frozen=True, slots=True)
class Match:
    """Whom a row means: ``customer_id`` None is a new person, unless ``conflict`` names a reason."""

    customer_id: int | None = None
    key: str = ""
    conflict: str = ""


def match_row(
    clean: CleanRow,
    find: Callable[[str, str], Sequence[int]],
) -> Match:
    """Whom ``clean`` means. ``find(key, value)`` gives the customers who have that key.

    Conflicts: ``several_match`` (one key, several people), ``keys_disagree`` (two keys, two people),
    ``number_unknown``, ``external_id_taken``, ``id_number_taken`` (theirs is somebody else's).
    """
    found: int | None = None
    by = ""
    for key, value in clean.keys:
        people = find(key, value)
        if len(people) > 1 and found not in people:
            return Match(conflict="several_match", key=key)
        if not people and key == "number":
            return Match(conflict="number_unknown", key=key)
        if people and found is None:
            found, by = people[0], key
        elif people and found not in people:
            return Match(conflict="keys_disagree", key=key)
    for where, value in clean.externals:
        if any(owner != found for owner in find(f"external:{where}", value)):
            return Match(conflict="external_id_taken", key=where)
    id_number = clean.texts.get("id_number")
    if id_number and any(owner != found for owner in find("id_number", id_number)):
        return Match(conflict="id_number_taken", key="id_number")
    return Match(customer_id=found, key=by.partition(":")[0])
