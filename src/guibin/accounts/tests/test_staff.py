"""Accounts: invited, changed, switched off, and never above one's own role."""

import pytest
from django.test import Client

from guibin.accounts import api, errors, models
from guibin.accounts.tests.people import AT, PASSWORD, actor, make
from guibin.core.errors import Forbidden
from guibin.core.events import read_timeline
from guibin.core.permissions import SYSTEM
from guibin.web.testing import assert_same_queries

pytestmark = pytest.mark.django_db
NAMELESS = {"store_id": None, "department_id": None, "email": "", "phone": ""}


def test_an_invitation_works_once_and_without_mail(client: Client) -> None:
    boss = actor("boss", "owner")
    invitation = api.invite_staff(
        sign_in_name="lin", display_name="林", role_code="agent", actor=boss, at=_now()
    )
    page = client.get(invitation.path, follow=True)
    assert page.status_code == 200
    form_url = page.request["PATH_INFO"]
    assert "set-password" in form_url
    answer = client.post(form_url, {"password1": PASSWORD, "password2": PASSWORD})
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(invitation.staff_id)
    again = Client().get(invitation.path, follow=True)
    assert "set-password" not in again.request["PATH_INFO"]


def test_a_newer_link_voids_the_older_one(client: Client) -> None:
    boss = actor("boss", "owner")
    first = api.invite_staff(sign_in_name="lin", display_name="林", role_code="agent", actor=boss, at=_now())
    second = api.issue_link(staff_id=first.staff_id, actor=boss, at=_now())
    assert "set-password" not in client.get(first.path, follow=True).request["PATH_INFO"]
    assert "set-password" in client.get(second.path, follow=True).request["PATH_INFO"]


def test_a_link_expires(client: Client) -> None:
    boss = actor("boss", "owner")
    old = api.invite_staff(
        sign_in_name="lin", display_name="林", role_code="agent", actor=boss, at=AT.replace(year=2020)
    )
    assert "set-password" not in client.get(old.path, follow=True).request["PATH_INFO"]


@pytest.mark.parametrize("weak", ["kurz-1!", "password1234", "lin-wanqing-1", "123456789012"])
def test_weak_passwords_are_refused(client: Client, weak: str) -> None:
    boss = actor("boss", "owner")
    invitation = api.invite_staff(
        sign_in_name="lin-wanqing", display_name="林", role_code="agent", actor=boss, at=_now()
    )
    url = client.get(invitation.path, follow=True).request["PATH_INFO"]
    answer = client.post(url, {"password1": weak, "password2": weak})
    assert answer.status_code == 200
    assert not models.Staff.objects.get(pk=invitation.staff_id).has_usable_password()


def test_nobody_gives_or_manages_more_than_they_hold() -> None:
    manager, owner = actor("mei", "manager"), make("boss", "owner")
    with pytest.raises(errors.RoleAboveOwn):
        api.invite_staff(sign_in_name="x1", display_name="x", role_code="owner", actor=manager, at=AT)
    with pytest.raises(errors.RoleAboveOwn):
        api.issue_link(staff_id=owner.id, actor=manager, at=AT)
    with pytest.raises(errors.RoleAboveOwn):
        api.deactivate_staff(staff_id=owner.id, actor=manager, at=AT)
    with pytest.raises(Forbidden):
        api.invite_staff(
            sign_in_name="x2", display_name="x", role_code="agent", actor=actor("an", "agent"), at=AT
        )


def test_the_last_owner_stays_and_nobody_switches_off_themselves() -> None:
    owner = make("boss", "owner")
    with pytest.raises(errors.LastOwner):
        api.deactivate_staff(staff_id=owner.id, actor=SYSTEM, at=AT)
    with pytest.raises(errors.LastOwner):
        api.update_staff(
            staff_id=owner.id, display_name="x", role_code="agent", actor=SYSTEM, at=AT, **NAMELESS
        )
    second = api.actor_for_staff(make("second", "owner").id)
    with pytest.raises(errors.OwnAccount):
        api.deactivate_staff(staff_id=second.id, actor=second, at=AT)
    api.deactivate_staff(staff_id=owner.id, actor=second, at=AT)


def test_names_and_addresses_are_unique_whatever_their_case() -> None:
    make("Lin", email="lin@example.com")
    with pytest.raises(errors.SignInNameTaken):
        make("lIN")
    with pytest.raises(errors.EmailTaken):
        make("other", email="LIN@example.com")


def test_sessions_end_when_the_account_is_switched_off(client: Client) -> None:
    boss, lin = actor("boss", "owner"), make("lin")
    client.post("/sign-in/", {"login": "lin", "password": PASSWORD})
    assert client.get("/account/").status_code == 200
    api.deactivate_staff(staff_id=lin.id, actor=boss, at=AT)
    assert client.get("/account/").status_code == 302
    api.reactivate_staff(staff_id=lin.id, actor=boss, at=AT)
    assert client.get("/account/").status_code == 302, "the old session stays ended"
    client.post("/sign-in/", {"login": "lin", "password": PASSWORD})
    assert client.get("/account/").status_code == 200


def test_a_role_change_bites_on_the_next_request(client: Client) -> None:
    boss, lin = actor("boss", "owner"), make("lin", "manager")
    client.post("/sign-in/", {"login": "lin", "password": PASSWORD})
    assert client.get("/staff/").status_code == 200
    api.update_staff(staff_id=lin.id, display_name="Lin", role_code="agent", actor=boss, at=AT, **NAMELESS)
    assert client.get("/staff/").status_code == 403


def test_every_write_is_in_the_log_without_personal_words() -> None:
    lin = make("lin", email="lin@example.com")
    api.update_staff(
        staff_id=lin.id,
        display_name="Lin Wanqing",
        role_code="agent",
        actor=SYSTEM,
        at=AT,
        **{**NAMELESS, "email": "new@example.com"},
    )
    events = read_timeline(about=f"staff:{lin.id}")
    assert [event.name for event in events] == ["accounts.staff_changed", "accounts.staff_invited"]
    assert events[0].data == {"staff_id": lin.id, "fields": ["display_name", "email"]}


def test_an_agent_is_narrowed_to_the_own_store() -> None:
    store = api.create_store(name="湖滨店", actor=SYSTEM, at=AT)
    assert actor("lin", store_id=store.id).store_ids == frozenset({store.id})
    assert actor("an").store_ids is None
    assert actor("mei", "manager", store_id=store.id).store_ids is None


def test_the_list_asks_equally_often_for_one_and_thirty(client: Client) -> None:
    make("boss", "owner")
    client.post("/sign-in/", {"login": "boss", "password": PASSWORD})
    made = iter(range(100))
    assert_same_queries(client, "/staff/", lambda n: [make(f"p{next(made)}") for _ in range(n)])


def _now() -> object:
    from guibin.core.clock import now

    return now()
