"""The quick answer beside the ordinary one: never another word, never to somebody else."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_started
from django.db import close_old_connections
from django.test import RequestFactory
from django.utils import translation
from django.utils.crypto import get_random_string

from guibin.accounts import api as accounts
from guibin.console.profile import quick as profile
from guibin.console.tests import shop
from guibin.core import preferences
from guibin.core.clock import now
from guibin.core.composed import ComposedRead, ReadFailed
from guibin.core.ids import StoreId
from guibin.core.permissions import SYSTEM, Actor
from guibin.customers import api as customers
from guibin.loyalty import api as loyalty
from guibin.web.quick import in_front_of
from guibin.web.settings import REQUESTS_A_MINUTE

ApiKey: Any = apps.get_model("accounts", "ApiKey")
Staff: Any = apps.get_model("accounts", "Staff")
Customer: Any = apps.get_model("customers", "Customer")
CustomerAlias: Any = apps.get_model("customers", "CustomerAlias")
SCOPES = [customers.VIEW_CUSTOMER.code, loyalty.VIEW_VIPS.code]
Answer = tuple[str, dict[str, str], Any]
CHANGING = {
    "X-Request-ID",
    "Content-Security-Policy",
    "Content-Length",
    "RateLimit-Remaining",
    "RateLimit-Reset",
}


class Asker:
    """Asks both ways; ``passed`` counts the questions that the quick way handed on."""

    def __init__(self) -> None:
        self.django = WSGIHandler()
        self.passed = 0
        self.front = in_front_of(self._handed_on)

    def _handed_on(self, environ: Any, start_response: Any) -> Any:
        self.passed += 1
        return self.django(environ, start_response)

    def ask(self, application: Any, number: str, token: str, **headers: str) -> Answer:
        said: dict[str, Any] = {}

        def start(status: str, given: list[tuple[str, str]], *_rest: Any) -> None:
            said.update(status=status, headers=dict(given))

        named = {"Authorization": f"Bearer {token}", "Host": "localhost", **headers}
        environ = RequestFactory().get(f"/api/v1/customers/{number}/profile", headers=named).META
        if not environ.get("HTTP_COOKIE"):
            environ.pop("HTTP_COOKIE", None)
        body = b"".join(application(environ, start))
        return said["status"], said["headers"], json.loads(body)

    def both(self, number: str, token: str, **headers: str) -> tuple[Answer, bool]:
        """The answer both give, and whether it was quick."""
        before = self.passed
        fast, slow = (
            self.ask(self.front, number, token, **headers),
            self.ask(self.django, number, token, **headers),
        )
        for each in (fast, slow):
            each[2].pop("request_id", None)
        assert fast[0] == slow[0]
        assert fast[2] == slow[2]
        lasting = [{k: v for k, v in each[1].items() if k not in CHANGING} for each in (fast, slow)]
        assert lasting[0] == lasting[1]
        assert fast[1].keys() == slow[1].keys()
        return fast, self.passed == before


@pytest.fixture
def asker(db: None, settings: Any) -> Iterator[Asker]:
    """Inside the test's transaction, whose connection Django would close at the start of a request."""
    settings.ALLOWED_HOSTS = ["localhost"]
    request_started.disconnect(close_old_connections)
    yield Asker()
    request_started.connect(close_old_connections)


def key(scopes: list[str] | None = None, *, actor: Actor = SYSTEM, **more: Any) -> str:
    wanted = SCOPES if scopes is None else scopes
    return accounts.create_key(name="till", scopes=wanted, actor=actor, at=now(), **more).token


