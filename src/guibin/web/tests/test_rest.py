from contextlib import suppress
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from guibin.core.permissions import Actor
from guibin.web import rest
from guibin.web.limits import RateState
from guibin.web.rest import CursorInvalid, decode_cursor, encode_cursor

pytestmark = [pytest.mark.django_db, pytest.mark.urls("guibin.web.tests.urls_trial")]
KEY = {"Authorization": "Bearer good"}


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Stands in for accounts: one good key."""
    actor = Actor("key", 3, frozenset({"web.read_trial", "web.write_trial"}))
    answers: dict[str, Any] = {
        "GUIBIN_KEY_AUTHENTICATOR": lambda key: actor if key == "good" else None,
    }
    monkeypatch.setattr(rest, "_configured", answers.get)
    return answers


def test_a_key_is_needed(client: Client) -> None:
    for headers in ({}, {"Authorization": "Bearer bad"}, {"Authorization": "Basic good"}):
        response = client.get("/api/v1/rows", headers=headers)
        assert response.status_code == 401
        assert response["Content-Type"] == "application/problem+json"
        assert response["WWW-Authenticate"] == "Bearer"
        assert response.json()["code"] == "web.key_needed"


def test_cursors_walk_every_row_once(client: Client) -> None:
    seen: list[int] = []
    cursor = ""
    while cursor is not None:
        page = client.get("/api/v1/rows", {"limit": 100, "cursor": cursor}, headers=KEY).json()
        seen += page["rows"]
        cursor = page["next_cursor"]
    assert seen == list(range(1, 251))


@pytest.mark.parametrize("query", [{"cursor": "no"}, {"cursor": "bnVsbA"}, {"cursor": "/w"}])
def test_a_foreign_cursor_is_refused(client: Client, query: dict[str, str]) -> None:
    response = client.get("/api/v1/rows", query, headers=KEY)
    assert response.status_code == 422
    assert response.json()["code"] == "web.cursor_invalid"


def test_wrong_input_names_the_field_and_not_the_value(client: Client) -> None:
    response = client.get("/api/v1/rows", {"limit": "13800004417"}, headers=KEY)
    assert response.status_code == 422
    assert response.json()["errors"][0]["at"].endswith("limit")
    assert "13800004417" not in response.content.decode()


def test_refusals_are_problem_documents(client: Client) -> None:
    assert client.get("/api/v1/rows/7", headers=KEY).json()["code"] == "core.not_found"
    undeclared = client.get("/api/v1/forgotten", headers=KEY)
    assert (undeclared.status_code, undeclared.json()["code"]) == (403, "web.access_undeclared")


def test_a_session_reads_but_does_not_write(client_as: Any, owner: Any) -> None:
    client = client_as(owner)
    assert client.get("/api/v1/rows").status_code == 200
    assert client.post("/api/v1/rows").status_code in {401, 405}


def test_limits_are_said_on_every_answer(client: Client) -> None:
    left = []
    for path, status in (("rows", 200), ("rows?limit=x", 422), ("rows/7", 404), ("forgotten", 403)):
        response = client.get(f"/api/v1/{path}", headers=KEY)
        assert response.status_code == status
        assert response["RateLimit-Limit"] == "600"
        assert 1 <= int(response["RateLimit-Reset"]) <= 60
        left.append(int(response["RateLimit-Remaining"]))
    assert left == sorted(left, reverse=True)
    assert len(set(left)) == 4
    wrong = client.post(
        "/api/v1/names", {"name": ""}, "application/json", headers={**KEY, "Idempotency-Key": "k"}
    )
    assert "RateLimit-Limit" in wrong


def test_what_is_more_than_the_limit_is_refused(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rest, "rate_state", lambda actor, at: RateState(100, -1, 42))
    refused = client.get("/api/v1/rows", headers=KEY)
    assert (refused.status_code, refused["Retry-After"], refused["RateLimit-Remaining"]) == (429, "42", "0")
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == "web.too_many_requests"
    written = client.post(
        "/api/v1/names", {"name": "a"}, "application/json", headers={**KEY, "Idempotency-Key": "k"}
    )
    assert (written.status_code, written["Retry-After"]) == (429, "42")


WRONG = [
    ({"name": ""}, "少于 1 个字符", "It has fewer than 1 characters."),
    ({}, "缺少", "It is missing."),
    ({"name": 7}, "文字", "It has to be text."),
    ({"name": "a", "size": "odd"}, "small", "It has to be one of these: 'small', 'large'."),
    ({"name": "a", "days": ["x"]}, "2026-03-31", "It has to be a day, written as 2026-03-31."),
    ({"name": "a", "days": ["2026-01-01"] * 3}, "多于 2 项", "It has more than 2 entries."),
]


@pytest.mark.parametrize(("body", "chinese", "english"), WRONG)
def test_what_is_wrong_is_said_in_the_callers_language(
    client: Client, keys: dict[str, Any], body: object, chinese: str, english: str
) -> None:
    said = {}
    for language in ("zh-CN", "en"):
        headers = {**KEY, "Idempotency-Key": "k", "Accept-Language": language}
        answer = client.post("/api/v1/names", body, "application/json", headers=headers).json()
        said[language] = answer["errors"][0]["why"]
    assert chinese in said["zh-CN"]
    assert said["en"] == english


def test_where_it_is_wrong_is_said_as_the_caller_wrote_it(client: Client) -> None:
    headers = {**KEY, "Idempotency-Key": "k"}
    body = {"name": "a", "days": ["2026-01-01", "x"]}
    answer = client.post("/api/v1/names", body, "application/json", headers=headers).json()
    assert [fault["at"] for fault in answer["errors"]] == ["body.days.1"]


def test_a_body_that_cannot_be_read_is_refused_in_the_callers_language(client: Client) -> None:
    for language, words in (("zh", "无法读取"), ("en", "could not be read")):
        headers = {**KEY, "Idempotency-Key": "k", "Accept-Language": language}
        answer = client.post("/api/v1/names", "{not json", "application/json", headers=headers)
        assert answer.status_code == 400
        assert words in answer.json()["detail"]


def test_the_description_names_every_operation(client: Client) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    assert "/api/v1/rows" in paths


@given(st.lists(st.one_of(st.integers(), st.text(max_size=20), st.none()), max_size=4))
def test_a_cursor_reads_back(values: list[Any]) -> None:
    assert decode_cursor(encode_cursor(values)) == values


@given(st.text(max_size=30))
def test_any_text_is_a_cursor_or_refused(text: str) -> None:
    with suppress(CursorInvalid):
        assert isinstance(decode_cursor(text), list)
