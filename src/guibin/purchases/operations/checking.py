"""Looking, unasked, whether sums have drifted from the facts: told, and never mended by itself."""

import logging
from datetime import datetime

from django.db import transaction

from guibin.core import jobs
from guibin.core.events import record
from guibin.core.permissions import Actor
from guibin.purchases.events import SumsFoundWrong
from guibin.purchases.queries.imports import find_broken_sums
from guibin.purchases.queries.sums import CHECK, SumsCheck
from guibin.purchases.queries.tallies import find_broken_tallies

log = logging.getLogger(__name__)
ORDERS_MAX = 100_000


def check_sums(*, actor: Actor, at: datetime) -> SumsCheck:
    """Add up every order and line, and keep what was found (`queries.sums.find_last_check`).

    Sums that differ are an alarm in the log and an event; `rebuild_sums` puts them right when somebody asks.
    Reads everything once, some seconds in a large shop, and locks nothing.
    """
    with transaction.atomic():
        run_id = jobs.open_run(kind=CHECK, actor=actor, at=at)
        orders, tallies = len(find_broken_sums(ORDERS_MAX)), len(find_broken_tallies())
        found = SumsCheck(at=at, orders=orders, tallies=tallies, mended_at=None)
        if not found.is_well:
            event = SumsFoundWrong(orders=orders, tallies=tallies)
            record(event, subjects=[], actor=actor, at=at)
        jobs.finish_run(run_id, state="done", at=at, result={"orders": orders, "tallies": tallies})
    if not found.is_well:
        log.error("sums have drifted", extra={"orders": orders, "running_sums": tallies})
    return found
