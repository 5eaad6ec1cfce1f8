"""Evidence sent from the desk in the browser: by staff alone, and as the chat would take it."""

import io
import re
from datetime import date

import pytest
from aiohttp import ClientSession, FormData

from scoring.report import SECTIONS
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


@pytest.mark.parametrize(
    ("files", "status"),
    [
        ([_photo()] * 4, 413),
        ([_photo(), b"MZ not a photo"], 415),
        ([b"%PDF-" + b"x" * (10 << 20)], 413),
        ([bytes(31 << 20)], 413),
    ],
    ids=["many", "unreadable", "large", "larger than a form may be"],
)
async def test_who_sends_a_file_that_cannot_be_taken_keeps_the_words_and_the_choice(
    desk: DeskScene, browser: ClientSession, staff: Somebody, files: list[bytes], status: int
) -> None:
    path = await desk.link(staff)
    await browser.post(f"{desk.url}{path}", headers=HTML)
    words = "Số 12/TB-UBND\nngày 3/11 <niêm yết>"
    found, page = await _send(desk, browser, *files, component="1.05", words=words)
    assert (found, desk.accepted) == (status, [])
    assert 'role="alert"' in page
    (chosen,) = re.findall(r'<option value="([^"]*)" selected>', page)
    assert chosen == "1.05"
    assert re.search(
        r"<textarea[^>]*>Số 12/TB-UBND\r?\nngày 3/11 &lt;niêm yết&gt;</textarea>", page
    )


async def test_who_chose_no_component_keeps_the_words_and_a_section_stays_chosen(
    desk: DeskScene, browser: ClientSession, staff: Somebody
) -> None:
    path = await desk.link(staff)
    await browser.post(f"{desk.url}{path}", headers=HTML)
    _status, page = await _send(desk, browser, component="", words="Lịch tuần 47")
    assert "Lịch tuần 47</textarea>" in page
    section = next(iter(SECTIONS))
    _status, page = await _send(desk, browser, component=section, words="")
    assert f'<option value="{section}" selected>' in page


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


@pytest.mark.parametrize("files", [0, 1, 4])
async def test_a_form_without_the_token_files_nothing_and_is_not_given_back(
    desk: DeskScene, browser: ClientSession, staff: Somebody, files: int
) -> None:
    path = await desk.link(staff)
    await browser.post(f"{desk.url}{path}", headers=HTML)
    status, page = await _send(
        desk, browser, *[_photo()] * files, token="0" * 64, component="1.05", words="của trang khác"
    )
    assert (status, desk.accepted) == (403, [])
    assert "của trang khác" not in page
