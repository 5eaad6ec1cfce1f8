"""What only a real browser can show: that the page loses nothing and runs nothing it was sent."""

from playwright.async_api import Page, expect

from tests.chromium import beside_chromium, needs_chromium
from tests.pages.village import Village, write

pytestmark = [needs_chromium, beside_chromium]


async def test_the_bot_speaks_first_and_a_button_answers(page: Page, village: Village) -> None:
    log = page.get_by_role("log")
    await expect(log).to_contain_text("Nghe: /start")
    await page.get_by_role("button", name="Hỏi thủ tục").click()
    await expect(log).to_contain_text("Nghe: guides")
    await expect(page.locator(".own .mark")).to_have_text("đã gửi")
    assert [each.choice for each in village.heard.values()] == ["", "guides"]


async def test_a_start_link_is_told_once_and_leaves_the_address(
    page: Page, village: Village
) -> None:
    await page.goto(f"{village.url}/chat?start=q_KS01")
    await expect(page).to_have_url(f"{village.url}/chat")
    await page.reload()
    await write(page, "sau")
    await expect(page.get_by_role("log")).to_contain_text("Nghe: sau")
    assert [each.payload for each in village.heard.values()].count("q_KS01") == 1


async def test_words_written_while_the_service_is_away_arrive_once(
    page: Page, village: Village
) -> None:
    await expect(page.get_by_role("log")).to_contain_text("Nghe: /start")
    await village.stop()
    await expect(page.get_by_role("status")).to_contain_text("Mất kết nối")
    await write(page, "Viết khi mất mạng")
    await expect(page.locator(".own .mark")).to_have_text("đang gửi…")
    await village.start()
    await expect(page.locator(".own .mark")).to_have_text("đã gửi", timeout=30_000)
    await expect(page.get_by_role("status")).to_have_text("")
    assert village.texts.count("Viết khi mất mạng") == 1


async def test_a_reload_and_another_tab_show_the_conversation(page: Page) -> None:
    await write(page, "Đèn đường hỏng")
    await expect(page.get_by_role("log")).to_contain_text("Nghe: Đèn đường hỏng")
    before = await page.locator(".message").all_inner_texts()
    await page.reload()
    await expect(page.locator(".message")).to_have_count(len(before))
    assert await page.locator(".message").all_inner_texts() == before
    other = await page.context.new_page()
    await other.goto(page.url)
    await expect(other.get_by_role("log")).to_contain_text("Nghe: Đèn đường hỏng")


async def test_what_is_said_stays_text_and_web_addresses_become_links(
    page: Page, village: Village
) -> None:
    said = "<img src=x onerror=alert(1)> xem https://dichvucong.gov.vn/a?b=1. javascript:alert(1)"
    await write(page, said)
    letter = page.locator(".letter .bubble").last
    await expect(letter).to_contain_text(said)
    assert await page.locator(".log img").count() == 0
    links = await page.locator(".log a").evaluate_all("all => all.map(a => a.href)")
    assert set(links) == {"https://dichvucong.gov.vn/a?b=1"}
    assert village.texts[-1] == said


async def test_another_store_makes_the_page_begin_anew(page: Page, village: Village) -> None:
    for words in ("một", "hai"):
        await write(page, words)
        await expect(page.get_by_role("log")).to_contain_text(f"Nghe: {words}")
    await village.stop()
    village.letters.clear()
    village.heard.clear()
    await village.start()
    await expect(page.locator(".message")).to_have_count(1, timeout=30_000)
    await expect(page.get_by_role("log")).to_contain_text("Nghe: /start")
    await write(page, "ba")
    await expect(page.get_by_role("log")).to_contain_text("Nghe: ba")


async def test_the_chat_works_by_keyboard_alone(page: Page, village: Village) -> None:
    await expect(page.get_by_role("button", name="Gửi phản ánh")).to_be_visible()
    for _ in range(12):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.textContent") == "Gửi phản ánh":
            break
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("log")).to_contain_text("Nghe: feedback")
    await page.get_by_role("textbox").focus()
    await page.keyboard.type("dòng một")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("dòng hai")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("log")).to_contain_text("Nghe: dòng một")
    assert village.texts[-1] == "dòng một\ndòng hai"


async def test_no_page_is_wider_than_its_window(page: Page, village: Village) -> None:
    for width in (180, 360, 1280):
        await page.set_viewport_size({"width": width, "height": 740})
        for path in ("/", "/chat", "/q/KS01", "/minh-bach", "/q/XX99"):
            await page.goto(f"{village.url}{path}")
            wide, seen = await page.evaluate(
                "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
            )
            assert wide <= seen, (path, width)
