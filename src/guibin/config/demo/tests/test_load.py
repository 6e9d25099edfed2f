"""The demo shop through the doors: counted, decided, and harmless the second time."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.contrib.auth.password_validation import validate_password

from guibin.accounts import api as accounts
from guibin.config.demo import diary, frames
from guibin.config.demo.load import DemoRefused, load_shop
from guibin.config.demo.shop import make_shop
from guibin.config.demo.twins import load_twins
from guibin.core.permissions import SYSTEM
from guibin.customers import api as customers
from guibin.insight import api as insight
from guibin.loyalty import api as loyalty

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@pytest.fixture
def clean_diary() -> None:
    diary.diary_path().unlink(missing_ok=True)


@pytest.mark.django_db(transaction=True)
def test_the_demo_is_loaded_once(clean_diary: None) -> None:
    said: list[str] = []
    loaded = load_shop(progress=lambda text: said.append(str(text)), now=NOW, members=150)
    assert loaded.made
    assert [one.role for one in loaded.sign_ins] == ["owner", "manager", "agent"]
    assert len(said) > 4
    assert len(customers.list_ids(customers.Filters(), actor=SYSTEM)) == 150
    facts = insight.facts_table(as_of=date(2026, 11, 22))
    assert facts.num_rows == 150
    run = loyalty.find_latest_evaluation()
    assert run is not None
    assert run.as_of == date(2026, 11, 22)
    assert run.vips > 5
    assert accounts.organisation().is_set_up

    firms = customers.list_customers(customers.Filters(kinds=("company",)), actor=SYSTEM).rows
    assert len(firms) == 2
    for people in customers.relations_of([firm.id for firm in firms]).values():
        assert {view.role for view in people} == {"employee"}
        assert any(view.decides for view in people)
    manager = accounts.find_staff("manager")
    assert manager is not None
    mine = customers.list_ids(customers.Filters(staff_ids=(manager.id,)), actor=SYSTEM)
    assert {firm.id for firm in firms} < set(mine)
    kinds = {kind.id for kind in customers.list_requirement_types() if kind.code == "allergy"}
    assert customers.list_ids(customers.Filters(requirement_ids=tuple(kinds)), actor=SYSTEM)

    again = load_shop(now=NOW, members=150)
    assert not again.made
    assert again.sign_ins == loaded.sign_ins
    assert len(customers.list_ids(customers.Filters(), actor=SYSTEM)) == 150


@pytest.mark.django_db(transaction=True)
def test_an_interrupted_demo_is_finished(clean_diary: None) -> None:
    load_shop(now=NOW, members=60)
    kept = diary.read_diary()
    assert kept is not None
    before = insight.freshness().last
    diary.write_diary(diary.Diary(kept.made_at, kept.sign_ins, done=False))
    loaded = load_shop(members=60)
    assert loaded.made
    after = insight.freshness().last
    assert before is not None
    assert after is not None
    assert (after.customers, after.orders, after.digest) == (before.customers, before.orders, before.digest)


@pytest.mark.django_db(transaction=True)
def test_other_data_is_left_alone(clean_diary: None) -> None:
    accounts.create_first_owner(sign_in_name="boss", display_name="Boss", at=NOW)
    with pytest.raises(DemoRefused):
        load_shop(now=NOW, members=10)


def test_passwords_satisfy_the_rules() -> None:
    made = {diary.make_password() for _ in range(50)}
    assert len(made) == 50
    for password in made:
        validate_password(password)
        assert re.fullmatch(r"[a-z]+-[a-z]+-\d{6}", password)


@pytest.mark.django_db
def test_some_members_are_known_twice() -> None:
    shop = make_shop(now=NOW, members=800)
    stores = {plan.store: 1 for plan in shop.members}
    rows = [
        replace(frames.customer_row(n, plan, stores), attributes={}) for n, plan in enumerate(shop.members)
    ]
    customers.bulk_upsert(
        rows=rows,
        match_keys=("external_id",),
        policy="skip",
        source=frames.SOURCE,
        import_id=None,
        actor=SYSTEM,
        at=NOW,
    )
    for _again in range(2):
        load_twins(shop, stores, NOW)
    assert customers.count_customers() == 804
    scanned = customers.scan_duplicates(actor=SYSTEM, at=NOW)
    assert scanned.joined + scanned.review >= 3
