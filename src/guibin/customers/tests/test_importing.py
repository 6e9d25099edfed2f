"""Many customers at once: matched, written, repeated, permuted, undone."""

import random
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guibin.core.events import read_timeline
from guibin.core.sealing import vault
from guibin.customers import api
from guibin.customers.models import ContactPoint, Customer, SearchToken
from guibin.customers.personal_data import PERSONAL_DATA
from guibin.customers.tests.people import AT, BOSS, ID_NUMBER, LATER, PHONE, ZHANG, row

pytestmark = pytest.mark.django_db


def load(rows: list[api.CustomerRow], **more: Any) -> dict[int, api.RowOutcome]:
    options: dict[str, Any] = {
        "match_keys": ["external_id"],
        "policy": "fill",
        "source": "till",
        "import_id": 1,
        "actor": BOSS,
        "at": AT,
    }
    outcomes = api.bulk_upsert(rows=rows, **(options | more))
    assert [outcome.position for outcome in outcomes] == [line.position for line in rows]
    return {outcome.position: outcome for outcome in outcomes}


def kinds(outcomes: dict[int, api.RowOutcome]) -> list[tuple[str, str]]:
    return [(outcome.outcome, outcome.reason) for _position, outcome in sorted(outcomes.items())]


def everybody() -> list[dict[str, object]]:
    """All people as plain values by number, without ids and bookkeeping."""
    assert PERSONAL_DATA.export is not None
    people = []
    for pk in Customer.objects.order_by("serial").values_list("pk", flat=True):
        copy = dict(PERSONAL_DATA.export(pk))
        copy["contacts"] = sorted((c["kind"], c["value"]) for c in copy["contacts"])  # type: ignore[attr-defined,index]
        copy["tokens"] = list(SearchToken.objects.filter(pk=pk).values_list("name_tokens", "phone_tokens"))
        people.append(copy)
    return people


FULL = row(
    1,
    "张伟",
    external_id="M-1",
    gender="male",
    birthday=api.Birthday(5, 20, 1990),
    phones=("138-0013-8000",),
    emails=("Zhang@Example.com",),
    wechats=("zhangwei_1",),
    cards=("66001",),
    province="浙江",
    city="杭州",
    address="龙井路",
    occupation="教师",
    interests="登山",
    id_number=ID_NUMBER,
    joined_on=date(2021, 3, 4),
    joined_store_id=7,
    tags=("茶友", "老客"),
    note="不喝冰的",
)


def test_a_full_row_arrives_whole_and_can_be_found() -> None:
    outcome = load([FULL])[1]
    assert outcome.outcome == "created"
    assert outcome.customer_id is not None
    seen = api.reveal_customer(customer_id=outcome.customer_id, reason="verify", actor=BOSS, at=AT)
    assert seen.profile == api.Profile(
        "张伟",
        "",
        "male",
        api.Birthday(5, 20, 1990),
        "浙江",
        "杭州",
        "龙井路",
        "教师",
        "登山",
        ID_NUMBER,
        date(2021, 3, 4),
        7,
    )
    assert {(ref.source, ref.value) for ref in seen.external_ids} == {("till", "M-1"), ("card", "66001")}
    assert [tag.name for tag in seen.tags] == ["老客", "茶友"]
    for text in ("张伟", "zw", "8000", "zhang@example.com", "M-1", "66001"):
        assert [hit.card.id for hit in api.search(text, actor=BOSS)] == [outcome.customer_id], text
    event = read_timeline(about=f"customer:{outcome.customer_id}")[-1]
    assert (event.name, event.origin) == ("customers.customer_created", "import")
    assert event.batch_id is not None


def test_bulk_equals_one_by_one() -> None:
    (bulk,) = load([FULL]).values()
    contacts = [
        api.NewContact("phone", FULL.phones[0]),
        api.NewContact("email", FULL.emails[0]),
        api.NewContact("wechat", FULL.wechats[0]),
    ]
    (first,) = everybody()
    api.undo_import(import_id=1, actor=BOSS, at=AT)
    single = api.create_customer(
        profile=api.Profile(
            FULL.name,
            "",
            FULL.gender,
            FULL.birthday,
            FULL.province,
            FULL.city,
            FULL.address,
            FULL.occupation,
            FULL.interests,
            FULL.id_number,
            FULL.joined_on,
            FULL.joined_store_id,
        ),
        contacts=contacts,
        source="till",
        actor=BOSS,
        at=AT,
    )
    api.add_external_id(customer_id=single, source="card", value="66001", actor=BOSS, at=AT)
    api.add_external_id(customer_id=single, source="till", value="M-1", actor=BOSS, at=AT)
    api.write_note(customer_id=single, text=FULL.note, actor=BOSS, at=AT)
    for name in ("茶友", "老客"):
        tag = api.save_tag(name=name, actor=BOSS, at=AT)
        api.add_tag(customer_ids=[single], tag_id=tag, actor=BOSS, at=AT)
    (second,) = everybody()
    assert first == second
    assert bulk.outcome == "created"


