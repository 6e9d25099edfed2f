"""A person with several ids: read, written, merged, taken apart, erased."""

from dataclasses import replace

import pytest

from guibin.core.composed import ComposedRead
from guibin.core.errors import Forbidden
from guibin.core.events import read_timeline
from guibin.core.permissions import Actor
from guibin.core.sealing import vault
from guibin.customers import api, errors
from guibin.customers.models import (
    ContactPoint,
    Customer,
    CustomerAlias,
    FieldChange,
    MatchPair,
    Merge,
    SearchToken,
)
from guibin.customers.personal_data import export
from guibin.customers.queries import sealed
from guibin.customers.queries.merges import list_merges, preview_merge, preview_undo
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
    row,
)

pytestmark = pytest.mark.django_db
OTHER_ID = "440308199901101512"


@pytest.fixture
def zhang() -> int:
    return api.create_customer(profile=ZHANG, contacts=[PHONE, EMAIL], card="A1", actor=BOSS, at=AT)


@pytest.fixture
def wei() -> int:
    """The same man as he came in by the mini-program."""
    profile = api.Profile(name="张炜", gender="male", joined_store_id=7)
    phone = api.NewContact("phone", "139 0013 9000", is_preferred=True)
    return api.create_customer(profile=profile, contacts=[phone, WECHAT], card="B2", actor=BOSS, at=AT)


@pytest.fixture
def merged(zhang: int, wei: int) -> int:
    return api.merge_customers(kept_id=zhang, absorbed_id=wei, actor=BOSS, at=LATER)


def number(pk: int) -> str:
    return str(Customer.objects.values_list("number", flat=True).get(pk=pk))


