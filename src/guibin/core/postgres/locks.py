"""File locks that the kernel lets go of when their process dies, however it dies."""

import fcntl
import os
import time
from pathlib import Path

POLL_SECONDS = 0.05


class FileLock:
    """An advisory lock on a file; shared or exclusive; given up by ``release`` or with the process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def acquire(self, *, shared: bool = False, wait_seconds: float = 0.0) -> bool:
        """True once the lock is held; False when ``wait_seconds`` have passed without it."""
        if self._descriptor is not None:
            raise RuntimeError(f"{self._path} is locked already by this object")
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        until = time.monotonic() + wait_seconds
        while True:
            try:
                fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= until:
                    os.close(descriptor)
                    return False
                time.sleep(POLL_SECONDS)
            else:
                self._descriptor = descriptor
                return True

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def is_held(path: Path) -> bool:
    """Whether some process holds the lock exclusively now."""
    probe = FileLock(path)
    if not probe.acquire(shared=True):
        return True
    probe.release()
    return False
