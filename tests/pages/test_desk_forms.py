"""Forms of the desk over HTTP: those that cannot be read, and photos and documents in them."""

import io
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import ClientSession, FormData
from PIL import Image

from bot.pages.site import Site
from handlers.office import Office
from storage.database import Store
from storage.tickets import State
from tests.conftest import Hands
from tests.conversations.desk_scenes import Scene, scene
from tests.pages.desk_scene import DeskScene, desk_scene
from tests.pages.test_desk_pages import HTML, _photo, browser, desk, enter, field_of, seen
from tests.transcript import talking

__all__ = ["browser", "desk", "seen"]


@pytest.fixture
async def proving(
    store: Store, office: Office, hands: Hands, site: Site, tmp_path: Path
) -> AsyncIterator[DeskScene]:
    """A desk of a commune where every answer needs proof."""
    categories = [one.model_copy(update={"proof": True}) for one in office.commune.categories]
    commune = office.commune.model_copy(update={"categories": tuple(categories)})
    async with (
        talking(store, replace(office, commune=commune), hands) as talk,
        desk_scene(talk, site, {}, tmp_path) as found,
    ):
        yield found


UNREADABLE = {
    "cut short": ("multipart/form-data; boundary=x", b"token"),
    "without a boundary": ("multipart/form-data", b"token=x"),
    "of an unknown encoding": ("application/x-www-form-urlencoded; charset=none", b"token=x"),
    "with a name too long": (
        "multipart/form-data; boundary=x",
        b"--x\r\n" + b"Name: " + b"x" * 9000 + b"\r\n\r\n",
    ),
    "of another encoding": ("application/x-www-form-urlencoded", b"token=\xff\xfe"),
}


@pytest.mark.parametrize("way", UNREADABLE)
async def test_a_form_that_cannot_be_read_is_refused_as_such(
    desk: DeskScene, browser: ClientSession, seen: Scene, way: str
) -> None:
    kind, body = UNREADABLE[way]
    headers = HTML | {"Content-Type": kind}
    await enter(desk, browser, seen)
    for path in (f"/desk/t/{seen.code}", "/desk/leave"):
        async with browser.post(f"{desk.url}{path}", data=body, headers=headers) as answer:
            assert answer.status == 400, path


@pytest.mark.parametrize("part", ['name="x{n}"', 'name="files"; filename="{n}.jpg"'])
async def test_a_form_without_end_is_not_read_on_though_its_parts_are_empty(
    desk: DeskScene, browser: ClientSession, seen: Scene, part: str
) -> None:
    await enter(desk, browser, seen)
    async with browser.get(f"{desk.url}/desk/t/{seen.code}", headers=HTML) as answer:
        page = await answer.text()
    fields = {name: field_of(page, name) for name in ("token", "once")} | {"act": "nhan"}

    async def body() -> AsyncIterator[bytes]:
        for name, value in fields.items():
            head = f'--x\r\nContent-Disposition: form-data; name="{name}"'
            yield f"{head}\r\n\r\n{value}\r\n".encode()
        for n in range(100):
            head = f"--x\r\nContent-Disposition: form-data; {part.format(n=n)}"
            yield f"{head}\r\n\r\n\r\n".encode()
        yield b"--x--\r\n"

    headers = HTML | {"Content-Type": "multipart/form-data; boundary=x"}
    async with browser.post(
        f"{desk.url}/desk/t/{seen.code}", data=body(), headers=headers
    ) as answer:
        assert (answer.status, desk.accepted) == (400, [])


async def _sent(
    desk: DeskScene, browser: ClientSession, code: str, act: str, *files: tuple[str, bytes]
) -> tuple[int, str]:
    """Fill in the form of words of a ticket's page, with files."""
    async with browser.get(f"{desk.url}/desk/t/{code}", headers=HTML) as answer:
        page = await answer.text()
    form = FormData(quote_fields=False)
    for name in ("token", "once"):
        form.add_field(name, field_of(page, name))
    form.add_field("act", act)
    form.add_field("words", "Đã vá ổ gà sáng nay.")
    for name, content in files:
        form.add_field("files", io.BytesIO(content), filename=name, content_type="image/jpeg")
    async with browser.post(f"{desk.url}/desk/t/{code}", data=form, headers=HTML) as answer:
        return answer.status, await answer.text()


@pytest.mark.parametrize("channel", ["web", "telegram", "zalo"])
async def test_a_photo_sent_at_the_desk_proves_and_goes_to_the_citizen_on_every_channel(
    proving: DeskScene, browser: ClientSession, channel: str
) -> None:
    desk = proving
    s = await scene(desk.talk, channel)
    await enter(desk, browser, s)
    status, page = await _sent(desk, browser, s.code, "traloi")
    assert status == 200
    assert "phải kèm ảnh hoặc văn bản" in page
    s.forget()
    status, page = await _sent(
        desk, browser, s.code, "traloi", ("ổ gà.jpg", _photo()), ("../bb.pdf", b"%PDF-1.7 ...")
    )
    assert status == 200
    assert (await s.ticket()).state is State.RESOLVED
    photo, document = await desk.talk.read.files(s.code)
    assert (photo.proof, photo.mime, document.mime) == (True, "image/jpeg", "application/pdf")
    assert document.name == ".._bb.pdf"
    (letter,) = [one for one in s.citizen.letters() if "Đã vá ổ gà sáng nay." in one.body.text]
    assert [one.ref for one in letter.body.attachments] == [
        f"media:{photo.hash}",
        f"media:{document.hash}",
    ]
    # The page shows the photo, without what the camera wrote into it.
    found = re.search(r'<img src="(/media/[^"]+)"', page)
    assert found
    async with browser.get(f"{desk.url}{found[1]}") as answer:
        shown = await answer.read()
    assert not Image.open(io.BytesIO(shown)).getexif()


@pytest.mark.parametrize(
    ("act", "files", "status", "told"),
    [
        ("hoi", [("a.jpg", _photo())], 400, "chỉ gửi kèm câu trả lời hoặc ghi chú"),
        ("traloi", [("a.exe", b"MZ not a photo")], 415, "không phải ảnh đọc được"),
        ("traloi", [("a.jpg", _photo()[:200])], 415, "không phải ảnh đọc được"),
        ("traloi", [("a.jpg", _photo())] * 4, 413, "nhiều nhất 3 tệp"),
        ("traloi", [("a.jpg", b"%PDF-" + b"x" * (10 << 20))], 413, "10 MB"),
        ("traloi", [("a.jpg", bytes(31 << 20))], 413, "10 MB"),
    ],
    ids=["question", "program", "broken", "many", "large", "larger than a form may be"],
)
async def test_a_file_that_cannot_be_taken_is_told_nothing_is_sent_and_the_words_are_given_back(
    desk: DeskScene,
    browser: ClientSession,
    seen: Scene,
    act: str,
    files: list[tuple[str, bytes]],
    status: int,
    told: str,
) -> None:
    await enter(desk, browser, seen)
    found, page = await _sent(desk, browser, seen.code, act, *files)
    assert (found, desk.accepted) == (status, [])
    assert told in page
    assert 'role="alert"' in page
    assert "Đã vá ổ gà sáng nay.</textarea>" in page
    assert await desk.talk.read.files(seen.code) == []
