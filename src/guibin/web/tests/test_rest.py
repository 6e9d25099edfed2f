from contextlib import suppress
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from guibin.core.permissions import Actor
from guibin.web import rest
from guibin.web.rest import CursorInvalid, RateState, decode_cursor, encode_cursor

pytestmark = [pytest.mark.django_db, pytest.mark.urls("guibin.web.tests.urls_trial")]
KEY = {"Authorization": "Bearer good"}


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Stands in for accounts: one good key, and limits that a test may set."""
    actor = Actor("key", 3, frozenset({"web.read_trial"}))
    answers: dict[str, Any] = {
        "GUIBIN_KEY_AUTHENTICATOR": lambda key: actor if key == "good" else None,
        "GUIBIN_RATE_LIMITER": None,
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


def test_limits_are_said_and_enforced(client: Client, keys: dict[str, Any]) -> None:
    keys["GUIBIN_RATE_LIMITER"] = lambda actor, path: RateState(100, 99, 60)
    response = client.get("/api/v1/rows", headers=KEY)
    assert (response["RateLimit-Limit"], response["RateLimit-Remaining"], response["RateLimit-Reset"]) == (
        "100",
        "99",
        "60",
    )
    keys["GUIBIN_RATE_LIMITER"] = lambda actor, path: RateState(100, -1, 42)
    refused = client.get("/api/v1/rows", headers=KEY)
    assert (refused.status_code, refused["Retry-After"], refused["RateLimit-Remaining"]) == (429, "42", "0")
    assert refused.json()["code"] == "web.too_many_requests"


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
