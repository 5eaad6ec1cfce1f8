"""What may be fetched of what people sent, and from where."""

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer
from telegram.error import BadRequest

from bot.channels.channel import CannotFetch
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.request import OFFICIAL, AiohttpRequest, NothingSent
from messages.envelope import Attachment, AttachmentKind
from tests.emulators.faults import Fault
from tests.emulators.telegram import TelegramEmulator

MB = 1 << 20
GB = 1 << 30


class Names(AbstractResolver):
    """Every name leads where the test says."""

    def __init__(self, address: str, port: int = 0) -> None:
        self.address, self.port = address, port
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        found: ResolveResult = {
            "hostname": host,
            "host": self.address,
            "port": self.port or port,
            "family": socket.AF_INET,
            "proto": 0,
            "flags": 0,
        }
        return [found]

    async def close(self) -> None:
        pass


class Host:
    """A host of files that is out to do harm."""

    def __init__(self) -> None:
        self.bytes_sent = 0
        self.asked: list[str] = []
        app = web.Application()
        app.add_routes([web.get("/{name}", self.answer)])
        self.server = TestServer(app)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        self.asked.append(name)
        if name == "away":
            return web.Response(status=302, headers={"Location": "/secret"})
        if name == "packed":
            packed = gzip.compress(bytes(64 * MB))
            return web.Response(body=packed, headers={"Content-Encoding": "gzip"})
        if name == "told":
            response = web.StreamResponse(headers={"Content-Length": str(GB)})
        else:
            response = web.StreamResponse()
        await response.prepare(request)
        chunk = bytes(MB)
        try:
            for _ in range(GB // MB):
                await response.write(chunk)
                self.bytes_sent += MB
        except (ConnectionError, asyncio.CancelledError):
            pass
        return response

    def url(self, name: str) -> str:
        return str(self.server.make_url(f"/{name}"))


@pytest.fixture
async def host() -> AsyncIterator[Host]:
    one = Host()
    await one.server.start_server()
    yield one
    await one.server.close()


@pytest.fixture
async def transport() -> AsyncIterator[AiohttpRequest]:
    one = AiohttpRequest("1:token")
    yield one
    await one.shutdown()


async def test_of_a_body_of_a_gigabyte_no_more_is_read_than_is_allowed(
    host: Host, transport: AiohttpRequest
) -> None:
    with pytest.raises(BadRequest, match="too big"):
        await transport.download(host.url("endless"), 20 * MB)
    # What stands in the buffers between the two is not read.
    assert host.bytes_sent < 100 * MB


async def test_a_body_that_says_it_is_a_gigabyte_is_not_read_at_all(
    host: Host, transport: AiohttpRequest
) -> None:
    with pytest.raises(BadRequest, match="too big"):
        await transport.download(host.url("told"), 20 * MB)
    assert host.bytes_sent < 20 * MB


async def test_a_small_packed_answer_stays_small(host: Host, transport: AiohttpRequest) -> None:
    content = await transport.download(host.url("packed"), 20 * MB)
    assert len(content) < MB


async def test_a_redirect_is_not_followed_wherever_it_leads(
    host: Host, transport: AiohttpRequest
) -> None:
    with pytest.raises(BadRequest, match="redirect"):
        await transport.download(host.url("away"), MB)
    assert host.asked == ["away"]


async def test_a_redirect_of_telegrams_own_files_to_a_private_address_is_given_up(
    channel: TelegramChannel, telegram: TelegramEmulator, host: Host
) -> None:
    stored = telegram.files.keep(b"x", "photos", "a.jpg")
    away = Fault("302", status=302, headers=(("Location", host.url("secret")),))
    telegram.fails(away, when=lambda call: call.path.startswith("/file/"))
    with pytest.raises(CannotFetch, match="redirect"):
        await channel.fetch(Attachment(AttachmentKind.IMAGE, stored.file_id))
    assert host.asked == []


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.8", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"]
)
async def test_telegrams_own_name_leads_to_no_private_address(address: str, host: Host) -> None:
    names = Names(address, host.server.port or 0)
    transport = AiohttpRequest("1:token", resolver=names)
    with pytest.raises(NothingSent):
        await transport.download(f"{OFFICIAL}/file/bot1:token/photos/1.jpg", MB)
    assert names.asked == ["api.telegram.org"]
    assert host.asked == []
    await transport.shutdown()


async def test_a_server_that_the_administrator_named_may_be_a_private_one(host: Host) -> None:
    api = f"http://bot-api.lan:{host.server.port}"
    transport = AiohttpRequest("1:token", api=api, resolver=Names("127.0.0.1"))
    assert len(await transport.download(f"{api}/packed", 20 * MB)) > 0
    # Another name is not the one that was given.
    with pytest.raises(NothingSent):
        await transport.download(f"http://other.lan:{host.server.port}/packed", MB)
    await transport.shutdown()


async def test_a_path_that_telegram_gives_leads_to_no_other_host(
    channel: TelegramChannel, telegram: TelegramEmulator, host: Host
) -> None:
    for path in ("//evil/x", "@evil/x", "../../getMe", host.url("secret"), "/etc/passwd", "\\\\x"):
        stored = telegram.files.keep(b"x", "photos", "a.jpg")
        del telegram.files.by_path[stored.path]
        stored.path = path
        with pytest.raises(CannotFetch):
            await channel.fetch(Attachment(AttachmentKind.IMAGE, stored.file_id))
    assert host.asked == []


async def test_by_default_names_are_found_as_the_system_finds_them() -> None:
    transport = AiohttpRequest("1:token", api="http://localhost:9")
    with pytest.raises(NothingSent):
        await transport.download("http://localhost:9/x", MB)
    await transport.shutdown()
