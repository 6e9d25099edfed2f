"""The pages of insight, for whom they are open and what they say."""

from datetime import date

import pytest
from django.urls import reverse

from guibin.insight import api, queueing, tasks
from guibin.insight.tests.tables import simple_shop, write_shop

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
            page = api.cell_members(as_of=DAY, r=cell.r, f=cell.f, m=cell.m)
            assert page.total == cell.customers
            assert sum(member.net_12m_minor for member in page.rows) == cell.net_minor
    for group in report.groups:
        assert api.group_members(group.code, as_of=DAY).total == group.customers
    for row in api.stage_report(as_of=DAY).stages:
        assert api.stage_members(api.Stage(row.stage), as_of=DAY).total == row.customers
    best = report.groups[0]
    answer = client_as(manager).get(reverse("insight:members"), {"group": best.code, "day": "2024-02-29"})
    assert answer.content.decode().count('href="/customers/') >= 0
    assert answer.context["listing"]["page"].total == best.customers


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
