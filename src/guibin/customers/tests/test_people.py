"""One customer at a time: created, found, edited, archived, revealed."""

from dataclasses import replace
from datetime import date

import pytest

from guibin.core.errors import Forbidden
from guibin.core.events import read_timeline
from guibin.customers import api, errors
from guibin.customers.models import FieldChange
from guibin.customers.tests.people import (
    AGENT,
    AT,
    BOSS,
    CLERK,
    EMAIL,
    ID_NUMBER,
    LATER,
    NOBODY,
    PHONE,
    WECHAT,
    ZHANG,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def zhang() -> int:
    return api.create_customer(profile=ZHANG, contacts=[PHONE, EMAIL, WECHAT], actor=BOSS, at=AT)


def names(text: str) -> list[str]:
    return [hit.card.name for hit in api.search(text, actor=BOSS)]


def events(customer_id: int) -> list[str]:
    return [event.name for event in read_timeline(about=f"customer:{customer_id}")]


@pytest.mark.parametrize(
    "text",
    [
        "张",
        "张伟",
        "張偉",
        "zhangwei",
        "Zhang Wei",
        "zw",
        "zhang",
        "8000",
        "13800138000",
        "+86 138 0013 8000",
        "zhang.wei@example.com",
        "GB-000001",
        "gb-1",
        "1",
    ],
)
def test_search_finds_a_person_by(zhang: int, text: str) -> None:
    assert names(text) == ["张伟"]


@pytest.mark.parametrize(
    "text", ["", " ", "李", "张伟强", "wei zhang li", "8001", "13800138001", "x@y.cn", "GB-000002", "%", "'"]
)
def test_search_does_not_find_a_person_by(zhang: int, text: str) -> None:
    assert names(text) == []


def test_search_ranks_whole_names_first_and_refuses_scattered_characters() -> None:
    for name in ("张伟", "张伟民", "伟民张伟"):
        api.create_customer(profile=replace(ZHANG, name=name, id_number=""), actor=BOSS, at=AT)
    assert names("张伟")[0] == "张伟"
    assert set(names("张伟民")) == {"张伟民"}
    assert set(names("zhangwei")) == {"张伟", "张伟民", "伟民张伟"}


def test_a_profile_is_masked_until_revealed(zhang: int) -> None:
    seen = api.get_customer(zhang, actor=AGENT)
    assert seen.profile.name == "张伟"
    assert seen.profile.birthday == api.Birthday(8, 15, None, "lunar")
    assert seen.profile.id_number.endswith("002X")
    assert ID_NUMBER not in repr(seen)
    assert "13800138000" not in repr(seen)
    assert [contact.value for contact in seen.contacts] == ["138 **** 8000", "z***@example.com", "z****"]
    whole = api.reveal_customer(customer_id=zhang, reason="verify", actor=AGENT, at=AT)
    assert whole.profile == ZHANG
    assert whole.age_band == "1985"
    assert whole.contacts[0].value == "138 0013 8000"
    assert events(zhang)[0] == "customers.personal_data_revealed"


def test_revealing_needs_a_permission_and_a_reason(zhang: int) -> None:
    with pytest.raises(errors.ReasonUnknown):
        api.reveal_customer(customer_id=zhang, reason="curious", actor=AGENT, at=AT)
    with pytest.raises(Forbidden):
        api.reveal_customer(customer_id=zhang, reason="verify", actor=NOBODY, at=AT)
    assert events(zhang) == ["customers.customer_created"]


def test_numbers_follow_each_other_and_find_their_customer() -> None:
    ids = [
        api.create_customer(profile=api.Profile(name=name), actor=BOSS, at=AT) for name in ("甲", "乙", "丙")
    ]
    assert [api.get_customer(pk, actor=BOSS).number for pk in ids] == ["GB-000001", "GB-000002", "GB-000003"]
    found = api.find_by_number("gb-000002", actor=BOSS)
    assert found is not None
    assert found.profile.name == "乙"
    assert api.find_by_number("GB-000009", actor=BOSS) is None


def test_somebody_needs_a_name_or_a_way_to_be_reached() -> None:
    with pytest.raises(errors.NameMissing):
        api.create_customer(profile=api.Profile(), actor=BOSS, at=AT)
    assert api.create_customer(profile=api.Profile(), contacts=[PHONE], actor=BOSS, at=AT)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"birthday": api.Birthday(2, 30)}, errors.BirthdayInvalid),
        ({"id_number": "110105194912310021"}, errors.IdNumberInvalid),
        ({"gender": "robot"}, errors.GenderInvalid),
        ({"address": "x" * 301}, errors.TextTooLong),
    ],
)
def test_nonsense_is_refused(change: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        api.create_customer(profile=replace(ZHANG, **change), actor=BOSS, at=AT)  # type: ignore[arg-type]
    assert api.count_customers(status="") == 0


def test_an_id_number_belongs_to_one_person(zhang: int) -> None:
    with pytest.raises(errors.IdNumberTaken):
        api.create_customer(profile=replace(ZHANG, id_number=ID_NUMBER.lower()), actor=BOSS, at=AT)


def test_an_edit_keeps_history_renews_tokens_and_says_what_changed(zhang: int) -> None:
    changed = api.edit_customer(
        customer_id=zhang,
        profile=replace(ZHANG, name="章蔚", city=""),
        actor=AGENT,
        at=LATER,
        expected_revision=1,
    )
    assert set(changed) == {"name", "city"}
    assert names("章蔚") == names("zw") == ["章蔚"]
    assert names("张伟") == []
    lines = {line.field: (line.old, line.new) for line in api.list_field_history(zhang)}
    assert lines == {"name": ("张伟", "章蔚"), "city": ("杭州", None)}
    assert (
        api.edit_customer(
            customer_id=zhang, profile=replace(ZHANG, name="章蔚", city=""), actor=AGENT, at=LATER
        )
        == ()
    )
    assert events(zhang) == ["customers.customer_edited", "customers.customer_created"]


def test_an_edit_of_some_fields_leaves_the_rest(zhang: int) -> None:
    api.edit_customer(
        customer_id=zhang, profile=api.Profile(city="宁波"), fields=["city"], actor=AGENT, at=LATER
    )
    whole = api.reveal_customer(customer_id=zhang, reason="verify", actor=AGENT, at=AT)
    assert whole.profile == replace(ZHANG, city="宁波")


def test_two_people_editing_at_once_are_told(zhang: int) -> None:
    api.edit_customer(customer_id=zhang, profile=replace(ZHANG, city="宁波"), actor=AGENT, at=LATER)
    with pytest.raises(errors.CustomerChanged):
        api.edit_customer(
            customer_id=zhang, profile=replace(ZHANG, city="绍兴"), actor=AGENT, at=LATER, expected_revision=1
        )


def test_archiving_and_restoring(zhang: int) -> None:
    with pytest.raises(Forbidden):
        api.archive_customer(customer_id=zhang, actor=AGENT, at=AT)
    api.archive_customer(customer_id=zhang, actor=BOSS, at=AT)
    with pytest.raises(errors.CustomerNotActive):
        api.archive_customer(customer_id=zhang, actor=BOSS, at=AT)
    assert api.list_customers(api.Filters(), actor=BOSS).total == 0
    api.restore_customer(customer_id=zhang, actor=BOSS, at=AT)
    with pytest.raises(errors.CustomerNotArchived):
        api.restore_customer(customer_id=zhang, actor=BOSS, at=AT)
    assert api.list_customers(api.Filters(), actor=BOSS).total == 1


def test_somebody_of_one_store_sees_only_its_customers(zhang: int) -> None:
    other = api.create_customer(profile=api.Profile(name="李娜", joined_store_id=8), actor=BOSS, at=AT)
    assert [card.id for card in api.list_customers(api.Filters(), actor=CLERK).rows] == [zhang]
    assert [hit.card.id for hit in api.search("李娜", actor=CLERK)] == []
    with pytest.raises(errors.CustomerUnknown):
        api.get_customer(other, actor=CLERK)
    with pytest.raises(errors.CustomerUnknown):
        api.archive_customer(customer_id=other, actor=replace(BOSS, store_ids=frozenset({7})), at=AT)


def test_somebody_of_one_store_enters_customers_of_that_store() -> None:
    mine = api.create_customer(profile=api.Profile(name="李娜"), actor=CLERK, at=AT)
    assert api.get_customer(mine, actor=CLERK).profile.joined_store_id == 7
    with pytest.raises(Forbidden):
        api.create_customer(profile=api.Profile(name="李娜", joined_store_id=8), actor=CLERK, at=AT)


def test_contact_points_are_added_preferred_and_removed(zhang: int) -> None:
    second = api.add_contact(
        customer_id=zhang,
        contact=api.NewContact("phone", "+44 20 7946 0958", is_preferred=True),
        actor=AGENT,
        at=AT,
    )
    contacts = api.get_customer(zhang, actor=AGENT).contacts
    assert [contact.id for contact in contacts if contact.is_preferred] == [second]
    assert names("0958") == ["张伟"]
    with pytest.raises(errors.ContactTwice):
        api.add_contact(customer_id=zhang, contact=api.NewContact("phone", "13800138000"), actor=AGENT, at=AT)


def test_a_removed_phone_finds_nobody_but_stays_in_the_sealed_history(zhang: int) -> None:
    first = next(c for c in api.get_customer(zhang, actor=AGENT).contacts if c.kind == "phone")
    assert api.remove_contact(contact_id=first.id, actor=AGENT, at=AT) == zhang
    assert names("8000") == names("13800138000") == []
    assert [(line.field, line.old) for line in api.list_field_history(zhang)] == [("phone", "+8613800138000")]
    with pytest.raises(errors.ContactUnknown):
        api.remove_contact(contact_id=first.id, actor=AGENT, at=AT)


@pytest.mark.parametrize(
    ("contact", "error"),
    [
        (api.NewContact("phone", "12345"), errors.PhoneInvalid),
        (api.NewContact("email", "a@b"), errors.EmailInvalid),
        (api.NewContact("wechat", "张"), errors.WechatInvalid),
        (api.NewContact("phone", "13900139000", hour_from=22, hour_until=8), errors.HoursInvalid),
    ],
)
def test_impossible_contacts_are_refused(zhang: int, contact: api.NewContact, error: type[Exception]) -> None:
    with pytest.raises(error):
        api.add_contact(customer_id=zhang, contact=contact, actor=AGENT, at=AT)


def test_a_card_belongs_to_one_person(zhang: int) -> None:
    other = api.create_customer(profile=api.Profile(name="李娜"), actor=BOSS, at=AT)
    for _twice in range(2):
        api.add_external_id(customer_id=zhang, source="card", value=" 66-001 ", actor=BOSS, at=AT)
    with pytest.raises(errors.ExternalIdTaken):
        api.add_external_id(customer_id=other, source="card", value="66-001", actor=BOSS, at=AT)
    assert api.find_ids_by_external("card", ["66-001", "66-002"]) == {"66-001": zhang}
    assert names("66-001") == ["张伟"]


def test_ids_are_found_in_batch_however_written(zhang: int) -> None:
    assert api.find_ids_by_phones(["138 0013 8000", "+8613800138000", "1"]) == {
        "138 0013 8000": zhang,
        "+8613800138000": zhang,
    }
    assert api.find_ids_by_emails(["ZHANG.WEI@example.com", "no"]) == {"ZHANG.WEI@example.com": zhang}
    assert api.find_ids_by_numbers(["gb-000001", "GB-7"]) == {"gb-000001": zhang}
    api.create_customer(profile=api.Profile(name="妻"), contacts=[PHONE], actor=BOSS, at=AT)
    assert api.find_ids_by_phones(["13800138000"]) == {}


def test_tags_notes_and_own_fields(zhang: int) -> None:
    tag = api.save_tag(name="茶友", colour="green", actor=AGENT, at=AT)
    with pytest.raises(errors.TagTaken):
        api.save_tag(name="茶友", actor=AGENT, at=AT)
    assert api.add_tag(customer_ids=[zhang], tag_id=tag, actor=AGENT, at=AT) == 1
    assert api.add_tag(customer_ids=[zhang], tag_id=tag, actor=AGENT, at=AT) == 0
    assert [card.id for card in api.list_customers(api.Filters(tag_ids=(tag,)), actor=BOSS).rows] == [zhang]
    api.save_attribute(code="shoulder", label_zh="肩宽", kind="number", unit="cm", actor=BOSS, at=AT)
    api.save_attribute(
        code="silk",
        label_zh="面料",
        kind="choice",
        choices=[("silk", "真丝", "Silk")],
        privacy="sensitive",
        actor=BOSS,
        at=AT,
    )
    assert api.set_attributes(
        customer_id=zhang, values={"shoulder": "38.50", "silk": "silk"}, actor=AGENT, at=AT
    )
    assert api.set_attributes(customer_id=zhang, values={"shoulder": "38.5"}, actor=AGENT, at=AT) == ()
    with pytest.raises(errors.AttributeValueInvalid):
        api.set_attributes(customer_id=zhang, values={"shoulder": "wide"}, actor=AGENT, at=AT)
    api.write_note(customer_id=zhang, text=" 不喝冰的 ", actor=AGENT, at=AT)
    seen = api.get_customer(zhang, actor=AGENT)
    assert [tag.name for tag in seen.tags] == ["茶友"]
    assert {fact.definition.code: (fact.value, fact.is_masked) for fact in seen.attributes} == {
        "shoulder": ("38.5", False),
        "silk": (None, True),
    }
    assert [note.text for note in api.list_notes(zhang)] == ["不喝冰的"]
    assert api.remove_tag(customer_ids=[zhang], tag_id=tag, actor=AGENT, at=AT) == 1
    assert api.get_customer(zhang, actor=AGENT).tags == ()


def test_the_history_knows_where_a_value_came_from(zhang: int) -> None:
    api.edit_customer(
        customer_id=zhang,
        profile=replace(ZHANG, joined_on=date(2020, 1, 1)),
        source="rest",
        actor=AGENT,
        at=LATER,
    )
    (line,) = api.list_field_history(zhang)
    assert (line.field, line.source, line.changed_by, line.changed_at) == (
        "joined_on",
        "rest",
        "staff:2",
        LATER,
    )
    assert FieldChange.objects.get().old_sealed is not None


@pytest.mark.parametrize("count", [1, 30])
def test_a_list_asks_equally_often(count: int, django_assert_num_queries: object) -> None:
    for number in range(count):
        api.create_customer(
            profile=api.Profile(name=f"张{number}"),
            contacts=[api.NewContact("phone", f"1380013{8000 + number}")],
            actor=BOSS,
            at=AT,
        )
    # count, rows, person keys, phones, tags
    with django_assert_num_queries(5):  # type: ignore[operator]
        page = api.list_customers(api.Filters(), actor=BOSS, size=50)
    assert len(page.rows) == page.total == count
