"""Relations, staff, contact wishes and requirements on the real database."""

from collections.abc import Callable
from datetime import date

import pytest

from guibin.accounts import api as accounts
from guibin.core.errors import DomainError, Forbidden
from guibin.core.events import read_timeline
from guibin.core.permissions import SYSTEM, Actor
from guibin.customers import api, errors
from guibin.customers.models import (
    ContactPreference,
    Customer,
    FieldChange,
    Relation,
    Requirement,
    StaffLink,
)
from guibin.customers.personal_data import PERSONAL_DATA
from guibin.customers.tests.people import AGENT, AT, BOSS, CLERK, LATER, NOBODY
from guibin.customers.tests.test_privacy import dump

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 23)
CODE = "91350100M000100Y43"


def person(name: str, **more: object) -> int:
    return api.create_customer(profile=api.Profile(name=name, **more), actor=SYSTEM, at=AT)  # type: ignore[arg-type]


def company(name: str = "栖木贸易", **more: object) -> int:
    return person(name, kind="company", **more)


def relate(me: int, them: int, role: str, actor: Actor = BOSS, **more: object) -> int:
    wish = api.NewRelation(role, **more)  # type: ignore[arg-type]
    return api.relate_customers(customer_id=me, other_id=them, relation=wish, actor=actor, at=AT)


def seen(customer_id: int) -> list[tuple[str, int]]:
    return [(view.role, view.other_id) for view in api.list_relations(customer_id)]


def test_a_relation_reads_from_both_sides() -> None:
    mother, child, firm = person("母"), person("子"), company()
    relate(child, mother, "parent", since=DAY, remark="一起来")
    relate(mother, firm, "employer", title="采购总监", contact_role="buyer", decides=True)
    assert seen(child) == [("parent", mother)]
    assert seen(mother) == [("child", child), ("employer", firm)]
    assert seen(firm) == [("employee", mother)]
    (view,) = api.list_relations(firm)
    assert (view.title, view.contact_role, view.decides) == ("采购总监", "buyer", True)
    assert api.list_relations(child)[0].remark == api.list_relations(mother)[0].remark == "一起来"
    names = {event.name for event in read_timeline(about=f"customer:{child}")}
    assert "customers.relation_added" in names
    assert "采购总监" not in dump()
    assert "一起来" not in dump()


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda a, b, f: relate(a, a, "spouse"), errors.RelationWithItself),
        (lambda a, b, f: relate(a, f, "spouse"), errors.RelationUnsuitable),
        (lambda a, b, f: relate(f, b, "employer"), errors.RelationUnsuitable),
        (lambda a, b, f: relate(a, b, "boss"), errors.RelationInvalid),
        (lambda a, b, f: relate(a, b, "spouse", remark="长" * 501), errors.TextTooLong),
        (lambda a, b, f: relate(a, 0, "spouse"), errors.CustomerUnknown),
        (lambda a, b, f: relate(a, b, "spouse", actor=NOBODY), Forbidden),
        (lambda a, b, f: relate(a, b, "spouse", actor=CLERK), errors.CustomerUnknown),
    ],
)
def test_what_cannot_be_is_refused(make: Callable[..., object], error: type[DomainError]) -> None:
    first, second, firm = person("甲"), person("乙"), company()
    with pytest.raises(error):
        make(first, second, firm)
    assert not Relation.objects.exists()


def test_duplicates_and_contradictions_are_refused_whoever_writes_them() -> None:
    first, second, third = person("甲"), person("乙"), person("丙")
    relate(first, second, "spouse")
    with pytest.raises(errors.RelationKnown):
        relate(second, first, "spouse")
    with pytest.raises(errors.RelationContradicts):
        relate(second, first, "child")
    with pytest.raises(errors.SpouseTaken):
        relate(third, second, "spouse")
    (view,) = api.list_relations(first)
    api.edit_relation(relation_id=view.id, since=None, until=DAY, actor=BOSS, at=AT)
    assert relate(third, second, "spouse", since=DAY)


