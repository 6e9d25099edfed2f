"""What every command pays for: setting up Django and reading the manifests loads nothing heavy."""

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"pyarrow", "numpy", "duckdb", "ibis", "pypinyin", "lunar_python", "rich", "pandas", "pydantic"}
DOORS = ("accounts", "customers", "loyalty", "insight")  # what a question about one customer goes through


def _loaded_by(tmp_path: Path, statements: str) -> set[str]:
    """The top-level packages in memory after these statements, in a process of its own."""
    program = (
        "import os, sys\n"
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'guibin.config.settings'\n"
        f"os.environ['GUIBIN_HOME'] = {str(tmp_path)!r}\n"
        f"import django\ndjango.setup()\n{statements}\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(ended.stdout.split())


def test_manifests_load_nothing_heavy(tmp_path: Path) -> None:
    loaded = _loaded_by(tmp_path, "from guibin.core.manifest import manifests; manifests()")
    assert "guibin" in loaded
    assert loaded & HEAVY == set()


@pytest.mark.parametrize("name", DOORS)
def test_a_door_loads_what_counts_only_when_it_counts(name: str, tmp_path: Path) -> None:
    """Rules of policies are pydantic models, so that one is left to the doors."""
    loaded = _loaded_by(tmp_path, f"import guibin.{name}.api")
    assert loaded & (HEAVY - {"pydantic"}) == set()
