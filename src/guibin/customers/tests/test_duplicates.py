"""The scan: exact keys join, likenesses wait, what was decided stays decided, and again it is the same."""

from datetime import date, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guibin.core.errors import Forbidden
from guibin.core.permissions import SYSTEM
from guibin.customers import api, errors, ports
from guibin.customers.models import Customer, CustomerAlias, MatchPair, Merge
from guibin.customers.queries.candidates import find_told_apart
from guibin.customers.queries.traits import get_policies, load_people
from guibin.customers.rules.matching import compare
from guibin.customers.rules.values import Birthday, NewContact, Profile
from guibin.customers.tests.people import AGENT, AT, BOSS, CLERK, LATER, NOBODY

pytestmark = pytest.mark.django_db

PHONE = "+8613800138000"


def enter(name: str = "", phone: str = "", at: datetime = AT, **more: object) -> int:
    email = str(more.pop("email", ""))
    contacts = [NewContact("phone", phone)] if phone else []
    contacts += [NewContact("email", email)] if email else []
    return api.create_customer(
        profile=Profile(name=name, **more),  # type: ignore[arg-type]
        contacts=contacts, actor=BOSS, at=at,
    )  # fmt: skip


def queue() -> dict[tuple[int, int], int | None]:
    rows = MatchPair.objects.filter(status="open")
    return {(row.low_id, row.high_id): row.score for row in rows}


def as_it_stands() -> dict[tuple[int, int], tuple[str, int]]:
    """Every pair of people compared, in plain Python: what is not apart and was not told apart."""
    policies = get_policies()
    merged = CustomerAlias.objects.values("customer_id")
    there = Customer.objects.exclude(pk__in=merged).exclude(status="erased")
    heads = list(there.values_list("pk", flat=True))
    people = load_people(heads, policies)
    told = find_told_apart()
    verdicts = {pair: compare(people[pair[0]], people[pair[1]], policies)
                for pair in combinations(sorted(people), 2) if pair not in told}  # fmt: skip
    return {pair: (v.verdict, v.score) for pair, v in verdicts.items() if v.verdict != "apart"}


PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(["张伟", "張偉", "李娜", "王芳", ""]),
        st.sampled_from(["", "Zhang Wei"]),
        st.sampled_from([None, Birthday(5, 20, 1990), Birthday(5, 20), Birthday(8, 15, 1985, "lunar")]),
        st.sampled_from(["", PHONE, "+8613900138000"]),
        st.sampled_from(["", "a@b.cn"]),
        st.sampled_from(["", "male", "female"]),
        st.sampled_from([0, 30, 400]),
    ),
    min_size=2,
    max_size=7,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(PEOPLE)
def test_the_scan_finds_what_comparing_all_pairs_finds(db: None, shop: list[tuple[object, ...]]) -> None:
    from django.db import transaction

    with transaction.atomic():
        for name, latin, birthday, phone, email, gender, days in shop:
            if name or latin or phone or email:
                enter(str(name), str(phone), AT + timedelta(days=int(str(days))), latin_name=latin,
                      birthday=birthday, email=email, gender=gender)  # fmt: skip
        scanned = api.scan_duplicates(actor=SYSTEM, at=LATER)
        left = as_it_stands()
        assert "join" not in {verdict for verdict, _score in left.values()}
        assert queue() == {pair: score for pair, (_verdict, score) in left.items()}
        assert scanned.joined == Merge.objects.filter(reason="exact").count()
        assert scanned.review == len(left)
        rows = list(MatchPair.objects.order_by("pk").values()), list(Merge.objects.order_by("pk").values())
        again = api.scan_duplicates(actor=SYSTEM, at=LATER + timedelta(days=1))
        assert (again.joined, again.review) == (0, len(left))
        assert rows == (list(MatchPair.objects.order_by("pk").values()),
                        list(Merge.objects.order_by("pk").values()))  # fmt: skip
        transaction.set_rollback(True)


def test_the_same_phone_joins_at_once_and_undone_stays_undone() -> None:
    old, new = enter("张伟", PHONE), enter("張偉", PHONE)
    done = api.match_customers(customer_ids=[new], actor=SYSTEM, at=LATER)
    assert (done.joined, done.review) == (1, 0)
    assert api.resolve([new]) == {new: old}
    merge = Merge.objects.get()
    assert (merge.reason, [each[0] for each in merge.evidence]) == ("exact", ["phone", "name"])
    api.undo_merge(merge_id=merge.pk, actor=BOSS, at=LATER)
    assert api.scan_duplicates(actor=SYSTEM, at=LATER).joined == 0
    assert api.match_customers(customer_ids=[old, new], actor=SYSTEM, at=LATER).joined == 0
    assert queue() == {}


