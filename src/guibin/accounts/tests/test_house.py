"""The organisation, its first owner, its numbers, and keys for programs."""

from datetime import date, timedelta

import pytest
from django.test import Client

from guibin.accounts import api, errors
from guibin.accounts.permissions import VIEW_STORES
from guibin.accounts.settings import LINK_HOURS
from guibin.accounts.tests.people import AT, PASSWORD, actor, make
from guibin.core import preferences
from guibin.core.permissions import SYSTEM

pytestmark = pytest.mark.django_db


def _boss(client: Client) -> None:
    make("boss", "owner")
    client.post("/sign-in/", {"login": "boss", "password": PASSWORD})


def test_the_first_owner_is_made_once() -> None:
    owner = api.create_first_owner(sign_in_name="lin", display_name="林", password=PASSWORD, at=AT)
    assert owner.role_code == "owner"
    with pytest.raises(errors.AlreadySetUp):
        api.create_first_owner(sign_in_name="other", display_name="x", password=PASSWORD, at=AT)


def test_the_first_owner_needs_a_strong_password_too() -> None:
    with pytest.raises(errors.PasswordTooWeak) as refusal:
        api.create_first_owner(sign_in_name="lin", display_name="林", password="short", at=AT)
    assert "12" in refusal.value.sentence


def test_inviting_the_first_owner_again_gives_a_new_link() -> None:
    first = api.invite_first_owner(sign_in_name="lin", display_name="林", at=AT)
    second = api.invite_first_owner(sign_in_name="lin", display_name="林", at=AT)
    assert first.path != second.path
    with pytest.raises(errors.AlreadySetUp):
        api.invite_first_owner(sign_in_name="thief", display_name="x", at=AT)


def test_the_organisation_changes_and_refuses_nonsense() -> None:
    changed = api.update_organisation(
        name="云栖", base_currency="eur", time_zone="Europe/Berlin", actor=SYSTEM, at=AT
    )
    assert (changed.name, changed.base_currency) == ("云栖", "EUR")
    for bad in ({"base_currency": "XXZ"}, {"time_zone": "Mars/Base"}, {"time_zone": "../etc/passwd"}):
        with pytest.raises(errors.ValueInvalid):
            api.update_organisation(
                **{"name": "x", "base_currency": "CNY", "time_zone": "UTC", **bad}, actor=SYSTEM, at=AT
            )
    assert api.set_as_of_day(day=date(2011, 12, 9), actor=SYSTEM, at=AT).as_of_on == date(2011, 12, 9)


def test_numbers_are_saved_reset_and_refused(client: Client) -> None:
    _boss(client)
    assert client.get("/settings/numbers/").status_code == 200
    assert client.post("/settings/numbers/", {LINK_HOURS.key: "24"}).status_code == 302
    assert preferences.get(LINK_HOURS) == 24
    answer = client.post("/settings/numbers/", {LINK_HOURS.key: "-1"})
    assert answer.status_code == 422
    assert 'value="-1"' in answer.content.decode()
    assert preferences.get(LINK_HOURS) == 24
    assert client.post("/settings/numbers/reset/", {"key": LINK_HOURS.key}).status_code == 302
    assert preferences.get(LINK_HOURS) == 72


def test_the_organisation_page_saves(client: Client) -> None:
    _boss(client)
    data = {"name": "云栖", "base_currency": "CNY", "time_zone": "Asia/Shanghai", "as_of_on": "2011-12-09"}
    assert client.post("/settings/organisation/", data).status_code == 302
    assert api.organisation().as_of_on == date(2011, 12, 9)
    page = client.get("/settings/organisation/", headers={"Accept-Language": "zh-CN"}).content.decode()
    assert 'value="2011-12-09"' in page, "a browser takes no other writing of a day, and would send it empty"


def test_a_key_acts_within_its_scopes_until_it_ends() -> None:
    boss = actor("boss", "owner")
    made = api.create_key(
        name="till", scopes=[VIEW_STORES.code], expires_at=AT + timedelta(days=1), actor=boss, at=AT
    )
    who = api.actor_for_key(made.token, at=AT)
    assert (who.kind, who.permissions) == ("key", frozenset({VIEW_STORES.code}))
    for token in (made.token + "x", f"gb_{made.key.prefix}_x", "", "gb_0_0"):
        with pytest.raises(errors.KeyRejected):
            api.actor_for_key(token, at=AT)
    with pytest.raises(errors.KeyRejected):
        api.actor_for_key(made.token, at=AT + timedelta(days=1))
    api.revoke_key(key_id=made.key.id, actor=boss, at=AT)
    with pytest.raises(errors.KeyRejected):
        api.actor_for_key(made.token, at=AT)


def test_a_key_ends_with_its_maker() -> None:
    make("first", "owner")
    boss = actor("boss", "owner")
    made = api.create_key(name="till", scopes=[VIEW_STORES.code], actor=boss, at=AT)
    api.deactivate_staff(staff_id=boss.id, actor=SYSTEM, at=AT)
    with pytest.raises(errors.KeyRejected):
        api.actor_for_key(made.token, at=AT)


def test_a_key_never_holds_more_than_its_maker() -> None:
    boss = actor("boss", "owner")
    with pytest.raises(errors.ValueInvalid):
        api.create_key(name="x", scopes=["no.such"], actor=boss, at=AT)
    with pytest.raises(errors.ValueInvalid):
        api.create_key(name="x", scopes=[], actor=boss, at=AT)


def test_the_page_shows_a_key_once(client: Client) -> None:
    _boss(client)
    page = client.post("/settings/keys/", {"name": "till", "scopes": [VIEW_STORES.code]}).content.decode()
    key = api.list_keys()[0]
    assert f"gb_{key.prefix}_" in page
    assert f"gb_{key.prefix}_" not in client.get("/settings/keys/").content.decode()
    assert client.post(f"/settings/keys/{key.id}/revoke/").status_code == 302
    assert api.list_keys()[0].revoked_at is not None
