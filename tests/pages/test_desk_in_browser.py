"""The desk end to end in a real browser: at an office screen, on a phone, by day and by night."""

import io
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from PIL import Image
from playwright.async_api import Browser, FilePayload, Page, expect

from bot.pages.media import KeptMedia
from bot.pages.site import Site
from handlers.office import Office
from handlers.village_records import Centre
from messages.envelope import Attachment, AttachmentKind
from storage.tickets import State
from tests import databases
from tests.chromium import beside_chromium, needs_chromium
from tests.conftest import Hands
from tests.conversations.desk_scenes import Scene, file, scene
from tests.pages.desk_scene import DeskScene, desk_scene
from tests.pages.test_accessibility import CUT_OFF, opened, wrong
from tests.transcript import talking

pytestmark = [needs_chromium, beside_chromium]

LONG = "Nghiêngnghiêngnghiêngnghiêngnghiêngnghiêngnghiêngnghiêngnghiêngnghiêngnghiêngnghiêng"


def _jpeg(colour: str) -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(picture, "JPEG")
    return picture.getvalue()


@pytest_asyncio.fixture(loop_scope="session")
async def desk(
    database: str, chromium: Browser, office: Office, hands: Hands, site: Site, tmp_path: Path
) -> AsyncIterator[DeskScene]:
    media = {"a" * 64: KeptMedia(_jpeg("teal"), "image/jpeg")}
    async with (
        databases.opened(database) as store,
        talking(store, office, hands) as talk,
        desk_scene(talk, site, media, tmp_path) as found,
    ):
        found.browser = chromium
        yield found


@asynccontextmanager
async def seated(
    desk: DeskScene, s: Scene, width: int, *, dark: bool = False
) -> AsyncIterator[Page]:
    """Sit down at the desk; whatever goes wrong on its pages fails the test."""
    path = await desk.link(s.first)
    complaints: list[str] = []
    async with opened(desk.browser, width, dark=dark) as page:
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: complaints.append(said.text) if said.type == "error" else None,
        )
        await page.goto(f"{desk.url}{path}")
        await page.get_by_role("button", name="Mở bàn làm việc").click()
        await expect(page.get_by_role("heading", name="Bàn làm việc")).to_be_visible()
        # What is shown already does not hear keys before its script has run.
        await page.wait_for_load_state()
        yield page
    assert not complaints


async def _picture(page: Page, name: str) -> None:
    if folder := os.environ.get("DESK_PICTURES"):
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


async def _busy(desk: DeskScene) -> Scene:
    """A desk with tickets in every list."""
    s = await scene(desk.talk)
    for words in ("Cống thôn 6 tắc, nước tràn ra đường làng", f"Đường thôn 9 {LONG} hỏng"):
        await file(desk.talk, s.citizen, words)
    late = await file(desk.talk, s.citizen, "Đèn đường cạnh nhà văn hóa thôn 2 tắt ba đêm nay")
    await s.first.says(f"/nhan {late}")
    await s.first.says(f"/hoi {late} Cột đèn số mấy ạ?")
    await s.citizen.says(f"/bosung {late} Cột số 12 ạ")
    return s


async def _placed(desk: DeskScene, s: Scene) -> list[str]:
    """Tickets with a pin, the first two with a photo as well."""
    codes = []
    for number, (latitude, longitude) in enumerate(
        [(20.721, 106.641), (20.728, 106.662), (20.739, 106.655), (20.733, 106.639)]
    ):
        code = await file(desk.talk, s.citizen, f"Đường thôn {number + 3} có ổ gà to, khó đi")
        photo = Attachment(AttachmentKind.IMAGE, ref=f"photo {number}")
        await s.citizen.sends(f"/bosung {code} ở đây ạ", attachments=(photo,) if number < 2 else ())
        where = Attachment(AttachmentKind.LOCATION, latitude=latitude, longitude=longitude)
        await s.citizen.sends("", attachments=(where,))
        codes.append(code)
    await desk.fetch(_jpeg("olive"))
    return codes


async def test_an_officer_claims_asks_and_answers_without_the_chat(desk: DeskScene) -> None:
    s = await _busy(desk)
    async with seated(desk, s, 1280) as page:
        await page.get_by_role("link", name=s.code).click()
        await page.get_by_role("button", name="Nhận phiếu").click()
        await expect(page.get_by_role("status").first).to_contain_text(s.code)
        box = page.get_by_role("textbox", name="Viết về phiếu")
        await box.fill("Nhà văn hóa thôn mấy ạ?")
        await page.get_by_role("button", name="Hỏi người dân").click()
        await expect(page.get_by_text("chờ người dân").first).to_be_visible()
        await s.citizen.says(f"/bosung {s.code} Thôn 3 ạ")
        await page.reload()
        await expect(page.locator(".conversation")).to_contain_text("Thôn 3 ạ")
        await page.get_by_label("Bắt đầu bằng câu mẫu").select_option(label="Đã nhận, đang xử lý")
        await expect(box).to_have_value(re.compile("Phòng Kinh tế đã nhận phản ánh"))
        await box.fill("Đã vá xong ổ gà sáng nay.")
        await page.get_by_role("button", name="Trả lời người dân").click()
        await expect(page.get_by_role("status").first).to_contain_text("người dân")
        await _picture(page, "answered")
    assert (await s.ticket()).state is State.RESOLVED
    assert "Đã vá xong ổ gà sáng nay." in "".join(s.citizen.everything())


