"""What follows from what, as it is wired."""

from datetime import date

import pytest

from guibin.accounts import api as accounts
from guibin.config.reactions import REACTIONS
from guibin.core.clock import now
from guibin.core.permissions import SYSTEM
from guibin.core.tests.settling import run_until_read
from guibin.customers import api as customers
from guibin.insight import api as insight
from guibin.web.models import KeptAnswer


@pytest.mark.django_db(transaction=True)
def test_an_erasure_drops_what_programs_were_told() -> None:
    at = now()
    (forget,) = [reaction for reaction in REACTIONS if "customers.customer_erased" in reaction.events]
    customer_id = customers.create_customer(
        profile=customers.Profile(name="张伟"), contacts=[], actor=SYSTEM, at=at
    )
    KeptAnswer.objects.create(actor="key:1", key="a", content_type="", status=201, body=b"sealed", kept_at=at)
    run_until_read(forget, at=at)
    assert KeptAnswer.objects.get().body == b"sealed"
    customers.erase_customer(customer_id=customer_id, actor=SYSTEM, at=at)
    run_until_read(forget, at=at)
    assert KeptAnswer.objects.get().body is None


@pytest.mark.django_db(transaction=True)
def test_another_day_to_count_up_to_is_counted_at_once() -> None:
    at = now()
    (anew,) = [reaction for reaction in REACTIONS if "accounts.organisation_changed" in reaction.events]

    def set_day(day: date) -> None:
        accounts.set_as_of_day(day=day, actor=SYSTEM, at=at)
        run_until_read(anew, at=at)

    set_day(date(2010, 12, 8))
    assert insight.find_running_refresh() is None, "nothing was counted yet that could be stale"
    insight.refresh(actor=SYSTEM, at=at)
    accounts.update_organisation(
        name="云栖", base_currency="CNY", time_zone="Asia/Shanghai", actor=SYSTEM, at=at
    )
    run_until_read(anew, at=at)
    assert insight.find_running_refresh() is None, "a name changes no figure"
    set_day(date(2010, 12, 9))
    assert insight.find_running_refresh() is not None
