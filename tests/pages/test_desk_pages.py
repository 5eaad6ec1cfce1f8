"""The desk over HTTP: who gets in, for how long, and that handlers do what is done there."""

import io
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import ClientResponse, ClientSession, CookieJar, web
from aiohttp.test_utils import TestClient, TestServer
from PIL import Image

from bot.pages import desk_map
from bot.pages.site import Site
from handlers.office import Office
from messages.envelope import Attachment, AttachmentKind
from storage.database import Store
from storage.tickets import State
from tests.conftest import Hands
from tests.conversations.desk_scenes import UNIT, WORDS, Scene, end_roles, file, scene
from tests.pages.conftest import settings
from tests.pages.desk_scene import DeskScene, desk_scene
from tests.transcript import talking

HTML = {"Accept": "text/html"}


@pytest.fixture
async def desk(
    store: Store, office: Office, hands: Hands, site: Site, tmp_path: Path
) -> AsyncIterator[DeskScene]:
    async with talking(store, office, hands) as talk, desk_scene(talk, site, {}, tmp_path) as found:
        yield found


@pytest.fixture
async def browser() -> AsyncIterator[ClientSession]:
    """A browser that keeps cookies, also those of a bare address."""
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        yield session


@pytest.fixture
async def seen(desk: DeskScene) -> Scene:
    return await scene(desk.talk)


async def enter(desk: DeskScene, browser: ClientSession, s: Scene) -> str:
    """Let the first officer open the desk; give the page."""
    path = await desk.link(s.first)
    async with browser.post(f"{desk.url}{path}", headers=HTML) as answer:
        assert answer.status == 200
        return await answer.text()


