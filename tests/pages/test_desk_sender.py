"""Who brought a forwarded ticket, at the desk in the browser: hidden until a reason is given."""

import re

import pytest
from aiohttp import ClientSession

from handlers.sender import REASONS
from storage.audit import audited
from tests.conversations.desk_scenes import WORDS, Scene, file
from tests.conversations.test_linking import code_of
from tests.conversations.test_sender import HIDDEN, NAME, PHONE, THERE, looks, tells
from tests.pages.desk_scene import DeskScene
from tests.pages.test_desk_pages import HTML, act, browser, desk, enter, field_of, seen
from tests.transcript import Somebody

__all__ = ["browser", "desk", "seen"]

SHOWN = "Xem người gửi"


@pytest.fixture
async def there(desk: DeskScene, browser: ClientSession, seen: Scene) -> Somebody:
    """An officer at the desk of the unit that the ticket was forwarded to."""
    await seen.citizen.says(f"/sodienthoai {PHONE}")
    officer = await desk.talk.official(unit=THERE, name="Lò Thị Khác")
    await seen.first.says(f"/chuyen {seen.code} {THERE}")
    seen.citizen.forgets()
    async with browser.post(f"{desk.url}{await desk.link(officer)}", headers=HTML) as answer:
        assert answer.status == 200
    return officer


async def page_of(desk: DeskScene, browser: ClientSession, path: str) -> str:
    async with browser.get(f"{desk.url}/desk{path}", headers=HTML) as answer:
        assert answer.status == 200
        return await answer.text()


async def test_the_page_has_the_words_and_asks_for_a_reason(
    desk: DeskScene, browser: ClientSession, seen: Scene, there: Somebody
) -> None:
    page = await page_of(desk, browser, f"/t/{seen.code}")
    assert "Đường thôn 3 có ổ gà to" in page
    assert HIDDEN in page
    assert not tells([page])
    offered = re.findall(r'<option value="(\w+)">', page.partition('name="reason"')[2])
    assert offered[:3] == list(REASONS)
    assert 'value="nguoigui"' in page


async def test_no_other_page_of_the_desk_tells_it(
    desk: DeskScene, browser: ClientSession, seen: Scene, there: Somebody
) -> None:
    await seen.citizen.says(f"/bosung {seen.code}")
    await seen.citizen.location()
    for path in ("", "?show=free", "?village=", "/map", f"/t/{seen.code}?lang=en"):
        page = await page_of(desk, browser, path)
        assert seen.code in page
        assert not tells([page]), path


@pytest.mark.parametrize("reason", REASONS)
async def test_a_reason_shows_it_and_is_in_the_audit(
    desk: DeskScene, browser: ClientSession, seen: Scene, there: Somebody, reason: str
) -> None:
    answer, page = await act(desk, browser, seen.code, act="nguoigui", reason=reason)
    assert answer.status == 200
    assert NAME in page
    assert PHONE in page
    assert HIDDEN not in page
    assert SHOWN not in page
    (look,) = await looks(desk.talk, seen.code)
    assert look.act == f"sender.look {reason}"
    # It stays so for who looked, and the chat tells it as well.
    assert tells([await page_of(desk, browser, f"/t/{seen.code}")])
    assert tells(there.new())


@pytest.mark.parametrize("reason", ["", "curious", "goi", "call goi", "Call"])
async def test_a_reason_that_is_none_of_the_forms_does_nothing(
    desk: DeskScene, browser: ClientSession, seen: Scene, there: Somebody, reason: str
) -> None:
    answer, page = await act(desk, browser, seen.code, act="nguoigui", reason=reason)
    assert answer.status == 200
    assert not tells([page])
    assert desk.accepted == []
    assert await looks(desk.talk, seen.code) == []


async def test_the_unit_that_has_it_first_sees_it_and_no_form(
    desk: DeskScene, browser: ClientSession, seen: Scene
) -> None:
    await enter(desk, browser, seen)
    page = await page_of(desk, browser, f"/t/{seen.code}")
    assert NAME in page
    assert SHOWN not in page


async def test_of_a_ticket_of_another_unit_the_form_opens_nothing(
    desk: DeskScene, browser: ClientSession, seen: Scene, there: Somebody
) -> None:
    other = await file(desk.talk, seen.citizen, "Cống thôn 6 tắc, nước tràn ra đường làng")
    page = await page_of(desk, browser, f"/t/{seen.code}")
    form = {name: field_of(page, name) for name in ("token", "once")}
    form |= {"act": "nguoigui", "reason": "call"}
    async with browser.post(f"{desk.url}/desk/t/{other}", data=form, headers=HTML) as answer:
        assert not tells([await answer.text()])
    assert await looks(desk.talk, other) == []


async def test_every_look_at_the_page_is_in_the_audit_without_a_word(
    desk: DeskScene, browser: ClientSession, seen: Scene, there: Somebody
) -> None:
    await act(desk, browser, seen.code, act="nguoigui", reason="meet")
    rows = await audited(desk.talk.store, seen.code)
    acts = [one.act for one in rows]
    assert "GET /desk/t/{code}" in acts
    assert "sender.look meet" in acts
    assert not tells([repr(rows)])
    assert WORDS not in repr(rows)


async def test_who_brought_a_ticket_on_another_channel_of_theirs_does_not_read_it_at_the_desk(
    desk: DeskScene, browser: ClientSession, seen: Scene
) -> None:
    zalo = desk.talk.person("officer-2", "zalo", "Đào Thị Trực")
    await zalo.says(await code_of(seen.first))
    own = await file(desk.talk, zalo, "Đường thôn 9 ngập nước sâu lắm")
    assert "của chính ông/bà" in (await seen.first.says(f"/nhan {own}"))[-1]
    await seen.second.says(f"/ghichu {own} Chuyện nội bộ")
    await enter(desk, browser, seen)
    async with browser.get(f"{desk.url}/desk/t/{own}", headers=HTML) as answer:
        assert answer.status == 404
        assert "Chuyện nội bộ" not in await answer.text()
