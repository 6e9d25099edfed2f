"""The key ring: epoch keys, index keys, file keys and Django's secret, in one 0600 file.

It lies outside the database and outside its backups (``GUIBIN_KEYS``). Every kind has versions:
the newest seals, older ones still open.
"""

import base64
import json
import os
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from guibin.core.errors import DomainError

KEY_BYTES = 32
FORMAT = 1


class KeyRingMissing(DomainError):
    code = "core.key_ring_missing"
    message = _("The key file %(path)s is missing. Restore it from your key backup: sealed data needs it.")
    status = 500


class KeyRingUnsafe(DomainError):
    code = "core.key_ring_unsafe"
    message = _("The key file %(path)s can be read by others. Run: chmod 600 %(path)s")
    status = 500


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys by version. ``epochs`` wrap person keys, ``indexes`` key the blind index, ``files`` seal files."""

    epochs: dict[int, bytes]
    indexes: dict[int, bytes]
    files: dict[int, bytes]
    secret_key: str

    @property
    def epoch(self) -> int:
        return max(self.epochs)

    @property
    def index_version(self) -> int:
        return max(self.indexes)

    @property
    def file_version(self) -> int:
        return max(self.files)


def key_path() -> Path:
    """Where the key ring lies: ``GUIBIN_KEYS``, or ``keys/keyring.json`` under ``GUIBIN_HOME``."""
    explicit = os.environ.get("GUIBIN_KEYS")
    return Path(explicit) if explicit else Path(os.environ["GUIBIN_HOME"]) / "keys" / "keyring.json"


def create_key_ring(path: Path) -> bool:
    """Make a new key ring unless there is one; True when made. Never overwrites."""
    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = {kind: {"1": _encode(secrets.token_bytes(KEY_BYTES))} for kind in ("epochs", "indexes", "files")}
    content = {"format": FORMAT, **fresh, "secret_key": secrets.token_urlsafe(64)}
    temporary = path.with_suffix(".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(temporary, path)  # fails if another process was first: its keys win
    except FileExistsError:
        return False
    finally:
        temporary.unlink()
    return True


def read_key_ring(path: Path) -> KeyRing:
    """Raises ``KeyRingMissing`` or ``KeyRingUnsafe``."""
    if not path.exists():
        raise KeyRingMissing(path=path)
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise KeyRingUnsafe(path=path)
    content = json.loads(path.read_text())
    kinds = {
        kind: {int(version): base64.b64decode(key) for version, key in content[kind].items()}
        for kind in ("epochs", "indexes", "files")
    }
    return KeyRing(**kinds, secret_key=content["secret_key"])


@lru_cache(maxsize=1)
def keyring() -> KeyRing:
    """The installed key ring, read once a process."""
    return read_key_ring(key_path())


def _encode(key: bytes) -> str:
    return base64.b64encode(key).decode()
