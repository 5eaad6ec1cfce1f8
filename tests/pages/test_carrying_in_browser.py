"""The conversation goes from one browser to another through the database."""

import pytest
from playwright.async_api import Browser, Page, expect

from storage.carrying import CarryCodes
from tests.chromium import beside_chromium, needs_chromium
from tests.pages.village import Village, write


@pytest.fixture
def codes(kept_codes: CarryCodes) -> CarryCodes:
    return kept_codes


@needs_chromium
@beside_chromium
async def test_the_conversation_goes_on_on_the_phone(
    page: Page, village: Village, chromium: Browser
) -> None:
    await write(page, "Viết trên máy bàn")
    await expect(page.get_by_role("log")).to_contain_text("Nghe: Viết trên máy bàn")
    async with page.expect_response("**/chat/carry") as answered:
        await page.get_by_role("button", name="Sang điện thoại").click()
    await expect(page.get_by_role("img", name="Mã QR")).to_be_visible()
    path = (await (await answered.value).json())["address"].removeprefix("http://127.0.0.1:8080")
    await page.get_by_role("button", name="Đóng").click()
    await expect(page.get_by_role("button", name="Sang điện thoại")).to_be_focused()
    async with await chromium.new_context() as another:
        phone = await another.new_page()
        await phone.goto(f"{village.url}{path}")
        await phone.get_by_role("button", name="Vâng, tiếp tục ở đây").click()
        await expect(phone.get_by_role("log")).to_contain_text("Nghe: Viết trên máy bàn")
        await write(phone, "Viết trên điện thoại")
        for one in (page, phone):
            await expect(one.get_by_role("log")).to_contain_text("Nghe: Viết trên điện thoại")
    assert len({message.sender for message in village.heard.values()}) == 1
