"""What follows from what: event name → a call through a door. A few idempotent lines each."""

from collections.abc import Sequence

from guibin.core import clock
from guibin.core.events import Recorded
from guibin.core.permissions import SYSTEM
from guibin.core.reactions import react


def refresh_facts(events: Sequence[Recorded]) -> None:
    """What came in, or was taken back, is counted as soon as a worker is free."""
    from guibin.insight import api as insight

    if events:
        insight.queue_refresh(actor=SYSTEM)


def decide_standings(events: Sequence[Recorded]) -> None:
    """New facts are handed down to loyalty, which decides who is a VIP; only the newest facts count."""
    from guibin.console.vips.deciding import evaluate_now
    from guibin.loyalty.api import PolicyInactive

    if not events:
        return
    try:
        evaluate_now(actor=SYSTEM, at=clock.now())
    except PolicyInactive:
        return  # nobody has chosen a policy yet: the guided first run asks for one


def forget_answers(events: Sequence[Recorded]) -> None:
    """What programs were answered may name who has just been erased."""
    from guibin.web import once

    if events:
        once.forget_answers()


REACTIONS = (
    react(
        "refresh facts after imports",
        "integrations.import_finished",
        "integrations.import_undone",
        call=refresh_facts,
    ),
    react("forget answers after an erasure", "customers.customer_erased", call=forget_answers),
    react("decide standings after a refresh", "insight.facts_refreshed", call=decide_standings),
)
