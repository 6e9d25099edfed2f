"""The facts of a refresh: of everybody, or only of those that differ from what is published.

Judging rests on everybody, so a few purchases may move a cut point and with it the scores of people who
bought nothing. An incremental run therefore reads the few columns judging needs of everybody, and whole
rows only of customers whose own rows changed or whose judgement did.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guibin.insight.facts.canonical import changed_digest, sum_up, sum_up_judged
from guibin.insight.facts.counting import count_all, count_changed
from guibin.insight.facts.engine import AnyEngine, DuckEngine, open_duck, view_statements
from guibin.insight.facts.judging import JUDGED_BY, find_judging, judge_columns, judge_table
from guibin.insight.facts.keeping import is_kept, keep, keep_changed, read_counted, without
from guibin.insight.facts.schema import FACT_SCHEMA, JUDGED_NAMES
from guibin.insight.rules.count import Judging
from guibin.insight.rules.wishes import Wishes
from guibin.insight.warehouse.versions import Version


@dataclass(frozen=True, slots=True)
class Published:
    """What the last refresh published: from which version, as of which day, judged how."""

    version: Version
    as_of: date
    judging: Judging
    digest: int


@dataclass(frozen=True, slots=True)
class Made:
    """``rows`` are the fact rows that may differ from the published ones, ``sums`` their checksums, and
    ``before`` the published checksums of these customers and of those that are no more. ``judged`` are
    stage and scores of customers for whom nothing else changed."""

    mode: str
    customers: int
    judging: Judging
    digest: int
    rows: pa.Table
    sums: pa.Table
    before: pa.Table
    judged: pa.Table


def make_all(
    engine: AnyEngine, version: Version, as_of: date, wishes: Wishes, published: Callable[[], pa.Table]
) -> Made:
    """Everybody's facts, counted and kept; ``published`` reads the checksums to compare with."""
    counted = count_all(engine, version, as_of)
    keep(counted, version, as_of)
    judging = find_judging(counted, wishes)
    facts = judge_table(counted, judging)
    with open_duck() as duck:
        summed = sum_up(duck, facts, _categories(duck, version), as_of)
    return Made(
        mode="full",
        customers=facts.num_rows,
        judging=judging,
        digest=summed.digest,
        rows=facts,
        sums=summed.checksums,
        before=published(),
        judged=FACT_SCHEMA.empty_table(),
    )


def make_changed(
    engine: DuckEngine, version: Version, published: Published, as_of: date, wishes: Wishes
) -> Made | None:
    """The facts that differ from the published ones; None when everybody must be counted.

    That is when the day is another, when names or sorts of goods changed, and when so many customers are
    affected that one pass over all is quicker.
    """
    parent = published.version
    if as_of != published.as_of or not is_kept(parent, as_of):
        return None
    changed = count_changed(engine, version, parent, as_of)
    if changed is None:
        return None
    keep_changed(parent, version, as_of, affected=changed.affected, anew=changed.anew)
    others = without(read_counted(parent, as_of, JUDGED_BY), changed.affected)
    everybody = pa.concat_tables([others, changed.anew.select(JUDGED_BY)])
    judging = find_judging(everybody, wishes)
    rows = judge_table(changed.anew, judging)
    were = judge_table(read_counted(parent, as_of, only=changed.affected), published.judging)
    categories = engine.run("SELECT category_id, name FROM categories")
    before, now = (sum_up(engine, table, categories, as_of) for table in (were, rows))
    judged_before, judged = _judged_otherwise(others, published.judging, judging)
    return Made(
        mode="incremental",
        customers=everybody.num_rows,
        judging=judging,
        digest=changed_digest(
            published.digest,
            taken=before.digest + sum_up_judged(engine, judged_before),
            added=now.digest + sum_up_judged(engine, judged),
        ),
        rows=rows,
        sums=now.checksums,
        before=before.checksums,
        judged=judged,
    )


def _judged_otherwise(counted: pa.Table, before: Judging, now: Judging) -> tuple[pa.Table, pa.Table]:
    """What is judged by and the judgement, before and now, of customers whose counted facts stand but
    whose stage or scores changed."""
    ground = {name: counted[name] for name in JUDGED_BY}
    were, are = (pa.table({**ground, **judge_columns(counted, judging)}) for judging in (before, now))
    differs = pa.array(np.zeros(counted.num_rows, np.bool_))
    for name in JUDGED_NAMES:
        nothing = "" if name == "stage" else 0
        was, is_ = (pc.fill_null(table[name], nothing) for table in (were, are))
        differs = pc.or_(differs, pc.not_equal(was, is_))
    return were.filter(differs), are.filter(differs)


def _categories(engine: DuckEngine, version: Version) -> pa.Table:
    for statement in view_statements(version):
        engine.link.execute(statement)
    return engine.run("SELECT category_id, name FROM categories")