def test_the_same_file_twice_changes_nothing() -> None:
    rows = [FULL, row(2, "李娜", external_id="M-2", phones=("13900139000",))]
    load(rows)
    before = everybody()
    changed = list(Customer.objects.order_by("pk").values())
    for policy in ("skip", "fill", "overwrite"):
        outcomes = load(rows, policy=policy, import_id=2)
        assert {kind for kind, _reason in kinds(outcomes)} == {"skipped" if policy == "skip" else "unchanged"}
    assert everybody() == before
    assert list(Customer.objects.order_by("pk").values()) == changed


def test_policies_fill_and_overwrite() -> None:
    load([row(1, "张伟", external_id="M-1", city="杭州")])
    incoming = row(
        1, "张炜", external_id="M-1", city="宁波", gender="male", phones=("13800138000",), tags=("新",)
    )
    assert kinds(load([incoming], policy="skip", import_id=2)) == [("skipped", "")]
    assert kinds(load([incoming], policy="fill", import_id=3)) == [("updated", "")]
    (person,) = api.list_customers(api.Filters(), actor=BOSS).rows
    assert (person.name, person.city, person.gender, person.phone) == (
        "张伟",
        "杭州",
        "male",
        "138 **** 8000",
    )
    assert kinds(load([incoming], policy="overwrite", import_id=4)) == [("updated", "")]
    (person,) = api.list_customers(api.Filters(), actor=BOSS).rows
    assert (person.name, person.city) == ("张炜", "宁波")
    assert [hit.card.name for hit in api.search("炜", actor=BOSS)] == ["张炜"]
    assert api.search("张伟", actor=BOSS) == []
    emptied = row(1, external_id="M-1")
    assert kinds(load([emptied], policy="overwrite", import_id=5)) == [("unchanged", "")]


def test_keys_match_in_order_and_disagreements_are_shown() -> None:
    load(
        [
            row(1, "甲", external_id="M-1", phones=("13800138001",)),
            row(2, "乙", external_id="M-2", phones=("13800138002",), cards=("C-2",)),
            row(3, "丙", external_id="M-3", phones=("13800138002",)),
        ]
    )
    rows = [
        row(1, "甲", phones=("13800138001",)),
        row(2, "谁", phones=("13800138002",)),
        row(3, "谁", external_id="M-1", phones=("13800138002",)),
        row(4, "谁", external_id="M-9", cards=("C-2",)),
        row(5, "新", external_id="M-5"),
        row(6, "谁"),
        row(7, "谁", external_id="M-7", number="GB-999999"),
        row(8, "甲", number="gb-000001"),
        row(9, "谁", external_id="M-2", phones=("13800138001",)),
    ]
    found = kinds(load(rows, match_keys=["number", "external_id", "phone"], import_id=2, policy="fill"))
    assert found == [
        ("duplicate", "in_file"),
        ("conflict", "several_match"),
        ("conflict", "several_match"),
        ("conflict", "external_id_taken"),
        ("created", ""),
        ("invalid", "no_match_key"),
        ("conflict", "number_unknown"),
        ("unchanged", ""),
        ("conflict", "keys_disagree"),
    ]


def test_rows_that_are_no_good_say_why() -> None:
    rows = [
        row(1, "甲", external_id="1", phones=("12",)),
        row(2, "甲", external_id="2", emails=("a@b",)),
        row(3, "甲", external_id="3", wechats=("张",)),
        row(4, "甲", external_id="4", birthday=api.Birthday(2, 30)),
        row(5, "甲", external_id="5", id_number="123"),
        row(6, "甲", external_id="6", gender="x?"),
        row(7, "甲" * 61, external_id="7"),
        row(8, "甲", external_id="8", attributes={"nope": "1"}),
    ]
    assert kinds(load(rows)) == [
        ("invalid", reason)
        for reason in (
            "invalid_phone",
            "invalid_email",
            "invalid_wechat",
            "invalid_birthday",
            "invalid_id_number",
            "invalid_gender",
            "text_too_long",
            "invalid_attribute",
        )
    ]
    assert Customer.objects.count() == 0
    assert api.check_rows(rows[:1], source="till", match_keys=["external_id"]) == {1: "invalid_phone"}


