"""Help for tests of pages and lists."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def count_queries(client: Client, url: str, **headers: Any) -> int:
    """How many queries one GET of ``url`` makes; the page must answer 200."""
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url, **headers)
    assert response.status_code == 200, response.status_code
    return len(captured)


def assert_same_queries(client: Client, url: str, make_rows: Callable[[int], None]) -> int:
    """A list asks the database equally often for 1 and for 30 rows; returns how often.

    ``make_rows(n)`` adds ``n`` rows that ``url`` will show.
    """
    make_rows(1)
    client.get(url)  # warms what is cached per process, so that only the list is counted
    one = count_queries(client, url)
    make_rows(29)
    thirty = count_queries(client, url)
    assert one == thirty, f"{one} queries for 1 row, {thirty} for 30"
    return one
