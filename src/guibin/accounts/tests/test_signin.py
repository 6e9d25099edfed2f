"""Signing in and out, the lock, one's own account."""

import pytest
from django.core.cache import cache
from django.test import Client

from guibin.accounts import api, models
from guibin.accounts.sessions import believed_staff
from guibin.accounts.tests.people import PASSWORD, make
from guibin.core.events import read_timeline
from guibin.core.permissions import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_locks_yet() -> None:
    cache.clear()


def _sign_in(client: Client, name: str, password: str, address: str = "127.0.0.1") -> int:
    data = {"login": name, "password": password}
    return client.post("/sign-in/", data, REMOTE_ADDR=address).status_code


def test_sign_in_and_out(client: Client) -> None:
    lin = make("lin")
    assert _sign_in(client, "LIN", PASSWORD) == 302
    assert client.get("/account/").status_code == 200
    assert client.post("/sign-out/").status_code == 302
    assert client.get("/account/").status_code == 302
    assert read_timeline(about=f"staff:{lin.id}")[0].name == "accounts.signed_in"


def test_who_signs_in_is_believed_before_django_begins(client: Client) -> None:
    lin = make("lin")
    _sign_in(client, "lin", PASSWORD)
    assert believed_staff(client.cookies["sessionid"].value) == str(lin.id)


def test_a_wrong_name_and_a_wrong_password_sound_the_same(client: Client) -> None:
    make("lin")
    pages = [
        client.post("/sign-in/", {"login": name, "password": "x" * 14}).content.decode()
        for name in ("lin", "nobody")
    ]
    assert all("登录名或密码不对" in page for page in pages)


def test_failures_are_in_the_log(client: Client) -> None:
    lin = make("lin")
    _sign_in(client, "lin", "wrong-password-1")
    assert read_timeline(about=f"staff:{lin.id}")[0].name == "accounts.sign_in_failed"


def test_five_failures_lock_the_name_from_everywhere(client: Client) -> None:
    make("lin")
    for attempt in range(5):
        assert _sign_in(client, "lin", "wrong-password-1", f"10.0.0.{attempt}") == 200
    assert _sign_in(Client(), "lin", PASSWORD, "10.9.9.9") == 200, "locked, though the password is right"
    assert "_auth_user_id" not in client.session
    make("other")
    assert _sign_in(Client(), "other", PASSWORD, "10.9.9.9") == 302


def test_failures_at_any_of_our_addresses_count_together(client: Client) -> None:
    make("lin")
    hosts = ("localhost:8000", "127.0.0.1:8001", "localhost:8002", "testserver", "127.0.0.1:8000")
    for attempt, host in enumerate(hosts):
        data = {"login": " Lin" if attempt % 2 else "lin", "password": "wrong-password-1"}
        address = {"REMOTE_ADDR": f"10.0.0.{attempt}", "HTTP_HOST": host}
        assert client.post("/sign-in/", data, **address).status_code == 200
    for host in ("localhost:8000", "127.0.0.1:9999"):
        data = {"login": "lin", "password": PASSWORD}
        assert Client().post("/sign-in/", data, REMOTE_ADDR="10.9.9.9", HTTP_HOST=host).status_code == 200


def test_failures_under_any_spelling_the_database_takes_for_the_name_count_together(client: Client) -> None:
    make("lisi")
    for attempt, spelling in enumerate(("lisi", "LISI", "li\u017fi", "l\u0131si", "LI\u017fI")):
        assert _sign_in(client, spelling, "wrong-password-1", f"10.1.0.{attempt}") == 200
    assert _sign_in(Client(), "lisi", PASSWORD, "10.9.9.9") == 200


def test_the_lock_lives_in_the_database() -> None:
    assert cache.__class__.__name__ == "ConnectionProxy"
    from django.conf import settings

    assert settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache")


def test_a_new_password_opens_the_lock(client: Client) -> None:
    from guibin.core.clock import now

    lin = make("lin")
    for attempt in range(6):
        _sign_in(client, "lin", "wrong-password-1", f"10.0.0.{attempt}")
    link = api.issue_link(staff_id=lin.id, actor=SYSTEM, at=now())
    url = client.get(link.path, follow=True).request["PATH_INFO"]
    fresh = "winter-kommt-mit-schnee"
    assert client.post(url, {"password1": fresh, "password2": fresh}).status_code == 302
    assert _sign_in(Client(), "lin", fresh, "10.9.9.9") == 302


def test_many_failures_from_one_address_are_slowed(client: Client) -> None:
    answers = [_sign_in(client, f"n{number}", "wrong-password-1", "10.1.1.1") for number in range(25)]
    assert models.Staff.objects.count() == 0
    page = client.post(
        "/sign-in/", {"login": "n99", "password": "wrong-password-1"}, REMOTE_ADDR="10.1.1.1"
    ).content.decode()
    assert "失败次数太多" in page
    assert set(answers) == {200}


def test_changing_the_password_ends_other_sessions(client: Client) -> None:
    make("lin")
    other = Client()
    _sign_in(client, "lin", PASSWORD)
    _sign_in(other, "lin", PASSWORD)
    fresh = "winter-kommt-mit-schnee"
    data = {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh}
    assert client.post("/account/password/", data).status_code == 302
    assert client.get("/account/").status_code == 200
    assert other.get("/account/").status_code == 302


def test_language_and_look_are_kept(client: Client) -> None:
    lin = make("lin")
    _sign_in(client, "lin", PASSWORD)
    assert 'lang="zh-CN"' in client.get("/account/").content.decode()
    client.post("/account/", {"language": "en", "theme": "dark"})
    assert 'lang="en"' in client.get("/account/").content.decode()
    assert api.get_staff(lin.id).theme == "dark"
    assert client.cookies["guibin_theme"].value == "dark"


def test_nobody_signs_up_alone(client: Client) -> None:
    assert client.get("/sign-up/").status_code == 404


@pytest.mark.parametrize("path", ["/sign-in/", "/sign-in/link/", "/sign-in/link/sent/", "/sign-in/off/"])
def test_the_open_pages_draw(client: Client, path: str) -> None:
    make("boss", "owner")  # a house without anybody begins with the guided first run
    assert client.get(path).status_code == 200
    assert client.get(path, headers={"Accept-Language": "en"}).status_code == 200
