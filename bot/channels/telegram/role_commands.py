"""The list of commands that Telegram shows to each official, as their roles and language are."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog
from telegram import BotCommand, BotCommandScopeChat
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.channels.telegram.request import TelegramBot
from bot.channels.telegram.retrying import Pause, told
from storage.database import StoreUnavailable

log = structlog.get_logger(__name__)

EVERY = 10.0
"""Seconds after which a new role shows at the latest; the command line gives and takes them too."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What an official's list of commands depends on.

    Attributes:
        language: theirs, "" where they chose none.
        roles: those they hold now; none = they held one once.
    """

    language: str
    roles: frozenset[str]


Officials = Callable[[], Awaitable[Mapping[str, Shown]]]
"""Gives everybody on Telegram who holds or once held a role, by their number."""

RoleCommands = Callable[[Shown], Sequence[tuple[str, str]]]
"""Gives the commands of an official: name without the slash, and what it does."""


class CommandsByRole:
    """Tells Telegram which commands each official has; a list is no right, handlers ask for those.

    Args:
        bot: the Bot API.
        officials: who they are.
        commands: what each is shown.
        pause: how to wait so many seconds.
    """

    def __init__(
        self,
        bot: TelegramBot,
        officials: Officials,
        commands: RoleCommands,
        pause: Pause = asyncio.sleep,
    ) -> None:
        self._bot = bot
        self._officials = officials
        self._commands = commands
        self._pause = pause
        self._told: dict[str, Shown] = {}

    async def run(self) -> None:
        """Tell all at the start, and then whose roles or language changed, until cancelled."""
        while True:
            try:
                await self.look()
            except StoreUnavailable as error:
                log.info("telegram: officials cannot be read", reason=str(error))
            await self._pause(EVERY)

    async def look(self) -> None:
        """Tell Telegram what has changed since the last look."""
        for number, shown in (await self._officials()).items():
            if self._told.get(number) == shown:
                continue
            try:
                await self._tell(number, shown)
            except (BadRequest, Forbidden) as error:
                # They are no longer there; asking again would change nothing.
                log.info("telegram: commands of an official refused", reason=told(error))
            except TelegramError as error:
                log.info("telegram: commands of an official not told", reason=told(error))
                return
            self._told[number] = shown

    async def _tell(self, number: str, shown: Shown) -> None:
        scope = BotCommandScopeChat(int(number))
        if not shown.roles:
            await self._bot.delete_my_commands(scope=scope)
            return
        listed = [BotCommand(name, what) for name, what in self._commands(shown)]
        await self._bot.set_my_commands(listed, scope=scope)
