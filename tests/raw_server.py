"""A server of bytes, for answers that no honest HTTP server gives."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def raw_server(answer: Answer) -> AsyncIterator[int]:
    """Answer each connection to a free port of this machine, which is given.

    At the end every connection is closed and that is waited for: one left to the garbage
    collector warns in the middle of some later test.
    """
    answering: list[asyncio.Task[None]] = []

    async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Who asked may have heard enough.
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            try:
                await answer(reader, writer)
            finally:
                writer.close()
                await writer.wait_closed()

    def taken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answering.append(asyncio.create_task(answered(reader, writer)))

    server = await asyncio.start_server(taken, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in answering:
            task.cancel()
        await asyncio.gather(*answering, return_exceptions=True)
