"""A database for one benchmark: made with ``GUIBIN_OWNER_URL``, migrated, dropped afterwards."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

NAME = "guibin_bench"


def run_in_scratch(module: str, *, name: str = NAME) -> dict[str, Any]:
    """Run ``python -m module`` against a fresh database and an empty home; returns the JSON it prints."""
    owner_url, url = os.environ["GUIBIN_OWNER_URL"], os.environ["DATABASE_URL"]
    with tempfile.TemporaryDirectory() as home, psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        owner.execute(f"CREATE DATABASE {name}")
        surroundings = {
            **os.environ,
            "GUIBIN_OWNER_URL": _renamed(owner_url, name),
            "DATABASE_URL": _renamed(url, name),
            "GUIBIN_HOME": home,
            "GUIBIN_LOG_LEVEL": "WARNING",
        }
        try:
            ended = subprocess.run(
                [sys.executable, "-m", module],
                env=surroundings,
                stdout=subprocess.PIPE,
                text=True,
                check=True,
                cwd=Path(__file__).parents[1],
            )
        finally:
            owner.execute(f"DROP DATABASE IF EXISTS {name}")
    answer: dict[str, Any] = json.loads(ended.stdout.strip().splitlines()[-1])
    return answer


def _renamed(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
