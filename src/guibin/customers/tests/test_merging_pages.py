"""Merging and taking apart on pages, over REST and on the command line."""

import json
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client
from django.urls import reverse

from guibin.core.permissions import SYSTEM, Actor
from guibin.customers import api
from guibin.customers.commands import customers
from guibin.customers.models import Customer, CustomerAlias, MatchPair, Merge
from guibin.customers.tests.people import AGENT, AT, BOSS, PHONE, ZHANG
from guibin.web import rest as web_rest

pytestmark = pytest.mark.django_db
WHO: dict[str, Actor] = {"boss": BOSS, "agent": AGENT}
ONE, OTHER = "GB-000001", "GB-000002"


@pytest.fixture
def two() -> tuple[int, int]:
    one = api.create_customer(profile=ZHANG, contacts=[PHONE], actor=SYSTEM, at=AT)
    profile = api.Profile(name="张炜", city="苏州", gender="female", joined_store_id=7)
    return one, api.create_customer(profile=profile, card="B2", actor=SYSTEM, at=AT)


def text(response: Any) -> str:
    return str(response.content.decode())


def wish(**more: str) -> dict[str, str]:
    revisions = dict(Customer.objects.values_list("number", "revision"))
    return {
        "with": OTHER,
        "revision-kept": str(revisions[ONE]),
        "revision-absorbed": str(revisions[OTHER]),
        **more,
    }


