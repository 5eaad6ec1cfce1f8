"""The chat on a phone's home screen: installed, without a network, in two tabs, with news."""

import json

import pytest
from playwright.async_api import Page, expect

from messages.envelope import Choice, Kind
from tests.chromium import beside_chromium, needs_chromium
from tests.pages.conftest import Client
from tests.pages.village import Village, until, write

pytestmark = needs_chromium

READY = "navigator.serviceWorker.ready.then(one => one.active.state)"
KEPT = """async () => {
  const found = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const asked of await cache.keys()) {
      found[new URL(asked.url).pathname] = await (await cache.match(asked)).text();
    }
  }
  return found;
}"""


async def installed(page: Page) -> None:
    """Wait until the worker has kept what the page is made of, and serves it."""
    await page.evaluate(READY)
    await until(page, "navigator.serviceWorker.controller !== null")


@beside_chromium
async def test_the_browser_finds_everything_that_an_app_needs(page: Page) -> None:
    session = await page.context.new_cdp_session(page)
    told = await session.send("Page.getAppManifest")
    assert told["errors"] == []
    manifest = json.loads(told["data"])
    assert manifest["start_url"] == manifest["scope"] == "/chat"
    found = await session.send("Page.getInstallabilityErrors")
    # The browser of a test keeps nothing, which is all that may stand in the way.
    assert [one["errorId"] for one in found["installabilityErrors"]] == ["in-incognito"]


@pytest.mark.parametrize(
    ("path", "sign", "mime"),
    [
        ("/icon-192.png", b"\x89PNG", "image/png"),
        ("/icon-512.png", b"\x89PNG", "image/png"),
        ("/icon-180.png", b"\x89PNG", "image/png"),
        ("/favicon.ico", b"\0\0\1\0", "image/x-icon"),
    ],
)
async def test_the_sign_is_drawn_in_every_size(
    client: Client, path: str, sign: bytes, mime: str
) -> None:
    answer = await client.get(path)
    assert answer.content_type == mime
    assert (await answer.read()).startswith(sign)


@beside_chromium
async def test_without_a_network_the_page_opens_and_sends_later_what_was_written(
    page: Page, village: Village
) -> None:
    await expect(page.get_by_role("log")).to_contain_text("Nghe: /start")
    await installed(page)
    await village.stop()
    away = await page.context.new_page()
    await page.close()
    await away.goto(f"{village.url}/chat")
    await write(away, "Viết khi không có mạng")
    await expect(away.locator(".own .mark")).to_have_text("đang gửi…")
    # The app is closed before there is a network again.
    await away.close()
    await village.start()
    later = await page.context.new_page()
    await later.goto(f"{village.url}/chat")
    await expect(later.locator(".own .mark")).to_have_text("đã gửi")
    await expect(later.get_by_role("log")).to_contain_text("Nghe: Viết khi không có mạng")
    assert village.texts.count("Viết khi không có mạng") == 1
    assert len({message.sender for message in village.heard.values()}) == 1


@beside_chromium
async def test_what_opens_without_a_network_holds_nothing_of_a_conversation(
    page: Page, village: Village
) -> None:
    await installed(page)
    await write(page, "Chuyện riêng của tôi")
    await expect(page.get_by_role("log")).to_contain_text("Nghe: Chuyện riêng của tôi")
    await page.reload()
    await expect(page.get_by_role("log")).to_contain_text("Nghe: Chuyện riêng của tôi")
    kept = await page.evaluate(KEPT)
    assert "/chat" not in kept
    assert {"/chat/shell", "/static/chat.js", "/static/chat.css"} <= set(kept)
    person = village.letters[0].to.id
    cookie = (await page.context.cookies())[0]["value"]
    for path, text in kept.items():
        for private in ("Chuyện riêng", person, cookie):
            assert private not in text, path


