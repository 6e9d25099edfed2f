"""Two scans at the same time, and a scan beside somebody who decides: as if one had come after the other."""

import threading

import pytest
from django.db import connection

from guibin.core.permissions import SYSTEM
from guibin.customers import api
from guibin.customers.models import CustomerAlias, MatchPair, Merge
from guibin.customers.tests.people import BOSS, LATER
from guibin.customers.tests.test_duplicates import enter

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works: object) -> list[BaseException]:
    """All of them begun together; returns what they failed with."""
    failed: list[BaseException] = []
    gate = threading.Barrier(len(works))

    def run(work: object) -> None:
        try:
            gate.wait(10)
            work()  # type: ignore[operator]
        except BaseException as error:  # noqa: BLE001 - told by the test
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    return failed


def test_two_scans_and_a_decision_at_once() -> None:
    ids = []
    for number in range(6):
        phone = f"+86138{number:08d}"
        ids += [enter("张伟", phone), enter("張偉", phone), enter("李娜", phone)]
    told_apart = ids[1], ids[2]

    def decide() -> None:
        api.keep_apart(one_id=told_apart[0], other_id=told_apart[1], actor=BOSS, at=LATER)

    def scan() -> None:
        api.scan_duplicates(actor=SYSTEM, at=LATER)

    assert (
        at_once(scan, lambda: api.match_customers(customer_ids=ids, actor=SYSTEM, at=LATER), scan, decide)
        == []
    )
    scan()
    assert Merge.objects.filter(undone_at=None).count() == CustomerAlias.objects.count() == 6
    heads = set(api.resolve(ids).values())
    assert len(heads) == 12
    waiting = list(MatchPair.objects.filter(status="open").values_list("low_id", "high_id"))
    assert len(waiting) == 5
    assert all({low, high} <= heads for low, high in waiting)
