"""A file comes in: sealed as it streams, counted and hashed, known to nobody by name."""

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from guibin.core.events import record, subject
from guibin.core.permissions import Actor
from guibin.core.sealing.files import SealedWriter
from guibin.integrations.errors import FileRefused, KindUnknown
from guibin.integrations.events import ImportUploaded
from guibin.integrations.models import ImportRun
from guibin.integrations.operations.folder import imports_home, run_folder, write_json
from guibin.integrations.operations.queueing import queue_step
from guibin.integrations.permissions import IMPORT_FILES
from guibin.integrations.rules.states import KINDS
from guibin.integrations.settings import current_limits

CHUNK_BYTES = 1 << 20


class Incoming:
    """A file on its way in: sealed, counted and hashed piece by piece."""

    def __init__(self) -> None:
        self._limit = current_limits().content_bytes_max
        self._path = imports_home() / f"upload-{uuid.uuid4().hex}"
        self._sealed = SealedWriter(self._path)
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, chunk: bytes) -> None:
        """Raises ``FileRefused`` beyond the limit."""
        self.size += len(chunk)
        if self.size > self._limit:
            self.discard()
            raise FileRefused("too_large", megabytes=self._limit >> 20)
        self._digest.update(chunk)
        self._sealed.write(chunk)

    def discard(self) -> None:
        self._sealed.discard()
        self._path.unlink(missing_ok=True)

    def finish(
        self,
        *,
        kind: str,
        file_name: str,
        step: str = "",
        options: Mapping[str, Any] | None = None,
        about: Mapping[str, Any] | None = None,
        actor: Actor,
        at: datetime,
    ) -> int:
        """The whole file is here: open a run over it; returns its id. Raises ``KindUnknown``.

        ``step`` is queued in the same transaction: no kill leaves a run that nobody reads. ``about`` is
        kept sealed with the file.
        """
        actor.require(IMPORT_FILES)
        _check_kind(kind)
        self._sealed.close()
        with transaction.atomic():
            run_id = _open_run(kind, self._digest.hexdigest(), self.size, actor=actor, at=at)
            self._path.rename(run_folder(run_id) / "source")
            names = {"file_name": Path(file_name).name[:200], "path": ""}
            write_json(run_id, "about", {**(about or {}), **names})
            if step:
                queue_step(run_id=run_id, step=step, options=options, actor=actor, at=at)
        return run_id


def upload(
    *,
    kind: str,
    file_name: str,
    chunks: Iterable[bytes],
    step: str = "",
    options: Mapping[str, Any] | None = None,
    actor: Actor,
    at: datetime,
) -> int:
    """Seal a file that comes in ``chunks``; returns the run's id. Raises ``KindUnknown``, ``FileRefused``."""
    actor.require(IMPORT_FILES)
    _check_kind(kind)
    incoming = Incoming()
    for chunk in chunks:
        incoming.write(chunk)
    return incoming.finish(kind=kind, file_name=file_name, step=step, options=options, actor=actor, at=at)


def register(
    *, kind: str, path: Path, wish: Mapping[str, Any] | None = None, actor: Actor, at: datetime
) -> int:
    """A file on this machine, read in place; returns the run's id. Raises ``KindUnknown``.

    With a ``wish`` (see ``preparing``) the run is gone on with should this process end before its time.
    """
    actor.require(IMPORT_FILES)
    _check_kind(kind)
    digest = digest_of(path)
    with transaction.atomic():
        run_id = _open_run(
            kind, digest, path.stat().st_size, actor=actor, at=at, going={"going": True} if wish else {}
        )
        about = {"file_name": path.name[:200], "path": str(path.resolve())}
        write_json(run_id, "about", about | ({"wish": dict(wish)} if wish else {}))
    return run_id


def digest_of(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _check_kind(kind: str) -> None:
    if kind not in KINDS and kind != "auto":
        raise KindUnknown(kind=kind, kinds=", ".join(KINDS))


def _open_run(
    kind: str, digest: str, size: int, *, actor: Actor, at: datetime, going: Mapping[str, Any] | None = None
) -> int:
    with transaction.atomic():
        run = ImportRun.objects.create(
            kind="order_lines" if kind == "auto" else kind,
            options={"kind_open": kind == "auto", **(going or {})},
            source="",
            actor=actor.code,
            file_digest=digest,
            file_bytes=size,
            created_at=at,
        )
        record(
            ImportUploaded(import_id=run.pk, file_kind=run.kind),
            subjects=[subject("import", run.pk)],
            actor=actor,
            at=at,
        )
        return run.pk
