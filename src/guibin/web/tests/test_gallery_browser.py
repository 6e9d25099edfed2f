"""The gallery in a real Chromium: sizes, themes, languages, axe, keys, lists, charts. Screenshots with
``GUIBIN_SCREENSHOTS=folder``."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)

from guibin.web import gallery
from guibin.web.context import Shell
from guibin.web.tests.browsing import serving

ROOT = Path(__file__).resolve().parents[4]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = os.environ.get("GUIBIN_CHROMIUM", "/usr/bin/chromium")
SIZES = {"desktop": (1440, 900), "tablet": (820, 1180), "phone": (390, 844)}
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright keeps an event loop in this thread
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield chromium
        connections["default"].close()  # inside playwright's loop Django keeps a connection of its own
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def opened(browser: Browser, db: None, settings: Any) -> Iterator[Any]:
    """``opened(path, size, language, theme)``: the page, signed in, failing on any script or policy error."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def visit(path: str, size: str = "desktop", language: str = "zh-hans", theme: str = "light") -> Page:
        width, height = SIZES[size]
        context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
        contexts.append(context)
        cookies = {"django_language": language, "guibin_theme": theme}
        context.add_cookies([{"name": n, "value": v, "url": address} for n, v in cookies.items()])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda m: complaints.append(m.text) if is_complaint(m) else None)
        page.goto(address + path)
        page.wait_for_load_state("networkidle")
        return page

    with serving(settings) as address:
        yield visit
        for context in contexts:
            context.close()
    assert complaints == []


def is_complaint(message: ConsoleMessage) -> bool:
    """Errors of our pages; the search's samples point at pages that are not there, on purpose."""
    missing_on_purpose = "/open?" in message.location["url"] or message.location["url"].endswith(
        "/favicon.ico"
    )
    return message.type == "error" and not missing_on_purpose