class TestPages:
    def test_a_pair_is_chosen_compared_merged_and_taken_back(
        self, owner: Actor, client_as: Any, two: tuple[int, int]
    ) -> None:
        client, page = client_as(owner), reverse("customers:merge", kwargs={"number": ONE})
        assert 'name="with"' in text(client.get(page))
        seen = text(client.get(page, {"with": OTHER}))
        assert "field-city" in seen
        assert "field-joined_store_id" not in seen
        assert "杭州" in seen
        assert "138 **** 8000" in seen
        assert "两人的性别不同" in seen
        for secret in ("13800138000", "龙井路", "1985"):
            assert secret not in seen
        done = client.post(page, wish(**{"field-city": "absorbed", "field-name": "kept"}))
        assert (done.status_code, done["Location"]) == (302, f"/customers/{ONE}/")
        assert api.get_customer(two[1], actor=SYSTEM).profile.city == "苏州"
        after = text(client.get(done["Location"]))
        undo = reverse("customers:unmerge", kwargs={"merge_id": Merge.objects.get().pk})
        assert undo in after
        assert client.post(undo).status_code == 302
        assert not CustomerAlias.objects.exists()
        assert not MatchPair.objects.exists()
        assert api.get_customer(two[0], actor=SYSTEM).profile.city == "杭州"

    def test_the_form_sent_twice_merges_once(
        self, owner: Actor, client_as: Any, two: tuple[int, int]
    ) -> None:
        client, page, sent = client_as(owner), reverse("customers:merge", kwargs={"number": ONE}), wish()
        for _turn in range(2):
            assert client.post(page, sent)["Location"] == f"/customers/{ONE}/"
        assert Merge.objects.count() == 1
        assert "已经是同一个人" in text(client.get(reverse("customers:list")))

    def test_what_changed_meanwhile_is_shown_anew(
        self, owner: Actor, client_as: Any, two: tuple[int, int]
    ) -> None:
        client, page, sent = client_as(owner), reverse("customers:merge", kwargs={"number": ONE}), wish()
        api.edit_customer(
            customer_id=two[1], profile=api.Profile(city="无锡"), fields=["city"], actor=BOSS, at=AT
        )
        answer = client.post(page, sent)
        assert answer.status_code == 409
        assert "无锡" in text(answer)
        assert 'role="alert"' in text(answer)
        assert not Merge.objects.exists()

    def test_a_refusal_says_why_and_offers_nothing(
        self, owner: Actor, client_as: Any, two: tuple[int, int]
    ) -> None:
        client, page = client_as(owner), reverse("customers:merge", kwargs={"number": ONE})
        api.edit_customer(
            customer_id=two[1],
            profile=api.Profile(id_number="440308199901101512"),
            fields=["id_number"],
            actor=BOSS,
            at=AT,
        )
        seen = text(client.get(page, {"with": OTHER}))
        assert "身份证号不同" in seen
        assert "合并这两位" not in seen
        answer = client.post(page, wish())
        assert answer.status_code == 409
        assert "身份证号不同" in text(answer)

    @pytest.mark.parametrize("wanted", ["GB-000099", ONE])
    def test_nobody_or_oneself_is_asked_again(
        self, owner: Actor, client_as: Any, two: tuple[int, int], wanted: str
    ) -> None:
        answer = client_as(owner).get(reverse("customers:merge", kwargs={"number": ONE}), {"with": wanted})
        assert answer.status_code == 422
        assert 'role="alert"' in text(answer)

    def test_an_erased_one_is_refused_in_words(
        self, owner: Actor, client_as: Any, two: tuple[int, int]
    ) -> None:
        sent = wish()
        api.erase_customer(customer_id=two[1], actor=SYSTEM, at=AT)
        answer = client_as(owner).post(reverse("customers:merge", kwargs={"number": ONE}), sent)
        assert answer.status_code == 409
        assert not Merge.objects.exists()

    def test_old_addresses_lead_to_the_person(
        self, owner: Actor, client_as: Any, two: tuple[int, int]
    ) -> None:
        api.merge_customers(kept_id=two[0], absorbed_id=two[1], actor=SYSTEM, at=AT)
        client = client_as(owner)
        for name in ("edit", "merge"):
            old, new = (reverse(f"customers:{name}", kwargs={"number": each}) for each in (OTHER, ONE))
            assert client.get(old)["Location"] == new
        assert client.get(f"/customers/{OTHER}/")["Location"] == f"/customers/{ONE}/"

    def test_the_panel_and_the_page_before_taking_apart_tell_what_hangs_where(
        self, owner: Actor, client_as: Any, two: tuple[int, int]
    ) -> None:
        merge_id = api.merge_customers(
            kept_id=two[0], absorbed_id=two[1], evidence=[("phone", 45)], actor=SYSTEM, at=AT
        )
        client = client_as(owner)
        panel = text(client.get(reverse("customers:panel_identity", kwargs={"number": OTHER})))
        for said in (ONE, OTHER, "人工合并", "手机号", "拆开"):
            assert said in panel
        page = reverse("customers:unmerge", kwargs={"merge_id": merge_id})
        seen = text(client.get(page))
        assert "1 张卡或编号" in seen
        assert "1 个联系方式" in seen
        assert client.post(page, {"apart": "1"}).status_code == 302
        assert MatchPair.objects.get().status == "never"
        assert client.get(page).status_code == 409
        assert client.post(page, {"apart": "1"}).status_code == 409

    def test_who_may_not_merge_sees_the_merges_and_no_button(
        self, agent: Actor, client_as: Any, two: tuple[int, int]
    ) -> None:
        Customer.objects.update(joined_store_id=min(agent.store_ids or [7]))
        merge_id = api.merge_customers(kept_id=two[0], absorbed_id=two[1], actor=SYSTEM, at=AT)
        client = client_as(agent)
        panel = text(client.get(reverse("customers:panel_identity", kwargs={"number": ONE})))
        assert OTHER in panel
        assert "拆开" not in panel
        for answer in (
            client.get(reverse("customers:merge", kwargs={"number": ONE})),
            client.post(reverse("customers:merge", kwargs={"number": ONE}), wish()),
            client.post(reverse("customers:unmerge", kwargs={"merge_id": merge_id})),
        ):
            assert answer.status_code == 403


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(web_rest, "_configured", lambda name: WHO.get if "AUTH" in name else None)

    def send(method: str, path: str, body: object = None, *, key: str = "", who: str = "boss") -> Any:
        headers = {"Authorization": f"Bearer {who}"} | ({"Idempotency-Key": key} if key else {})
        data = json.dumps(body) if body is not None else ""
        return Client().generic(
            method, f"/api/v1{path}", data, content_type="application/json", headers=headers
        )

    return send


