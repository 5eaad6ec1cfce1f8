"""Photos and voice notes from a real browser: how far they are, calling them back, sending anew."""

from io import BytesIO

from PIL import Image
from playwright.async_api import FilePayload, Page, expect

from messages.envelope import AttachmentKind
from tests.chromium import beside_chromium, needs_chromium
from tests.pages.village import Village, until

pytestmark = [needs_chromium, beside_chromium]


def photo() -> FilePayload:
    written = BytesIO()
    Image.effect_noise((900, 900), 90).convert("RGB").save(written, "PNG")
    return {"name": "IMG_1.png", "mimeType": "image/png", "buffer": written.getvalue()}


async def test_how_far_a_photo_is_can_be_seen_and_it_can_be_called_back(
    page: Page, village: Village
) -> None:
    await expect(page.get_by_role("log")).to_contain_text("Nghe: /start")
    session = await page.context.new_cdp_session(page)
    await session.send("Network.enable")
    slow = {"offline": False, "latency": 50, "downloadThroughput": -1, "uploadThroughput": 60_000}
    await session.send("Network.emulateNetworkConditions", slow)
    await page.locator("input[type=file]").set_input_files(photo())
    bar = page.get_by_role("progressbar", name="Đang gửi ảnh")
    await expect(bar).to_be_visible()
    await until(page, "document.querySelector('progress').value > 0")
    assert await bar.evaluate("bar => bar.value") < 1
    await page.get_by_role("button", name="Hủy", exact=True).click()
    await expect(bar).to_be_hidden()
    await session.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": -1})
    await page.locator("input[type=file]").set_input_files(photo())
    await expect(page.get_by_role("log")).to_contain_text("Nghe: ảnh")
    sent = [message.attachments for message in village.heard.values() if message.attachments]
    assert [len(attachments) for attachments in sent] == [1]
    assert sent[0][0].kind is AttachmentKind.IMAGE


async def test_a_photo_that_was_refused_says_why_and_can_be_sent_again(
    page: Page, village: Village
) -> None:
    await expect(page.get_by_role("log")).to_contain_text("Nghe: /start")
    said = '{"error": "Lúc này chưa nhận được ảnh."}'
    await page.route("**/chat/upload*", lambda route: route.fulfill(status=503, body=said))
    await page.locator("input[type=file]").set_input_files(photo())
    await expect(page.locator(".own .bubble")).to_contain_text("Lúc này chưa nhận được ảnh.")
    await page.unroute("**/chat/upload*")
    await page.get_by_role("button", name="Gửi lại").click()
    await expect(page.get_by_role("log")).to_contain_text("Nghe: ảnh")
    assert sum(bool(message.attachments) for message in village.heard.values()) == 1


async def test_a_voice_note_is_recorded_sent_and_can_be_dropped(
    page: Page, village: Village
) -> None:
    start = page.get_by_role("button", name="Ghi âm")
    await start.click()
    await expect(page.get_by_role("timer")).to_have_text("0:01")
    await page.get_by_role("group", name="Tin nhắn thoại").get_by_role("button", name="Hủy").click()
    await expect(start).to_be_focused()
    assert not await page.locator(".own").count()
    await start.click()
    await expect(page.get_by_role("timer")).to_have_text("0:01")
    await page.get_by_role("button", name="Dừng và gửi").click()
    await expect(page.get_by_role("log")).to_contain_text("Nghe: ảnh")
    (sent,) = [message.attachments for message in village.heard.values() if message.attachments]
    assert (sent[0].kind, sent[0].mime) == (AttachmentKind.AUDIO, "audio/webm")
    assert village.channel
    content = await village.channel.fetch(sent[0])
    assert content.startswith(b"\x1aE\xdf\xa3")


async def test_a_device_without_a_microphone_says_so(page: Page) -> None:
    await page.evaluate(
        "() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('none')); }"
    )
    await page.get_by_role("button", name="Ghi âm").click()
    await expect(page.get_by_role("status")).to_contain_text("không thu được tiếng")


async def test_a_browser_that_cannot_record_offers_nothing(page: Page) -> None:
    await page.add_init_script("delete window.MediaRecorder")
    await page.reload()
    await expect(page.get_by_role("log")).to_contain_text("Nghe: /start")
    await expect(page.get_by_role("button", name="Ghi âm")).to_be_hidden()
