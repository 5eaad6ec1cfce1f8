"""The open sockets of each person."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence

from aiohttp import WSCloseCode, web

from bot.channels.channel import Letter
from bot.channels.web.outbound import Link, frame
from messages.envelope import Address

SECONDS_TO_WRITE = 5.0
"""How long a page may take to read a frame before its socket is given up; it will be back."""

SOCKETS_EACH = 8
"""How many sockets a person may hold; the oldest makes room."""


class Gone(Exception):
    """The page on the other side is not there any more."""


class Connection:
    """One open socket.

    Args:
        socket: prepared.
        person: whose it is.
        link: gives the addresses of attachments.
    """

    def __init__(self, socket: web.WebSocketResponse, person: Address, link: Link) -> None:
        self._socket = socket
        self.person = person
        self._link = link
        self._turn = asyncio.Lock()
        self._shown: set[int] = set()

    async def write(self, said: Mapping[str, object]) -> None:
        """Send a frame.

        Raises:
            Gone: nobody reads it.
        """
        try:
            async with asyncio.timeout(SECONDS_TO_WRITE):
                # Escapes keep even half a character from breaking the frame; deflate pays for them.
                await self._socket.send_str(json.dumps(said))
        except (ConnectionError, TimeoutError) as error:
            raise Gone from error

    async def show(self, letter: Letter) -> None:
        """Send a letter, once on this socket however often it is given.

        Raises:
            Gone: nobody reads it.
        """
        async with self._turn:
            await self._show(letter)

    async def catch_up(self, missed: Callable[[], Awaitable[Sequence[Letter]]]) -> None:
        """Send what was missed; letters that come up meanwhile follow it.

        Raises:
            Gone: nobody reads it.
        """
        async with self._turn:
            for letter in await missed():
                await self._show(letter)

    async def close(self, code: int) -> None:
        """Close the socket, whether or not the page still listens."""
        with contextlib.suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(SECONDS_TO_WRITE):
                await self._socket.close(code=code)

    async def _show(self, letter: Letter) -> None:
        if letter.id not in self._shown:
            await self.write(frame(letter, self._link))
            self._shown.add(letter.id)


class Sockets:
    """Every open socket, by person."""

    def __init__(self) -> None:
        self._open: dict[Address, list[Connection]] = {}

    @contextlib.contextmanager
    def holding(self, connection: Connection) -> Iterator[Connection | None]:
        """Count a socket in while it is open; give the one that has to make room for it."""
        beside = self._open.setdefault(connection.person, [])
        beside.append(connection)
        try:
            yield beside.pop(0) if len(beside) > SOCKETS_EACH else None
        finally:
            if connection in beside:
                beside.remove(connection)
            if not beside and self._open.get(connection.person) is beside:
                del self._open[connection.person]

    async def show(self, letter: Letter) -> None:
        """Send a letter to every socket of its person; those that do not read it are closed."""
        connections = tuple(self._open.get(letter.to, ()))
        await asyncio.gather(*(self._show(each, letter) for each in connections))

    async def close(self) -> None:
        """Close all, telling the pages to come back."""
        everyone = [each for beside in self._open.values() for each in beside]
        await asyncio.gather(*(each.close(WSCloseCode.GOING_AWAY) for each in everyone))

    async def _show(self, connection: Connection, letter: Letter) -> None:
        try:
            # A replay that hangs must not hold up the sender: the letter is replayed later.
            async with asyncio.timeout(SECONDS_TO_WRITE):
                await connection.show(letter)
        except (Gone, TimeoutError):
            await connection.close(WSCloseCode.TRY_AGAIN_LATER)
