"""Products, stores and staff on their way through their doors."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from guibin.accounts import api as accounts
from guibin.core.events import Origin
from guibin.integrations.operations.booking import Books
from guibin.integrations.operations.folder import write_json
from guibin.integrations.operations.senders import Sending
from guibin.integrations.operations.sending_lines import shaped
from guibin.integrations.staging.chunks import list_parts, read_part, write_table
from guibin.integrations.staging.conventions import words_kind
from guibin.purchases import api as purchases

ACCOUNT_POLICY = {"skip": "skip", "fill": "fill", "overwrite": "overwrite"}
BOOKED = {
    "created": "imported",
    "updated": "updated",
    "unchanged": "unchanged",
    "skipped": "skipped_known",
    "rejected": "rejected",
    "refused": "rejected",
    "conflict": "conflict",
}
STORE_KINDS = {
    "门店": "shop",
    "直营": "shop",
    "直营店": "shop",
    "加盟": "shop",
    "加盟店": "shop",
    "网店": "online",
    "线上": "online",
}


class _Things:
    """One part holds all rows of the file, in its order; these files are small."""

    def __init__(self, sending: Sending) -> None:
        self.sending = sending

    def parts(self) -> list[int]:
        return list_parts(self.sending.folder, "things")

    def _table(self, part: int) -> pa.Table:
        return read_part(self.sending.folder, "things", part)

    def _book(self, books: Books, rows: Sequence[int], outcomes: Sequence[tuple[str, str]], part: int) -> int:
        refused: dict[str, list[Any]] = {"row": [], "reason": [], "place": []}
        for row, (outcome, reason) in zip(rows, outcomes, strict=True):
            label = BOOKED[outcome]
            if label in {"rejected", "conflict"}:
                label = f"{label}_{reason.rpartition('.')[2]}"
                refused["row"].append(row)
                refused["reason"].append(label)
                refused["place"].append(None)
            books.count(label, 1)
        if refused["row"]:
            types = pa.schema([("row", pa.int64()), ("reason", pa.string()), ("place", pa.string())])
            write_table(self.sending.folder, "refused", part, pa.table(refused, schema=types))
        return len(rows)


class ProductSender(_Things):
    def send(self, part: int, books: Books) -> int:
        s = self.sending
        table = self._table(part)
        kinds = [words_kind(text) if text else None for text in table["line_kind"].to_pylist()]
        batch = shaped(table.append_column("kind", pa.array(kinds, pa.string())), purchases.PRODUCTS)
        result = purchases.ensure_products(
            batch, import_id=s.run.pk, policy=s.policy, actor=s.actor, at=s.at, origin=Origin.IMPORT
        )
        write_table(s.folder, "before", part, result.before)
        outcome = pc.cast(result.outcomes["outcome"], pa.string()).to_pylist()
        reason = pc.fill_null(pc.cast(result.outcomes["reason"], pa.string()), "").to_pylist()
        return self._book(
            books, result.outcomes["row"].to_pylist(), list(zip(outcome, reason, strict=True)), part
        )


class StoreSender(_Things):
    def send(self, part: int, books: Books) -> int:
        s = self.sending
        records = self._table(part).to_pylist()
        rows = [
            accounts.StoreRow(
                code=record["code"],
                name=record["name"] or record["code"],
                kind=STORE_KINDS.get(record["store_kind"], record["store_kind"]),
                city=record["city"],
            )
            for record in records
        ]
        result = accounts.bulk_upsert_stores(
            rows=rows, policy=_policy(s), actor=s.actor, at=s.at, batch_id=uuid.uuid4(), origin=Origin.IMPORT
        )
        return self._after(result, records, books, part, "undo-stores")

    def _after(
        self,
        result: accounts.BulkResult,
        records: Sequence[Mapping[str, Any]],
        books: Books,
        part: int,
        name: str,
    ) -> int:
        write_json(self.sending.run.pk, name, dict(result.undo))
        return self._book(
            books,
            [record["row"] for record in records],
            [(row.outcome, row.reason) for row in result.rows],
            part,
        )


class StaffSender(StoreSender):
    def send(self, part: int, books: Books) -> int:
        s = self.sending
        records = self._table(part).to_pylist()
        rows = [
            accounts.StaffRow(
                sign_in_name=record["sign_in_name"]
                or record["email"]
                or record["phone"]
                or record["display_name"],
                display_name=record["display_name"] or record["sign_in_name"],
                email=record["email"],
                phone=record["phone"],
                role_code=record["role"],
                store=record["store"],
                department=record["department"],
            )
            for record in records
        ]
        result = accounts.bulk_upsert_staff(
            rows=rows, policy=_policy(s), actor=s.actor, at=s.at, batch_id=uuid.uuid4(), origin=Origin.IMPORT
        )
        return self._after(result, records, books, part, "undo-staff")


def _policy(sending: Sending) -> Any:
    return ACCOUNT_POLICY[sending.run.policy]
