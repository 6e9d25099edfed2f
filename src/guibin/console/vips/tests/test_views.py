"""The VIP pages: who sees what, constant queries, and a policy from preset to force."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pyarrow as pa
import pytest
from django.test import Client

from guibin.core.permissions import SYSTEM, Actor
from guibin.customers import api as customers
from guibin.loyalty import api as loyalty
from guibin.web.testing import assert_same_queries

SignIn = Callable[[Actor], Client]
TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def make_vips(count: int, *, start: int = 0, store_id: int | None = None) -> list[int]:
    """Customers who are VIPs by lifetime spend, decided together with those already there."""
    rows = [
        customers.CustomerRow(
            position=n, name=f"贵客{start + n}", external_id=f"v{start + n}", joined_store_id=store_id
        )
        for n in range(count)
    ]
    outcomes = customers.bulk_upsert(
        rows=rows,
        match_keys=("external_id",),
        policy="skip",
        source="test",
        import_id=None,
        actor=SYSTEM,
        at=NOW,
    )
    ids = [outcome.customer_id for outcome in outcomes if outcome.customer_id is not None]
    everybody = sorted({*customers.list_ids(customers.Filters(), actor=SYSTEM)})
    decide(everybody)
    return ids


def facts(ids: list[int]) -> pa.Table:
    return pa.table(
        {
            "customer_id": pa.array(ids, pa.int64()),
            "number": [f"C{one}" for one in ids],
            "net_minor": pa.array([1_200_000 for _ in ids], pa.int64()),
            "net_12m_minor": pa.array([900_000 for _ in ids], pa.int64()),
        }
    )


def decide(ids: list[int]) -> None:
    if loyalty.find_active_policy() is None:
        rules = loyalty.preset_rules("cumulative", "CNY")
        seen = loyalty.preview_policy(rules=rules, facts=facts(ids), as_of=TODAY, currency="CNY")
        loyalty.create_policy(code="house", name="House", preset="cumulative", actor=SYSTEM, at=NOW)
        loyalty.save_policy_version(
            policy_code="house", rules=rules, currency="CNY", effective_from=TODAY, token=seen.token,
            today=TODAY, actor=SYSTEM, at=NOW,
        )  # fmt: skip
        loyalty.activate_policy(policy_code="house", actor=SYSTEM, at=NOW)
    loyalty.evaluate(facts=facts(ids), as_of=TODAY, actor=SYSTEM, at=NOW)


@pytest.mark.django_db
def test_the_list_asks_equally_often_for_one_and_thirty(
    owner: Actor, client_as: Callable[[Actor], Client]
) -> None:
    made = [0]

    def more(count: int) -> None:
        make_vips(count, start=made[0])
        made[0] += count

    assert assert_same_queries(client_as(owner), "/vips/", more) < 30


@pytest.mark.django_db
def test_the_list_says_why_and_the_other_tab_opens(
    owner: Actor, client_as: Callable[[Actor], Client]
) -> None:
    make_vips(3)
    client = client_as(owner)
    page = client.get("/vips/").content.decode()
    assert "贵客1" in page
    assert "累计消费 ¥12,000，达到 ¥10,000" in page
    assert client.get("/vips/near/").status_code == 200
    assert client.get("/vips/?levels=senior").status_code == 200


@pytest.mark.django_db
def test_agents_see_their_own_store_only(
    agent: Actor, outsider: Actor, client_as: Callable[[Actor], Client]
) -> None:
    assert agent.store_ids is not None
    make_vips(2, store_id=next(iter(agent.store_ids)))
    assert "贵客1" in client_as(agent).get("/vips/").content.decode()
    assert "贵客1" not in client_as(outsider).get("/vips/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "url",
    ["/vips/policies/", "/vips/policies/new/", "/vips/policies/house/", "/vips/policies/house/edit/"],
)
def test_agents_may_not_touch_policies(url: str, agent: Actor, client_as: Callable[[Actor], Client]) -> None:
    make_vips(1)
    assert client_as(agent).get(url).status_code == 403


@pytest.mark.django_db
def test_policy_pages_open(owner: Actor, client_as: Callable[[Actor], Client]) -> None:
    make_vips(1)
    client = client_as(owner)
    for url in ("/vips/policies/", "/vips/policies/house/", "/vips/policies/house/edit/"):
        assert client.get(url).status_code == 200
    assert client.get("/vips/policies/nobody/").status_code == 404


def posted(value: str, **more: str) -> dict[str, str]:
    """The editor's form with one level and one number."""
    fields = {
        "name": "房子", "preset": "own", "effective_from": "2026-11-24", "l0-code": "vip", "l0-rank": "1",
        "l0-name_zh": "贵宾", "l0-name_en": "VIP", "l0-g0-c0-fact": "net_12m", "l0-g0-c0-op": "gte",
        "l0-g0-c0-value": value,
    }  # fmt: skip
    return {**fields, **more}


