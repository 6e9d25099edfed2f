"""Customers and member cards on their way through the customers' door."""

import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from guibin.core.events import Origin
from guibin.customers import api as customers
from guibin.integrations.cells.texts import parse_tags
from guibin.integrations.mapping.field import OWN, SYSTEM
from guibin.integrations.operations.booking import Books
from guibin.integrations.operations.meeting import ensure_stores
from guibin.integrations.operations.senders import Sending
from guibin.integrations.staging.chunks import list_parts, read_part, write_table
from guibin.integrations.staging.people import LIST_MARK

BOOKED = {
    "created": "imported",
    "updated": "updated",
    "unchanged": "unchanged",
    "skipped": "skipped_known",
    "duplicate": "duplicate",
    "conflict": "conflict",
    "invalid": "rejected",
}

PLACES = {
    "invalid_phone": "phone",
    "invalid_email": "email",
    "invalid_wechat": "wechat",
    "invalid_gender": "gender",
    "invalid_birthday": "birthday",
    "invalid_id_number": "id_number",
}


class CustomerSender:
    """Part by part, rows in the door's own order."""

    def __init__(self, sending: Sending) -> None:
        self.sending = sending

    def parts(self) -> list[int]:
        return list_parts(self.sending.folder, "persons")

    def send(self, part: int, books: Books) -> int:
        s = self.sending
        table = read_part(s.folder, "persons", part)
        stores = ensure_stores(s, table["store"])
        rows = [customer_row(record, stores) for record in table.to_pylist()]
        refused: list[tuple[int, str]] = []
        outcomes = customers.bulk_upsert(
            rows=rows,
            match_keys=s.match_keys,
            policy=s.policy,
            source=s.run.source,
            import_id=s.run.pk,
            actor=s.actor,
            at=s.at,
            origin=Origin.IMPORT,
        )
        for outcome in outcomes:
            label = BOOKED[outcome.outcome]
            if outcome.reason and label in {"conflict", "rejected"}:
                label = f"{label}_{outcome.reason}"
            books.count(label, 1)
            if outcome.outcome in {"conflict", "invalid", "duplicate"}:
                refused.append((outcome.position, label))
        wanted = {record["row"]: record["preferred"] for record in table.to_pylist() if record["preferred"]}
        chosen = {o.customer_id: wanted[o.position] for o in outcomes if o.position in wanted}
        customers.prefer_contacts(
            {pk: kind for pk, kind in chosen.items() if pk is not None}, import_id=s.run.pk
        )
        keep_turned_down(s.folder, part, refused)
        return len(rows)


def keep_turned_down(folder: Path, part: int, rows: Sequence[tuple[int, str]]) -> None:
    """(row, outcome) of the rows of a part that were not taken, for the workbook."""
    if rows:
        places = [PLACES.get(reason.removeprefix("rejected_")) for _row, reason in rows]
        kept = {"row": [row for row, _reason in rows], "reason": [reason for _row, reason in rows]}
        write_table(folder, "refused", part, pa.table(kept | {"place": pa.array(places, pa.string())}))


def customer_row(record: Mapping[str, Any], stores: Mapping[str, int]) -> customers.CustomerRow:
    """A staged row in the shape of the door."""
    birthday = record["birthday"] or record["lunar_birthday"]
    return customers.CustomerRow(
        position=record["row"],
        external_id=record["external_id"],
        number=record["number"],
        extra_externals=tuple(
            (name.removeprefix(SYSTEM), value)
            for name, value in record.items()
            if name.startswith(SYSTEM) and value
        ),
        attributes={
            name.removeprefix(OWN): value for name, value in record.items() if name.startswith(OWN) and value
        },
        name=record["name"],
        latin_name=record["latin_name"],
        gender=record["gender"],
        birthday=customers.parse_birthday(birthday) if birthday else None,
        phones=_many(record["phone"]),
        emails=_many(record["email"]),
        wechats=_many(record["wechat"]),
        cards=tuple(value for value in record["card"].split(LIST_MARK) if value),
        province=record["province"],
        city=record["city"],
        address=record["address"],
        occupation=record["occupation"],
        interests=record["interests"],
        id_number=record["id_number"],
        joined_on=record["joined_on"],
        joined_store_id=stores.get(record["store"]),
        tags=parse_tags(record["tags"]),
        note=record["note"],
    )


def _many(text: str) -> tuple[str, ...]:
    """Several values in one cell: 13800138000 / 13900139000."""
    plain = unicodedata.normalize("NFKC", text).replace("、", ",").replace(";", ",").replace("/", ",")
    return tuple(
        dict.fromkeys(piece.strip() for piece in plain.replace(LIST_MARK, ",").split(",") if piece.strip())
    )
