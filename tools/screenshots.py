"""Pictures of the product for the README, taken from a running demo shop into docs/images.

    python tools/screenshots.py --address http://127.0.0.1:8000 --name owner --password WORDS

The import page needs a file that was looked at and not yet imported: this sends a small made-up one through
the same form as a person would, pictures the mapping, and cancels it.
"""

import argparse
import re
import sys
from pathlib import Path

from playwright.sync_api import (
    Browser,
    BrowserContext,
    FilePayload,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)

IMAGES = Path(__file__).parent.parent / "docs" / "images"
CHROMIUM = Path("/usr/bin/chromium")
BYTES_MAX = 400_000
DESK = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)
FILE = """会员卡号,客户姓名,手机,开卡日期,生日,累计金额,微信,所在城市,备注
QM90000001,林婉清,15400004417,2022/9/18,1988-11-24,"86,420元",linwq,杭州,喜欢松烟色
QM90000002,周慕白,15400000551,03-05-24,5月20日,1.2万,zhoumb,上海,
QM90000003,何砚秋,1540000981,2023-04-02,1992-01-09,12800,heyq,苏州,周末到店
"""


def main() -> int:
    """Take every picture; 1 when one is larger than the README should carry."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--address", default="http://127.0.0.1:8000")
    asked.add_argument("--name", default="owner")
    asked.add_argument("--password", required=True)
    choices = asked.parse_args()
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=str(CHROMIUM) if CHROMIUM.exists() else None, args=["--no-sandbox"]
        )
        desk = sign_in(browser, DESK, choices.address, choices.name, choices.password)
        number = on_desk(desk, choices.address)
        phone = sign_in(browser, PHONE, choices.address, choices.name, choices.password)
        page = open_page(phone, f"{choices.address}/customers/{number}/")
        picture(page, "customer-phone")
        browser.close()
    large = [image.name for image in IMAGES.glob("*.png") if image.stat().st_size > BYTES_MAX]
    for name in large:
        print(f"{name} is larger than {BYTES_MAX:,} bytes", file=sys.stderr)
    return 1 if large else 0


def sign_in(browser: Browser, size: ViewportSize, address: str, name: str, password: str) -> BrowserContext:
    """A signed-in visitor with a screen of ``size``, in Chinese and in light colours."""
    context = browser.new_context(
        viewport=size, locale="zh-CN", color_scheme="light", reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(f"{address}/sign-in/")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(re.compile(r"^(?!.*sign-in).*$"))
    page.close()
    return context


def on_desk(context: BrowserContext, address: str) -> str:
    """The pictures of a wide screen; gives the number of the customer shown."""
    page = open_page(context, f"{address}/")
    expect(page.locator("#home-numbers, [hx-get]").first).to_be_attached()
    picture(page, "home")
    page = open_page(context, f"{address}/vips/")
    number = page.locator("tbody tr").nth(1).locator("a").first.get_attribute("href") or ""
    picture(page, "vips")
    picture(open_page(context, f"{address}{number}"), "customer")
    picture(open_page(context, f"{address}/insight/"), "rfm", height=1240)
    page = mapping(context, address)
    url = page.url
    picture(page, "import")
    cancel(context, url)
    return number.strip("/").split("/")[-1]


def mapping(context: BrowserContext, address: str) -> Page:
    """A file of three rows at the mapping step; nothing of it is written."""
    page = open_page(context, f"{address}/imports/new")
    file: FilePayload = {
        "name": "会员表_2026秋.csv",
        "mimeType": "text/csv",
        "buffer": FILE.encode("gb18030"),
    }
    page.set_input_files("input[type=file]", files=file)
    page.locator(".int-upload button[type=submit]").click()
    page.locator("select").nth(3).wait_for(timeout=60_000)
    return page


def cancel(context: BrowserContext, url: str) -> None:
    """Leave no half-done import behind on the home page."""
    page = open_page(context, url)
    token = page.locator("input[name=csrfmiddlewaretoken]").first.input_value()
    context.request.post(f"{url}/cancel", form={"csrfmiddlewaretoken": token}, headers={"Referer": url})
    page.close()


def open_page(context: BrowserContext, url: str) -> Page:
    page = context.new_page()
    page.goto(url)
    page.wait_for_load_state("networkidle")
    return page


def picture(page: Page, name: str, *, height: int | None = None) -> None:
    """What is on the screen, once charts and parts that load later are there."""
    if height and page.viewport_size:
        page.set_viewport_size(ViewportSize(width=page.viewport_size["width"], height=height))
    page.wait_for_timeout(1200)
    target = IMAGES / f"{name}.png"
    page.screenshot(path=target)
    print(f"{target.name}: {target.stat().st_size // 1024} KB")
    page.close()


if __name__ == "__main__":
    sys.exit(main())
