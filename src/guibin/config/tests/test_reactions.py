"""What follows from what, as it is wired."""

import pytest

from guibin.config.reactions import REACTIONS
from guibin.core.clock import now
from guibin.core.permissions import SYSTEM
from guibin.core.tests.settling import run_until_read
from guibin.customers import api as customers
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
