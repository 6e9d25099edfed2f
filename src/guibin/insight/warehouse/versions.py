"""Versions of the warehouse on disk: folders that are written once, and a pointer to the current one.

``CURRENT`` holds a folder name and is replaced by rename, so a reader sees one whole version or the
other. A reader leases the version it reads (a shared lock on a file in it); a version that nobody
leases and that is neither current nor the one before is removed.
"""

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from guibin.insight.errors import NeverRefreshed

UNFINISHED = ".unfinished-"
KEPT = 2


@dataclass(frozen=True, slots=True)
class Content:
    """What a version holds of one dataset. ``touched`` are keys that changed since the version before."""

    name: str
    key: str
    fingerprint: str
    base_rows: int
    delta_rows: int
    gone_rows: int
    touched_rows: int


@dataclass(frozen=True, slots=True)
class Version:
    """One whole copy. ``watermark``: rows of transactions from this id on must be read again next time;
    ``parent`` the version this one continues, None after a full copy."""

    id: str
    folder: Path
    watermark: int
    parent: str | None
    contents: dict[str, Content] = field(default_factory=dict)

    def file(self, dataset: str, part: str) -> Path:
        return self.folder / dataset / f"{part}.parquet"

    @property
    def facts(self) -> Path:
        """Where fact tables made from this version are kept."""
        return self.folder / "facts"

    def save(self) -> None:
        record: dict[str, Any] = {"id": self.id, "watermark": self.watermark, "parent": self.parent}
        record["contents"] = {name: asdict(content) for name, content in self.contents.items()}
        path = self.folder / "manifest.json"
        path.write_text(json.dumps(record, indent=1))
        _sync(path)


def root() -> Path:
    """The warehouse of the database in use."""
    return Path(settings.HOME) / "warehouse" / str(connection.settings_dict["NAME"])


def new_id() -> str:
    return secrets.token_hex(8)


def open_version(version_id: str, folder: Path | None = None) -> Version:
    """Read a version's manifest. Raises ``OSError`` or ``ValueError`` when it is not whole."""
    folder = folder or root() / "versions" / version_id
    record = json.loads((folder / "manifest.json").read_text())
    contents = {name: Content(**content) for name, content in record["contents"].items()}
    return Version(record["id"], folder, record["watermark"], record["parent"], contents)


def find_current() -> Version | None:
    """The current version, None when there is none or it is damaged (a full copy follows)."""
    try:
        return open_version((root() / "CURRENT").read_text().strip())
    except (OSError, ValueError, KeyError, TypeError):
        return None


def begin(version_id: str) -> Path:
    """An empty folder to build a version in, out of every reader's sight."""
    folder = root() / "versions" / f"{UNFINISHED}{version_id}"
    folder.mkdir(parents=True)
    return folder


def finish(version: Version) -> Version:
    """Move a built version to its place and point ``CURRENT`` at it."""
    version.save()
    home = root() / "versions" / version.id
    version.folder.rename(home)
    pointer = root() / f"CURRENT.{version.id}"
    pointer.write_text(version.id)
    _sync(pointer)
    pointer.replace(root() / "CURRENT")
    _sync(root())
    return open_version(version.id)


@contextmanager
def leased() -> Iterator[Version]:
    """The current version, kept on disk while the block runs. Raises ``NeverRefreshed``."""
    for _attempt in range(10):
        version = find_current()
        if version is None:
            raise NeverRefreshed
        try:
            handle = os.open(version.folder / "manifest.json", os.O_RDONLY)
        except FileNotFoundError:  # swapped and removed in between: look again
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_SH)
            if (version.folder / "manifest.json").exists():
                yield version
                return
        finally:
            os.close(handle)
    raise NeverRefreshed


def sweep(current: Version) -> None:
    """Remove what an interrupted run left, and old versions that nobody reads. Under the refresh lock."""
    versions = root() / "versions"
    for folder in versions.glob(f"{UNFINISHED}*"):
        shutil.rmtree(folder, ignore_errors=True)
    for pointer in root().glob("CURRENT.*"):
        pointer.unlink(missing_ok=True)
    whole = [folder for folder in versions.iterdir() if folder.name != current.id]
    whole.sort(key=lambda folder: folder.stat().st_mtime, reverse=True)
    for folder in whole[KEPT - 1 :]:
        _remove_unless_leased(folder)


def _remove_unless_leased(folder: Path) -> None:
    try:
        handle = os.open(folder / "manifest.json", os.O_RDONLY)
    except FileNotFoundError:
        shutil.rmtree(folder, ignore_errors=True)
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        (folder / "manifest.json").unlink()
        shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:  # somebody reads it: the next run will try again
        return
    finally:
        os.close(handle)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
