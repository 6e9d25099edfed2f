"""A stranger opens the product, loads a shop's real export, and ends on the list of its VIPs."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, shoot
from tests.shop import Shop, running_shop

REAL_FILE = (
    Path(__file__).resolve().parents[3]
    / "shared/data/online_retail_2009/online_retail_ii_year_2009-2010.csv.gz"
)
PASSWORD = "a quiet harbour in spring"
LONG = 240_000  # the real file has half a million rows

pytestmark = [
    pytest.mark.browser,
    pytest.mark.realdata,
    pytest.mark.skipif(not REAL_FILE.exists(), reason="needs the shared data folder beside the checkout"),
]


@pytest.fixture(scope="module")
def empty_shop() -> object:
    with running_shop() as shop:
        yield shop


def test_a_real_export_becomes_named_vips(empty_shop: Shop, open_page: OpenPage) -> None:
    page = open_page(language="en")
    create_owner(page, empty_shop)
    load_file(page)
    confirm_and_import(page)
    see_vips(page, empty_shop)


def create_owner(page: Page, shop: Shop) -> None:
    page.goto(shop.url)
    english = page.get_by_role("button", name="English")
    if english.count():
        english.click()
    page.get_by_label("Your name").fill("Mary Shaw")
    page.get_by_label("Sign-in name").fill("mary")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create my account").click()
    page.get_by_label("Name", exact=False).first.fill("Gift House")
    page.locator("[name=base_currency]").fill("GBP") if page.locator(
        "input[name=base_currency]"
    ).count() else page.locator("[name=base_currency]").select_option("GBP")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Gift House")
    shoot(page, "first-run-1-load")


def load_file(page: Page) -> None:
    page.locator(".gb-row a.btn-primary").click()
    page.locator("input[type=file]").set_input_files(REAL_FILE)
    page.get_by_role("button", name="Check the file").click()
    page.get_by_role("button", name="See the dry run").wait_for(timeout=LONG)
    shoot(page, "first-run-2-mapping")
    expect(page.locator("[name=currency]")).to_have_value("GBP")
    page.get_by_role("button", name="See the dry run").click()


def confirm_and_import(page: Page) -> None:
    go = page.get_by_role("button", name="Import these rows")
    go.wait_for(timeout=LONG)
    shoot(page, "first-run-3-dry-run")
    expect(page.locator("body")).to_contain_text("525,461")
    expect(page.locator("body")).to_contain_text("9,539,484.634")
    go.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("rows are in", timeout=LONG)
    shoot(page, "first-run-4-result")


def see_vips(page: Page, shop: Shop) -> None:
    page.goto(f"{shop.url}/welcome/")
    for _wait in range(120):  # the worker counts the facts in the background
        day = page.get_by_role("button", name="Count up to")
        if day.count():
            day.first.click()
            break
        page.wait_for_timeout(1000)
        page.reload()
    page.get_by_role("button", name="See the VIPs").click(timeout=LONG)  # offered once that day is counted
    shoot(page, "first-run-5-choose")
    expect(page).to_have_url(re.compile("/vips"))
    expect(page.locator("body")).to_contain_text("321 VIPs on 9 Dec 2010")
