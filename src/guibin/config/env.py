"""The environment, read strictly: unknown words are refused, secrets may come from files."""

import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from guibin.core.errors import FileUnreadable, WordUnknown
from guibin.core.postgres.errors import UrlInvalid


def text(name: str, default: str = "") -> str:
    """``NAME``, or the content of the file ``NAME_FILE`` points at. Raises ``FileUnreadable``."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "UTF-8"
            raise FileUnreadable(name=f"{name}_FILE", path=path, reason=reason) from error
    return os.environ.get(name, default)


def flag(name: str, *, default: bool) -> bool:
    words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    value = os.environ.get(name)
    if value is None or value == "":
        return default
    if value.lower() not in words:
        raise WordUnknown(name=name, value=value, words=", ".join(words))
    return words[value.lower()]


def home() -> Path:
    """``GUIBIN_HOME``, by default ``/var/lib/guibin`` for root and the user's data folder otherwise."""
    explicit = os.environ.get("GUIBIN_HOME")
    if explicit:
        return Path(explicit)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return Path("/var/lib/guibin")
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "guibin"


def database(url: str, name: str = "DATABASE_URL") -> dict[str, object]:
    """A PostgreSQL URL as a Django database: ``postgresql://role:password@host:port/name?host=/socket``.

    Raises ``UrlInvalid``, naming the variable that held it.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise UrlInvalid(name=name)
    query = {key: values[0] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": query.pop("port", str(parts.port or "")),
        "OPTIONS": dict(query),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }
