"""What rules would do before they are saved, with a token that proves somebody looked."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guibin.loyalty.queries.decisions import Decider, Lists
from guibin.loyalty.queries.numbers import currency_warning
from guibin.loyalty.queries.standing import list_current_levels
from guibin.loyalty.queries.tokens import make_token
from guibin.loyalty.rules.score import ScoreFormula
from guibin.loyalty.rules.tree import Rules
from guibin.loyalty.values import LevelPreview, Preview, level_view

SAMPLES_PER_LEVEL = 3


def preview_rules(
    *,
    rules: Rules,
    facts: pa.Table,
    as_of: date,
    currency: str,
    formula: ScoreFormula,
    lists: Lists,
    near_permille: int,
    present: Mapping[int, str] | None = None,
) -> Preview:
    """Counts, money and samples of these rules on these facts, against the standings of today (`present`,
    read here when not at hand)."""
    decider = Decider(rules, facts, formula, lists)
    present = list_current_levels() if present is None else present
    levels = tuple(_level_preview(decider, at, present) for at in reversed(range(len(rules.levels))))
    vip_rows = decider.vips()
    vip_ids = set(decider.ids[vip_rows].tolist())
    shown = [row for at in range(len(rules.levels)) for row in _first_of(decider, vip_rows, at)]
    counts: dict[str, Any] = {
        "customers": facts.num_rows,
        "vips": len(vip_ids),
        "new": len(vip_ids - present.keys()),
        "lost": len(present.keys() - vip_ids),
        "near": len(decider.near(near_permille)),
        "spend_12m_minor": int(decider.spend[vip_rows].sum()),
        "total_12m_minor": int(decider.spend.sum()),
    }
    return Preview(
        token=make_token(rules, {"as_of": as_of.isoformat(), "levels": decider.counts(), **counts}),
        as_of=as_of,
        levels=levels,
        samples=tuple(decider.members(shown)),
        warnings=tuple(_warnings(decider, currency)),
        **counts,
    )


def _level_preview(decider: Decider, at: int, present: Mapping[int, str]) -> LevelPreview:
    level = decider.rules.levels[at]
    rows = np.flatnonzero(decider.outcome.level == at)
    ids = set(decider.ids[rows].tolist())
    before = {customer_id for customer_id, code in present.items() if code == level.code}
    return LevelPreview(
        level=level_view(level),
        count=len(ids),
        entering=len(ids - before),
        leaving=len(before - ids),
        spend_12m_minor=int(decider.spend[rows].sum()),
    )


def _first_of(decider: Decider, vip_rows: Any, at: int) -> list[int]:
    rows = vip_rows[decider.outcome.level[vip_rows] == at]
    return [int(row) for row in rows[:SAMPLES_PER_LEVEL]]


def _warnings(decider: Decider, currency: str) -> list[str]:
    said = [currency_warning(currency)] if currency != "CNY" else []
    counts = decider.counts()
    empty = [level_view(level).name for level in decider.rules.levels if not counts[level.code]]
    if empty:
        said.append(
            _("Nobody would have: %(levels)s.") % {"levels": pgettext("between names", ", ").join(empty)}
        )
    vips = sum(counts.values())
    if decider.facts.num_rows and vips * 2 > decider.facts.num_rows:
        said.append(_("More than half of all customers would be VIPs; a VIP is then nobody special."))
    return said
