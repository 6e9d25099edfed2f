"""The parent's side of the reading process: start it, read its answer, turn its end into a refusal."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from guibin.integrations.files.limits import Limits
from guibin.integrations.files.refusal import Refused

SILENCE_SECONDS_MAX = 600
SOURCE_ROOT = str(Path(__file__).resolve().parents[3])


def inspect(file: BinaryIO, options: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """See ``reader.inspect``; ``file`` is a real, seekable file. Raises ``Refused``."""
    child = _start("inspect", file, options, limits)
    try:
        out, err = child.communicate(timeout=SILENCE_SECONDS_MAX)
    except subprocess.TimeoutExpired as error:
        child.kill()
        child.communicate()
        raise Refused("too_slow") from error
    _check(child.returncode, err, limits)
    answer: dict[str, Any] = json.loads(out)
    return answer


def read_batches(file: BinaryIO, spec: dict[str, Any], limits: Limits) -> Iterator[pa.RecordBatch]:
    """The file's rows as Arrow batches of text. Raises ``Refused``, possibly after some batches."""
    child = _start("read", file, spec, limits)
    assert child.stdout is not None
    assert child.stderr is not None
    try:
        try:
            with pa.ipc.open_stream(child.stdout) as stream:
                yield from stream
        except (pa.ArrowInvalid, OSError) as error:
            _check(child.wait(timeout=60), child.stderr.read(), limits)
            raise Refused("reader_stopped") from error
        _check(child.wait(timeout=60), child.stderr.read(), limits)
    finally:
        child.kill()
        child.wait()
        child.stdout.close()
        child.stderr.close()


def _start(do: str, file: BinaryIO, options: dict[str, Any], limits: Limits) -> subprocess.Popen[bytes]:
    """Its own session, so that the parent's signals do not reach it; no secrets in its environment."""
    file.seek(0)
    request = json.dumps({"do": do, "options": options, "limits": limits.as_json()})
    keep = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR", "SYSTEMROOT") if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-m", "guibin.integrations.files.reader", request],
        stdin=file.fileno(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env=keep
        | {
            "PYTHONPATH": SOURCE_ROOT,
            "ARROW_DEFAULT_MEMORY_POOL": "system",
            "OMP_NUM_THREADS": "1",
            "PYTHONIOENCODING": "utf-8",
            "OPENBLAS_NUM_THREADS": "1",
        },
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