@pytest.mark.usefixtures("merged")
class TestReading:
    def test_any_id_shows_the_person(self, zhang: int, wei: int) -> None:
        seen = api.get_customer(wei, actor=AGENT)
        assert seen == api.get_customer(zhang, actor=AGENT)
        assert seen.number == number(zhang)
        assert [contact.value for contact in seen.contacts] == [
            "138 **** 8000",
            "z***@example.com",
            "139 **** 9000",
            "z****",
        ]
        assert [contact.is_preferred for contact in seen.contacts] == [True, False, False, False]
        assert {ref.value for ref in seen.external_ids} == {"****A1", "****B2"}
        whole = api.reveal_customer(customer_id=wei, reason="verify", actor=AGENT, at=LATER)
        assert whole.profile == ZHANG

    def test_an_old_number_finds_the_person(self, zhang: int, wei: int) -> None:
        assert api.get_id(number(wei), actor=AGENT) == zhang
        assert api.get_bearer(number(wei), actor=AGENT) == wei
        assert api.find_numbers([wei, zhang]) == dict.fromkeys((wei, zhang), number(zhang))
        assert api.get_cards([wei])[wei].number == number(zhang)

    @pytest.mark.parametrize(
        "text",
        [
            "张炜",
            "张伟",
            "zhangwei",
            "zw",
            "9000",
            "13900139000",
            "8000",
            "B2",
            "A1",
            "zhang.wei@example.com",
        ],
    )
    def test_a_search_by_what_any_id_has_finds_the_person_once(self, zhang: int, text: str) -> None:
        assert [hit.card.id for hit in api.search(text, actor=AGENT)] == [zhang]
        listed = api.list_customers(api.Filters(text=text), actor=AGENT)
        assert [card.id for card in listed.rows] == [zhang]
        assert listed.total == 1

    def test_a_search_by_the_old_number_says_so(self, zhang: int, wei: int) -> None:
        (hit,) = api.search(number(wei), actor=AGENT)
        assert (hit.card.id, hit.why) == (zhang, "number")

    def test_a_merged_name_is_no_answer_to_another(self) -> None:
        assert api.search("张炜民", actor=AGENT) == []

    def test_tags_notes_and_history_are_of_all(self, zhang: int, wei: int) -> None:
        tags = [api.save_tag(name=name, actor=BOSS, at=AT) for name in ("茶友", "会员")]
        api.undo_merge(merge_id=Merge.objects.get().pk, keep_apart=False, actor=BOSS, at=LATER)
        for pk, tag in ((zhang, tags[0]), (wei, tags[0]), (wei, tags[1])):
            api.add_tag(customer_ids=[pk], tag_id=tag, actor=BOSS, at=AT)
            api.write_note(customer_id=pk, text=f"note of {pk}", actor=BOSS, at=AT)
        api.edit_customer(
            customer_id=wei, profile=api.Profile(city="苏州"), fields=["city"], actor=BOSS, at=AT
        )
        api.merge_customers(kept_id=zhang, absorbed_id=wei, actor=BOSS, at=LATER)
        assert [tag.name for tag in api.get_customer(zhang, actor=AGENT).tags] == ["会员", "茶友"]
        assert len(api.list_notes(zhang)) == 3
        assert {change.new for change in api.list_field_history(zhang)} == {"苏州"}
        assert [
            card.id for card in api.list_customers(api.Filters(tag_ids=(tags[1],)), actor=AGENT).rows
        ] == [zhang]
        assert {tag.name: tag.customers for tag in api.list_tags()} == {"茶友": 1, "会员": 1}
        copy = export(wei)
        assert copy["numbers"] == [number(zhang), number(wei)]
        assert len(copy["contacts"]) == 4  # type: ignore[arg-type]
        assert len(copy["notes"]) == 3  # type: ignore[arg-type]

    def test_who_may_see_the_person_sees_all_ids(self, zhang: int, wei: int) -> None:
        Customer.objects.filter(pk=wei).update(joined_store_id=9)
        assert api.get_customer(wei, actor=CLERK).id == zhang
        assert api.get_id(number(wei), actor=CLERK) == zhang
        Customer.objects.filter(pk=zhang).update(joined_store_id=9)
        Customer.objects.filter(pk=wei).update(joined_store_id=7)
        assert api.find_id(number(wei), actor=CLERK) is None
        assert api.search("9000", actor=CLERK) == []
        with pytest.raises(errors.CustomerUnknown):
            api.get_customer(wei, actor=CLERK)

    def test_a_look_names_every_id(self, zhang: int, wei: int) -> None:
        api.reveal_cards(customer_ids=[wei, zhang], reason="contact", actor=AGENT, at=LATER)
        for pk in (zhang, wei):
            newest = next(iter(read_timeline(about=f"customer:{pk}")))
            assert newest.name == "customers.personal_data_revealed"
        looks = [e for e in read_timeline(about=f"customer:{wei}") if e.name.endswith("revealed")]
        assert len(looks) == 1


