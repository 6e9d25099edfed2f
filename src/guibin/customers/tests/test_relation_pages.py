"""Fragments and REST of relations, staff, contact wishes and requirements."""

from typing import Any

import pytest
from django.urls import reverse

from guibin.core.models import LoggedEvent
from guibin.core.permissions import SYSTEM, Actor
from guibin.customers import api, relation_words
from guibin.customers.models import Customer, Relation
from guibin.customers.queries.ties import plain_relation
from guibin.customers.tests.people import AT, PHONE
from guibin.customers.tests.test_pages import text
from guibin.customers.tests.test_rest import call  # noqa: F401 - a fixture
from guibin.web.testing import assert_same_queries

pytestmark = pytest.mark.django_db


def person(name: str, **more: Any) -> str:
    customer_id = api.create_customer(
        profile=api.Profile(name=name, **more), contacts=[PHONE], actor=SYSTEM, at=AT
    )
    return Customer.objects.get(pk=customer_id).number


def url(name: str, number: str, **more: Any) -> str:
    return reverse(f"customers:{name}", kwargs={"number": number, **more})


def test_a_family_is_entered_from_the_picker_and_on_the_spot(owner: Actor, client_as: Any) -> None:
    client, zhang, wife = client_as(owner), person("张伟"), person("林静")
    said = text(client.post(url("add_relation", zhang), {"role": "spouse", "number": wife, "remark": "同来"}))
    assert "林静" in said
    assert "同来" in said
    assert "张伟" in text(client.get(url("panel_relations", wife)))
    again = text(client.post(url("add_relation", zhang), {"role": "spouse", "number": wife}))
    assert "gb-error" in again
    both = text(client.post(url("add_relation", zhang), {"role": "child"}))
    assert "id_new_relation_number_error" in both
    son = {"role": "child", "name": "张小宝", "phone": "13700137000"}
    assert "张小宝" in text(client.post(url("add_relation", zhang), son))
    assert "137 **** 7000" not in text(client.get(url("panel_relations", zhang)))
    firm = text(client.post(url("add_relation", zhang), {"role": "employer", "name": "栖木贸易"}))
    assert "栖木贸易" in firm
    assert Customer.objects.filter(kind="company").count() == 1
    assert "id_new_relation_phone_error" in text(
        client.post(url("add_relation", zhang), {"role": "sibling", "name": "弟", "phone": "1"})
    )


def test_a_company_shows_its_people_and_how_to_contact_them(owner: Actor, client_as: Any) -> None:
    client, firm, buyer = client_as(owner), person("栖木贸易", kind="company"), person("王采购")
    data = {"role": "employee", "number": buyer, "contact_role": "buyer", "decides": "on", "title": "总监"}
    page = text(client.post(url("add_relation", firm), data))
    assert "王采购" in page
    assert "总监" in page
    assert "138 **** 8000" in page
    relation = Relation.objects.get().pk
    opened = text(client.get(url("panel_relations", firm) + f"?edit={relation}"))
    assert "id_place_channel" in opened
    wish = {"channel": "wechat", "days": ["0", "1", "2", "3", "4"], "hour_from": "10", "hour_until": "18"}
    likes = text(client.post(url("prefer_relation", firm, relation_id=relation), wish))
    assert "微信" in likes
    assert "10:00–18:00" in likes
    wrong = wish | {"hour_until": "9"}
    refused = text(client.post(url("prefer_relation", firm, relation_id=relation), wrong))
    assert "id_place_hour_until_error" in refused
    changed = text(
        client.post(url("edit_relation", firm, relation_id=relation), {"title": "副总", "revision": "1"})
    )
    assert "副总" in changed
    stale = text(
        client.post(url("edit_relation", firm, relation_id=relation), {"title": "三", "revision": "1"})
    )
    assert 'role="alert"' in stale
    assert "栖木贸易" in text(client.get(url("panel_relations", buyer)))
    gone = text(client.post(url("remove_relation", firm, relation_id=relation)))
    assert "王采购" not in gone


