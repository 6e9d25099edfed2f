"""Who comes in is recognised by itself: the reaction from the event to the merge, or to the queue."""

import pytest

from guibin.config.reactions import REACTIONS
from guibin.core.permissions import SYSTEM
from guibin.core.tests.settling import run_until_read
from guibin.customers import api as customers
from guibin.customers.tests.people import AT, BOSS, LATER

pytestmark = pytest.mark.django_db(transaction=True)
(RECOGNISE,) = (each for each in REACTIONS if each.name == "recognise customers")


def test_an_import_and_a_new_contact_are_recognised_at_once() -> None:
    phone = customers.NewContact("phone", "13800138000")
    old = customers.create_customer(
        profile=customers.Profile(name="张伟"), contacts=[phone], actor=BOSS, at=AT
    )
    rows = [
        customers.CustomerRow(0, external_id="1", name="張偉", phones=("13800138000",)),
        customers.CustomerRow(1, external_id="2", name="李娜"),
    ]
    done = customers.bulk_upsert(
        rows=rows, match_keys=["external_id"], policy="fill", source="shop", import_id=3, actor=BOSS, at=AT
    )
    run_until_read(RECOGNISE, at=LATER)
    joined, other = done[0].customer_id, done[1].customer_id
    assert joined is not None
    assert other is not None
    assert customers.resolve([joined, other]) == {joined: old, other: other}
    assert customers.count_open_pairs(actor=SYSTEM) == 0
    customers.add_contact(customer_id=other, contact=phone, actor=BOSS, at=LATER)
    run_until_read(RECOGNISE, at=LATER)
    (pair,) = customers.list_pairs(actor=SYSTEM).rows
    assert {pair.low_id, pair.high_id} == {old, other}
    run_until_read(RECOGNISE, at=LATER)
    assert customers.count_open_pairs(actor=SYSTEM) == 1
