"""Customers over HTTP as a program with a key, and on the command line."""

import json
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from guibin.core.events import read_timeline
from guibin.core.permissions import SYSTEM, Actor
from guibin.customers import api, rest
from guibin.customers.commands import customers
from guibin.customers.models import Customer
from guibin.customers.tests.people import AGENT, AT, BOSS, PHONE, ZHANG
from guibin.web import rest as web_rest

pytestmark = pytest.mark.django_db
WHO: dict[str, Actor] = {"boss": BOSS, "agent": AGENT}


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Any:
    """``call("POST", path, body, key=...)`` as a program whose key is a name in ``WHO``."""
    monkeypatch.setattr(web_rest, "_configured", lambda name: WHO.get if "AUTH" in name else None)

    def send(method: str, path: str, body: object = None, *, key: str = "", who: str = "boss") -> Any:
        headers = {"Authorization": f"Bearer {who}"} | ({"Idempotency-Key": key} if key else {})
        data = json.dumps(body) if body is not None else ""
        return Client().generic(
            method, f"/api/v1/customers{path}", data, content_type="application/json", headers=headers
        )

    return send


def test_a_program_creates_reads_changes_and_archives(call: Any) -> None:
    body = {
        "name": "张伟",
        "city": "杭州",
        "contacts": [{"kind": "phone", "value": "13800138000"}],
        "card": "66001",
    }
    made = call("POST", "", body, key="a")
    assert made.status_code == 201
    assert made.json()["number"] == "GB-000001"
    assert made.json()["contacts"][0]["value"] == "138 **** 8000"
    again = call("POST", "", body, key="a")
    assert (again.status_code, again.json()) == (201, made.json())
    assert Customer.objects.count() == 1
    assert call("POST", "", body | {"name": "李娜"}, key="a").json()["code"] == "web.idempotency_key_reused"
    assert call("POST", "", body).json()["code"] == "web.idempotency_key_needed"
    changed = call("PATCH", "/GB-000001", {"city": "宁波", "revision": 1}, key="b")
    assert (changed.json()["city"], changed.json()["name"]) == ("宁波", "张伟")
    assert call("PATCH", "/GB-000001", {"city": "绍兴", "revision": 1}, key="c").status_code == 409
    assert call("POST", "/GB-000001/notes", {"text": "不喝冰的"}, key="d").status_code == 201
    phone = {"kind": "phone", "value": "13900139000"}
    assert call("POST", "/GB-000001/contacts", phone, key="e").status_code == 201
    assert call("POST", "/GB-000001/archive", key="f").json()["status"] == "archived"


def test_reads_are_masked_searchable_and_paged(call: Any) -> None:
    for number in range(3):
        api.create_customer(profile=api.Profile(name=f"张{number}"), contacts=[PHONE], actor=SYSTEM, at=AT)
    first = call("GET", "?limit=2").json()
    second = call("GET", f"?limit=2&cursor={first['next_cursor']}").json()
    numbers = [row["number"] for row in first["rows"] + second["rows"]]
    assert numbers == ["GB-000003", "GB-000002", "GB-000001"]
    assert second["next_cursor"] is None
    assert {row["phone"] for row in first["rows"]} == {"138 **** 8000"}
    assert [row["name"] for row in call("POST", "/search", {"text": "张1"}).json()] == ["张1"]
    assert call("GET", "/GB-000009").status_code == 404
    assert call("POST", "/GB-000001/reveal", {"reason": "verify"}).status_code == 422
    assert call("POST", "/GB-000001/reveal", {"reason": "nosy"}, key="a").status_code == 422
    for _look in range(2):
        seen = call("POST", "/GB-000001/reveal", {"reason": "verify"}, key="b").json()
        assert seen["contacts"][0]["value"] == "138 0013 8000"
    seen_person = f"customer:{api.get_id('GB-000001', actor=SYSTEM)}"
    looks = [event.name for event in read_timeline(about=seen_person)]
    assert looks.count("customers.personal_data_revealed") == 2


def test_a_key_without_the_scope_is_refused(call: Any) -> None:
    api.create_customer(profile=ZHANG, actor=SYSTEM, at=AT)
    assert call("POST", "/GB-000001/archive", key="x", who="agent").status_code == 403
    assert call("GET", "/GB-000001", who="nobody").status_code == 401


def test_every_operation_declares_who_may_use_it() -> None:
    assert web_rest.undeclared_operations() == []
    assert rest.router is not None


def test_the_command_line_finds() -> None:
    api.create_customer(profile=ZHANG, contacts=[PHONE], actor=SYSTEM, at=AT)
    found = CliRunner().invoke(customers, ["find", "zw", "--json"])
    assert json.loads(found.stdout)["customers"][0]["number"] == "GB-000001"
    assert json.loads(CliRunner().invoke(customers, ["find", "李", "--json"]).stdout) == {"customers": []}