@pytest.mark.usefixtures("merged")
class TestWriting:
    def test_what_is_written_goes_to_who_stands_for_the_person(self, zhang: int, wei: int) -> None:
        api.edit_customer(
            customer_id=wei, profile=api.Profile(city="苏州"), fields=["city"], actor=AGENT, at=LATER
        )
        api.add_contact(customer_id=wei, contact=api.NewContact("email", "a@b.cn"), actor=AGENT, at=LATER)
        api.write_note(customer_id=wei, text="茶", actor=AGENT, at=LATER)
        assert Customer.objects.get(pk=zhang).city == "苏州"
        assert Customer.objects.get(pk=wei).city == ""
        assert ContactPoint.objects.filter(customer_id=zhang, kind="email").count() == 2

    def test_a_contact_any_id_has_is_not_added_again(self, zhang: int) -> None:
        with pytest.raises(errors.ContactTwice):
            api.add_contact(
                customer_id=zhang, contact=api.NewContact("phone", "13900139000"), actor=AGENT, at=LATER
            )
        api.add_external_id(customer_id=zhang, source="card", value="B2", actor=AGENT, at=LATER)
        assert len(api.get_customer(zhang, actor=AGENT).external_ids) == 2

    def test_what_a_merged_id_has_can_be_preferred_and_removed(self, zhang: int, wei: int) -> None:
        point = ContactPoint.objects.get(customer_id=wei, kind="phone").pk
        assert (
            api.edit_contact(contact_id=point, is_preferred=True, label="新", actor=AGENT, at=LATER) == zhang
        )
        first = api.get_customer(zhang, actor=AGENT).contacts[0]
        assert (first.id, first.is_preferred) == (point, True)
        assert api.get_cards([zhang])[zhang].phone == "139 **** 9000"
        assert api.remove_contact(contact_id=point, actor=AGENT, at=LATER) == zhang
        assert api.search("9000", actor=AGENT) == []
        assert len(api.get_customer(zhang, actor=AGENT).contacts) == 3

    def test_every_way_to_read_shows_the_same_phone(self, zhang: int, wei: int) -> None:
        for point in ContactPoint.objects.filter(kind__in=("phone", "email")):
            api.edit_contact(contact_id=point.pk, is_preferred=True, actor=AGENT, at=LATER)
            ContactPoint.objects.filter(customer_id=wei, kind="phone").update(is_preferred=True)
            head = ComposedRead([replace(api.head_part(), sql=api.head_part().sql.replace("$2", "$1"))])
            sheet = ComposedRead([api.sheet_part("$1")])
            asked = number(wei).encode()
            shown = api.read_head(head.run(asked)[0], actor=AGENT)
            page = api.read_sheet(sheet.run(asked)[0], actor=AGENT)
            view = api.get_customer(wei, actor=AGENT)
            assert shown is not None
            assert page is not None
            assert page.ids == (zhang, wei)
            phone = next(contact.value for contact in view.contacts if contact.kind == "phone")
            assert phone == shown.phone == page.phone == api.get_cards([wei])[wei].phone
            assert [(each.kind, each.value, each.is_preferred) for each in page.contacts] == [
                (each.kind, each.value, each.is_preferred) for each in view.contacts
            ]

    def test_a_tag_comes_off_every_id(self, zhang: int, wei: int, merged: int) -> None:
        tag = api.save_tag(name="茶友", actor=BOSS, at=AT)
        api.undo_merge(merge_id=merged, keep_apart=False, actor=BOSS, at=LATER)
        api.add_tag(customer_ids=[zhang, wei], tag_id=tag, actor=BOSS, at=LATER)
        api.merge_customers(kept_id=zhang, absorbed_id=wei, actor=BOSS, at=LATER)
        assert api.add_tag(customer_ids=[wei], tag_id=tag, actor=BOSS, at=LATER) == 0
        assert api.remove_tag(customer_ids=[wei], tag_id=tag, actor=BOSS, at=LATER) == 1
        assert api.get_customer(zhang, actor=AGENT).tags == ()

    def test_own_fields_are_set_for_the_person_and_cleared_everywhere(
        self, zhang: int, wei: int, merged: int
    ) -> None:
        api.save_attribute(code="size", label_zh="尺码", kind="text", actor=BOSS, at=AT)
        api.undo_merge(merge_id=merged, keep_apart=False, actor=BOSS, at=LATER)
        api.set_attributes(customer_id=wei, values={"size": "M"}, actor=BOSS, at=LATER)
        merge_id = api.merge_customers(kept_id=zhang, absorbed_id=wei, actor=BOSS, at=LATER)

        def shown(pk: int) -> list[str | None]:
            return [fact.value for fact in api.get_customer(pk, actor=BOSS).attributes]

        assert shown(zhang) == ["M"]
        assert api.set_attributes(customer_id=zhang, values={"size": "M"}, actor=BOSS, at=LATER) == ()
        assert api.set_attributes(customer_id=zhang, values={"size": "L"}, actor=BOSS, at=LATER) == ("size",)
        assert shown(wei) == ["L"]
        api.undo_merge(merge_id=merge_id, keep_apart=False, actor=BOSS, at=LATER)
        assert (shown(zhang), shown(wei)) == (["L"], ["M"])
        api.merge_customers(kept_id=zhang, absorbed_id=wei, actor=BOSS, at=LATER)
        assert api.set_attributes(customer_id=wei, values={"size": ""}, actor=BOSS, at=LATER) == ("size",)
        assert shown(zhang) == []

    def test_an_import_knows_the_person_by_any_key(self, zhang: int) -> None:
        outcomes = api.bulk_upsert(
            rows=[row(1, phones=("13900139000",), cards=("A1",), city="苏州")],
            match_keys=("phone",),
            policy="overwrite",
            source="till",
            import_id=None,
            actor=BOSS,
            at=LATER,
        )
        assert [outcome.customer_id for outcome in outcomes] == [zhang]
        assert ContactPoint.objects.count() == 4
        assert Customer.objects.count() == 2


