"""Who sees badly, types only, or has the page read out: checked by axe and by measuring."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from messages.envelope import Address, Choice
from storage.carrying import CarryCodes
from tests.chromium import beside_chromium, needs_chromium
from tests.pages.village import Village, write

pytestmark = [needs_chromium, beside_chromium]

PAGES = (
    "/",
    "/q/KS01",
    "/q/XX99",
    "/q?code=khai+sinh",
    "/minh-bach",
    "/nowhere",
    "/demo",
    "/khao-sat/hailong/vp",
)
LONG = (
    "Nghiêngnghiêngnghiêngnghiêngnghiêngnghiêngnghiêngnghiêngnghiêng "
    "https://dichvucong.gov.vn/mot-dia-chi-rat-dai-khong-co-cho-ngat-dong-nao-ca-trong-do"
)
CUT_OFF = """() => [...document.querySelectorAll('body *')].filter((one) => {
  const { left, right, width, height } = one.getBoundingClientRect();
  if (!width || !height || one.closest('.unseen, .skip, svg, progress')) return false;
  const { overflowX, textOverflow } = getComputedStyle(one);
  const hides = overflowX !== 'visible' || textOverflow === 'ellipsis';
  const isWide = right > innerWidth + 1 || left < -1;
  return isWide || (hides && one.scrollWidth > one.clientWidth + 1);
}).map((one) => `${one.tagName}.${one.className}: ${one.textContent.slice(0, 40)}`)"""


@asynccontextmanager
async def opened(chromium: Browser, width: int, *, dark: bool = False) -> AsyncIterator[Page]:
    """Open a page of a width, by day or by night."""
    expect.set_options(timeout=20_000)
    async with await chromium.new_context(
        viewport={"width": width, "height": 780},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    ) as context:
        yield await context.new_page()


async def wrong(page: Page) -> list[str]:
    """Have axe name what is seriously wrong."""
    found = (await Axe().run(page)).response["violations"]
    return [
        f"{one['id']} at {[node['target'] for node in one['nodes']]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]


async def talk(page: Page, village: Village) -> None:
    """Have a conversation in which everything occurs that a chat shows."""
    village.choices = (
        Choice("/phieu PA2611-7K3M", "Xem phiếu của tôi"),
        Choice("long", "Môi trường, rác thải, ngập úng, mùi"),
        Choice("site", "Cổng dịch vụ công quốc gia", url="https://dichvucong.gov.vn"),
    )
    await page.goto(f"{village.url}/chat")
    await write(page, LONG)
    await expect(page.get_by_role("log")).to_contain_text("Nghe: Nghiêng")
    await expect(page.get_by_role("button", name="Báo cho tôi")).to_be_visible()


@pytest_asyncio.fixture(loop_scope="session")
async def practising(
    village: Village, practice: Mapping[str, Address], kept_codes: CarryCodes
) -> Village:
    """A village where people may practise too."""
    await village.stop()
    village.site = replace(village.site, practice=practice, codes=kept_codes)
    await village.start()
    return village


@pytest.mark.parametrize("dark", [False, True], ids=["day", "night"])
async def test_axe_finds_nothing_serious_on_any_page(
    practising: Village,
    chromium: Browser,
    dark: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    async with opened(chromium, 390, dark=dark) as page:
        for path in PAGES:
            await page.goto(f"{practising.url}{path}")
            assert await wrong(page) == [], path
        await talk(page, practising)
        assert await wrong(page) == []
        await page.get_by_role("button", name="Sang điện thoại").click()
        await expect(page.get_by_role("img", name="Mã QR")).to_be_visible()
        assert await wrong(page) == []
        await page.keyboard.press("Escape")
        await page.get_by_role("button", name="Ghi âm").click()
        await expect(page.get_by_role("timer")).to_be_visible()
        assert await wrong(page) == []
        code = await practising.site.codes.make(Address("web", "somebody-else-1234"))
        for path in (f"/chat/carry/{code}", "/chat/carry/none"):
            await page.goto(f"{practising.url}{path}")
            assert await wrong(page) == [], path


async def test_axe_would_name_what_is_wrong(village: Village, chromium: Browser) -> None:
    async with opened(chromium, 390) as page:
        await page.goto(f"{village.url}/")
        await page.evaluate("document.querySelector('h1').append(document.createElement('button'))")
        assert any(one.startswith("button-name") for one in await wrong(page))


@pytest.mark.parametrize("width", [320, 360, 390, 640])
async def test_nothing_is_cut_off_on_a_small_phone_or_at_double_size(
    practising: Village, chromium: Browser, width: int
) -> None:
    """A window of 1280 points is 640 wide at 200 %, and 320 at 400 % (WCAG 2.2, 1.4.10)."""
    async with opened(chromium, width) as page:
        for path in PAGES:
            await page.goto(f"{practising.url}{path}")
            assert await page.evaluate(CUT_OFF) == [], path
        await talk(page, practising)
        assert await page.evaluate(CUT_OFF) == []
        await page.get_by_role("button", name="Sang điện thoại").click()
        await expect(page.get_by_role("img", name="Mã QR")).to_be_visible()
        assert await page.evaluate(CUT_OFF) == []


async def test_the_tabs_of_practice_stand_in_one_line_each(
    practising: Village, chromium: Browser
) -> None:
    async with opened(chromium, 390) as page:
        await page.goto(f"{practising.url}/demo")
        for tab in await page.locator("[data-tab]").all():
            lines = await tab.evaluate(
                "tab => tab.clientHeight / parseFloat(getComputedStyle(tab).lineHeight)"
            )
            assert lines < 3, await tab.inner_text()


async def test_the_code_for_the_phone_is_had_by_keyboard_and_shut_by_escape(
    village: Village, chromium: Browser
) -> None:
    async with opened(chromium, 1280) as page:
        await page.goto(f"{village.url}/chat")
        button = page.get_by_role("button", name="Sang điện thoại")
        await button.focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("dialog", name="Nói chuyện tiếp")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(button).to_be_focused()