def test_twins_in_one_file_are_shown_not_merged() -> None:
    rows = [row(1, "乙", external_id="M-1"), row(2, "甲", external_id="M-1"), row(3, "丙", external_id="M-3")]
    outcomes = load(rows)
    assert sorted(kinds(outcomes)) == [("created", ""), ("created", ""), ("duplicate", "in_file")]
    assert outcomes[1].customer_id == outcomes[2].customer_id
    later = load([row(9, "丁", external_id="M-3")], policy="overwrite")
    assert kinds(later) == [("duplicate", "in_file")]


def test_two_members_with_one_phone_are_shown_however_the_file_is_cut() -> None:
    keys = ["external_id", "phone"]
    first, second = (row(n, "客", external_id=f"M-{n}", phones=("13800138000",)) for n in (1, 2))
    load([first], match_keys=keys)
    assert kinds(load([second], match_keys=keys)) == [("duplicate", "in_file")]
    before = everybody()
    assert kinds(load([first], match_keys=keys, import_id=2, policy="overwrite")) == [("unchanged", "")]
    again = load([second], match_keys=keys, import_id=2, policy="overwrite")
    assert kinds(again) == [("conflict", "other_external_id")]
    assert everybody() == before
    card = row(3, "客", cards=("C-1",), phones=("13800138000",))
    assert kinds(load([card], match_keys=["phone"], import_id=3)) == [("updated", "")]
    another = row(4, "客", cards=("C-2",), phones=("13800138000",))
    assert kinds(load([another], match_keys=["phone"], import_id=4)) == [("updated", "")]


PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(["", "1", "2", "3", "10", "A"]),
        st.sampled_from(["", "13800138000", "13900139000", "13700137000", "bad"]),
        st.sampled_from(["", "张伟", "李娜", "John Smith"]),
        st.sampled_from(["", "杭州", "宁波"]),
    ),
    max_size=8,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=PEOPLE, seed=st.integers(0, 1000))
def test_any_permutation_of_a_file_gives_the_same_people(people: list[tuple[str, ...]], seed: int) -> None:
    rows = [
        row(n, name, external_id=external, phones=(phone,) if phone else (), city=city)
        for n, (external, phone, name, city) in enumerate(people)
    ]
    shuffled = random.Random(seed).sample(rows, len(rows))
    results = []
    for each in (rows, shuffled):
        outcomes = load(each, match_keys=["external_id", "phone"])
        results.append((everybody(), sorted((o.outcome, o.reason) for o in outcomes.values())))
        api.undo_import(import_id=1, actor=BOSS, at=AT)
        assert Customer.objects.count() == 0
    assert results[0] == results[1]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.lists(st.sampled_from(["7", "12", "100", "A-1", " 7 ", "x"]), max_size=9),
    seed=st.integers(0, 99),
)
def test_bare_customers_get_the_same_numbers_in_any_order(values: list[str], seed: int) -> None:
    shuffled = random.Random(seed).sample(values, len(values))
    numbers = []
    for each in (values, shuffled):
        found = api.ensure_by_external(source="invoices", values=each, import_id=1, actor=BOSS, at=AT)
        assert found.keys() == set(each)
        names = api.find_numbers(found.values())
        numbers.append({value: names[pk] for value, pk in found.items()})
        again = api.ensure_by_external(source="invoices", values=each, import_id=2, actor=BOSS, at=AT)
        assert again == found
        api.undo_import(import_id=1, actor=BOSS, at=AT)
    assert numbers[0] == numbers[1]


TABLES = (
    "customer",
    "contactpoint",
    "externalid",
    "searchtoken",
    "attributevalue",
    "note",
    "tag",
    "customertag",
    "fieldchange",
    "numbercounter",
    "customeralias",
)


def state() -> dict[str, list[str]]:
    """Every table of the slice as comparable text, names and details opened."""
    keys = vault().load(Customer.objects.values_list("pk", flat=True))
    tables = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT * FROM customers_{table}")
            names = [column.name for column in cursor.description]
            tables[table] = sorted(
                _line(dict(zip(names, line, strict=True)), keys) for line in cursor.fetchall()
            )
        cursor.execute("SELECT person_id FROM core_personkey ORDER BY 1")
        tables["keys"] = [str(line) for line in cursor.fetchall()]
    return tables


def _line(line: dict[str, Any], keys: Any) -> str:
    owner = line.get("customer_id", line.get("id"))
    opened = {}
    places = {"name_sealed": "name", "latin_name_sealed": "latin_name", "details_sealed": "details"}
    for name, value in line.items():
        if name == "changed_xid":
            continue
        if name in places and value is not None:
            value = keys[owner].open(f"customers.{places[name]}", value)
        elif isinstance(value, memoryview | bytes):
            value = bytes(value).hex() if name.endswith("_index") else "sealed"
        opened[name] = str(value)
    return str(opened)


