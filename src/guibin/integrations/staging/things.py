"""Products, stores and staff: small files, taken as typed."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from guibin.integrations.mapping.targets import targets_of
from guibin.integrations.staging.cleaners import PRICE
from guibin.integrations.staging.plan import Plan, Typed, first_fault
from guibin.integrations.staging.verdicts import Staged, Verdicts, mask, reject_table

NEEDED = {"products": ("sku",), "stores": ("code", "name"), "staff": ("sign_in_name", "display_name")}


class ThingStager:
    """Batches of one of the three kinds."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def stage(self, batch: pa.RecordBatch, typed: Typed) -> Staged:
        codes, places = first_fault(batch, typed)
        verdicts = Verdicts(batch.num_rows)
        verdicts.give_each(codes)
        columns: dict[str, Any] = {"row": batch.column(0)}
        for name, target in targets_of(self.plan.kind).items():
            column = typed.get(name, PRICE if target.type == "price" else pa.string())
            columns[name] = column if target.type == "price" else pc.fill_null(column, "")
        table = pa.table(columns)
        missing = mask(pa.repeat(pa.scalar(True), batch.num_rows))  # noqa: FBT003 - the value to repeat
        for name in NEEDED[self.plan.kind]:
            missing &= mask(pc.equal(table[name].combine_chunks(), ""))
        verdicts.give(missing, "rejected_code_missing")
        verdicts.give(verdicts.open, "thing")
        staged = Staged(counts=verdicts.counts())
        rejected = verdicts.where("rejected_")
        if rejected.any():
            reasons = pc.utf8_slice_codeunits(verdicts.column(), len("rejected_"))
            staged.rejects = reject_table(batch, reasons, places, rejected)
        kept = verdicts.where("thing")
        if kept.any():
            staged.streams["things"] = table.filter(pa.array(kept))
        return staged
