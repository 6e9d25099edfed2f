"""Dry run: type and judge every row, count it by outcome, lay it aside. Nothing else is written."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
from django.db import transaction

from guibin.accounts import api as accounts
from guibin.core import jobs
from guibin.core.money import minor_digits
from guibin.core.permissions import Actor
from guibin.integrations.errors import WrongState
from guibin.integrations.mapping.field import OWN
from guibin.integrations.models import ImportRun
from guibin.integrations.operations.currencies import rates_known
from guibin.integrations.operations.fields import fields_of
from guibin.integrations.operations.folder import find_json, run_folder, write_json
from guibin.integrations.operations.locking import get_run, hold, lock_run
from guibin.integrations.permissions import IMPORT_FILES
from guibin.integrations.staging.chunks import ChunkWriter, list_parts, read_segments, remove_stream
from guibin.integrations.staging.cleaners import Style
from guibin.integrations.staging.foresight import Foresight
from guibin.integrations.staging.lines import LineStager
from guibin.integrations.staging.mending import fixes_from_json, mend, unescape
from guibin.integrations.staging.people import PeopleStager
from guibin.integrations.staging.plan import Plan, Typist
from guibin.integrations.staging.samples import Samples
from guibin.integrations.staging.things import ThingStager
from guibin.integrations.staging.verdicts import Staged

PART_ROWS = 50_000
PEOPLE_PART_ROWS = 5_000  # sealing a person costs far more time and memory than a line
PARTS_MAX = 4_096
STAGED = ("sale", "refund", "person", "thing")
"""The outcomes of typed rows that wait to be brought in."""
STREAMS = ("lines", "refunds", "people", "persons", "things", "rejects", "refused", "noted", "ids", "before")
PART_KEYS: dict[str, str | None] = {
    "lines": "order_number",
    "refunds": "refund_number",
    "people": "person",
    "persons": "part_key",
    "things": None,
    "rejects": None,
}


def type_rows(
    *, run_id: int, actor: Actor, at: datetime, look: Callable[[ImportRun], Foresight] | None = None
) -> None:
    """Type and judge all rows by the mapping; the run is then ``dry_run`` with its counts and sums.

    ``look`` says what else is known of the typed rows before anything is written. Killed before its end,
    the run is still ``mapped`` and this can be done again.
    """
    actor.require(IMPORT_FILES)
    with hold(run_id):
        run = get_run(run_id)
        if run.state not in {"mapped", "dry_run"}:
            raise WrongState(number=run_id, state=run.state)
        folder = run_folder(run_id)
        remove_stream(folder, *STREAMS)
        (folder / "errors.xlsx").unlink(missing_ok=True)
        totals = _Totals()
        samples = Samples()
        writer = ChunkWriter(folder, _parts(run))
        for staged in _stage_all(run, plan_of(run), folder, samples):
            totals.add(staged)
            for stream, table in staged.streams.items():
                writer.add(stream, table, PART_KEYS[stream])
            if staged.rejects is not None:
                writer.add("rejects", staged.rejects, None)
        writer.flush()
        seen = look(run) if look is not None else Foresight()
        write_json(run_id, "samples", samples.as_json() | {"same": list(seen.same)})
        with transaction.atomic():
            run = lock_run(run_id, "dry_run")
            run.state = "dry_run"
            run.outcomes, run.figures = dict(totals.counts), totals.figures() | dict(seen.figures)
            if seen.outcomes:
                run.figures["typed"], run.figures["typed_sums"] = dict(totals.counts), run.figures["sums"]
                run.outcomes = foreseen(totals.counts, seen.outcomes)
                run.figures["sums"] = foreseen_sums(totals.sums, seen.sums)
            run.as_of = totals.last_on
            run.cursor, run.rows_done = {}, 0
            run.save()


def foreseen(typed: Mapping[str, int], seen: Mapping[str, int]) -> dict[str, int]:
    """The typed rows' outcomes with those of the staged rows said exactly: still all rows."""
    known = Counter({code: rows for code, rows in typed.items() if code not in STAGED})
    return dict(known + Counter(seen))


