"""The quick customer page beside the ordinary one: the same page and headers, never to somebody else."""

import logging
import re
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_started
from django.db import close_old_connections, connection
from django.test import Client, RequestFactory

from guibin.console.profile import quick_page, reading, timeline
from guibin.console.tests import shop
from guibin.core.clock import now
from guibin.core.composed import ComposedRead, ReadFailed
from guibin.core.permissions import SYSTEM, Actor
from guibin.core.tracing import request_id
from guibin.customers import api as customers
from guibin.insight import api as insight
from guibin.purchases import api as purchases
from guibin.web.quick import in_front_of

SignIn = Callable[[Actor], Client]
Staff: Any = apps.get_model("accounts", "Staff")
Role: Any = apps.get_model("accounts", "Role")
Session: Any = apps.get_model("sessions", "Session")
CHANGING = {"X-Request-ID", "Content-Security-Policy", "Content-Length", "Expires", "Set-Cookie"}
TOKENS = re.compile(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[A-Za-z0-9]+|[0-9a-f]{8}-[0-9a-f-]{27}')


class Asker:
    """Asks both ways with the cookies of a browser; ``passed`` counts what the quick way handed on."""

    def __init__(self, client: Client) -> None:
        client.get("/customers/", headers={"host": "localhost"})
        request_started.disconnect(close_old_connections)  # the test client connects it again
        self.cookies = {name: cookie.value for name, cookie in client.cookies.items()}
        self.django = WSGIHandler()
        self.passed = 0
        self.front = in_front_of(self._handed_on)

    def _handed_on(self, environ: Any, start_response: Any) -> Any:
        self.passed += 1
        return self.django(environ, start_response)

    def ask(self, application: Any, path: str, **headers: str) -> tuple[str, dict[str, str], str]:
        said: dict[str, Any] = {}

        def start(status: str, given: list[tuple[str, str]], *_rest: Any) -> None:
            said.update(status=status, headers=dict(given))

        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        environ = RequestFactory().get(path, headers={"Host": "localhost", "Cookie": cookie, **headers}).META
        body = b"".join(application(environ, start)).decode()
        return said["status"], said["headers"], body

    def both(self, path: str, **headers: str) -> tuple[str, str, bool]:
        """(status, page, whether it was quick), after making sure that both ways answer alike."""
        before = self.passed
        fast = self.ask(self.front, path, **headers)
        quick = self.passed == before
        slow = self.ask(self.django, path, **headers)
        assert fast[0] == slow[0]
        assert TOKENS.sub("", fast[2]) == TOKENS.sub("", slow[2])
        lasting = [{k: v for k, v in each[1].items() if k not in CHANGING} for each in (fast, slow)]
        assert lasting[0] == lasting[1]
        assert fast[1].keys() == slow[1].keys()
        return fast[0], fast[2], quick


@pytest.fixture
def _one_connection(settings: Any) -> Iterator[None]:
    """Inside the test's transaction, whose connection Django would close at the start of a request."""
    settings.ALLOWED_HOSTS = ["localhost"]
    yield
    request_started.connect(close_old_connections)


pytestmark = pytest.mark.usefixtures("_one_connection")


def busy_customer(serial: int = 0) -> str:
    number = shop.customer(f"客<人>{serial}", f"138123400{serial:02d}")
    for days in range(serial * 8):
        shop.order(number, 1_000 * serial + 1, days_ago=3 + 40 * days)
    tag = customers.save_tag(name=f'爱喝"茶"{serial}', colour="green", actor=SYSTEM, at=shop.NOW)
    customer_id = customers.get_id(number, actor=SYSTEM)
    customers.add_tag(customer_ids=[customer_id], tag_id=tag, actor=SYSTEM, at=shop.NOW)
    return number


@pytest.mark.django_db(transaction=True)
def test_every_role_sees_the_same_page_in_both_languages(
    client_as: SignIn, owner: Actor, manager: Actor, agent: Actor, outsider: Actor
) -> None:
    numbers = [busy_customer(serial) for serial in range(4)]
    for decided in (False, True):
        if decided:
            shop.decide()
        for actor in (owner, manager, agent, outsider):
            for language in ("en", "zh-hans"):
                Staff.objects.filter(pk=actor.id).update(language=language)
                asker = Asker(client_as(actor))
                for number in numbers:
                    status, page, quick = asker.both(f"/customers/{number}/")
                    assert quick is (status == "200 OK")
                    assert status.startswith("404") is (actor == outsider)
                    assert "138123400" not in page
                    assert "<人>" not in page


@pytest.mark.django_db(transaction=True)
def test_merged_people_are_one_page_both_ways(client_as: SignIn, owner: Actor, agent: Actor) -> None:
    """With orders, refunds, events and tags of all their ids; a merged number leads to the page."""
    kept, gone, third, other = (busy_customer(serial) for serial in range(1, 5))
    bought = {number: shop.order(number, 777 + place) for place, number in enumerate((kept, gone, third))}
    ids = {number: customers.get_id(number, actor=SYSTEM) for number in (kept, gone, third, other)}
    for number in bought:
        customers.write_note(
            customer_id=ids[number], text=f"来自{number}", actor=SYSTEM, at=shop.NOW + timedelta(hours=1)
        )
    line = purchases.get_order(bought[gone], actor=SYSTEM).lines[0].id
    purchases.refund_lines(
        order_id=bought[gone],
        drafts=[purchases.RefundDraft(line_id=line, quantity=Decimal(1))],
        reason="returned",
        actor=SYSTEM,
        at=shop.NOW,
    )
    for absorbed in (gone, third):
        customers.merge_customers(kept_id=ids[kept], absorbed_id=ids[absorbed], actor=SYSTEM, at=shop.NOW)
    shop.decide()
    for actor in (owner, agent):
        asker = Asker(client_as(actor))
        for number in (kept, other):
            status, page, quick = asker.both(f"/customers/{number}/")
            assert (status, quick) == ("200 OK", True)
            assert [amount in page for amount in ("¥777", "¥778", "¥779")] == [number == kept] * 3
        assert asker.both(f"/customers/{gone}/")[0::2] == ("302 Found", False)
    found = reading.find_page(third, actor=owner, channel="")
    assert found is not None
    assert found.summary.customer.ids == (ids[kept], *sorted((ids[gone], ids[third])))
    facts = insight.facts_for([ids[kept]])[ids[kept]]
    assert found.summary.facts is not None
    assert found.summary.facts["orders_count"] == facts["orders_count"] == 8 + 16 + 24 + 3
    told, stretch = [], found.timeline
    while True:
        told += [item for day in stretch.days for item in day.items]
        if not stretch.next_before:
            break
        before = datetime.fromisoformat(stretch.next_before)
        stretch = timeline.read_earlier(found.summary.customer.ids, actor=owner, channel="", before=before)
    assert sum(item.icon == "shopping-bag" for item in told) == facts["orders_count"]
    assert sum(item.icon == "receipt-refund" for item in told) == 1
    titles = [item.title for item in told]
    assert max(titles.count(title) for title in titles if "合并" in title or "Merged" in title) == 2


@pytest.mark.django_db
def test_one_statement_below_the_cursor_however_much_happened(
    client_as: SignIn, owner: Actor, django_assert_num_queries: Callable[..., Any]
) -> None:
    asker, little, much = Asker(client_as(owner)), busy_customer(), busy_customer(5)
    asker.ask(asker.front, f"/customers/{little}/")
    for number in (little, much):
        with django_assert_num_queries(0):
            asker.ask(asker.front, f"/customers/{number}/")
    assert asker.passed == 0
    assert quick_page.statement().sql.count(b"LATERAL (") == 16


@pytest.mark.django_db
def test_who_was_signed_out_switched_off_or_changed_is_not_answered(
    client_as: SignIn, manager: Actor
) -> None:
    number = busy_customer()
    path = f"/customers/{number}/"
    for change in (
        lambda key: Session.objects.filter(pk=key).delete(),
        lambda key: Session.objects.filter(pk=key).update(expire_date=now() - timedelta(seconds=1)),
        lambda _key: Staff.objects.filter(pk=manager.id).update(session_epoch=77),
        lambda _key: Staff.objects.filter(pk=manager.id).update(is_active=False),
    ):
        Staff.objects.filter(pk=manager.id).update(session_epoch=0, is_active=True)
        asker = Asker(client_as(manager))
        assert asker.both(path)[2]
        change(asker.cookies["sessionid"])
        status, page, quick = asker.both(path)
        assert (status, quick) == ("302 Found", False)
        assert "客" not in page


@pytest.mark.django_db
def test_a_password_or_role_changed_elsewhere_holds_at_once(client_as: SignIn, manager: Actor) -> None:
    number = busy_customer()
    path, asker = f"/customers/{number}/", Asker(client_as(manager))
    assert asker.both(path)[2]
    person = Staff.objects.select_related("role").get(pk=manager.id)
    role = person.role
    person.role = Role.objects.create(
        code="night", name="Night", follows_manifests=False, permission_codes=[]
    )
    person.save()
    status, page, quick = asker.both(path)
    assert (status[:3], quick) == ("403", False)
    assert "客&lt;" not in page
    person.role.permission_codes = [customers.VIEW_CUSTOMER.code]
    person.role.save()
    status, page, quick = asker.both(path)
    assert (status, quick) == ("200 OK", True)
    assert "Night" in page
    person.role = role
    person.set_password("another long one, chosen elsewhere")
    person.save()
    status, page, quick = asker.both(path)
    assert (status, quick) == ("302 Found", False)
    assert "客" not in page


@pytest.mark.django_db(transaction=True)
def test_a_connection_ends_at_its_age_and_not_before(client_as: SignIn, owner: Actor) -> None:
    path, asker = f"/customers/{busy_customer()}/", Asker(client_as(owner))

    def backend() -> int:
        assert asker.both(path)[2]
        asker.ask(asker.front, path)
        return int(connection.connection.info.backend_pid)

    first = backend()
    assert backend() == first
    connection.close_at = time.monotonic() - 1
    asker.ask(asker.front, path)
    assert connection.connection.info.backend_pid != first
    assert asker.passed == 0


@pytest.mark.django_db
def test_what_went_wrong_is_logged_under_the_id_that_the_answer_bears(
    client_as: SignIn, owner: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, asker = f"/customers/{busy_customer()}/", Asker(client_as(owner))
    bound: list[str] = []

    class Keeper(logging.Handler):
        def emit(self, _record: logging.LogRecord) -> None:
            bound.append(str(request_id.get()))

    def break_down(*_given: object) -> str:
        raise ValueError("as any fault would")

    keeper, log = Keeper(), logging.getLogger("guibin.web.quick")
    log.addHandler(keeper)
    monkeypatch.setattr(quick_page, "draw_page", break_down)
    headers = asker.ask(asker.front, path)[1]
    log.removeHandler(keeper)
    assert asker.passed == 1
    assert bound == [headers["X-Request-ID"]]


@pytest.mark.django_db
def test_what_is_unusual_is_handed_on(
    client_as: SignIn, owner: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = busy_customer()
    path, asker = f"/customers/{number}/", Asker(client_as(owner))
    assert asker.both(path)[2]
    for other in (f"{path}?tab=insight", f"{path}?channel=customers", path.lower(), "/customers/GB-999999/"):
        asker.passed = 0
        asker.ask(asker.front, other)
        assert asker.passed == 1, other
    for headers in ({"HX-Request": "true"}, {"Authorization": "Bearer x"}, {"Host": "example.org"}):
        asker.passed = 0
        asker.ask(asker.front, path, **headers)
        assert asker.passed == 1, headers
    for cookies in ({"messages": "x"}, {"csrftoken": "short"}, {"csrftoken": ""}, {"sessionid": "x"}):
        changed = Asker(client_as(owner))
        changed.cookies.update(cookies)
        changed.ask(changed.front, path)
        assert changed.passed == 1, cookies

    def fail(self: ComposedRead, *parameters: bytes) -> Any:
        if self is quick_page.statement():
            raise ReadFailed
        return original(self, *parameters)

    def break_down(*_given: object) -> str:
        raise ValueError("as any fault would")

    with monkeypatch.context() as patch:
        patch.setattr(quick_page, "draw_page", break_down)
        assert asker.both(path)[0::2] == ("200 OK", False)
    original = ComposedRead.run
    monkeypatch.setattr(ComposedRead, "run", fail)
    assert asker.both(path)[1:] != ("", True)
    assert asker.both(path)[2] is False


@pytest.mark.django_db
def test_the_one_statement_says_what_the_doors_say(client_as: SignIn, owner: Actor) -> None:
    """The page's own reading beside the ordinary doors of the slices."""
    number = busy_customer(3)
    page = reading.find_page(number, actor=owner, channel="")
    view = customers.find_by_number(number, actor=owner)
    assert page is not None
    assert view is not None
    sheet = page.summary.customer
    assert (sheet.id, sheet.number, sheet.status) == (view.id, view.number, view.status)
    assert (sheet.name, sheet.joined_on) == (view.profile.name, view.profile.joined_on)
    assert [(c.kind, c.value) for c in sheet.contacts] == [(c.kind, c.value) for c in view.contacts]
    assert list(sheet.tags) == [tag.name for tag in view.tags]
    assert reading.find_page("GB-999999", actor=owner, channel="") is None


@pytest.mark.django_db
def test_the_timeline_tells_nothing_that_one_may_not_see(owner: Actor) -> None:
    """Nor does it end where what may not be told filled a stretch."""
    number = shop.customer()
    for serial in range(timeline.SHOWN + 5):
        at = shop.NOW + timedelta(minutes=serial)
        purchases.cancel_order(order_id=shop.order(number, 4321), reason="cancelled", actor=SYSTEM, at=at)
    titles = {}
    for actor in (owner, Actor("staff", 1, frozenset({customers.VIEW_CUSTOMER.code}))):
        page = reading.find_page(number, actor=actor, channel="")
        assert page is not None
        stretch, told = page.timeline, []
        while True:
            told += [item.title for day in stretch.days for item in day.items]
            if not stretch.next_before:
                break
            before = datetime.fromisoformat(stretch.next_before)
            ids = page.summary.customer.ids
            stretch = timeline.read_earlier(ids, actor=actor, channel="", before=before)
        titles[actor.id] = told
    everything, little = titles[owner.id], titles[1]
    assert sum("T-" in title for title in everything) == timeline.SHOWN + 5
    assert little
    assert not [title for title in little if "T-" in title or "4,321" in title]
