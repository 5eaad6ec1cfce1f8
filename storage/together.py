"""Questions asked at the same time, read in one statement."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Generic, TypeVar

Key = TypeVar("Key")
Answer = TypeVar("Answer")


class Together(Generic[Key, Answer]):
    """Gathers the keys that several turns ask for and reads them at once.

    A turn that asks alone waits no longer than before; many that ask together pay once.

    Args:
        read: reads the answers of several keys; each key must have one.
    """

    def __init__(self, read: Callable[[Collection[Key]], Awaitable[Mapping[Key, Answer]]]) -> None:
        self._read = read
        self._asked: dict[Key, asyncio.Future[Answer]] = {}
        self._reading: set[asyncio.Task[None]] = set()

    async def get(self, key: Key) -> Answer:
        """Give the answer to a key, read after this call began."""
        if not self._asked:
            task = asyncio.create_task(self._go())
            self._reading.add(task)
            task.add_done_callback(self._reading.discard)
        future = self._asked.get(key)
        if future is None:
            future = self._asked[key] = asyncio.get_running_loop().create_future()
        # One who stops waiting must not take the answer from the others.
        return await asyncio.shield(future)

    async def _go(self) -> None:
        asked, self._asked = self._asked, {}
        try:
            answers = await self._read(asked)
        except Exception as error:  # noqa: BLE001 - raised to each who asked
            for future in asked.values():
                future.set_exception(error)
                # Nobody may be left to hear it.
                future.exception()
            return
        for key, future in asked.items():
            future.set_result(answers[key])
