"""Numbers that come from outside may be anything: no page fails on them."""

from collections.abc import Callable

import pytest
from django.test import Client

from guibin.core.permissions import Actor
from guibin.integrations.tests.test_pages import load, step
from guibin.web.asked import read_all, read_page, read_whole
from tests.house.test_access import PROTECTED, address, names_something

STRANGE = ("²", "-1", "99999999999999999999", "9" * 5000, "abc")
NAMES = ("page", "size", "store", "tag", "birth_month", "category", "brand")


@pytest.mark.parametrize("text", STRANGE, ids=["superscript", "negative", "beyond", "endless", "word"])
def test_no_list_fails_on_a_strange_number(
    db: None, client_as: Callable[[Actor], Client], owner: Actor, text: str
) -> None:
    client = client_as(owner)
    run_id = load(client, "姓名,手机号,生日\n林婉清,1380000041,5月20日\n", "utf-8")
    step(run_id, "check")
    form = {"action": "stage", "kind": "customers", "kind_was": "customers", f"target-{text}": "x"}
    client.raise_request_exception = False
    asked = [client.post(f"/imports/{run_id}/columns", form)]
    step(run_id, "stage")
    lists = [address(route) for route, _view in PROTECTED if not names_something(route)]
    assert {"/customers/", "/purchases/", "/products/", "/insight/customers/"} <= set(lists)
    asked += [
        client.get(path, dict.fromkeys(NAMES, text))
        for path in [*lists, f"/imports/{run_id}/rows"]
        if "sign-out" not in path
    ]
    asked.append(client.post(f"/imports/{run_id}/columns", {"action": "read", "header": text}))
    asked += [client.post("/customers/tag/", {"tag": tag, "ids": [text, "1"]}) for tag in (text, "")]
    failed = [f"{answer.request['PATH_INFO']} -> {answer.status_code}" for answer in asked]
    assert [line for line in failed if line.endswith(("500", "502", "503"))] == []


@pytest.mark.parametrize("text", [*STRANGE, "", None, "٣", "1.0", " 1", str(2**63)])
def test_what_is_no_number_is_none(text: str | None) -> None:
    assert read_whole(text) is None
    assert read_page(text, size=50) == 1


def test_numbers_are_read_within_their_bounds() -> None:
    assert (read_whole("0"), read_whole("007"), read_whole(str(2**63 - 1))) == (0, 7, 2**63 - 1)
    assert read_whole("9", largest=8) is None
    assert read_all(["3", "²", "4"]) == (3, 4)
    assert [read_page(text, size=50) for text in ("0", "3", "99999")] == [1, 3, 200]
