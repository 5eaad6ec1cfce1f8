"""Asking for updates; asking for the next confirms the last, so it waits for the store."""

from collections.abc import Awaitable, Callable, Sequence

from telegram.error import Conflict, TelegramError

from bot.channels.telegram.inbound import WANTED
from bot.channels.telegram.request import Json, TelegramBot
from bot.channels.telegram.retrying import Backoff, Pause
from storage.database import StoreUnavailable

HELD = 25
"""Seconds for which the platform holds our question when there is nothing new."""

Take = Callable[[Sequence[Json]], Awaitable[None]]


class Poller:
    """Asks for updates for ever.

    python-telegram-bot's own Updater confirms what is only in memory; this confirms what is kept.

    Args:
        bot: the Bot API.
        take: keeps updates, or raises StoreUnavailable.
        pause: how to wait so many seconds.
    """

    def __init__(self, bot: TelegramBot, take: Take, pause: Pause) -> None:
        self._bot = bot
        self._take = take
        self._backoff = Backoff("getUpdates", pause)
        self._offset: int | None = None

    @property
    def trouble(self) -> str:
        """Why nothing comes in, "" where all is well."""
        return self._backoff.trouble

    async def run(self) -> None:
        """Poll until cancelled; whatever is wrong with the platform, it goes on asking."""
        await self._backoff.until_done(self._bot.delete_webhook)
        while True:
            try:
                updates = await self._bot.updates(self._offset, HELD, WANTED)
                await self._take(updates)
            except StoreUnavailable as error:
                # The offset stays: the same updates come again.
                await self._backoff.after(f"cannot be stored: {error}")
            except TelegramError as error:
                await self._backoff.after_error(error)
                if isinstance(error, Conflict) and "webhook" in error.message:
                    await self._backoff.until_done(self._bot.delete_webhook)
            else:
                self._backoff.over()
                self._confirm(updates)

    def _confirm(self, updates: Sequence[Json]) -> None:
        numbers = (update.get("update_id") for update in updates)
        last = max((number for number in numbers if isinstance(number, int)), default=None)
        if last is not None:
            self._offset = last + 1