@pytest.mark.django_db
def test_what_is_wrong_in_the_editor_is_said_beside_it(owner: Actor, client_as: SignIn) -> None:
    make_vips(1)
    client = client_as(owner)
    url = "/vips/policies/house/edit/"
    for value, said in (("一万", "一万"), ("", "这里还缺一个数字")):
        answer = client.post(url, posted(value))
        page = answer.content.decode()
        assert answer.status_code == 422
        _before, field, after = page.partition(f'value="{value}" inputmode')
        assert field, "what was typed is kept"
        row = after.partition("</div>")[0]
        assert 'aria-describedby="l0-g0-c0-error"' in row
        assert said in row.partition('id="l0-g0-c0-error"')[2]
        assert 'value="2026-11-24"' in page, "the day is kept too"
    page = client.post(url, posted("1", effective_from="morgen")).content.decode()
    assert "vip-day-error" in page
    assert 'value="morgen"' in page
    page = client.post(url, posted("1", **{"l0-name_zh": "", "l0-name_en": ""})).content.decode()
    assert "l0-error" in page


@pytest.mark.django_db
def test_a_resting_policy_is_never_said_to_be_in_force(owner: Actor, client_as: SignIn) -> None:
    make_vips(1)
    client = client_as(owner)
    loyalty.create_policy(code="rest", name="歇着", preset="own", actor=SYSTEM, at=NOW)
    rules = loyalty.preset_rules("annual", "CNY")
    ids = sorted({*customers.list_ids(customers.Filters(), actor=SYSTEM)})
    seen = loyalty.preview_policy(rules=rules, facts=facts(ids), as_of=TODAY, currency="CNY")
    loyalty.save_policy_version(
        policy_code="rest", rules=rules, currency="CNY", effective_from=TODAY, token=seen.token,
        today=TODAY, actor=SYSTEM, at=NOW,
    )  # fmt: skip
    page = client.get("/vips/policies/rest/").content.decode()
    assert "日起" not in page
    assert "未启用" in page
    assert client.get("/vips/policies/").content.decode().count("日起") == 1


@pytest.mark.django_db
def test_lists_are_kept_by_numbers(owner: Actor, client_as: Callable[[Actor], Client]) -> None:
    (one,) = make_vips(1)
    number = customers.get_cards([one])[one].number
    client = client_as(owner)
    answer = client.post("/vips/policies/house/lists/", {"list": "exclude", "numbers": f"{number}, X-9"})
    assert answer.status_code == 302
    assert loyalty.list_members("house") == {"exclude": frozenset({one})}
    client.post("/vips/policies/house/lists/", {"list": "exclude", "numbers": number, "remove": "1"})
    assert loyalty.list_members("house") == {}


def intricate(first: int) -> loyalty.Rules:
    """A way in among four bundles of three: 81 either-ors of four as the editor's groups."""

    def condition(number: int) -> dict[str, object]:
        return {"kind": "compare", "fact": "orders_12m", "op": "gte", "value": first + number}

    bundles = [{"kind": "all", "of": [condition(3 * b + n) for n in range(3)]} for b in range(4)]
    level = {
        "code": "vip",
        "name_zh": "贵宾",
        "name_en": "VIP",
        "rank": 1,
        "when": {"kind": "any", "of": bundles},
    }
    return loyalty.Rules.model_validate({"levels": [level]})


@pytest.mark.django_db
def test_rules_too_intricate_for_the_editor_are_shown_in_words(client_as: SignIn, owner: Actor) -> None:
    table = facts([])
    loyalty.create_policy(code="deep", name="Deep", preset="", actor=SYSTEM, at=NOW)
    for first in (1, 2):
        rules = intricate(first)
        seen = loyalty.preview_policy(rules=rules, facts=table, as_of=TODAY, currency="CNY")
        loyalty.save_policy_version(
            policy_code="deep", rules=rules, currency="CNY", effective_from=TODAY, token=seen.token,
            today=TODAY, actor=SYSTEM, at=NOW,
        )  # fmt: skip
    client = client_as(owner)
    page = client.get("/vips/policies/deep/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "太复杂" in text
    assert "/vips/policies/deep/edit/" not in text
    assert text.count("≥ 13") >= 2, "the rule in words, and in what changed"
    assert client.get("/vips/policies/").status_code == 200
    assert client.get("/vips/policies/deep/edit/").headers["Location"] == "/vips/policies/deep/"
