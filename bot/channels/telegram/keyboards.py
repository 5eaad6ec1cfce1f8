"""Choices as Telegram's buttons."""

import json
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
)

from bot.channels.channel import Refused
from bot.channels.telegram.limits import CALLBACK_BYTES, KEYBOARD_BYTES, LIMITS
from messages.envelope import Choice
from messages.languages import LANGUAGES, say
from messages.text import Text, _

WIDTHS = ((3, 5), (9, 3), (16, 2))
"""The longest title, and how many such buttons are readable beside one another on a telephone."""

ASKS: dict[str, Text] = {
    "location": _("Send my location"),
    "contact": _("Send my phone number"),
}
"""What a button of Telegram's own can ask for, and what stands on it."""


def inline(choices: Sequence[Choice]) -> InlineKeyboardMarkup | None:
    """Give the buttons of a letter; None where there are none or more than Telegram takes.

    Raises:
        Refused: a choice's key is longer than a button can carry.
    """
    if not choices or len(choices) > LIMITS.buttons:
        return None
    markup = InlineKeyboardMarkup([[_button(choice) for choice in row] for row in _rows(choices)])
    # Escaped, so that no way of counting comes to more.
    return markup if len(json.dumps(markup.to_dict())) <= KEYBOARD_BYTES else None


def can_lead(url: str) -> bool:
    """Whether Telegram takes an address for a button: not one such as http://localhost."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and "." in (parts.hostname or "")


def asking(ask: str) -> ReplyKeyboardMarkup:
    """Give the button under the text field that sends a place or a telephone number.

    Telegram hides it once it is used.
    """
    return ReplyKeyboardMarkup(
        [
            [
                KeyboardButton(
                    in_all_languages(ASKS[ask]),
                    request_location=ask == "location",
                    request_contact=ask == "contact",
                )
            ]
        ],
        resize_keyboard=True,
        one_time_keyboard=True,
    )


def in_all_languages(text: Text) -> str:
    """Say a sentence in each of our languages: a letter does not tell which is its reader's."""
    return " / ".join(dict.fromkeys(say(text, language) for language in LANGUAGES))


def _button(choice: Choice) -> InlineKeyboardButton:
    title = " ".join(choice.title.split())
    if choice.url:
        return InlineKeyboardButton(title, url=choice.url)
    if not 0 < len(choice.key.encode("utf-8", "replace")) <= CALLBACK_BYTES:
        raise Refused(f"a choice's key has {len(choice.key.encode('utf-8', 'replace'))} bytes")
    return InlineKeyboardButton(title, callback_data=choice.key)


def _rows(choices: Sequence[Choice]) -> Iterator[list[Choice]]:
    row: list[Choice] = []
    for choice in choices:
        # The widest of a row says how many stand in it.
        if len(row) >= min(_beside(one) for one in (*row, choice)):
            yield row
            row = []
        row.append(choice)
    yield row


def _beside(choice: Choice) -> int:
    return next((many for longest, many in WIDTHS if len(choice.title) <= longest), 1)