def field_of(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found, page
    return found[1]


async def act(
    desk: DeskScene, browser: ClientSession, code: str, **form: str
) -> tuple[ClientResponse, str]:
    """Fill in a form of a ticket's page."""
    async with browser.get(f"{desk.url}/desk/t/{code}", headers=HTML) as answer:
        page = await answer.text()
    data = {"token": field_of(page, "token"), "once": field_of(page, "once"), **form}
    async with browser.post(f"{desk.url}/desk/t/{code}", data=data, headers=HTML) as answer:
        return answer, await answer.text()


async def test_a_link_opens_the_desk_once(
    desk: DeskScene, browser: ClientSession, seen: Scene
) -> None:
    path = await desk.link(seen.first)
    async with browser.get(f"{desk.url}{path}", headers=HTML) as answer:
        # A program that looks at links before people do has used nothing up.
        assert answer.status == 200
    async with browser.post(f"{desk.url}{path}", headers=HTML) as answer:
        assert answer.status == 200
        assert seen.code in await answer.text()
    async with ClientSession() as other, other.post(f"{desk.url}{path}", headers=HTML) as answer:
        assert answer.status == 401
        assert seen.code not in await answer.text()


async def test_a_link_lapses_after_ten_minutes(
    desk: DeskScene, browser: ClientSession, seen: Scene
) -> None:
    path = await desk.link(seen.first)
    desk.talk.hands.move(minutes=11)
    async with browser.post(f"{desk.url}{path}", headers=HTML) as answer:
        assert answer.status == 401


async def test_a_newer_link_ends_the_one_before(
    desk: DeskScene, browser: ClientSession, seen: Scene
) -> None:
    old, new = await desk.link(seen.first), await desk.link(seen.first)
    async with browser.post(f"{desk.url}{old}", headers=HTML) as answer:
        assert answer.status == 401
    async with browser.post(f"{desk.url}{new}", headers=HTML) as answer:
        assert answer.status == 200


async def test_only_officials_are_given_a_link(desk: DeskScene, seen: Scene) -> None:
    assert "/desk/enter" not in "\n".join(await seen.citizen.says("/desk"))
    staff = await desk.talk.official("staff", name="Tổ tổng hợp")
    assert "/desk/enter" in "\n".join(await staff.says("/desk"))


async def test_a_link_asked_for_in_a_group_goes_to_the_officer_alone(
    desk: DeskScene, seen: Scene
) -> None:
    await seen.first.sends("/desk", group="nhom-xa")
    for letter in seen.first.letters():
        assert "/desk/enter" not in letter.body.text or not letter.body.group


async def test_without_a_session_nothing_is_shown(desk: DeskScene, seen: Scene) -> None:
    async with ClientSession() as stranger:
        for path in ("/desk", f"/desk/t/{seen.code}", "/desk/enter/ABC", "/desk?show=late"):
            async with stranger.get(f"{desk.url}{path}", headers=HTML) as answer:
                assert answer.status == 401, path
                assert seen.code not in (await answer.text()).replace(path, "")
        async with stranger.get(f"{desk.url}/desk/news") as answer:
            assert answer.status == 401


async def test_the_role_is_asked_for_at_each_request(
    desk: DeskScene, browser: ClientSession, seen: Scene
) -> None:
    await enter(desk, browser, seen)
    await end_roles(desk.talk, "Đào Thị Trực")
    async with browser.get(f"{desk.url}/desk", headers=HTML) as answer:
        assert answer.status == 401


async def test_a_session_ends_after_half_a_day_and_by_leaving(
    desk: DeskScene, browser: ClientSession, seen: Scene
) -> None:
    page = await enter(desk, browser, seen)
    cookie = {one.key: one.value for one in browser.cookie_jar}["desk"]
    form = {"token": field_of(page, "token")}
    async with browser.post(f"{desk.url}/desk/leave", data=form, headers=HTML) as answer:
        assert answer.status == 401
    async with (
        ClientSession(cookies={"desk": cookie}, cookie_jar=CookieJar(unsafe=True)) as thief,
        thief.get(f"{desk.url}/desk", headers=HTML) as answer,
    ):
        assert answer.status == 401
    await enter(desk, browser, seen)
    desk.talk.hands.move(hours=4, minutes=1)
    async with browser.get(f"{desk.url}/desk", headers=HTML) as answer:
        assert answer.status == 401


async def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(
    desk: DeskScene, seen: Scene
) -> None:
    path = await desk.link(seen.first)
    async with (
        ClientSession() as browser,
        browser.post(f"{desk.url}{path}", allow_redirects=False) as answer,
    ):
        cookie = answer.cookies["desk"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert cookie["path"] == "/desk"


async def test_what_is_done_in_the_browser_is_done_by_the_chats_handlers(
    desk: DeskScene, browser: ClientSession, seen: Scene
) -> None:
    await enter(desk, browser, seen)
    seen.forget()
    _answer, page = await act(
        desk, browser, seen.code, act="traloi", words="Đã vá ổ gà.\nCảm ơn bà."
    )
    assert '<p class="told" role="status">' in page
    assert "đang được gửi đến người dân" in page
    assert (await seen.ticket()).state is State.RESOLVED
    (letter,) = seen.citizen.new()
    assert "Đã vá ổ gà.\nCảm ơn bà." in letter
    assert [one.text for one in desk.accepted] == [f"/traloi {seen.code} Đã vá ổ gà.\nCảm ơn bà."]
    # The officer's chat tells it too: nothing is done that the chat does not know.
    assert seen.code in "".join(seen.first.new())


async def test_a_form_sent_twice_is_done_once(
    desk: DeskScene, browser: ClientSession, seen: Scene
) -> None:
    page = await enter(desk, browser, seen)
    async with browser.get(f"{desk.url}/desk/t/{seen.code}", headers=HTML) as answer:
        page = await answer.text()
    form = {"token": field_of(page, "token"), "once": field_of(page, "once")}
    form |= {"act": "hoi", "words": "Ở số nhà nào ạ?"}
    seen.citizen.forgets()
    for _twice in range(2):
        async with browser.post(
            f"{desk.url}/desk/t/{seen.code}", data=form, headers=HTML
        ) as answer:
            assert answer.status == 200
    assert len(seen.citizen.new()) == 1


async def test_a_form_of_another_site_or_without_the_token_is_refused(
    desk: DeskScene, browser: ClientSession, seen: Scene
) -> None:
    page = await enter(desk, browser, seen)
    url, form = f"{desk.url}/desk/t/{seen.code}", {"act": "nhan", "once": "a" * 22}
    for token, origin in (
        ("", None),
        ("0" * 64, None),
        (field_of(page, "token"), "https://evil.example"),
    ):
        headers = {"Origin": origin} if origin else {}
        async with browser.post(url, data={**form, "token": token}, headers=headers) as answer:
            assert answer.status == 403
    assert (await seen.ticket()).assignee_id is None


@pytest.mark.parametrize(
    "form",
    [
        {"act": "thongbao", "words": "mọi người"},
        {"act": "traloi", "words": "   "},
        {"act": "chuyen", "unit": "khongco"},
        {"act": "linhvuc", "category": "x y"},
        {"act": "tuchoi", "reason": "", "words": "", "sure": "yes"},
        {"act": "tuchoi", "reason": "da_tra_loi", "words": "chưa chắc"},
        {"words": "không có việc"},
    ],
)
async def test_a_form_that_says_nothing_does_nothing(
    desk: DeskScene, browser: ClientSession, seen: Scene, form: dict[str, str]
) -> None:
    await enter(desk, browser, seen)
    answer, _page = await act(desk, browser, seen.code, **form)
    assert answer.status == 200
    assert desk.accepted == []


async def test_claim_note_forward_and_refuse_each_work(
    desk: DeskScene, browser: ClientSession, seen: Scene
) -> None:
    await enter(desk, browser, seen)
    await act(desk, browser, seen.code, act="nhan")
    assert (await seen.ticket()).state is State.IN_PROGRESS
    _answer, page = await act(desk, browser, seen.code, act="ghichu", words="Đã gọi thợ")
    assert "Đã gọi thợ" in page
    await act(desk, browser, seen.code, act="tra")
    assert (await seen.ticket()).assignee_id is None
    other = await file(desk.talk, seen.citizen, "Đường thôn 9 ngập nước sâu lắm")
    sure = {"act": "tuchoi", "reason": "da_tra_loi", "words": "Ngày 12/11", "sure": "yes"}
    await act(desk, browser, other, **sure)
    refused = await desk.talk.read.ticket(other)
    assert refused is not None
    assert refused.state is State.REJECTED
    await act(desk, browser, seen.code, act="chuyen", unit="vp", words="Xin xem giúp")
    assert (await seen.ticket()).unit == "vp"


async def test_a_ticket_of_another_unit_is_not_shown_and_says_whose_it_is(
    desk: DeskScene, browser: ClientSession, seen: Scene
) -> None:
    await enter(desk, browser, seen)
    other = await file(desk.talk, seen.citizen, "Hàng xóm mở loa karaoke ầm ĩ tới khuya")
    ticket = await desk.talk.read.ticket(other)
    assert ticket is not None
    assert ticket.unit != UNIT
    async with browser.get(f"{desk.url}/desk/t/{other}", headers=HTML) as answer:
        page = await answer.text()
        assert answer.status == 404
    assert "karaoke" not in page
    async with browser.get(f"{desk.url}/desk", headers=HTML) as answer:
        assert "karaoke" not in await answer.text()


async def test_every_version_of_the_words_is_shown_and_markup_stays_text(
    desk: DeskScene, browser: ClientSession, seen: Scene
) -> None:
    await seen.citizen.edits(seen.citizen.last_message_id, "/gopy Đường thôn 4 mới đúng <script>")
    await enter(desk, browser, seen)
    async with browser.get(f"{desk.url}/desk/t/{seen.code}", headers=HTML) as answer:
        page = await answer.text()
    assert "&lt;b&gt;{nguy hiểm}&lt;/b&gt;" in page
    assert "Đường thôn 4 mới đúng &lt;script&gt;" in page
    assert WORDS not in page


async def test_the_lists_are_mine_free_unit_and_late(
    desk: DeskScene, browser: ClientSession, seen: Scene
) -> None:
    mine = await file(desk.talk, seen.citizen, "Đường thôn 5 ngập nước, bà con đi lại khó")
    theirs = await file(desk.talk, seen.citizen, "Cống thôn 6 tắc, nước tràn ra đường làng")
    await seen.first.says(f"/nhan {mine}")
    await seen.second.says(f"/nhan {theirs}")
    await enter(desk, browser, seen)

    async def listed(query: str) -> set[str]:
        async with browser.get(f"{desk.url}/desk?{query}", headers=HTML) as answer:
            assert answer.status == 200
            return {code for code in (seen.code, mine, theirs) if code in await answer.text()}

    assert await listed("show=mine") == {mine}
    assert await listed("show=free") == {seen.code}
    assert await listed("show=unit") == {seen.code, mine, theirs}
    assert await listed("show=late") == set()
    assert await listed("show=nothing") == {seen.code, mine, theirs}
    assert await listed("village=") == {seen.code, mine, theirs}
    assert await listed("village=Thôn+1") == set()
    # PostgreSQL keeps no such character, and refuses to look for one.
    assert await listed("village=Thôn%001") == set()


async def test_news_of_the_list_is_told_by_a_mark_that_changes(
    desk: DeskScene, browser: ClientSession, seen: Scene
) -> None:
    page = await enter(desk, browser, seen)
    found = re.search(r'data-mark="([0-9a-f]+)"', page)
    assert found

    async def mark() -> str:
        async with browser.get(f"{desk.url}/desk/news?show=unit") as answer:
            told: dict[str, str] = await answer.json()
        return told["mark"]

    assert await mark() == found[1]
    await seen.second.says(f"/nhan {seen.code}")
    assert await mark() != found[1]


def _photo(colour: str = "teal") -> bytes:
    made, picture = io.BytesIO(), Image.new("RGB", (64, 48), colour)
    exif = picture.getexif()
    exif[0x010F] = "Máy ảnh của cán bộ"  # the maker of the camera
    picture.save(made, "JPEG", exif=exif)
    return made.getvalue()


async def test_the_map_shows_pins_photos_villages_and_what_has_no_place(
    desk: DeskScene, browser: ClientSession, seen: Scene
) -> None:
    pinned = await file(desk.talk, seen.citizen, "Cống thôn 6 tắc, nước tràn ra đường làng")
    photo = Attachment(AttachmentKind.IMAGE, ref="photo")
    await seen.citizen.sends(f"/bosung {pinned} ở đây", attachments=(photo,))
    where = Attachment(AttachmentKind.LOCATION, latitude=20.72, longitude=106.66)
    await seen.citizen.sends("", attachments=(where,))
    await desk.fetch(_photo())
    await enter(desk, browser, seen)
    async with browser.get(f"{desk.url}/desk/map", headers=HTML) as answer:
        page = await answer.text()
        assert answer.status == 200
        assert "img-src 'self' blob:;" in answer.headers["Content-Security-Policy"]
    plan, _svg, below = page.partition("</svg>")
    assert f'aria-label="{pinned}, có ảnh"' in plan
    shown = re.search(r'<image href="(/media/[^"]+)"', plan)
    assert shown
    async with browser.get(f"{desk.url}{shown[1]}") as answer:
        assert answer.status == 200
    assert seen.code not in plan
    assert seen.code in below
    async with browser.get(f"{desk.url}/desk/map?show=mine", headers=HTML) as answer:
        assert pinned not in await answer.text()


async def test_tiles_lie_under_the_map_only_where_a_setting_names_them(
    desk: DeskScene, browser: ClientSession, seen: Scene
) -> None:
    where = Attachment(AttachmentKind.LOCATION, latitude=20.72, longitude=106.66)
    await seen.citizen.says(f"/bosung {seen.code}")
    await seen.citizen.sends("", attachments=(where,))
    await enter(desk, browser, seen)
    async with browser.get(f"{desk.url}/desk/map", headers=HTML) as answer:
        assert "tiles.example.vn" not in await answer.text()
    tiles = settings(map_tiles="https://tiles.example.vn/{z}/{x}/{y}.png")
    (route,) = desk_map.routes(replace(desk.site, settings=tiles), desk.desk)
    app = web.Application()
    app.add_routes([route])
    cookie = {one.key: one.value for one in browser.cookie_jar}["desk"]
    async with TestClient(TestServer(app), cookies={"desk": cookie}) as client:
        answered = await client.get("/desk/map")
        page = await answered.text()
    assert re.search(r'<image class="tile" href="https://tiles.example.vn/\d+/\d+/\d+.png"', page)
    policy = answered.headers["Content-Security-Policy"]
    assert "img-src 'self' blob: https://tiles.example.vn;" in policy
