"""The process of low priority in which people's pictures are opened and made anew."""

import asyncio
import contextlib
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process

from bot import photos
from bot.photos import HEAD, KEEP, LOOK_FOR_CODES, BadPhoto

PATIENCE = 60.0
"""Seconds that a picture may take: the process gives way to everything else on the machine."""


class Broken(Exception):
    """The process ended in the middle; the picture may be tried again."""


class Darkroom:
    """Opens pictures one after the other, outside of this process.

    Args:
        patience: seconds that one picture may take.
    """

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._process: Process | None = None
        self._turn = asyncio.Lock()

    async def without_traces(self, content: bytes) -> tuple[bytes, str]:
        """Give a picture as `photos.without_traces` does, and its media type.

        Raises:
            BadPhoto: it cannot be opened as a picture, or not in time.
            Broken: the process ended.
        """
        return await self._asked(KEEP, content), "image/jpeg"

    async def codes_in(self, content: bytes) -> list[str]:
        """Give what the QR and bar codes in a picture say.

        Raises:
            BadPhoto: it cannot be opened as a picture, or not in time.
            Broken: the process ended.
        """
        found: list[str] = json.loads(await self._asked(LOOK_FOR_CODES, content))
        return found

    async def close(self) -> None:
        """End the process."""
        await self._end()

    async def _asked(self, order: int, content: bytes) -> bytes:
        async with self._turn:
            done = False
            try:
                async with asyncio.timeout(self._patience):
                    good, payload = await self._developed(order, content)
                done = True
            except TimeoutError:
                raise BadPhoto("not a picture: it takes too long to open") from None
            except (asyncio.IncompleteReadError, OSError) as error:
                raise Broken(type(error).__name__) from None
            finally:
                if not done:
                    # What it would still say belongs to no question.
                    await self._end()
        if not good:
            raise BadPhoto(payload.decode("utf-8", "replace"))
        return payload

    async def _developed(self, order: int, content: bytes) -> tuple[int, bytes]:
        process = await self._running()
        assert process.stdin is not None  # noqa: S101 - asked for when it was started
        assert process.stdout is not None  # noqa: S101 - the same
        process.stdin.write(HEAD.pack(order, len(content)))
        process.stdin.write(content)
        await process.stdin.drain()
        good, length = HEAD.unpack(await process.stdout.readexactly(HEAD.size))
        return good, await process.stdout.readexactly(length)

    async def _running(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            # Isolated: nothing of the environment or the folder it is started in is looked at.
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-I", photos.__file__, stdin=PIPE, stdout=PIPE, stderr=DEVNULL
            )
        return self._process

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        if process.stdin is not None:
            process.stdin.close()
        await process.wait()
