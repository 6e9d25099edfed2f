"""Pages and fragments, through the middleware, as staff with real roles."""

from typing import Any

import pytest
from django.urls import reverse

from guibin.core.permissions import SYSTEM, Actor
from guibin.customers import api
from guibin.customers.models import Customer
from guibin.customers.tests.people import AT, EMAIL, PHONE, ZHANG
from guibin.web.testing import assert_same_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def zhang() -> int:
    return api.create_customer(profile=ZHANG, contacts=[PHONE, EMAIL], actor=SYSTEM, at=AT)


def text(response: Any) -> str:
    return str(response.content.decode())


def test_the_list_shows_masked_phones_and_filters(owner: Actor, client_as: Any, zhang: int) -> None:
    api.create_customer(profile=api.Profile(name="李娜", city="宁波"), actor=SYSTEM, at=AT)
    page = text(client_as(owner).get(reverse("customers:list")))
    assert "张伟" in page
    assert "138 **** 8000" in page
    assert "13800138000" not in page
    narrowed = text(client_as(owner).get(reverse("customers:list") + "?city=宁波"))
    assert "李娜" in narrowed
    assert "GB-000001" not in narrowed
    found = text(client_as(owner).post(reverse("customers:list"), {"_list": "1", "q": "zw"}))
    assert "GB-000001" in found
    assert "GB-000002" not in found


def test_the_list_asks_equally_often_for_one_and_thirty(owner: Actor, client_as: Any) -> None:
    def make(count: int) -> None:
        for _number in range(count):
            api.create_customer(profile=api.Profile(name="客"), contacts=[PHONE], actor=SYSTEM, at=AT)

    assert assert_same_queries(client_as(owner), reverse("customers:list"), make) < 20


def test_somebody_is_entered_corrected_archived_and_brought_back(owner: Actor, client_as: Any) -> None:
    client = client_as(owner)
    data = {
        "name": "王秀英",
        "phone": "139 0013 9000",
        "card": "66001",
        "gender": "female",
        "birth_calendar": "lunar",
        "birth_month": "8",
        "birth_day": "15",
        "joined_on": "2024-05-01",
        "city": "杭州",
    }
    assert client.post(reverse("customers:new"), data).status_code == 302
    row = Customer.objects.get()
    assert (row.number, row.birth_calendar, row.city) == ("GB-000001", "lunar", "杭州")
    assert [hit.card.id for hit in api.search("66001", actor=SYSTEM)] == [row.pk]
    edit = reverse("customers:edit", kwargs={"number": row.number})
    assert "王秀英" in text(client.get(edit))
    assert client.post(edit, data | {"name": "王秀兰", "revision": "1"}).status_code == 302
    assert api.get_cards([row.pk])[row.pk].name == "王秀兰"
    stale = client.post(edit, data | {"name": "王秀丽", "revision": "1"})
    assert stale.status_code == 422
    assert client.post(reverse("customers:archive", kwargs={"number": row.number})).status_code == 302
    assert Customer.objects.get().status == "archived"
    assert client.post(reverse("customers:restore", kwargs={"number": row.number})).status_code == 302
    assert Customer.objects.get().status == "active"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"name": "甲", "phone": "12"}, "phone"),
        ({"name": "甲", "id_number": "123"}, "id_number"),
        ({"name": "甲", "birth_month": "2", "birth_day": "30"}, "birth_day"),
        ({"name": "甲", "birth_month": "2"}, "birth_day"),
        ({}, "name"),
    ],
)
def test_mistakes_are_shown_at_their_field(
    owner: Actor, client_as: Any, data: dict[str, str], words: str
) -> None:
    response = client_as(owner).post(reverse("customers:new"), {"birth_calendar": "solar", **data})
    assert response.status_code == 422
    assert f"id_{words}_error" in text(response)
    assert Customer.objects.count() == 0


PANELS = ("panel_profile", "panel_contacts", "panel_tags", "panel_fields", "panel_notes", "panel_history")


@pytest.mark.parametrize("name", PANELS)
def test_fragments_draw_masked(owner: Actor, client_as: Any, zhang: int, name: str) -> None:
    response = client_as(owner).get(reverse(f"customers:{name}", kwargs={"number": "GB-000001"}))
    assert response.status_code == 200
    assert "cus-panel" in text(response)
    assert "138 0013 8000" not in text(response)
    assert "龙井路十八号" not in text(response)


def test_revealing_needs_a_reason_and_shows_all(owner: Actor, client_as: Any, zhang: int) -> None:
    url = reverse("customers:reveal", kwargs={"number": "GB-000001"})
    client = client_as(owner)
    assert client.post(url, {"reason": ""}).status_code == 422
    assert "龙井路十八号" in text(client.post(url, {"reason": "verify"}))
    assert "138 0013 8000" in text(client.post(url, {"reason": "contact", "panel": "contacts"}))


