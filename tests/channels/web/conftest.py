from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import ClientWebSocketResponse, web
from aiohttp.test_utils import TestClient, TestServer

from bot.channels.channel import Letter
from bot.channels.web.channel import WebChannel, WebChat
from bot.channels.web.identity import CookieIdentity
from bot.channels.web.origins import Origins
from bot.channels.web.uploads import Uploads
from messages.envelope import Address, Attachment, Choice, Incoming, Outgoing
from storage.database import StoreUnavailable
from tests.conftest import Hands

Client = TestClient[web.Request, web.Application]


@dataclass
class Inbox:
    """Keeps what is accepted, one of each key, unless it is told to be out of order."""

    kept: dict[str, Incoming] = field(default_factory=dict)
    copies: int = 0
    is_out_of_order: bool = False

    async def __call__(self, incoming: Incoming) -> bool:
        if self.is_out_of_order:
            raise StoreUnavailable
        self.copies += incoming.key in self.kept
        return self.kept.setdefault(incoming.key, incoming) is incoming

    @property
    def messages(self) -> list[Incoming]:
        return list(self.kept.values())


@dataclass
class Outbox:
    """Letters that were written, as the page may ask for them again."""

    letters: list[Letter] = field(default_factory=list)
    is_out_of_order: bool = False

    def write(self, to: Address, text: str, *choices: Choice) -> Letter:
        letter = Letter(len(self.letters) + 1, to, Outgoing(text, choices))
        self.letters.append(letter)
        return letter

    async def after(self, address: Address, letter_id: int) -> list[Letter]:
        if self.is_out_of_order:
            raise StoreUnavailable
        return [each for each in self.letters if each.to == address and each.id > letter_id]


@dataclass
class Chat:
    """A web chat that listens on a port of its own."""

    client: Client
    channel: WebChannel
    inbox: Inbox
    outbox: Outbox
    uploads: Uploads
    open: Callable[..., Awaitable[ClientWebSocketResponse]]

    async def person(self, socket: ClientWebSocketResponse) -> Address:
        """Learn who a socket belongs to by what arrives from it."""
        await socket.send_json({"id": "who", "text": "?"})
        assert (await socket.receive_json()) == {"ack": "who"}
        return self.inbox.messages[-1].sender


def link(attachment: Attachment) -> str:
    return f"/media/{attachment.ref.removeprefix('media:')}"


@pytest.fixture
async def chat(tmp_path: Path, hands: Hands) -> AsyncIterator[Chat]:
    inbox, outbox = Inbox(), Outbox()
    uploads = Uploads(tmp_path / "uploads", hands, room=12 * 1024 * 1024)
    channel = WebChannel(
        WebChat(
            identity=CookieIdentity("key", secure=False),
            origins=Origins("https://xa.example.vn", ["https://portal.example.vn"]),
            uploads=uploads,
            replay=outbox,
            link=link,
            now=hands,
        )
    )
    app = web.Application()
    app.add_routes(channel.routes(inbox))
    async with TestClient(TestServer(app)) as client:

        async def open_socket(
            query: str = "?", *, signals: bool = True, **headers: str
        ) -> ClientWebSocketResponse:
            asked = f"{query}&signals=1" if signals else query
            return await client.ws_connect(f"/chat/ws{asked}", headers=headers)

        yield Chat(client, channel, inbox, outbox, uploads, open_socket)
        await channel.close()
