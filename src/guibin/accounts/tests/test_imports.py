"""Stores and staff from files, and back."""

import uuid

import pytest

from guibin.accounts import api, models
from guibin.accounts.tests.people import AT, actor, make
from guibin.core.permissions import SYSTEM

pytestmark = pytest.mark.django_db
BATCH = {"at": AT, "batch_id": uuid.UUID(int=7)}


def _stores(*rows: api.StoreRow, policy: str = "fill") -> api.BulkResult:
    return api.bulk_upsert_stores(rows=rows, policy=policy, actor=SYSTEM, **BATCH)


def _staff(*rows: api.StaffRow, policy: str = "fill", who: object = SYSTEM) -> api.BulkResult:
    return api.bulk_upsert_staff(rows=rows, policy=policy, actor=who, **BATCH)


def test_stores_are_created_filled_overwritten_and_taken_back() -> None:
    known = api.create_store(name="湖滨店", code="HB", actor=SYSTEM, at=AT)
    rows = (
        api.StoreRow("HB", "湖滨店", city="杭州"),
        api.StoreRow("", "静安店"),
        api.StoreRow("X", "", kind="castle"),
    )
    done = _stores(*rows)
    assert [row.outcome for row in done.rows] == ["updated", "created", "rejected"]
    assert [row.outcome for row in _stores(*rows).rows] == ["unchanged", "unchanged", "rejected"]
    assert [row.outcome for row in _stores(*rows, policy="skip").rows][:2] == ["skipped", "skipped"]
    undone = api.undo_upsert_stores(undo=done.undo, actor=SYSTEM, **BATCH)
    assert undone.taken_back == 2
    assert api.get_store(known.id).city == ""
    assert api.find_store("静安店") is None


def test_what_changed_since_or_is_in_use_stays() -> None:
    known = api.create_store(name="湖滨店", code="HB", actor=SYSTEM, at=AT)
    done = _stores(api.StoreRow("HB", "湖滨店", city="杭州"), api.StoreRow("JA", "静安店"))
    models.Store.objects.filter(pk=known.id).update(city="上海")
    made = done.rows[1].id
    assert made is not None
    undone = api.undo_upsert_stores(undo=done.undo, in_use=[made], actor=SYSTEM, **BATCH)
    assert undone.taken_back == 0
    assert set(undone.kept) == {(made, "accounts.in_use"), (known.id, "accounts.changed_since")}


def test_staff_wait_for_an_invitation_and_never_rise_above_the_importer() -> None:
    manager = actor("mei", "manager")
    make("boss", "owner", email="boss@example.com")
    done = _staff(
        api.StaffRow("lin", "林婉清", role_code="agent"),
        api.StaffRow("evil", "x", role_code="owner"),
        api.StaffRow("boss", "y"),
        api.StaffRow("copy", "z", email="boss@example.com"),
        api.StaffRow("lost", "z", store="nowhere"),
        api.StaffRow("a b", "z"),
        who=manager,
    )
    assert [(row.outcome, row.reason) for row in done.rows] == [
        ("created", ""),
        ("rejected", "accounts.role_above_own"),
        ("rejected", "accounts.role_above_own"),
        ("rejected", "accounts.email_taken"),
        ("rejected", "accounts.store_unknown"),
        ("rejected", "accounts.sign_in_name_invalid"),
    ]
    lin = api.find_staff("lin")
    assert lin is not None
    assert lin.state == "invited"
    assert api.undo_upsert_staff(undo=done.undo, actor=SYSTEM, **BATCH).taken_back == 1
    assert api.find_staff("lin") is None


def test_who_has_come_in_is_kept() -> None:
    done = _staff(api.StaffRow("lin", "林婉清"))
    models.Staff.objects.filter(sign_in_name="lin").update(last_login=AT)
    undone = api.undo_upsert_staff(undo=done.undo, actor=SYSTEM, **BATCH)
    assert [reason for _id, reason in undone.kept] == ["accounts.in_use"]
