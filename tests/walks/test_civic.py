"""Serving the people in a real browser: idea, letter, survey by QR, household, notice, thanks."""

import asyncio
import io
from pathlib import Path

import pytest
from PIL import Image

from bot.posters.drawing import Form, Sheet, draw
from bot.posters.sheets import posters
from handlers.office import Office
from messages.text import _
from tests.posters.test_posters import scanned
from tests.walks.phones import said
from tests.walks.test_browser import Walk, walking
from tests.walks.webphone import WebPhone

pytestmark = pytest.mark.timeout(300)

IDEA = "Lắp đèn năng lượng mặt trời dọc đường thôn, mỗi nhà góp một bóng"
WATER = "Ngày mai cắt nước từ 8 giờ đến 11 giờ."
WEEK = "Thứ Năm: Chủ tịch tiếp công dân"


async def invited(walk: Walk, role: str, name: str) -> WebPhone:
    phone = await walk.phone()
    await phone.says(f"/start {await walk.admin.invites(role, name)}")
    await phone.hears(name)
    return phone


async def survey_by_poster(walk: Walk, office: Office, citizen: WebPhone) -> None:
    """Point the citizen's own browser at the poster of a unit, and answer."""
    (poster,) = posters(
        office.commune,
        office.catalogue,
        walk.service.url,
        ["traketqua/tramyte"],
        surveys=office.surveys,
    )
    picture = Image.open(io.BytesIO(draw(poster, Sheet.A5, Form.PNG))).convert("L")
    page = await citizen.page.context.new_page()
    await page.goto(scanned(picture)[0])
    await page.get_by_role("link", name=said(_("Ask on the web chat"))).click()
    phone = WebPhone(page)
    await phone.hears("Ông/bà có hài lòng không?")
    await phone.chooses("Hài lòng")
    await phone.hears("Kết quả được trả khi nào?")
    await phone.chooses("Đúng hẹn")
    await phone.hears(_("Thank you for your answers."))
    await page.close()


async def commended(citizen: WebPhone, staff: WebPhone, leader: WebPhone) -> None:
    """From the idea to the letter of commendation, which the citizen sees as a picture."""
    await citizen.says(f"/sangkien {IDEA}")
    found = await citizen.hears("PA2")
    code = found[found.index("PA2") :][:11]
    await leader.says(f"/congnhan {code} Quyết định số 12/QĐ-UBND")
    await citizen.hears(code, "12/QĐ-UBND")
    await staff.says(f"/xetsangkien {code}")
    await staff.hears(IDEA)
    await staff.chooses("Soạn thư biểu dương")
    for answer in ("bà Nguyễn Thị Sáng, thôn Một", "thắp sáng đường thôn"):
        await staff.hears("")
        await staff.says(answer)
    await staff.choice("Giữ nguyên").wait_for()
    await asyncio.sleep(0.5)
    await staff.chooses("Giữ nguyên")
    await staff.choice("Trình lãnh đạo").wait_for()
    await staff.chooses("Trình lãnh đạo")
    await leader.hears("bà Nguyễn Thị Sáng")
    await leader.chooses("Duyệt")
    await citizen.hears("THƯ BIỂU DƯƠNG", "thắp sáng đường thôn")
    letter = citizen.log.locator("img").last
    await letter.scroll_into_view_if_needed()
    assert await letter.evaluate("image => image.decode().then(() => image.naturalWidth)") > 500
    await leader.says("/sothu")
    await leader.hears("01:")


async def noticed(citizen: WebPhone, staff: WebPhone, leader: WebPhone) -> None:
    """A notice: typed confirmation with the number of people, approval, arrival."""
    await citizen.says("/theodoi thongbao on")
    await citizen.hears("✓ Thông báo của xã")
    await staff.says("/soantin notice")
    await staff.choice("Thông báo của xã").wait_for()
    await staff.chooses("Thông báo của xã")
    await asyncio.sleep(1)
    await staff.says(WATER)
    await staff.choice("Ngay khi được duyệt").wait_for()
    await staff.chooses("Ngay khi được duyệt")
    await staff.hears("gửi 1")
    await staff.says("gửi 1")
    await leader.hears(WATER)
    await leader.chooses("Duyệt")
    await citizen.hears(WATER, "/ngungnhan thongbao")


async def test_every_path_of_serving_the_people_runs_in_the_browser(
    folder: Path, store_settings: dict[str, str], office: Office
) -> None:
    # Nine o'clock of a working day: a notice is not sent in quiet hours.
    settings = {**store_settings, "BOT_NOW": "2026-11-24T09:00:00"}
    async with walking(folder, settings) as walk:
        citizen = await walk.phone()
        staff = await invited(walk, "staff", "Vũ Thị Soạn")
        leader = await invited(walk, "leader", "Lê Văn Duyệt")
        await survey_by_poster(walk, office, citizen)
        await staff.says("/ketqua traketqua")
        await staff.hears("Hài lòng: 1")
        await commended(citizen, staff, leader)
        await noticed(citizen, staff, leader)

        await citizen.says("/hpsmart")
        await citizen.hears("thôn nào")
        await citizen.says("Thôn Một")
        await citizen.hears("chủ hộ")
        await citizen.says("Nguyễn Văn An")
        await citizen.choice("Đã cài").wait_for()
        await citizen.chooses("Đã cài")
        await citizen.hears("đã được ghi nhận")
        await staff.says("/uoctinh")
        await staff.hears("ƯỚC TÍNH", "1/1 hộ")

        await citizen.says("/theodoi lich on")
        await citizen.hears("✓")
        await staff.says(f"/lichtuan {WEEK}")
        await citizen.hears(WEEK, "/ngungnhan lich")
        await citizen.says("/camon Cảm ơn các cô ở bộ phận một cửa đã tận tình")
        await citizen.hears("PA2")
        counted = (await walk.admin.report())["counts"]
    assert counted["letter"]["commendation"] == 1
    assert counted["initiative"] == {"received": 1, "recognised": 1}
    assert counted["survey"]["answered"] == 1
    assert counted["notice"]["sent"] == 2