def shoot(page: Page, name: str) -> None:
    folder = os.environ.get("GUIBIN_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def faults(page: Page) -> list[str]:
    """Serious and critical findings of axe, each with its first place."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate(f"axe.run({{runOnly: {json.dumps(tags)}}})")
    return [
        f"{v['id']} ({v['impact']}): {v['nodes'][0]['html'][:160]} {v['nodes'][0]['failureSummary'][:200]}"
        for v in found["violations"]
        if v["impact"] in {"serious", "critical", "moderate"}
    ]


@pytest.mark.parametrize("path", ["/gallery", "/gallery/list"])
@pytest.mark.parametrize(
    ("size", "language", "theme"),
    [
        ("desktop", "zh-hans", "light"),
        ("desktop", "en", "dark"),
        ("tablet", "en", "light"),
        ("phone", "zh-hans", "light"),
        ("phone", "en", "dark"),
    ],
)
def test_no_fault_for_axe_and_no_sideways_scroll(
    opened: Any, path: str, size: str, language: str, theme: str
) -> None:
    page = opened(path, size, language, theme)
    for chart in page.query_selector_all("gb-chart"):
        chart.scroll_into_view_if_needed()
        page.wait_for_function("chart => chart.dataset.drawn", arg=chart)
    page.evaluate("scrollTo(0, 0)")
    shoot(page, f"{path.strip('/').replace('/', '-')}-{size}-{language}-{theme}")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert faults(page) == []


def test_help_opens_by_key_and_closes_by_escape(opened: Any) -> None:
    page = opened("/gallery")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.get_by_role("dialog").locator("h2")).to_have_text("组件陈列")
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(page.locator(".gb-help")).not_to_be_visible()


def test_a_confirmation_stands_between_a_button_and_its_deed(opened: Any) -> None:
    page = opened("/gallery", language="en")
    page.locator(".gb-form-foot").get_by_role("button", name="Cancel").click()
    dialog = page.locator("#gb-confirm")
    expect(dialog).to_contain_text("Leave without saving?")
    dialog.get_by_role("button", name="Cancel").first.click()
    expect(dialog).not_to_be_visible()


def test_the_list_filters_by_typing_without_losing_the_cursor_or_naming_anybody_in_an_address(
    opened: Any,
) -> None:
    page = opened("/gallery/list", language="en")
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    page.get_by_placeholder("Name or number").click()
    page.keyboard.type("婉清", delay=20)
    names = [row for row in gallery.SAMPLES if "婉清" in row.name]
    expect(page.locator(".gb-list-foot")).to_contain_text(f"of {len(names)} customers")
    expect(page.get_by_placeholder("Name or number")).to_be_focused()
    assert all("%E5" not in request.url for request in asked)
    assert "%E5" not in page.url
    page.get_by_role("link", name="Orders").click()
    expect(page.locator("th[aria-sort=descending]")).to_contain_text("Orders")
    expect(page.locator(".gb-list-foot")).to_contain_text(f"of {len(names)} customers")
    assert "sort=-orders" in page.url


def test_a_filter_from_its_chip_and_back(opened: Any) -> None:
    page = opened("/gallery/list", language="en")
    page.locator("summary.gb-chip", has_text="Tier").click()
    page.get_by_label("Gold").check()
    page.get_by_role("button", name="Apply").first.click()
    gold = [row for row in gallery.SAMPLES if row.tier == "gold"]
    expect(page.locator(".gb-list-foot")).to_contain_text(f"of {len(gold)} customers")
    expect(page.locator("summary.gb-chip[data-on]")).to_have_text("Tier: Gold")
    assert "tier=gold" in page.url
    page.reload()
    expect(page.locator(".gb-list-foot")).to_contain_text(f"of {len(gold)} customers")
    page.get_by_role("link", name="Clear all").click()
    expect(page.locator(".gb-list-foot")).to_contain_text("of 240 customers")
    page.go_back()
    expect(page.locator(".gb-list-foot")).to_contain_text(f"of {len(gold)} customers")


def test_rows_are_walked_chosen_and_opened_by_keyboard(opened: Any) -> None:
    page = opened("/gallery/list", language="en")
    page.locator("body").press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator(".gb-bulk")).to_contain_text("1 chosen")
    expect(page.locator("tbody tr").nth(1)).to_have_attribute("aria-selected", "true")
    page.get_by_role("button", name="Choose all 240").click()
    expect(page.locator(".gb-bulk")).to_contain_text("240 chosen")
    page.get_by_role("button", name="Choose none").click()
    expect(page.locator(".gb-bulk")).to_be_hidden()
    page.locator("tbody input[name=ids]").first.check()
    page.get_by_role("button", name="Add a tag").click()
    expect(page.locator(".gb-undo")).to_contain_text("1 customers tagged")
    expect(page.locator(".gb-undo button")).to_contain_text("s left")


def test_the_heading_stays_while_rows_scroll(opened: Any) -> None:
    page = opened("/gallery/list")
    page.evaluate("scrollTo(0, 900)")
    page.wait_for_timeout(100)
    top = page.locator("thead th").nth(1).bounding_box()
    assert top is not None
    assert 50 <= top["y"] <= 60


def test_an_export_arrives_as_a_file(opened: Any) -> None:
    page = opened("/gallery/list", language="en")
    page.locator("summary[aria-label=Export]").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Workbook (XLSX)").click()
    assert download.value.suggested_filename.endswith(".xlsx")


def test_a_chart_shows_its_table_and_gives_its_files(opened: Any) -> None:
    page = opened("/gallery", language="en")
    chart = page.locator("#chart-bar")
    chart.scroll_into_view_if_needed()
    expect(chart).to_have_attribute("data-drawn", "1")
    chart.get_by_role("button", name="Table", exact=True).click()
    expect(chart.locator("td", has_text="¥1,284,600")).to_be_visible()
    chart.get_by_role("button", name="Chart", exact=True).click()
    for label, suffix in (("Picture (PNG)", "png"), ("Table (XLSX)", "xlsx"), ("Table (CSV)", "csv")):
        if chart.locator("details").get_attribute("open") is None:
            chart.locator("summary").click()
        with page.expect_download() as download:
            chart.get_by_role("button", name=label).click()
        assert download.value.suggested_filename.endswith(suffix)


def test_a_bar_opens_its_list(opened: Any) -> None:
    page = opened("/gallery", language="en")
    chart = page.locator("#chart-bar")
    chart.scroll_into_view_if_needed()
    expect(chart).to_have_attribute("data-drawn", "1")
    box = chart.locator("canvas").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.12)
    page.wait_for_url("**/gallery#1")


def test_the_menu_folds_away_on_a_phone(opened: Any) -> None:
    page = opened("/gallery", size="phone", language="en")
    expect(page.locator("#gb-side")).not_to_be_visible()
    page.get_by_role("button", name="Menu", exact=True).click()
    expect(page.locator("#gb-side")).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#gb-side")).not_to_be_visible()


@pytest.mark.urls("guibin.web.tests.urls_trial")
def test_the_search_box_is_driven_by_keys(opened: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Shell, "search_url", "/search")
    page = opened("/gallery", language="en")
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    page.keyboard.press("/")
    box = page.get_by_role("combobox", name="Search")
    expect(box).to_be_focused()
    page.keyboard.type("林婉清")
    found = page.locator(".gb-omni-found").get_by_role("option")
    expect(found).to_have_count(2)
    expect(found.first).to_have_attribute("aria-selected", "true")
    assert faults(page) == []
    shoot(page, "omni")
    page.keyboard.press("ArrowDown")
    assert all("%E6" not in request.url for request in asked)
    page.keyboard.press("Enter")
    page.wait_for_url("**/open?2")


@pytest.mark.urls("guibin.web.tests.urls_trial")
def test_the_search_box_says_when_nothing_is_found(opened: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Shell, "search_url", "/search")
    page = opened("/gallery", language="en")
    page.keyboard.press("Control+k")
    page.keyboard.type("nobody")
    expect(page.locator(".gb-omni-said")).to_contain_text("Nothing found.")
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(page.locator(".gb-omni-box")).not_to_be_visible()


def test_a_customer_is_picked_by_keyboard_and_finger_and_kept_as_a_number(opened: Any) -> None:
    page = opened("/gallery")
    field = page.locator("#pick-one")
    kept = page.locator("input[type=hidden][name=one]")
    someone = gallery.SAMPLES[4]
    field.press_sequentially(someone.name[:1])
    expect(page.locator("#pick-one-found [role=option]").first).to_be_visible()
    field.fill(str(someone.id))
    expect(page.locator("#pick-one-found [role=option]")).to_have_count(1)
    field.press("Enter")
    expect(kept).to_have_value(str(someone.id))
    expect(field).to_be_hidden()
    page.locator("gb-pick").first.get_by_role("button").click()
    expect(kept).to_have_value("")
    field.fill("nobody of this name")
    expect(page.locator("#pick-one-found .gb-pick-none")).to_be_visible()
    field.press("Escape")
    expect(page.locator("#pick-one-found")).to_be_hidden()
    several = page.locator("input[type=hidden][name=several]")
    before = several.input_value().split()
    assert len(before) == 2
    page.locator("#pick-several").fill(str(someone.id))
    page.locator("#pick-several-found [role=option]").click()
    expect(several).to_have_value(" ".join([*before, str(someone.id)]))
    page.locator("#pick-several").press("Backspace")
    expect(several).to_have_value(" ".join(before))


def test_a_scanned_number_is_chosen_by_its_enter_and_never_sends_the_form(opened: Any) -> None:
    page = opened("/gallery", "phone")
    field = page.locator("#pick-one")
    field.focus()
    page.keyboard.insert_text(str(gallery.SAMPLES[9].id))
    page.keyboard.press("Enter")
    expect(page.locator("input[type=hidden][name=one]")).to_have_value(str(gallery.SAMPLES[9].id))
    assert page.url.endswith("/gallery")
