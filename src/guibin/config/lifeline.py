"""Dying with the parent: children end when whoever started them is gone, however that happened.

The parent keeps the writing end of a pipe that its child inherits the reading end of; when the parent
dies, the kernel closes its end and the child reads the end of file.
"""

import os
import signal
import threading
import time

LIFELINE = "GUIBIN_LIFELINE"
GRACE_SECONDS = 15.0
POLL_SECONDS = 0.5


def follow_lifeline() -> None:
    """End this process in order (SIGTERM, then at once) when the pipe named by the environment closes."""
    descriptor = os.environ.pop(LIFELINE, "")
    if descriptor:
        threading.Thread(target=_wait_for_end, args=[int(descriptor)], name="lifeline", daemon=True).start()


def _wait_for_end(descriptor: int) -> None:
    while os.read(descriptor, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(1)


def follow_parent(parent: int) -> None:
    """End this process soon after ``parent`` is no longer its parent; for forked servers, who share pipes."""
    threading.Thread(target=_wait_for_orphanhood, args=[parent], name="parent", daemon=True).start()


def _wait_for_orphanhood(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(POLL_SECONDS)
    os._exit(1)
