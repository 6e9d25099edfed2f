"""Who a row is about: one reference per row, from the strongest identifier it has."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from guibin.integrations.mapping.field import OWN, SYSTEM
from guibin.integrations.staging.plan import Plan, Typed, first_fault
from guibin.integrations.staging.verdicts import Staged, Verdicts, mask, reject_table

# Reference prefix and target, strongest first.
REFERENCES = (("x", "customer"), ("c", "customer_card"), ("p", "customer_phone"), ("e", "customer_email"))
LISTS = ("phone", "email", "wechat", "card")
SINGLES = (
    "external_id",
    "number",
    "name",
    "preferred",
    "latin_name",
    "gender",
    "birthday",
    "lunar_birthday",
    "province",
    "city",
    "address",
    "occupation",
    "interests",
    "store",
    "tags",
    "note",
    "id_number",
)
LIST_MARK = "\x1f"


def person_refs(typed: Typed) -> Any:
    """``x:13085``, ``c:`` card, ``p:`` phone, ``e:`` e-mail; null for nobody."""
    found = pa.nulls(typed.rows, pa.string())
    for prefix, target in REFERENCES:
        if typed.has(target):
            values = typed.get(target)
            named = pc.if_else(
                pc.is_valid(values), pc.binary_join_element_wise(pa.scalar(prefix), values, ":"), None
            )
            found = pc.coalesce(found, named)
    return found


class PeopleStager:
    """Files of customers and of member cards: every row a person, typed but not yet judged by the door."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def stage(self, batch: pa.RecordBatch, typed: Typed) -> Staged:
        codes, places = first_fault(batch, typed)
        verdicts = Verdicts(batch.num_rows)
        verdicts.give_each(codes)
        table = self._table(batch, typed)
        verdicts.give(_nothing(table), "rejected_nobody")
        if self.plan.kind == "cards":
            verdicts.give(mask(pc.equal(table["card"], "")), "rejected_card_missing")
        verdicts.give(verdicts.open, "person")
        staged = Staged(counts=verdicts.counts())
        outcome = verdicts.column()
        rejected = verdicts.where("rejected_")
        if rejected.any():
            staged.rejects = reject_table(
                batch, pc.utf8_slice_codeunits(outcome, len("rejected_")), places, rejected
            )
        kept = verdicts.where("person")
        if kept.any():
            staged.streams["persons"] = table.filter(pa.array(kept))
        return staged

    def _table(self, batch: pa.RecordBatch, typed: Typed) -> pa.Table:
        columns: dict[str, Any] = {"row": batch.column(0)}
        columns |= {name: pc.fill_null(typed.get(name), "") for name in SINGLES}
        more = [name for _position, name, _style in self.plan.columns if name.startswith((OWN, SYSTEM))]
        columns |= {name: pc.fill_null(typed.get(name), "") for name in more}
        for name in LISTS:
            many = typed.all(name)
            columns[name] = (
                pc.binary_join_element_wise(*[pc.fill_null(one, "") for one in many], LIST_MARK)
                if many
                else pa.repeat(pa.scalar(""), batch.num_rows)
            )
        lunar = pc.equal(columns["lunar_birthday"], "")
        columns["lunar_birthday"] = pc.if_else(
            lunar,
            "",
            pc.binary_join_element_wise(
                pa.scalar("农历"), pc.replace_substring(columns["lunar_birthday"], "农历", ""), ""
            ),
        )
        columns["joined_on"] = typed.get("joined_on", pa.date32())
        keys = [
            columns[name]
            for name in ("number", "external_id", "card", "phone", "email", "wechat", "id_number", "name")
        ]
        part_key = pa.repeat(pa.scalar(""), batch.num_rows)
        for key in keys:  # rows that share their strongest identifier meet in one part
            part_key = pc.if_else(pc.equal(part_key, ""), key, part_key)
        columns["part_key"] = part_key
        return pa.table(columns)


def _nothing(table: pa.Table) -> Any:
    """Rows that name nobody: no name and no way to find them again."""
    empty = pc.equal(pc.utf8_trim(table["name"], LIST_MARK), "")
    for name in ("number", "external_id", "id_number", *LISTS):
        empty = pc.and_(empty, pc.equal(pc.utf8_trim(table[name], LIST_MARK), ""))
    return mask(empty.combine_chunks() if hasattr(empty, "combine_chunks") else empty)
