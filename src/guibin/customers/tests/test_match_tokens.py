"""Match tokens follow what they are made of, on every way a customer is written."""

import pytest

from guibin.customers import api
from guibin.customers.models import SearchToken
from guibin.customers.operations.matching import fill_match_tokens
from guibin.customers.queries.traits import get_policies, load_traits, match_tokens
from guibin.customers.tests.people import AT, BOSS, EMAIL, LATER, PHONE, ZHANG, row

pytestmark = pytest.mark.django_db


def tokens(customer_id: int) -> list[int]:
    return SearchToken.objects.get(pk=customer_id).match_tokens


def as_stored(customer_id: int) -> list[int]:
    """The tokens of what is stored, made anew."""
    return match_tokens(load_traits([customer_id], get_policies())[customer_id])


def test_every_write_by_hand_keeps_them() -> None:
    pk = api.create_customer(profile=ZHANG, contacts=[PHONE], card="K1", actor=BOSS, at=AT)
    seen = [tokens(pk)]
    assert seen[-1] == as_stored(pk)
    contact_id = api.add_contact(customer_id=pk, contact=EMAIL, actor=BOSS, at=LATER)
    seen.append(tokens(pk))
    api.edit_customer(customer_id=pk, profile=api.Profile(name="张薇"), fields=["name"], actor=BOSS, at=LATER)
    seen.append(tokens(pk))
    api.remove_contact(contact_id=contact_id, actor=BOSS, at=LATER)
    seen.append(tokens(pk))
    api.add_external_id(customer_id=pk, source="unionid", value="o1", actor=BOSS, at=LATER)
    seen.append(tokens(pk))
    assert seen[-1] == as_stored(pk)
    assert len({tuple(each) for each in seen}) == len(seen)


def test_imports_write_the_same_and_undo_gives_back() -> None:
    old = api.create_customer(profile=ZHANG, contacts=[PHONE], actor=BOSS, at=AT)
    before = tokens(old)
    rows = [
        row(
            0,
            "张伟",
            external_id="1",
            phones=("13800138000",),
            emails=("a@b.cn",),
            address="西湖区龙井路二十号",
        ),
        row(1, "李娜", external_id="2", emails=("li@b.cn",), birthday=api.Birthday(5, 20, 1990)),
    ]
    done = api.bulk_upsert(
        rows=rows, match_keys=["phone", "external_id"], policy="overwrite", source="pos", import_id=9,
        actor=BOSS, at=LATER,
    )  # fmt: skip
    assert [each.outcome for each in done] == ["updated", "created"]
    new = done[1].customer_id
    assert new is not None
    assert tokens(old) == as_stored(old) != before
    assert tokens(new) == as_stored(new)
    api.undo_import(import_id=9, actor=BOSS, at=LATER)
    assert tokens(old) == before


def test_missing_ones_are_filled_in_batches_and_again_when_asked() -> None:
    first = api.create_customer(profile=ZHANG, contacts=[PHONE], actor=BOSS, at=AT)
    second = api.create_customer(profile=api.Profile(name="李娜"), contacts=[EMAIL], actor=BOSS, at=AT)
    right = tokens(first)
    SearchToken.objects.filter(pk=first).update(match_tokens=[])
    SearchToken.objects.filter(pk=second).update(match_tokens=[1])
    assert fill_match_tokens(actor=BOSS) == 1
    assert (tokens(first), tokens(second)) == (right, [1])
    assert fill_match_tokens(everybody=True, actor=BOSS) == 2
    assert tokens(second) == as_stored(second)


def test_erasing_takes_them_away() -> None:
    pk = api.create_customer(profile=ZHANG, contacts=[PHONE], actor=BOSS, at=AT)
    api.erase_customer(customer_id=pk, actor=BOSS, at=LATER)
    assert not SearchToken.objects.filter(pk=pk).exists()
