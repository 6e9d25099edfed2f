"""Role × page: who may open what of this slice."""

import pytest
from django.test import Client

from guibin.accounts.tests.people import PASSWORD, make

pytestmark = pytest.mark.django_db
PAGES = {
    "/account/": {"owner", "manager", "agent"},
    "/account/password/": {"owner", "manager", "agent"},
    "/staff/": {"owner", "manager"},
    "/staff/invite/": {"owner", "manager"},
    "/stores/": {"owner", "manager", "agent"},
    "/stores/new/": {"owner", "manager"},
    "/departments/new/": {"owner", "manager"},
    "/settings/organisation/": {"owner"},
    "/settings/numbers/": {"owner"},
    "/settings/roles/": {"owner", "manager"},
    "/settings/keys/": {"owner"},
}


@pytest.mark.parametrize("role", ["owner", "manager", "agent"])
def test_each_role_opens_its_pages_and_no_others(client: Client, role: str) -> None:
    make("lin", role)
    client.post("/sign-in/", {"login": "lin", "password": PASSWORD})
    opened = {path for path in PAGES if client.get(path).status_code == 200}
    refused = {path for path in PAGES if client.get(path).status_code == 403}
    assert opened == {path for path, roles in PAGES.items() if role in roles}
    assert opened | refused == set(PAGES)


def test_strangers_are_sent_to_the_sign_in_page(client: Client) -> None:
    for path in PAGES:
        answer = client.get(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in/?next=")
