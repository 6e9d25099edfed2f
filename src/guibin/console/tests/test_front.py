"""Home, search, settings hub, guided first run."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from guibin.accounts import api as accounts
from guibin.console.tests import shop
from guibin.core import jobs
from guibin.core.permissions import SYSTEM, Actor
from guibin.insight import api as insight
from guibin.web.testing import assert_same_queries, count_queries

SignIn = Callable[[Actor], Client]
PASSWORD = "herbst-laub-raschelt-leise"


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["owner", "manager", "agent"])
def test_home_draws_for_every_role_with_nothing_there(
    who: str, request: pytest.FixtureRequest, client_as: SignIn
) -> None:
    client = client_as(request.getfixturevalue(who))
    page = client.get("/")
    assert page.status_code == 200
    assert client.get("/home/numbers/").status_code == 200
    assert client.get("/settings/").status_code == 200


@pytest.mark.django_db
def test_the_hub_shows_only_what_one_may_open(client_as: SignIn, owner: Actor, agent: Actor) -> None:
    all_pages = client_as(owner).get("/settings/").content.decode()
    few_pages = client_as(agent).get("/settings/").content.decode()
    assert "/settings/keys/" in all_pages
    assert "/settings/keys/" not in few_pages
    assert "/account/" in few_pages


@pytest.mark.django_db
def test_search_finds_people_and_pages(client_as: SignIn, owner: Actor) -> None:
    number = shop.customer("林婉清", "13812344417")
    client = client_as(owner)
    for words in ("林婉", "linwanqing", "lwq", "4417", "13812344417", number):
        groups = client.post("/search/", {"q": words}).json()["groups"]
        urls = [item["url"] for group in groups for item in group["items"]]
        assert f"/customers/{number}/" in urls, words
    pages = client.post("/search/", {"q": "门店"}).json()["groups"]
    assert any(item["url"] == "/stores/" for group in pages for item in group["items"])
    assert client.post("/search/", {"q": " "}).json() == {"groups": []}
    assert "13812344417" not in client.post("/search/", {"q": "林婉清"}).content.decode()


@pytest.mark.django_db
def test_search_keeps_words_out_of_addresses_and_shows_no_strangers(
    client_as: SignIn, outsider: Actor, agent: Actor
) -> None:
    number = shop.customer("林婉清")
    assert client_as(agent).get("/search/?q=林").status_code == 405
    assert client_as(agent).post("/search/", {"q": number}).json()["groups"]
    assert client_as(outsider).post("/search/", {"q": number}).json() == {"groups": []}


@pytest.mark.django_db
def test_the_results_page_draws(client_as: SignIn, owner: Actor) -> None:
    shop.customer("林婉清")
    client = client_as(owner)
    assert client.get("/search/results/").status_code == 200
    assert "林婉清" in client.post("/search/results/", {"q": "林婉清"}).content.decode()
    assert "没有找到" in client.post("/search/results/", {"q": "不存在的人"}).content.decode()


@pytest.mark.django_db
def test_a_fresh_house_is_led_through_the_first_run(client: Client) -> None:
    assert client.get("/").headers["Location"].startswith("/sign-in/")
    assert client.get("/sign-in/").headers["Location"] == "/welcome/"
    weak = {"display_name": "林", "sign_in_name": "lin", "password": "short"}
    assert client.post("/welcome/", weak).status_code == 200
    assert not accounts.has_staff()
    odd = client.post("/welcome/", {**weak, "sign_in_name": "lin wan", "password": PASSWORD})
    assert list(odd.context["form"].errors) == ["sign_in_name"], "said beside its field"
    client.post("/welcome/", {**weak, "password": PASSWORD})
    assert accounts.organisation().name == ""
    step = client.get("/welcome/").content.decode()
    assert "base_currency" in step
    client.post("/welcome/", {"name": "云栖", "base_currency": "CNY", "time_zone": "Asia/Shanghai"})
    assert accounts.organisation().name == "云栖"
    assert "云栖" in client.get("/welcome/").content.decode()
    assert client.post("/welcome/finish/").status_code == 302
    assert accounts.organisation().is_set_up
    assert Client().get("/welcome/").status_code == 302, "closed to strangers once there is an owner"
    assert Client().post("/welcome/", {**weak, "password": PASSWORD}).status_code == 302


@pytest.mark.django_db
def test_old_data_are_offered_to_be_counted_at_their_last_day(client_as: SignIn, owner: Actor) -> None:
    accounts.update_organisation(
        name="云栖", base_currency="CNY", time_zone="Asia/Shanghai", actor=SYSTEM, at=shop.NOW
    )
    shop.order(shop.customer(), 100, days_ago=900)
    client = client_as(owner)
    day = (shop.NOW - timedelta(days=900)).date()
    page = client.get("/welcome/").content.decode()
    assert "/welcome/day/" in page
    client.post("/welcome/day/")
    assert accounts.organisation().as_of_on == day
    page = client.get("/welcome/").content.decode()
    assert "/welcome/day/" not in page
    assert "/welcome/finish/" not in page, "no list of VIPs is offered before that day is counted"
    insight.refresh(actor=SYSTEM, at=shop.NOW)
    assert "/welcome/finish/" in client.get("/welcome/").content.decode()
    accounts.set_as_of_day(day=day - timedelta(days=1), actor=SYSTEM, at=shop.NOW)
    assert "/welcome/finish/" not in client.get("/welcome/").content.decode(), "another day waits anew"


@pytest.mark.django_db(transaction=True)
def test_home_names_those_below_the_line_and_the_fading(client_as: SignIn, owner: Actor) -> None:
    near, fading = shop.customer("钟玉然"), shop.customer("张华溪")
    shop.order(near, 9_999)
    for days in (210, 250, 290, 330):
        shop.order(fading, 40_000, days_ago=days)
    for days in range(1, 300, 20):
        shop.order(shop.customer(f"客{days}"), 50, days_ago=days)
    shop.decide()
    client = client_as(owner)
    page = client.get("/").content.decode()
    assert "钟玉然" in page
    assert "张华溪" in page
    numbers = client.get("/home/numbers/").content.decode()
    assert "贵宾销售占比" in numbers


@pytest.mark.django_db(transaction=True)
def test_home_asks_equally_often_for_one_and_thirty(client_as: SignIn, owner: Actor) -> None:
    client = client_as(owner)
    shop.order(shop.customer("甲"), 9_900)
    shop.decide()

    def more(count: int) -> None:
        for number in range(count):
            shop.customer(f"乙{number}")

    assert_same_queries(client, "/", more)


@pytest.mark.django_db
def test_a_refresh_under_way_is_told_and_not_offered_again(client_as: SignIn, owner: Actor) -> None:
    number = shop.customer()
    shop.order(number, 100)
    client = client_as(owner)
    assert ">开始计算<" in client.get("/").content.decode()
    run_id = insight.queue_refresh(actor=owner)
    waiting = client.get("/").content.decode()
    assert ">开始计算<" not in waiting
    assert "等待开始" in waiting
    jobs.start_run(run_id, at=shop.NOW)
    jobs.report(run_id, done=3, total=4)
    assert "75%" in client.get("/").content.decode()
    jobs.finish_run(run_id, state="failed", at=shop.NOW)
    assert ">开始计算<" in client.get("/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_choosing_a_preset_asks_little_however_many_there_are(client_as: SignIn, owner: Actor) -> None:
    number = shop.customer()
    shop.order(number, 20_000)
    shop.decide()
    client = client_as(owner)
    page = client.get("/vips/policies/new/")
    assert page.status_code == 200
    assert "位贵宾" in page.content.decode() or "VIP" in page.content.decode()
    assert count_queries(client, "/vips/policies/new/") <= 16
