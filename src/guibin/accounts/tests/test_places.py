"""Stores and departments."""

import pytest
from django.test import Client

from guibin.accounts import api, errors, models
from guibin.accounts.operations import places
from guibin.accounts.tests.people import AT, PASSWORD, make
from guibin.core.permissions import SYSTEM
from guibin.web.testing import assert_same_queries

pytestmark = pytest.mark.django_db


def test_ensure_stores_finds_by_code_and_name_and_makes_the_rest() -> None:
    lake = api.create_store(name="湖滨店", code="HB", actor=SYSTEM, at=AT)
    ids = api.ensure_stores(
        texts=["hb", "湖滨店", " 湖滨店 ", "静安店", "静安店 ", "", "N-9"], actor=SYSTEM, at=AT
    )
    assert ids["hb"] == ids["湖滨店"] == ids[" 湖滨店 "] == lake.id
    assert ids["静安店"] == ids["静安店 "]
    assert "" not in ids
    assert api.get_store(ids["N-9"]).code == "N-9"
    assert api.ensure_stores(texts=["静安店", "x" * 300], actor=SYSTEM, at=AT)["静安店"] == ids["静安店"]
    before = models.Store.objects.count()
    api.ensure_stores(texts=["x" * 300], actor=SYSTEM, at=AT)
    assert models.Store.objects.count() == before


def test_ensure_stores_asks_the_same_for_one_and_many(django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        api.ensure_stores(texts=[f"store {n}" for n in range(200)], actor=SYSTEM, at=AT)


def test_two_stores_of_one_name_are_refused() -> None:
    api.create_store(name="Lake", actor=SYSTEM, at=AT)
    with pytest.raises(errors.StoreNameTaken):
        api.create_store(name="LAKE", actor=SYSTEM, at=AT)


def test_departments_form_a_tree_without_loops() -> None:
    top = api.create_department(name="Sales", actor=SYSTEM, at=AT)
    low = api.create_department(name="East", parent_id=top, actor=SYSTEM, at=AT)
    make("lin", department_id=low)
    assert [(d.name, d.depth, d.people) for d in api.list_departments()] == [("Sales", 0, 0), ("East", 1, 1)]
    with pytest.raises(errors.DepartmentLoop):
        places.update_department(department_id=top, name="Sales", parent_id=low, actor=SYSTEM, at=AT)
    with pytest.raises(errors.DepartmentInUse):
        places.remove_department(department_id=low, actor=SYSTEM, at=AT)
    with pytest.raises(errors.DepartmentNameTaken):
        api.create_department(name="sales", actor=SYSTEM, at=AT)


def test_the_page_draws_and_asks_equally_often(client: Client) -> None:
    make("boss", "owner")
    client.post("/sign-in/", {"login": "boss", "password": PASSWORD})
    assert "还没有门店" in client.get("/stores/").content.decode()
    made = iter(range(100))
    assert_same_queries(
        client,
        "/stores/",
        lambda n: [api.create_store(name=f"店{next(made)}", actor=SYSTEM, at=AT) for _ in range(n)],
    )


def test_forms_add_and_change(client: Client) -> None:
    make("boss", "owner")
    client.post("/sign-in/", {"login": "boss", "password": PASSWORD})
    assert client.post("/stores/new/", {"name": "静安店", "kind": "shop"}).status_code == 302
    store = api.find_store("静安店")
    assert store is not None
    answer = client.post(f"/stores/{store.id}/", {"name": "静安寺店", "code": "JA", "kind": "shop"})
    assert answer.status_code == 302
    changed = api.get_store(store.id)
    assert (changed.name, changed.code, changed.is_active) == ("静安寺店", "JA", False)
    assert client.post("/departments/new/", {"name": "客服"}).status_code == 302
    node = api.list_departments()[0]
    assert client.get(f"/departments/{node.id}/").status_code == 200
    assert client.post(f"/departments/{node.id}/remove/").status_code == 302
    assert api.list_departments() == []