@beside_chromium
async def test_two_tabs_show_the_same_conversation_each_letter_once(
    page: Page, village: Village
) -> None:
    await write(page, "một")
    await expect(page.get_by_role("log")).to_contain_text("Nghe: một")
    other = await page.context.new_page()
    await other.goto(page.url)
    await expect(other.get_by_role("log")).to_contain_text("Nghe: một")
    await write(other, "hai")
    for tab in (page, other):
        await expect(tab.get_by_role("log")).to_contain_text("Nghe: hai")
        await expect(tab.locator(".own .mark").last).to_have_text("đã gửi")
    await village.say("từ xã")
    await expect(page.locator(".message")).to_have_count(6)
    texts = [await tab.locator(".message").all_inner_texts() for tab in (page, other)]
    # What one tab says may be shown in the other after the answer to it, which is as quick.
    assert sorted(texts[0]) == sorted(texts[1])
    assert sum("Nghe: hai" in text for text in texts[0]) == 1


@beside_chromium
async def test_where_no_socket_can_be_had_the_conversation_goes_on(
    page: Page, village: Village
) -> None:
    await village.stop()
    village.has_sockets = False
    await village.start()
    await write(page, "qua mạng cũ")
    await expect(page.get_by_role("log")).to_contain_text("Nghe: qua mạng cũ", timeout=40_000)
    await expect(page.locator(".own .mark").last).to_have_text("đã gửi")
    await village.say("thư sau đó")
    await expect(page.get_by_role("log")).to_contain_text("thư sau đó")
    assert village.texts.count("qua mạng cũ") == 1
    assert await page.locator(".letter", has_text="qua mạng cũ").count() == 1


async def told(page: Page, village: Village, seen: list[int]) -> None:
    """Wait until the service was told that these letters were seen."""
    for _look in range(100):
        if village.seen == seen:
            return
        await page.wait_for_timeout(100)
    raise AssertionError(village.seen)


@beside_chromium
async def test_a_letter_counts_as_seen_only_when_it_was_before_somebodys_eyes(
    page: Page, village: Village
) -> None:
    await expect(page.get_by_role("log")).to_contain_text("Nghe: /start")
    await told(page, village, [1])
    await page.evaluate(
        "Object.defineProperty(document, 'hidden', { get: () => window.away ?? true })"
    )
    await village.say("không ai nhìn")
    await expect(page.get_by_role("log")).to_contain_text("không ai nhìn")
    await page.wait_for_timeout(1500)
    assert village.seen == [1]
    await page.evaluate(
        "window.away = false, document.dispatchEvent(new Event('visibilitychange'))"
    )
    await told(page, village, [1, 2])
    await page.reload()
    await page.wait_for_timeout(1500)
    assert village.seen == [1, 2]
    assert not [one for one in village.heard.values() if one.kind is Kind.SEEN]


@beside_chromium
async def test_leave_to_tell_news_is_asked_for_only_once_there_is_a_ticket(
    page: Page, village: Village
) -> None:
    question = page.get_by_role("group", name="báo cho ông/bà")
    await expect(page.get_by_role("log")).to_contain_text("Nghe: /start")
    await expect(question).to_be_hidden()
    village.choices = (Choice("/phieu PA2611-7K3M", "Xem phiếu"),)
    await write(page, "Đèn hỏng")
    await expect(question).to_be_visible()
    await question.get_by_role("button", name="Không cần").click()
    await expect(question).to_be_hidden()
    await page.reload()
    await write(page, "Vẫn hỏng")
    await expect(page.get_by_role("log")).to_contain_text("Nghe: Vẫn hỏng")
    await expect(question).to_be_hidden()


@beside_chromium
async def test_news_says_that_there_is_some_and_not_what(page: Page, village: Village) -> None:
    await installed(page)
    await page.context.grant_permissions(["notifications"], origin=village.url)
    await page.evaluate("Object.defineProperty(document, 'hidden', { get: () => true })")
    await village.say("Câu trả lời riêng tư")
    await expect(page.get_by_role("log")).to_contain_text("Câu trả lời riêng tư")
    told = await page.evaluate("""async () => {
      const worker = await navigator.serviceWorker.ready;
      for (let tries = 0; tries < 100; tries += 1) {
        const [one] = await worker.getNotifications();
        if (one) return `${one.title} ${one.body}`;
        await new Promise((done) => setTimeout(done, 50));
      }
      return "";
    }""")
    assert "tin mới" in told
    assert "riêng tư" not in told
