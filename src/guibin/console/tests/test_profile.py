"""One customer on one page."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils.translation import override

from guibin.accounts import api as accounts
from guibin.console.profile.summary import _tenure
from guibin.console.tests import shop
from guibin.core.permissions import Actor
from guibin.customers import api as customers
from guibin.web.testing import assert_same_queries, count_queries

SignIn = Callable[[Actor], Client]
TABS = ("", "?tab=purchases", "?tab=insight", "?tab=details", "?channel=purchases", "?tab=nonsense")


@pytest.mark.django_db
@pytest.mark.parametrize("tab", TABS)
def test_every_tab_draws_with_and_without_purchases(tab: str, client_as: SignIn, owner: Actor) -> None:
    number = shop.customer("林婉清", "13812344417")
    client = client_as(owner)
    page = client.get(f"/customers/{number}/{tab}")
    assert page.status_code == 200
    shop.order(number, 3280)
    text = client.get(f"/customers/{number}/{tab}").content.decode()
    assert "林婉清" in text
    assert "13812344417" not in text, "phones are masked"


@pytest.mark.django_db
def test_the_timeline_tells_purchases_on_their_day(client_as: SignIn, owner: Actor) -> None:
    number = shop.customer()
    for days in range(30):
        shop.order(number, 100 + days, days_ago=days * 10)
    client = client_as(owner)
    first = client.get(f"/customers/{number}/").content.decode()
    assert first.count("真丝衬衫") == 20 - first.count("成为客户") - first.count("录入系统")
    assert "before=" in first
    before = first.split("before=")[1].split('"')[0]
    second = client.get(f"/customers/{number}/timeline/?channel=&before={before}").content.decode()
    seen = first.count("真丝衬衫") + second.count("真丝衬衫")
    assert seen == 30
    only = client.get(f"/customers/{number}/?channel=customers").content.decode()
    assert "真丝衬衫" not in only
    assert client.get(f"/customers/{number}/timeline/?before=nonsense").status_code == 200


@pytest.mark.django_db
def test_a_purchase_without_a_store_names_its_channel_in_words(client_as: SignIn, owner: Actor) -> None:
    number = shop.customer()
    shop.order(number, 100, in_store=False)
    page = client_as(owner).get(f"/customers/{number}/").content.decode()
    assert '<span class="muted">门店</span>' in page or "门店</" in page
    assert "store</" not in page


@pytest.mark.parametrize(
    ("days", "said"),
    [(0, "今天成为客户"), (5, "成为客户 5 天"), (40, "成为客户 1 个月"), (800, "成为客户 2 年 2 个月")],
)
def test_how_long_somebody_has_been_a_customer_is_said_in_fitting_units(days: int, said: str) -> None:
    with override("zh-hans"):
        assert _tenure(days) == said


@pytest.mark.django_db
def test_the_page_asks_equally_often_for_one_and_thirty(client_as: SignIn, owner: Actor) -> None:
    number = shop.customer()
    client = client_as(owner)

    def more(count: int) -> None:
        for _each in range(count):
            shop.order(number, 100)

    assert assert_same_queries(client, f"/customers/{number}/", more) <= 3
    assert count_queries(client, f"/customers/{number}/?tab=purchases") <= 8


@pytest.mark.django_db
def test_who_may_not_see_the_customer_finds_nothing(client_as: SignIn, agent: Actor, outsider: Actor) -> None:
    number = shop.customer(store_name="湖滨店")
    for path in ("", "timeline/"):
        assert client_as(agent).get(f"/customers/{number}/{path}").status_code == 200
        assert client_as(outsider).get(f"/customers/{number}/{path}").status_code == 404
    assert client_as(outsider).get("/customers/GB-99999999/").status_code == 404


@pytest.mark.django_db
def test_a_number_in_other_letters_leads_to_the_page(client_as: SignIn, owner: Actor) -> None:
    number = shop.customer()
    answer = client_as(owner).get(f"/customers/{number.lower()}/")
    assert answer.headers["Location"] == f"/customers/{number}/"
    assert client_as(owner).get("/customers/new/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_standing_receipt_and_cell_are_shown(client_as: SignIn, owner: Actor) -> None:
    number = shop.customer("钟玉然")
    for days in (3, 40, 80):
        shop.order(number, 9_000, days_ago=days)
    shop.decide()
    client = client_as(owner)
    page = client.get(f"/customers/{number}/").content.decode()
    assert "27,000" in page
    assert "data-tier" in page
    assert "贵宾标准" in page
    insight = client.get(f"/customers/{number}/?tab=insight").content.decode()
    assert "data-here" in insight
    assert "data-here" in client.get(f"/customers/{number}/place/").content.decode()


@pytest.mark.django_db
def test_programs_read_the_composed_profile_with_a_key(client: Client, owner: Actor) -> None:
    number = shop.customer("林婉清", "13812344417")
    allowed = accounts.create_key(
        name="till", scopes=[customers.VIEW_CUSTOMER.code], actor=owner, at=shop.NOW
    )
    other = accounts.create_key(name="x", scopes=["accounts.view_stores"], actor=owner, at=shop.NOW)
    url = f"/api/v1/customers/{number}/profile"
    assert client.get(url).status_code == 401
    bearer = {"Authorization": f"Bearer {other.token}"}
    assert client.get(url, headers=bearer).status_code == 403
    answer = client.get(url, headers={"Authorization": f"Bearer {allowed.token}"})
    assert answer.status_code == 200
    body = answer.json()
    assert (body["number"], body["name"]) == (number, "林婉清")
    assert body["phone"].startswith("138")
    assert "13812344417" not in answer.content.decode()
    assert body["standing"] is None
