"""A warehouse of its own for every test."""

import time

import pytest
from django.db import connection

from guibin.insight.tests.tables import STAND_INS


@pytest.fixture
def warehouse(settings, tmp_path, transactional_db, monkeypatch):
    """An empty warehouse beside a database whose writes are committed."""
    from guibin.insight.warehouse import declared

    settings.HOME = tmp_path
    real = declared.all_datasets

    def datasets():
        return {**STAND_INS, **real()}

    monkeypatch.setattr(declared, "all_datasets", datasets)
    yield tmp_path / "warehouse"
    _wait_until_alone()


def _wait_until_alone() -> None:
    """The database is copied anew after the test, which closed connections may still hold up."""
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    for _ in range(100):
        with connection.cursor() as cursor:
            cursor.execute(query)
            if not cursor.fetchone()[0]:
                return
        time.sleep(0.05)
