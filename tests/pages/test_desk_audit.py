"""Whoever looks at a page of the desk is in the audit before they see it."""

from aiohttp import ClientSession

from bot.pages.desk import routes
from storage.audit import audited
from tests.conversations.desk_scenes import WORDS, Scene, file
from tests.pages.desk_scene import DeskScene
from tests.pages.test_desk_pages import HTML, act, browser, desk, seen

__all__ = ["browser", "desk", "seen"]

AUDITED = {
    ("GET", "/desk"),
    ("GET", "/desk/map"),
    ("GET", "/desk/evidence"),
    ("POST", "/desk/evidence"),
    ("GET", "/desk/t/{code}"),
    ("POST", "/desk/t/{code}"),
    ("POST", "/desk/leave"),
}
NOTHING_SHOWN = {
    ("GET", "/desk/news"): "a mark by which the page knows that its list changed",
    ("GET", "/desk/enter/{code}"): "asks whether to open the desk",
    ("POST", "/desk/enter/{code}"): "leads to the desk, which is audited",
}
"""Routes of the desk that show nothing of a person, and what they show."""


async def test_every_route_of_the_desk_is_audited_or_shows_nothing(
    desk: DeskScene, browser: ClientSession, seen: Scene
) -> None:
    all_routes = {(one.method, one.path) for one in routes(desk.site, desk.desk)}
    assert all_routes == AUDITED | NOTHING_SHOWN.keys()
    code = await file(desk.talk, seen.citizen, WORDS)
    admin = await desk.talk.official("admin", name="Quản Trị")
    await browser.post(f"{desk.url}{await desk.link(admin)}")
    await act(desk, browser, code, act="nhan")
    for path in ("/desk", "/desk/map", "/desk/evidence", "/desk/news"):
        async with browser.get(f"{desk.url}{path}", headers=HTML) as answer:
            assert answer.status == 200
    await browser.post(f"{desk.url}/desk/evidence", data={"token": "none"})
    await browser.post(f"{desk.url}/desk/leave", data={"token": "none"})
    found = [one for one in await audited(desk.talk.store) if one.channel == "desk"]
    assert {tuple(one.act.split(" ")) for one in found} == AUDITED
    assert {one.about for one in found if "code" in one.act} == {code}
    assert len({one.person_id for one in found}) == 1