def test_two_tabs_do_not_write_over_each_other() -> None:
    relation = relate(person("甲"), person("乙"), "sibling")
    api.edit_relation(
        relation_id=relation, since=DAY, until=None, remark="一", expected_revision=1, actor=BOSS, at=AT
    )
    with pytest.raises(errors.RelationChanged):
        api.edit_relation(
            relation_id=relation, since=None, until=None, remark="二", expected_revision=1, actor=BOSS, at=AT
        )
    api.remove_relation(relation_id=relation, actor=BOSS, at=AT)
    with pytest.raises(errors.RelationUnknown):
        api.remove_relation(relation_id=relation, actor=BOSS, at=AT)


def test_somebody_new_is_entered_and_related_at_once_or_not_at_all() -> None:
    firm = company()
    newcomer, _relation = api.relate_newcomer(
        customer_id=firm,
        profile=api.Profile(name="王采购"),
        contacts=[api.NewContact("phone", "13900139000")],
        relation=api.NewRelation("employee"),
        actor=BOSS,
        at=AT,
    )
    assert seen(firm) == [("employee", newcomer)]
    count = Customer.objects.count()
    with pytest.raises(errors.RelationUnsuitable):
        api.relate_newcomer(
            customer_id=firm,
            profile=api.Profile(name="李"),
            relation=api.NewRelation("spouse"),
            actor=BOSS,
            at=AT,
        )
    assert Customer.objects.count() == count


def test_merging_shows_the_group_and_unmerging_gives_relations_back() -> None:
    kept, absorbed, wife, son = person("张伟"), person("张 伟"), person("妻"), person("子")
    relate(kept, son, "child")
    relate(absorbed, wife, "spouse")
    own = relate(kept, absorbed, "sibling")
    merge = api.merge_customers(kept_id=kept, absorbed_id=absorbed, actor=BOSS, at=AT)
    assert seen(kept) == seen(absorbed) == [("spouse", wife), ("child", son)], "a merged self is left out"
    assert seen(wife) == [("spouse", kept)]
    with pytest.raises(errors.SpouseTaken):
        relate(kept, person("丙"), "spouse")
    with pytest.raises(errors.RelationKnown):
        relate(son, absorbed, "parent")
    later = relate(absorbed, person("友"), "referred")
    rows = set(Relation.objects.values_list("one_id", "other_id", "kind"))
    api.undo_merge(merge_id=merge, actor=BOSS, at=LATER)
    assert set(Relation.objects.values_list("one_id", "other_id", "kind")) == rows
    assert seen(absorbed) == [("spouse", wife), ("sibling", kept)]
    assert ("child", son) in seen(kept)
    assert seen(wife) == [("spouse", absorbed)]
    assert {own, later} <= set(Relation.objects.values_list("pk", flat=True))


def test_a_company_is_known_by_its_code_and_no_second_one_has_it() -> None:
    firm = company(id_number="91350100m000100y43")
    assert api.reveal_customer(customer_id=firm, reason="verify", actor=BOSS, at=AT).profile.id_number == CODE
    assert api.get_customer(firm, actor=BOSS).profile.id_number.endswith("0Y43")
    assert CODE not in api.get_customer(firm, actor=BOSS).profile.id_number
    assert CODE.lower() not in dump()
    with pytest.raises(errors.IdNumberTaken):
        company("另一家", id_number=CODE)
    with pytest.raises(errors.CreditCodeInvalid):
        company("错的", id_number="91350100M000100Y4Z")


def test_person_and_company_are_never_merged_nor_turned_into_each_other_lightly() -> None:
    firm, human = company(id_number=CODE), person("甲")
    with pytest.raises(errors.PersonAndCompany):
        api.merge_customers(kept_id=firm, absorbed_id=human, actor=BOSS, at=AT)
    relate(human, firm, "employer")

    def turn(customer_id: int, kind: str) -> None:
        profile = api.Profile(kind=kind)
        api.edit_customer(customer_id=customer_id, profile=profile, fields=["kind"], actor=BOSS, at=AT)

    for customer_id, kind in ((human, "company"), (firm, "person")):
        with pytest.raises(errors.KindFixed):
            turn(customer_id, kind)
    other = person("乙")
    turn(other, "company")
    assert api.get_cards([other])[other].kind == "company"
    found = api.list_customers(api.Filters(kinds=("company",)), actor=BOSS)
    assert {card.id for card in found.rows} == {firm, other}