def test_the_wish_is_a_sentence(owner: Actor, client_as: Any) -> None:
    client, zhang = client_as(owner), person("张伟")
    said = text(client.post(url("set_preference", zhang), {"channel": "phone", "days": ["5", "6"]}))
    assert "周末" in said
    assert "id_likes_hour_until_error" in text(client.post(url("set_preference", zhang), {"hour_from": "9"}))


def test_staff_are_assigned_singly_and_many_at_once_and_mine_are_found(
    owner: Actor, manager: Actor, client_as: Any
) -> None:
    client, zhang, _li = client_as(owner), person("张伟"), person("李娜")
    page = text(client.post(url("assign_staff", zhang), {"staff_id": str(manager.id), "role": "manager"}))
    assert "Manager" in page
    chosen = {"everything": "1", "state": "", "q": ""}
    assert "2" in text(client.post(reverse("customers:bulk_staff"), chosen))
    bulk = chosen | {"staff_id": str(owner.id), "role": "service", "is_main": "on"}
    assert client.post(reverse("customers:bulk_staff"), bulk).status_code == 302
    assert text(client.get(reverse("customers:list") + "?mine=1")).count("GB-00000") >= 2
    others = text(client_as(manager).get(reverse("customers:list") + "?mine=1"))
    assert "GB-000001" in others
    assert "GB-000002" not in others
    released = text(client.post(url("release_staff", zhang, staff_id=manager.id)))
    assert released.count("Manager") == 2, "in the form and in the past only"
    plain, shown = (text(client.get(reverse("customers:list") + more)) for more in ("", "?columns=manager"))
    assert shown.count("Owner") - plain.count("Owner") == 2, "once for each of the two"


def test_sensitive_requirements_are_shown_for_a_reason_only(owner: Actor, client_as: Any) -> None:
    client, zhang = client_as(owner), person("张伟")
    assert "肩宽" in text(client.post(url("add_requirement", zhang), {"kind": "size", "text": "肩宽 42"}))
    page = text(client.post(url("add_requirement", zhang), {"kind": "allergy", "text": "花生"}))
    assert "花生" not in page
    assert "****" in page
    history = text(client.get(url("panel_history", zhang)))
    assert "花生" not in history, "nobody gave a reason"
    assert "肩宽" in history
    assert "过敏与禁忌" in history
    assert client.post(url("reveal_requirements", zhang), {"reason": ""}).status_code == 422
    assert "花生" in text(client.post(url("reveal_requirements", zhang), {"reason": "verify"}))
    (size, allergy) = api.list_requirements(api.get_id(zhang, actor=SYSTEM))
    looks = LoggedEvent.objects.filter(name="customers.personal_data_revealed").count()
    opened = text(client.get(url("panel_requirements", zhang) + f"?edit={allergy.id}"))
    assert "花生" not in opened, "a look is asked for with a reason, and posted"
    assert LoggedEvent.objects.filter(name="customers.personal_data_revealed").count() == looks
    opened = text(client.post(url("reveal_requirements", zhang), {"reason": "correct", "edit": allergy.id}))
    assert "花生</textarea>" in opened
    other = person("李娜")
    stranger = url("edit_requirement", other, requirement_id=size.id)
    assert client.post(stranger, {"text": "x", "revision": "1"}).status_code == 404
    mine = url("edit_requirement", zhang, requirement_id=size.id)
    assert "肩宽 43" in text(client.post(mine, {"text": "肩宽 43", "revision": "1"}))
    assert 'role="alert"' in text(client.post(mine, {"text": "肩宽 44", "revision": "1"}))
    gone = text(client.post(url("remove_requirement", zhang, requirement_id=size.id)))
    assert "肩宽" not in gone


def test_kinds_are_set_up_on_their_page(owner: Actor, client_as: Any) -> None:
    client = client_as(owner)
    page = reverse("customers:requirement_types")
    assert "过敏与禁忌" in text(client.get(page))
    data = {"label_zh": "枕头", "code": "pillow", "privacy": "sensitive", "position": "9"}
    assert client.post(page, data).status_code == 302
    assert client.post(page, data).status_code == 422
    one = reverse("customers:requirement_type", args=["pillow"])
    assert client.post(one, data | {"label_zh": "枕头与被"}).status_code == 302
    switch = reverse("customers:switch_requirement_type", args=["pillow"])
    assert client.post(switch, {"archived": "1"}).status_code == 302
    assert "pillow" not in {kind.code for kind in api.list_requirement_types()}


