"""Reactions in tests: a reader waits for older transactions, and those of other tests on the same server are
as good as any."""

import time
from datetime import datetime

from guibin.core.reactions import Reaction, lag, run_reactions

PATIENCE_S = 60


def run_until_read(reaction: Reaction, *, at: datetime) -> int:
    """Run ``reaction`` until it has read everything; how many events it read. Fails after a minute."""
    read, until = 0, time.monotonic() + PATIENCE_S
    while True:
        read += run_reactions([reaction], at=at)
        if not lag([reaction])[reaction.name]:
            return read
        assert time.monotonic() < until, f"{reaction.name} has not read everything in {PATIENCE_S} s"
        time.sleep(0.05)
