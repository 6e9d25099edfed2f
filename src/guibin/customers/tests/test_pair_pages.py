"""The queue of possible duplicates on screen and for programs, and the rules page."""

import json
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from guibin.core import jobs
from guibin.core.models import JobRun
from guibin.core.permissions import SYSTEM, Actor
from guibin.customers import api
from guibin.customers.commands import customers
from guibin.customers.models import KeyPolicy, MatchPair, Merge
from guibin.customers.rules.values import Birthday
from guibin.customers.tests.people import AGENT, AT, BOSS, LATER
from guibin.customers.tests.test_duplicates import PHONE, enter
from guibin.web import rest as web_rest
from guibin.web.testing import assert_same_queries

pytestmark = pytest.mark.django_db
QUEUE = "/customers/duplicates/"


@pytest.fixture
def pair() -> MatchPair:
    """Two who were born on the same day, in another order of characters the same name."""
    enter("张伟", birthday=Birthday(5, 20, 1990), city="杭州", address="西湖区龙井路18号")
    enter("張偉", "+8613912345678", birthday=Birthday(5, 20, 1990), address="西湖区龙井路１８号")
    api.scan_duplicates(actor=SYSTEM, at=LATER)
    return MatchPair.objects.get()


@pytest.fixture
def boss(client_as: Any, owner: Actor) -> Client:
    return client_as(owner)


def test_the_queue_shows_both_masked_with_the_evidence(boss: Client, pair: MatchPair) -> None:
    page = boss.get(QUEUE).content.decode()
    assert "GB-000001" in page
    assert "GB-000002" in page
    assert "139 **** 5678" in page
    assert "+8613912345678" not in page
    assert "1990" not in page.replace("1990–1994", "")
    assert ">85<" in page
    assert page.count(f'value="{pair.pk}" form="cus-chosen"') == 1


def test_the_three_answers(boss: Client, pair: MatchPair) -> None:
    address = f"{QUEUE}{pair.pk}/decide/"
    assert boss.post(address, {"answer": "later", "next": f"{QUEUE}?sure=1"}).url == f"{QUEUE}?sure=1"
    assert boss.get(QUEUE).content.decode().count("cus-answers") == 1
    assert boss.post(address, {"answer": "never", "next": "https://elsewhere.example/"}).url == QUEUE
    assert "cus-answers" not in boss.get(QUEUE).content.decode()
    apart = boss.get(f"{QUEUE}apart/").content.decode()
    assert f"{QUEUE}{pair.pk}/release/" in apart
    boss.post(f"{QUEUE}{pair.pk}/release/")
    (again,) = MatchPair.objects.filter(status="open")
    boss.post(f"{QUEUE}{again.pk}/decide/", {"answer": "same"})
    assert Merge.objects.get().reason == "review"
    assert boss.post(f"{QUEUE}{again.pk}/decide/", {"answer": "same"}).status_code == 404


def test_only_sure_pairs_are_joined_in_one_go(boss: Client, pair: MatchPair) -> None:
    enter("李娜", PHONE)
    enter("王芳", PHONE)
    api.scan_duplicates(actor=SYSTEM, at=LATER)
    ids = list(MatchPair.objects.values_list("pk", flat=True))
    assert len(ids) == 2
    boss.post(f"{QUEUE}join/", {"ids": ids})
    assert Merge.objects.count() == 1
    assert api.count_open_pairs(actor=BOSS) == 1
    narrowed = boss.get(f"{QUEUE}?code=phone").content.decode()
    assert narrowed.count("cus-answers") == 1
    assert "cus-answers" not in boss.get(f"{QUEUE}?sure=1").content.decode()


def test_whoever_may_not_merge_sees_nothing_of_it(client_as: Any, agent: Actor, pair: MatchPair) -> None:
    client = client_as(agent)
    for address in (QUEUE, f"{QUEUE}apart/"):
        assert client.get(address).status_code == 403
    for address in (
        f"{QUEUE}{pair.pk}/decide/",
        f"{QUEUE}{pair.pk}/release/",
        f"{QUEUE}join/",
        f"{QUEUE}scan/",
    ):
        assert client.post(address).status_code == 403
    assert QUEUE not in client.get("/customers/").content.decode()


def test_the_queue_asks_the_same_however_long_it_is(boss: Client) -> None:
    def more(count: int) -> None:
        for number in range(count):
            enter("张伟", birthday=Birthday(5, 1 + MatchPair.objects.count() + number, 1990))
            enter("張偉", birthday=Birthday(5, 1 + MatchPair.objects.count() + number, 1990))
        api.scan_duplicates(actor=SYSTEM, at=LATER)

    assert_same_queries(boss, QUEUE, more)