def test_what_was_undone_without_a_mark_waits_for_a_person() -> None:
    old, new = enter("张伟", PHONE), enter("張偉", PHONE)
    api.match_customers(customer_ids=[new], actor=SYSTEM, at=LATER)
    api.undo_merge(merge_id=Merge.objects.get().pk, keep_apart=False, actor=BOSS, at=LATER)
    assert api.match_customers(customer_ids=[old, new], actor=SYSTEM, at=LATER).joined == 0
    assert list(queue()) == [(old, new)]


def test_a_number_given_out_again_waits_and_opens_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bought: dict[int, date] = {}
    monkeypatch.setattr(ports, "_activities", [lambda ids: {pk: bought[pk] for pk in ids if pk in bought}])
    old = enter("张伟", PHONE)
    new = enter("", PHONE, AT + timedelta(days=400))
    api.match_customers(customer_ids=[new], actor=SYSTEM, at=LATER)
    assert api.resolve([new]) == {new: new}
    (pair,) = api.list_pairs(actor=BOSS).rows
    assert pair.against == (("given_out_again", -5),)
    assert not pair.is_sure
    bought[old] = date(2027, 12, 1)
    assert api.match_customers(customer_ids=[new], actor=SYSTEM, at=LATER).joined == 1


def test_never_the_same_is_never_proposed_again_also_through_others() -> None:
    one, two = enter("张伟", PHONE), enter("李娜", PHONE)
    api.scan_duplicates(actor=SYSTEM, at=LATER)
    (pair,) = api.list_pairs(actor=BOSS).rows
    kept = api.keep_apart(one_id=two, other_id=one, actor=BOSS, at=LATER)
    assert kept == pair.id
    api.scan_duplicates(actor=SYSTEM, at=LATER)
    assert api.list_pairs(actor=BOSS).total == 0
    third = enter("李娜", email="li@b.cn", birthday=Birthday(5, 20, 1990))
    api.merge_customers(kept_id=third, absorbed_id=two, actor=BOSS, at=LATER)
    api.scan_duplicates(actor=SYSTEM, at=LATER)
    assert queue() == {}
    (mark,) = api.list_pairs(actor=BOSS, status="never").rows
    api.release_pair(pair_id=mark.id, actor=BOSS, at=LATER)
    api.scan_duplicates(actor=SYSTEM, at=LATER)
    assert list(queue()) == [(one, third)]


def test_traits_shared_by_many_say_nothing() -> None:
    from guibin.core import preferences

    preferences.set_value(key="customers.shared_max", value=2, actor=BOSS, at=AT)
    for name in ("张伟", "李娜", "王芳"):
        enter(name, PHONE)
    scanned = api.scan_duplicates(actor=SYSTEM, at=LATER)
    assert (scanned.compared, scanned.left_out, scanned.people) == (0, 1, 3)


def test_a_person_says_that_two_are_one() -> None:
    one, two = enter("张伟", PHONE), enter("李娜", PHONE)
    api.scan_duplicates(actor=SYSTEM, at=LATER)
    (pair,) = api.list_pairs(actor=BOSS).rows
    merge_id = api.join_pair(pair_id=pair.id, kept_id=two, actor=BOSS, at=LATER)
    merge = Merge.objects.get(pk=merge_id)
    assert (merge.kept_id, merge.absorbed_id, merge.reason, merge.score) == (two, one, "review", 15)
    with pytest.raises(errors.PairUnknown):
        api.join_pair(pair_id=pair.id, actor=BOSS, at=LATER)
    assert api.list_pairs(actor=BOSS).total == 0


def test_who_may_decide_and_who_sees() -> None:
    one, two = enter("张伟", PHONE), enter("李娜", PHONE)
    api.scan_duplicates(actor=SYSTEM, at=LATER)
    (pair,) = api.list_pairs(actor=BOSS).rows
    for actor in (NOBODY, AGENT):
        for refused in (
            lambda actor=actor: api.join_pair(pair_id=pair.id, actor=actor, at=LATER),
            lambda actor=actor: api.keep_apart(one_id=one, other_id=two, actor=actor, at=LATER),
            lambda actor=actor: api.release_pair(pair_id=pair.id, actor=actor, at=LATER),
            lambda actor=actor: api.scan_duplicates(actor=actor, at=LATER),
            lambda actor=actor: api.match_customers(customer_ids=[one], actor=actor, at=LATER),
            lambda actor=actor: api.queue_scan(actor=actor, at=LATER),
            lambda actor=actor: api.fill_match_tokens(actor=actor),
            lambda actor=actor: api.save_key_policies(policies={}, actor=actor, at=LATER),
        ):
            with pytest.raises(Forbidden):
                refused()
    assert api.list_pairs(actor=CLERK).total == api.count_open_pairs(actor=CLERK) == 0
    with pytest.raises(errors.PairUnknown):
        api.get_pair(pair.id, actor=CLERK)


