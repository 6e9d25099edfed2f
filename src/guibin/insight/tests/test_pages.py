"""The pages of insight, for whom they are open and what they say."""

from datetime import date

import pytest
from django.apps import apps
from django.urls import reverse

from guibin.accounts import api as accounts
from guibin.core import jobs
from guibin.core.clock import now
from guibin.core.permissions import SYSTEM
from guibin.customers import api as customers
from guibin.insight import api, queueing, tasks
from guibin.insight.permissions import EXPORT_REPORTS, VIEW_REPORTS
from guibin.insight.tests.tables import execute, simple_shop, write_shop

DAY = date(2024, 2, 29)
PAGES = ("rfm", "concentration", "stages", "behaviour", "members", "freshness")


@pytest.fixture
def shop(warehouse):
    write_shop(simple_shop(60))
    api.refresh(as_of=DAY)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens_before_and_after_the_first_refresh(warehouse, manager, client_as, name, language):
    client = client_as(manager)
    client.cookies["django_language"] = language
    address = reverse(f"insight:{name}")
    assert client.get(address).status_code == 200
    write_shop(simple_shop(60))
    api.refresh(as_of=DAY)
    answer = client.get(address, {} if name == "freshness" else {"day": "2024-02-29"})
    assert answer.status_code == 200
    assert "%(" not in answer.content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_an_agent_sees_no_reports(warehouse, agent, client_as, name):
    assert client_as(agent).get(reverse(f"insight:{name}")).status_code == 403


def test_every_number_opens_the_customers_it_counts(shop, manager, client_as):
    report = api.rfm_report(as_of=DAY)
    for cell in report.cells:
        if cell.customers:
            page = api.cell_members(actor=manager, as_of=DAY, r=cell.r, f=cell.f, m=cell.m)
            assert page.total == cell.customers
            assert sum(member.net_12m_minor for member in page.rows) == cell.net_minor
    for group in report.groups:
        assert api.group_members(group.code, actor=manager, as_of=DAY).total == group.customers
    for row in api.stage_report(as_of=DAY).stages:
        assert api.stage_members(api.Stage(row.stage), actor=manager, as_of=DAY).total == row.customers
    best = report.groups[0]
    answer = client_as(manager).get(reverse("insight:members"), {"group": best.code, "day": "2024-02-29"})
    assert answer.content.decode().count('href="/customers/') >= 0
    assert answer.context["listing"]["page"].total == best.customers


def test_who_sees_one_store_finds_and_exports_only_its_customers(shop, owner, client_as):
    """The numbers count everybody; the list names whom the reader may see."""
    lake, other = (
        accounts.ensure_stores(texts=[name], actor=SYSTEM, at=now())[name] for name in ("湖滨店", "静安店")
    )
    apps.get_model("accounts", "Role").objects.create(
        code="analyst", name="分析", own_store_only=True,
        permission_codes=[VIEW_REPORTS.code, EXPORT_REPORTS.code, customers.VIEW_CUSTOMER.code],
    )  # fmt: skip
    who = accounts.create_staff(
        sign_in_name="an", display_name="An", role_code="analyst", store_id=lake, actor=SYSTEM, at=now()
    )
    execute("UPDATE customers_customer SET joined_store_id = %s WHERE id <= 3", lake)
    execute("UPDATE customers_customer SET joined_store_id = %s WHERE id > 3", other)
    analyst = accounts.actor_for_staff(who.id)
    client, address = client_as(analyst), reverse("insight:members") + "?day=2024-02-29"
    page = client.get(address)
    assert page.context["listing"]["page"].total == 3
    assert "C0003" in page.content.decode()
    assert "C0004" not in page.content.decode()
    answer = client.post(address, {"export": "csv"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert {number for number in range(1, 61) if f"C{number:04d}" in text} == {1, 2, 3}
    assert client_as(owner).get(address).context["listing"]["page"].total == 60
    stages = [api.stage_members(stage, actor=analyst, as_of=DAY).total for stage in api.Stage]
    assert sum(stages) == 3


def test_a_day_that_is_none_is_refused(shop, manager, client_as):
    assert client_as(manager).get(reverse("insight:rfm"), {"day": "yesterday"}).status_code == 422


def test_thresholds_are_saved_and_change_the_stages(shop, manager, client_as):
    client = client_as(manager)
    values = {
        "stage_new_days": 10, "stage_at_risk_days": 20, "stage_dormant_days": 30, "stage_churned_days": 40,
        "active_months_min": 4,
    }  # fmt: skip
    assert client.post(reverse("insight:stages"), {**values, "stage_churned_days": 25}).status_code == 200
    assert api.stage_thresholds(as_of=DAY).source == "default"
    assert client.post(reverse("insight:stages"), values).status_code == 302
    limits = api.stage_thresholds(as_of=DAY)
    assert (limits.source, limits.at_risk_days, limits.churned_days) == ("own", 20, 40)


def test_the_button_queues_one_refresh(warehouse, manager, client_as):
    client = client_as(manager)
    for _ in range(2):
        assert client.post(reverse("insight:start_refresh")).status_code == 302
    from guibin.core import jobs

    run = jobs.find_latest(queueing.REFRESH)
    assert run.state == "queued"
    assert client.get(reverse("insight:progress", args=[run.id])).status_code == 200
    tasks.refresh_task(run.id)
    assert jobs.get_progress(run.id).state == "done"
    answer = client.get(reverse("insight:progress", args=[run.id]))
    assert answer["HX-Refresh"] == "true"


def test_a_run_of_something_else_is_neither_shown_nor_stopped(db, owner, client_as):
    other = jobs.open_run(kind="customers.scan", actor=owner, at=now())
    client = client_as(owner)
    assert client.get(reverse("insight:progress", args=[other])).status_code == 404
    assert client.post(reverse("insight:cancel", args=[other])).status_code == 404
    assert not apps.get_model("core", "JobRun").objects.get(pk=other).cancel_asked
