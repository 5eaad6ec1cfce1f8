"""What the Bot API's refusals mean for a letter.

The words are those of the server itself: `Client.cpp` of tdlib/telegram-bot-api.
"""

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)

from bot.channels.channel import (
    Misconfigured,
    PersonGone,
    Refused,
    SendError,
    Throttled,
    Unknown,
    Unreachable,
)
from bot.channels.telegram.request import Garbled, NothingSent, TooFast

GONE = (
    "bot was blocked by the user",
    "user is deactivated",
    "can't initiate conversation",
    "bot was kicked",
    "bot is not a member",
    "group chat was deleted",
    "chat not found",
)
"""What Telegram says where nobody can be reached at the address any more."""

LONGEST = 200
"""Characters of a reason."""

MEANINGS: tuple[tuple[type[TelegramError], type[SendError]], ...] = (
    (NothingSent, Unreachable),
    (TimedOut, Unknown),
    (Garbled, Unknown),
    (InvalidToken, Misconfigured),
    (ChatMigrated, Refused),
    (Forbidden, Refused),
    (BadRequest, Refused),
    (NetworkError, Unreachable),
)
"""The first that fits counts: BadRequest and TimedOut are NetworkErrors to the library."""


def meaning(error: TelegramError, *, group: bool = False) -> SendError:
    """Say what a failed call means for the letter.

    Args:
        error: what the library raised.
        group: whether the letter went to a group; that the bot is no longer in it says nothing
            about the person in whose name the letter stands.
    """
    said = " ".join(error.message.split())[:LONGEST]
    if isinstance(error, TooFast):
        return Throttled(said, after=error.seconds)
    # The library writes the first letter large.
    words = said.lower()
    if isinstance(error, Forbidden | BadRequest) and any(phrase in words for phrase in GONE):
        return Refused(said) if group else PersonGone(said)
    for raised, meant in MEANINGS:
        if isinstance(error, raised):
            return meant(said)
    return Unknown(said)
