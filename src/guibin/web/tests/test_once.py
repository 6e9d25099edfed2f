"""Writes of programs happen once, whatever is repeated, changed, interrupted or done at the same time."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from guibin.core.permissions import Actor
from guibin.web import once, rest
from guibin.web.models import KeptAnswer, SavedView
from guibin.web.tests import urls_trial

pytestmark = [pytest.mark.django_db, pytest.mark.urls("guibin.web.tests.urls_trial")]


@pytest.fixture(autouse=True)
def holders(monkeypatch: pytest.MonkeyPatch) -> dict[str, Actor]:
    """Stands in for accounts: whose key is whose. Tests may take rights away."""
    may = frozenset({"web.read_trial", "web.write_trial"})
    known = {"till": Actor("key", 51, may), "office": Actor("key", 52, may)}
    monkeypatch.setattr(rest, "_configured", lambda name: known.get)
    return known


def call(path: str, body: object = "x", *, key: str = "k", who: str = "till", method: str = "POST") -> Any:
    headers = {"Authorization": f"Bearer {who}"} | ({"Idempotency-Key": key} if key else {})
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Client().generic(method, f"/api/v1/{path}", data, content_type="application/json", headers=headers)


def names() -> list[str]:
    return list(SavedView.objects.order_by("id").values_list("name", flat=True))


def test_the_same_again_gives_the_first_answer_and_writes_nothing() -> None:
    first = call("names", {"name": "一"})
    again = call("names", {"name": "一"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again["Content-Type"] == first["Content-Type"]
    assert (first.get("Idempotency-Replayed"), again["Idempotency-Replayed"]) == (None, "true")
    assert int(again["RateLimit-Remaining"]) == int(first["RateLimit-Remaining"]) - 1
    assert names() == ["一"]


def test_an_answer_without_a_body_is_given_again() -> None:
    call("names", {"name": "a"}, key="one")
    for _turn in range(2):
        gone = call("names/a", key="two", method="DELETE")
        assert (gone.status_code, gone.content) == (204, b"")
    assert names() == []


@pytest.mark.parametrize(
    ("path", "body", "method"),
    [
        ("names", {"name": "b"}, "POST"),
        ("names?loud=1", {"name": "a"}, "POST"),
        ("names/a", {"name": "a"}, "DELETE"),
    ],
)
def test_another_request_under_the_same_key_is_refused(path: str, body: object, method: str) -> None:
    call("names", {"name": "a"})
    refused = call(path, body, method=method)
    assert (refused.status_code, refused.json()["code"]) == (409, "web.idempotency_key_reused")
    assert refused["Content-Type"] == "application/problem+json"
    assert "RateLimit-Limit" in refused
    assert names() == ["a"]


def test_a_key_is_its_callers_own() -> None:
    call("names", {"name": "a"})
    assert call("names", {"name": "b"}, who="office").status_code == 201
    assert names() == ["a", "b"]


@pytest.mark.parametrize("key", ["", " ", "x" * 201])
def test_a_key_is_needed(key: str) -> None:
    refused = call("names", {"name": "a"}, key=key)
    assert (refused.status_code, refused.json()["code"]) == (422, "web.idempotency_key_needed")
    assert names() == []


def test_refusals_are_not_kept() -> None:
    assert call("names", {"name": ""}).status_code == 422
    assert call("names", {"name": "taken"}).status_code == 409
    assert names() == []  # what it wrote before it was refused is taken back
    assert not KeptAnswer.objects.exists()
    assert call("names", {"name": "good"}).status_code == 201


def test_whoever_lost_the_right_gets_no_old_answer(holders: dict[str, Actor]) -> None:
    call("names", {"name": "a"})
    holders["till"] = Actor("key", 51)
    assert call("names", {"name": "a"}).status_code == 403
    del holders["till"]
    assert call("names", {"name": "a"}).status_code == 401


def test_what_the_mechanism_keeps_is_sealed() -> None:
    call("names", {"name": "Zhang"})
    kept = KeptAnswer.objects.get()
    for value in (kept.body, kept.request_index):
        assert b"Zhang" not in bytes(value or b"")
    KeptAnswer.objects.update(key="moved")
    assert call("names", {"name": "Zhang"}, key="moved").status_code == 500  # sealed for its own key only


def test_an_erasure_forgets_answers_but_not_that_they_were_given() -> None:
    call("names", {"name": "a"})
    once.forget_answers()
    again = call("names", {"name": "a"})
    assert (again.status_code, again.json()["code"]) == (409, "web.answer_forgotten")
    assert names() == ["a"]


def test_old_answers_are_swept() -> None:
    call("names", {"name": "a"})
    kept_at = KeptAnswer.objects.get().kept_at
    assert once.sweep_answers(at=kept_at + timedelta(days=6)) == 0
    assert once.sweep_answers(at=kept_at + timedelta(days=8)) == 1


def test_what_must_not_be_kept_is_answered_anew() -> None:
    first, second = call("looks", {"name": "a"}).json(), call("looks", {"name": "a"}).json()
    assert (first, second) == ({"look": 1}, {"look": 2})
    assert KeptAnswer.objects.get().body is None
    assert call("looks", {"name": "b"}).status_code == 409


def test_a_post_that_only_reads_needs_no_key() -> None:
    assert call("finds", {"name": "a"}, key="").json() == {"found": "a"}


def test_a_large_body_is_compared_too() -> None:
    content = b"n" * (3 * once.CHUNK_BYTES + 1)
    first = call("files", content)
    assert (first.status_code, first.json()) == (202, {"bytes": len(content)})
    assert call("files", content).content == first.content
    assert call("files", content[:-1] + b"m").status_code == 409


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_time_the_second_waits_for_the_first() -> None:
    urls_trial.PAUSE.update(begun=Event(), go_on=Event())

    def ask(_number: int) -> Any:
        try:
            return call("slow", {"name": "a"})
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(ask, number) for number in range(2)]
        assert urls_trial.PAUSE["begun"].wait(10)
        _wait_for_a_waiter()
        urls_trial.PAUSE["go_on"].set()
        answers = [future.result(20) for future in asked]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert names() == ["a"]


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(once, "WAIT_SECONDS", 1)
    urls_trial.PAUSE.update(begun=Event(), go_on=Event())

    def ask() -> Any:
        try:
            return call("slow", {"name": "a"})
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(ask)
        assert urls_trial.PAUSE["begun"].wait(10)
        refused = call("slow", {"name": "a"})
        urls_trial.PAUSE["go_on"].set()
        assert first.result(20).status_code == 201
    assert (refused.status_code, refused.json()["code"]) == (409, "web.write_under_way")


def _wait_for_a_waiter() -> None:
    """Until one connection waits for another's transaction to end."""
    until = timezone.now() + timedelta(seconds=10)
    while timezone.now() < until:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'")
            if cursor.fetchone()[0]:
                return
    pytest.fail("the second request did not wait")