async def test_an_officer_forwards_by_keyboard_on_a_phone(desk: DeskScene) -> None:
    s = await _busy(desk)
    async with seated(desk, s, 390) as page:
        await page.get_by_role("link", name=s.code).click()
        await expect(page.locator(".queue")).to_be_hidden()
        await page.wait_for_load_state()
        await page.keyboard.press("f")
        await expect(page.get_by_label("Chuyển đến đơn vị")).to_be_focused()
        await page.get_by_label("Chuyển đến đơn vị").select_option("vp")
        await page.get_by_role("button", name="Chuyển phiếu").click()
        await expect(page.get_by_role("status").first).to_contain_text("Đã chuyển phiếu")
    assert (await s.ticket()).unit == "vp"


async def test_keys_lead_through_the_list_and_can_be_switched_off(desk: DeskScene) -> None:
    s = await _busy(desk)
    async with seated(desk, s, 1280) as page:
        await page.keyboard.press("j")
        links = page.locator(".ticket")
        await expect(links.nth(0)).to_be_focused()
        await page.keyboard.press("j")
        await expect(links.nth(1)).to_be_focused()
        await page.keyboard.press("k")
        await page.keyboard.press("Enter")
        await expect(page.locator(".conversation h2")).to_be_visible()
        await page.wait_for_load_state()
        await page.keyboard.press("a")
        box = page.get_by_role("textbox", name="Viết về phiếu")
        await expect(box).to_be_focused()
        await page.keyboard.type("jka")
        await expect(box).to_have_value("jka")
        await page.get_by_text("Phím tắt").first.click()
        await page.get_by_label("Dùng phím tắt trên máy này").uncheck()
        await page.locator(".conversation h2").click()
        await page.keyboard.press("j")
        await expect(page.locator(".ticket:focus")).to_have_count(0)
        # Half-written words are still there after a look at another ticket.
        await page.locator(".ticket").nth(1).click()
        await page.go_back()
        await expect(box).to_have_value("jka")


async def test_a_list_that_has_changed_says_so(desk: DeskScene) -> None:
    s = await _busy(desk)
    async with seated(desk, s, 1280) as page:
        await s.second.says(f"/nhan {s.code}")
        await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        await page.get_by_role("link", name="Danh sách đã thay đổi").click()
        await expect(page.get_by_role("link", name=s.code)).to_contain_text("đang xử lý")


async def test_an_officer_sends_a_photo_of_what_was_done_from_a_phone(desk: DeskScene) -> None:
    s = await _busy(desk)
    async with seated(desk, s, 390) as page:
        await page.get_by_role("link", name=s.code).click()
        await page.get_by_role("textbox", name="Viết về phiếu").fill("Đã vá xong ổ gà sáng nay.")
        photo = FilePayload(name="ổ gà.jpg", mimeType="image/jpeg", buffer=_jpeg("olive"))
        await page.get_by_label("Ảnh hoặc văn bản (PDF) về việc đã làm").set_input_files(photo)
        await _picture(page, "photo-chosen")
        await page.get_by_role("button", name="Trả lời người dân").click()
        await expect(page.get_by_role("status").first).to_contain_text("người dân")
        await expect(page.get_by_alt_text("Minh chứng của cán bộ")).to_be_visible()
    (kept,) = await desk.talk.read.files(s.code)
    assert (kept.proof, kept.name) == (True, "ổ gà.jpg")


async def test_the_map_leads_from_a_photo_to_its_ticket(desk: DeskScene) -> None:
    s = await _busy(desk)
    codes = await _placed(desk, s)
    for width, dark in ((390, False), (390, True), (1280, False)):
        async with seated(desk, s, width, dark=dark) as page:
            await page.get_by_role("link", name="Bản đồ").click()
            await expect(page.get_by_role("heading", name="Bản đồ phiếu")).to_be_visible()
            assert await wrong(page) == []
            assert await page.evaluate(CUT_OFF) == []
            await _picture(page, f"map-{width}-{dark}")
            await page.get_by_role("link", name=f"{codes[0]}, có ảnh").click()
            await expect(page.locator(".conversation")).to_contain_text(codes[0])


