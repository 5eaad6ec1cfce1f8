"""Trying again for as long as it takes: the channel comes and goes, the service stays."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

import structlog
from telegram.error import Conflict, InvalidToken, TelegramError

from bot.channels.telegram.request import TooFast

log = structlog.get_logger(__name__)

T = TypeVar("T")
Pause = Callable[[float], Awaitable[None]]

FOR_A_PERSON: Mapping[type[TelegramError], str] = {
    InvalidToken: "telegram: BOT_TELEGRAM_TOKEN is refused; ask @BotFather for the right one",
    Conflict: "telegram: another program takes this bot's messages; only one may run",
}
"""Failures that do not pass by themselves."""

SHORTEST, LONGEST = 1.0, 30.0
"""Seconds before the second try, and before any later one."""


class Backoff:
    """Pauses that double from 1 to 30 seconds; a trouble is logged once, not at each try.

    Args:
        what: that is being tried, for the log.
        pause: how to wait so many seconds.
    """

    def __init__(self, what: str, pause: Pause) -> None:
        self._what = what
        self._pause = pause
        self._next = SHORTEST
        self.trouble = ""
        """What is wrong now, "" where nothing is."""

    async def after(self, trouble: str, *, least: float = 0.0, say: str = "") -> None:
        """Wait after a failure.

        Args:
            trouble: the failure in one line.
            least: the least number of seconds to wait.
            say: what the administrator must do about it, "" where it may pass by itself.
        """
        if trouble != self.trouble:
            level = logging.ERROR if say else logging.WARNING
            log.log(level, say or "telegram: trying again", what=self._what, trouble=trouble)
            self.trouble = trouble
        wait = max(self._next, least)
        self._next = min(2 * self._next, LONGEST)
        await self._pause(wait)

    async def after_error(self, error: TelegramError) -> None:
        """Wait after a call failed, as long as the platform asks for at least."""
        say = next((words for kind, words in FOR_A_PERSON.items() if isinstance(error, kind)), "")
        least = error.seconds if isinstance(error, TooFast) else 0.0
        await self.after(told(error), least=least, say=say)

    def over(self) -> None:
        """Start from the beginning after a success."""
        if self.trouble:
            log.info("telegram: works again", what=self._what)
        self.trouble = ""
        self._next = SHORTEST

    async def until_done(
        self, call: Callable[[], Awaitable[T]], *, unless: tuple[type[TelegramError], ...] = ()
    ) -> T:
        """Call until it succeeds; raises only the errors named in `unless`."""
        while True:
            try:
                result = await call()
            except unless:
                raise
            except TelegramError as error:
                await self.after_error(error)
            else:
                self.over()
                return result


def told(error: TelegramError) -> str:
    """A failure in one line."""
    return f"{type(error).__name__}: {error.message}"