def test_undo_gives_back_every_table() -> None:
    api.save_attribute(code="build", label_zh="身形", kind="text", actor=BOSS, at=AT)
    known = api.create_customer(profile=replace(ZHANG, gender=""), contacts=[PHONE], actor=BOSS, at=AT)
    api.add_external_id(customer_id=known, source="till", value="M-1", actor=BOSS, at=AT)
    api.set_attributes(customer_id=known, values={"build": "瘦"}, actor=BOSS, at=AT)
    before = state()
    attributes = {"build": "壮"}
    rows = [
        replace(FULL, name="张炜", id_number="", phones=("13900139000",), attributes=attributes),
        row(2, "李娜", external_id="M-2", tags=("茶友",), note="新来的", attributes=attributes),
    ]
    assert sorted(kinds(load(rows, policy="overwrite", at=LATER))) == [("created", ""), ("updated", "")]
    assert state() != before
    report = api.undo_import(import_id=1, actor=BOSS, at=LATER)
    assert (report.removed, report.restored, list(report.kept)) == (1, 1, [])
    after = state()
    # A value put back by hand carries no import: only its own id may differ.
    for table in before:
        if table != "attributevalue":
            assert after[table] == before[table], table
    facts = api.get_customer(known, actor=BOSS).attributes
    assert [fact.value for fact in facts] == ["瘦"]
    assert [hit.card.name for hit in api.search("8000", actor=BOSS)] == ["张伟"]
    assert api.search("9000", actor=BOSS) == []


def test_undo_keeps_what_something_later_depends_on_and_says_so() -> None:
    known = api.create_customer(profile=api.Profile(name="甲"), actor=BOSS, at=AT)
    api.add_external_id(customer_id=known, source="till", value="M-0", actor=BOSS, at=AT)
    rows = [row(n, f"客{n}", external_id=f"M-{n}", city="杭州", gender="male") for n in range(5)]
    made = load(rows, policy="overwrite")
    ids = {position: outcome.customer_id or 0 for position, outcome in made.items()}
    api.edit_customer(
        customer_id=known, profile=api.Profile(city="宁波"), fields=["city"], actor=BOSS, at=LATER
    )
    api.write_note(customer_id=ids[1], text="来过", actor=BOSS, at=LATER)
    api.edit_customer(
        customer_id=ids[2], profile=api.Profile(city="宁波"), fields=["city"], actor=BOSS, at=LATER
    )
    report = api.undo_import(import_id=1, depended_on=[ids[3]], actor=BOSS, at=LATER)
    assert report.removed == 1
    assert {(line.customer_id, line.reason, line.field) for line in report.kept} == {
        (ids[1], "used_later", ""),
        (ids[2], "changed_later", ""),
        (ids[3], "depended_on", ""),
        (known, "changed_later", "city"),
    }
    (card,) = api.get_cards([known]).values()
    assert (card.name, card.city, card.gender) == ("甲", "宁波", "")
    assert Customer.objects.filter(pk=ids[4]).count() == 0
    assert ContactPoint.objects.count() == 0


def test_a_merged_id_resolves_everywhere() -> None:
    from guibin.customers.models import CustomerAlias

    old = api.create_customer(profile=api.Profile(name="旧"), contacts=[PHONE], actor=BOSS, at=AT)
    new = api.create_customer(profile=api.Profile(name="新"), actor=BOSS, at=AT)
    api.add_external_id(customer_id=old, source="till", value="M-1", actor=BOSS, at=AT)
    CustomerAlias.objects.create(customer_id=old, into_id=new, merged_at=AT)
    assert api.resolve([old, new]) == {old: new, new: new}
    assert api.find_ids_by_external("till", ["M-1"]) == {"M-1": new}
    assert api.find_ids_by_phones(["13800138000"]) == {"13800138000": new}
    assert api.find_id("GB-000001", actor=BOSS) == new
    assert [card.id for card in api.list_customers(api.Filters(), actor=BOSS).rows] == [new]
    assert load([row(1, "新", external_id="M-1")], import_id=3)[1].customer_id == new


def test_the_queries_of_a_batch_do_not_grow(django_assert_max_num_queries: Any) -> None:
    rows = [row(n, f"客{n}", external_id=f"M-{n}", phones=(f"1380013{8000 + n}",)) for n in range(200)]
    with django_assert_max_num_queries(24):
        load(rows)
    changed = [replace(line, city="杭州", phones=(f"1390013{8000 + n}",)) for n, line in enumerate(rows)]
    with django_assert_max_num_queries(
        28
    ):  # match tokens of whoever changes are made from all that is stored
        outcomes = load(changed, policy="overwrite", import_id=2)
    assert {outcome.outcome for outcome in outcomes.values()} == {"updated"}
