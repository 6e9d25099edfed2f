"""Compiles message catalogues with Babel, so that no system gettext is needed."""

import io
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

PACKAGE = Path(__file__).resolve().parent.parent


def compile_catalogues(package: Path = PACKAGE) -> list[Path]:
    """Write every .mo that is missing or older than its .po; returns what was written."""
    written = []
    for source in sorted(package.glob("*/locale/*/LC_MESSAGES/django.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        buffer = io.BytesIO()
        with source.open("rb") as stream:
            write_mo(buffer, read_po(stream))
        draft = target.with_suffix(".mo.new")
        draft.write_bytes(buffer.getvalue())
        draft.replace(target)
        written.append(target)
    return written
