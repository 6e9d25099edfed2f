"""From texts to columns: what is sealed, what stays plain and coarse."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from guibin.core.sealing import SealKey
from guibin.customers.queries import sealed
from guibin.customers.rules.birthday import age_band, decode_birthday
from guibin.customers.rules.profile import DETAIL_FIELDS, pack_details

BIRTHDAY_COLUMNS = ("birth_calendar", "birth_month", "birth_day", "birth_leap", "age_band")
SEALED_COLUMNS = {
    "name": ("name_sealed", sealed.NAME),
    "latin_name": ("latin_name_sealed", sealed.LATIN_NAME),
    "id_number": ("id_number_sealed", sealed.ID_NUMBER),
}
PLAIN = ("gender", "province", "city")


def birthday_columns(text: str) -> tuple[str, int | None, int | None, bool, str]:
    """The coarse columns of an encoded birthday: calendar, month, day, leap, age band."""
    if not text:
        return "", None, None, False, ""
    birthday = decode_birthday(text)
    return birthday.calendar, birthday.month, birthday.day, birthday.is_leap, age_band(birthday)


def columns_of(texts: Mapping[str, str], key: SealKey) -> dict[str, Any]:
    """All profile columns of a customer from its texts."""
    columns: dict[str, Any] = {name: texts.get(name, "") for name in PLAIN}
    columns["kind"] = texts.get("kind") or "person"
    for name, (column, place) in SEALED_COLUMNS.items():
        text = texts.get(name)
        columns[column] = key.seal(place, text) if text else None
    id_number = texts.get("id_number")
    columns["id_number_index"] = sealed.id_number_index(id_number) if id_number else None
    details = pack_details(texts)
    columns["details_sealed"] = key.seal(sealed.DETAILS, details) if details else None
    columns |= zip(BIRTHDAY_COLUMNS, birthday_columns(texts.get("birthday", "")), strict=True)
    columns["joined_on"] = date.fromisoformat(texts["joined_on"]) if texts.get("joined_on") else None
    columns["joined_store_id"] = int(texts["joined_store_id"]) if texts.get("joined_store_id") else None
    return columns


def changed_columns(changes: Mapping[str, str], texts: Mapping[str, str], key: SealKey) -> dict[str, Any]:
    """The columns that ``changes`` touch, from ``texts`` after the change."""
    everything = columns_of(texts, key)
    wanted: set[str] = set()
    for name in changes:
        if name in SEALED_COLUMNS:
            wanted.add(SEALED_COLUMNS[name][0])
        elif name in DETAIL_FIELDS:
            wanted.add("details_sealed")
        else:
            wanted.add(name)
        if name == "id_number":
            wanted.add("id_number_index")
        if name == "birthday":
            wanted.update(BIRTHDAY_COLUMNS)
    return {column: everything[column] for column in sorted(wanted)}