def foreseen_sums(typed: Mapping[str, Decimal], seen: Mapping[str, Decimal]) -> dict[str, str]:
    """The exact sum of each outcome of ``foreseen``."""
    sums = {code: amount for code, amount in typed.items() if code not in STAGED} | dict(seen)
    return {outcome: plain(amount) for outcome, amount in sums.items() if amount}


def _parts(run: ImportRun) -> int:
    usual = PEOPLE_PART_ROWS if run.kind in {"customers", "cards"} else PART_ROWS
    size = int(run.options.get("part_rows") or usual)
    return max(1, min(PARTS_MAX, -(-(run.rows_total or 0) // size)))


def plan_of(run: ImportRun) -> Plan:
    """How to stage this run."""
    organisation = accounts.organisation()
    currency = run.currency or organisation.base_currency
    fields = fields_of(run.kind)
    columns = [
        (position, column["target"], Style.from_json(column["style"]))
        for position, column in enumerate(run.mapping["columns"])
        if column["target"] in fields  # a field of the organisation's own may be gone since
    ]
    return Plan(
        kind=run.kind,
        columns=columns,
        zone=ZoneInfo(organisation.time_zone),
        currency=currency,
        minor_digits=minor_digits(currency),
        conventions=str(run.options.get("conventions") or ""),
        source=run.source,
        rates=rates_known(currency),
        own={name: field for name, field in fields.items() if name.startswith(OWN)},
    )


def _stage_all(run: ImportRun, plan: Plan, folder: Path, samples: Samples) -> Iterator[Staged]:
    typist = Typist(plan)
    stager: Any
    if plan.kind in {"order_lines", "orders", "refunds"}:
        stager = LineStager(plan)
    elif plan.kind in {"customers", "cards"}:
        stager = PeopleStager(plan)
    else:
        stager = ThingStager(plan)
    done = 0
    fixes = fixes_from_json(find_json(run.pk, "fixes"))
    for table in raw_tables(folder):
        for read in table.to_batches():
            batch = mend(unescape(read) if run.options.get("corrects") else read, fixes)
            staged = stager.stage(batch, typist.type(batch))
            samples.look(batch, staged)
            done += batch.num_rows
            if run.job_id:
                jobs.report(run.job_id, done=done, total=run.rows_total)
            yield staged


def raw_tables(folder: Path) -> Iterator[pa.Table]:
    """The rows of the file as read, in order."""
    for part in list_parts(folder, "raw"):
        yield from read_segments(folder, "raw", part)


class _Totals:
    """Counts and exact sums by outcome over all batches."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.sums: dict[str, Decimal] = {}
        self.first_on: date | None = None
        self.last_on: date | None = None

    def add(self, staged: Staged) -> None:
        self.counts += staged.counts
        for outcome, amount in staged.sums.items():
            self.sums[outcome] = self.sums.get(outcome, Decimal(0)) + amount
        if staged.first_on is not None:
            self.first_on = min(filter(None, (self.first_on, staged.first_on)))
            self.last_on = max(filter(None, (self.last_on, staged.last_on)))

    def figures(self) -> dict[str, Any]:
        before = sum(self.sums.values(), Decimal(0))
        return {
            "amount_before_exclusions": plain(before),
            "sums": {outcome: plain(amount) for outcome, amount in self.sums.items() if amount},
            "first_on": self.first_on.isoformat() if self.first_on else None,
            "last_on": self.last_on.isoformat() if self.last_on else None,
        }


def plain(value: Decimal) -> str:
    """An exact decimal without an exponent and without zeros at its end, but two places at least."""
    text = format(value.normalize(), "f")
    whole, _dot, fraction = text.partition(".")
    return f"{whole}.{fraction.ljust(2, '0')}"