PANELS = ("panel_relations", "panel_staff", "panel_reaching", "panel_requirements")


@pytest.mark.parametrize("name", PANELS)
def test_others_of_another_store_see_nothing(outsider: Actor, client_as: Any, name: str) -> None:
    zhang = person("张伟")
    assert client_as(outsider).get(url(name, zhang)).status_code == 404


def test_a_relative_out_of_sight_is_not_named(owner: Actor, agent: Actor, client_as: Any) -> None:
    assert agent.store_ids
    (store,) = agent.store_ids
    zhang, wife = person("张伟", joined_store_id=store), person("林静")
    client_as(owner).post(url("add_relation", zhang), {"role": "spouse", "number": wife, "remark": "秘密"})
    page = text(client_as(agent).get(url("panel_relations", zhang)))
    assert "林静" not in page
    assert wife not in page
    assert "秘密" not in page
    relation = Relation.objects.get().pk
    edit = url("edit_relation", zhang, relation_id=relation)
    client_as(agent).post(edit, {"remark": "改", "revision": "1"})
    assert Relation.objects.get().revision == 1


def test_what_somebody_out_of_sight_does_and_likes_is_not_told(
    owner: Actor, agent: Actor, client_as: Any
) -> None:
    assert agent.store_ids
    (store,) = agent.store_ids
    firm = person("栖木贸易", kind="company", joined_store_id=store)
    lin = person("林静")
    wish = {"role": "employee", "number": lin, "title": "采购总监"}
    assert client_as(owner).post(url("add_relation", firm), wish).status_code == 200
    human = Customer.objects.get(number=lin).pk
    relation = Relation.objects.get().pk
    for place in (None, relation):
        api.set_contact_preference(
            customer_id=human,
            preference=api.Preference(channel="wechat"),
            relation_id=place,
            actor=SYSTEM,
            at=AT,
        )
    address = url("panel_relations", firm)
    shown, hidden = text(client_as(owner).get(address)), text(client_as(agent).get(address))
    (view,) = api.list_relations(Relation.objects.get().other_id)
    wishes = api.place_preferences([relation])
    assert "采购总监" in shown
    assert "采购总监" not in hidden
    likes = relation_words.preference_sentence(wishes[relation])
    assert likes in shown
    assert likes not in hidden
    assert plain_relation(view, {human: lin}, wishes)["contact_preference"] is not None
    assert plain_relation(view, {}, wishes)["contact_preference"] is None


@pytest.mark.parametrize("name", PANELS)
def test_fragments_ask_equally_often_for_one_and_thirty(
    owner: Actor, manager: Actor, client_as: Any, name: str
) -> None:
    firm = person("栖木贸易", kind="company")
    firm_id = api.get_id(firm, actor=SYSTEM)

    def make(count: int) -> None:
        for serial in range(count):
            newcomer, relation = api.relate_newcomer(
                customer_id=firm_id,
                profile=api.Profile(name=f"员{serial}"),
                contacts=[PHONE],
                relation=api.NewRelation("employee", title="员工"),
                actor=SYSTEM,
                at=AT,
            )
            wish = api.Preference("sms")
            api.set_contact_preference(
                customer_id=newcomer, preference=wish, relation_id=relation, actor=SYSTEM, at=AT
            )
            api.add_requirement(customer_id=firm_id, kind="gift", text=f"礼{serial}", actor=SYSTEM, at=AT)
            api.assign_staff(
                customer_ids=[firm_id], staff_id=manager.id or 0, since=AT.date(), actor=SYSTEM, at=AT
            )

    assert assert_same_queries(client_as(owner), url(name, firm), make) < 40


