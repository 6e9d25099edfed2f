"""Today's work on the home page: what waits for somebody, gathered from every slice that has any."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guibin.accounts import api as accounts
from guibin.core import jobs
from guibin.core.money import Money
from guibin.core.permissions import Actor
from guibin.customers import api as customers
from guibin.insight import api as insight
from guibin.integrations import api as integrations
from guibin.loyalty import api as loyalty
from guibin.web import formats
from guibin.web.links import link_url

NEAR_SHOWN = 4
FADING_SHOWN = 4
FADING_LOOKED_AT = 300
STALE_AFTER = timedelta(hours=36)
FADING_STAGES = {"at_risk": 0, "dormant": 1, "churned": 2}


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: who it is about, what, why, and the one button. ``section``: now or people."""

    section: str
    kind: str
    what: str
    why: str
    url: str
    action: str
    who: str = ""
    who_url: str = ""
    badge: str = ""
    badge_name: str = ""
    urgency: str = ""
    when: str = ""
    icon: str = "clock"


def list_tasks(*, actor: Actor, at: datetime) -> list[Task]:
    """Everything that waits for ``actor``, most urgent first."""
    tasks: list[Task] = []
    if actor.may(accounts.MANAGE_ORGANISATION):
        tasks += _setup()
    if actor.may(integrations.VIEW_IMPORTS):
        tasks += _imports(at=at)
    if actor.may(insight.VIEW_REPORTS):
        tasks += _freshness(at=at)
    if actor.may(loyalty.VIEW_VIPS) and actor.may(customers.VIEW_CUSTOMER):
        visible = customers.find_visible_ids(actor)
        tasks += _movement(visible)
        tasks += _fading(visible)
        tasks += _near(visible)
    return tasks


def _setup() -> Iterator[Task]:
    if not accounts.organisation().is_set_up:
        yield Task(
            section="now",
            kind=_("Set-up"),
            what=_("Finish setting up"),
            why=_("A few steps are left until you see your VIPs."),
            url=link_url("console.welcome"),
            action=_("Go on"),
            urgency="soon",
            when=_("not finished"),
            icon="flag",
        )


def _imports(*, at: datetime) -> Iterator[Task]:
    for waiting in integrations.list_waiting():
        yield Task(
            section="now",
            kind=_("Import"),
            what=waiting.title,
            why=waiting.what_is_needed,
            url=link_url("integrations.import", import_id=waiting.id),
            action=_("Look at it"),
            urgency="soon",
            when=formats.ago(waiting.since, at),
            icon="file-import",
        )


def _freshness(*, at: datetime) -> Iterator[Task]:
    fresh = insight.freshness()
    url = link_url("insight.freshness")
    run = insight.find_running_refresh()
    if run is not None:
        yield _counting(run, url)
    elif fresh.refreshed_at is None:
        if fresh.data_last_day is not None:
            yield Task(
                section="now",
                kind=_("Figures"),
                what=_("The figures have not been made yet"),
                why=_("There are purchases; lists and reports fill as soon as the figures are made."),
                url=url,
                action=_("Make them"),
                urgency="soon",
                when=_("today"),
                icon="refresh",
            )
    elif fresh.rows_waiting and at - fresh.refreshed_at > STALE_AFTER:
        yield Task(
            section="now",
            kind=_("Figures"),
            what=_("The figures are from %(moment)s") % {"moment": formats.moment(fresh.refreshed_at)},
            why=ngettext(
                "%(rows)s change since then is not counted yet.",
                "%(rows)s changes since then are not counted yet.",
                fresh.rows_waiting,
            )
            % {"rows": formats.number(fresh.rows_waiting)},
            url=url,
            action=_("Refresh"),
            when=_("today"),
            icon="refresh",
        )


def _counting(run: jobs.Progress, url: str) -> Task:
    """A refresh that waits its turn or runs: nothing to do but look on."""
    if run.state == "queued":
        what, when = _("The figures are about to be counted"), _("waiting its turn")
    else:
        what, when = _("The figures are being counted"), _("running")
        if run.total:
            when = formats.percent(min(1.0, run.done / run.total))
    return Task(
        section="now",
        kind=_("Figures"),
        what=what,
        why=_("Lists and reports fill by themselves when it is done."),
        url=url,
        action=_("Look at it"),
        when=when,
        icon="loader-2",
    )


