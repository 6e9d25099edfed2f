"""The OpenAPI description is whole: a client can be made from it, and it says what the envelope does."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

METHODS = {"get", "put", "post", "delete", "patch", "head", "options", "trace"}
READING_POSTS = {"/api/v1/customers/search"}  # personal words stay out of addresses
OPERATION_FIELDS = {
    *("operationId", "summary", "description", "tags", "parameters", "requestBody", "responses"),
    *("security", "deprecated"),
}


@pytest.fixture(scope="module")
def described(django_db_setup: None, django_db_blocker: Any) -> dict[str, Any]:
    with django_db_blocker.unblock():
        response = Client().get("/api/v1/openapi.json")
    assert response.status_code == 200
    found: dict[str, Any] = response.json()
    return found


def operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def resolved(described: dict[str, Any], value: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in value:
        return value
    found: Any = described
    for step in value["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    assert isinstance(found, dict)
    return found


def test_every_write_declares_its_idempotency_key(described: dict[str, Any]) -> None:
    writes, reading = 0, set()
    for path, method, operation in operations(described):
        declared = [
            p for p in operation["parameters"] if p["name"].lower().replace("_", "-") == "idempotency-key"
        ]
        if method == "get":
            assert declared == [], path
        elif not declared:
            reading.add(path)
        else:
            (key,) = declared
            assert (key["name"], key["in"], key["required"]) == ("Idempotency-Key", "header", True), path
            writes += 1
    assert reading == READING_POSTS
    assert writes >= 14


def test_every_operation_names_its_scopes(described: dict[str, Any]) -> None:
    from guibin.core.manifest import manifests

    codes = {permission.code for manifest in manifests() for permission in manifest.permissions}
    schemes = described["components"]["securitySchemes"]
    assert (schemes["key"]["type"], schemes["key"]["scheme"]) == ("http", "bearer")
    for path, method, operation in operations(described):
        ways = {name: scopes for way in operation["security"] for name, scopes in way.items()}
        assert set(ways) == ({"key", "session"} if method == "get" else {"key"}), path
        assert set(ways) <= set(schemes)
        for scopes in ways.values():
            assert scopes, path
            assert set(scopes) <= codes, path


def test_every_refusal_is_a_problem_document(described: dict[str, Any]) -> None:
    for path, method, operation in operations(described):
        wanted = {"401", "403", "422", "429", "default"}
        if method != "get":
            wanted |= {"400", "409"}
        if "{" in path:
            wanted.add("404")
        refusals = {status for status in operation["responses"] if not status.startswith("2")}
        assert refusals == wanted, (path, method)
        for status in refusals:
            answer = resolved(described, operation["responses"][status])
            assert set(answer["content"]) == {"application/problem+json"}
            schema = resolved(described, answer["content"]["application/problem+json"]["schema"])
            assert {"type", "title", "status", "code", "detail"} <= set(schema["required"])


def test_every_answer_says_how_many_more_may_be_asked(described: dict[str, Any]) -> None:
    for path, _method, operation in operations(described):
        for status, told in operation["responses"].items():
            if status in {"401", "default"}:
                continue
            headers = resolved(described, told)["headers"]
            assert {"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"} <= set(headers), (
                path,
                status,
            )
    assert "Retry-After" in described["components"]["responses"]["Refused429"]["headers"]


def test_the_description_is_openapi(described: dict[str, Any]) -> None:
    """The rules of OpenAPI 3.1 that generators of clients fall over."""
    assert re.fullmatch(r"3\.1\.\d+", described["openapi"])
    assert described["info"]["title"]
    assert described["info"]["version"]
    names: list[str] = []
    for path, method, operation in operations(described):
        where = f"{method} {path}"
        assert path.startswith("/api/v1/"), where
        assert method in METHODS, where
        assert set(operation) <= OPERATION_FIELDS, where
        names.append(operation["operationId"])
        parameters = [resolved(described, parameter) for parameter in operation["parameters"]]
        places = [(p["in"], p["name"]) for p in parameters]
        assert len(set(places)) == len(places), where
        assert {name for place, name in places if place == "path"} == set(re.findall(r"{(\w+)}", path)), where
        for parameter in parameters:
            assert parameter["in"] in {"path", "query", "header", "cookie"}, where
            assert "schema" in parameter, where
            assert parameter["in"] != "path" or parameter["required"] is True, where
        assert "requestBody" not in operation or operation["requestBody"]["content"], where
        assert any(status.startswith("2") for status in operation["responses"]), where
        for status, told in operation["responses"].items():
            assert re.fullmatch(r"[1-5]\d\d|default", status), where
            assert resolved(described, told)["description"], where
    assert len(set(names)) == len(names)


def test_everything_pointed_at_is_there(described: dict[str, Any]) -> None:
    pointed = set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(described)))
    assert pointed
    for target in pointed:
        assert target.startswith("#/components/"), target
        resolved(described, {"$ref": target})