class TestMerging:
    def test_an_id_number_is_shown_and_corrected_where_it_is(self, zhang: int, wei: int) -> None:
        api.merge_customers(kept_id=wei, absorbed_id=zhang, actor=BOSS, at=LATER)
        view = api.reveal_customer(customer_id=wei, reason="verify", actor=BOSS, at=LATER)
        assert view.profile.id_number == ID_NUMBER
        same = api.edit_customer(customer_id=wei, profile=view.profile, actor=BOSS, at=LATER)
        assert same == ()
        changed = api.edit_customer(
            customer_id=wei, profile=replace(view.profile, id_number=OTHER_ID), actor=BOSS, at=LATER
        )
        assert changed == ("id_number",)
        assert (
            api.reveal_customer(customer_id=wei, reason="verify", actor=BOSS, at=LATER).profile.id_number
            == OTHER_ID
        )
        assert Customer.objects.get(pk=wei).id_number_index is None

    def test_the_id_number_of_any_id_speaks_against_a_merge(self, zhang: int, wei: int) -> None:
        api.merge_customers(kept_id=wei, absorbed_id=zhang, actor=BOSS, at=LATER)
        other = api.create_customer(profile=api.Profile(name="李", id_number=OTHER_ID), actor=BOSS, at=AT)
        with pytest.raises(errors.TwoPeople):
            api.merge_customers(kept_id=wei, absorbed_id=other, actor=BOSS, at=LATER)
        assert preview_merge(wei, other, actor=BOSS).refusal == "two_people"

    def test_who_was_told_apart_from_one_id_is_apart_from_the_person(
        self, zhang: int, wei: int, merged: int
    ) -> None:
        api.undo_merge(merge_id=merged, actor=BOSS, at=LATER)
        third = api.create_customer(profile=api.Profile(name="张薇"), actor=BOSS, at=AT)
        api.merge_customers(kept_id=third, absorbed_id=wei, actor=BOSS, at=LATER)
        with pytest.raises(errors.KeptApart):
            api.merge_customers(kept_id=zhang, absorbed_id=third, actor=BOSS, at=LATER)
        assert preview_merge(zhang, third, actor=BOSS).refusal == "kept_apart"

    def test_a_form_opened_before_is_refused(self, zhang: int, wei: int) -> None:
        seen = [api.get_customer(pk, actor=BOSS).revision for pk in (zhang, wei)]
        merge_id = api.merge_customers(kept_id=zhang, absorbed_id=wei, actor=BOSS, at=LATER)
        for pk, revision in zip((zhang, wei), seen, strict=True):
            with pytest.raises(errors.CustomerChanged):
                api.edit_customer(
                    customer_id=pk, profile=ZHANG, expected_revision=revision, actor=BOSS, at=LATER
                )
        during = api.get_customer(wei, actor=BOSS).revision
        api.undo_merge(merge_id=merge_id, actor=BOSS, at=LATER)
        for pk in (zhang, wei):
            with pytest.raises(errors.CustomerChanged):
                api.edit_customer(
                    customer_id=pk, profile=ZHANG, expected_revision=during, actor=BOSS, at=LATER
                )

    def test_what_was_looked_at_must_still_be_so(self, zhang: int, wei: int) -> None:
        with pytest.raises(errors.CustomerChanged):
            api.merge_customers(
                kept_id=zhang, absorbed_id=wei, expected_revisions=(1, 2), actor=BOSS, at=LATER
            )
        assert not CustomerAlias.objects.exists()

    def test_it_is_refused_to_who_may_not_or_does_not_see_both(self, zhang: int, wei: int) -> None:
        clerk = replace(CLERK, permissions=BOSS.permissions)
        Customer.objects.filter(pk=wei).update(joined_store_id=9)
        refusals: tuple[tuple[Actor, type[Exception]], ...] = (
            (NOBODY, Forbidden),
            (AGENT, Forbidden),
            (clerk, errors.CustomerUnknown),
        )
        for actor, refusal in refusals:
            with pytest.raises(refusal):
                api.merge_customers(kept_id=zhang, absorbed_id=wei, actor=actor, at=LATER)
        merge_id = api.merge_customers(kept_id=zhang, absorbed_id=wei, actor=BOSS, at=LATER)
        Customer.objects.filter(pk=zhang).update(joined_store_id=9)
        with pytest.raises(errors.MergeUnknown):
            api.undo_merge(merge_id=merge_id, actor=clerk, at=LATER)
        with pytest.raises(errors.MergedAlready):
            api.merge_customers(kept_id=zhang, absorbed_id=wei, actor=BOSS, at=LATER)

    def test_a_field_taken_over_twice_goes_back_through_both(self) -> None:
        a, b, c = (
            api.create_customer(profile=api.Profile(name=name, city=city), actor=BOSS, at=AT)
            for name, city in (("甲", ""), ("乙", ""), ("丙", "苏州"))
        )
        first = api.merge_customers(kept_id=b, absorbed_id=c, actor=BOSS, at=LATER)
        second = api.merge_customers(kept_id=a, absorbed_id=b, actor=BOSS, at=LATER)
        assert api.get_customer(a, actor=BOSS).profile.city == "苏州"
        seen = preview_undo(first, actor=BOSS)
        assert [each.id for each in seen.leaves] == [c]
        assert seen.person == number(a)
        assert api.undo_merge(merge_id=first, actor=BOSS, at=LATER) == ("city",)
        assert api.get_customer(a, actor=BOSS).profile.city == ""
        assert api.group(a) == (a, b)
        api.undo_merge(merge_id=second, actor=BOSS, at=LATER)
        assert api.get_customer(c, actor=BOSS).profile.city == "苏州"
        assert [view.undone_at is not None for view in list_merges(b, actor=BOSS)] == [True, True]

    def test_the_preview_says_what_differs_what_comes_and_what_warns(self, zhang: int, wei: int) -> None:
        seen = preview_merge(zhang, wei, actor=AGENT)
        chosen = {choice.field: choice.proposed for choice in seen.choices}
        assert chosen["name"] == "kept"
        assert "gender" not in chosen
        assert seen.warnings == ("name",)
        assert seen.refusal == ""
        assert [has.contacts for has in seen.brings] == [2, 2]
        assert ID_NUMBER not in repr(seen)
        assert "龙井路" not in repr([choice for choice in seen.choices if choice.field == "address"])

    def test_undo_without_keeping_apart_leaves_the_question_open(
        self, zhang: int, wei: int, merged: int
    ) -> None:
        api.undo_merge(merge_id=merged, keep_apart=False, actor=BOSS, at=LATER)
        assert not MatchPair.objects.exists()
        api.merge_customers(kept_id=wei, absorbed_id=zhang, actor=BOSS, at=LATER)