def _movement(visible: frozenset[int] | None) -> Iterator[Task]:
    """New and lost VIPs of the last evaluation; only for who sees everybody, since it counts everybody."""
    latest = loyalty.find_latest_evaluation() if visible is None else None
    if latest is None or not (latest.gained or latest.lost):
        return
    parts = []
    if latest.gained:
        parts.append(
            ngettext("%(n)s new VIP", "%(n)s new VIPs", latest.gained) % {"n": formats.number(latest.gained)}
        )
    if latest.lost:
        parts.append(ngettext("%(n)s lost", "%(n)s lost", latest.lost) % {"n": formats.number(latest.lost)})
    yield Task(
        section="people",
        kind=_("VIPs"),
        what=_(", ").join(parts),
        why=_("Decided as of %(day)s by the policy “%(policy)s”.")
        % {"day": formats.day(latest.as_of), "policy": latest.policy_name},
        url=link_url("console.vips") + "?sort=-since",
        action=_("Look at the list"),
        when=formats.day(latest.as_of, "short"),
        icon="diamond",
    )


def _near(visible: frozenset[int] | None) -> Iterator[Task]:
    """Customers who need little to reach the next level."""
    page = loyalty.list_near_misses(wanted=loyalty.StandingFilter(customer_ids=visible), size=NEAR_SHOWN)
    yield from _people(
        page.rows,
        kind=_("Just below"),
        why=lambda row: loyalty.next_sentence(row.receipt, row.next_level, row.currency),
        what=lambda row: _("%(spend)s in 12 months") % {"spend": _spend(row)},
        when=lambda row: _("%(gap)s short") % {"gap": formats.percent(row.gap_permille / 1000, 1)},
        icon="stairs-up",
    )


def _fading(visible: frozenset[int] | None) -> Iterator[Task]:
    """The best VIPs who have stopped coming: largest spenders first, among the first few hundred."""
    page = loyalty.list_vips(
        wanted=loyalty.StandingFilter(customer_ids=visible), sort="spend", size=FADING_LOOKED_AT
    )
    facts = insight.facts_for([row.customer_id for row in page.rows])
    fading = [
        row
        for row in page.rows
        if _stage(facts, row.customer_id) in FADING_STAGES and _is_late(facts[row.customer_id])
    ][:FADING_SHOWN]

    def why(row: loyalty.StandingView) -> str:
        days = facts[row.customer_id]["recency_days"]
        mean = facts[row.customer_id].get("interval_days_median")
        if isinstance(mean, int | float) and mean >= 1:
            return _("Usually comes every %(mean)s days; now %(days)s days without a purchase.") % {
                "mean": formats.number(round(mean)),
                "days": days,
            }
        return _("%(days)s days without a purchase.") % {"days": days}

    yield from _people(
        fading,
        kind=_("Fading"),
        why=why,
        what=lambda row: _("%(spend)s in 12 months") % {"spend": _spend(row)},
        when=lambda row: _("%(days)s days") % {"days": facts[row.customer_id]["recency_days"]},
        icon="heart-broken",
    )


def _people(
    rows: Sequence[loyalty.StandingView],
    *,
    kind: str,
    what: Callable[[loyalty.StandingView], str],
    why: Callable[[loyalty.StandingView], str],
    when: Callable[[loyalty.StandingView], str],
    icon: str,
) -> Iterator[Task]:
    """A task per customer, names and badges fetched together."""
    cards = customers.get_cards([row.customer_id for row in rows])
    for row in rows:
        card = cards.get(row.customer_id)
        if card is None:
            continue
        url = link_url("customers.profile", number=card.number)
        yield Task(
            section="people",
            kind=kind,
            who=card.name or card.number,
            who_url=url,
            what=what(row),
            why=why(row),
            when=when(row),
            url=url,
            action=_("Open"),
            badge=row.level.badge if row.level else "",
            badge_name=row.level.name if row.level else "",
            icon=icon,
        )


def _is_late(facts: Mapping[str, insight.Fact]) -> bool:
    """Whether the silence is clearly longer than this customer's own rhythm."""
    days, usual = facts["recency_days"], facts.get("interval_days_median")
    if not isinstance(days, int) or not isinstance(usual, int | float):
        return True
    return days > 1.5 * usual


def _stage(facts: Mapping[int, Mapping[str, insight.Fact]], customer_id: int) -> str:
    return str(facts[customer_id]["stage"]) if customer_id in facts else ""


def _spend(row: loyalty.StandingView) -> str:
    return formats.money(Money(row.spend_12m_minor, row.currency), whole=True)
