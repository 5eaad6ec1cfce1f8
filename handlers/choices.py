"""What somebody chose: by a number, by a title, or by a button that sends a telephone number."""

from collections.abc import Sequence
from dataclasses import replace

from handlers.spelling import picked
from messages.envelope import Choice, Incoming
from messages.vietnamese import fold

LONGEST = 64
"""Characters; no title is longer."""


def with_number(message: Incoming) -> Incoming:
    """Read a telephone number that was sent by a button as if it had been typed."""
    if message.text.strip() or message.choice:
        return message
    number = next((one.phone for one in message.attachments if one.phone), "")
    # With the sign it is no choice's number.
    return replace(message, text=f"☎ {number}") if number else message


def chosen(message: Incoming, offered: Sequence[Choice]) -> Incoming:
    """Read a typed number or title as the choice that it stands for; 0 is the menu."""
    if message.choice or message.attachments:
        return message
    typed = message.text.strip().rstrip(".)")
    if not typed or len(typed) > LONGEST:
        return message
    wanted = fold(typed)
    key = next((one.key for one in offered if one.key and fold(one.title) == wanted), "")
    number = picked(typed)
    if number is not None and not key:
        key = "/menu" if number == 0 else _by_number(offered, number)
    return replace(message, choice=key) if key else message


def _by_number(offered: Sequence[Choice], number: int) -> str:
    return next((one.key for one in reversed(offered) if one.number == number), "")
