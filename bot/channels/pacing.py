"""How fast a channel may write: in all, to one chat and to one group."""

import asyncio
from dataclasses import dataclass, field

from aiolimiter import AsyncLimiter

from bot.channels.channel import Throttled
from messages.envelope import Address

PATIENCE = 10.0
"""Seconds that a letter waits here; longer waits are the outbox's, whose lease on it is short."""

IDLE = 60.0
"""Seconds after which a quiet chat is forgotten; within them every bucket has run empty."""

MANY = 1024
"""Chats remembered before the quiet ones are looked for."""


@dataclass(slots=True)
class _Chat:
    """What is remembered of one chat; moments are the event loop's seconds.

    A group has a bucket, a person's chat a least time between two letters.
    """

    bucket: AsyncLimiter | None
    spacing: float = 0.0
    held_until: float = 0.0
    used_at: float = 0.0
    free_at: float = 0.0
    door: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = field(default=0)


def _bucket(most: float, seconds: float) -> AsyncLimiter:
    """A bucket that lets no more than `most` through in any stretch of `seconds`.

    A leaky bucket of the full size lets twice as many through where a burst follows a pause, so a
    tenth is kept for the burst and the rest flows evenly. A limit of one a second lets one through
    each second.
    """
    burst = max(1.0, most // 10)
    flow = (most - burst if most > 1 else most) / seconds
    return AsyncLimiter(burst, burst / flow)


class Pacing:
    """The waiting room before a platform.

    Conversation goes before bulk: only one bulk letter at a time stands in the common queue.

    Args:
        per_second: letters a second for the whole channel.
        per_chat: letters a second to one person, None = no limit of its own.
        per_group: letters a minute to one group, None = no limit of its own.
        override: letters a second in place of all of these (the setting PACING).
    """

    def __init__(
        self,
        per_second: float,
        *,
        per_chat: float | None = None,
        per_group: float | None = None,
        override: float | None = None,
    ) -> None:
        if override is not None:
            burst = max(1.0, override // 10)
            self._all = AsyncLimiter(burst, burst / override)
            per_chat = per_group = None
        else:
            self._all = _bucket(per_second, 1.0)
        self._per_chat = per_chat
        self._per_group = per_group
        self._chats: dict[str, _Chat] = {}
        self._sweep_at = MANY
        self._all_held_until = 0.0
        self._talking = 0
        self._silence = asyncio.Event()
        self._silence.set()
        self._bulk = asyncio.Lock()

    @property
    def remembered(self) -> int:
        """How many chats are remembered."""
        return len(self._chats)

    async def wait(self, address: Address, *, group: str = "", bulk: bool = False) -> None:
        """Return when a letter may go.

        Args:
            address: whose letter it is.
            group: the group chat it goes to instead, "" for the person.
            bulk: whether it is one of many alike.

        Raises:
            Throttled: its turn does not come within PATIENCE seconds.
        """
        chat = self._chat(address, group)
        chat.waiting += 1
        try:
            async with asyncio.timeout(PATIENCE):
                await self._wait(chat, bulk=bulk)
        except TimeoutError:
            raise Throttled("our own pacing", after=max(1.0, self._held(chat))) from None
        finally:
            chat.waiting -= 1
            chat.used_at = _now()

    def hold(self, address: Address | None, seconds: float, *, group: str = "") -> None:
        """Let nothing go to a chat for so many seconds, because the platform said so.

        Args:
            address: the person, or None for the whole channel.
            seconds: how long, from now.
            group: the group chat instead of the person.
        """
        until = _now() + seconds
        if address is None:
            self._all_held_until = max(self._all_held_until, until)
            return
        chat = self._chat(address, group)
        chat.held_until = max(chat.held_until, until)

    async def _wait(self, chat: _Chat, *, bulk: bool) -> None:
        await self._hold_over(chat)
        if chat.bucket is not None:
            await chat.bucket.acquire()
        if not chat.spacing:
            await self._wait_for_all(bulk=bulk)
            return
        # Counted from when the one before really went: it may have stood long in the common queue.
        async with chat.door:
            if (left := chat.free_at - _now()) > 0:
                await asyncio.sleep(left)
            await self._wait_for_all(bulk=bulk)
            chat.free_at = _now() + chat.spacing

    async def _wait_for_all(self, *, bulk: bool) -> None:
        """Stand in the queue that all chats share."""
        if not bulk:
            self._talking += 1
            self._silence.clear()
            try:
                await self._all.acquire()
            finally:
                self._talking -= 1
                if not self._talking:
                    self._silence.set()
            return
        async with self._bulk:
            await self._silence.wait()
            await self._all.acquire()

    def _held(self, chat: _Chat) -> float:
        """How many seconds nothing may go to a chat."""
        return max(chat.held_until, self._all_held_until) - _now()

    async def _hold_over(self, chat: _Chat) -> None:
        left = self._held(chat)
        if left > PATIENCE:
            raise TimeoutError
        if left > 0:
            await asyncio.sleep(left)
            # The platform may have asked for more in the meantime.
            await self._hold_over(chat)

    def _chat(self, address: Address, group: str) -> _Chat:
        """What is remembered of a chat, beginning now where it is nothing."""
        key = f"group:{group}" if group else address.id
        chat = self._chats.get(key)
        if chat is None:
            if len(self._chats) >= self._sweep_at:
                self._forget()
            chat = self._chats[key] = self._new_chat(group)
        return chat

    def _new_chat(self, group: str) -> _Chat:
        if group:
            bucket = None if self._per_group is None else _bucket(self._per_group, 60.0)
            return _Chat(bucket, used_at=_now())
        spacing = 0.0 if self._per_chat is None else 1.0 / self._per_chat
        return _Chat(None, spacing=spacing, used_at=_now())

    def _forget(self) -> None:
        """Forget the chats in which nothing waits, is held or happened lately."""
        now = _now()
        quiet = [
            key
            for key, chat in self._chats.items()
            if not chat.waiting and chat.held_until <= now and chat.used_at + IDLE <= now
        ]
        for key in quiet:
            del self._chats[key]
        # Looked through again only after it doubled: a crowd costs each newcomer no walk.
        self._sweep_at = max(MANY, 2 * len(self._chats))


def _now() -> float:
    return asyncio.get_running_loop().time()