class TestErasing:
    def test_nothing_of_any_id_is_left(self, zhang: int, wei: int, merged: int) -> None:
        api.write_note(customer_id=zhang, text="茶", actor=BOSS, at=LATER)
        api.erase_customer(customer_id=wei, actor=BOSS, at=LATER)
        assert vault().load([zhang, wei]) == {}
        for model in (ContactPoint, FieldChange, SearchToken):
            assert not model.objects.exists()
        for one in Customer.objects.all():
            assert (one.status, one.name_sealed, one.details_sealed, one.id_number_index) == (
                "erased",
                None,
                None,
                None,
            )
        for pk in (zhang, wei):
            assert next(iter(read_timeline(about=f"customer:{pk}"))).name == "customers.customer_erased"
        view = api.get_customer(wei, actor=BOSS)
        assert (view.status, view.profile.name, view.contacts) == ("erased", "", ())
        assert CustomerAlias.objects.count() == Merge.objects.count() == 1
        with pytest.raises(errors.CustomerErased):
            api.erase_customer(customer_id=zhang, actor=BOSS, at=LATER)
        with pytest.raises(errors.CustomerErased):
            api.undo_merge(merge_id=merged, actor=BOSS, at=LATER)

    def test_what_a_wrong_merge_brought_is_not_told_and_goes_with_whose_it_was(self) -> None:
        kept, other = (
            api.create_customer(profile=api.Profile(name="张伟", address=address), actor=BOSS, at=AT)
            for address in ("", "龙井路18号")
        )
        merge = api.merge_customers(kept_id=kept, absorbed_id=other, actor=BOSS, at=LATER)
        assert [line.new for line in api.list_field_history(kept)] == ["龙井路18号"]
        assert api.undo_merge(merge_id=merge, actor=BOSS, at=LATER) == ("address",)
        told = [(line.field, line.old or "", line.new or "") for line in api.list_field_history(kept)]
        assert told == [("address", "", "")] * 2
        assert "龙井路" not in str(export(kept))
        api.erase_customer(customer_id=other, actor=BOSS, at=LATER)
        key = vault().load_one(kept)
        assert key is not None
        lines = FieldChange.objects.filter(customer_id=kept).order_by("pk")
        assert [line.source for line in lines] == [f"merge:{merge}", f"unmerge:{merge}"]
        for line in lines:
            for text in (line.old_sealed, line.new_sealed):
                assert not key.open_or_none(sealed.HISTORY, text)

    def test_a_merge_taken_back_with_somebody_out_of_sight_is_not_listed(self, wei: int) -> None:
        other = api.create_customer(profile=api.Profile(name="张伟"), actor=BOSS, at=AT)
        merge = api.merge_customers(kept_id=wei, absorbed_id=other, actor=BOSS, at=LATER)
        assert [one.id for one in list_merges(wei, actor=CLERK)] == [merge]
        api.undo_merge(merge_id=merge, actor=BOSS, at=LATER)
        assert list_merges(wei, actor=CLERK) == []
        assert [one.id for one in list_merges(wei, actor=BOSS)] == [merge]

    def test_an_erased_one_is_not_merged(self, zhang: int, wei: int) -> None:
        api.erase_customer(customer_id=wei, actor=BOSS, at=LATER)
        with pytest.raises(errors.CustomerErased):
            api.merge_customers(kept_id=zhang, absorbed_id=wei, actor=BOSS, at=LATER)


