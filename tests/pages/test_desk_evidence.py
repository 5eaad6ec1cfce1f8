"""Evidence sent from the desk in the browser: by staff alone, and as the chat would take it."""

import io
from datetime import date

import pytest
from aiohttp import ClientSession, FormData

from storage.filed_evidence import WAITING
from tests.conversations.desk_scenes import Scene
from tests.pages.desk_scene import DeskScene
from tests.pages.test_desk_pages import HTML, _photo, browser, desk, enter, field_of, seen
from tests.transcript import Somebody

__all__ = ["browser", "desk", "seen"]

DAYS = (date(2026, 7, 1), date(2026, 12, 31))


@pytest.fixture
async def staff(desk: DeskScene) -> Somebody:
    return await desk.talk.official("staff", unit="vhxh", name="Phòng Văn hóa")


async def _send(
    desk: DeskScene, browser: ClientSession, *files: bytes, **fields: str
) -> tuple[int, str]:
    async with browser.get(f"{desk.url}/desk/evidence", headers=HTML) as answer:
        page = await answer.text()
    form = FormData(quote_fields=False)
    for name in ("token", "once"):
        form.add_field(name, fields.pop(name, field_of(page, name)))
    for name, value in fields.items():
        form.add_field(name, value)
    for content in files:
        form.add_field("files", io.BytesIO(content), filename="ảnh.jpg")
    async with browser.post(f"{desk.url}/desk/evidence", data=form, headers=HTML) as answer:
        return answer.status, await answer.text()


async def test_what_staff_send_waits_for_confirmation_with_its_files(
    desk: DeskScene, browser: ClientSession, staff: Somebody
) -> None:
    path = await desk.link(staff)
    async with browser.post(f"{desk.url}{path}", headers=HTML) as answer:
        # Who is staff alone is led to the evidence.
        assert answer.url.path == "/desk/evidence"
    status, page = await _send(
        desk, browser, _photo(), component="1.05", words="Lịch tuần 47 đã niêm yết"
    )
    assert status == 200
    assert 'role="status"' in page
    (item,) = await desk.talk.read.reports.filed(*DAYS, (WAITING,))
    assert (item.component, item.unit, item.words) == ("1.05", "vhxh", "Lịch tuần 47 đã niêm yết")
    (file,) = item.files
    assert (file.name, file.mime) == ("ảnh.jpg", "image/jpeg")
    assert await desk.kept.read(file.hash)
    # The chat tells it too.
    assert item.code in "\n".join(staff.everything())


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"component": "9.99", "words": "x"}, "chọn tiêu chí thành phần"),
        ({"component": "1.05", "words": "  "}, "kèm ảnh hoặc văn bản"),
    ],
)
async def test_what_proves_nothing_is_told_and_nothing_is_filed(
    desk: DeskScene, browser: ClientSession, staff: Somebody, fields: dict[str, str], told: str
) -> None:
    path = await desk.link(staff)
    await browser.post(f"{desk.url}{path}", headers=HTML)
    status, page = await _send(desk, browser, **fields)
    assert (status, desk.accepted) == (400, [])
    assert told in page


async def test_staff_see_no_ticket_and_officers_send_no_evidence(
    desk: DeskScene, browser: ClientSession, staff: Somebody, seen: Scene
) -> None:
    path = await desk.link(staff)
    await browser.post(f"{desk.url}{path}", headers=HTML)
    for place in (f"/desk/t/{seen.code}", "/desk/map", "/desk/news", "/desk?show=late"):
        async with browser.get(f"{desk.url}{place}", headers=HTML) as answer:
            assert seen.code not in (await answer.text()).replace(place, ""), place
            assert answer.status == 401 or answer.url.path == "/desk/evidence", place
    browser.cookie_jar.clear()
    await enter(desk, browser, seen)
    async with browser.get(f"{desk.url}/desk/evidence", headers=HTML) as answer:
        assert answer.status == 401


async def test_a_form_without_the_token_files_nothing(
    desk: DeskScene, browser: ClientSession, staff: Somebody
) -> None:
    path = await desk.link(staff)
    await browser.post(f"{desk.url}{path}", headers=HTML)
    status, _page = await _send(desk, browser, token="0" * 64, component="1.05", words="x")
    assert (status, desk.accepted) == (403, [])
