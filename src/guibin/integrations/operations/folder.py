"""A run's sealed folder: uploaded file, what was found out about it, raw and staged rows, reports."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

from guibin.core.sealing.files import read_sealed, write_sealed
from guibin.integrations.errors import FilesGone


def imports_home() -> Path:
    return Path(os.environ["GUIBIN_HOME"]) / "imports"


def run_folder(run_id: int) -> Path:
    folder = imports_home() / f"{run_id:08d}"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def write_json(run_id: int, name: str, data: dict[str, Any]) -> None:
    write_sealed(run_folder(run_id) / name, json.dumps(data, ensure_ascii=False).encode("utf-8", "replace"))


def read_json(run_id: int, name: str) -> dict[str, Any]:
    """Raises ``FilesGone`` once the storage time is over."""
    path = run_folder(run_id) / name
    if not path.exists():
        raise FilesGone(number=run_id)
    found: dict[str, Any] = json.loads(read_sealed(path))
    return found


def find_json(run_id: int, name: str) -> dict[str, Any]:
    """As ``read_json``; empty where there is none."""
    path = run_folder(run_id) / name
    found: dict[str, Any] = json.loads(read_sealed(path)) if path.exists() else {}
    return found


def remove_folder(run_id: int) -> None:
    shutil.rmtree(imports_home() / f"{run_id:08d}", ignore_errors=True)
