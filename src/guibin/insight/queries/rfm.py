"""The RFM diagnosis: cells, named groups, movement between two days, and the people behind a number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guibin.accounts import api as accounts
from guibin.core.paging import Page
from guibin.insight.errors import CutsInvalid, GroupUnknown
from guibin.insight.facts.judging import RFM_COLUMNS
from guibin.insight.facts.store import facts_of, judging_of
from guibin.insight.preferences import ALL, own_cuts
from guibin.insight.queries.published import get_current_day, get_wishes_now
from guibin.insight.reports import Cell, Flow, Group, Member, Migration, RfmReport
from guibin.insight.rules.count import Judging
from guibin.insight.rules.scores import GROUPS, SCORES, Cuts, group_of
from guibin.insight.rules.shares import per_mille
from guibin.insight.rules.windows import YearWindow, months_before
from guibin.insight.rules.wishes import Wishes
from guibin.insight.warehouse.versions import Version, leased

COMPARED_MONTHS = 3
OUTSIDE, ABSENT = "outside", "absent"


def get_rfm_report(*, as_of: date | None, method: str | None, cuts: Cuts | None) -> RfmReport:
    day = as_of or get_current_day()
    wishes = _wishes(method, cuts)
    with leased() as version:
        facts = facts_of(version, day, wishes)
        earlier_day = months_before(day, COMPARED_MONTHS)
        before = _group_counts(_codes(facts_of(version, earlier_day, wishes)))
    judging = judging_of(facts)
    cells = _cells(facts, judging)
    customers = sum(cell.customers for cell in cells)
    compared = earlier_day if sum(before.values()) else None
    return RfmReport(
        as_of=day,
        window=judging.window,
        window_after=YearWindow.ending(day).after if judging.window == "12m" else None,
        method="own" if wishes.cuts else "quintiles",
        cuts=judging.cuts,
        customers=customers,
        outside=facts.num_rows - customers,
        net_minor=sum(cell.net_minor for cell in cells),
        cells=cells,
        groups=_groups(cells, before if compared else None),
        compared_with=compared,
    )


def _wishes(method: str | None, cuts: Cuts | None) -> Wishes:
    """The organisation's wishes, with another method or cut points tried on. Raises ``CutsInvalid``."""
    from dataclasses import replace

    from guibin.core import preferences

    wishes = get_wishes_now()
    if cuts is not None:
        for bounds in (cuts.recency, cuts.frequency, cuts.money):
            if len(bounds) != 4 or list(bounds) != sorted(bounds):
                raise CutsInvalid
        return replace(wishes, cuts=cuts)
    if method == "quintiles":
        return replace(wishes, cuts=None)
    if method == "own" and wishes.cuts is None:
        currency = accounts.organisation().base_currency
        return replace(wishes, cuts=own_cuts(preferences.get_many(*ALL), currency))
    return wishes


def _cells(facts: pa.Table, judging: Judging) -> tuple[Cell, ...]:
    """All 125 cells, recent first, then by money and frequency downwards."""
    _orders, net = RFM_COLUMNS[judging.window]
    inside = facts.filter(pc.is_valid(facts["r_score"])).select(["r_score", "f_score", "m_score", net])
    grouped = inside.group_by(["r_score", "f_score", "m_score"]).aggregate([(net, "count"), (net, "sum")])
    found = {
        (row["r_score"], row["f_score"], row["m_score"]): (row[f"{net}_count"], row[f"{net}_sum"])
        for row in grouped.to_pylist()
    }
    high_first = SCORES[::-1]
    return tuple(
        Cell(r, f, m, *found.get((r, f, m), (0, 0))) for r in high_first for m in high_first for f in SCORES
    )


def _groups(cells: Sequence[Cell], before: dict[str, int] | None) -> tuple[Group, ...]:
    people = dict.fromkeys(GROUPS, 0)
    money = dict.fromkeys(GROUPS, 0)
    for cell in cells:
        code = group_of(cell.r, cell.f, cell.m)
        people[code] += cell.customers
        money[code] += cell.net_minor
    everybody, total = sum(people.values()), sum(money.values())
    return tuple(
        Group(
            code=code,
            customers=people[code],
            share=per_mille(people[code], everybody),
            net_minor=money[code],
            net_share=per_mille(money[code], total),
            change=None if before is None else people[code] - before.get(code, 0),
        )
        for code in GROUPS
    )


def _codes(facts: pa.Table) -> pa.Table:
    """``customer_id`` and the code of the named group (``outside``: no purchase in the window)."""
    r, f, m = (facts[name].fill_null(0).to_numpy() for name in ("r_score", "f_score", "m_score"))
    names = np.array([OUTSIDE, *GROUPS])
    table = np.zeros((6, 6, 6), dtype=np.int64)
    for x in SCORES:
        for y in SCORES:
            for z in SCORES:
                table[x, y, z] = 1 + GROUPS.index(group_of(x, y, z))
    return pa.table({"customer_id": facts["customer_id"], "code": pa.array(names[table[r, f, m]])})