def test_undoing_an_import_keeps_who_was_merged_and_says_so(zhang: int) -> None:
    (outcome,) = api.bulk_upsert(
        rows=[row(1, "张伟", phones=("13700137000",), city="苏州")],
        match_keys=("phone",),
        policy="fill",
        source="till",
        import_id=5,
        actor=BOSS,
        at=AT,
    )
    assert outcome.customer_id is not None
    api.merge_customers(kept_id=zhang, absorbed_id=outcome.customer_id, actor=BOSS, at=LATER)
    report = api.undo_import(import_id=5, actor=BOSS, at=LATER)
    assert report.removed == 0
    assert [kept.customer_id for kept in report.kept] == [outcome.customer_id]
    assert api.group(zhang) == (zhang, outcome.customer_id)


@pytest.mark.parametrize("size", [1, 12])
def test_a_person_of_many_ids_asks_equally_often(
    zhang: int, size: int, django_assert_num_queries: object
) -> None:
    for place in range(size):
        other = api.create_customer(
            profile=api.Profile(name="张伟"),
            contacts=[api.NewContact("phone", f"139001390{place:02d}")],
            actor=BOSS,
            at=AT,
        )
        api.merge_customers(kept_id=zhang, absorbed_id=other, actor=BOSS, at=LATER)
    with django_assert_num_queries(7):  # type: ignore[operator]
        api.get_customer(zhang, actor=AGENT)
    with django_assert_num_queries(5):  # type: ignore[operator]
        api.list_customers(api.Filters(), actor=AGENT)
