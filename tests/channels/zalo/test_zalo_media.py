"""Fetching what a person sent: from where, how much, and what it must be."""

import asyncio
import gzip
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL

from bot.channels.channel import CannotFetch, Unreachable
from bot.channels.zalo.channel import ZaloChannel
from bot.channels.zalo.media import LARGEST, Hosts, Media
from messages.envelope import Attachment, AttachmentKind
from tests.channels.pointing import Pointing
from tests.channels.zalo.conftest import Channels
from tests.emulators import faults
from tests.emulators.faults import Fault, says
from tests.emulators.zalo import ZaloEmulator

JPEG = b"\xff\xd8\xff\xe0" + bytes(100)


def image(url: str, size: int = 0) -> Attachment:
    return Attachment(AttachmentKind.IMAGE, ref=url, size=size)


async def test_a_photo_is_fetched_whole(zalo: ZaloEmulator, channel: ZaloChannel) -> None:
    url = zalo.media.publish(JPEG, "jpg", "image/jpeg")
    assert await channel.fetch(image(url)) == JPEG
    (call,) = zalo.calls
    assert "access_token" not in call.headers


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (AttachmentKind.IMAGE, b"\x89PNG\r\n\x1a\n...."),
        (AttachmentKind.IMAGE, b"GIF89a...."),
        (AttachmentKind.IMAGE, b"RIFF\0\0\0\0WEBPVP8 "),
        (AttachmentKind.STICKER, b"RIFF\0\0\0\0WEBPVP8 "),
        (AttachmentKind.AUDIO, b"#!AMR\n...."),
        (AttachmentKind.VIDEO, b"\0\0\0\x18ftypmp42"),
        (AttachmentKind.FILE, b"%PDF-1.7"),
        (AttachmentKind.FILE, b"PK\x03\x04...."),
        (AttachmentKind.FILE, "chữ thường".encode()),
    ],
)
async def test_what_is_what_it_says_it_is_is_taken(
    zalo: ZaloEmulator, channel: ZaloChannel, kind: AttachmentKind, data: bytes
) -> None:
    url = zalo.media.publish(data, "bin", "application/octet-stream")
    assert await channel.fetch(Attachment(kind, ref=url)) == data


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (AttachmentKind.IMAGE, b"<html>gone</html>"),
        (AttachmentKind.IMAGE, b"<svg onload=alert(1)>"),
        (AttachmentKind.IMAGE, b"#!AMR\n"),
        (AttachmentKind.IMAGE, b""),
        (AttachmentKind.AUDIO, JPEG),
        (AttachmentKind.VIDEO, b"MZ\x90\0"),
        (AttachmentKind.FILE, b"\xef\xbb\xbf \n<!DOCTYPE html>"),
        (AttachmentKind.FILE, b"<script>"),
        (AttachmentKind.FILE, b""),
    ],
)
async def test_what_is_not_what_it_says_it_is_is_left(
    zalo: ZaloEmulator, channel: ZaloChannel, kind: AttachmentKind, data: bytes
) -> None:
    url = zalo.media.publish(data, "jpg", "image/jpeg")
    with pytest.raises(CannotFetch):
        await channel.fetch(Attachment(kind, ref=url))


@pytest.mark.parametrize(
    "kind", [AttachmentKind.LINK, AttachmentKind.LOCATION, AttachmentKind.CONTACT]
)
async def test_a_link_is_never_followed(
    zalo: ZaloEmulator, channel: ZaloChannel, kind: AttachmentKind
) -> None:
    with pytest.raises(CannotFetch):
        await channel.fetch(Attachment(kind, ref=zalo.media.publish(JPEG, "jpg", "image/jpeg")))
    assert zalo.calls == []


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("http://f6.photo.talk.zdn.vn/a.jpg", True),
        ("https://zdn.vn/a.jpg", True),
        ("https://ZDN.VN./a.jpg", True),
        ("https://zdn.vn:8443/a.jpg", True),
        ("http://127.0.0.1:8081/a.jpg", True),
        ("http://127.0.0.1:8082/a.jpg", False),
        ("http://127.0.0.1/a.jpg", False),
        ("https://evilzdn.vn/a.jpg", False),
        ("https://zdn.vn.evil.example/a.jpg", False),
        ("https://zdn.vn@evil.example/a.jpg", False),
        ("https://evil@zdn.vn/a.jpg", False),
        ("ftp://zdn.vn/a.jpg", False),
        ("https:///a.jpg", False),
        ("/a.jpg", False),
        ("http://2130706433/a.jpg", False),
        ("http://[::1]/a.jpg", False),
    ],
)
def test_only_listed_hosts_are_allowed(url: str, *, allowed: bool) -> None:
    assert Hosts(["zdn.vn", ".zadn.vn", "127.0.0.1:8081"]).allow(URL(url)) is allowed


