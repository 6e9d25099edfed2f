"""The list of VIPs and of those just below the line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from guibin.core.money import Money, to_minor
from guibin.core.paging import Page
from guibin.customers import api as customers
from guibin.loyalty import api as loyalty
from guibin.web.links import link_url
from guibin.web.listing.spec import Column, Empty, Filter, ListSpec
from guibin.web.listing.state import ListState


@dataclass(frozen=True, slots=True)
class VipRow:
    """One line of either list: who, which level, how much, why, and how far to the next."""

    id: int
    number: str
    name: str
    city: str
    level: str
    badge: str
    spend: Money
    reason: str
    next: str
    next_badge: str
    gap_permille: int
    since: date | None

    @property
    def reached(self) -> float:
        """How much of the next line is reached, 0 to 1."""
        return 1 - self.gap_permille / 1000


def level_choices() -> list[tuple[str, str]]:
    """Levels of the policy in force, highest first."""
    policy = loyalty.find_active_policy()
    return [(level.code, level.name) for level in policy.latest.levels] if policy else []


def _profile(row: VipRow) -> str:
    return link_url("customers.profile", number=row.number)


def _columns(*, near: bool) -> Sequence[Column]:
    level = Column("level", _("Level"), sort=not near, template="console/vips/cell_level.html")
    spend = Column("spend", _("Spend, 12 months"), kind="money", sort=True)
    reason = Column("reason", _("Why"), template="console/vips/cell_reason.html")
    ahead = Column("gap", _("To the next level"), sort=True, template="console/vips/cell_next.html")
    return (
        Column(
            "name",
            pgettext_lazy("person", "Name"),
            primary=True,
            url=_profile,
            note=lambda row: str(row.number),
        ),
        level,
        spend,
        *((ahead, reason) if near else (reason, ahead)),
        Column("since", _("VIP since"), kind="day", sort=not near, hidden=True),
        Column("city", _("City"), hidden=True),
        Column("number", _("Number"), hidden=True),
    )


def _filters() -> Sequence[Filter]:
    return (
        Filter.choice("levels", _("Level"), level_choices, pinned=True),
        Filter.number("spend", _("Spend, 12 months"), unit="¥"),
    )


VIPS = ListSpec(
    name="console.vips",
    title=_("VIPs"),
    unit=_("VIPs"),
    row_id="id",
    columns=_columns(near=False),
    filters=_filters(),
    sort="-level",
    export=customers.EXPORT_CUSTOMER,
    caption=_("VIPs, and why each of them is one"),
    empty=Empty(
        _("Nobody is a VIP yet"),
        _("Nobody reaches the lowest line of the policy. Lower a number, or look just below the line."),
        button=_("VIP policies"),
        link="console.policies",
        icon="diamond",
    ),
)
NEAR = ListSpec(
    name="console.vips_near",
    title=_("Just below the line"),
    unit=_("customers"),
    row_id="id",
    columns=_columns(near=True),
    filters=_filters(),
    sort="gap",
    export=customers.EXPORT_CUSTOMER,
    caption=_("Customers just below the line of the next level"),
    empty=Empty(
        _("Nobody is just below a line"),
        _("Here are the customers who miss at most a tenth of the next level's line: a small nudge away."),
        icon="stairs-up",
    ),
)


def _wanted(state: ListState, visible: frozenset[int] | None, currency: str) -> loyalty.StandingFilter:
    spend = state.get("spend")

    def minor(amount: Decimal | None) -> int | None:
        return None if amount is None else to_minor(amount, currency)

    return loyalty.StandingFilter(
        levels=state.get("levels") or (),
        spend_min_minor=minor(spend.low) if spend else None,
        spend_max_minor=minor(spend.high) if spend else None,
        customer_ids=visible,
    )


def fetch_vips(state: ListState, *, visible: frozenset[int] | None, currency: str) -> Page[VipRow]:
    """A page of VIPs."""
    page = loyalty.list_vips(
        wanted=_wanted(state, visible, currency),
        sort=state.sort or "level",
        descending=state.descending,
        number=state.page,
        size=state.size,
    )
    return as_rows(page)


def fetch_near(state: ListState, *, visible: frozenset[int] | None, currency: str) -> Page[VipRow]:
    """A page of near misses."""
    page = loyalty.list_near_misses(
        wanted=_wanted(state, visible, currency),
        sort=state.sort or "gap",
        descending=state.descending,
        number=state.page,
        size=state.size,
    )
    return as_rows(page)


def as_rows(page: Page[loyalty.StandingView]) -> Page[VipRow]:
    """Standings with the people's names, in a fixed number of queries."""
    cards = customers.get_cards([view.customer_id for view in page.rows])
    rows = [_row(view, cards.get(view.customer_id)) for view in page.rows]
    return Page(rows, page.total, page.number, page.size)


def _row(view: loyalty.StandingView, card: Any) -> VipRow:
    return VipRow(
        id=view.customer_id,
        number=card.number if card else "",
        name=(card.name or card.latin_name or card.number) if card else "",
        city=card.city if card else "",
        level=view.level.name if view.level else "",
        badge=view.level.badge if view.level else "",
        spend=Money(view.spend_12m_minor, view.currency),
        reason=pgettext("between reasons", "; ").join(
            loyalty.reason_phrases(view.receipt, view.level, view.currency)
        ),
        next=loyalty.next_sentence(view.receipt, view.next_level, view.currency),
        next_badge=view.next_level.badge if view.next_level else "",
        gap_permille=view.gap_permille,
        since=view.since,
    )