def test_a_scan_is_started_from_the_page(boss: Client) -> None:
    assert boss.post(f"{QUEUE}scan/").url == QUEUE
    run = api.find_scan()
    assert run is not None
    assert (run.state, boss.get(f"{QUEUE}scan/{run.id}/").status_code) == ("queued", 200)
    boss.post(f"{QUEUE}scan/")
    latest = api.find_scan()
    assert latest is not None
    assert latest.id == run.id
    from guibin.customers.tasks import scan_task

    enter("张伟", PHONE)
    enter("張偉", PHONE)
    scan_task(run_id=run.id)
    done = api.find_scan()
    assert done is not None
    assert (done.state, done.result["joined"], done.result["review"]) == ("done", 1, 0)
    assert boss.get(f"{QUEUE}scan/{run.id}/").headers["HX-Refresh"] == "true"


def test_a_run_of_something_else_is_neither_shown_nor_stopped(boss: Client) -> None:
    other = jobs.open_run(kind="insight.refresh", actor=BOSS, at=AT)
    assert boss.get(f"{QUEUE}scan/{other}/").status_code == 404
    assert boss.post(f"{QUEUE}scan/{other}/cancel/").status_code == 404
    assert not JobRun.objects.get(pk=other).cancel_asked


def test_rules_are_chosen_per_source(boss: Client, client_as: Any, agent: Actor) -> None:
    api.create_customer(profile=api.Profile(name="张伟"), source="till", actor=BOSS, at=AT)
    page = boss.get("/settings/matching/").content.decode()
    assert 'name="1-phone"' in page
    boss.post("/settings/matching/", {"0-phone": "review", "0-card": "join", "1-phone": "ignore"})
    stored = set(KeyPolicy.objects.values_list("source", "key", "policy"))
    assert stored == {("", "phone", "review"), ("till", "phone", "ignore")}
    assert client_as(agent).get("/settings/matching/").status_code == 403


def test_programs_read_and_decide(monkeypatch: pytest.MonkeyPatch, pair: MatchPair) -> None:
    who = {"boss": BOSS, "agent": AGENT}
    monkeypatch.setattr(web_rest, "_configured", lambda name: who.get if "AUTH" in name else None)

    def call(path: str = "", body: object = None, key: str = "", name: str = "boss") -> Any:
        headers = {"Authorization": f"Bearer {name}"} | ({"Idempotency-Key": key} if key else {})
        address = f"/api/v1/duplicates{path}"
        if body is None:
            return Client().get(address, headers=headers)
        return Client().post(address, json.dumps(body), content_type="application/json", headers=headers)

    assert call(name="agent").status_code == 403
    found = call().json()
    (row,) = found["rows"]
    assert (row["one"], row["other"], row["score"]) == ("GB-000001", "GB-000002", 85)
    assert found["next_cursor"] is None
    assert {"code": "birthday", "points": 30} in row["grounds"]
    decide = f"/{pair.pk}/decide"
    assert call(decide, {"answer": "never"}, "n").json() == {"answer": "never", "merge": None}
    assert [each["status"] for each in call("?status=never").json()["rows"]] == ["never"]
    assert call(decide, {"answer": "open"}, "o").status_code == 200
    (again,) = MatchPair.objects.filter(status="open")
    decide = f"/{again.pk}/decide"
    assert call(decide, {"answer": "same", "keep": "GB-999999"}, "a").status_code == 404
    assert (
        call(decide, {"answer": "same", "keep": "GB-000002"}, "b").json()["merge"] == Merge.objects.get().pk
    )
    assert Merge.objects.get().kept_id == pair.high_id
    assert call(decide, {"answer": "same"}, "c").status_code == 404


def test_the_command_line_scans_and_lists(pair: MatchPair) -> None:
    def run(*words: str) -> Any:
        ended = CliRunner().invoke(customers, ["duplicates", *words, "--json"], standalone_mode=False)
        return json.loads(ended.stdout)

    scanned = run("scan")
    assert {name: scanned[name] for name in ("people", "compared", "joined", "review")} == {
        "people": 2,
        "compared": 1,
        "joined": 0,
        "review": 1,
    }
    assert "seconds" in scanned
    listed = run()
    assert listed["total"] == 1
    assert listed["duplicates"][0]["score"] == 85
    assert run("tokens") == {"customers": 0}
