"""Limits of keys: never more than allowed over all processes, and cheap."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections

from guibin.core import preferences
from guibin.core.permissions import SYSTEM, Actor
from guibin.web.limits import Counter
from guibin.web.models import RequestCount
from guibin.web.settings import REQUESTS_A_MINUTE

AT = datetime(2026, 3, 31, 8, 0, 15, tzinfo=UTC)
TILL, OFFICE = Actor("key", 41), Actor("key", 42)


def allow(requests: int) -> None:
    preferences.set_value(key=REQUESTS_A_MINUTE.key, value=requests, actor=SYSTEM, at=AT)


def granted(counter: Counter, actor: Actor, at: datetime, tries: int) -> int:
    return sum(counter.take(actor, at).remaining >= 0 for _try in range(tries))


@pytest.mark.django_db
@pytest.mark.parametrize("limit", [1, 7, 100, 600])
def test_one_process_gives_out_the_limit_exactly_and_counts_down(limit: int) -> None:
    allow(limit)
    counter = Counter()
    states = [counter.take(TILL, AT) for _request in range(limit + 3)]
    assert [state.remaining for state in states] == [*range(limit - 1, -1, -1), -1, -1, -1]
    assert {(state.limit, state.reset_seconds) for state in states} == {(limit, 45)}
    assert states[-1].headers()["RateLimit-Remaining"] == "0"


@pytest.mark.django_db
def test_every_key_and_every_minute_has_its_own() -> None:
    allow(5)
    counter = Counter()
    assert granted(counter, TILL, AT, 9) == 5
    assert granted(counter, OFFICE, AT, 9) == 5
    assert granted(counter, TILL, AT + timedelta(seconds=44), 9) == 0
    assert granted(counter, TILL, AT + timedelta(seconds=45), 9) == 5


@pytest.mark.django_db
def test_several_processes_share_one_limit() -> None:
    allow(100)
    processes = [Counter() for _process in range(4)]
    passed = 0
    for turn in range(200):
        passed += processes[turn % 4].take(TILL, AT).remaining >= 0
    assert passed == 100
    assert granted(Counter(), TILL, AT, 3) == 0
    assert RequestCount.objects.get(actor=TILL.code).used == 100


@pytest.mark.django_db
def test_a_process_whose_clock_is_behind_gets_no_minute_of_its_own() -> None:
    allow(10)
    assert granted(Counter(), TILL, AT + timedelta(minutes=1), 20) == 10
    assert granted(Counter(), TILL, AT, 20) == 0


@pytest.mark.django_db
def test_most_requests_ask_the_database_nothing(django_assert_max_num_queries: Callable[..., Any]) -> None:
    allow(6000)
    counter = Counter()
    with django_assert_max_num_queries(8):
        assert granted(counter, TILL, AT, 1000) == 1000


@pytest.mark.django_db
def test_a_lower_limit_holds_from_the_next_handful() -> None:
    allow(100)
    counter = Counter()
    assert granted(counter, TILL, AT, 5) == 5
    allow(1)
    assert granted(counter, TILL, AT, 50) == 0


@pytest.mark.django_db(transaction=True)
def test_connections_at_the_same_time_share_one_limit() -> None:
    allow(200)

    def process(_number: int) -> int:
        try:
            return granted(Counter(), TILL, AT, 150)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(process, range(4))) == 200


@pytest.mark.django_db(transaction=True)
def test_threads_of_one_process_share_its_handful() -> None:
    allow(200)
    counter = Counter()

    def thread(_number: int) -> int:
        try:
            return granted(counter, TILL, AT, 150)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(thread, range(4))) == 200


@pytest.mark.django_db
def test_counts_are_not_written_to_the_log() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'web_requestcount'")
        assert cursor.fetchone() == ("u",)