def test_fragments_write(owner: Actor, client_as: Any, zhang: int) -> None:
    client = client_as(owner)

    def post(panel: str, /, **data: Any) -> str:
        return text(client.post(reverse(f"customers:{panel}", kwargs={"number": "GB-000001"}), data))

    assert "137 **** 7000" in post("add_contact", kind="phone", value="13700137000", label="公司")
    assert "id_value_error" in post("add_contact", kind="phone", value="1")
    assert "茶友" in post("change_tag", name="茶友")
    (tag,) = api.list_tags()
    assert f'"off": "{tag.id}"' not in post("change_tag", off=str(tag.id))
    assert "不喝冰的" in post("write_note", text="不喝冰的")


def test_bulk_tags_reach_only_what_the_search_showed(owner: Actor, client_as: Any, zhang: int) -> None:
    other = api.create_customer(profile=api.Profile(name="李娜"), actor=SYSTEM, at=AT)
    tag = api.save_tag(name="茶友", actor=SYSTEM, at=AT)
    client = client_as(owner)
    asked = client.post(reverse("customers:bulk_tag"), {"everything": "1", "state": "", "q": "李娜"})
    assert "茶友" in text(asked)
    assert 'name="q" value="李娜"' in text(asked)
    data = {"everything": "1", "state": "", "q": "李娜", "tag": str(tag)}
    assert client.post(reverse("customers:bulk_tag"), data).status_code == 302
    assert [card.id for card in api.list_customers(api.Filters(tag_ids=(tag,)), actor=SYSTEM).rows] == [other]


def test_tags_and_own_fields_are_set_up(owner: Actor, client_as: Any) -> None:
    client = client_as(owner)
    assert client.post(reverse("customers:tags"), {"name": "茶友", "colour": "green"}).status_code == 302
    assert client.post(reverse("customers:tags"), {"name": "茶友", "colour": "green"}).status_code == 422
    (tag,) = api.list_tags()
    assert (
        client.post(reverse("customers:tag", args=[tag.id]), {"name": "老客", "colour": "red"}).status_code
        == 302
    )
    assert client.post(reverse("customers:switch_tag", args=[tag.id]), {"archived": "1"}).status_code == 302
    assert api.list_tags() == []
    field = {
        "label_zh": "面料",
        "label_en": "Cloth",
        "code": "cloth",
        "kind": "choice",
        "privacy": "personal",
        "choices": "silk = 真丝 / Silk\nwool = 羊绒",
        "position": "1",
    }
    assert client.post(reverse("customers:attributes"), field).status_code == 302
    (attribute,) = api.list_attributes()
    assert attribute.choices == (("silk", "真丝", "Silk"), ("wool", "羊绒", ""))
    assert "真丝" in text(client.get(reverse("customers:attributes")))
    changed = field | {"label_zh": "衣料"}
    assert client.post(reverse("customers:attribute", args=["cloth"]), changed).status_code == 302
    assert (
        client.post(reverse("customers:switch_attribute", args=["cloth"]), {"archived": "1"}).status_code
        == 302
    )
    assert api.list_attributes() == []


def test_an_outsider_of_another_store_finds_nothing(outsider: Actor, client_as: Any, zhang: int) -> None:
    client = client_as(outsider)
    assert "GB-000001" not in text(client.get(reverse("customers:list")))
    assert client.get(reverse("customers:panel_profile", kwargs={"number": "GB-000001"})).status_code == 404
    assert client.get(reverse("customers:tags")).status_code == 403


def test_who_has_the_same_phone_is_pointed_out_within_sight(
    owner: Actor, outsider: Actor, client_as: Any, zhang: int
) -> None:
    def enter(who: Actor, phone: str) -> str:
        data = {"name": "张小伟", "phone": phone, "birth_calendar": "solar", "gender": ""}
        client = client_as(who)
        assert client.post(reverse("customers:new"), data).status_code == 302
        return text(client.get(reverse("customers:list"))).split("<table")[0]

    assert "GB-000001" in enter(owner, "138 0013 8000")
    assert "GB-000001" not in enter(owner, "139 0013 8000"), "the last four digits are no sameness"
    assert "GB-000001" not in enter(outsider, "13800138000")


def test_cards_and_ids_of_other_systems_are_added_and_shown(owner: Actor, client_as: Any, zhang: int) -> None:
    client = client_as(owner)
    add = reverse("customers:add_external", args=["GB-000001"])
    assert "****6001" in text(client.post(add, {"value": "66001"}))
    page = text(client.post(add, {"value": "tb-77", "source": "taobao"}))
    assert "taobao" in page
    assert "tb-77" in page
    refused = text(client.post(add, {"value": "x", "source": "淘宝"}))
    assert "gb-error" in refused or "aria-invalid" in refused
    other = api.create_customer(profile=api.Profile(name="李娜"), actor=SYSTEM, at=AT)
    taken = text(client.post(reverse("customers:add_external", args=["GB-000002"]), {"value": "66001"}))
    assert "aria-invalid" in taken
    assert not api.get_customer(other, actor=SYSTEM).external_ids


def test_a_contact_point_says_where_it_comes_from(owner: Actor, client_as: Any, zhang: int) -> None:
    client = client_as(owner)
    client.post(
        reverse("customers:add_contact", args=["GB-000001"]), {"kind": "wechat", "value": "zhangwei_88"}
    )
    page = text(client.get(reverse("customers:panel_contacts", args=["GB-000001"])))
    assert "员工录入" in page
