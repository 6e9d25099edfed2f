"""The field in which a customer is chosen: who is found, what is shown of them, and to whom."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from guibin.core.permissions import SYSTEM, Actor
from guibin.customers import api

pytestmark = pytest.mark.django_db
PHONE = "13812345678"


@pytest.fixture
def number(agent: Actor, at: datetime) -> str:
    assert agent.store_ids is not None
    profile = api.Profile(name="林婉清", joined_store_id=min(agent.store_ids))
    contacts = [api.NewContact("phone", PHONE)]
    created = api.create_customer(profile=profile, contacts=contacts, actor=SYSTEM, at=at)
    return api.find_numbers([created])[created]


def ask(client: Client, words: str) -> str:
    return client.post("/customers/pick/", {"q": words}).content.decode()


@pytest.mark.parametrize("words", ["林", "婉清", "linwanqing", "lwq", "5678", PHONE])
def test_found_as_in_the_search_box_with_the_phone_masked(
    number: str, agent: Actor, client_as: Any, words: str
) -> None:
    page = ask(client_as(agent), words)
    assert f'data-number="{number}"' in page
    assert "林婉清" in page
    assert "1234" not in page


def test_found_by_number(number: str, agent: Actor, client_as: Any) -> None:
    assert f'data-number="{number}"' in ask(client_as(agent), number)


def test_another_stores_staff_find_nobody_neither_by_words_nor_by_number(
    number: str, outsider: Actor, manager: Actor, client_as: Any
) -> None:
    page = ask(client_as(outsider), "林婉清")
    assert "data-number" not in page
    assert "gb-pick-none" in page
    assert api.find_picks([number], actor=outsider) == []
    assert [one.title for one in api.find_picks([number, "0"], actor=manager)] == ["林婉清"]


def test_words_never_come_in_the_address(agent: Actor, client_as: Any) -> None:
    assert client_as(agent).get("/customers/pick/?q=林").status_code == 405


def test_cards_for_somebody_leave_out_who_is_out_of_their_sight(
    number: str, agent: Actor, outsider: Actor
) -> None:
    ids = list(api.find_ids_by_numbers([number]).values())
    assert [card.name for card in api.get_cards(ids, actor=agent).values()] == ["林婉清"]
    assert api.get_cards(ids, actor=outsider) == {}
