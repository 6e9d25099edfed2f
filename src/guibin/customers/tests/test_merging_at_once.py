"""Two people at work on the same customers: one waits for the other and meets what it left."""

import threading
from collections.abc import Callable, Iterable

import pytest
from django.db import connection, transaction

from guibin.core.errors import DomainError
from guibin.core.sealing import vault
from guibin.customers import api, errors
from guibin.customers.models import Customer, CustomerAlias, Merge, Note, Requirement
from guibin.customers.rules.merging import stand_for
from guibin.customers.tests.people import AT, BOSS, LATER

pytestmark = pytest.mark.django_db(transaction=True)
Work = Callable[[], object]


@pytest.fixture
def people() -> list[int]:
    return [
        api.create_customer(profile=api.Profile(name=name, city=city), actor=BOSS, at=AT)
        for name, city in (("张伟", ""), ("张炜", "苏州"), ("张薇", ""), ("章蔚", ""))
    ]


def merge(kept: int, absorbed: int) -> int:
    return api.merge_customers(kept_id=kept, absorbed_id=absorbed, actor=BOSS, at=LATER)


def told(failed: list[BaseException], work: Work, gate: threading.Barrier | None = None) -> Work:
    """``work`` for a thread: what it is refused with is kept."""

    def run() -> None:
        try:
            if gate is not None:
                gate.wait(10)
            work()
        except BaseException as error:  # noqa: BLE001 - told by the test
            failed.append(error)
        finally:
            connection.close()

    return run


def behind(first: Work, second: Work) -> list[BaseException]:
    """``second`` begins while ``first`` is not committed; returns what it was refused with."""
    failed: list[BaseException] = []
    thread = threading.Thread(target=told(failed, second))
    with transaction.atomic():
        first()
        thread.start()
        thread.join(0.5)
        assert thread.is_alive(), failed
    thread.join(20)
    assert not thread.is_alive()
    return failed