def test_programs_write_and_read_all_of_it(call: Any, owner: Actor) -> None:  # noqa: F811 - the fixture
    made = call(
        "POST", "", {"name": "栖木贸易", "kind": "company", "id_number": "91350100M000100Y43"}, key="a"
    )
    assert made.json()["kind"] == "company"
    call("POST", "", {"name": "王采购"}, key="b")
    firm, buyer = "/GB-000001", "/GB-000002"
    body = {"number": "GB-000002", "role": "employee", "contact_role": "buyer", "title": "总监"}
    first = call("POST", f"{firm}/relations", body, key="c")
    assert first.status_code == 201
    assert call("POST", f"{firm}/relations", body, key="c").json() == first.json()
    assert Relation.objects.count() == 1
    assert call("POST", f"{firm}/relations", body, key="c2").status_code == 409
    (line,) = call("GET", f"{buyer}/relations").json()
    assert (line["role"], line["number"], line["title"]) == ("employer", "GB-000001", "总监")
    one = f"{firm}/relations/{line['id']}"
    assert call("PUT", one, {"title": "副总", "revision": 1}, key="d").json()[0]["title"] == "副总"
    assert call("PUT", one, {"title": "三", "revision": 1}, key="e").status_code == 409
    wish = {"channel": "wechat", "days": [4, 0], "hour_from": 10, "hour_until": 18}
    placed = call("PUT", f"{one}/contact-preference", wish, key="f").json()
    assert placed[0]["contact_preference"]["days"] == [0, 4]
    assert call("PUT", f"{buyer}/contact-preference", wish, key="g").json()["channel"] == "wechat"
    assert call("PUT", f"{buyer}/contact-preference", {"hour_from": 9}, key="h").status_code == 422
    assert call("GET", f"{firm}/contact-preference").json() is None
    staff = {"staff_id": owner.id, "is_main": True}
    assert call("POST", f"{firm}/staff", staff, key="i").json()[0]["is_main"] is True
    assert [row["number"] for row in call("GET", f"?staff_id={owner.id}").json()["rows"]] == ["GB-000001"]
    assert call("DELETE", f"{firm}/staff/{owner.id}", key="j").json()[0]["until"]
    assert call("DELETE", f"{firm}/staff/{owner.id}", key="k").status_code == 404
    asked = {"kind": "allergy", "text": "花生", "about": {"kind": "order", "id": 7}}
    (noted,) = call("POST", f"{buyer}/requirements", asked, key="l").json()
    assert (noted["text"], noted["masked"], noted["about"]) == (None, True, {"kind": "order", "id": 7})
    assert (
        call("POST", f"{buyer}/requirements/reveal", {"reason": "verify"}, key="m").json()[0]["text"]
        == "花生"
    )
    mine = f"{buyer}/requirements/{noted['id']}"
    assert call("PUT", f"{firm}/requirements/{noted['id']}", {"text": "x"}, key="n").status_code == 404
    assert call("PUT", mine, {"text": "坚果", "revision": 1}, key="o").json()[0]["revision"] == 2
    assert len(call("GET", "?requirement=allergy").json()["rows"]) == 1
    assert call("GET", "?requirement=nothing").status_code == 404
    assert call("DELETE", mine, key="p").json() == []
    assert len(call("GET", "?kind=company").json()["rows"]) == 1
    assert call("DELETE", one, key="q").json() == []
    assert call("POST", f"{firm}/relations", body, who="nobody", key="r").status_code == 401


def test_kinds_are_defined_by_programs(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    from django.test import Client

    client = Client()

    def put(body: str, who: str, key: str) -> Any:
        return client.put(
            "/api/v1/requirement-types/pillow",
            body,
            content_type="application/json",
            headers={"Authorization": f"Bearer {who}", "Idempotency-Key": key},
        )

    assert put('{"label_zh": "枕头"}', "agent", "a").status_code == 403
    assert "pillow" in {kind["code"] for kind in put('{"label_zh": "枕头"}', "boss", "b").json()}
    archived = put('{"label_zh": "枕头", "is_archived": true}', "boss", "c").json()
    assert [kind["is_archived"] for kind in archived if kind["code"] == "pillow"] == [True]