@pytest.mark.django_db(transaction=True)
def test_many_customers_are_answered_alike_in_both_languages(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    asker, token = Asker(), key()
    numbers = []
    for serial in range(12):
        number = shop.customer(f"客人{serial}", f"138123400{serial:02d}" if serial % 3 else "")
        for days in range(serial):
            shop.order(number, 1_000 * serial + 1, days_ago=3 + 40 * days)
        numbers.append(number)
    anna = customers.create_customer(
        profile=customers.Profile(latin_name='Anna "A" O\'Neil'), contacts=[], actor=SYSTEM, at=shop.NOW
    )
    tag = customers.save_tag(name='爱喝"茶"', colour="green", actor=SYSTEM, at=shop.NOW)
    customers.add_tag(customer_ids=[anna], tag_id=tag, actor=SYSTEM, at=shop.NOW)
    numbers.append(customers.find_numbers([anna])[anna])
    for decided in (False, True):
        if decided:
            shop.decide()
        for number in numbers:
            for language in ("en", "zh-CN,zh;q=0.9", "fr", ""):
                (status, _headers, body), quick = asker.both(number, token, **{"Accept-Language": language})
                assert quick, number
                assert status == "200 OK"
    assert body["tags"] == ['爱喝"茶"']
    standing = asker.both(numbers[11], token)[0][2]["standing"]
    assert standing["level"]
    assert asker.both(numbers[11], key([customers.VIEW_CUSTOMER.code]))[0][2]["standing"] is None
    assert translation.get_language() == "zh-hans"


def test_keys_that_may_not_are_refused_as_ever(asker: Asker, owner: Actor) -> None:
    number = shop.customer()
    good, other = key(), key(["accounts.view_stores"])
    ended, late = key(), key(expires_at=now() + timedelta(hours=1))
    accounts.revoke_key(key_id=_id(ended), actor=SYSTEM, at=now())
    ApiKey.objects.filter(pk=_id(late)).update(expires_at=now() - timedelta(seconds=1))
    wrong = good[:-1] + ("a" if good[-1] != "a" else "b")
    assert asker.both(number, good)[0][0] == "200 OK"
    for token in (ended, late, wrong, "gb_x_y", "nonsense", f"gb_{get_random_string(8)}_x"):
        (status, _headers, body), quick = asker.both(number, token)
        assert (status, body["code"], quick) == ("401 Unauthorized", "web.key_needed", False)
    assert asker.both(number, other)[0][0] == "403 Forbidden"


def test_what_the_maker_may_no_longer_do_the_key_may_not(asker: Asker, owner: Actor) -> None:
    number, token = shop.customer(), key(actor=owner)
    assert asker.both(number, token)[1]
    ApiKey.objects.filter(pk=_id(token)).update(created_by=None)
    assert asker.both(number, token)[1]
    ApiKey.objects.filter(pk=_id(token)).update(created_by=owner.id)
    Staff.objects.filter(pk=owner.id).update(is_active=False)
    assert asker.both(number, token)[0][0] == "401 Unauthorized"


def test_stores_narrow_what_is_found(asker: Asker) -> None:
    here, there = shop.customer(store_name="湖滨店"), shop.customer(store_name="西溪店")
    nowhere = customers.create_customer(
        profile=customers.Profile(name="无店"), contacts=[], actor=SYSTEM, at=shop.NOW
    )
    token = key(store_ids=[StoreId(shop.store("湖滨店"))])
    assert asker.both(here, token)[1]
    for number in (there, customers.find_numbers([nowhere])[nowhere], "GB-99999999"):
        (status, _headers, _body), quick = asker.both(number, token)
        assert (status, quick) == ("404 Not Found", False)


def test_merged_erased_and_oddly_written_numbers(asker: Asker) -> None:
    token, kept, gone = key(), shop.customer("留"), shop.customer("并")
    ids = {number: customers.get_id(number, actor=SYSTEM) for number in (kept, gone)}
    CustomerAlias.objects.create(customer_id=ids[gone], into_id=ids[kept], merged_at=now())
    (_status, _headers, body), quick = asker.both(gone.lower(), token)
    assert (body["number"], quick) == (kept, True)
    customers.erase_customer(customer_id=ids[kept], actor=SYSTEM, at=now())
    (_status, _headers, body), quick = asker.both(kept, token)
    assert (body["name"], body["phone"], quick) == (kept, "", True)
    assert Customer.objects.filter(pk=ids[kept], erased_at__isnull=False).exists()


@pytest.mark.django_db(transaction=True)
def test_merged_people_are_one_profile_both_ways(asker: Asker) -> None:
    """Figures, standing, tags and a phone of whichever id has one."""
    token, kept, gone = key(), shop.customer("留"), shop.customer("并", "13812340000")
    ids = {number: customers.get_id(number, actor=SYSTEM) for number in (kept, gone)}
    for number, yuan in ((kept, 6_000), (gone, 5_000)):
        shop.order(number, yuan)
        tag = customers.save_tag(name=f"签{yuan}", colour="green", actor=SYSTEM, at=shop.NOW)
        customers.add_tag(customer_ids=[ids[number]], tag_id=tag, actor=SYSTEM, at=shop.NOW)
    customers.merge_customers(kept_id=ids[kept], absorbed_id=ids[gone], actor=SYSTEM, at=shop.NOW)
    shop.decide()
    for number in (kept, gone):
        (status, _headers, body), quick = asker.both(number, token)
        assert (status, quick, body["number"]) == ("200 OK", True, kept)
        assert (body["facts"]["orders_count"], body["facts"]["net_minor"]) == (2, 1_100_000)
        assert body["standing"]["level"] == "vip"
        assert (body["tags"], body["phone"][-4:]) == (["签5000", "签6000"], "0000")


def test_use_is_remembered_and_the_unusual_is_handed_on(asker: Asker) -> None:
    number, token = shop.customer(), key()
    asker.ask(asker.front, number, token)
    assert ApiKey.objects.get(pk=_id(token)).last_used_at is not None
    assert asker.passed == 0
    assert not asker.both(number, token, Cookie="guibin=1")[1]
    asker.ask(asker.front, number, token, Host="example.org")
    assert asker.passed == 2


def test_one_statement_answers(asker: Asker, django_assert_num_queries: Callable[..., Any]) -> None:
    """The composed statement runs below Django's cursor, which then has nothing to ask."""
    number, token = shop.customer(), key()
    asker.ask(asker.front, number, token)
    with django_assert_num_queries(0):
        assert asker.ask(asker.front, number, token)[0] == "200 OK"
    assert asker.passed == 0


def test_a_statement_that_fails_is_handed_on(asker: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: ComposedRead, *parameters: bytes) -> Any:
        raise ReadFailed

    number, token = shop.customer(), key()
    monkeypatch.setattr(ComposedRead, "run", fail)
    assert asker.both(number, token)[0][0] == "200 OK"
    assert profile.statement().sql.count(b"LATERAL") == 5


def test_both_ways_count_against_one_limit(asker: Asker) -> None:
    preferences.set_value(key=REQUESTS_A_MINUTE.key, value=4, actor=SYSTEM, at=now())
    number, token = shop.customer(), key()
    with time_machine.travel(now().replace(second=5), tick=False):
        left = []
        for application in (asker.front, asker.django, asker.front, asker.django):
            status, headers, _body = asker.ask(application, number, token)
            assert (status, headers["RateLimit-Limit"], headers["RateLimit-Reset"]) == ("200 OK", "4", "55")
            left.append(headers["RateLimit-Remaining"])
        assert left == ["3", "2", "1", "0"]
        (status, headers, body), quick = asker.both(number, token)
    assert (status, quick, body["code"]) == ("429 Too Many Requests", False, "web.too_many_requests")
    assert (headers["Retry-After"], headers["RateLimit-Remaining"]) == ("55", "0")


def _id(token: str) -> Any:
    return ApiKey.objects.get(prefix=token.split("_")[1]).pk