def at_once(works: Iterable[Work]) -> list[BaseException]:
    failed: list[BaseException] = []
    works = list(works)
    gate = threading.Barrier(len(works))
    threads = [threading.Thread(target=told(failed, work, gate)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    return failed


def check_aliases() -> None:
    standing = Merge.objects.filter(undone_at__isnull=True).values_list("absorbed_id", "kept_id")
    assert dict(CustomerAlias.objects.values_list("customer_id", "into_id")) == stand_for(dict(standing))


def test_two_merges_that_cross_leave_one(people: list[int]) -> None:
    a, b, *_others = people
    (failed,) = behind(lambda: merge(a, b), lambda: merge(b, a))
    assert isinstance(failed, errors.MergedAlready)
    assert api.resolve([a, b]) == {a: a, b: a}


def test_the_same_merge_twice_is_one(people: list[int]) -> None:
    a, b, *_others = people
    failed = at_once([lambda: merge(a, b)] * 3)
    assert [type(error) for error in failed] == [errors.MergedAlready] * 2
    assert Merge.objects.count() == 1


def test_a_chain_made_at_once_is_one_step_deep(people: list[int]) -> None:
    a, b, c, d = people
    failed = at_once([lambda: merge(a, b), lambda: merge(b, c), lambda: merge(c, d), lambda: merge(d, a)])
    assert all(isinstance(error, errors.MergedAlready) for error in failed)
    check_aliases()
    heads = set(CustomerAlias.objects.values_list("into_id", flat=True))
    assert not CustomerAlias.objects.filter(customer_id__in=heads).exists()


def test_merges_and_their_undoing_at_once_end_in_what_stands(people: list[int]) -> None:
    a, b, c, d = people
    first, second = merge(b, a), merge(c, b)

    def undo(merge_id: int) -> object:
        return api.undo_merge(merge_id=merge_id, keep_apart=False, actor=BOSS, at=LATER)

    failed = at_once([lambda: undo(first), lambda: merge(d, c), lambda: undo(second)])
    assert failed == []
    check_aliases()
    assert api.resolve(people) == {a: a, b: b, c: d, d: d}
    assert [api.get_customer(pk, actor=BOSS).profile.name for pk in (a, b)] == ["张伟", "张炜"]


def test_a_note_written_while_merging_is_with_who_stands_for_the_person(people: list[int]) -> None:
    a, b, *_others = people
    failed = behind(
        lambda: merge(a, b), lambda: api.write_note(customer_id=b, text="茶", actor=BOSS, at=LATER)
    )
    assert failed == []
    assert Note.objects.get().customer_id == a


def test_what_is_asked_for_while_merging_is_sealed_for_who_it_is_written_for(people: list[int]) -> None:
    a, b, *_others = people
    kind = api.list_requirement_types()[0].code
    failed = behind(
        lambda: merge(a, b),
        lambda: api.add_requirement(customer_id=b, kind=kind, text="茶", actor=BOSS, at=LATER),
    )
    assert failed == []
    assert [one.text for one in api.list_requirements(a, masked=False)] == ["茶"]
    assert Requirement.objects.get().customer_id == a


def test_a_requirement_changed_while_merging_can_be_read(people: list[int]) -> None:
    a, b, *_others = people
    kind = api.list_requirement_types()[0].code
    asked = api.add_requirement(customer_id=b, kind=kind, text="茶", actor=BOSS, at=LATER)
    failed = behind(
        lambda: merge(a, b),
        lambda: api.edit_requirement(requirement_id=asked, text="水", valid_until=None, actor=BOSS, at=LATER),
    )
    assert failed == []
    assert [one.text for one in api.list_requirements(a, masked=False)] == ["水"]


def test_who_is_related_while_merged_is_refused(people: list[int]) -> None:
    a, b, c, *_others = people
    wish = api.NewRelation("spouse", remark="茶")
    failed = behind(
        lambda: merge(a, b),
        lambda: api.relate_customers(customer_id=b, other_id=c, relation=wish, actor=BOSS, at=LATER),
    )
    assert [type(error) for error in failed] == [errors.CustomerChanged]
    assert api.list_relations(a) == []


def test_an_edit_while_merging_is_kept(people: list[int]) -> None:
    a, b, *_others = people

    def edit() -> None:
        api.edit_customer(
            customer_id=b, profile=api.Profile(city="杭州"), fields=["city"], actor=BOSS, at=LATER
        )

    assert behind(lambda: merge(a, b), edit) == []
    assert api.get_customer(a, actor=BOSS).profile.city == "杭州"
    assert Customer.objects.get(pk=b).city == "苏州"


def test_a_merge_sees_the_edit_it_waited_for(people: list[int]) -> None:
    a, b, *_others = people

    def edit() -> None:
        api.edit_customer(
            customer_id=b, profile=api.Profile(city="杭州"), fields=["city"], actor=BOSS, at=LATER
        )

    assert behind(edit, lambda: merge(a, b)) == []
    assert api.get_customer(a, actor=BOSS).profile.city == "杭州"


@pytest.mark.parametrize("erased_first", [True, False])
def test_merging_and_erasing_leave_nothing_of_who_was_erased(
    people: list[int], *, erased_first: bool
) -> None:
    a, b, *_others = people

    def erase() -> None:
        api.erase_customer(customer_id=b, actor=BOSS, at=LATER)

    if erased_first:
        (failed,) = behind(erase, lambda: merge(a, b))
        assert isinstance(failed, errors.CustomerErased)
        assert set(vault().load([a, b])) == {a}
        assert api.get_customer(a, actor=BOSS).profile.city == ""
    else:
        assert behind(lambda: merge(a, b), erase) == []
        assert vault().load([a, b]) == {}


def test_edits_and_merges_at_once_never_lock_each_other_out(people: list[int]) -> None:
    a, b, c, d = people

    def edits() -> None:
        for turn in range(6):
            for pk in people:
                api.edit_customer(
                    customer_id=pk,
                    profile=api.Profile(city=f"城{turn}"),
                    fields=["city"],
                    actor=BOSS,
                    at=LATER,
                )

    def merges() -> None:
        for _turn in range(4):
            done = [merge(c, d), merge(b, c), merge(a, b)]
            for merge_id in (done[1], done[0], done[2]):
                api.undo_merge(merge_id=merge_id, keep_apart=False, actor=BOSS, at=LATER)

    failed = at_once([edits, merges, edits])
    assert [error for error in failed if not isinstance(error, DomainError)] == []
    assert not CustomerAlias.objects.exists()
