"""The pages from upload to undo, through a signed-in client; the worker's steps are taken by hand."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from guibin.accounts import api as accounts
from guibin.core import clock
from guibin.core.errors import Forbidden
from guibin.core.permissions import SYSTEM, Actor
from guibin.customers import api as customers
from guibin.integrations import api, tasks
from guibin.integrations.errors import RevealReasonUnknown
from guibin.integrations.tests.test_pipeline import rows_of
from guibin.web.testing import assert_same_queries

ORDERS = "订单号,客户编号,下单时间,商品编码,数量,单价\nA1,V1,2024-05-03,K1,2,19.90\nA2,V2,2024-02-30,K1,1,5\n"
PEOPLE = "姓名,手机号,生日\n林婉清,13800000417,5月20日\n周慕白,13900000551,1988-11-24\n"


def step(run_id: int, name: str) -> api.RunView:
    job = api.get_import(run_id).job_id
    assert job is not None
    tasks.work(run_id, name, job)
    return api.get_import(run_id)


def load(client: Client, text: str, encoding: str = "gbk") -> int:
    file = SimpleUploadedFile("表.csv", text.encode(encoding))
    answer = client.post("/imports/new", {"kind": "auto", "file": file})
    return int(answer["Location"].rsplit("/", 1)[1])


def test_from_upload_to_undo(db: None, client_as: Callable[[Actor], Client], owner: Actor) -> None:
    client = client_as(owner)
    run_id = load(client, ORDERS)
    assert client.get(f"/imports/{run_id}").status_code == 200
    assert client.get(f"/imports/{run_id}/progress").status_code == 200
    run = step(run_id, "check")
    assert (run.kind, run.state) == ("order_lines", "checked")
    page = client.get(f"/imports/{run_id}").content.decode()
    assert "对好这 6 列" in page
    client.post(f"/imports/{run_id}/columns", {"action": "stage", "kind": run.kind, "kind_was": run.kind})
    run = step(run_id, "stage")
    assert run.outcomes == {"sale": 1, "rejected_date_impossible": 1}
    assert "没有这一天" in client.get(f"/imports/{run_id}").content.decode()
    client.post(f"/imports/{run_id}/start")
    run = step(run_id, "run")
    assert run.outcomes == {"imported": 1, "rejected_date_impossible": 1}
    assert client.get(f"/imports/{run_id}/errors").status_code == 405
    assert client.post(f"/imports/{run_id}/errors").status_code == 422
    assert rows_of(LOOKS) == []
    given = client.post(f"/imports/{run_id}/errors", {"reason": "correct"})
    assert b"".join(given.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]
    assert rows_of(LOOKS) == [(owner.code, run_id, 1, "correct")]
    assert client.get(f"/imports/{run_id}/undo").status_code == 200
    client.post(f"/imports/{run_id}/undo")
    assert step(run_id, "undo").state == "undone"


def test_a_done_import_says_who_was_known_and_who_may_be(
    db: None, client_as: Callable[[Actor], Client], owner: Actor, at: datetime
) -> None:
    known = customers.create_customer(
        profile=customers.Profile(name="林婉清"),
        contacts=[customers.NewContact("phone", "13800000417")],
        actor=SYSTEM,
        at=clock.now(),
    )
    rows = [
        customers.CustomerRow(0, external_id="1", name="林婉清", phones=("13800000417",)),
        customers.CustomerRow(1, external_id="2", name="周慕白", phones=("13800000417",)),
    ]
    client = client_as(owner)
    run_id = load(client, PEOPLE)
    step(run_id, "check")
    client.post(f"/imports/{run_id}/columns", {"action": "stage"})
    step(run_id, "stage")
    client.post(f"/imports/{run_id}/start")
    assert step(run_id, "run").state == "done"
    assert "duplicates" not in client.get(f"/imports/{run_id}").content.decode()
    made = customers.bulk_upsert(
        rows=rows,
        match_keys=["external_id"],
        policy="fill",
        source="shop",
        import_id=run_id,
        actor=SYSTEM,
        at=at,
    )
    ids = [known, *(each.customer_id for each in made if each.customer_id)]
    customers.match_customers(customer_ids=ids, actor=SYSTEM, at=at)
    assert customers.count_import_matches(run_id) == (1, 1)
    page = client.get(f"/imports/{run_id}").content.decode()
    assert f"/customers/duplicates/?import={run_id}" in page
    assert "认出的老客户" in page


LOOKS = """
SELECT actor, (data ->> 'import_id')::int, (data ->> 'rows')::int, data ->> 'reason'
FROM core_loggedevent WHERE name = 'integrations.rows_revealed'
"""


def test_the_workbook_is_only_for_those_who_may_see_personal_data(
    db: None, client_as: Callable[[Actor], Client], owner: Actor, at: datetime
) -> None:
    client = client_as(owner)
    run_id = load(client, ORDERS)
    step(run_id, "check")
    client.post(f"/imports/{run_id}/columns", {"action": "stage"})
    step(run_id, "stage")
    for page in (f"/imports/{run_id}", f"/imports/{run_id}/rows"):
        assert f"/imports/{run_id}/errors" in client.get(page).content.decode()
    masked = replace(owner, permissions=owner.permissions - {customers.REVEAL_CUSTOMER.code})
    with pytest.raises(Forbidden):
        api.reveal_workbook(run_id=run_id, reason="correct", actor=masked, at=at)
    with pytest.raises(RevealReasonUnknown):
        api.reveal_workbook(run_id=run_id, reason="curious", actor=owner, at=at)
    assert rows_of(LOOKS) == []


def test_samples_on_screen_are_masked(db: None, client_as: Callable[[Actor], Client], owner: Actor) -> None:
    client = client_as(owner)
    run_id = load(client, PEOPLE, "utf-8")
    step(run_id, "check")
    page = client.get(f"/imports/{run_id}").content.decode()
    assert "138****0417" in page
    assert "13800000417" not in page


def test_the_dry_run_says_who_is_new_and_writes_nobody(
    db: None, client_as: Callable[[Actor], Client], owner: Actor
) -> None:
    from guibin.customers import api as customers

    client = client_as(owner)
    run_id = load(client, PEOPLE, "utf-16")
    step(run_id, "check")
    client.post(
        f"/imports/{run_id}/columns", {"action": "stage", "kind": "customers", "kind_was": "customers"}
    )
    run = step(run_id, "stage")
    assert run.figures["customers"] == {"imported": 2}
    assert customers.count_customers() == 0


def test_a_template_is_recognised_by_its_headings(
    db: None, client_as: Callable[[Actor], Client], owner: Actor
) -> None:
    client = client_as(owner)
    run_id = load(client, PEOPLE)
    step(run_id, "check")
    data = {
        "action": "template",
        "template_name": "会员",
        "kind": "customers",
        "kind_was": "customers",
        "target-2": "",
    }
    client.post(f"/imports/{run_id}/columns", data)
    other = load(client, PEOPLE)
    run = step(other, "check")
    assert run.template == "会员"
    assert [column["target"] for column in run.mapping["columns"]] == ["name", "phone", ""]


def test_a_refused_file_says_why(db: None, client_as: Callable[[Actor], Client], owner: Actor) -> None:
    client = client_as(owner)
    run_id = load(client, "%PDF-1.7", "ascii")
    assert step(run_id, "check").state == "failed"
    assert "PDF" in client.get(f"/imports/{run_id}").content.decode()


def test_agents_do_not_import(db: None, client_as: Callable[[Actor], Client], agent: Actor) -> None:
    assert client_as(agent).get("/imports/new").status_code == 403


def test_the_list_asks_as_much_for_many(
    db: None, client_as: Callable[[Actor], Client], owner: Actor, at: datetime
) -> None:
    def make(count: int) -> None:
        for _number in range(count):
            api.upload(kind="customers", file_name="x.csv", chunks=[b"a,b\n"], actor=SYSTEM, at=at)

    assert_same_queries(client_as(owner), "/imports", make)


def test_a_program_uploads_and_starts(db: None, client_as: Callable[[Actor], Client], owner: Actor) -> None:
    client = Client()
    scopes = [api.VIEW_IMPORTS.code, api.IMPORT_FILES.code]
    made = accounts.create_key(name="till", scopes=scopes, actor=owner, at=clock.now())
    headers = {"Authorization": f"Bearer {made.token}", "Idempotency-Key": "a"}
    url = "/api/v1/imports?kind=order_lines"
    answer: Any = client.post(url, ORDERS.encode(), content_type="application/octet-stream", headers=headers)
    assert answer.status_code == 202, answer.content
    run_id = answer.json()["import"]
    again: Any = client.post(url, ORDERS.encode(), content_type="application/octet-stream", headers=headers)
    assert again.json()["import"] == run_id
    other: Any = client.post(url, b"x", content_type="application/octet-stream", headers=headers)
    assert other.status_code == 409
    assert step(run_id, "prepare").state == "dry_run"
    report = client.get(f"/api/v1/imports/{run_id}", headers=headers).json()
    assert sum(report["outcomes"].values()) == report["rows_read"] == 2
