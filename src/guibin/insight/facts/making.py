"""The facts of a refresh: of everybody, or only of those that differ from what is published.

Judging rests on everybody, so a few purchases may move a cut point and with it the scores of people who
bought nothing. An incremental run therefore reads the few columns judging needs of everybody, and whole
rows only of customers whose own rows changed or whose judgement did.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from guibin.insight.facts.canonical import changed_digest, sum_up
from guibin.insight.facts.counting import Changed, count_all, count_changed
from guibin.insight.facts.engine import AnyEngine, DuckEngine, open_duck, view_statements
from guibin.insight.facts.judging import JUDGED_BY, find_judging, judge_columns, judge_table
from guibin.insight.facts.keeping import is_kept, keep, keep_changed, read_counted, without
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
    ``before`` the published checksums of these customers and of those that are no more."""

    mode: str
    customers: int
    judging: Judging
    digest: int
    rows: pa.Table
    sums: pa.Table
    before: pa.Table


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
    ids = pa.concat_arrays([changed.affected, _judged_otherwise(others, published.judging, judging)])
    were = read_counted(parent, as_of, only=ids)
    rows = judge_table(_as_they_are(were, changed), judging)
    categories = engine.run("SELECT category_id, name FROM categories")
    before = sum_up(engine, judge_table(were, published.judging), categories, as_of)
    now = sum_up(engine, rows, categories, as_of)
    return Made(
        mode="incremental",
        customers=everybody.num_rows,
        judging=judging,
        digest=changed_digest(published.digest, taken=before.digest, added=now.digest),
        rows=rows,
        sums=now.checksums,
        before=before.checksums,
    )


def _judged_otherwise(counted: pa.Table, before: Judging, now: Judging) -> pa.Array:
    """Ids of customers, their counted facts the same, whose stage or scores changed."""
    if before == now:
        return pa.array([], pa.int64())
    was, is_ = judge_columns(counted, before), judge_columns(counted, now)
    differs = None
    for name, column in is_.items():
        same = pc.fill_null(pc.equal(column, was[name]), pc.equal(pc.is_null(column), pc.is_null(was[name])))
        differs = pc.invert(same) if differs is None else pc.or_(differs, pc.invert(same))
    return counted["customer_id"].filter(differs).combine_chunks()


def _as_they_are(were: pa.Table, changed: Changed) -> pa.Table:
    kept = without(were, changed.affected)
    return pa.concat_tables([kept, changed.anew]).sort_by("customer_id")


def _categories(engine: DuckEngine, version: Version) -> pa.Table:
    for statement in view_statements(version):
        engine.link.execute(statement)
    return engine.run("SELECT category_id, name FROM categories")
