"""The parent's side of the reading process: start it, read its answer, turn its end into a refusal."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from guibin.integrations.files.limits import Limits
from guibin.integrations.files.refusal import Refused

SOURCE_ROOT = str(Path(__file__).resolve().parents[3])
Taker = Callable[[pa.RecordBatch], None]


def read_file(file: BinaryIO, options: dict[str, Any], limits: Limits, take: Taker) -> dict[str, Any]:
    """Hand every batch of rows to ``take``; returns what ``reader.inspect`` found out.

    ``file`` is a real, seekable file. What ``take`` raises ends the reading. Raises ``Refused``, possibly
    after some batches.
    """
    child = _start(file, options, limits)
    assert child.stdout is not None
    assert child.stderr is not None
    try:
        try:
            with pa.ipc.open_stream(child.stdout) as stream:
                for batch in stream:
                    take(batch)
            rest = child.stdout.read()
        except (pa.ArrowInvalid, EOFError) as error:
            _check(child.wait(timeout=60), child.stderr.read(), limits)
            raise Refused("reader_stopped") from error
        _check(child.wait(timeout=60), child.stderr.read(), limits)
        found: dict[str, Any] = json.loads(rest)
        return found
    finally:
        child.kill()
        child.wait()
        child.stdout.close()
        child.stderr.close()


def _start(file: BinaryIO, options: dict[str, Any], limits: Limits) -> subprocess.Popen[bytes]:
    """Its own session, so that the parent's signals do not reach it; no secrets in its environment."""
    file.seek(0)
    request = json.dumps({"options": options, "limits": limits.as_json()})
    keep = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR", "SYSTEMROOT") if name in os.environ}
    quiet = {"ARROW_DEFAULT_MEMORY_POOL": "system", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "guibin.integrations.files.reader", request],
        stdin=file.fileno(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env=keep | quiet | {"PYTHONPATH": SOURCE_ROOT, "PYTHONIOENCODING": "utf-8"},
    )


def _check(status: int, errors: bytes, limits: Limits) -> None:
    if status == 0:
        return
    for line in reversed(errors.decode("utf-8", "replace").splitlines()):
        if line.startswith('{"refused"'):
            said = json.loads(line)
            raise Refused(said["refused"], **said["data"])
    if status in (-signal.SIGXCPU, -signal.SIGKILL):
        raise Refused("too_slow")
    if status == -signal.SIGABRT or b"memory" in errors[-4000:].lower():
        raise Refused("too_much_memory", megabytes=limits.memory_bytes_max >> 20)
    raise Refused("reader_stopped")