def test_editing_a_company_elsewhere_leaves_it_a_company() -> None:
    firm = company()
    api.edit_customer(customer_id=firm, profile=api.Profile(city="杭州"), fields=["city"], actor=BOSS, at=AT)
    assert api.get_customer(firm, actor=BOSS).profile.kind == "company"


# -- contact wishes


def test_wishes_are_told_per_person_and_per_place() -> None:
    human, firm = person("甲"), company()
    relation = relate(firm, human, "employee")
    wechat = api.Preference("wechat", (0, 1, 2, 3, 4), 10, 18)
    assert api.set_contact_preference(customer_id=human, preference=wechat, actor=BOSS, at=AT)
    assert not api.set_contact_preference(customer_id=human, preference=wechat, actor=BOSS, at=AT)
    mail = api.Preference("email", language="en")
    api.set_contact_preference(customer_id=human, preference=mail, relation_id=relation, actor=BOSS, at=AT)
    assert api.contact_preferences([human, firm]) == {human: wechat}
    assert api.place_preferences([relation]) == {relation: mail}
    with pytest.raises(errors.PreferenceInvalid):
        api.set_contact_preference(
            customer_id=human, preference=api.Preference(hour_from=9), actor=BOSS, at=AT
        )
    with pytest.raises(errors.RelationUnknown):
        api.set_contact_preference(customer_id=firm, preference=mail, relation_id=relation, actor=BOSS, at=AT)
    assert api.set_contact_preference(customer_id=human, preference=api.Preference(), actor=BOSS, at=AT)
    assert api.contact_preferences([human]) == {}
    api.remove_relation(relation_id=relation, actor=BOSS, at=AT)
    assert not ContactPreference.objects.exists()


def test_of_a_merged_person_the_wish_of_who_stands_for_them_counts() -> None:
    kept, absorbed = person("甲"), person("甲一")
    api.set_contact_preference(customer_id=absorbed, preference=api.Preference("sms"), actor=BOSS, at=AT)
    merge = api.merge_customers(kept_id=kept, absorbed_id=absorbed, actor=BOSS, at=AT)
    assert api.contact_preferences([kept]) == {kept: api.Preference("sms")}
    api.set_contact_preference(customer_id=kept, preference=api.Preference("phone"), actor=BOSS, at=AT)
    assert api.contact_preferences([absorbed]) == {absorbed: api.Preference("phone")}
    api.undo_merge(merge_id=merge, actor=BOSS, at=LATER)
    assert api.contact_preferences([kept, absorbed]) == {
        kept: api.Preference("phone"),
        absorbed: api.Preference("sms"),
    }


# -- staff


def assign(ids: list[int], staff_id: int, **more: object) -> int:
    return api.assign_staff(
        customer_ids=ids,
        staff_id=staff_id,
        since=DAY,
        **{"actor": BOSS, "at": AT, "role": "manager", **more},  # type: ignore[arg-type]
    )


def staffed(customer_id: int) -> list[tuple[int, str, bool]]:
    return [(link.staff_id, link.role, link.is_main) for link in api.staff_of([customer_id])[customer_id]]


def test_several_look_after_one_and_one_mainly(owner: Actor, manager: Actor, agent: Actor) -> None:
    first, second = person("甲"), person("乙")
    assert owner.id
    assert manager.id
    assert assign([first, second], owner.id, is_main=True) == 2
    assert assign([first], manager.id, role="deputy") == 1
    assert assign([first], manager.id, role="deputy") == 0, "nothing changed"
    assert staffed(first) == [(owner.id, "manager", True), (manager.id, "deputy", False)]
    assign([first], manager.id, is_main=True)
    assert staffed(first) == [(manager.id, "manager", True), (owner.id, "manager", False)]
    assert api.main_staff([first, second]) == {first: manager.id, second: owner.id}
    assert api.list_linked_staff() == sorted([owner.id, manager.id])
    mine = api.list_customers(api.Filters(staff_ids=(owner.id,)), actor=BOSS)
    assert {card.id for card in mine.rows} == {first, second}
    assert api.release_staff(customer_ids=[first], staff_id=owner.id, until=DAY, actor=BOSS, at=LATER) == 1
    assert staffed(first) == [(manager.id, "manager", True)]
    assert len(api.staff_of([first], past=True)[first]) == 2
    names = [event.name for event in read_timeline(about=f"customer:{first}")]
    assert names.count("customers.staff_assigned") == 3
    assert names.count("customers.staff_released") == 1