OUTSIDE = """() => {
  const { width, height } = document.querySelector('.plan').viewBox.baseVal;
  return [...document.querySelectorAll('.plan .name')].filter((one) => {
    const box = one.getBBox();
    return box.x < 0 || box.y < 0 || box.x + box.width > width || box.y + box.height > height;
  }).map((one) => one.textContent);
}"""

VILLAGES = {
    "Thôn Mai Dương Đông": (20.722, 106.641),
    "Tổ dân phố Nguyễn Thượng Hiền": (20.740, 106.663),
    "Thôn Vĩnh Phong Hạ": (20.733, 106.662),
    "Thôn Ngọc Uyên Thượng": (20.738, 106.642),
    "Thôn Bắc": (20.728, 106.652),
}


@asynccontextmanager
async def _of_villages(
    database: str, browser: Browser, office: Office, hands: Hands, site: Site, folder: Path
) -> AsyncIterator[DeskScene]:
    """A desk whose commune has told where its villages are."""
    centres = tuple(
        Centre(village=village, latitude=latitude, longitude=longitude)
        for village, (latitude, longitude) in VILLAGES.items()
    )
    commune = office.commune.model_copy(update={"villages": tuple(VILLAGES), "centres": centres})
    async with (
        databases.opened(database) as store,
        talking(store, replace(office, commune=commune), hands) as talk,
        desk_scene(talk, site, {}, folder) as found,
    ):
        found.browser = browser
        yield found


async def test_the_names_of_the_outermost_villages_are_not_cut_off_by_the_map(
    database: str, chromium: Browser, office: Office, hands: Hands, site: Site, tmp_path: Path
) -> None:
    async with _of_villages(database, chromium, office, hands, site, tmp_path) as desk:
        s = await scene(desk.talk)
        for width, dark in ((360, False), (1280, True)):
            async with seated(desk, s, width, dark=dark) as page:
                await page.get_by_role("link", name="Bản đồ").click()
                await expect(page.locator(".plan .name")).to_have_count(len(VILLAGES))
                await _picture(page, f"villages-{width}-{dark}")
                assert await page.evaluate(OUTSIDE) == []


@pytest.mark.parametrize("dark", [False, True], ids=["day", "night"])
async def test_axe_finds_nothing_serious_and_nothing_is_cut_off(
    desk: DeskScene,
    dark: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    s = await _busy(desk)
    for width in (320, 390, 1280):
        async with seated(desk, s, width, dark=dark) as page:
            assert await wrong(page) == []
            assert await page.evaluate(CUT_OFF) == []
            await _picture(page, f"list-{width}-{dark}")
            await page.get_by_role("link", name=s.code).click()
            for one in await page.locator(".conversation summary, .keys summary").all():
                if await one.is_visible():
                    await one.click()
            assert await wrong(page) == []
            assert await page.evaluate(CUT_OFF) == []
            await _picture(page, f"ticket-{width}-{dark}")
    async with opened(desk.browser, 390, dark=dark) as page:
        for path in ("/desk", await desk.link(s.first)):
            await page.goto(f"{desk.url}{path}")
            assert await wrong(page) == []
            assert await page.evaluate(CUT_OFF) == []
    await s.first.says(f"/chuyen {s.code} vhxh")
    forwarded = replace(s, first=await desk.talk.official(unit="vhxh", name="Lò Thị Khác"))
    async with seated(desk, forwarded, 320, dark=dark) as page:
        await page.get_by_role("link", name=s.code).click()
        await page.get_by_text("Xem người gửi").first.click()
        assert await wrong(page) == []
        assert await page.evaluate(CUT_OFF) == []
        await _picture(page, f"sender-320-{dark}")
        await page.get_by_label("Ông/bà cần để làm gì").select_option("call")
        await page.get_by_role("button", name="Xem người gửi").click()
        await expect(page.locator(".head")).to_contain_text("Cụ Năm")


async def test_evidence_is_sent_from_a_phone_by_night(desk: DeskScene) -> None:
    staff = await desk.talk.official("staff", unit="vhxh", name="Phòng Văn hóa")
    path = await desk.link(staff)
    async with opened(desk.browser, 390, dark=True) as page:
        await page.goto(f"{desk.url}{path}")
        await page.get_by_role("button", name="Mở bàn làm việc").click()
        await page.get_by_label("Minh chứng cho").select_option("1.05")
        await page.get_by_label("Số, ngày").fill("Lịch tuần 47 đã niêm yết")
        photo = FilePayload(name="a.jpg", mimeType="image/jpeg", buffer=_jpeg("teal"))
        await page.get_by_label("Ảnh hoặc văn bản (PDF)").set_input_files(photo)
        assert await wrong(page) == []
        assert await page.evaluate(CUT_OFF) == []
        await _picture(page, "evidence-390-dark")
        await page.get_by_role("button", name="Gửi minh chứng").click()
        await expect(page.get_by_role("status")).to_contain_text("MC2611-")