def test_erased_people_vanish_from_the_queue() -> None:
    one, _two = enter("张伟", PHONE), enter("李娜", PHONE)
    api.scan_duplicates(actor=SYSTEM, at=LATER)
    assert api.count_open_pairs(actor=BOSS) == 1
    api.erase_customer(customer_id=one, actor=BOSS, at=LATER)
    assert api.count_open_pairs(actor=BOSS) == 0
    api.scan_duplicates(actor=SYSTEM, at=LATER)
    assert not MatchPair.objects.exists()


def test_a_pair_that_is_no_more_alike_leaves_the_queue() -> None:
    one, two = enter("张伟", birthday=Birthday(5, 20, 1990)), enter("張偉", birthday=Birthday(5, 20, 1990))
    api.match_customers(customer_ids=[two], actor=SYSTEM, at=LATER)
    assert queue() == {(one, two): 60}
    api.edit_customer(customer_id=two, profile=Profile(name="李娜"), fields=["name"], actor=BOSS, at=LATER)
    api.match_customers(customer_ids=[two], actor=SYSTEM, at=LATER)
    assert queue() == {}


def test_a_scan_cut_off_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    from guibin.customers.operations import matching_scan

    monkeypatch.setattr(matching_scan, "BATCH", 1)
    for name in ("张伟", "李娜", "王芳", "赵敏"):
        enter(name, PHONE)
    seen: list[int] = []

    def cut(done: int, _total: int) -> None:
        seen.append(done)
        if len(seen) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        api.scan_duplicates(actor=SYSTEM, at=LATER, progress=cut)
    rest = api.scan_duplicates(actor=SYSTEM, at=LATER, after=seen[-1])
    assert rest.compared == 1
    assert queue() == {pair: score for pair, (_verdict, score) in as_it_stands().items()}
    assert len(queue()) == 6


def test_imports_say_how_many_were_recognised() -> None:
    old = enter("张伟", PHONE)
    rows = [
        api.CustomerRow(0, external_id="1", name="張偉", phones=(PHONE,)),
        api.CustomerRow(1, external_id="2", name="李娜", emails=("a@b.cn",)),
        api.CustomerRow(2, external_id="3", name="王芳", emails=("a@b.cn",)),
    ]
    done = api.bulk_upsert(rows=rows, match_keys=["external_id"], policy="fill", source="shop", import_id=5,
                           actor=BOSS, at=AT)  # fmt: skip
    made = [each.customer_id for each in done if each.customer_id]
    assert len(made) == 3
    api.match_customers(customer_ids=made, actor=SYSTEM, at=LATER)
    assert api.resolve(made)[made[0]] == old
    assert api.count_import_matches(5) == (1, 1)


def test_taking_an_import_back_takes_apart_what_it_joined() -> None:
    old = enter("张伟", PHONE)
    before = Customer.objects.values().get(pk=old)
    rows = [
        api.CustomerRow(0, external_id="1", name="張偉", phones=(PHONE,), city="杭州", gender="male"),
        api.CustomerRow(1, external_id="2", name="李娜", emails=("a@b.cn",)),
        api.CustomerRow(2, external_id="3", name="李娜", emails=("a@b.cn",), city="上海"),
    ]
    done = api.bulk_upsert(
        rows=rows, match_keys=["external_id"], policy="fill", source="shop", import_id=5, actor=BOSS, at=AT
    )
    made = [each.customer_id for each in done if each.customer_id]
    api.match_customers(customer_ids=made, actor=SYSTEM, at=LATER)
    assert api.resolve(made)[made[0]] == old
    report = api.undo_import(import_id=5, actor=BOSS, at=LATER)
    assert (report.removed, list(report.kept)) == (3, [])
    assert list(Customer.objects.values_list("pk", flat=True)) == [old]
    after = Customer.objects.values().get(pk=old)
    for name in ("city", "gender", "name_sealed", "details_sealed"):
        assert after[name] == before[name]
    assert not Merge.objects.exists()
    assert not CustomerAlias.objects.exists()
    assert not MatchPair.objects.exists()


def test_policies_are_stored_and_make_tokens_anew() -> None:
    wanted = {("pos", "phone"): "review", ("pos", "external_id"): "join", ("", "wechat"): ""}
    assert api.save_key_policies(policies=wanted, actor=BOSS, at=AT) == ("pos external_id", "pos phone")
    assert api.save_key_policies(policies=wanted, actor=BOSS, at=AT) == ()
    assert get_policies().of("pos", "phone") == "review"
    assert get_policies().is_shared("pos")
    from procrastinate.contrib.django.models import ProcrastinateJob

    assert ProcrastinateJob.objects.filter(task_name="customers.fill_match_tokens").count() == 1
    with pytest.raises(errors.KeyPolicyUnknown):
        api.save_key_policies(policies={("", "phone"): "perhaps"}, actor=BOSS, at=AT)
