"""From updates as they came to messages that are kept."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from telegram.error import BadRequest, TelegramError

from bot.channels.channel import Accept
from bot.channels.telegram.inbound import Unreadable, callback_id, kind_of, read
from bot.channels.telegram.request import TelegramBot
from bot.channels.telegram.retrying import told
from messages.envelope import Address, Incoming
from storage.clock import Clock

log = structlog.get_logger(__name__)


class Reception:
    """Reads updates, has them kept, and answers pressed buttons.

    Args:
        bot: the Bot API.
        clock: tells when a button was pressed.
    """

    def __init__(self, bot: TelegramBot, clock: Clock) -> None:
        self._bot = bot
        self._clock = clock
        self._answering: set[asyncio.Task[None]] = set()
        self.username = ""
        """Our bot's name, "" as long as the platform has not told it."""

    async def take(self, updates: Sequence[Mapping[str, Any]], accept: Accept) -> None:
        """Return when all of them are kept; those of one person in their order.

        Raises:
            StoreUnavailable: not all could be kept; whoever sent them must send them again.
        """
        waiting: dict[Address, list[Incoming]] = {}
        for update in updates:
            if (incoming := self._read(update)) is not None:
                waiting.setdefault(incoming.sender, []).append(incoming)
        kept = await asyncio.gather(
            *(_accept_in_order(accept, messages) for messages in waiting.values()),
            return_exceptions=True,
        )
        for failure in kept:
            if failure is not None:
                raise failure
        for update in updates:
            if query := callback_id(update):
                self._later(query)

    async def close(self) -> None:
        """Stop answering buttons."""
        for task in self._answering:
            task.cancel()
        await asyncio.gather(*self._answering, return_exceptions=True)

    def _read(self, update: Mapping[str, Any]) -> Incoming | None:
        if strange := kind_of(update):
            log.info("telegram: a kind of update that we do not know", kind=strange)
            return None
        try:
            return read(update, now=self._clock(), username=self.username)
        except Unreadable as error:
            # Sent again it would be as unreadable, so it is passed over.
            number = update.get("update_id")
            log.warning(
                "telegram: unreadable update",
                update_id=number if isinstance(number, int) else None,
                reason=str(error),
            )
            return None

    def _later(self, query: str) -> None:
        # The person sees the button turn until it is answered, but nobody else waits for it.
        task = asyncio.create_task(self._answer(query), name="answer a button")
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _answer(self, query: str) -> None:
        try:
            await self._bot.answer_callback_query(query)
        except BadRequest as error:
            log.debug("telegram: button not answered", reason=told(error))
        except TelegramError as error:
            log.info("telegram: button not answered", reason=told(error))


async def _accept_in_order(accept: Accept, messages: Sequence[Incoming]) -> None:
    for message in messages:
        await accept(message)
