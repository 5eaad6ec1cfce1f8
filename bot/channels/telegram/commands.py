"""How the bot introduces itself: the list of commands, the words before the first message."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial

import structlog
from telegram import BotCommand, MenuButtonCommands
from telegram.error import BadRequest

from bot.channels.telegram.request import TelegramBot
from bot.channels.telegram.retrying import Backoff, Pause, told
from messages.languages import DEFAULT, LANGUAGES

log = structlog.get_logger(__name__)

Commands = Callable[[str], Sequence[tuple[str, str]]]
"""Gives the commands in a language: name without the slash, and what it does."""

About = Callable[[str], tuple[str, str]]
"""Gives what the bot is in a language: at most 512 characters before the first message, and at
most 120 for its profile."""

DESCRIPTION, SHORT = 512, 120


async def introduce(bot: TelegramBot, commands: Commands, about: About, pause: Pause) -> None:
    """Tell Telegram who we are, trying again until it is told; what it refuses is logged."""
    for name, call in _calls(bot, commands, about):
        try:
            await Backoff(name, pause).until_done(call, unless=(BadRequest,))
        except BadRequest as error:
            log.warning("telegram: introduction refused", what=name, reason=told(error))


def _calls(
    bot: TelegramBot, commands: Commands, about: About
) -> Iterator[tuple[str, Callable[[], Awaitable[bool]]]]:
    # Without a language the words are for everybody whose language we do not speak.
    for code, language in ((None, DEFAULT), *((language, language) for language in LANGUAGES)):
        listed = [BotCommand(name, description) for name, description in commands(language)]
        long, short = about(language)
        yield "setMyCommands", partial(bot.set_my_commands, listed, language_code=code)
        yield (
            "setMyDescription",
            partial(bot.set_my_description, long[:DESCRIPTION], language_code=code),
        )
        yield (
            "setMyShortDescription",
            partial(bot.set_my_short_description, short[:SHORT], language_code=code),
        )
    yield "setChatMenuButton", partial(bot.set_chat_menu_button, menu_button=MenuButtonCommands())
