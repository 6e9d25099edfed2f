"""Two imports at once that name the same people: one waits for the other, nobody is made twice."""

import threading
from datetime import datetime

import pytest
from django.db import connection, transaction

from guibin.core.permissions import SYSTEM
from guibin.customers import api
from guibin.customers.models import Customer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("by", ["reference", "row"])
def test_the_second_import_waits_and_meets_whom_the_first_made(by: str, at: datetime) -> None:
    def bring_in() -> None:
        if by == "reference":
            api.ensure_by_external(source="till", values=["C1"], import_id=None, actor=SYSTEM, at=at)
        else:
            api.bulk_upsert(
                rows=[api.CustomerRow(position=0, name="张伟", external_id="C1")],
                match_keys=["external_id"], policy="fill", source="till", import_id=None, actor=SYSTEM, at=at,
            )  # fmt: skip

    failed: list[BaseException] = []

    def other() -> None:
        try:
            bring_in()
        except BaseException as error:  # noqa: BLE001 - told by the test
            failed.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=other)
    with transaction.atomic():
        bring_in()
        thread.start()
        thread.join(1.0)
        assert thread.is_alive()
    thread.join(20.0)
    assert not thread.is_alive()
    assert failed == []
    assert Customer.objects.count() == 1