def test_who_left_or_is_unknown_is_not_assigned(owner: Actor, agent: Actor) -> None:
    human = person("甲")
    assert agent.id
    accounts.deactivate_staff(staff_id=agent.id, actor=owner, at=AT)  # type: ignore[arg-type]
    for staff_id in (agent.id, 0):
        with pytest.raises(errors.StaffNotHere):
            assign([human], staff_id)
    with pytest.raises(errors.StaffRoleInvalid):
        assign([human], owner.id or 0, role="king")
    with pytest.raises(Forbidden):
        assign([human], owner.id or 0, actor=NOBODY)
    assert assign([human], owner.id or 0, actor=CLERK) == 0, "out of sight, left out"


def test_merging_joins_staff_and_unmerging_parts_them(owner: Actor, manager: Actor) -> None:
    kept, absorbed = person("甲"), person("甲一")
    assert owner.id
    assert manager.id
    assign([kept], owner.id, is_main=True)
    assign([absorbed], manager.id, is_main=True)
    assign([absorbed], owner.id, role="service")
    merge = api.merge_customers(kept_id=kept, absorbed_id=absorbed, actor=BOSS, at=AT)
    assert staffed(kept) == [(owner.id, "manager", True), (manager.id, "manager", False)]
    mine = api.list_customers(api.Filters(staff_ids=(manager.id,)), actor=BOSS)
    assert [card.id for card in mine.rows] == [kept]
    api.undo_merge(merge_id=merge, actor=BOSS, at=LATER)
    assert staffed(absorbed) == [(manager.id, "manager", True), (owner.id, "service", False)]


# -- requirements


def ask(customer_id: int, kind: str, text: str, **more: object) -> int:
    wish = {"customer_id": customer_id, "kind": kind, "text": text, "actor": BOSS, "at": AT, **more}
    return api.add_requirement(**wish)  # type: ignore[arg-type]


def texts(customer_id: int, *, masked: bool = True) -> list[tuple[str, str | None]]:
    return [(one.kind.code, one.text) for one in api.list_requirements(customer_id, masked=masked)]


def test_requirements_are_sealed_masked_changed_and_found() -> None:
    human = person("甲")
    size = ask(human, "size", "肩宽四十二", about=("order", 17), valid_until=DAY)
    allergy = ask(human, "allergy", "花生过敏")
    assert texts(human) == [("size", "肩宽四十二"), ("allergy", None)]
    assert [one.id for one in api.requirements_about("order", 17)] == [size]
    assert not {"花生", "四十二"} & {word for word in ("花生", "四十二") if word in dump()}
    shown = api.reveal_requirements(customer_id=human, reason="verify", actor=AGENT, at=AT)
    assert [one.text for one in shown] == ["肩宽四十二", "花生过敏"]
    api.edit_requirement(
        requirement_id=size, text="肩宽四十三", valid_until=None, expected_revision=1, actor=BOSS, at=AT
    )
    with pytest.raises(errors.RequirementChanged):
        api.edit_requirement(
            requirement_id=size, text="又", valid_until=None, expected_revision=1, actor=BOSS, at=AT
        )
    writer = Actor("staff", 9, frozenset({"customers.edit_customer"}))
    with pytest.raises(Forbidden):
        api.edit_requirement(requirement_id=allergy, text="没有", valid_until=None, actor=writer, at=AT)
    kinds = {kind.code: kind.id for kind in api.list_requirement_types()}
    for code, count in (("allergy", 1), ("gift", 0)):
        found = api.list_customers(api.Filters(requirement_ids=(kinds[code],)), actor=BOSS)
        assert len(found.rows) == count
    api.remove_requirement(requirement_id=size, actor=BOSS, at=AT)
    olds = [(change.old, change.new) for change in api.list_field_history(human)]
    assert ("肩宽四十二", "肩宽四十三") in olds
    assert ("肩宽四十三", None) in olds


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"text": " "}, errors.RequirementEmpty),
        ({"text": "长" * 1001}, errors.RequirementEmpty),
        ({"kind": "shoe"}, errors.RequirementTypeUnknown),
        ({"about": ("Order!", 1)}, errors.RequirementSubjectInvalid),
        ({"actor": NOBODY}, Forbidden),
        ({"actor": CLERK}, errors.CustomerUnknown),
    ],
)
def test_bad_requirements_are_refused(more: dict[str, object], error: type[DomainError]) -> None:
    human = person("甲")
    with pytest.raises(error):
        ask(human, **{"kind": "size", "text": "大", **more})  # type: ignore[arg-type]
    assert not Requirement.objects.exists()