class TestRest:
    def test_a_program_merges_once_reads_and_takes_apart(self, call: Any, two: tuple[int, int]) -> None:
        body = {"absorbed": OTHER, "choices": {"city": "absorbed"}}
        made = call("POST", f"/customers/{ONE}/merges", body, key="a")
        assert made.status_code == 201
        merge = made.json()
        assert (merge["kept"], merge["absorbed"], merge["reason"]) == (ONE, OTHER, "staff")
        assert merge["choices"]["city"] == "absorbed"
        assert call("POST", f"/customers/{ONE}/merges", body, key="a").json() == merge
        assert Merge.objects.count() == 1
        again = call("POST", f"/customers/{ONE}/merges", body, key="b")
        assert (again.status_code, again.json()["code"]) == (409, "customers.merged_already")
        assert call("GET", f"/customers/{OTHER}").json()["number"] == ONE
        assert call("GET", f"/customers/{OTHER}/merges").json() == [merge]
        undone = call("POST", f"/merges/{merge['id']}/undo", {"keep_apart": False}, key="c")
        assert undone.json()["given_back"] == ["city"]
        assert undone.json()["merge"]["undone_at"]
        assert call("POST", f"/merges/{merge['id']}/undo", {}, key="d").status_code == 409
        assert call("GET", f"/customers/{OTHER}").json()["number"] == OTHER

    def test_refusals(self, call: Any, two: tuple[int, int]) -> None:
        body = {"absorbed": OTHER}
        path = f"/customers/{ONE}/merges"
        assert call("POST", path, body, key="a", who="agent").status_code == 403
        assert call("POST", path, body).json()["code"] == "web.idempotency_key_needed"
        assert call("POST", path, {"absorbed": "GB-000099"}, key="b").status_code == 404
        assert call("POST", path, {"absorbed": ONE}, key="c").status_code == 422
        assert (
            call("POST", path, {"absorbed": OTHER, "choices": {"city": "both"}}, key="d").status_code == 422
        )
        assert call("POST", "/merges/99/undo", {}, key="e").status_code == 404


def run(*arguments: str) -> tuple[int, Any]:
    outcome = CliRunner().invoke(customers, [*arguments, "--json"], standalone_mode=False)
    if outcome.exception is not None:
        raise outcome.exception
    return int(outcome.return_value or 0), json.loads(outcome.stdout)


class TestCommands:
    def test_merges_are_made_listed_and_taken_apart(self, two: tuple[int, int]) -> None:
        _code, foreseen = run("merge", ONE, OTHER, "--dry-run")
        assert (foreseen["merge"], foreseen["warnings"]) == (None, ["name", "gender"])
        assert foreseen["choices"]["city"] == "kept"
        assert not Merge.objects.exists()
        code, made = run("merge", ONE, OTHER, "--yes")
        assert (code, made["merge"]) == (0, Merge.objects.get().pk)
        assert [each["id"] for each in run("merges", OTHER)[1]["merges"]] == [made["merge"]]
        assert run("unmerge", str(made["merge"]), "--yes")[1]["absorbed"] == OTHER
        assert not CustomerAlias.objects.exists()
        assert run("merges")[1]["merges"][0]["undone_at"]

    def test_a_terminal_is_asked_and_may_say_no(self, two: tuple[int, int]) -> None:
        outcome = CliRunner().invoke(customers, ["merge", ONE, OTHER], input="n\n", standalone_mode=False)
        assert int(outcome.return_value) == 3
        assert not Merge.objects.exists()