def _group_counts(codes: pa.Table) -> dict[str, int]:
    counted = codes.group_by("code").aggregate([("customer_id", "count")])
    found = {row["code"]: row["customer_id_count"] for row in counted.to_pylist()}
    return {code: found.get(code, 0) for code in GROUPS}


def get_migration(from_day: date, to_day: date) -> Migration:
    wishes = get_wishes_now()
    with leased() as version:
        pairs = _pairs(version, from_day, to_day, wishes)
    counted = pairs.group_by(["code", "code_after"]).aggregate([("customer_id", "count")])
    flows = [Flow(row["code"], row["code_after"], row["customer_id_count"]) for row in counted.to_pylist()]
    return Migration(from_day, to_day, tuple(sorted(flows, key=lambda flow: (flow.source, flow.target))))


def _pairs(version: Version, from_day: date, to_day: date, wishes: Wishes) -> pa.Table:
    before, after = _codes(facts_of(version, from_day, wishes)), _codes(facts_of(version, to_day, wishes))
    joined = after.rename_columns(["customer_id", "code_after"]).join(
        before, "customer_id", join_type="full outer"
    )
    columns = [joined["customer_id"]]
    columns += [pc.fill_null(joined[name], ABSENT) for name in ("code", "code_after")]
    return pa.table(columns, names=["customer_id", "code", "code_after"])


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which customers a list is about; empty: any. ``was`` is an earlier day and the groups they were in;
    ``customer_ids`` those that may be named at all, None: everybody."""

    r: tuple[int, ...] = ()
    f: tuple[int, ...] = ()
    m: tuple[int, ...] = ()
    groups: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    orders: tuple[int, int | None] | None = None
    was: tuple[date, tuple[str, ...]] | None = None
    customer_ids: frozenset[int] | None = None


SORTABLE = frozenset(("number", "recency_days", "orders_12m", "net_12m_minor", "net_minor", "last_order_on"))


def list_members(
    *,
    as_of: date | None,
    chosen: Chosen,
    page: int,
    size: int,
    sort: str = "net_12m_minor",
    descending: bool = True,
) -> Page[Member]:
    """A page of the customers chosen, most net spend first unless sorted otherwise.

    Raises ``GroupUnknown``.
    """
    day = as_of or get_current_day()
    wishes = get_wishes_now()
    with leased() as version:
        facts = facts_of(version, day, wishes)
        mask = _mask(facts, chosen)
        if chosen.was is not None:
            mask &= _were(version, wishes, facts, *chosen.was)
    rows = facts.filter(pa.array(mask))
    key = sort if sort in SORTABLE else "net_12m_minor"
    order = [(key, "descending" if descending else "ascending"), ("customer_id", "ascending")]
    rows = rows.take(pc.sort_indices(rows, sort_keys=order)[(page - 1) * size : page * size])
    return Page([_member(row) for row in rows.to_pylist()], int(mask.sum()), page, size)


def _were(version: Version, wishes: Wishes, facts: pa.Table, earlier: date, groups: tuple[str, ...]) -> Any:
    """Who was in one of ``groups`` on the earlier day."""
    then = _codes(facts_of(version, earlier, wishes))
    inside = np.isin(then["code"].to_numpy(), groups)
    return np.isin(facts["customer_id"].to_numpy(), then["customer_id"].to_numpy()[inside])


def _mask(facts: pa.Table, chosen: Chosen) -> Any:
    mask = np.ones(facts.num_rows, dtype=bool)
    if chosen.customer_ids is not None:
        seen = np.fromiter(chosen.customer_ids, np.int64, len(chosen.customer_ids))
        mask &= np.isin(facts["customer_id"].to_numpy(), seen)
    for name, wanted in (("r_score", chosen.r), ("f_score", chosen.f), ("m_score", chosen.m)):
        if wanted:
            mask &= np.isin(facts[name].fill_null(0).to_numpy(), wanted)
    if chosen.groups:
        for code in chosen.groups:
            if code not in (*GROUPS, OUTSIDE):
                raise GroupUnknown(group=code)
        mask &= np.isin(_codes(facts)["code"].to_numpy(), chosen.groups)
    if chosen.stages:
        mask &= np.isin(facts["stage"].to_numpy(), chosen.stages)
    if chosen.orders is not None:
        low, high = chosen.orders
        orders = facts["orders_12m"].to_numpy()
        mask &= (orders >= low) & (orders <= (high if high is not None else orders.max(initial=low)))
    return mask


def _member(row: dict[str, Any]) -> Member:
    return Member(
        customer_id=row["customer_id"],
        number=row["number"],
        stage=row["stage"],
        r=row["r_score"],
        f=row["f_score"],
        m=row["m_score"],
        last_order_on=row["last_order_on"],
        recency_days=row["recency_days"],
        orders_12m=row["orders_12m"],
        net_12m_minor=row["net_12m_minor"],
        net_minor=row["net_minor"],
    )