def test_kinds_of_requirements_are_the_organisations_own() -> None:
    api.save_requirement_type(code="pillow", label_zh="枕头", privacy="sensitive", actor=BOSS, at=AT)
    with pytest.raises(errors.RequirementTypeTaken):
        api.save_requirement_type(code="pillow", label_zh="别的", actor=BOSS, at=AT)
    with pytest.raises(errors.RequirementTypeInvalid):
        api.save_requirement_type(code="Pillow", label_zh="别的", actor=BOSS, at=AT)
    with pytest.raises(Forbidden):
        api.save_requirement_type(code="other2", label_zh="别的", actor=AGENT, at=AT)
    human = person("甲")
    ask(human, "pillow", "荞麦")
    assert texts(human) == [("pillow", None)]
    api.archive_requirement_type(code="pillow", actor=BOSS, at=AT)
    assert texts(human) == []
    api.archive_requirement_type(code="pillow", archived=False, actor=BOSS, at=AT)
    assert texts(human, masked=False) == [("pillow", "荞麦")]


def test_requirements_of_a_merged_person_are_those_of_all_ids() -> None:
    kept, absorbed = person("甲"), person("甲一")
    ask(kept, "size", "大")
    mine = ask(absorbed, "size", "小")
    merge = api.merge_customers(kept_id=kept, absorbed_id=absorbed, actor=BOSS, at=AT)
    assert texts(kept) == texts(absorbed) == [("size", "小"), ("size", "大")]
    api.edit_requirement(requirement_id=mine, text="中", valid_until=None, actor=BOSS, at=AT)
    api.undo_merge(merge_id=merge, actor=BOSS, at=LATER)
    assert texts(absorbed) == [("size", "中")]
    assert texts(kept) == [("size", "大")]


# -- a copy of the data, and erasure


def test_ties_are_in_the_copy_and_go_with_the_person(owner: Actor) -> None:
    human, friend, firm = person("甲"), person("友"), company()
    relate(human, friend, "spouse", remark="结婚纪念")
    place = relate(human, firm, "employer", title="店长")
    api.set_contact_preference(customer_id=human, preference=api.Preference("sms"), actor=BOSS, at=AT)
    api.set_contact_preference(
        customer_id=human, preference=api.Preference("email"), relation_id=place, actor=BOSS, at=AT
    )
    assign([human], owner.id or 0)
    ask(human, "allergy", "花生过敏")
    assert PERSONAL_DATA.export is not None
    assert PERSONAL_DATA.erase is not None
    copy = str(PERSONAL_DATA.export(human))
    for told in ("spouse", "结婚纪念", "店长", "sms", "花生过敏", "manager"):
        assert told in copy
    assert "友" not in copy.replace("朋友", ""), "somebody else's name is theirs"
    PERSONAL_DATA.erase(human)
    for rows in (
        Relation.objects.all(),
        ContactPreference.objects.all(),
        StaffLink.objects.all(),
        Requirement.objects.all(),
        FieldChange.objects.filter(customer_id=human),
    ):
        assert not rows.exists()
    assert seen(friend) == []


def test_an_import_does_not_take_back_who_has_ties() -> None:
    from guibin.customers.tests.people import row

    (outcome, other) = api.bulk_upsert(
        rows=[
            row(1, "甲", phones=("13800138000",)),
            row(2, "栖木贸易", phones=("13800138001",), kind="company"),
        ],
        match_keys=["phone"],
        policy="fill",
        source="till",
        import_id=5,
        actor=BOSS,
        at=AT,
    )
    assert outcome.customer_id
    assert other.customer_id
    assert api.get_cards([other.customer_id])[other.customer_id].kind == "company"
    relate(outcome.customer_id, person("乙"), "spouse")
    report = api.undo_import(import_id=5, actor=BOSS, at=LATER)
    assert report.removed == 1
    assert [line.customer_id for line in report.kept] == [outcome.customer_id]