@pytest.mark.parametrize("ref", ["", "media:00ff", "http://[", "http://zdn.vn:99999/a", "x" * 9000])
async def test_what_is_no_address_cannot_be_fetched(channel: ZaloChannel, ref: str) -> None:
    with pytest.raises(CannotFetch):
        await channel.fetch(image(ref))


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.5", "192.168.1.1", "169.254.169.254", "::1", "::ffff:127.0.0.1"],
)
async def test_a_listed_name_that_points_inside_is_not_followed(
    zalo: ZaloEmulator, address: str
) -> None:
    media = Media(["zdn.vn"], Pointing(address))
    with pytest.raises(CannotFetch):
        await media.fetch(image(f"http://photo.zdn.vn:{zalo.port}/media/a.jpg"))
    await media.close()
    assert zalo.calls == []


async def test_a_redirect_within_the_list_is_followed_and_no_other(
    zalo: ZaloEmulator, channel: ZaloChannel
) -> None:
    url = zalo.media.publish(JPEG, "jpg", "image/jpeg")
    assert await channel.fetch(image(zalo.media.redirect(url))) == JPEG
    relative = url.removeprefix(zalo.url)
    assert await channel.fetch(image(zalo.media.redirect(relative))) == JPEG
    for target in (
        "http://169.254.169.254/latest",
        "http://127.0.0.1:1/a",
        "file:///etc/passwd",
        "",
    ):
        with pytest.raises(CannotFetch):
            await channel.fetch(image(zalo.media.redirect(target)))


async def test_redirects_end(zalo: ZaloEmulator, channel: ZaloChannel) -> None:
    url = zalo.media.publish(JPEG, "jpg", "image/jpeg")
    for _ in range(4):
        url = zalo.media.redirect(url)
    with pytest.raises(CannotFetch):
        await channel.fetch(image(url))


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (says(404, b""), CannotFetch),
        (says(403, b""), CannotFetch),
        (says(429, b""), Unreachable),
        (faults.HTTP_500, Unreachable),
        (faults.RESET_READ, Unreachable),
    ],
)
async def test_each_failure_says_whether_to_come_again(
    zalo: ZaloEmulator, channel: ZaloChannel, fault: Fault, error: type[Exception]
) -> None:
    # Several times: a GET on a broken connection is repeated by itself.
    zalo.fails(fault, times=9)
    with pytest.raises(error) as failed:
        await channel.fetch(image(zalo.media.publish(JPEG, "jpg", "image/jpeg")))
    assert "/media/" not in str(failed.value)


async def test_a_file_that_says_it_is_too_large_is_not_begun(
    zalo: ZaloEmulator, channel: ZaloChannel
) -> None:
    with pytest.raises(CannotFetch):
        await channel.fetch(image(zalo.media.publish(JPEG, "jpg", "image/jpeg"), size=LARGEST + 1))
    assert zalo.calls == []


@pytest.fixture
async def flood() -> AsyncIterator[tuple[TestServer, list[int]]]:
    """A host whose files have no end; it counts what it got rid of."""
    given: list[int] = []

    async def stream(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        if request.query.get("says"):
            answer.content_length = 1024**3
        await answer.prepare(request)
        try:
            while True:
                await answer.write(JPEG + bytes(1_000_000))
                given.append(1_000_000)
        except (ConnectionError, asyncio.CancelledError):
            pass
        return answer

    async def bomb(_: web.Request) -> web.Response:
        packed = gzip.compress(JPEG + bytes(LARGEST))
        return web.Response(body=packed, headers={"Content-Encoding": "gzip"})

    app = web.Application()
    app.add_routes([web.get("/endless.jpg", stream), web.get("/bomb.jpg", bomb)])
    server = TestServer(app)
    await server.start_server()
    yield server, given
    await server.close()


@pytest.mark.parametrize("path", ["/endless.jpg", "/endless.jpg?says=1", "/bomb.jpg"])
async def test_no_more_than_twenty_mebibytes_are_read(
    flood: tuple[TestServer, list[int]], channels: Channels, path: str
) -> None:
    server, given = flood
    channel = channels(zalo_media_hosts=(f"127.0.0.1:{server.port}",))
    with pytest.raises(CannotFetch):
        await channel.fetch(image(str(server.make_url(path))))
    # What stood in the sockets' buffers comes on top.
    assert sum(given) < 2 * LARGEST
